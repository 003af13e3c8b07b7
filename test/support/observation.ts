/**
 * Builders of observations for the tests of the core. `anObservation()` is a healthy Frigate 0.17.2 with three cameras
 * and one detector, seen at `now`; each test changes only what it is about.
 */
import {known, notAsked, type Known} from '../../src/core/known.js';
import {emptyBaselines, type Baselines} from '../../src/core/state/baselines.js';
import type {
  CameraConfig,
  CameraStats,
  DetectorStats,
  FrigateConfig,
  FrigateObservation,
  Mount,
  NewestSegment,
  ProcessUsage,
  Snapshot,
  StatsReading,
} from '../../src/core/observation/frigate.js';
import type {LogEvidence, Signature, Tally} from '../../src/core/observation/log.js';
import type {Node} from '../../src/core/observation/node.js';
import type {CronJob, Observation} from '../../src/core/observation/observation.js';
import type {ClusterEvent, Container, Pod, Terminated} from '../../src/core/observation/pod.js';
import type {Candidate, Condition, PodTemplate, Probe, Workload} from '../../src/core/observation/workload.js';
import type {Policy} from '../../src/core/policy.js';
import {
  days,
  earlier,
  hours,
  instant,
  later,
  milliseconds,
  minutes,
  seconds,
  type Duration,
  type Instant,
} from '../../src/core/time.js';

/** The instant of every pass in these tests: 2026-10-10 03:00:00 UTC. */
export const now: Instant = instant(Date.UTC(2026, 9, 10, 3, 0, 0));
export const ago = (length: Duration): Instant => earlier(now, length);
export const ahead = (length: Duration): Instant => later(now, length);

export const aPolicy = (changes: Partial<Policy> = {}): Policy => ({
  inferenceLimit: 100,
  inferenceLimits: new Map(),
  stuckEvents: 2,
  backlogEvents: 5,
  logWindow: minutes(10),
  consecutiveFailures: 2,
  restartsPerHour: 2,
  restartsPerDay: 6,
  startupGrace: seconds(600),
  skipRatio: 0.8,
  skipCameras: new Set(),
  cameraSchedule: [],
  warningAlert: minutes(30),
  interval: minutes(5),
  mode: 'active',
  reminder: days(1),
  ...changes,
});

export const aMemory = (changes: Partial<Baselines> = {}): Baselines => ({...emptyBaselines, ...changes});

// ── Kubernetes ──────────────────────────────────────────────────────────────────────────────────────────────────

export const aProbe = (changes: Partial<Probe> = {}): Probe => ({
  path: '/api/version',
  port: '5000',
  initialDelaySeconds: 180,
  periodSeconds: 30,
  timeoutSeconds: 10,
  failureThreshold: 5,
  ...changes,
});

export const aTemplate = (changes: Partial<PodTemplate> = {}): PodTemplate => ({
  containerName: 'frigate',
  sidecars: [],
  image: 'ghcr.io/blakeblackshear/frigate:0.17.2',
  memoryLimit: 4 * 2 ** 30,
  cpuLimit: null,
  startupProbe: null,
  livenessProbe: aProbe(),
  readinessProbe: null,
  sharedMemory: {medium: 'Memory', sizeLimit: 2 ** 30},
  devices: new Map(),
  claims: ['frigate-config'],
  hostPaths: [],
  nodeSelector: new Map(),
  nodeName: null,
  tolerations: [],
  hostNetwork: false,
  ...changes,
});

/** Conditions of a Deployment whose rollout is complete. */
export const settled: readonly Condition[] = [
  {type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: null, lastTransition: ago(days(2))},
  {type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: null, lastTransition: ago(days(2))},
];

/** One of several workloads that a search came upon, told apart by their namespaces. */
export const aCandidate = (namespace: string, changes: Partial<Candidate> = {}): Candidate => ({
  kind: 'Deployment',
  namespace,
  name: 'frigate',
  ...changes,
});

export const aWorkload = (changes: Partial<Workload> = {}): Workload => ({
  kind: 'Deployment',
  namespace: 'frigate',
  name: 'frigate',
  uid: 'workload-uid',
  resourceVersion: '1000',
  createdAt: ago(days(90)),
  generation: 7,
  observedGeneration: 7,
  desiredReplicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  currentReplicas: 1,
  paused: false,
  strategy: 'Recreate',
  maxUnavailable: null,
  selector: 'app=frigate',
  conditions: settled,
  restartedAt: null,
  attempt: null,
  annotated: false,
  pause: null,
  revisions: [ago(days(2))],
  template: aTemplate(),
  ...changes,
});

