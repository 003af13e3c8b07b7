/** What happened from one observation to the next: the events of the screen and the lines of line mode. Which of it is shown, and how often: change-tracker.ts. */
import {reasonText} from '../../core/decision/wording.js';
import type {HealthClass} from '../../core/diagnosis/diagnosis.js';
import type {Finding, Status} from '../../core/finding.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import {hours, since, type Instant} from '../../core/time.js';
import type {LogLine} from '../../usecases/watch/watch-state.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
import type {View} from './view.js';

export type ChangeKind =
  'verdict' | 'decision' | 'check' | 'camera' | 'pod' | 'source' | 'kubernetes' | 'log' | 'state' | 'person';

export interface Change {
  readonly at: Instant;
  readonly kind: ChangeKind;
  /** What it is about: a check id, a camera, a pod, a source. */
  readonly subject: string;
  readonly status: Status;
  readonly from: string | null;
  readonly to: string;
  readonly detail: string;
  /** How many more of the same kind about the same thing are not shown. */
  readonly similar?: number;
}

type Pair = readonly [before: LiveObservation, after: LiveObservation];
type Views = readonly [before: View, after: View];

/** What the verdict says, without its wording: numbers in a sentence count on while nothing changes. */
const contentOf = ({judgement: {diagnosis, findings}}: LiveObservation): string =>
  JSON.stringify([
    diagnosis.health,
    diagnosis.cause,
    findings
      .filter(({id}) => diagnosis.primary.includes(id))
      .map(({id, status, object, cameras}) => [id, status, object, cameras]),
  ]);

const healthStatus: Readonly<Record<HealthClass, Status>> = {
  healthy: 'ok',
  degraded: 'warning',
  unhealthy: 'critical',
  starting: 'warning',
  paused: 'warning',
  unknown: 'unknown',
};

const verdicts = ([before, after]: Pair): readonly Change[] => {
  if (contentOf(before) === contentOf(after)) return [];
  const [old, now] = [before.judgement.diagnosis, after.judgement.diagnosis];
  return [
    {
      at: after.at,
      kind: 'verdict',
      subject: 'health',
      status: healthStatus[now.health],
      from: old.health === now.health ? null : old.health,
      to: now.health,
      detail: now.summary,
    },
  ];
};

const decisions = ([before, after]: Pair): readonly Change[] => {
  const [old, now] = [before.judgement.decision, after.judgement.decision];
  if (old.action === now.action && old.rule === now.rule) return [];
  const status: Status = now.action === 'none' ? 'ok' : now.action === 'restart' ? 'critical' : 'warning';
  return [
    {
      at: after.at,
      kind: 'decision',
      subject: 'repair',
      status,
      from: `${old.action} ${old.rule}`,
      to: `${now.action} ${now.rule}`,
      detail: reasonText(now.reason),
    },
  ];
};

const pods = ([{live: before, pod: old}, {live: after, pod: now}]: Views): readonly Change[] => {
  if (before.watchState.located?.search.known !== true || after.watchState.located?.search.known !== true) return [];
  // One that ends is not the chosen one any more, and still the same.
  const same = before.choice?.pod?.uid === after.choice?.pod?.uid || old.pod === now.pod;
  if (same && old.state === now.state && old.restarts === now.restarts) return [];
  const restarts =
    same && old.restarts !== now.restarts ? `restarts ${String(old.restarts)} to ${String(now.restarts)}` : '';
  const from = same ? old.state : (old.pod ?? 'no pod');
  return [
    {
      at: after.at,
      kind: 'pod',
      subject: now.pod ?? 'no pod',
      status: now.status,
      from,
      to: now.state,
      detail: [restarts, now.lastExit ?? ''].filter((part) => part !== '').join(', '),
    },
  ];
};

/** Without the count: Kubernetes counts an event up each time that it happens again, and that is no other event. */
const keyOf = ({object, reason, message}: ClusterEvent): string => `${object.uid}/${reason}/${message}`;

const kubernetes = ([before, after]: Pair): readonly Change[] => {
  if (!before.watchState.events.known || !after.watchState.events.known) return [];
  const old = new Set(before.watchState.events.value.map(keyOf));
  return after.watchState.events.value
    .filter((event) => !old.has(keyOf(event)))
    .map((event) => eventChange(event, after.at));
};

const eventChange = ({object, type, reason, message}: ClusterEvent, at: Instant): Change => ({
  at,
  kind: 'kubernetes',
  subject: `${object.kind}/${object.name}`,
  status: type === 'Warning' ? 'warning' : 'info',
  from: null,
  to: reason,
  detail: message,
});

const logChange = ({at, camera, signature, text}: LogLine): Change => ({
  at,
  kind: 'log',
  subject: camera ?? 'log',
  status: 'info',
  from: null,
  to: signature,
  detail: text,
});

const EVENT_HISTORY = hours(1);
const MOST_EARLIER = 12;

/** What happened shortly before the first observation, oldest first: a screen that is opened in an incident shows how it started. */
export const earlierThan = ({watchState: {events, lines}, at}: LiveObservation): readonly Change[] => {
  const recorded = events.known
    ? events.value.flatMap((event) => (event.lastSeen === null ? [] : [eventChange(event, event.lastSeen)]))
    : [];
  return [...recorded, ...lines.map(logChange)]
    .filter((change) => since(change.at, at) <= EVENT_HISTORY)
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_EARLIER);
};

const isSame = (a: LogLine, b: LogLine): boolean => a.at === b.at && a.text === b.text;

const log = ([before, after]: Pair): readonly Change[] => {
  const last = before.watchState.lines.at(-1);
  const {lines} = after.watchState;
  if (lines === before.watchState.lines || !before.watchState.log.known) return [];
  const from = last === undefined ? 0 : lines.findLastIndex((one) => isSame(one, last)) + 1;
  return lines.slice(from).map(logChange);
};

const restarts = ([before, after]: Pair): readonly Change[] => {
  if (before.watchState.recalledState === null) return [];
  const old = new Map(before.watchState.recalledState.state.restarts.map((record) => [record.id, record.phase]));
  return (after.watchState.recalledState?.state.restarts ?? [])
    .filter(({id, phase}) => old.get(id) !== phase)
    .map((record) => ({
      at: after.at,
      kind: 'state',
      subject: 'restart',
      status: record.phase === 'helped' ? 'ok' : 'warning',
      from: old.get(record.id) ?? null,
      to: record.phase,
      detail: record.reason,
    }));
};

/** The verdict, what is done about it, and what happened to the pod: what a person wants to read first. */
export const mainChanges = (before: View, after: View): readonly Change[] => {
  const pair: Pair = [before.live, after.live];
  return [...verdicts(pair), ...decisions(pair), ...pods([before, after])];
};

/** What was written in the meantime: by automatic repair, by Kubernetes, by Frigate. */
export const newRecords = (
  {live: before}: View,
  {live: after}: View,
): {
  readonly restarts: readonly Change[];
  readonly events: readonly Change[];
  readonly log: readonly Change[];
} => {
  const pair: Pair = [before, after];
  return {restarts: restarts(pair), events: kubernetes(pair), log: log(pair)};
};

/** A source of the check has not answered for the first time. */
export const isPending = ({because}: Finding): boolean => because?.kind === 'unknown' && because.why.pending === true;
