/** One short conversation over TCP or TLS: send, read until the answer is whole, close. Never longer than its signal, never more than a bound. */
import {connect as connectTcp, isIP, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import type {Failed} from '../core/custom/custom-check.js';

/** Bytes of an answer that are read; each of these protocols says what matters in its first line. */
const LARGEST = 4096;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export type Talked =
  {readonly ok: true; readonly bytes: Buffer} | {readonly ok: false; readonly how: Failed; readonly detail: string};

const howOf = (error: unknown): Failed => {
  const {code} = (typeof error === 'object' && error !== null ? error : {}) as {readonly code?: unknown};
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'unresolved';
  if (code === 'ETIMEDOUT') return 'timeout';
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : 'failed';
};

/** What went wrong, with the cause that `fetch` hides; of several addresses the first. */
export const failureOf = (error: unknown): {readonly how: Failed; readonly detail: string} => {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const single: unknown = cause instanceof AggregateError ? (cause.errors as readonly unknown[])[0] : cause;
  return {how: howOf(single), detail: single instanceof Error ? single.message : String(single)};
};

const open = ({host, port, tls}: Address, onOpen: () => void): Socket =>
  tls
    ? connectTls({host, port, ...(isIP(host) === 0 ? {servername: host} : {})}, onOpen)
    : connectTcp({host, port}, onOpen);

/**
 * `request`: null, nothing is said and the connection itself is the answer. `isWhole`: whether so many bytes are the answer.
 * `farewell`: sent before it is closed, so that the server has nothing to complain about.
 */
export const talk = (
  address: Address,
  {
    request,
    isWhole,
    farewell = null,
  }: {
    readonly request: Buffer | string | null;
    readonly isWhole: (bytes: Buffer) => boolean;
    readonly farewell?: Buffer | string | null;
  },
  signal: AbortSignal,
): Promise<Talked> =>
  new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket = open(address, () => {
      if (request === null) end({ok: true, bytes});
      else socket.write(request);
    });
    const onAbort = (): void => end({ok: false, how: 'timeout', detail: ''});
    let ended = false;
    const end = (talked: Talked): void => {
      if (ended) return;
      ended = true;
      signal.removeEventListener('abort', onAbort);
      resolve(talked);
      if (!talked.ok) socket.destroy();
      else socket.end(farewell ?? '', () => socket.destroy());
    };
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, LARGEST);
      if (isWhole(bytes)) end({ok: true, bytes});
      else if (bytes.length >= LARGEST) end({ok: false, how: 'protocol', detail: 'the answer is too long'});
    });
    socket.on('error', (error) => end({ok: false, ...failureOf(error)}));
    socket.on('close', () => end({ok: false, how: 'closed', detail: ''}));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, {once: true});
  });