export const aTermination = (changes: Partial<Terminated> = {}): Terminated => ({
  exitCode: 1,
  signal: 0,
  reason: 'Error',
  message: null,
  startedAt: ago(hours(2)),
  finishedAt: ago(hours(1)),
  ...changes,
});

export const aContainer = (changes: Partial<Container> = {}): Container => ({
  name: 'frigate',
  image: 'ghcr.io/blakeblackshear/frigate:0.17.2',
  id: 'containerd://c1',
  ready: true,
  restartCount: 0,
  state: {phase: 'running', startedAt: ago(days(2))},
  last: null,
  ...changes,
});

export const aPod = (changes: Partial<Pod> = {}): Pod => ({
  name: 'frigate-7bc659b5f5-flbt6',
  uid: 'pod-uid',
  phase: 'Running',
  reason: null,
  message: null,
  createdAt: ago(days(2)),
  deletingSince: null,
  nodeName: 'node-a',
  ip: '10.0.0.7',
  current: true,
  conditions: [],
  frigate: aContainer(),
  initContainers: [],
  ...changes,
});

/** A pod whose container started this long ago. */
export const aPodOfAge = (age: Duration, changes: Partial<Pod> = {}): Pod =>
  aPod({createdAt: ago(age), frigate: aContainer({state: {phase: 'running', startedAt: ago(age)}}), ...changes});

export const aNode = (changes: Partial<Node> = {}): Node => ({
  name: 'node-a',
  uid: 'node-uid',
  unschedulable: false,
  conditions: [
    {type: 'Ready', status: 'True', reason: 'KubeletReady', message: null, lastTransition: ago(days(30))},
    {
      type: 'MemoryPressure',
      status: 'False',
      reason: 'KubeletHasSufficientMemory',
      message: null,
      lastTransition: ago(days(30)),
    },
    {
      type: 'DiskPressure',
      status: 'False',
      reason: 'KubeletHasNoDiskPressure',
      message: null,
      lastTransition: ago(days(30)),
    },
    {
      type: 'PIDPressure',
      status: 'False',
      reason: 'KubeletHasSufficientPID',
      message: null,
      lastTransition: ago(days(30)),
    },
  ],
  taints: [],
  allocatable: new Map([
    ['cpu', 8],
    ['memory', 16 * 2 ** 30],
    ['pods', 110],
  ]),
  ...changes,
});

export const anEvent = (reason: string, message: string, changes: Partial<ClusterEvent> = {}): ClusterEvent => ({
  type: 'Warning',
  reason,
  message,
  count: 1,
  lastSeen: ago(minutes(3)),
  object: {kind: 'Pod', name: 'frigate-7bc659b5f5-flbt6', uid: 'pod-uid'},
  ...changes,
});

export const aCronJob = (changes: Partial<CronJob> = {}): CronJob => ({
  name: 'frigate-health',
  suspended: false,
  schedule: '*/5 * * * *',
  interval: minutes(5),
  lastScheduled: ago(minutes(1)),
  lastSuccessful: ago(minutes(1)),
  createdAt: ago(days(30)),
  ...changes,
});

// ── Frigate ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Cameras of the healthy observation, sorted. `front` and `back` move, `garage` is a still picture. */
export const cameraNames = ['back', 'front', 'garage'] as const;

/** Stats of one camera at 5 fps; its pids follow from `index`, so that `usagesOf` can list them. */
export const aCamera = (
  name: string,
  changes: Partial<CameraStats> = {},
  index = Math.max(0, (cameraNames as readonly string[]).indexOf(name)),
): CameraStats => ({
  name,
  cameraFps: 5.1,
  processFps: 5.1,
  skippedFps: 0,
  detectionFps: name === 'garage' ? 0 : 4.2,
  detectionEnabled: true,
  pid: 300 + index,
  capturePid: 400 + index,
  ffmpegPid: 500 + index,
  expectedFps: null,
  ...changes,
});

export const aDetector = (name = 'coral', changes: Partial<DetectorStats> = {}): DetectorStats => ({
  name,
  inferenceSpeed: 9.5,
  detectionStart: 0,
  pid: 250,
  temperature: null,
  ...changes,
});

