/**
 * Which changes are reported. Checks, cameras and sources are compared with what was reported last, so that a state that is not known
 * for a while (Frigate starts, its pod ends, a source is lost) makes no line when it goes and none when it comes back as it
 * was. The same trouble of one object is reported at most once a minute, with the number of what was left out.
 */
import type {Finding, Status} from '../../core/finding.js';
import type {Signature} from '../../core/observation/log.js';
import {hours, minutes, offset, type Duration, type Instant} from '../../core/time.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
import {SOURCES} from '../../usecases/watch/watch-state.js';
import type {CustomFinding} from '../../core/custom/custom-check.js';
import {isPending, mainChanges, newRecords, type Change, type ChangeKind} from './changes.js';
import type {View} from './view.js';

const SAME_TROUBLE_EVERY = minutes(1);
/** What was left out longer ago is not counted any more. */
const FORGOTTEN_AFTER = hours(1);

/** A clock that was stepped says nothing about how long ago something was: then it counts as long ago. */
const isWithin = (then: Instant, now: Instant, length: Duration): boolean => Math.abs(offset(then, now)) < length;

interface State {
  readonly kind: ChangeKind;
  readonly subject: string;
  /** `null`: not known at the moment; what was reported last still stands. */
  readonly state: string | null;
  readonly status: Status;
  readonly detail: string;
  /** Reported also where nothing is known of it from before: nothing else says that it is so. */
  readonly reportedAtFirst?: boolean;
}

/** Frigate answers, so that what it says of its cameras and what checks say of it are of now. */
const answers = ({running, watchState}: LiveObservation): boolean => running !== null && watchState.frigate.stats.known;

const isNormalAtStart = ({status, normalAtStart}: Finding, {judgement}: LiveObservation): boolean =>
  judgement.diagnosis.health === 'starting' && normalAtStart && status === 'critical';

/** That a check is not known while something cannot be read follows from that, and that is reported by itself. */
const isKnown = (finding: Finding, live: LiveObservation): boolean => {
  if (finding.status === 'skipped' || isNormalAtStart(finding, live)) return false;
  if (finding.status !== 'unknown') return true;
  const {sources} = live.watchState;
  return answers(live) && !isPending(finding) && SOURCES.every((name) => sources[name].trouble === null);
};

const checkStates = ({live}: View): readonly State[] =>
  live.judgement.findings.map((finding) => ({
    kind: 'check',
    subject: finding.id,
    state: isKnown(finding, live) ? finding.status : null,
    status: finding.status,
    detail: finding.summary,
  }));

/** Checks of the user's own: the verdict never names them, so that one which fails from the beginning is reported too. */
const ownStates = ({live: {custom}}: View): readonly State[] =>
  custom.map(({id, status, summary, because}: CustomFinding) => ({
    kind: 'check',
    subject: id,
    state: status === 'skipped' || because?.kind === 'not-asked' || because?.kind === 'not-observed' ? null : status,
    status,
    detail: summary,
    reportedAtFirst: status !== 'ok',
  }));

const cameraStates = ({live, cameras}: View): readonly State[] =>
  cameras.map(({name, status, state, fps}) => ({
    kind: 'camera',
    subject: name,
    state: answers(live) && status !== 'unknown' ? state : null,
    status,
    detail: fps === null ? '' : `${fps.toFixed(1)} fps`,
  }));

const sourceStates = ({watchState: {sources}}: LiveObservation): readonly State[] =>
  SOURCES.map((name) => {
    const {trouble} = sources[name];
    return trouble === null
      ? {kind: 'source', subject: name, state: 'available', status: 'ok', detail: ''}
      : {kind: 'source', subject: name, state: 'lost', status: 'unknown', detail: trouble.why.message};
  });

/** Lines of the log that say the same of one camera in other words: ffmpeg ends, says why, and frames stay away. */
const sameTrouble: Readonly<Partial<Record<Signature, string>>> = {
  'camera-crashed': 'camera-unreachable',
  'camera-no-frames': 'camera-unreachable',
  'backlog-slow-storage': 'backlog',
  'backlog-unprocessed': 'backlog',
};

