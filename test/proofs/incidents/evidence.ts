/** Incidents of long starts, and of components that report what is wrong: what is seen decides, not a clock or a list of words. */
import {known, unknown} from '../../../src/core/known.js';
import type {Snapshot} from '../../../src/core/observation/frigate.js';
import {minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aContainer,
  aDetector,
  ago,
  anEvent,
  aPod,
  aSnapshot,
  cameraNames,
  usagesOf,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, LogLine, Moment} from './incident.js';
import {apiDead, camerasAway, crashLoop, moving, recordedUntil, starved, statistics} from './sights.js';

const python = (logger: string, message: string, level = 'ERROR'): string =>
  `[2026-03-01 06:20:05] ${logger.padEnd(30)} ${level.padEnd(8)}: ${message}`;

/** A container that began with the outage, as a rollout leaves it; after a restart of ours the harness gives its own. */
const newContainer = ({since, restarts}: Moment, ready = false): ObservationChanges =>
  restarts > 0
    ? {}
    : {
        pods: known([
          aPod({
            uid: 'pod-new',
            createdAt: ago(since),
            frigate: aContainer({id: 'containerd://new', ready, state: {phase: 'running', startedAt: ago(since)}}),
          }),
        ]),
      };

type Backend = 'answers' | 'refused' | 'not known';

const refused = (backend: Backend): ObservationChanges => {
  const {frigate} = apiDead('refused', 'connection refused');
  return {
    frigate: {...frigate, backend: backend === 'not known' ? unknown('forbidden', 'exec: 403') : known(backend)},
  };
};

const and = (...parts: readonly ObservationChanges[]): ObservationChanges =>
  parts.reduce((all, part) => ({...all, ...part, frigate: {...all.frigate, ...part.frigate}}), {});

/** As a pass asks for it: not before the start-up grace is over. */
const using = (cores: number, {since}: Moment): ObservationChanges =>
  since < minutes(10) ? {} : {cpuUse: known({cores, at: ago(seconds(20))})};

interface Start {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly see: (moment: Moment) => ObservationChanges;
  readonly log: readonly LogLine[];
  readonly says: RegExp;
  readonly mails?: readonly [number, number];
}

/** Held, told once or with each new step, and never restarted. */
const longStart = ({row, sources, what, see, log, says, mails = [1, 1]}: Start): Incident => ({
  row,
  sources,
  what,
  story: {see: (moment) => and(newContainer(moment), see(moment)), log, restartCures: false, passes: 24},
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'starting',
    causes: ['process', 'detector'],
    finding: see({since: minutes(30), restarts: 0}).frigate?.stats?.known === true ? 'FRG-403' : 'FRG-301',
    mails,
    says,
    never: /kubectl frigate-health restart|rollout undo/,
  },
});

/** Detectors that have finished no inference; `cpu`: percent of one core that the process uses. */
const unready =
  (cpu: number, version = '0.17.2-3d4dd3a') =>
  ({since}: Moment): ObservationChanges =>
    statistics(since, (age) => {
      const changes: Partial<Snapshot> = {
        version,
        cameras: starved(age),
        detectors: [aDetector('coral', {inferenceSpeed: 10})],
      };
      const snapshot = aSnapshot(changes);
      return {...changes, usages: usagesOf(snapshot).map((row) => (row.pid === 250 ? {...row, cpu} : row))};
    });

