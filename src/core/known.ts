/**
 * What was looked at is either known or unknown, and `unknown` is a value:
 * an error while looking never counts as a failure and never as health.
 */
import {humanDuration, type Duration} from './time.js';

/** Why something could not be seen. The codes are stable: they stand in JSON and in tests. */
export type UnknownCode =
  | 'not-asked' // nothing pointed there, or an earlier unknown made the question impossible
  | 'forbidden' // 403, or 401 with credentials that used to work
  | 'unauthorized' // 401
  | 'misconfigured' // a kubeconfig that names a file, program or address that is not there: nothing was asked
  | 'not-found' // 404 where the object had to be there
  | 'unreachable' // refused, no route, DNS, TLS
  | 'timeout' // accepted and silent, or too slow
  | 'starved' // this checker itself got no processor time: the silence is its own
  | 'throttled' // 429
  | 'server-error' // 5xx
  | 'garbled' // an answer that is not what was asked for: HTML, cut JSON, wrong kind
  | 'too-large' // an answer over the bound
  | 'failed'; // anything else, said in the message

export interface UnknownReason {
  readonly code: UnknownCode;
  /** One line, no secret, starts with what was asked. */
  readonly message: string;
  /** The command or sentence that would lift it, where there is one. */
  readonly fix?: string;
}

export interface Unknown {
  readonly known: false;
  readonly why: UnknownReason;
}

export type Known<T> = {readonly known: true; readonly value: T} | Unknown;

export const known = <T>(value: T): Known<T> => ({known: true, value});

export const unknown = (code: UnknownCode, message: string, fix?: string): Unknown => ({
  known: false,
  why: fix === undefined ? {code, message} : {code, message, fix},
});

/** Nobody asked: the default of every optional observation. */
export const notAsked = (message = 'not asked in this pass'): Unknown => unknown('not-asked', message);

/** The words of a silence that is this checker's own, without what was asked. */
export const starvedFor = (lost: Duration): string =>
  `this checker itself did not run for ${humanDuration(lost)} (no processor time): its waiting proves nothing`;

/** What gives a checker its time back. */
export const STARVED_FIX =
  'kubectl top nodes  # then give the checker its processor time: raise or remove resources.limits.cpu of its CronJob, or relieve its node';

/** A question whose time passed while this process did not run. `asked` is what was asked, such as `GET /api/stats`. */
export const starved = (asked: string, lost: Duration): Unknown =>
  unknown('starved', `${asked}: ${starvedFor(lost)}`, STARVED_FIX);

export const mapKnown = <T, U>(from: Known<T>, change: (value: T) => U): Known<U> =>
  from.known ? known(change(from.value)) : from;

export const valueOr = <T>(from: Known<T>, otherwise: T): T => (from.known ? from.value : otherwise);
