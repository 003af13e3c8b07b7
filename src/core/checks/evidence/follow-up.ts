/**
 * Which further questions an observation raises. What is asked of a sick Frigate must be worth it (on 0.17.2 three that hung took every worker of its nginx),
 * so nothing beyond the ordinary is asked unless something points there.
 */
import {startsBesideTheOld} from '../../observation/exclusive.js';
import type {Baselines} from '../../state/baselines.js';
import type {FrigateConfig, NewestSegment, Snapshot, StatsReading} from '../../observation/frigate.js';
import type {Known} from '../../known.js';
import type {LogEvidence, Signature} from '../../observation/log.js';
import type {Pod} from '../../observation/pod.js';
import type {Workload} from '../../observation/workload.js';
import {hours, minutes, seconds, since, type Instant} from '../../time.js';
import {mayHaveStopped} from './segments.js';

/** Frigate's own pace is 15 s; older than this the snapshot may be frozen (FRG-302 warns at 45 s). */
const POSSIBLY_FROZEN = seconds(45);
/** The first segments of a start are stored by then (measured on 0.17.2: within a minute). */
const FIRST_SEGMENTS = seconds(120);
/** An unanswered probe may still hang in the pod: no second one within this time (FRG-606). */
const PROBE_MAY_HANG = minutes(30);
/** An exit this long ago is still worth reading the log before it. */
const RECENT_EXIT = hours(1);

export interface FollowUpContext {
  readonly pod: Pod | null;
  readonly workload: Workload | null;
  readonly stats: Known<StatsReading>;
  readonly config: Known<FrigateConfig>;
  readonly segments: ReadonlyMap<string, Known<NewestSegment>>;
  readonly memory: Baselines;
  readonly now: Instant;
}

/** Events are read when Kubernetes itself has something to report, or when a restart could be near. */
export const asksForEvents = ({pod, workload, stats, memory}: FollowUpContext, failing: boolean): boolean =>
  failing ||
  pod === null ||
  pod.frigate?.ready !== true ||
  pod.frigate.restartCount > lastCount(memory, pod) ||
  !stats.known ||
  (workload !== null && workload.updatedReplicas < workload.desiredReplicas);

const lastCount = (memory: Baselines, pod: Pod): number =>
  memory.restartCounts.filter((entry) => entry.podUid === pod.uid).at(-1)?.count ?? 0;

export const asksForPreviousLog = ({pod, now}: FollowUpContext): boolean => {
  const ended = pod?.frigate?.last?.finishedAt ?? null;
  return ended !== null && since(ended, now) < RECENT_EXIT;
};

/** FRG-606 asks the mount only when frozen stats or stopped segments point at it, and never while an earlier probe may still hang. */
export const asksForMountProbe = (context: FollowUpContext): boolean =>
  !probeMayHang(context) && pointsAtMount(signsOf(context));

/** An earlier question to the mount of this pod got no answer, not long ago: its process may still be stuck there. */
export const probeMayHang = ({
  memory: {mountProbe, podUid},
  pod,
  now,
}: Pick<FollowUpContext, 'memory' | 'pod' | 'now'>): boolean =>
  mountProbe !== null &&
  !mountProbe.answered &&
  since(mountProbe.at, now) < PROBE_MAY_HANG &&
  podUid === (pod?.uid ?? null);

interface Signs extends Pick<FollowUpContext, 'stats' | 'segments' | 'memory' | 'now'> {
  /** Start of Frigate's running container. */
  readonly startedAt: Instant | null;
}

const signsOf = (context: FollowUpContext): Signs => {
  const state = context.pod?.frigate?.state;
  return {...context, startedAt: state?.phase === 'running' ? state.startedAt : null};
};

/** Frozen stats or stopped segments: the symptoms of a hung media mount. */
export const pointsAtMount = (signs: Signs): boolean => appearsFrozen(signs) || appearsStopped(signs);

/** Why the mount is not asked. */
export const mountUnaskedBecause = (context: FollowUpContext): string =>
  pointsAtMount(signsOf(context))
    ? 'an earlier question to the media mount may still hang'
    : 'nothing points at the media mount';

const appearsFrozen = ({stats, memory}: Signs): boolean => {
  if (!stats.known) return false;
  const {snapshot, date} = stats.value;
  if (snapshot.lastUpdated === null) return false;
  // Whoever reads every few seconds gets one snapshot again and again: only without a Date does that show a standstill.
  return date === null
    ? snapshot.lastUpdated === memory.lastUpdated
    : since(snapshot.lastUpdated, date) > POSSIBLY_FROZEN;
};

