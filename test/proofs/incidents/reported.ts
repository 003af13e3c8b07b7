/**
 * Threads and processes that ended with a report in the log, and components that go on and report what is wrong: the recorder with errors
 * that no list of words holds, detectors of other machines, the decoder of ffmpeg. What is written decides, whoever looks like the fault.
 */
import {known} from '../../../src/core/known.js';
import type {Snapshot} from '../../../src/core/observation/frigate.js';
import type {Duration} from '../../../src/core/time.js';
import {aCamera, aConfig, aDetector, cameraNames, type ObservationChanges} from '../../support/observation.js';
import type {Incident, LogLine, Moment} from './incident.js';
import {python, quoted, stamped} from './lines.js';
import {camerasAway, moving, recordedUntil, starved, statistics} from './sights.js';

type Causes = Incident['expected']['causes'];

const and = (...parts: readonly ObservationChanges[]): ObservationChanges =>
  parts.reduce((all, part) => ({...all, ...part, frigate: {...all.frigate, ...part.frigate}}), {});

const running = (since: Duration, rest: Partial<Snapshot> = {}): ObservationChanges =>
  statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age)), ...rest}));

/** Cameras deliver, and nothing of them is recorded any more. */
const unrecorded =
  (rest: Partial<Snapshot> = {}) =>
  ({since}: Moment): ObservationChanges =>
    and(running(since, rest), {frigate: recordedUntil(since) ?? {}});

const once = (at: number, ...lines: readonly string[]): readonly LogLine[] =>
  lines.map((line, index) => ({at: at + index / 1000, line}));

const eachCamera = (every: number, line: (name: string) => string): readonly LogLine[] =>
  cameraNames.map((name, index) => ({at: 70 + index / 10, every, line: line(name)}));

/** A thread's last words (threading.py): heading, frames, exception. */
const threadDied = (name: string, frame: string, exception: string): readonly string[] => [
  stamped(`Exception in thread ${name}:`),
  stamped('Traceback (most recent call last):'),
  stamped('  File "/usr/lib/python3.9/threading.py", line 954, in _bootstrap_inner'),
  stamped('    self.run()'),
  stamped(`  File "/opt/frigate/frigate/${frame}", line 910, in run`),
  stamped(exception),
];

const keepUp = (name: string): string =>
  python(
    'frigate.record.maintainer',
    `Unable to keep up with recording segments in cache for ${name}. Keeping the 6 most recent segments out of 7 and discarding the rest...`,
    'WARNING',
  );
const unprocessed = (name: string): string =>
  python(
    'frigate.record.maintainer',
    `Too many unprocessed recording segments in cache for ${name}. This likely indicates an issue with the detect stream, keeping the 6 most recent segments out of 7 and discarding the rest...`,
    'WARNING',
  );

interface DeadThread {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly version: string;
  readonly log: readonly LogLine[];
}

/** Nothing is recorded after the thread ended; a new process has a new thread. */
const deadThread = ({row, sources, what, version, log}: DeadThread): Incident => ({
  row,
  sources,
  what,
  story: {
    always: running(0 as Duration, {version}),
    see: unrecorded({version}),
    log,
    restartCures: true,
    passes: 16,
  },
  expected: {
    ideal: 'restart',
    restarts: 1,
    restartBy: 4,
    health: 'healthy',
    causes: [],
    finding: 'FRG-601',
    mails: [1, 3],
  },
});

