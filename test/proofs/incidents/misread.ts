/**
 * Lines that look like one fault and are another: file systems that are not those of the recordings, threads that ended for a disk or a
 * damaged database, cameras whose go2rtc stands in the same pod, kills by a startup probe.
 */
import {known, notAsked} from '../../../src/core/known.js';
import type {Snapshot} from '../../../src/core/observation/frigate.js';
import {milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aContainer,
  ago,
  anEvent,
  aPod,
  aProbe,
  aSnapshot,
  aTemplate,
  aTermination,
  aWorkload,
  cameraNames,
  usagesOf,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, LogLine, Moment} from './incident.js';
import {python, stamped} from './lines.js';
import {apiDead, camerasAway, crashLoop, moving, nobodyThere, recordedUntil, statistics} from './sights.js';

type Causes = Incident['expected']['causes'];

const and = (...parts: readonly ObservationChanges[]): ObservationChanges =>
  parts.reduce((all, part) => ({...all, ...part, frigate: {...all.frigate, ...part.frigate}}), {});

const running = (since: Duration, rest: Partial<Snapshot> = {}): ObservationChanges =>
  statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age)), ...rest}));

const quiet = {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]} as const;

const otherFolders: readonly Incident[] = [
  {
    row: '401',
    sources: 'Frigate 0.12 and later keep the logs of s6 in /dev/shm',
    what: 'a log of s6 does not fit into /dev/shm: recordings have their space',
    story: {
      see: ({since}) => running(since),
      log: [
        {
          at: 1,
          every: 30,
          line: 's6-log: warning: unable to write to /dev/shm/logs/frigate/current: No space left on device',
        },
      ],
      restartCures: false,
    },
    expected: quiet,
  },
  {
    row: '401b',
    sources: 'securityContext.readOnlyRootFilesystem',
    what: 'the root of the container is read-only: recordings are written',
    story: {
      see: ({since}) => running(since),
      log: [
        {at: 1, every: 60, line: "mkdir: cannot create directory '/etc/letsencrypt/www': Read-only file system"},
        {
          at: 2,
          every: 60,
          line: "sed: couldn't open temporary file /usr/local/nginx/conf/sedXq1Zbc: Read-only file system",
        },
      ],
      restartCures: false,
    },
    expected: quiet,
  },
  {
    row: '401c',
    sources: 'the other side: disk-ro, measured on 0.17.2',
    what: 'the recordings are read-only, and one line says so without a path',
    story: {
      see: ({since}) => and(running(since), {frigate: recordedUntil(since) ?? {}}),
      log: [{at: 1, every: 10, line: 'OSError: [Errno 30] Read-only file system'}],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['storage'],
      finding: 'FRG-604',
      mails: [1, 2],
      toldBy: 3,
    },
  },
];

const probeKills = (
  row: string,
  sources: string,
  what: string,
  kind: 'startup' | 'liveness',
  log: readonly string[],
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {
    always: {
      workload: known({
        found: 'one',
        workload: aWorkload({
          template: aTemplate({
            startupProbe:
              kind === 'startup' ? aProbe({initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 12}) : null,
          }),
        }),
      }),
    },
    see: ({since}) => {
      const restartCount = 1 + Math.floor(since / seconds(160));
      const age = milliseconds(Math.max(1000, since % seconds(160)));
      return {
        pods: known([
          aPod({
            uid: 'pod-new',
            createdAt: ago(milliseconds(since + minutes(3))),
            frigate: aContainer({
              id: `containerd://try-${restartCount}`,
              ready: false,
              restartCount,
              state: {phase: 'running', startedAt: ago(age)},
              last: aTermination({
                exitCode: 137,
                reason: 'Error',
                finishedAt: ago(age),
                startedAt: ago(milliseconds(age + 150_000)),
              }),
            }),
          }),
        ]),
        events: known([
          anEvent('Killing', `Container frigate failed ${kind} probe, will be restarted`, {
            type: 'Normal',
            lastSeen: ago(age),
            count: restartCount,
            object: {kind: 'Pod', name: 'frigate-7bc659b5f5-flbt6', uid: 'pod-new'},
          }),
          anEvent(
            'Unhealthy',
            `${kind === 'startup' ? 'Startup' : 'Liveness'} probe failed: Get "http://10.0.0.7:5000/api/version": dial tcp 10.0.0.7:5000: connect: connection refused`,
            {
              count: 12 * restartCount,
              lastSeen: ago(age),
              object: {kind: 'Pod', name: 'frigate-7bc659b5f5-flbt6', uid: 'pod-new'},
            },
          ),
        ]),
        frigate: apiDead('refused', 'connection refused').frigate ?? {},
      };
    },
    previousLog: log,
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['config'],
    finding: 'FRG-203',
    mails: [1, 2],
    toldBy: 4,
    says,
  },
});