const longStarts: readonly Incident[] = [
  longStart({
    row: '201',
    sources: 'truenas/charts#2204, #2758, frigate#10140',
    what: 'after a rollout TensorRT models are built: nothing listens for an hour and more',
    see: () => refused('refused'),
    log: [
      {at: 1, line: 's6-rc: info: service trt-model-prepare: starting'},
      {at: 2, line: 'Generating the following TRT Models: yolov7-320,yolov7x-640'},
      {at: 5, line: 'Generating yolov7-320.trt. This may take a few minutes.'},
    ],
    says: /building models \(yolov7-320\)/,
  }),
  longStart({
    row: '201b',
    sources: 'truenas/charts#2758',
    what: 'the same with a second model: told again when the step changes',
    see: () => refused('refused'),
    log: [
      {at: 5, line: 'Generating yolov7-320.trt. This may take a few minutes.'},
      {at: 2400, line: 'Generating yolov7x-640.trt. This may take a few minutes.'},
    ],
    says: /building models \(yolov7x-640\)/,
    mails: [2, 2],
  }),
  longStart({
    row: '202',
    sources: 'frigate#5866, #9581',
    what: 'an upgrade migrates a big database: nginx answers 502 for two hours, and the log says one line',
    see: () => apiDead('http-status', '502 Bad Gateway'),
    log: [{at: 2, line: python('peewee_migrate.logs', 'Migrate "012_add_segment_size"', 'INFO')}],
    says: /migrating the database \(012_add_segment_size\)/,
  }),
  longStart({
    row: '202b',
    sources: 'peewee_migrate, as of 0.17',
    what: 'a migration writes what it does first and works for long after that',
    see: () => apiDead('http-status', '500 Internal Server Error'),
    log: [
      {at: 2, line: python('peewee_migrate.logs', 'Migrate "026_add_notification_tokens"', 'INFO')},
      {at: 9, line: "add_column ('recordings', 'segment_size', <FloatField: Recordings.segment_size>)"},
    ],
    says: /could destroy the database|can destroy the database/,
  }),
  longStart({
    row: '204',
    sources: 'frigate/util/rknn_converter.py, 0.17',
    what: 'a model is converted for a Rockchip NPU before the API begins',
    see: () => apiDead('http-status', '500 Internal Server Error'),
    log: [{at: 12, line: python('frigate.util.rknn_converter', 'Converting yolo_nas_s to RKNN format', 'INFO')}],
    says: /building models/,
  }),
  longStart({
    row: '205',
    sources: 'any start that no list knows',
    what: 'an unknown long step that writes a line from time to time',
    see: () => apiDead('silent'),
    log: [{at: 30, every: 900, line: python('frigate.app', 'Indexing what no list knows', 'INFO')}],
    says: /has not responded yet/,
  }),
  longStart({
    row: '205b',
    sources: 'any start that no list knows',
    what: 'an unknown long step that logs nothing and keeps a core busy',
    see: (moment) => and(apiDead('silent'), using(0.97, moment)),
    log: [],
    says: /has not responded yet/,
  }),
  longStart({
    row: '205c',
    sources: 'frigate/util/downloader.py, 0.16',
    what: 'a slow download uses hardly any CPU time',
    see: (moment) => and(apiDead('silent'), using(0.004, moment)),
    log: [
      {
        at: 12,
        line: python('frigate.util.downloader', 'Downloading model file from: https://models.example/a.onnx', 'INFO'),
      },
    ],
    says: /downloading a model/,
  }),
  longStart({
    row: '202c',
    sources: 'frigate#5866 on a disk that hangs',
    what: 'a migration that uses no CPU time: a person decides',
    see: (moment) => and(apiDead('http-status', '500 Internal Server Error'), using(0.001, moment)),
    log: [{at: 2, line: python('peewee_migrate.logs', 'Migrate "012_add_segment_size"', 'INFO')}],
    says: /migrating the database/,
  }),
  longStart({
    row: '206',
    sources: 'frigate/detectors/plugins/rocm.py, 0.14; frigate#14521',
    what: 'MIGraphX compiles its model: recordings go on, nothing was ever detected, the detector uses all cores',
    see: unready(387, '0.14.1-f4f3cfa'),
    log: [{at: 12, line: python('frigate.detectors.plugins.rocm', 'AMD/ROCm: compiling the model', 'INFO')}],
    says: /starting for .*building models/,
  }),
  longStart({
    row: '206b',
    sources: 'frigate/detectors/plugins/openvino.py, 0.17',
    what: 'OpenVINO compiles its model without a word',
    see: unready(180),
    log: [],
    says: /no inference finished yet/,
  }),
];

