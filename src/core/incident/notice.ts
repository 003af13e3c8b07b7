/**
 * A notification in few words, as facts: what a person needs on a phone, and what every channel but the mail renders. Made when it is
 * sent, from the state as it is then, so that it says what became of a restart by then.
 */
import {kindAndName} from '../observation/workload.js';
import type {HealthClass} from '../diagnosis/diagnosis.js';
import type {CauseClass, CheckId, Status} from '../finding.js';
import {maskedLine, oneLine} from '../mask.js';
import type {OutboxEntry, State} from '../state/state.js';
import {ago, rfc3339, since, type Instant} from '../time.js';
import {
  checkCommand,
  nothingDone,
  ownRecord,
  phaseWords,
  severityOf,
  whatWasWrong,
  type AlertContext,
} from './compose.js';
import {weightOf, type Severity} from './outbox.js';
import {subjectLine} from './subject.js';

export interface Notice {
  /** Stable over retries. */
  readonly key: string;
  /** `test`: made by a person to try the channel. */
  readonly event: OutboxEntry['kind'] | 'test';
  readonly severity: Severity | 'resolved';
  /** The worst that the incident ever was: it decides which channels it concerns, and never falls. */
  readonly weight: Severity;
  readonly frigate: {readonly namespace: string; readonly name: string; readonly workload: string};
  /** The kubeconfig context; `null` inside the cluster. */
  readonly cluster: string | null;
  readonly incident: {readonly id: string; readonly since: Instant; readonly cause: CauseClass};
  readonly health: HealthClass;
  /** What is wrong; of one that ended, what was. */
  readonly fact: string;
  /** One sentence: what automatic repair did or will do. */
  readonly repair: string;
  /** The one command that shows the rest. */
  readonly command: string;
  readonly findings: ReadonlyArray<{readonly id: CheckId; readonly status: Status; readonly summary: string}>;
  /** When it was decided. */
  readonly at: Instant;
  /** When it is sent. */
  readonly sentAt: Instant;
  readonly version: string;
}

const LONGEST_FACT = 200;
const LONGEST_SENTENCE = 300;
const MOST_FINDINGS = 8;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The last restart of the incident and what became of it, else why there is none. */
const repairOf = (entry: OutboxEntry, state: State): string => {
  const last = ownRecord(entry, state) ?? state.restarts.filter(({at}) => at >= entry.incident.since).at(-1);
  if (last !== undefined) return capitalised(phaseWords[last.phase]);
  if (entry.kind === 'ended') return 'No restart was made.';
  const done = nothingDone[entry.action];
  return entry.action === 'restart' ? done : `${done} Rule ${entry.rule}: ${sentence(entry.reason)}`;
};

/** The few words of an outbox entry. Pure; bounded for any input. */
export const noticeOf = (entry: OutboxEntry, state: State, context: AlertContext): Notice => {
  const {namespace, workload, cluster, version, now} = context;
  const {kind, name} = workload;
  return {
    key: entry.key,
    event: entry.kind,
    severity: severityOf(entry),
    weight: weightOf(entry),
    frigate: {namespace, name, workload: kind === null ? name : kindAndName({kind, name})},
    cluster,
    incident: {id: entry.incident.id, since: entry.incident.since, cause: entry.incident.cause},
    health: entry.health,
    fact: maskedLine(entry.kind === 'ended' ? whatWasWrong(entry) : entry.incident.summary, LONGEST_FACT),
    repair: maskedLine(repairOf(entry, state), LONGEST_SENTENCE),
    command: oneLine(checkCommand(context), LONGEST_SENTENCE),
    findings: entry.findings
      .slice(0, MOST_FINDINGS)
      .map(({id, status, summary}) => ({id, status, summary: maskedLine(summary, LONGEST_FACT)})),
    at: entry.at,
    sentAt: now,
    version,
  };
};

/** What is notified and not over, for systems that must be notified of it repeatedly; `null`: nothing. */
export const openNotice = (state: State, context: AlertContext): Notice | null => {
  const {incident} = state;
  const last = state.decisions.at(-1);
  if (incident === null || !incident.told || last === undefined || last.health === 'paused') return null;
  const entry: OutboxEntry = {
    key: `${incident.id}-open`,
    kind: 'reminder',
    at: incident.lastAlertAt ?? incident.since,
    incident: {...incident, faults: []},
    health: last.health,
    action: last.action,
    rule: last.rule,
    reason: last.reason,
    liftedBy: null,
    unblock: [],
    findings: [],
    attempt: null,
    deliveries: [],
    tries: 0,
    lastTry: null,
    lastError: null,
    deliveredAt: null,
  };
  return {...noticeOf(entry, state, context), severity: weightOf(entry)};
};

/** What `notify --test` sends. */
export const testNotice = ({namespace, workload, cluster, version, now, outside}: AlertContext): Notice => ({
  key: `test-${now.toString(36)}`,
  event: 'test',
  severity: 'warning',
  weight: 'critical',
  frigate: {
    namespace,
    name: workload.name,
    workload: workload.kind === null ? workload.name : kindAndName({kind: workload.kind, name: workload.name}),
  },
  cluster,
  incident: {id: 'test', since: now, cause: 'checker'},
  health: 'healthy',
  fact: 'test notification; nothing is wrong',
  repair: 'No restart. This notification was sent by hand to try the channel.',
  command: checkCommand({namespace, workload, ...(outside === undefined ? {} : {outside})}),
  findings: [],
  at: now,
  sentAt: now,
  version,
});

/** What stands above it: the subject of the mail. */
export const titleOf = ({severity, event, frigate, fact, incident, at}: Notice): string =>
  subjectLine({
    tag: event === 'test' ? 'test' : severity,
    event,
    namespace: frigate.namespace,
    name: frigate.name,
    fact,
    lasted: since(incident.since, at),
  });

/** Since when, why, and what automatic repair does: what stands under the title, one fact a line. */
export const linesOf = ({event, incident, at, sentAt, repair}: Notice): readonly string[] => [
  event === 'ended'
    ? `Resolved ${rfc3339(at)} (${ago(since(at, sentAt))}). It began ${rfc3339(incident.since)}. Cause: ${incident.cause}.`
    : `Since ${rfc3339(incident.since)} (${ago(since(incident.since, sentAt))}). Cause: ${incident.cause}.`,
  `Automatic repair: ${repair}`,
];

/** The same as plain text with the command. */
export const textOf = (notice: Notice): string => [...linesOf(notice), notice.command].join('\n');