const probes: readonly Incident[] = [
  probeKills(
    '402',
    'Kubernetes, startup probes; frigate#10140',
    'the startup probe gives a model build two minutes: it is ended again and again',
    'startup',
    ['Generating the following TRT Models: yolov7-320', 'Generating yolov7-320.trt. This may take a few minutes.'],
    /startup probe/,
  ),
  probeKills(
    '402b',
    'the same in a migration of the database',
    'the startup probe ends each migration of the database',
    'startup',
    [
      python('peewee_migrate.logs', 'Starting migrations', 'INFO'),
      python('peewee_migrate.logs', 'Migrate "012_add_segment_size"', 'INFO'),
    ],
    /startup probe/,
  ),
  probeKills(
    '402c',
    'homeiac/home, 2026-04-05',
    'the liveness probe ends each start',
    'liveness',
    [python('frigate.app', 'Starting Frigate (0.17.2-3d4dd3a)', 'INFO')],
    /liveness probe/,
  ),
];

const died = (at: number, exception: string): readonly LogLine[] =>
  [
    stamped('Exception in thread Thread-7 (read):'),
    stamped('Traceback (most recent call last):'),
    stamped('  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner'),
    stamped('  File "/opt/frigate/frigate/comms/inter_process.py", line 57, in read'),
    stamped('  File "/usr/local/lib/python3.11/dist-packages/peewee.py", line 3322, in execute_sql'),
    stamped(exception),
  ].map((line, index) => ({at: at + index / 1000, line}));

/** The thread of FRG-605 ended, once, for something that a new container meets again: its start writes to the same database. */
const threadEnded = (row: string, sources: string, what: string, exception: string, says: RegExp): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => and(running(since), {frigate: recordedUntil(since) ?? {}}),
    log: died(1, exception),
    restartCures: false,
    passes: 16,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['storage', 'mixed'],
    finding: 'FRG-605',
    mails: [1, 3],
    toldBy: 3,
    says,
  },
});

const databases: readonly Incident[] = [
  threadEnded(
    '403',
    'frigate#2790 with the database on the same disk',
    'the disk of the database is full, and the thread that writes to it ended once',
    'peewee.OperationalError: database or disk is full',
    /database or disk is full/,
  ),
  threadEnded(
    '403b',
    'frigate#4240',
    'the database is damaged, and the thread that reads it ended once',
    'peewee.DatabaseError: database disk image is malformed',
    /malformed/,
  ),
  threadEnded(
    '403c',
    'frigate#7252',
    'the volume of the database became read-only, and the thread that writes to it ended once',
    'peewee.OperationalError: attempt to write a readonly database',
    /readonly database/,
  ),
  {
    row: '403d',
    sources: 'db-lock-brief, measured on 0.17.2: the other side',
    what: 'the thread ended for a lock that is over: a restart cures it',
    story: {
      see: ({since}) => and(running(since), {frigate: recordedUntil(since) ?? {}}),
      log: died(65, 'peewee.OperationalError: database is locked'),
      restartCures: true,
      passes: 14,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 4,
      health: 'healthy',
      causes: [],
      finding: 'FRG-605',
      mails: [1, 3],
    },
  },
];