export const aMount = (path: string, changes: Partial<Mount> = {}): Mount => ({
  path,
  total: 1_000_000,
  used: 600_000,
  free: 400_000,
  type: 'ext4',
  ...changes,
});

export const mounts: readonly Mount[] = [
  aMount('/dev/shm', {total: 1024, used: 200, free: 824, type: 'tmpfs'}),
  aMount('/media/frigate/clips'),
  aMount('/media/frigate/recordings'),
  aMount('/tmp/cache', {total: 1000, used: 50, free: 950, type: 'tmpfs'}),
];

export const processes: ReadonlyMap<string, number> = new Map([
  ['go2rtc', 90],
  ['recording', 260],
  ['review_segment', 261],
]);

/** One row of `cpu_usages` for every pid that a snapshot names, each with this share of the memory limit (percent). */
export const usagesOf = (snapshot: Pick<Snapshot, 'cameras' | 'detectors' | 'processes'>, memory = 2): ProcessUsage[] =>
  [
    ...snapshot.cameras.flatMap((camera) => [camera.pid, camera.capturePid, camera.ffmpegPid]),
    ...snapshot.detectors.map((detector) => detector.pid),
    ...snapshot.processes.values(),
  ].flatMap((pid) => (pid === null || pid === 0 ? [] : [{pid, cpu: 5, memory, command: null}]));

/** A healthy snapshot; `usages` follow from the pids unless they are given. */
export const aSnapshot = (changes: Partial<Snapshot> = {}): Snapshot => {
  const snapshot = {
    lastUpdated: ago(seconds(8)),
    uptime: days(2),
    version: '0.17.2-3b4a1cf',
    cameras: cameraNames.map((name) => aCamera(name)),
    detectors: [aDetector()],
    processes,
    systemCpu: 20,
    systemMemory: 40,
    gpus: [],
    mounts,
    unreadable: [],
    ...changes,
  };
  return {...snapshot, usages: changes.usages === undefined ? usagesOf(snapshot) : changes.usages};
};

export const aReading = (changes: Partial<Snapshot> = {}, date: Instant | null = now): StatsReading => ({
  snapshot: aSnapshot(changes),
  date,
  latency: milliseconds(12),
});

/**
 * `count` snapshots 15 s apart, oldest first, the newest of them at `until`; `change` says what differs at each step
 * (0 is the oldest). Without it the rates wander a little, as real ones do.
 */
export const aHistory = (
  count = 20,
  change: (step: number) => Partial<Snapshot> = () => ({}),
  until: Instant = ago(seconds(8)),
): Snapshot[] =>
  Array.from({length: count}, (_, step) => ({
    ...aSnapshot({
      lastUpdated: earlier(until, seconds(15 * (count - 1 - step))),
      cameras: cameraNames.map((name) => wandering(name, step, count)),
      ...change(step),
    }),
    usages: null,
  }));

/** Rates that move from step to step and end at those of `aCamera`. */
const wandering = (name: string, step: number, count: number): CameraStats => {
  const drift = name === 'garage' ? (Math.floor((count - 1 - step) / 4) % 2) / 10 : ((count - 1 - step) % 3) / 10;
  const camera = aCamera(name);
  return {...camera, cameraFps: 5.1 - drift, processFps: 5.1 - drift};
};

export const aCameraConfig = (name: string, changes: Partial<CameraConfig> = {}): CameraConfig => ({
  name,
  enabled: true,
  detectEnabled: true,
  detectFps: 5,
  recordEnabled: true,
  continuous: true,
  hosts: name === 'front' ? ['127.0.0.1'] : [`192.0.2.${10 + name.length}`],
  throughGo2rtc: name === 'front',
  go2rtcStream: name === 'front' ? 'front' : null,
  separateRecordInput: name === 'back',
  ...changes,
});

export const aConfig = (changes: Partial<FrigateConfig> = {}): FrigateConfig => ({
  safeMode: false,
  cameras: cameraNames.map((name) => aCameraConfig(name)),
  detectors: new Map([['coral', 'edgetpu']]),
  go2rtcStreams: ['front'],
  mqttEnabled: true,
  ...changes,
});

/** The newest segment of a camera ended this long ago. */
export const aSegment = (age: Duration, length: Duration = seconds(10)): Known<NewestSegment> =>
  known({found: 'one', segment: {end: ago(age), length}});

