/** What changed from one look to the next, in words: the events of the screen and the lines of line mode. */
import type {Finding, Status} from '../../core/finding.js';
import type {ClusterEvent, Pod} from '../../core/observation/pod.js';
import {hours, since, type Instant} from '../../core/time.js';
import {SOURCES, type LogLine, type SourceName} from '../../pass/watch/board.js';
import type {LiveSight} from '../../pass/watch/live.js';
import {choiceOn} from '../../pass/watch/room.js';
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
}

type Pair = readonly [before: LiveSight, after: LiveSight];
type Views = readonly [before: View, after: View];

const verdicts = ([before, after]: Pair): readonly Change[] => {
  const [old, now] = [before.judgement.diagnosis, after.judgement.diagnosis];
  if (old.health === now.health) return [];
  const status: Status =
    now.health === 'healthy'
      ? 'ok'
      : now.health === 'unhealthy'
        ? 'critical'
        : now.health === 'unknown'
          ? 'unknown'
          : 'warning';
  return [
    {at: after.at, kind: 'verdict', subject: 'health', status, from: old.health, to: now.health, detail: now.summary},
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
      detail: now.reason,
    },
  ];
};

const isAside = ({status, because}: Finding): boolean =>
  status === 'skipped' || (status === 'unknown' && because?.includes('still looking') === true);

/** A check that begins or ends to be skipped only follows another one, and one that is still being looked at says nothing. */
const worthTelling = (before: Finding, after: Finding): boolean =>
  before.status !== after.status && !isAside(before) && !isAside(after);

const checks = ([before, after]: Pair): readonly Change[] => {
  const old = new Map(before.judgement.findings.map((finding) => [finding.id, finding]));
  return after.judgement.findings.flatMap((finding) => {
    const previous = old.get(finding.id);
    if (previous === undefined || !worthTelling(previous, finding)) return [];
    return [
      {
        at: after.at,
        kind: 'check' as const,
        subject: finding.id,
        status: finding.status,
        from: previous.status,
        to: finding.status,
        detail: finding.summary,
      },
    ];
  });
};

const cameras = ([before, {live: after, cameras: rows}]: Views): readonly Change[] => {
  const old = new Map(before.cameras.map((row) => [row.name, row]));
  return rows.flatMap((row) => {
    const previous = old.get(row.name);
    if (previous === undefined || previous.state === row.state) return [];
    const detail = row.fps === null ? '' : `${row.fps.toFixed(1)} fps`;
    return [
      {
        at: after.at,
        kind: 'camera' as const,
        subject: row.name,
        status: row.status,
        from: previous.state,
        to: row.state,
        detail,
      },
    ];
  });
};

const podOf = ({board}: LiveSight): Pod | null => choiceOn(board)?.pod ?? null;

const pods = ([{live: before, pod: old}, {live: after, pod: now}]: Views): readonly Change[] => {
  if (before.board.located?.search.known !== true || after.board.located?.search.known !== true) return [];
  // One that ends is not the chosen one any more, and still the same.
  const same = podOf(before)?.uid === podOf(after)?.uid || old.pod === now.pod;
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

/** What became of the sources; all that may change while nothing is judged. */
export const sourceChanges = (before: LiveSight, after: LiveSight): readonly Change[] =>
  SOURCES.flatMap((name) => sourceChange(name, [before, after]));

const sourceChange = (name: SourceName, [before, after]: Pair): readonly Change[] => {
  const [old, now] = [before.board.sources[name].trouble, after.board.sources[name].trouble];
  if ((old === null) === (now === null)) return [];
  if (now === null)
    return [{at: after.at, kind: 'source', subject: name, status: 'ok', from: 'lost', to: 'seen', detail: ''}];
  return [
    {at: after.at, kind: 'source', subject: name, status: 'unknown', from: 'seen', to: 'lost', detail: now.why.message},
  ];
};

const keyOf = ({object, reason, message, count}: ClusterEvent): string => `${object.uid}/${reason}/${count}/${message}`;

const kubernetes = ([before, after]: Pair): readonly Change[] => {
  if (!before.board.events.known || !after.board.events.known) return [];
  const old = new Set(before.board.events.value.map(keyOf));
  return after.board.events.value
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

const LOOK_BACK = hours(1);
const MOST_EARLIER = 12;

/** What happened shortly before the first look, oldest first: who opens the screen in trouble has missed the beginning. */
export const earlierThan = ({board: {events, lines}, at}: LiveSight): readonly Change[] => {
  const told = events.known
    ? events.value.flatMap((event) => (event.lastSeen === null ? [] : [eventChange(event, event.lastSeen)]))
    : [];
  return [...told, ...lines.map(logChange)]
    .filter((change) => since(change.at, at) <= LOOK_BACK)
    .sort((a, b) => a.at - b.at)
    .slice(-MOST_EARLIER);
};

const isSame = (a: LogLine, b: LogLine): boolean => a.at === b.at && a.text === b.text;

const log = ([before, after]: Pair): readonly Change[] => {
  const last = before.board.lines.at(-1);
  const {lines} = after.board;
  if (lines === before.board.lines || !before.board.log.known) return [];
  const from = last === undefined ? 0 : lines.findLastIndex((one) => isSame(one, last)) + 1;
  return lines.slice(from).map(logChange);
};

const restarts = ([before, after]: Pair): readonly Change[] => {
  if (before.board.remembered === null) return [];
  const old = new Map(before.board.remembered.state.restarts.map((record) => [record.id, record.phase]));
  return (after.board.remembered?.state.restarts ?? [])
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

/** In the order in which a person wants to read them: what it comes to first, its signs after. */
export const changesBetween = (before: View, after: View): readonly Change[] => {
  const views: Views = [before, after];
  const pair: Pair = [before.live, after.live];
  return [
    ...verdicts(pair),
    ...decisions(pair),
    ...pods(views),
    ...checks(pair),
    ...cameras(views),
    ...sourceChanges(...pair),
    ...restarts(pair),
    ...kubernetes(pair),
    ...log(pair),
  ];
};