const throughGo2rtc = known(
  aConfig({
    cameras: cameraNames.map((name) =>
      aCameraConfig(name, {hosts: ['127.0.0.1'], throughGo2rtc: true, go2rtcStream: name, separateRecordInput: false}),
    ),
    go2rtcStreams: [...cameraNames],
  }),
);

const ffmpeg = (
  every: number,
  text: (name: string) => string,
  names: readonly string[] = cameraNames,
): readonly LogLine[] =>
  names.flatMap((name, index) => [
    {at: 12 + index, every, line: python(`watchdog.${name}`, `Ffmpeg process crashed unexpectedly for ${name}.`)},
    {at: 12.2 + index, every, line: python(`ffmpeg.${name}.detect`, text(name))},
    {at: 13 + index, every, line: python('frigate.video', `${name}: Unable to read frames from ffmpeg process.`)},
  ]);

const inThePod: readonly Incident[] = [
  {
    row: '404',
    sources: 'docker/main/rootfs/usr/local/go2rtc/create_config.py at v0.16.4: sys.exit with its message',
    what: 'a variable of the go2rtc configuration is not set: go2rtc never begins',
    story: {
      always: {frigate: {config: throughGo2rtc}},
      see: ({since}) =>
        and(camerasAway(since), {
          frigate: {
            config: throughGo2rtc,
            go2rtc: {known: false, why: {code: 'server-error', message: 'GET /api/go2rtc/streams: HTTP 500'}},
          },
        }),
      log: [
        {at: 1, every: 2, line: '[INFO] Preparing new go2rtc config...'},
        {
          at: 1.1,
          every: 2,
          line: '[ERROR] Invalid substitution found, see https://docs.frigate.video/configuration/restream#advanced-restream-configurations for more info.',
        },
        {at: 1.2, every: 2, line: '[INFO] The go2rtc service exited with code 1 (by signal 0)'},
        ...ffmpeg(10, (name) => `rtsp://127.0.0.1:8554/${name}: Connection refused`),
      ],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['config', 'process'],
      finding: 'FRG-801',
      mails: [1, 2],
      toldBy: 3,
      says: /Invalid substitution found/,
    },
  },
  ...(
    [
      ['404b', 'hostNetwork: another program has port 8554', cameraNames],
      ['404c', 'the same, one camera through go2rtc', ['front']],
    ] as const
  ).map(([row, sources, names]): Incident => ({
    row,
    sources,
    what: `go2rtc answers, and nothing listens on its RTSP port in the pod: ${names.join(', ')}`,
    story: {
      always: row === '404b' ? {frigate: {config: throughGo2rtc}} : {},
      see: ({since}) =>
        and(camerasAway(since, names), {
          frigate: {
            ...(row === '404b' ? {config: throughGo2rtc} : {}),
            go2rtc: known({
              streams: names.map((name) => ({name, connected: false, consumers: 0})),
              latency: milliseconds(4),
            }),
          },
        }),
      log: [
        {
          at: 1,
          every: 600,
          line: stamped('20:01:02.123 ERR [rtsp] listen error="listen tcp :8554: bind: address already in use"'),
        },
        ...ffmpeg(10, (name) => `rtsp://127.0.0.1:8554/${name}: Connection refused`, names),
      ],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: names.length === 3 ? 'unhealthy' : 'degraded',
      causes: ['config', 'process'],
      finding: 'FRG-501',
      mails: [1, 2],
      toldBy: 3,
      says: /127\.0\.0\.1:8554/,
    },
  })),
];

const common = (
  row: string,
  sources: string,
  what: string,
  text: (name: string) => string,
  causes: Causes,
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {see: ({since}) => camerasAway(since), log: ffmpeg(20, text), restartCures: false},
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-501',
    mails: [1, 2],
    toldBy: 3,
    says,
  },
});