const otherStarts: readonly Incident[] = [
  ...(
    [
      ['203', 'answers', 'Frigate answers behind nginx'],
      ['203b', 'not known', 'what is behind nginx cannot be asked'],
    ] as const
  ).map(([row, backend, known]): Incident => ({
    row,
    sources: 'frigate#21779, #18332',
    what: `an upgrade moves the port of the API: 5000 refuses, ${known}`,
    story: {
      see: (moment) => and(newContainer(moment, true), refused(backend)),
      log: [{at: 8, line: python('frigate.app', 'Starting Frigate (0.18.0-5f6043a)', 'INFO')}],
      restartCures: false,
      passes: 16,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['config'],
      finding: 'FRG-301',
      mails: [1, 2],
      says: /FRIGATE_HC_FRIGATE_API_PORT/,
    },
  })),
  {
    row: '207',
    sources: 'the other side of rows 201 to 205',
    what: 'a start stands still: nothing in the log, nothing behind nginx; a restart is tried after an hour',
    story: {
      see: (moment) => and(newContainer(moment), refused('refused')),
      restartCures: true,
      passes: 28,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-301', mails: [1, 4]},
  },
  {
    row: '207b',
    sources: 'the same, where the metrics API tells the CPU time',
    what: 'a start stands still: nothing in the log and no CPU time; a restart is tried after half an hour of it',
    story: {
      see: (moment) => and(newContainer(moment), refused('refused'), moment.restarts > 0 ? {} : using(0.001, moment)),
      restartCures: true,
      passes: 28,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 10,
      health: 'healthy',
      causes: [],
      finding: 'FRG-301',
      mails: [1, 4],
    },
  },
  {
    row: '208',
    sources: 'det-stop-loop, measured on 0.17.2',
    what: 'a detector hangs from its start on and uses no CPU; a restart is tried after half an hour',
    story: {see: (moment) => and(newContainer(moment, true), unready(0)(moment)), restartCures: true, passes: 24},
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-403', mails: [1, 4]},
  },
];

const MAINTAINER = 'frigate.record.maintainer';
const FOLDER = '/media/frigate/recordings/2026-03-01/06/front';

/** Cameras deliver, and nothing of them is recorded any more. */
const unrecorded = ({since}: Moment): ObservationChanges =>
  and(
    statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age))})),
    {frigate: recordedUntil(since) ?? {}},
  );

const quoted = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

const recorderSays = (
  row: string,
  sources: string,
  text: string,
  more: Partial<Incident['expected']> = {},
  logger = MAINTAINER,
): Incident => ({
  row,
  sources,
  what: `nothing is recorded, and the recorder says why: ${text}`,
  story: {
    see: unrecorded,
    log: [
      {at: 1, every: 10, line: python(logger, 'Unable to store recording segment /tmp/cache/front@20260301062005.mp4')},
      {at: 1.1, every: 10, line: python(logger, text)},
    ],
    restartCures: false,
    passes: 9,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['storage'],
    finding: 'FRG-601',
    mails: [1, 2],
    says: quoted(text.slice(0, 60)),
    ...more,
  },
});

const ofDatabase = {finding: 'FRG-605'} as const;

