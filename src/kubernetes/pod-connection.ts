/**
 * What a connection into a pod says about the pod itself, whatever the transport (pod proxy, port-forward).
 * The callers that judge whether Frigate's API is dead (FRG-301) must distinguish "the pod refused" from "the connection to it failed".
 */
import type {Unknown, UnknownCode, UnknownReason} from '../core/known.js';

export const isRefusedInPod = ({dial}: UnknownReason): boolean => dial === 'refused-in-pod';
export const isCutInPod = ({dial}: UnknownReason): boolean => dial === 'cut-in-pod';

/** The dial timed out: the network to the pod is down, and Frigate is not the cause. */
export const isDialTimeout = ({dial}: UnknownReason): boolean => dial === 'timed-out';

/** The error of a forwarded connection, carrying the reason as the pod proxy would have given it. */
export class PodConnectionError extends Error {
  readonly why: UnknownReason;

  constructor(why: UnknownReason) {
    super(why.message);
    this.name = 'PodConnectionError';
    this.why = why;
  }
}

/** The API server gave up on the TCP handshake with the pod; any other timeout may be Frigate's. */
const DIAL_TIMEOUT = /dial tcp.*(?:i\/o timeout|timed out|deadline exceeded)/i;

/** Enough to see where and why; the runtimes wrap it in ids of 64 digits. */
const SHOWN = 240;

/**
 * Reads the words with which the API server or the kubelet reports a failed dial into a pod, such as
 * `dial tcp 10.244.0.12:5999: connect: connection refused` (pod proxy, API server 1.34) or
 * `… failed to connect to localhost:5999 inside namespace …: dial tcp4 127.0.0.1:5999: connect: connection refused` (port-forward, containerd).
 */
export const podDialFailure = (asked: string, detail: string): Unknown => {
  const shown = detail.length <= SHOWN ? detail : `${detail.slice(0, SHOWN)}…`;
  const failed = (code: UnknownCode, message: string, dial?: UnknownReason['dial']): Unknown => ({
    known: false,
    why: dial === undefined ? {code, message} : {code, message, dial},
  });
  if (/connection refused/i.test(detail))
    return failed('unreachable', `connection refused in the pod: ${asked}: ${shown}`, 'refused-in-pod');
  if (/connection reset|\bEOF\b|broken pipe/i.test(detail))
    return failed('failed', `connection cut in the pod: ${asked}: ${shown}`, 'cut-in-pod');
  if (/deadline exceeded|timed? ?out|timeout/i.test(detail))
    return failed('timeout', `${asked}: ${shown}`, DIAL_TIMEOUT.test(detail) ? 'timed-out' : undefined);
  return failed('unreachable', `${asked}: ${shown}`);
};