const allAtOnce: readonly Incident[] = [
  common(
    '405',
    'a password that was changed in the recorder and not in Frigate',
    'all cameras reject the login: neither they nor the network are at fault',
    () => 'method DESCRIBE failed: 401 Unauthorized',
    ['camera', 'config'],
    /401 Unauthorized/,
  ),
  common(
    '405b',
    'the DNS of the cluster',
    'no name of a camera resolves',
    (name) => `[tcp @ 0x55f0d5a6d1c0] Failed to resolve hostname ${name}.lan: Temporary failure in name resolution`,
    ['network'],
    /Temporary failure in name resolution/,
  ),
  common(
    '405c',
    'frigate#8338: an iGPU that was reset',
    'the decoder of all cameras fails in the middle of the stream',
    () => '[AVHWFramesContext @ 0x55a1d0c2b340] Failed to sync surface 0x4: 23 (internal decoding error).',
    ['node', 'config'],
    /Failed to sync surface/,
  ),
  common(
    '405d',
    'a pod without the group of the render device',
    'no ffmpeg may open the render device',
    () => "[AVHWDeviceContext @ 0x5588c0d1] Cannot open '/dev/dri/renderD128': Permission denied",
    ['node', 'config'],
    /renderD128/,
  ),
];

const ends = (
  row: string,
  sources: string,
  what: string,
  exit: {readonly exitCode: number; readonly message?: string},
  log: readonly string[],
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => {
      const seen = crashLoop(since, exit, since);
      const [pod] = seen.pods?.known === true ? seen.pods.value : [];
      return pod?.frigate?.last === undefined || pod.frigate.last === null
        ? seen
        : {
            ...seen,
            pods: known([
              {...pod, frigate: {...pod.frigate, last: {...pod.frigate.last, message: exit.message ?? null}}},
            ]),
          };
    },
    ...(log.length === 0 ? {} : {previousLog: log}),
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['workload', 'config', 'node'],
    finding: 'FRG-203',
    mails: [1, 2],
    toldBy: 1,
    says,
  },
});

const unknownEnds: readonly Incident[] = [
  ends(
    '406',
    'a command in the template that the image does not have',
    'the interpreter does not find its program',
    {exitCode: 2},
    ["python3: can't open file '/opt/frigate/frigate/run.py': [Errno 2] No such file or directory"],
    /can't open file/,
  ),
  ends(
    '406b',
    'Kubernetes, terminationMessagePolicy: FallbackToLogsOnError',
    'the kubelet keeps the end of the log, and the log itself cannot be read',
    {exitCode: 1, message: 'tini: exec /init failed: Operation not permitted\n'},
    [],
    /exec \/init failed: Operation not permitted/,
  ),
  ends(
    '406c',
    'bash about a program that a signal ended',
    'the shell that starts Frigate says what ended it',
    {exitCode: 1},
    [
      stamped('[INFO] Preparing Frigate...'),
      './run: line 53:    71 Illegal instruction     (core dumped) python3 /usr/local/ffmpeg/get_ffmpeg_path.py',
      stamped('[INFO] Service Frigate exited with code 1 (by signal 0)'),
      's6-rc: info: service frigate successfully stopped',
    ],
    /Illegal instruction/,
  ),
];