const troubleOf = ({kind, subject, to}: Change): string =>
  `${kind}/${subject}/${kind === 'log' ? (sameTrouble[to as Signature] ?? to) : to}`;

export interface ChangeTracker {
  /** What changed since the observation before; nothing before the first complete one. */
  readonly next: (view: View) => readonly Change[];
  /** The same of the sources alone, where nothing was judged. */
  readonly sources: (live: LiveObservation) => readonly Change[];
}

export const changeTracker = (): ChangeTracker => {
  let before: View | null = null;
  /** What was reported last of each check, camera and source, and when each of its states was. */
  const states = new Map<string, {readonly state: string; readonly reportedAt: ReadonlyMap<string, Instant>}>();
  const troubles = new Map<string, {readonly reportedAt: Instant; readonly leftOut: number}>();

  const changed = (
    {kind, subject, state, status, detail, reportedAtFirst = false}: State,
    {at, localClock}: LiveObservation,
  ): Change | null => {
    const key = `${kind}/${subject}`;
    const last = states.get(key);
    if (state === null || state === last?.state) return null;
    if (last === undefined) {
      states.set(key, {state, reportedAt: new Map()});
      return reportedAtFirst ? {at, kind, subject, status, from: null, to: state, detail} : null;
    }
    const again = last.reportedAt.get(state);
    // Reported after that time if the state is still the same.
    if (again !== undefined && isWithin(again, localClock, SAME_TROUBLE_EVERY)) return null;
    states.set(key, {state, reportedAt: new Map(last.reportedAt).set(state, localClock)});
    return {at, kind, subject, status, from: last.state, to: state, detail};
  };
  const changedOf = (all: readonly State[], live: LiveObservation): readonly Change[] =>
    all.flatMap((state) => changed(state, live) ?? []);

  /** The newest of each trouble: of several lines the last one holds the reason. */
  const seldom = (changes: readonly Change[], {localClock}: LiveObservation): readonly Change[] => {
    const newest = new Map<string, {readonly change: Change; readonly count: number}>();
    for (const change of changes) {
      const key = troubleOf(change);
      newest.set(key, {change, count: (newest.get(key)?.count ?? 0) + 1});
    }
    return [...newest].flatMap(([key, {change, count}]) => {
      const last = troubles.get(key);
      const leftOut = last !== undefined && isWithin(last.reportedAt, localClock, FORGOTTEN_AFTER) ? last.leftOut : 0;
      if (last !== undefined && isWithin(last.reportedAt, localClock, SAME_TROUBLE_EVERY)) {
        troubles.set(key, {reportedAt: last.reportedAt, leftOut: leftOut + count});
        return [];
      }
      troubles.set(key, {reportedAt: localClock, leftOut: 0});
      const similar = leftOut + count - 1;
      return similar === 0 ? [change] : [{...change, similar}];
    });
  };
  const forget = ({localClock}: LiveObservation): void => {
    for (const [key, {reportedAt}] of troubles)
      if (!isWithin(reportedAt, localClock, FORGOTTEN_AFTER)) troubles.delete(key);
  };

  return {
    next: (view) => {
      const {live} = view;
      if (!live.complete) return [];
      const previous = before;
      before = view;
      const [checks, cameras, sources] = [checkStates(view), cameraStates(view), sourceStates(live)].map((all) =>
        changedOf(all, live),
      );
      // What it is at the beginning is said first.
      if (previous === null) return [];
      const own = changedOf(ownStates(view), live);
      const records = newRecords(previous, view);
      forget(live);
      return [
        ...mainChanges(previous, view),
        ...(checks ?? []),
        ...own,
        ...(cameras ?? []),
        ...(sources ?? []),
        ...records.restarts,
        ...seldom(records.events, live),
        ...seldom(records.log, live),
      ];
    },
    sources: (live) => (before === null ? [] : changedOf(sourceStates(live), live)),
  };
};
