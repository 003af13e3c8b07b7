/** Who may read, write and recover. One implementation for each value of `--auth`; the routes know only this. */
import type {Known} from '../../core/known.js';
import type {FrigateTarget} from '../../outcome/fleet.js';

/** A caller whose token was accepted. */
export interface Caller {
  /** The real name: what the state and the log record. Never the token. */
  readonly name: string;
  /** Only Frigates of these namespaces exist for the caller; `null`: all. */
  readonly namespaces: ReadonlySet<string> | null;
}

/** What a request asks for beside its path. */
export type Wanted =
  | {readonly kind: 'path'; readonly method: string; readonly path: string}
  | {readonly kind: 'recover'; readonly target: FrigateTarget};

export interface Access {
  /** Whether a request without a token is let in (`--auth none`). */
  readonly anonymous: boolean;
  /** `null`: not a known token. Unknown: it could not be checked. */
  callerOf(token: string, signal: AbortSignal): Promise<Known<Caller | null>>;
  allows(caller: Caller, wanted: Wanted, signal: AbortSignal): Promise<Known<boolean>>;
}

export const isVisible = (caller: Caller, {namespace}: Pick<FrigateTarget, 'namespace'>): boolean =>
  caller.namespaces?.has(namespace) ?? true;