const appearsStopped = (signs: Signs): boolean =>
  [...signs.segments.keys()].some((camera) => appearsUnrecorded(signs, camera));

/** A container that has not run for that long cannot be late with a segment. */
const appearsUnrecorded = ({startedAt, segments, now}: Signs, camera: string): boolean => {
  const segment = segments.get(camera);
  if ((startedAt !== null && since(startedAt, now) <= FIRST_SEGMENTS) || segment?.known !== true) return false;
  return segment.value.found === 'none' || mayHaveStopped(segment.value.segment, since(segment.value.segment.end, now));
};

/** `/proc/mounts` shows a read-only or missing mount without touching it (FRG-604). */
export const asksForMounts = (context: FollowUpContext): boolean => appearsStopped(signsOf(context));

/** go2rtc is asked when a camera that uses it delivers nothing, or is not recorded: either input may be the one (FRG-801). */
export const asksForGo2rtc = (context: FollowUpContext): boolean => {
  const {stats, config} = context;
  if (!stats.known || !config.known) return false;
  const signs = signsOf(context);
  const silent = new Set(
    stats.value.snapshot.cameras.filter(({cameraFps}) => cameraFps !== null && cameraFps < 1).map(({name}) => name),
  );
  return config.value.cameras.some(
    ({name, enabled, throughGo2rtc}) =>
      enabled && throughGo2rtc && (silent.has(name) || appearsUnrecorded(signs, name)),
  );
};

/** A recorder that works stores a segment at most 17 s after its end, and the next one ends 10 s later (segments.ts). */
const LATEST_OF_A_WORKING_ONE = seconds(30);
/** Whatever its age, it is an outage by then. */
const KNOWN_TO_STOP = minutes(10);
/** The same four rates of a camera in so many snapshots in a row: its processes may hang (FRG-305 asks for 6). */
const STANDING = 4;

/** Lines that say that segments are not written, or that what writes them is in trouble. */
const RECORDING_TROUBLE = [
  'no-new-segments',
  'backlog-slow-storage',
  'backlog-unprocessed',
  'io-error',
  'read-only',
  'no-space-left',
  'thread-died',
  'database-thread-died',
  'database-locked',
] as const satisfies readonly Signature[];

/** A segment that is too old for a recorder that works, and not so old that its state cannot change any more. */
export const isSegmentLate = (answer: Known<NewestSegment>, askedAt: Instant): boolean => {
  if (!answer.known || answer.value.found === 'none') return false;
  const {end, length} = answer.value.segment;
  const age = since(end, askedAt);
  return age > length + LATEST_OF_A_WORKING_ONE && age < KNOWN_TO_STOP;
};

/** Whether the log reports since the segments were asked for that they are not written: worth the question before its time. */
export const logDoubtsRecording = (log: Known<LogEvidence>, askedAt: Instant): boolean =>
  log.known &&
  (RECORDING_TROUBLE.some((signature) => (log.value.tallies.get(signature)?.last ?? 0) > askedAt) ||
    log.value.errors.some(
      ({component, last}) => (component === 'recorder' || component === 'database') && last > askedAt,
    ));

/** Cameras that deliver and show the same four rates in four snapshots in a row while another one moves; as many repeat them by chance. */
export const standingCameras = (history: Known<readonly Snapshot[]>): readonly string[] => {
  if (!history.known) return [];
  const recent = history.value.slice(-STANDING);
  const newest = recent.at(-1);
  if (newest === undefined || recent.length < STANDING) return [];
  const delivering = newest.cameras.filter(({cameraFps}) => (cameraFps ?? 0) >= 1).map(({name}) => name);
  const standing = delivering.filter((name) => new Set(recent.map((snapshot) => ratesText(snapshot, name))).size === 1);
  return standing.length < delivering.length ? standing : [];
};

const ratesText = ({cameras}: Snapshot, name: string): string | null => {
  const found = cameras.find((camera) => camera.name === name);
  return found === undefined
    ? null
    : [found.cameraFps, found.processFps, found.skippedFps, found.detectionFps].map(String).join(' ');
};

/** The cameras whose newest segment says something: recording, and with every minute kept. */
export const camerasToAskForSegments = (config: FrigateConfig): readonly string[] =>
  config.cameras
    .filter((camera) => camera.enabled && camera.recordEnabled && camera.continuous)
    .map((camera) => camera.name);

/** Claims are read only where the strategy could deadlock on one (R-08, FRG-207). */
export const asksForClaims = (workload: Workload): boolean =>
  startsBesideTheOld(workload) && workload.template.claims.length > 0;
