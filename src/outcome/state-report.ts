/** What `state -o json` prints. Fields are only ever added within v1. */
import type {ReportedSetting} from './check-report.js';
import type {BreakerView} from '../core/decision/decision.js';
import type {
  ChannelDelivery,
  DecisionRecord,
  Incident,
  OutboxEntry,
  RestartRecord,
  Streak,
  Target,
} from '../core/state/state.js';

export interface StateReport {
  readonly apiVersion: 'frigate-health.io/v1';
  readonly kind: 'StateReport';
  readonly metadata: {
    readonly generatedAt: string;
    readonly version: string;
    readonly context: string;
    /** Reached with the pod's service account: the context is no name of a kubeconfig. */
    readonly inCluster: boolean;
    readonly namespace: string;
    readonly name: string;
  };
  /** How it was found: `sound`, `fresh`, `lost`, `wiped`, `newer`. */
  readonly reading: string;
  /** What is wrong with it, one line each. */
  readonly problems: readonly string[];
  readonly target: Target | null;
  /** A person's pause that holds now. */
  readonly pause: {readonly until: string; readonly reason: string | null} | null;
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
    Omit<RestartRecord, 'at' | 'settledAt' | 'faults' | 'worked' | 'wellSince' | 'cameBackAt'> & {
      readonly at: string;
      readonly settledAt: string | null;
      /** What was down: `recorder`, `capture:front`, `detector:coral`. */
      readonly faults: readonly string[];
      /** It helped, and the same fault was there again then. */
      readonly cameBackAt: string | null;
    }
  >;
  /** Ends of the container in the last 24 hours after which it ran again: nobody was notified of them. */
  readonly healed: ReadonlyArray<{readonly at: string; readonly words: string; readonly reboot: boolean}>;
  readonly incident:
    | (Pick<Incident, 'id' | 'cause' | 'worst' | 'stage' | 'findings' | 'summary' | 'told' | 'alerts'> & {
        readonly since: string;
        /** What was wrong in its course, as it was notified. */
        readonly faults: ReadonlyArray<{readonly at: string; readonly summary: string}>;
        readonly lastAlertAt: string | null;
        readonly quietSince: string | null;
        /** Who knows of it and wants no reminder. */
        readonly ack: {readonly by: string; readonly at: string; readonly reason: string | null} | null;
      })
    | null;
  readonly outbox: ReadonlyArray<
    Pick<OutboxEntry, 'key' | 'kind' | 'tries' | 'lastError'> & {
      /** By channel, while it waits. */
      readonly deliveries: ReadonlyArray<
        Pick<ChannelDelivery, 'channel' | 'tries' | 'lastError'> & {readonly doneAt: string | null}
      >;
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
  /** The limits, the interval and the mode in force, with their origins. */
  readonly settings: readonly ReportedSetting[];
  /** Why they may not be those of the installed checker; `null`: they are, or none is installed. */
  readonly settingsProblem: string | null;
  /** The daemon `serve`: whether it is at work; `null`: it made no pass within a day. */
  readonly serve: {readonly lastPassAt: string; readonly ageSeconds: number; readonly active: boolean} | null;
  readonly decisions: ReadonlyArray<Omit<DecisionRecord, 'at'> & {readonly at: string}>;
}