/** The processes of the cameras ended at their own start, all of them, for a file that is not there. */
const neverCaptured = (row: string, sources: string, what: string, exception: string, says: RegExp): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since, restarts}) => {
      const cameras = cameraNames.map((name, index) =>
        aCamera(name, {cameraFps: 0, processFps: 0, detectionFps: 0, ffmpegPid: 0}, index),
      );
      const usages = usagesOf(aSnapshot({cameras})).filter(({pid}) => pid < 400 || pid >= 500);
      return and(
        statistics(since, () => ({cameras, usages})),
        restarts > 0
          ? {}
          : {
              pods: known([
                aPod({
                  uid: 'pod-new',
                  createdAt: ago(since),
                  frigate: aContainer({id: 'containerd://new', state: {phase: 'running', startedAt: ago(since)}}),
                }),
              ]),
            },
        {frigate: {segments: new Map(), go2rtc: notAsked()}},
      );
    },
    log: cameraNames.flatMap((name, index): readonly LogLine[] =>
      [
        stamped(`Process frigate.capture:${name}:`),
        stamped('Traceback (most recent call last):'),
        stamped('  File "/usr/lib/python3.11/multiprocessing/process.py", line 314, in _bootstrap'),
        stamped('  File "/opt/frigate/frigate/video.py", line 95, in start_or_restart_ffmpeg'),
        stamped('  File "/usr/lib/python3.11/subprocess.py", line 1026, in __init__'),
        stamped(exception),
      ].map((line, place) => ({at: 12 + index + place / 1000, line})),
    ),
    restartCures: false,
    passes: 16,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['config', 'camera', 'process', 'storage', 'node', 'mixed'],
    finding: 'FRG-304',
    mails: [1, 3],
    says,
  },
});

const captures: readonly Incident[] = [
  neverCaptured(
    '407',
    'frigate/config/camera/ffmpeg.py: ffmpeg.path of an image that has another version',
    'after an upgrade the configured ffmpeg is not there: every capture process ends at its start',
    "FileNotFoundError: [Errno 2] No such file or directory: '/usr/lib/ffmpeg/5.0/bin/ffmpeg'",
    /\/usr\/lib\/ffmpeg\/5\.0\/bin\/ffmpeg/,
  ),
  neverCaptured(
    '407b',
    'a ffmpeg of its own in /config on a volume that is mounted noexec',
    'the configured ffmpeg may not be executed',
    "PermissionError: [Errno 13] Permission denied: '/config/custom-ffmpeg/bin/ffmpeg'",
    /\/config\/custom-ffmpeg/,
  ),
  neverCaptured(
    '407c',
    'a ffmpeg of another architecture',
    'the configured ffmpeg is not for this processor',
    "OSError: [Errno 8] Exec format error: '/config/custom-ffmpeg/bin/ffmpeg'",
    /Exec format error/,
  ),
];

const after = (moment: Moment): ObservationChanges => ({
  frigate: {
    ...apiDead(moment.restarts === 0 ? 'silent' : 'refused', 'connection refused').frigate,
    backend: known('refused'),
  },
});

const startsAfter: readonly Incident[] = [
  {
    row: '408',
    sources: 'truenas/charts#2204 after a restart: a cache of models on an emptyDir',
    what: 'a hung API is restarted, and the new container builds its models again for an hour',
    story: {
      see: after,
      log: [{at: 700, every: 1500, line: 'Generating yolov7-320.trt. This may take a few minutes.'}],
      restartCures: false,
      passes: 18,
    },
    expected: {
      ideal: 'escalate',
      restarts: 1,
      restartBy: 3,
      health: 'starting',
      causes: ['process'],
      finding: 'FRG-301',
      mails: [1, 5],
      says: /building models/,
    },
  },
  {
    row: '408b',
    sources: 'nobody may judge a container that is not there',
    what: 'a hung API is restarted, and the volume of the new pod is attached after half an hour',
    story: {
      see: (moment) =>
        moment.restarts === 0
          ? after(moment)
          : moment.since < minutes(40)
            ? {
                workload: known({found: 'one', workload: aWorkload({readyReplicas: 0, availableReplicas: 0})}),
                pods: known([
                  aPod({
                    uid: 'new',
                    phase: 'Pending',
                    createdAt: ago(milliseconds(Math.max(1000, moment.since - minutes(10)))),
                    ip: null,
                    frigate: aContainer({
                      id: null,
                      ready: false,
                      state: {phase: 'waiting', reason: 'ContainerCreating', message: null},
                    }),
                  }),
                ]),
                events: known([
                  anEvent(
                    'FailedAttachVolume',
                    'Multi-Attach error for volume "pvc-2b9a" Volume is already used by pod(s) frigate-old',
                    {
                      object: {kind: 'Pod', name: 'frigate-7bc659b5f5-flbt6', uid: 'new'},
                    },
                  ),
                ]),
                frigate: nobodyThere,
              }
            : {
                pods: known([
                  aPod({
                    uid: 'new',
                    createdAt: ago(milliseconds(moment.since - minutes(10))),
                    frigate: aContainer({
                      id: 'containerd://late',
                      state: {phase: 'running', startedAt: ago(milliseconds(moment.since - minutes(39)))},
                    }),
                  }),
                ]),
              },
      restartCures: false,
      passes: 30,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 3,
      health: 'healthy',
      causes: [],
      finding: 'FRG-202',
      mails: [2, 5],
      says: /Multi-Attach/,
    },
  },
];

