/** Who counts the requests to the API server. Counting changes no answer. */
import type {Ask} from './resources.js';

export interface ApiTraffic {
  /** One request, also one that is repeated. `code`: the HTTP status; `failed`: there was none. */
  requested(verb: string, resource: string, code: number | 'failed'): void;
  /** A watch ended before its time and is opened again. */
  watchRestarted(resource: string): void;
}

export const uncounted: ApiTraffic = {requested: () => undefined, watchRestarted: () => undefined};

/** `pods/log`, as a Role names it. Never the name of an object: a series for each would be thousands. */
export const resourceOf = ({resource: {plural}, subresource}: Ask): string =>
  subresource === undefined ? plural : `${plural}/${subresource}`;