const threads: readonly Incident[] = [
  deadThread({
    row: '311',
    sources: 'frigate#7922',
    what: 'the thread that hands frames to the recorder ends; up to 0.14 the recorder then says that it does not keep up',
    version: '0.13.0-beta2',
    log: [
      ...once(0, ...threadDied('detected_frames_processor', 'object_processing.py', "KeyError: '1695438453.7-abcdef'")),
      ...eachCamera(10, keepUp),
    ],
  }),
  deadThread({
    row: '311b',
    sources: 'frigate#3272',
    what: 'the same from 0.15 on: segments are never processed',
    version: '0.16.4-8e5b4c1',
    log: [
      ...once(
        0,
        ...threadDied(
          'tracked_object_processor',
          'track/object_processing.py',
          'IndexError: index 0 is out of bounds for axis 0 with size 0',
        ),
      ),
      ...eachCamera(10, unprocessed),
    ],
  }),
  deadThread({
    row: '311c',
    sources: 'frigate#522, #2651',
    what: 'the thread of the recorder itself ends, without a database in its last words',
    version: '0.10.1-83481af',
    log: once(
      0,
      ...threadDied('recording_maint', 'record.py', "ValueError: time data 'x' does not match format '%Y%m%d%H%M%S'"),
    ),
  }),
  {
    row: '312',
    sources: 'frigate/stats/emitter.py, v0.16.4: a loop without try',
    what: 'the thread of the statistics ends; everything else works, and nobody can see it any more',
    story: {
      see: ({since}) => {
        const seen = running(since);
        const {stats, history} = seen.frigate ?? {};
        const old = (snapshot: Snapshot): Snapshot => ({
          ...snapshot,
          lastUpdated: ((snapshot.lastUpdated ?? 0) - since) as NonNullable<Snapshot['lastUpdated']>,
        });
        return stats?.known === true && history?.known === true
          ? {
              frigate: {
                stats: known({...stats.value, snapshot: old(stats.value.snapshot)}),
                history: known(history.value.map(old)),
              },
            }
          : seen;
      },
      log: once(
        0,
        ...threadDied(
          'frigate_stats_emitter',
          'util/services.py',
          'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
        ),
      ),
      restartCures: true,
      passes: 16,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 4,
      health: 'healthy',
      causes: [],
      finding: 'FRG-302',
      mails: [1, 3],
    },
  },
  {
    row: '312b',
    sources: 'frigate/timeline.py and others: threads whose work is not known from outside',
    what: 'a thread ends, and cameras, detection, recording and statistics go on',
    story: {
      see: ({since}) => running(since),
      log: once(0, ...threadDied('timeline_processor', 'timeline.py', "KeyError: 'attributes'")),
      restartCures: false,
      passes: 14,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['process'],
      finding: 'FRG-304',
      mails: [1, 1],
      says: /timeline_processor/,
    },
  },
  {
    row: '312c',
    sources: 'frigate/watchdog.py at dev, 0.18',
    what: 'the recorder ends again and again, until Frigate itself gives up starting it',
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          version: '0.18.0-5f6043a',
          cameras: cameraNames.map((name) => moving(aCamera(name), age)),
          usages: [250, 261, 300, 301, 302, 400, 401, 402, 500, 501, 502].map((pid) => ({
            pid,
            cpu: 5,
            memory: 2,
            command: null,
          })),
        })),
      always: running(0 as Duration, {version: '0.18.0-5f6043a'}),
      log: [
        {
          at: 5,
          every: 10,
          until: 50,
          line: python('frigate.watchdog', 'Process recording (PID 411) exited with code -9', 'WARNING'),
        },
        {
          at: 55,
          every: 10,
          line: python('frigate.watchdog', 'Process recording restarting too frequently (5 times in 60s), backing off'),
        },
      ],
      restartCures: true,
      passes: 16,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 4,
      health: 'healthy',
      causes: [],
      finding: 'FRG-304',
      mails: [1, 3],
    },
  },
];

const MAINTAINER = 'frigate.record.maintainer';
const FILE = '/media/frigate/recordings/2026-03-01/06/front/20.05.mp4';

const recorderSays = (row: string, sources: string, text: string, causes: Causes): Incident => ({
  row,
  sources,
  what: `nothing is recorded, and the recorder says why: ${text}`,
  story: {
    see: unrecorded(),
    log: [
      {at: 1, every: 5, line: python(MAINTAINER, 'Error occurred when attempting to maintain recording cache')},
      {at: 1.1, every: 5, line: python(MAINTAINER, text)},
    ],
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-601',
    mails: [1, 2],
    toldBy: 3,
    says: quoted(text.slice(0, 60)),
  },
});