const oneCameraUnrecorded: readonly Incident[] = [
  {
    row: '409',
    sources: 'frigate/record/maintainer.py, v0.17.2: segments without video',
    what: 'the segments of one camera are invalid and discarded: the others are recorded',
    story: {
      see: ({since}) => and(running(since), {frigate: recordedUntil(since, ['garage']) ?? {}}),
      log: [
        {
          at: 5,
          every: 10,
          line: python(
            'frigate.record.maintainer',
            'Invalid or missing video stream in segment /tmp/cache/garage@20260301062005+0000.mp4. Discarding.',
            'WARNING',
          ),
        },
        {
          at: 120,
          every: 10,
          line: python(
            'watchdog.garage',
            'No valid segments created since last invalid segment for garage in the last 120s. Restarting the ffmpeg record process...',
          ),
        },
      ],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['recording', 'camera'],
      finding: 'FRG-601',
      mails: [1, 2],
      toldBy: 4,
      says: /No valid segments created/,
    },
  },
];

interface FailedStart {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly lines: readonly string[];
  readonly causes: Causes;
  readonly says: RegExp;
  readonly expected?: Partial<Incident['expected']>;
  readonly goesOn?: readonly LogLine[];
}

/** The main thread ended with an exception in the middle of its start, and threads that it had begun keep the process: nothing answers. */
const startFailed = ({row, sources, what, lines, causes, says, expected, goesOn = []}: FailedStart): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since, restarts}) => ({
      ...(restarts > 0
        ? {}
        : {
            pods: known([
              aPod({
                uid: 'pod-new',
                createdAt: ago(since),
                frigate: aContainer({id: 'containerd://new', state: {phase: 'running', startedAt: ago(since)}}),
              }),
            ]),
          }),
      frigate: apiDead('http-status', 'HTTP 502').frigate ?? {},
    }),
    log: [
      {at: 3, line: python('frigate.app', 'Starting Frigate (0.16.4-8e5b4c1)', 'INFO')},
      ...lines.map((line, index) => ({at: 12 + index / 1000, line})),
      ...goesOn,
    ],
    restartCures: false,
    passes: 20,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-301',
    mails: [1, 2],
    toldBy: 3,
    says,
    never: /rollout undo/,
    ...expected,
  },
});

const traceback = (exception: string, ...frames: readonly string[]): readonly string[] => [
  stamped('Traceback (most recent call last):'),
  stamped('  File "<frozen runpy>", line 198, in _run_module_as_main'),
  stamped('  File "/opt/frigate/frigate/__main__.py", line 119, in <module>'),
  ...['/opt/frigate/frigate/app.py', ...frames].map((file) => stamped(`  File "${file}", line 41, in start`)),
  stamped(exception),
];

