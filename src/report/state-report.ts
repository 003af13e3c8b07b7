/** What `state -o json` prints. Fields are only ever added within v1. */
import type {BreakerView} from '../core/decision/decision.js';
import type {DecisionRecord, Incident, OutboxEntry, RestartRecord, Streak, Target} from '../core/state/state.js';

export interface StateReport {
  readonly apiVersion: 'frigate-health.io/v1';
  readonly kind: 'StateReport';
  readonly metadata: {
    readonly generatedAt: string;
    readonly version: string;
    readonly context: string | null;
    readonly namespace: string;
    readonly name: string;
  };
  /** How it was found: `sound`, `fresh`, `lost`, `wiped`, `newer`. */
  readonly reading: string;
  /** What is wrong with it, one line each. */
  readonly problems: readonly string[];
  readonly target: Target | null;
  readonly breaker: {
    readonly state: BreakerView['state'];
    readonly why: string | null;
    readonly until: string | null;
    readonly usedThisHour: number;
    readonly limitPerHour: number;
    readonly usedToday: number;
    readonly limitPerDay: number;
    readonly failuresInARow: number;
    readonly reset: {readonly at: string; readonly by: string; readonly reason: string | null} | null;
  };
  readonly streak: {
    readonly count: number;
    readonly needed: number;
    readonly since: string | null;
    readonly last: string | null;
    readonly cause: Streak['cause'] | null;
  };
  readonly restarts: ReadonlyArray<
    Omit<RestartRecord, 'at' | 'settledAt'> & {readonly at: string; readonly settledAt: string | null}
  >;
  readonly incident:
    | (Pick<Incident, 'id' | 'cause' | 'worst' | 'stage' | 'findings' | 'summary' | 'told' | 'alerts'> & {
        readonly since: string;
        readonly lastAlertAt: string | null;
        readonly quietSince: string | null;
      })
    | null;
  readonly outbox: ReadonlyArray<
    Pick<OutboxEntry, 'key' | 'kind' | 'tries' | 'lastError'> & {
      readonly at: string;
      readonly deliveredAt: string | null;
    }
  >;
  readonly lastPass: {
    readonly at: string;
    readonly by: string;
    readonly result: string;
    readonly ageSeconds: number;
    readonly overdue: boolean;
  } | null;
  readonly decisions: ReadonlyArray<Omit<DecisionRecord, 'at'> & {readonly at: string}>;
}