const recorder: readonly Incident[] = [
  recorderSays('313', 'frigate#2943', `[Errno 11] Resource temporarily unavailable: '${FILE}'`, ['storage']),
  recorderSays('313b', 'a share of Windows or exFAT', `[Errno 22] Invalid argument: '${FILE}'`, ['storage']),
  recorderSays(
    '313c',
    'an SMB share with a file that another program holds',
    `[Errno 16] Device or resource busy: '${FILE}'`,
    ['storage'],
  ),
  recorderSays('313d', 'ecryptfs, some NAS', `[Errno 36] File name too long: '${FILE}'`, ['storage']),
  recorderSays('313e', 'rclone, s3fs', `[Errno 95] Operation not supported: '${FILE}'`, ['storage']),
  recorderSays('313f', 'a failing disk under btrfs', `[Errno 117] Structure needs cleaning: '${FILE}'`, ['storage']),
  recorderSays('313g', 'frigate#9659', 'not enough values to unpack (expected 2, got 1)', ['recording']),
  recorderSays('313h', 'frigate#3937', "could not convert string to float: ''", ['recording']),
];

/** A detector of another machine; the reply of each inference is empty, whatever the cameras show. */
const remote = (
  row: string,
  sources: string,
  what: string,
  detector: Parameters<typeof aDetector>[1],
  log: readonly LogLine[],
  says: RegExp,
  finding: 'FRG-401' | 'FRG-403' = 'FRG-403',
): Incident => ({
  row,
  sources,
  what,
  story: {
    always: {
      frigate: {
        config: known(aConfig({detectors: new Map([['coral', 'zmq']])})),
        ...running(0 as Duration).frigate,
      },
    },
    see: ({since}) =>
      statistics(since, (age) => ({
        detectors: [aDetector('coral', detector)],
        cameras: cameraNames.map((name) => moving(aCamera(name, {detectionFps: finding === 'FRG-401' ? 3.1 : 0}), age)),
      })),
    log,
    restartCures: false,
    passes: 16,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: finding === 'FRG-401' ? 'degraded' : 'unhealthy',
    causes: ['detector', 'network'],
    finding,
    mails: [1, 2],
    says,
  },
});

const remotes: readonly Incident[] = [
  remote(
    '321',
    'frigate/detectors/plugins/deepstack.py, v0.17.2; frigate#8284 comments',
    'a DeepStack or CodeProject.AI server is away: each request is refused at once, and nothing is detected',
    {inferenceSpeed: 1.2},
    [
      {
        at: 1,
        every: 1,
        line: python(
          'frigate.detectors.plugins.deepstack',
          "Error calling deepstack API: HTTPConnectionPool(host='192.0.2.80', port=32168): Max retries exceeded with url: /v1/vision/detection (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused'))",
        ),
      },
    ],
    /Error calling deepstack API/,
  ),
  remote(
    '321b',
    'frigate/detectors/plugins/zmq_ipc.py, v0.17.2',
    'the remote detector answers with something else',
    {inferenceSpeed: 0.9},
    [
      {
        at: 1,
        every: 2,
        line: python(
          'frigate.detectors.plugins.zmq_ipc',
          'ZMQ detector failed to decode response: cannot reshape array of size 12 into shape (20,6)',
        ),
      },
    ],
    /failed to decode response/,
  ),
  remote(
    '321c',
    'frigate/detectors/plugins/zmq_ipc.py, v0.17.2: a time limit of 200 ms',
    'the remote detector gives no answer in time',
    {inferenceSpeed: 203},
    [
      {
        at: 1,
        every: 2,
        line: python(
          'frigate.detectors.plugins.zmq_ipc',
          'ZMQ detector ZMQError: Resource temporarily unavailable; resetting socket',
        ),
      },
    ],
    /ZMQError/,
    'FRG-401',
  ),
];

