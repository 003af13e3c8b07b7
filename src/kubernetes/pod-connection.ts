/**
 * What a connection into a pod says about the pod itself, whichever way it was made (pod proxy, port-forward).
 * The callers that judge whether Frigate's API is dead (FRG-301) must tell "the pod refused" from "the way there failed".
 */
import type {Unknown, UnknownReason} from '../core/known.js';
import {unknown} from '../core/known.js';

/** Nobody listens on the port inside the pod's network: the message of such an `unreachable` begins so. */
const REFUSED_IN_POD = 'connection refused in the pod';

/** The pod took the connection and ended it without an answer: the message of such a `failed` begins so. */
const CUT_IN_POD = 'connection cut in the pod';

export const isRefusedInPod = (why: UnknownReason): boolean =>
  why.code === 'unreachable' && why.message.startsWith(REFUSED_IN_POD);
export const isCutInPod = (why: UnknownReason): boolean => why.code === 'failed' && why.message.startsWith(CUT_IN_POD);

/** The error of a forwarded connection, carrying the reason as the pod proxy would have given it. */
export class PodConnectionError extends Error {
  readonly why: UnknownReason;

  constructor(why: UnknownReason) {
    super(why.message);
    this.name = 'PodConnectionError';
    this.why = why;
  }
}

/** Enough to see where and why; the runtimes wrap it in ids of 64 digits. */
const SHOWN = 240;

/**
 * Reads the words with which the API server or the kubelet reports a failed dial into a pod, such as
 * `dial tcp 10.244.0.12:5999: connect: connection refused` (pod proxy, API server 1.34) or
 * `… failed to connect to localhost:5999 inside namespace …: dial tcp4 127.0.0.1:5999: connect: connection refused` (port-forward, containerd).
 */
export const podDialFailure = (asked: string, detail: string): Unknown => {
  const shown = detail.length <= SHOWN ? detail : `${detail.slice(0, SHOWN)}…`;
  if (/connection refused/i.test(detail)) return unknown('unreachable', `${REFUSED_IN_POD}: ${asked}: ${shown}`);
  if (/connection reset|\bEOF\b|broken pipe/i.test(detail))
    return unknown('failed', `${CUT_IN_POD}: ${asked}: ${shown}`);
  if (/deadline exceeded|timed? ?out|timeout/i.test(detail)) return unknown('timeout', `${asked}: ${shown}`);
  return unknown('unreachable', `${asked}: ${shown}`);
};
