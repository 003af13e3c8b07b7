/** Requests of the page. The browser adds the credentials of the page itself; the own header shows that no other site asks. */
import type {FrigateDetail, FrigateList} from '../../schemas/types.js';

const OWN = {'X-Frigate-Health': '1'};
const LIMIT = 10_000;

/** `refused`: the token is no longer accepted or permitted. */
export type Answer<T> =
  | {readonly kind: 'ok'; readonly value: T}
  | {readonly kind: 'refused'; readonly title: string}
  | {readonly kind: 'missing'}
  | {readonly kind: 'failed'; readonly title: string};

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly rule?: string;
  readonly steps?: FrigateDetail['problems'][number]['steps'];
}

const titleIn = async (response: Response): Promise<string> => {
  try {
    // Every refusal of this API is a problem document.
    return ((await response.json()) as Problem).title;
  } catch {
    return `HTTP ${response.status}`;
  }
};

const get = async <T>(path: string): Promise<Answer<T>> => {
  try {
    const response = await fetch(path, {
      headers: {...OWN, Accept: 'application/json'},
      cache: 'no-store',
      signal: AbortSignal.timeout(LIMIT),
    });
    // The shapes of the API are checked where they are made (test/http).
    if (response.ok) return {kind: 'ok', value: (await response.json()) as T};
    if (response.status === 401 || response.status === 403) return {kind: 'refused', title: await titleIn(response)};
    return response.status === 404 ? {kind: 'missing'} : {kind: 'failed', title: await titleIn(response)};
  } catch {
    return {kind: 'failed', title: 'No answer'};
  }
};

export const getList = (): Promise<Answer<FrigateList>> => get('/api/v1/frigates');

export const getDetail = (namespace: string, name: string): Promise<Answer<FrigateDetail>> =>
  get(`/api/v1/frigates/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`);

export type Recovered =
  {readonly kind: 'accepted'; readonly attempt: string} | {readonly kind: 'refused'; readonly problem: Problem};

/** `key`: the same for one press of the button, however often it is sent. */
export const postRecover = async (instanceId: string, reason: string, key: string): Promise<Recovered> => {
  try {
    const response = await fetch(`/api/quality/recover/${encodeURIComponent(instanceId)}`, {
      method: 'POST',
      headers: {...OWN, 'Content-Type': 'application/json', 'Idempotency-Key': key},
      body: JSON.stringify({reason}),
      signal: AbortSignal.timeout(60_000),
    });
    const body: unknown = await response.json();
    return response.ok
      ? {kind: 'accepted', attempt: (body as {attempt: string}).attempt}
      : {kind: 'refused', problem: body as Problem};
  } catch {
    return {
      kind: 'refused',
      problem: {
        title: 'No answer',
        status: 0,
        detail: 'It is not known whether the request arrived. Check Restarts before you try again.',
      },
    };
  }
};
