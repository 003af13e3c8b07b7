/** FRG-601: are recordings written? The result itself, whatever the statistics of the processes are. */
import {run} from '../../fix.js';
import type {Because, NoRestart} from '../../because.js';
import type {CheckId, Evidence} from '../../finding.js';
import {notAsked} from '../../known.js';
import {earlier, hours, humanDuration, minutes, offset, seconds, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import type {ErrorReport} from '../../observation/log.js';
import {causeOfError, isCurable} from '../evidence/error-causes.js';
import {afterLastDeath, errorsOf, reportedBy} from '../evidence/errors.js';
import {containerStart, tally} from '../evidence/facts.js';
import {delivers, judgedCameras} from '../evidence/judged-cameras.js';
import {latchedEvidence} from '../evidence/latched.js';
import {eventsInWindow, logComplete} from '../evidence/log-events.js';
import {mediaAnswers} from '../evidence/media-mount.js';
import {byCheck, bySetup, evidence, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';
import {segmentAges, type SegmentAge} from '../evidence/segments.js';

/** Findings of a fault of the disk, the mount or the database: a restart cures none of them. */
const storageFaults = ['FRG-603', 'FRG-604', 'FRG-606', 'FRG-605'] as const satisfies readonly CheckId[];
/** Findings of a terminated or hung process of Frigate. */
const processFaults = ['FRG-304', 'FRG-305'] as const satisfies readonly CheckId[];

export const recordingsWritten = defineCheck('FRG-601', {
  category: 'recording',
  cause: 'recording',
  needs: ['FRG-301'],
  after: ['FRG-302', ...storageFaults, ...processFaults],
  docs: {
    what: 'The age of the newest recording segment of every camera with continuous retention. Recording is the purpose of Frigate, and the age of the segments is the only sign of several faults that leave all other statistics healthy.',
    limits:
      'Critical when the newest segment of a camera is older than 180 s or 3 segments and 60 s, whichever is longer; when no camera is recorded, older than 3 segments and 60 s (90 s with segments of 10 s). Warning when it is older than 2 segments and 40 s (60 s; only with segments of 15 s or less), in a container that recorded it and has run for 180 s: recording may have stopped. Cameras with motion or alert retention prove nothing and are not checked.',
    cure: 'All cameras at once while their frames arrive: a restart starts the recorder again (a lock of the database for 60 s is enough to block it permanently). One camera with a terminated or hung process: the same. One without frames, one that never recorded since the container started, or any fault of disk, mount or database: none. A recorder that writes errors is neither terminated nor blocked: its newest error line is quoted, and unless a restart is known to cure that error, nothing is restarted. Without a readable log nothing is restarted for this.',
    next: 'Check the disk (`df`), the mount, and the lines of `frigate.record` in the log.',
    source:
      'Frigate 0.17.2 frigate/record/maintainer.py and `/api/<camera>/recordings`. Measured on 0.17.2: a restart cured a killed recorder, a stopped manager process and a thread that a brief database lock had ended; it did not cure a full, a read-only or a hung disk.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- df -h /media/frigate /tmp/cache`),
    run(`kubectl logs ${frigateIn(observation)} | grep frigate.record | tail`),
  ],
  judge: (context) => {
    const {config} = context.observation.frigate;
    if (!config.known) return unobserved(config.why);
    const ages = segmentAges(context);
    if (ages.length === 0)
      return config.value.cameras.some(({switchedOff = []}) => switchedOff.length > 0)
        ? notApplicable('Recording is switched off at run time (FRG-607)', bySetup('switched-off'))
        : notApplicable(
            'No camera has continuous retention, so an old segment proves nothing',
            bySetup('no-continuous-retention'),
          );
    const failing = ages.filter(({state}) => state === 'overdue' || state === 'never' || state === 'gone');
    if (failing.length > 0) return failed(context, failing, ages);
    const late = ages.filter(({lateAfter}) => lateAfter !== null);
    if (late.length > 0) return lateOnes(late);
    if (ages.every(({state}) => state === 'unknown'))
      return {
        status: 'unknown',
        summary: 'Age of the newest recording segments is not known',
        because: reasonOf(context, ages),
      };
    if (ages.some(({state}) => state === 'young'))
      return {status: 'ok', summary: 'Frigate started too recently for a segment to be overdue'};
    return {status: 'ok', summary: recorded(ages)};
  },
});

/** Too early to say that it has stopped, and too late for a recorder that works. */
const lateOnes = (late: readonly SegmentAge[]): CheckResult => ({
  status: 'warning',
  because: {kind: 'not-judged'},
  cameras: late.map(({camera}) => camera),
  summary: `Newest ${late.length === 1 ? 'segment' : 'segments'} of ${listed(late.map(({camera}) => camera))} ${late.length === 1 ? 'is' : 'are'} ${humanDuration(oldest(late))} old (limit ${humanDuration(late[0]?.lateAfter ?? seconds(0))}): recording may have stopped`,
  evidence: late
    .slice(0, 8)
    .map(({camera, age, lateAfter}) => evidence(camera, Math.round((age ?? 0) / 1000), (lateAfter ?? 0) / 1000, 's')),
});

const recorded = (ages: readonly SegmentAge[]): string => {
  const fresh = ages.filter(({state}) => state === 'fresh');
  const newest = `newest segments at most ${humanDuration(oldest(fresh))} old`;
  return fresh.length === ages.length
    ? `${plural(fresh.length, 'camera')} recorded: ${newest}`
    : `${fresh.length} of ${ages.length} cameras recorded, the others are not known: ${newest}`;
};

const oldest = (ages: readonly SegmentAge[]): NonNullable<SegmentAge['age']> =>
  ages.flatMap(({age}) => (age === null ? [] : [age])).reduce((most, age) => (age > most ? age : most));

const reasonOf = (context: CheckContext, ages: readonly SegmentAge[]): Because => {
  const answer = context.observation.frigate.segments.get(ages[0]?.camera ?? '');
  return {kind: 'unknown', why: answer === undefined || answer.known ? notAsked().why : answer.why};
};

const failed = (context: CheckContext, failing: readonly SegmentAge[], ages: readonly SegmentAge[]): CheckResult => {
  const names = failing.map(({camera}) => camera);
  const facts = failing
    .slice(0, 8)
    .map(({camera, age, limit}) => evidence(camera, age === null ? 'none' : Math.round(age / 1000), limit / 1000, 's'));
  const {cure, cause, why, because, log = null} = causeOf(context, failing, ages);
  return {
    status: 'critical',
    outage: failing.length === ages.length,
    cure,
    cause,
    cameras: names,
    ...(cause === 'recording' && cure === 'restart' ? {faults: ['recorder']} : {}),
    evidence: [...(log === null ? watchdogLine(context, names) : [evidence('log', log)]), ...facts],
    summary: `${failing.length === ages.length && ages.length > 1 ? 'No camera is' : `${listed(names)} ${names.length === 1 ? 'is' : 'are'} not`} recorded: ${why}`,
    ...(because === null ? {} : {because}),
    ...(names.length === 1 && names[0] !== undefined ? {object: {kind: 'Camera', name: names[0]}} : {}),
  };
};

/** What Frigate's own watchdog says of the segments of these cameras: none, or none that is valid. */
const watchdogLine = ({observation}: CheckContext, cameras: readonly string[]): readonly Evidence[] => {
  const lines = tally(observation, 'no-new-segments');
  return lines !== null && cameras.some((camera) => lines.cameras.has(camera)) ? [evidence('log', lines.sample)] : [];
};

interface Answer {
  readonly cure: 'restart' | 'none';
  readonly cause: NonNullable<CheckResult['cause']>;
  /** For the summary. */
  readonly why: string;
  /** What rules out a restart; `null` where nothing does. */
  readonly because: Because | null;
  /** The line that says why. */
  readonly log?: string;
}

const none = (cause: Answer['cause'], why: string, because: Because): Answer => ({cure: 'none', cause, why, because});

const noRestart = (why: NoRestart): Because => ({kind: 'no-restart', why});

/** Why they are not recorded, from the outside in; the first that holds decides. */
const causeOf = (context: CheckContext, failing: readonly SegmentAge[], ages: readonly SegmentAge[]): Answer => {
  const storage = storageFault(context);
  if (storage !== null) return storage;
  if (context.finding('FRG-603').status === 'critical')
    return restartable(context, 'storage', 'the cache is full (FRG-603)');
  const without = withoutFrames(context, failing);
  if (without.length === failing.length) return none('camera', 'no frames arrive', noRestart('no-frames'));
  const flowing = failing.filter(({camera}) => !without.includes(camera));
  // A camera that this container never recorded has a fault of its own, which proves nothing about those that it did record.
  const stopped = flowing.filter(({state}) => state === 'overdue');
  if (stopped.length === 0)
    return (
      reportedError(context, flowing) ??
      writeErrors(context) ??
      none(
        'recording',
        `the running container never recorded ${listed(flowing.map(({camera}) => camera))}`,
        noRestart('never-recorded'),
      )
    );
  const reported = reportedError(context, stopped) ?? writeErrors(context);
  if (reported !== null) return reported;
  const dead = processFaults.find((id) => explains(context, id, stopped));
  if (dead !== undefined) return restartable(context, 'process', `a process is terminated or hung (${dead})`);
  if (lags(context, stopped)) return none('storage', 'the recorder does not keep up', noRestart('recorder-lags'));
  if (allAtOnce(context, stopped, failing, ages))
    return restartable(context, 'recording', 'frames arrive, but the recorder is terminated or blocked');
  if (separateInput(context, stopped))
    return none(
      'camera',
      stopped.length === 1 ? 'its record input delivers nothing' : 'their record inputs deliver nothing',
      noRestart('record-input-silent'),
    );
  return ages.some(({state}) => state === 'fresh')
    ? none('recording', 'other cameras are recorded', noRestart('others-recorded'))
    : none('recording', 'whether other cameras are recorded is not known', noRestart('others-unknown'));
};

/** A restart, unless what would rule it out cannot be observed: the log, and on a network mount the mount itself. */
const restartable = (context: CheckContext, cause: Answer['cause'], why: string): Answer => {
  if (!logComplete(context)) return none(cause, `${why}; a disk fault is not ruled out`, noRestart('log-incomplete'));
  const mount = mediaAnswers(context);
  return mount.restartMayHelp
    ? {cure: 'restart', cause, why, because: null}
    : none(mount.hangs ? 'storage' : cause, mount.why, byCheck('FRG-606'));
};

/** Only what a restart does not cure counts here; it does cure a terminated thread (FRG-605) or a full cache (FRG-603). */
const storageFault = (context: CheckContext): Answer | null => {
  const fault = storageFaults.find((id) => {
    const {status, cure} = context.finding(id);
    return status === 'critical' && cure === 'none';
  });
  return fault === undefined ? null : none('storage', `the storage is at fault (${fault})`, byCheck(fault));
};

const writeErrors = (context: CheckContext): Answer | null => {
  const failures = eventsInWindow(context, 'io-error', 'read-only');
  return failures.known && failures.value.count > 0
    ? none('storage', 'writes to the disk fail', noRestart('write-errors'))
    : null;
};

/** Since when they are not recorded: the end of the newest of their segments, else the start of the container. */
const stoppedAt = ({observation, now}: CheckContext, stopped: readonly SegmentAge[]): Instant =>
  stopped.reduce<Instant | null>(
    (newest, {endedAt}) => (newest === null || (endedAt !== null && endedAt > newest) ? endedAt : newest),
    null,
  ) ??
  containerStart(observation) ??
  earlier(now, hours(1));

/** Parts of Frigate whose errors are about writing recordings; ffmpeg's only where it names one of the folders. */
const concernsRecording = ({component, kind, path}: ErrorReport): boolean => {
  if (component === 'recorder' || component === 'database') return true;
  if (component === 'camera' || component === 'capture' || component === 'frigate')
    return path !== null && WRITTEN_TO.test(path) && kind !== 'unknown';
  return false;
};

const WRITTEN_TO = /^\/(?:media\/frigate|tmp\/cache)(?:\/|$)/;

/**
 * What the recorder has reported since they stopped. One line that is not known to be cured decides, whatever else is reported:
 * the newest that names its cause is quoted.
 */
const reportedError = (context: CheckContext, stopped: readonly SegmentAge[]): Answer | null => {
  const from = stoppedAt(context, stopped);
  const cured = (id: CheckId): boolean => {
    const known = [...storageFaults, ...processFaults].find((each) => each === id);
    const finding = known === undefined ? null : context.finding(known);
    return finding?.status === 'critical' && finding.cure === 'restart';
  };
  const reports = afterLastDeath(context.observation, errorsOf(context.observation)).filter(
    (report) => report.last >= from && concernsRecording(report) && !isCurable(report, cured),
  );
  const report = reports.find(({kind}) => kind !== 'unknown') ?? reports[0];
  if (report === undefined) return null;
  return {...none(causeOfError(report), reportedBy(report), noRestart('reported-error')), log: report.sample};
};

/** The recorder itself has said since they stopped that it discards segments: it works. */
const lags = (context: CheckContext, stopped: readonly SegmentAge[]): boolean => {
  const from = stoppedAt(context, stopped);
  return (
    stopped.length > 1 &&
    (tally(context.observation, 'backlog-slow-storage')?.last ?? 0) >= from &&
    !threadDiedAt(context, from)
  );
};

/** A thread that ends stops the recording within two segments and a turn of the recorder (frigate/record/maintainer.py). */
const WITH_A_THREAD = minutes(2);

/**
 * A thread ended when the recording stopped: up to 0.14 the recorder says of frames that nobody passes on that it does not keep up
 * (frigate#7922).
 */
const threadDiedAt = (context: CheckContext, stop: Instant): boolean => {
  const died = tally(context.observation, 'thread-died')?.last ?? latchedEvidence(context, 'thread-died')?.at ?? null;
  return died !== null && Math.abs(offset(died, stop)) <= WITH_A_THREAD;
};

const withoutFrames = (context: CheckContext, failing: readonly SegmentAge[]): readonly string[] => {
  const flowing = new Set(
    judgedCameras(context)
      .filter((camera) => delivers(camera) === true)
      .map(({name}) => name),
  );
  return failing.map(({camera}) => camera).filter((name) => !flowing.has(name));
};

const explains = (context: CheckContext, id: CheckId, stopped: readonly SegmentAge[]): boolean => {
  const {status, cameras, cure} = context.finding(id);
  return (
    status === 'critical' &&
    cure === 'restart' &&
    (cameras.length === 0 || stopped.every(({camera}) => cameras.includes(camera)))
  );
};

/**
 * Everything that was recorded has stopped, and nothing is recorded. A single camera counts as all only
 * when one input has both roles: with a record input of its own that input may be at fault.
 */
const allAtOnce = (
  context: CheckContext,
  stopped: readonly SegmentAge[],
  failing: readonly SegmentAge[],
  ages: readonly SegmentAge[],
): boolean => failing.length === ages.length && (stopped.length > 1 || !separateInput(context, stopped));

const separateInput = (context: CheckContext, cameras: readonly SegmentAge[]): boolean => {
  const {config} = context.observation.frigate;
  return (
    config.known &&
    cameras.every(({camera}) =>
      config.value.cameras.some(({name, separateRecordInput}) => name === camera && separateRecordInput),
    )
  );
};
