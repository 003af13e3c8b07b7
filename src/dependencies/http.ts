/** The kinds that ask over HTTP: a status code, a value at a JSON pointer, the one value of a query to Prometheus. */
import {atPointer, isScalar} from '../core/custom/pointer.js';
import type {AskedProbe} from '../core/custom/custom-check.js';
import {failed, type Reply} from './protocols.js';
import {failureOf} from './talk.js';

type Of<Kind extends AskedProbe['kind']> = Extract<AskedProbe, {kind: Kind}>;

/** Bytes of a body that are read. */
const LARGEST = 1024 * 1024;

/** `null`: it is larger than is read. */
const bodyOf = async (response: Response): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size > LARGEST) return null;
  }
  return Buffer.concat(chunks).toString();
};

const ask = async (address: string, signal: AbortSignal): Promise<Response> => {
  const url = new URL(address);
  const {username, password} = url;
  // fetch takes no address with a password.
  url.username = '';
  url.password = '';
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return fetch(url, {
    headers: {
      'user-agent': 'frigate-health',
      connection: 'close',
      ...(login === ':' ? {} : {authorization: `Basic ${Buffer.from(login).toString('base64')}`}),
    },
    redirect: 'manual',
    signal,
  });
};

const over = async (asking: () => Promise<Reply>, signal: AbortSignal): Promise<Reply> => {
  try {
    return await asking();
  } catch (error) {
    if (signal.aborted) return failed('timeout', '');
    const {how, detail} = failureOf(error);
    return failed(how, detail);
  }
};

export const askHttp = ({url, pointer}: Of<'http'>, signal: AbortSignal): Promise<Reply> =>
  over(async () => {
    const response = await ask(url, signal);
    const {status} = response;
    if (pointer === null) {
      await response.body?.cancel();
      return {reached: true, status};
    }
    const text = await bodyOf(response);
    if (text === null) return failed('protocol', 'the answer is larger than 1 MiB');
    const value = atPointer(parsed(text), pointer);
    return isScalar(value) ? {reached: true, status, value} : {reached: true, status};
  }, signal);

/** `undefined`: it is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const askPrometheus = ({url, query}: Of<'prometheus'>, signal: AbortSignal): Promise<Reply> =>
  over(async () => {
    const address = new URL(url);
    address.pathname = `${address.pathname.replace(/\/$/, '')}/api/v1/query`;
    address.searchParams.set('query', query);
    const response = await ask(address.href, signal);
    const text = await bodyOf(response);
    const {status} = response;
    const document = text === null ? undefined : parsed(text);
    const result = atPointer(document, '/data/result');
    const value =
      atPointer(document, '/data/resultType') === 'scalar'
        ? atPointer(result, '/1')
        : Array.isArray(result) && result.length === 1
          ? atPointer(result, '/0/value/1')
          : undefined;
    return isScalar(value) ? {reached: true, status, value} : {reached: true, status};
  }, signal);
