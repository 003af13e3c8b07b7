/** The metrics of one judged Frigate: the same names in `check -o prometheus` and at /metrics of `serve`. */
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {ReportedId} from '../core/check-table.js';
import type {CauseClass, Status} from '../core/finding.js';
import type {Action, RuleId} from '../core/rule-id.js';
import type {Instant} from '../core/time.js';
import {one, secondsOf, stateSet, type Family, type Sample} from './exposition.js';

export const HEALTH_CLASSES = [
  'healthy',
  'degraded',
  'unhealthy',
  'starting',
  'paused',
  'unknown',
] as const satisfies readonly HealthClass[];
const STATUSES = ['ok', 'info', 'warning', 'critical', 'unknown', 'skipped'] as const satisfies readonly Status[];
const BREAKER_STATES = ['closed', 'open', 'half-open', 'locked'] as const;
type BreakerState = (typeof BREAKER_STATES)[number];

/** What was judged; of one pass. */
export interface JudgedFacts {
  readonly at: Instant;
  readonly cause: CauseClass | null;
  readonly checks: ReadonlyArray<{readonly id: ReportedId; readonly status: Status}>;
  readonly action: Action;
  readonly rule: RuleId;
  readonly limits: {readonly hour: number; readonly day: number | null};
  readonly needed: number;
  /** `null`: the state could not be read, so that neither breaker nor counts are known. A zero would say that nothing was restarted. */
  readonly stored: {
    readonly breaker: BreakerState;
    readonly used: {readonly hour: number; readonly day: number | null};
    readonly inARow: number;
  } | null;
}

export interface StatusFacts {
  readonly kind: string | null;
  readonly frigateVersion: string | null;
  readonly node: string | null;
  readonly via: string | null;
  readonly health: HealthClass;
  /** `null`: not judged yet, or nothing could be observed. */
  readonly judged: JudgedFacts | null;
}

const ofJudged = (samples: (judged: JudgedFacts) => readonly Sample[]) => (facts: StatusFacts) =>
  facts.judged === null ? [] : samples(facts.judged);

const perWindow = ({hour, day}: {readonly hour: number; readonly day: number | null}): readonly Sample[] => [
  ...one(hour, {window: 'hour'}),
  ...one(day, {window: 'day'}),
];

export const STATUS_FAMILIES: ReadonlyArray<Family<StatusFacts>> = [
  {
    name: 'info',
    type: 'gauge',
    help: 'What is observed; always 1. Join it by frigate_namespace and frigate.',
    labels: ['kind', 'frigate_version', 'node', 'via'],
    samples: ({kind, frigateVersion, node, via}) => one(1, {kind, frigate_version: frigateVersion, node, via}),
  },
  {
    name: 'status',
    type: 'gauge',
    help: 'Health of the Frigate: 1 for the status that it has, 0 for the others.',
    labels: ['status'],
    samples: ({health}) => stateSet('status', HEALTH_CLASSES, health),
  },
  {
    name: 'cause',
    type: 'gauge',
    help: 'Class of the cause of what is wrong; absent while nothing is.',
    labels: ['cause'],
    samples: ofJudged(({cause}) => (cause === null ? [] : one(1, {cause}))),
  },
  {
    name: 'checks',
    type: 'gauge',
    help: 'Number of checks with this status.',
    labels: ['status'],
    samples: ofJudged(({checks}) =>
      STATUSES.map((status) => ({
        labels: {status},
        value: checks.reduce((count, check) => count + Number(check.status === status), 0),
      })),
    ),
  },
  {
    name: 'check_failing',
    type: 'gauge',
    help: 'A check that reports a warning or a critical fault; absent while it does not.',
    labels: ['check', 'severity'],
    samples: ofJudged(({checks}) =>
      checks.flatMap(({id, status}) =>
        status === 'warning' || status === 'critical' ? [{labels: {check: id, severity: status}, value: 1}] : [],
      ),
    ),
  },
  {
    name: 'decision',
    type: 'gauge',
    help: 'What automatic repair would do now, and by which rule; always 1.',
    labels: ['action', 'rule'],
    samples: ofJudged(({action, rule}) => one(1, {action, rule})),
  },
  {
    name: 'breaker',
    type: 'gauge',
    help: 'State of the restart breaker: 1 for the state that it is in, 0 for the others; absent while the state cannot be read.',
    labels: ['state'],
    samples: ofJudged(({stored}) => (stored === null ? [] : stateSet('state', BREAKER_STATES, stored.breaker))),
  },
  {
    name: 'restarts_used',
    type: 'gauge',
    help: 'Restarts in the sliding window that count against its limit.',
    labels: ['window'],
    samples: ofJudged(({stored}) => (stored === null ? [] : perWindow(stored.used))),
  },
  {
    name: 'restarts_limit',
    type: 'gauge',
    help: 'Restarts in the sliding window after which the breaker opens.',
    labels: ['window'],
    samples: ofJudged(({limits}) => perWindow(limits)),
  },
  {
    name: 'failures_in_a_row',
    type: 'gauge',
    help: 'Passes in a row that found the same failure.',
    labels: [],
    samples: ofJudged(({stored}) => one(stored?.inARow ?? null)),
  },
  {
    name: 'failures_needed',
    type: 'gauge',
    help: 'Passes in a row that a failure needs before anything is done.',
    labels: [],
    samples: ofJudged(({needed}) => one(needed)),
  },
  {
    name: 'last_judged_timestamp_seconds',
    type: 'gauge',
    help: 'When the Frigate was last observed and judged.',
    labels: [],
    samples: ofJudged(({at}) => one(secondsOf(at))),
  },
];