const recorderErrors: readonly Incident[] = [
  recorderSays('211', 'frigate#5355, #9581', 'NOT NULL constraint failed: recordings.segment_size', ofDatabase),
  recorderSays('211b', 'frigate#5355 on 0.12', 'no such column: t1.segment_size', ofDatabase, 'frigate.record'),
  recorderSays('212', 'frigate#1516, #9039', `[Errno 13] Permission denied: '${FOLDER}'`),
  recorderSays('213a', 'frigate#10225', `[Errno 107] Transport endpoint is not connected: '${FOLDER}'`),
  recorderSays('213b', 'a quota of the file server', `[Errno 122] Disk quota exceeded: '${FOLDER}'`),
  recorderSays('213c', 'a folder that was removed', `[Errno 2] No such file or directory: '${FOLDER}'`),
  recorderSays('213d', 'a disk that was unplugged', `[Errno 19] No such device: '${FOLDER}'`),
  recorderSays('213e', 'frigate#12345', `[Errno 24] Too many open files: '${FOLDER}'`, {causes: ['recording']}),
  recorderSays('213f', 'a server of SMB that is off', `[Errno 112] Host is down: '${FOLDER}'`),
  recorderSays('213g', 'iSCSI, SMB', `[Errno 121] Remote I/O error: '${FOLDER}'`),
  recorderSays('213h', 'a bug of any version', "KeyError: 'front'", {causes: ['recording']}),
  recorderSays('213i', 'a clock that jumped back', 'UNIQUE constraint failed: recordings.id', ofDatabase),
  recorderSays('213j', 'a database that was emptied', 'no such table: recordings', ofDatabase),
  recorderSays('213k', 'a /config that went away', 'unable to open database file', ofDatabase),
  recorderSays('213l', 'nothing that any list knows', 'Segment ledger rejected by policy 7', {causes: ['recording']}),
  {
    row: '221',
    sources: 'rec-kill, manager-stop and db-lock-brief, measured on 0.17.2',
    what: 'the other side: a recorder that is really blocked says nothing, and is restarted',
    story: {see: unrecorded, restartCures: true, passes: 16},
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-601', mails: [1, 3]},
  },
];

const mountSays = (
  row: string,
  sources: string,
  kind: 'stale-handle' | 'io' | 'permission',
  words: string,
  errno: number,
): Incident => ({
  row,
  sources,
  what: `the mount of the recordings answers at once, with an error: ${words}`,
  story: {
    see: (moment) =>
      and(unrecorded(moment), {
        frigate: {mountProbe: known({answered: true, error: {kind, detail: `stat: ${words}`}})},
      }),
    log: [{at: 3, every: 5, line: python(MAINTAINER, `[Errno ${errno}] ${words}: '${FOLDER}'`)}],
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['storage'],
    finding: 'FRG-606',
    mails: [1, 2],
    says: quoted(words),
    never: /does not respond within|did not respond/,
  },
});

const crashSays = (row: string, sources: string, last: string, causes: Incident['expected']['causes']): Incident => ({
  row,
  sources,
  what: `a crash loop whose last line says why: ${last}`,
  story: {
    see: ({since}) => ({
      ...crashLoop(since, {exitCode: 1}, since),
      events: known([anEvent('BackOff', 'Back-off restarting failed container')]),
    }),
    previousLog: [
      'Traceback (most recent call last):',
      '  File "/opt/frigate/frigate/__main__.py", line 119, in <module>',
      '    main()',
      '  File "/opt/frigate/frigate/app.py", line 137, in ensure_dirs',
      last,
      '[INFO] Service Frigate exited with code 1 (by signal 0)',
    ],
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-203',
    mails: [1, 2],
    says: quoted(last),
  },
});

const goneThroughGo2rtc = (
  row: string,
  sources: string,
  log: readonly LogLine[],
  causes: Incident['expected']['causes'],
): Incident => ({
  row,
  sources,
  what: 'go2rtc does not run: the camera that comes through it delivers nothing, and neither it nor the network is at fault',
  story: {
    see: ({since}) =>
      and(camerasAway(since, ['front']), {
        frigate: {go2rtc: unknown('server-error', 'GET /api/go2rtc/streams: HTTP 500')},
      }),
    log,
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'degraded',
    causes,
    finding: 'FRG-801',
    mails: [1, 2],
    says: /go2rtc does not run/,
  },
});

const s6 = (every: number, ...lines: readonly string[]): readonly LogLine[] =>
  lines.map((line, index) => ({at: 1 + index / 100, every, line}));

