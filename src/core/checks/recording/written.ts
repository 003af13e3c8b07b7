/** FRG-601: are recordings written? The outcome itself, whatever the processes say of themselves. */
import type {CheckId} from '../../finding.js';
import {humanDuration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {delivers, judgedCameras} from '../judged-cameras.js';
import {eventsInWindow, logComplete} from '../log-events.js';
import {mediaAnswers} from '../media-mount.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';
import {segmentAges, type SegmentAge} from './segments.js';

/** Findings that say the disk, the mount or the database is at fault: a restart moves none of them. */
const storageFaults = ['FRG-603', 'FRG-604', 'FRG-606', 'FRG-605'] as const satisfies readonly CheckId[];
/** Findings that say a process of Frigate is dead or hung. */
const processFaults = ['FRG-304', 'FRG-305'] as const satisfies readonly CheckId[];

export const written: Check = {
  id: 'FRG-601',
  title: 'recordings are written',
  category: 'recording',
  cause: 'recording',
  needs: ['FRG-301'],
  after: ['FRG-302', ...storageFaults, ...processFaults],
  docs: {
    what: 'The age of the newest recording segment of every camera that keeps all recordings. It is what Frigate is there for, and the only sign of several faults that leave healthy numbers everywhere else.',
    limits:
      'Critical when the newest segment is older than 180 s or 3 segments and 60 s, whichever is longer. Cameras with motion or alert retention prove nothing and are not asked.',
    cure: 'All cameras at once while their frames flow: a restart makes the recorder again (a lock of the database for 60 s is enough to block it for good). One camera with a dead or hung process: the same. One without frames, one that never recorded since the container started, or any trouble of disk, mount or database: none. Without a readable log nothing is restarted for this.',
    next: 'Look at the disk (`df`), at the mount, and at `frigate.record` in the log.',
    source:
      'Frigate 0.17.2 frigate/record/maintainer.py and `/api/<camera>/recordings`. Measured on 0.17.2: a restart cured a killed recorder, a stopped manager process and a thread that a brief database lock had ended; it did not cure a full, a read-only or a hanging disk.',
  },
  fix: ({observation}) =>
    `kubectl exec ${frigateIn(observation)} -- df -h /media/frigate /tmp/cache; kubectl logs ${frigateIn(observation)} | grep frigate.record | tail`,
  judge: (context) => {
    const {config} = context.observation.frigate;
    if (!config.known) return unseen(config.why);
    const ages = segmentAges(context);
    if (ages.length === 0)
      return notApplicable(
        'No camera keeps all recordings, so an old segment proves nothing',
        'no continuous retention',
      );
    const failing = ages.filter(({state}) => state === 'overdue' || state === 'never' || state === 'gone');
    if (failing.length > 0) return failed(context, failing, ages);
    if (ages.every(({state}) => state === 'unknown'))
      return {status: 'unknown', summary: 'The newest segments cannot be seen', because: reasonOf(context, ages)};
    if (ages.some(({state}) => state === 'young'))
      return {status: 'ok', summary: "Frigate's container is too young to be late with a segment"};
    return {status: 'ok', summary: recorded(ages)};
  },
};

const recorded = (ages: readonly SegmentAge[]): string => {
  const fresh = ages.filter(({state}) => state === 'fresh');
  const newest = `the oldest newest segment is ${humanDuration(oldest(fresh))} old`;
  return fresh.length === ages.length
    ? `${plural(fresh.length, 'camera')} recorded: ${newest}`
    : `${fresh.length} of ${ages.length} cameras recorded, the others could not be seen: ${newest}`;
};

const oldest = (ages: readonly SegmentAge[]): NonNullable<SegmentAge['age']> =>
  ages.flatMap(({age}) => (age === null ? [] : [age])).reduce((most, age) => (age > most ? age : most));

const reasonOf = (context: CheckContext, ages: readonly SegmentAge[]): string => {
  const answer = context.observation.frigate.segments.get(ages[0]?.camera ?? '');
  return answer === undefined || answer.known ? 'not asked' : `${answer.why.code}: ${answer.why.message}`;
};

const failed = (context: CheckContext, failing: readonly SegmentAge[], ages: readonly SegmentAge[]): Verdict => {
  const names = failing.map(({camera}) => camera);
  const seen = failing
    .slice(0, 8)
    .map(({camera, age, limit}) => evidence(camera, age === null ? 'none' : Math.round(age / 1000), limit / 1000, 's'));
  const {cure, cause, why} = causeOf(context, failing, ages);
  return {
    status: 'critical',
    cure,
    cause,
    cameras: names,
    evidence: seen,
    summary: `${failing.length === ages.length && ages.length > 1 ? 'No camera is' : `${listed(names)} ${names.length === 1 ? 'is' : 'are'} not`} recorded${why === '' ? '' : `: ${why}`}`,
    ...(cure === 'none' && why !== '' ? {because: why} : {}),
    ...(names.length === 1 && names[0] !== undefined ? {object: {kind: 'Camera', name: names[0]}} : {}),
  };
};

interface Answer {
  readonly cure: 'restart' | 'none';
  readonly cause: NonNullable<Verdict['cause']>;
  readonly why: string;
}

const none = (cause: Answer['cause'], why: string): Answer => ({cure: 'none', cause, why});

/** Why they are not recorded, from the outside in; the first that holds speaks. */
const causeOf = (context: CheckContext, failing: readonly SegmentAge[], ages: readonly SegmentAge[]): Answer => {
  const storage = storageFault(context);
  if (storage !== null) return storage;
  if (context.finding('FRG-603').status === 'critical')
    return restartable(context, 'storage', 'the cache is full (FRG-603)');
  const without = withoutFrames(context, failing);
  if (without.length === failing.length) return none('camera', 'no frames come in');
  const flowing = failing.filter(({camera}) => !without.includes(camera));
  // One that this container never recorded has a trouble of its own, and says nothing of those that it did record.
  const stopped = flowing.filter(({state}) => state === 'overdue');
  if (stopped.length === 0)
    return none(
      'recording',
      `${listed(flowing.map(({camera}) => camera))}: no segment that this container made was seen`,
    );
  const dead = processFaults.find((id) => explains(context, id, stopped));
  if (dead !== undefined) return restartable(context, 'process', `a process is dead or hung (${dead})`);
  if (allAtOnce(context, stopped, failing, ages))
    return restartable(context, 'recording', 'frames come in, but the recorder is dead or blocked');
  if (separateInput(context, stopped))
    return none('camera', stopped.length === 1 ? 'its record input gives nothing' : 'their record inputs give nothing');
  return none(
    'recording',
    ages.some(({state}) => state === 'fresh') ? 'others are recorded' : 'whether others are recorded could not be seen',
  );
};

/** A restart, unless what would speak against it cannot be seen: the log, and on a network mount the mount itself. */
const restartable = (context: CheckContext, cause: Answer['cause'], why: string): Answer => {
  if (!logComplete(context))
    return none(cause, `${why}; no restart, because the log that would tell of the disk cannot be read`);
  const mount = mediaAnswers(context);
  return mount.restartMayHelp ? {cure: 'restart', cause, why} : none(mount.hangs ? 'storage' : cause, mount.why);
};

/** What a restart does not cure counts here; a dead thread (FRG-605) or a full cache (FRG-603) it does. */
const storageFault = (context: CheckContext): Answer | null => {
  const fault = storageFaults.find((id) => {
    const {status, cure} = context.finding(id);
    return status === 'critical' && cure === 'none';
  });
  if (fault !== undefined) return none('storage', `the storage is at fault (${fault})`);
  const failures = eventsInWindow(context, 'io-error', 'read-only');
  return failures.known && failures.value.count > 0 ? none('storage', 'writing to the disk fails') : null;
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
 * when one input carries both roles: with a record input of its own that input may be at fault.
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