/** All cameras of different networks, and each ffmpeg says that the decoder of the node cannot be opened. */
const decoder = (row: string, sources: string, ...words: readonly string[]): Incident => ({
  row,
  sources,
  what: `no camera delivers, because no ffmpeg can open the decoder: ${words[0] ?? ''}`,
  story: {
    see: ({since}) => camerasAway(since),
    log: cameraNames.flatMap((name, index) => [
      ...[
        'Ffmpeg process crashed unexpectedly for',
        'The following ffmpeg logs include the last 100 lines prior to exit.',
      ].map((text, place): LogLine => ({
        at: 20 + index + place / 10,
        every: 30,
        line: python(`watchdog.${name}`, place === 0 ? `${text} ${name}.` : text),
      })),
      ...words.map((text, place): LogLine => ({
        at: 20.3 + index + place / 100,
        every: 30,
        line: python(`ffmpeg.${name}.detect`, text),
      })),
      {
        at: 25 + index,
        every: 30,
        line: python('frigate.video', `${name}: Unable to read frames from ffmpeg process.`),
      },
      {
        at: 25.1 + index,
        every: 30,
        line: python('frigate.video', `${name}: ffmpeg process is not running. exiting capture thread...`),
      },
    ]),
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes: ['node', 'config'],
    finding: 'FRG-501',
    mails: [1, 2],
    toldBy: 3,
    says: quoted((words[0] ?? '').replace(/ @ 0x[0-9a-f]+/, '').slice(-40)),
  },
});

const decoders: readonly Incident[] = [
  decoder(
    '331',
    'frigate#4123, #9689',
    '[AVHWDeviceContext @ 0x55ce91ae2240] No VA display found for device /dev/dri/renderD128.',
    'Device creation failed: -22.',
    '[h264 @ 0x55ce91adf040] No device available for decoder: device type vaapi needed for codec h264.',
    'Device setup failed for decoder on input stream #0:0 : Invalid argument',
  ),
  decoder(
    '331b',
    'frigate#7037',
    '[AVHWDeviceContext @ 0x5634ca12b800] Failed to initialise VAAPI connection: 18 (invalid parameter).',
    'Device creation failed: -5.',
    "Failed to set value '/dev/dri/renderD128' for option 'qsv_device': Input/output error",
    'Error parsing global options: Input/output error',
  ),
  decoder(
    '331c',
    'NVIDIA/nvidia-container-toolkit#1397: the GPU is gone from the container',
    '[AVHWDeviceContext @ 0x5593bcf44e80] cu->cuInit(0) failed -> CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected',
    'Device creation failed: -542398533.',
    '[h264 @ 0x5593bcf4f0c0] No device available for decoder: device type cuda needed for codec h264.',
  ),
  decoder(
    '331d',
    'a Rockchip board whose kernel has no MPP',
    '[h264_rkmpp @ 0x7f8c0a3b40] Failed to init MPP context: -1',
    '[vist#0:0/h264 @ 0x7f8c0a0d60] Error while opening decoder: Generic error in an external library',
    'Error while decoding stream #0:0: Generic error in an external library',
  ),
];

const oneCamera = (
  row: string,
  sources: string,
  what: string,
  words: readonly string[],
  says: RegExp,
  causes: Causes,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => camerasAway(since, ['back']),
    log: [
      {at: 10, every: 10, line: python('watchdog.back', 'Ffmpeg process crashed unexpectedly for back.')},
      ...words.map((text, place): LogLine => ({
        at: 10.2 + place / 100,
        every: 10,
        line: python('ffmpeg.back.detect', text),
      })),
      {at: 11, every: 10, line: python('frigate.video', 'back: Unable to read frames from ffmpeg process.')},
    ],
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'degraded',
    causes,
    finding: 'FRG-501',
    mails: [1, 2],
    toldBy: 3,
    says,
  },
});