/** A detector that is silent, as far as its cameras show. */
const silentDetector =
  (detector: Parameters<typeof aDetector>[1] = {}, runs = 0, version = '0.17.2-3d4dd3a') =>
  ({since}: {readonly since: Duration}): ObservationChanges =>
    statistics(since, (age) => ({
      version,
      cameras: starved(age).map((camera) => (camera.processFps === 0 ? {...camera, detectionFps: runs} : camera)),
      detectors: [aDetector('coral', detector)],
    }));

const lostDevice = (row: string, version: string, runs: number, temperature: number): Incident => ({
  row,
  sources: 'google-coral/edgetpu#741 and the driver of the PCIe Coral',
  what: `the device of a detector is lost on ${version}: an impossible temperature, and nothing is detected`,
  story: {see: silentDetector({temperature}, runs, version), restartCures: false},
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['node'],
    finding: 'FRG-404',
    mails: [1, 2],
    says: /impossible temperature/,
  },
});

const detectorSays = (
  row: string,
  logger: string,
  text: string,
  finding: 'FRG-403' | 'FRG-404',
  causes: Incident['expected']['causes'],
): Incident => ({
  row,
  sources: 'frigate/detectors, 0.14 to 0.18',
  what: `a detector that does nothing says why: ${text}`,
  story: {
    see: silentDetector(),
    log: [{at: 2, every: 2, line: python(logger, text)}],
    restartCures: false,
  },
  expected: {ideal: 'tell', restarts: 0, health: 'unhealthy', causes, finding, mails: [1, 2], says: quoted(text)},
});

export const evidenceIncidents: readonly Incident[] = [
  ...longStarts,
  ...otherStarts,
  ...recorderErrors,
  mountSays('214', 'csi-driver-smb#419, nfs-ganesha provisioner#142', 'stale-handle', 'Stale file handle', 116),
  mountSays('214b', 'a disk that fails', 'io', 'Input/output error', 5),
  mountSays('214c', 'an export that squashes root', 'permission', 'Permission denied', 13),
  crashSays('216', 'frigate#19505', "OSError: [Errno 5] Input/output error: '/media/frigate/recordings'", ['storage']),
  crashSays('216b', 'a read-only volume', "OSError: [Errno 30] Read-only file system: '/media/frigate/clips'", [
    'storage',
  ]),
  crashSays('216c', 'frigate#4240', 'peewee.DatabaseError: file is not a database', ['storage']),
  crashSays('216d', 'a bug of any version', "KeyError: 'detectors'", ['workload']),
  lostDevice('217', '0.17.2-3d4dd3a', 0, -89.4),
  lostDevice('217b', '0.16.4-8e5b4c1', 0.2, -89.4),
  lostDevice('217c', '0.14.1-f4f3cfa', 0.2, -127),
  goneThroughGo2rtc(
    '218',
    'AlexxIT/go2rtc#902',
    s6(
      3,
      './run: line 79: /config/go2rtc: cannot execute binary file: Exec format error',
      '[INFO] The go2rtc service exited with code 126 (by signal 0)',
    ),
    ['config'],
  ),
  goneThroughGo2rtc(
    '218b',
    'a port that is in use',
    s6(3, '[INFO] The go2rtc service exited with code 1 (by signal 0)'),
    ['process'],
  ),
  goneThroughGo2rtc('218c', 'a go2rtc that says nothing', [], ['process']),
  detectorSays(
    '220',
    'frigate.detectors.plugins.hailo8l',
    'Timeout waiting for inference results for request 4711',
    'FRG-403',
    ['detector'],
  ),
  detectorSays(
    '220b',
    'frigate.detectors.detection_runners',
    'Error during OpenVINO inference: [GPU] clFlush, error code: -5',
    'FRG-404',
    ['node'],
  ),
  detectorSays('220c', 'detector.coral', 'CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure', 'FRG-404', ['node']),
  detectorSays('220d', 'detector.coral', 'Shape of the model is not what it was', 'FRG-403', ['detector']),
];
