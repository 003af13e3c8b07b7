/**
 * What was observed is either known or unknown, and `unknown` is a value:
 * an error while observing never counts as a failure and never as health.
 */
import {note, run, type Fix} from './fix.js';
import {humanDuration, type Duration} from './time.js';

/** Why something could not be observed. The codes are stable: they stand in JSON and in tests. */
export type UnknownCode =
  | 'not-asked' // nothing pointed there, or an earlier unknown made the question impossible
  | 'forbidden' // 403, or 401 with credentials that used to work
  | 'unauthorized' // 401
  | 'misconfigured' // a kubeconfig that names a file, program or address that is not there: nothing was asked
  | 'not-found' // 404 where the object had to be there
  | 'unreachable' // refused, no route, DNS, TLS
  | 'timeout' // accepted and silent, or too slow
  | 'starved' // this checker itself got no processor time: the timeout is its own
  | 'throttled' // 429
  | 'server-error' // 5xx
  | 'garbled' // an answer that is not what was asked for: HTML, cut JSON, wrong kind
  | 'too-large' // an answer over the bound
  | 'failed'; // anything else; the message says what

export interface UnknownReason {
  readonly code: UnknownCode;
  /** One line, no secret, starts with what was asked. */
  readonly message: string;
  /** The steps that would lift it, where there are any. */
  readonly fix?: Fix;
  /** Nothing is wrong: the first answer is still to come. */
  readonly pending?: true;
  /** A question about Kubernetes, or through it, to a Frigate that runs outside it: there is nobody to ask. */
  readonly outside?: true;
  /**
   * How far a connection into a pod came: the pod itself refused or cut it, or the dial timed out on its way there; absent where
   * no connection into a pod failed, or nothing shows how far it came.
   */
  readonly dial?: 'refused-in-pod' | 'cut-in-pod' | 'timed-out';
}

export interface Unknown {
  readonly known: false;
  readonly why: UnknownReason;
}

export type Known<T> = {readonly known: true; readonly value: T} | Unknown;

export const known = <T>(value: T): Known<T> => ({known: true, value});

export const unknown = (code: UnknownCode, message: string, fix?: Fix): Unknown => ({
  known: false,
  why: fix === undefined ? {code, message} : {code, message, fix},
});

/** Nobody asked: the default of every optional observation. */
export const notAsked = (message = 'not asked in this pass'): Unknown => unknown('not-asked', message);

/** A question about Kubernetes, or through it, to a Frigate that runs outside it. */
export const notInKubernetes: Unknown = {
  known: false,
  why: {code: 'not-asked', message: 'Frigate runs outside Kubernetes', outside: true},
};

/** What a live screen knows before the first answer. */
export const notReadYet: Unknown = {
  known: false,
  why: {code: 'not-asked', message: 'not read yet', pending: true},
};

export const isPending = (value: {readonly known: true} | Unknown): boolean =>
  !value.known && value.why.pending === true;

/** A timeout that is this checker's own, in words, without what was asked. */
export const starvedFor = (lost: Duration): string =>
  `this checker did not run for ${humanDuration(lost)} (no CPU time): the timeout is not evidence against Frigate`;

/** What gives a checker its CPU time back. */
export const STARVED_FIX: Fix = [
  run('kubectl top nodes'),
  note('Give the checker CPU time: raise or remove resources.limits.cpu of its CronJob, or relieve its node.'),
];

/** A question whose time passed while this process did not run. `asked` is what was asked, such as `GET /api/stats`. */
export const starved = (asked: string, lost: Duration): Unknown =>
  unknown('starved', `${asked}: ${starvedFor(lost)}`, STARVED_FIX);

export const mapKnown = <T, U>(from: Known<T>, change: (value: T) => U): Known<U> =>
  from.known ? known(change(from.value)) : from;

export const valueOr = <T>(from: Known<T>, otherwise: T): T => (from.known ? from.value : otherwise);