const cameras: readonly Incident[] = [
  oneCamera(
    '332',
    'a password that was changed on the camera',
    'one camera rejects the login',
    [
      '[rtsp @ 0x5581a8b3e400] method DESCRIBE failed: 401 Unauthorized',
      'rtsp://*:*@192.0.2.14:554/stream1: Server returned 401 Unauthorized (authorization failed)',
    ],
    /401 Unauthorized/,
    ['camera', 'config'],
  ),
  oneCamera(
    '332b',
    'frigate docs, "Could not find tag for codec pcm_alaw"',
    'the sound of one camera does not fit into the recording: its ffmpeg ends',
    [
      '[segment @ 0x55d8c1b0c8c0] Could not find tag for codec pcm_alaw in stream #1, codec not currently supported in container',
      'Could not write header for output file #0 (incorrect codec parameters ?): Invalid argument',
      'Error initializing output stream 0:1 --',
    ],
    /pcm_alaw|incorrect codec parameters/,
    ['camera', 'config'],
  ),
  oneCamera(
    '332c',
    'a name of the camera that the DNS of the cluster does not know',
    'the name of one camera does not resolve',
    [
      '[tcp @ 0x55f0d5a6d1c0] Failed to resolve hostname back.cameras.lan: Name or service not known',
      'rtsp://*:*@back.cameras.lan:554/stream1: Input/output error',
    ],
    /Name or service not known|Failed to resolve hostname/,
    ['camera', 'network', 'config'],
  ),
];

/** A hung detector beside errors that concern nothing of it, and a recorder that really is blocked: both are still restarted. */
const benign: readonly LogLine[] = [
  {
    at: -900,
    every: 30,
    line: python(
      'frigate.util.services',
      'Unable to poll intel GPU stats: Failed to initialize PMU! (Permission denied)',
    ),
  },
  {at: -890, every: 60, line: python('frigate.api.auth', 'Error parsing jwt: bad_signature:')},
  {
    at: -880,
    every: 60,
    line: python('frigate.ptz.onvif', 'Onvif connection failed for back: Unknown error: No route to host'),
  },
  {
    at: -870,
    every: 120,
    line: python('frigate.comms.webpush', 'Error processing notification: Network is unreachable'),
  },
  {at: -860, every: 300, line: stamped('[ERROR] Missing fingerprint from current nginx TLS cert')},
  {
    at: -850,
    every: 300,
    line: python(
      'frigate.genai',
      "Failed to load config at '/config/genai.yml': [Errno 2] No such file or directory: '/config/genai.yml'",
    ),
  },
];

const besideBenign: readonly Incident[] = [
  {
    row: '341',
    sources: 'logs of healthy Frigates: GPU statistics, tokens, ONVIF, web push, certificates',
    what: 'errors that concern none of its work: it is healthy',
    story: {see: ({since}) => running(since), log: benign, restartCures: false},
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '341b',
    sources: 'det-stop on such a Frigate',
    what: 'a detector hangs between two inferences beside such errors: it is restarted as without them',
    story: {
      see: ({since}) => statistics(since, (age) => ({cameras: starved(age)})),
      log: benign,
      restartCures: true,
      passes: 14,
    },
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 3,
      health: 'healthy',
      causes: [],
      finding: 'FRG-403',
      mails: [1, 3],
    },
  },
  {
    row: '341c',
    sources: 'rec-kill, manager-stop on such a Frigate',
    what: 'a recorder that is really blocked beside such errors: it is restarted as without them',
    story: {see: unrecorded(), log: benign, restartCures: true, passes: 14},
    expected: {
      ideal: 'restart',
      restarts: 1,
      restartBy: 4,
      health: 'healthy',
      causes: [],
      finding: 'FRG-601',
      mails: [1, 3],
    },
  },
];

export const reportedIncidents: readonly Incident[] = [
  ...threads,
  ...recorder,
  ...remotes,
  ...decoders,
  ...cameras,
  ...besideBenign,
];
