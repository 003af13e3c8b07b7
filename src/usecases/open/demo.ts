/** `open --demo`: the daemon itself over a simulated cluster in this process, on a port of this machine and without a token. */
import {seconds} from '../../core/time.js';
import type {Context} from '../../pass/context.js';
import {facesOf, type FacesOptions} from '../serve/faces.js';
import {serve} from '../serve/serve.js';

export interface DemoOptions extends Pick<FacesOptions, 'built' | 'readFile' | 'random'> {
  /** On 127.0.0.1; 0: any free one. */
  readonly port: number;
}

/** Runs until the signal of the context. */
export const openDemo = async (
  context: Context,
  {port, ...given}: DemoOptions,
  onOpened: (url: string) => void,
): Promise<void> => {
  const listen = `127.0.0.1:${port}`;
  const {start, counts} = facesOf(
    {
      http: {listen, tlsCert: null, tlsKey: null, auth: 'none', tokenFile: null, enableDebug: false},
      metricsCameras: 'all',
      discover: null,
      consul: null,
      ...given,
    },
    context.settings,
  );
  await serve(
    {...context, stdout: () => undefined},
    {
      namespaces: null,
      refreshEvery: seconds(30),
      poll: null,
      targetsFile: null,
      readFile: given.readFile,
      breaker: {failures: 3, pause: seconds(30)},
      random: given.random,
    },
    {
      counts,
      start: (faced) =>
        start({
          ...faced,
          journal: (event, fields) => {
            faced.journal(event, fields);
            if (event === 'http.listening' && typeof fields['url'] === 'string') onOpened(fields['url']);
          },
        }),
    },
  );
};