export const aFrigate = (changes: Partial<FrigateObservation> = {}): FrigateObservation => ({
  liveness: [{via: 'proxy', verdict: 'alive', latency: milliseconds(12)}],
  stats: known(aReading()),
  backend: notAsked(),
  history: known(aHistory()),
  config: known(aConfig()),
  segments: new Map(cameraNames.map((name) => [name, aSegment(seconds(12))])),
  go2rtc: known({streams: [{name: 'front', connected: true}], latency: milliseconds(5)}),
  mountProbe: notAsked(),
  mounts: notAsked(),
  ...changes,
});

// ── Log ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A tally whose events lie evenly in the window's last five minutes, the newest a minute ago, unless told otherwise. */
export const aTally = (count: number, changes: Partial<Tally> = {}): Tally => {
  const instants = Array.from({length: Math.min(count, 50)}, (_, index) =>
    ago(seconds(60 + 4 * (Math.min(count, 50) - 1 - index))),
  );
  return {
    count,
    first: instants[0] ?? ago(minutes(1)),
    last: instants.at(-1) ?? ago(minutes(1)),
    instants,
    cameras: new Map(),
    sample: 'a line of the log',
    ...changes,
  };
};

/** Log evidence that holds these signatures: a number is a plain count. */
export const aLog = (
  tallies: Partial<Record<Signature, number | Partial<Tally>>> = {},
  changes: Partial<LogEvidence> = {},
): LogEvidence => ({
  from: ago(minutes(10)),
  to: now,
  bytes: 4096,
  complete: true,
  errors: [],
  startStep: null,
  newestWork: null,
  startShown: null,
  lastLines: [],
  tallies: new Map(
    Object.entries(tallies).map(([signature, tally]) => [
      signature as Signature,
      typeof tally === 'number' ? aTally(tally) : aTally(tally.count ?? 1, tally),
    ]),
  ),
  ...changes,
});

// ── The whole ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What a test changes of the healthy observation: whole fields, and single fields of `frigate`. */
export type ObservationChanges = Partial<Omit<Observation, 'frigate'>> & {
  readonly frigate?: Partial<FrigateObservation>;
};

/** The container's working set, in percent of a limit of 4 GiB. */
export const memoryUsed = (percent: number): NonNullable<Observation['memoryUse']> =>
  known({workingSet: (percent / 100) * 4 * 2 ** 30, source: 'metrics-api', at: null});

/** A healthy Frigate seen at `now`, everything known. */
export const anObservation = ({frigate = {}, ...changes}: ObservationChanges = {}): Observation => ({
  at: now,
  localClock: now,
  apiServer: known({date: now}),
  missingPermissions: known([]),
  workload: known({found: 'one', workload: aWorkload()}),
  pods: known([aPod()]),
  node: known(aNode()),
  events: known([]),
  claims: known([{name: 'frigate-config', accessModes: ['ReadWriteOnce'], phase: 'Bound'}]),
  via: 'proxy',
  frigate: aFrigate(frigate),
  log: known(aLog()),
  memoryUse: memoryUsed(26),
  previousLog: notAsked('the container did not exit'),
  state: known({name: 'frigate-health-state', problems: [], wipedBy: null, missing: false, newer: false}),
  cronJob: known(aCronJob()),
  alertChannels: {names: ['mail'], failures: []},
  ...changes,
});

/** The healthy observation with another workload, template or pod. */
export const withWorkload = (workload: Partial<Workload>, changes: ObservationChanges = {}): Observation =>
  anObservation({...changes, workload: known({found: 'one', workload: aWorkload(workload)})});
export const withTemplate = (template: Partial<PodTemplate>, changes: ObservationChanges = {}): Observation =>
  withWorkload({template: aTemplate(template)}, changes);
export const withPods = (pods: readonly Pod[], changes: ObservationChanges = {}): Observation =>
  anObservation({...changes, pods: known(pods)});
export const withContainer = (container: Partial<Container>, changes: ObservationChanges = {}): Observation =>
  withPods([aPod({frigate: aContainer(container)})], changes);
/** The healthy observation with another latest snapshot (and no history, unless one is given). */
export const withSnapshot = (snapshot: Partial<Snapshot>, changes: ObservationChanges = {}): Observation =>
  anObservation({...changes, frigate: {stats: known(aReading(snapshot)), history: notAsked(), ...changes.frigate}});
/** The healthy observation with these lines in its log. */
export const withLog = (
  tallies: Partial<Record<Signature, number | Partial<Tally>>>,
  changes: ObservationChanges = {},
): Observation => anObservation({...changes, log: known(aLog(tallies))});
