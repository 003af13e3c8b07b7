/** What `restart` returns: what was done, what was refused and why, and how the rollout ended. */
import type {Decision} from '../core/decision/decision.js';
import type {Finding} from '../core/finding.js';
import type {Fix} from '../core/fix.js';
import type {Workload} from '../core/observation/workload.js';
import type {FailedProgress, Progress} from '../core/rollout/progress.js';
import {EXIT} from './exit-code.js';

/** How a followed rollout ended. `last`: the progress that was observed last; `null`: none was. */
export type FollowResult =
  | {readonly kind: 'back'; readonly progress: Extract<Progress, {kind: 'done'}>}
  | {readonly kind: 'failed'; readonly progress: FailedProgress; readonly lastLines: readonly string[]}
  | {readonly kind: 'ran-out'; readonly last: Progress | null}
  | {readonly kind: 'interrupted'};

/** The exit code of what the API server did not do, and what to type where it said why. */
export interface Undone {
  readonly exitCode: number;
  readonly fix: Fix | null;
}

/** The rule that decided, and its reason. */
export type RulePart = Pick<Decision, 'rule' | 'reason'>;

export type RestartResult =
  /** A rule said no; nothing was written. `again`: the command line for the same Frigate; `first`: the one that has to come before, where no pass ever ran. */
  | {
      readonly kind: 'refused';
      readonly decision: RulePart;
      readonly evidence: readonly Finding[];
      readonly again: string;
      readonly first: string | null;
    }
  | ({
      readonly kind: 'dry-run';
      readonly accepted: boolean;
      readonly detail: string;
      readonly decision: RulePart;
    } & Undone)
  /**
   * Sent and recorded. `flags`: those that lead there, for a command; `followed`: `null` without `--wait`; `unstored`: why the
   * state does not know that the notification was sent, so that it may be sent again.
   */
  | {
      readonly kind: 'restarted';
      readonly attempt: string;
      readonly workload: Pick<Workload, 'kind' | 'namespace' | 'name'>;
      readonly flags: string;
      readonly followed: FollowResult | null;
      readonly unstored: string | null;
    }
  | {readonly kind: 'in-doubt'; readonly attempt: string; readonly detail: string; readonly unstored: string | null}
  | {readonly kind: 'conflict'; readonly detail: string}
  | ({readonly kind: 'failed'; readonly detail: string} & Undone);

const exitOfFollow: Readonly<Record<FollowResult['kind'], number>> = {
  back: EXIT.ok,
  failed: EXIT.critical,
  'ran-out': EXIT.waitRanOut,
  interrupted: EXIT.interrupted,
};

/** 0 done (and back, when followed) · 2 followed into a failure · 10 refused · 3, 69, 77 the API server did not do it · 75 another run acts · 124 the wait ran out. */
export const exitOfRestart = (result: RestartResult): number => {
  switch (result.kind) {
    case 'refused':
      return EXIT.refused;
    case 'dry-run':
    case 'failed':
      return result.exitCode;
    case 'conflict':
      return EXIT.conflict;
    case 'in-doubt':
      return EXIT.unknown;
    case 'restarted':
      return result.followed === null ? EXIT.ok : exitOfFollow[result.followed.kind];
  }
};