const failedStarts: readonly Incident[] = [
  startFailed({
    row: '411',
    sources: 'home-assistant/operating-system#4110, where the container goes on',
    what: 'the start ends with too many open files, and the container goes on without its main thread',
    lines: traceback("OSError: [Errno 24] Too many open files: '/back_frame23'"),
    causes: ['process', 'config', 'node'],
    says: /Too many open files/,
  }),
  startFailed({
    row: '411b',
    sources: 'frigate/app.py, 0.14 to 0.17: an exception of any version',
    what: 'the start ends with an exception that no list knows, and the container goes on',
    lines: traceback(
      "AttributeError: 'NoneType' object has no attribute 'config'",
      '/opt/frigate/frigate/ptz/onvif.py',
    ),
    causes: ['process'],
    says: /'NoneType' object has no attribute/,
  }),
  startFailed({
    row: '411c',
    sources: 'peewee_migrate/router.py: a migration that failed',
    what: 'a migration fails, and the container goes on: no restart makes it pass',
    lines: [
      python('peewee_migrate.logs', 'Migrate "029_add_user_role"', 'INFO'),
      ...traceback(
        'peewee.OperationalError: duplicate column name: role',
        '/usr/local/lib/python3.11/dist-packages/peewee_migrate/router.py',
        '/usr/local/lib/python3.11/dist-packages/peewee.py',
      ),
    ],
    causes: ['storage'],
    says: /duplicate column name/,
  }),
  startFailed({
    row: '411d',
    sources: 'frigate/util/services.py: errors that are caught and logged',
    what: 'the other side: an exception that was caught is logged, and the start goes on with its work',
    lines: [
      python('frigate.util.services', 'Unable to read the temperature of the apex'),
      stamped('Traceback (most recent call last):'),
      stamped('  File "/opt/frigate/frigate/util/services.py", line 41, in get_temperature'),
      stamped("FileNotFoundError: [Errno 2] No such file or directory: '/sys/class/apex/apex_0/temp'"),
    ],
    causes: ['process'],
    says: /has not responded yet/,
    expected: {health: 'starting', mails: [1, 1], toldBy: 4},
    goesOn: [{at: 60, every: 300, line: python('frigate.app', 'Indexing what no list knows', 'INFO')}],
  }),
];

const lost = (
  row: string,
  sources: string,
  what: string,
  search: NonNullable<ObservationChanges['workload']>,
  says: RegExp,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: () => ({workload: search, pods: known([]), node: known(null), frigate: nobodyThere}),
    restartCures: false,
    passes: 12,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'degraded',
    causes: ['workload'],
    finding: 'FRG-201',
    mails: [1, 2],
    toldBy: 4,
    says,
    lasts: true,
  },
});

const notFound: readonly Incident[] = [
  lost(
    '410',
    'a Helm release that was uninstalled by mistake',
    'the workload is gone: of Frigate nothing is known',
    known({found: 'none', searchedFor: 'deployment/frigate in frigate'}),
    /No Frigate found/,
  ),
  lost(
    '410b',
    'a second installation in the same namespace',
    'two workloads could be Frigate: which one is not known',
    known({
      found: 'several',
      candidates: [
        {kind: 'Deployment', namespace: 'frigate', name: 'frigate'},
        {kind: 'Deployment', namespace: 'frigate', name: 'frigate-new'},
      ],
    }),
    /could be Frigate/,
  ),
  lost(
    '410c',
    'an image that was copied to a private registry under another name',
    'no container of the workload is recognised as Frigate',
    known({
      found: 'no-container',
      candidate: {kind: 'Deployment', namespace: 'frigate', name: 'nvr'},
      containers: ['main', 'vpn'],
    }),
    /recognised as Frigate/,
  ),
];

export const misreadIncidents: readonly Incident[] = [
  ...otherFolders,
  ...probes,
  ...databases,
  ...inThePod,
  ...allAtOnce,
  ...unknownEnds,
  ...captures,
  ...startsAfter,
  ...oneCameraUnrecorded,
  ...notFound,
  ...failedStarts,
];
