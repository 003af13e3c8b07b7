/**
 * Containers that end again and again, or whose services never began, and what they said last. No restart of ours helps; the report
 * has to name what ended them, whatever form that has: an error of Frigate, the interpreter's own report of a signal, nginx, s6, or the
 * container runtime, which never ran anything.
 */
import {known} from '../../../src/core/known.js';
import {minutes} from '../../../src/core/time.js';
import {aContainer, ago, anEvent, aPod, aTermination, type ObservationChanges} from '../../support/observation.js';
import type {Incident, LogLine, Moment} from './incident.js';
import {orderlyStop, python, stamped} from './lines.js';
import {apiDead, crashLoop, nobodyThere} from './sights.js';

type Causes = Incident['expected']['causes'];

interface Crash {
  readonly row: string;
  readonly sources: string;
  readonly what: string;
  readonly exit: {readonly exitCode: number; readonly reason?: string};
  readonly log: readonly string[];
  readonly causes: Causes;
  readonly says: RegExp;
}

const crash = ({row, sources, what, exit, log, causes, says}: Crash): Incident => ({
  row,
  sources,
  what,
  story: {see: ({since}) => crashLoop(since, exit, since), previousLog: log, restartCures: false},
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-203',
    mails: [1, 2],
    toldBy: 1,
    says,
  },
});

/** faulthandler's report (frigate/__main__.py enables it), as in the issues that are named: heading, threads, the modules that are loaded. */
const fatal = (signal: string, frame: string): readonly string[] => [
  stamped(`Fatal Python error: ${signal}`),
  stamped(''),
  stamped('Thread 0x00001506c59ee6c0 (most recent call first):'),
  stamped('  File "/usr/lib/python3.9/threading.py", line 312 in wait'),
  stamped('  File "/usr/lib/python3.9/multiprocessing/queues.py", line 233 in _feed'),
  stamped('  File "/usr/lib/python3.9/threading.py", line 892 in run'),
  stamped(''),
  stamped('Current thread 0x00001506ea62f740 (most recent call first):'),
  stamped(`  File "/opt/frigate/frigate/${frame}", line 168 in <listcomp>`),
  stamped('  File "/usr/lib/python3.9/multiprocessing/process.py", line 108 in run'),
];

const stopped = python('frigate.watchdog', 'Detection appears to have stopped. Exiting Frigate...', 'INFO');

const signals: readonly Incident[] = [
  crash({
    row: '301',
    sources: 'frigate#9801, #6480, #15722',
    what: 'the library of the detector crashes: a segmentation fault, then Frigate ends itself in an orderly way',
    exit: {exitCode: 0, reason: 'Completed'},
    log: [...fatal('Segmentation fault', 'detectors/plugins/tensorrt.py'), stopped, ...orderlyStop],
    causes: ['detector', 'node'],
    says: /Segmentation fault/,
  }),
  crash({
    row: '301b',
    sources: 'frigate#8338, #7607',
    what: 'OpenVINO aborts in the driver of the iGPU',
    exit: {exitCode: 143},
    log: [
      stamped('Abort was called at 42 line in file:'),
      stamped('../../neo/shared/source/os_interface/linux/drm_neo.cpp'),
      ...fatal('Aborted', 'detectors/plugins/openvino.py'),
      stopped,
      ...orderlyStop,
    ],
    causes: ['detector', 'node'],
    says: /Fatal Python error: Aborted/,
  }),
  crash({
    row: '301c',
    sources: 'frigate#7035',
    what: 'the processor lacks an instruction (AVX): the main process ends at its first import',
    exit: {exitCode: 132},
    log: [
      stamped('[INFO] Starting Frigate...'),
      ...fatal('Illegal instruction', 'comms/dispatcher.py'),
      stamped('[INFO] Service Frigate exited with code 256 (by signal 4)'),
      's6-rc: info: service frigate successfully stopped',
    ],
    causes: ['node'],
    says: /Illegal instruction/,
  }),
  crash({
    row: '301d',
    sources: 'frigate#7891',
    what: 'the main process itself crashes after some hours',
    exit: {exitCode: 139},
    log: [
      ...fatal('Segmentation fault', 'object_processing.py'),
      stamped('[INFO] Service Frigate exited with code 256 (by signal 11)'),
    ],
    causes: ['workload', 'process'],
    says: /Segmentation fault/,
  }),
];

/** A process of multiprocessing that ended with an exception: its name first (multiprocessing/process.py), then the traceback. */
const processDied = (name: string, frame: string, exception: string): readonly string[] => [
  stamped(`Process ${name}:`),
  stamped('Traceback (most recent call last):'),
  stamped('  File "/usr/lib/python3.11/multiprocessing/process.py", line 314, in _bootstrap'),
  stamped('    self.run()'),
  stamped(`  File "/opt/frigate/frigate/${frame}", line 171, in run`),
  stamped('    detections = object_detector.detect_raw(input_frame)'),
  stamped('                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^'),
  stamped(exception),
];

const detectors: readonly Incident[] = [
  crash({
    row: '302',
    sources: 'frigate-hass-addons#206',
    what: 'the Hailo detector cannot read its model',
    exit: {exitCode: 0, reason: 'Completed'},
    log: [
      python(
        'frigate.detectors.plugins.hailo8l',
        'Failed to initialize Hailo device: HEF can only be created from a file path (str) or a buffer (bytes)',
      ),
      ...processDied('detector:hailo8l', 'object_detection.py', 'TypeError: HEF can only be created from a file path'),
      stopped,
      ...orderlyStop,
    ],
    causes: ['detector', 'config', 'node'],
    says: /HEF can only be created/,
  }),
  crash({
    row: '302b',
    sources: 'frigate-oci-script#8',
    what: 'OpenVINO loses its GPU in the middle of an inference',
    exit: {exitCode: 143},
    log: [
      ...processDied(
        'frigate.detector:ov',
        'object_detection/base.py',
        'RuntimeError: Exception from src/inference/src/cpp/infer_request.cpp:223: [GPU] clWaitForEvents, error code: -14 CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST',
      ),
      stopped,
      ...orderlyStop,
    ],
    causes: ['detector', 'node'],
    says: /clWaitForEvents, error code: -14/,
  }),
  crash({
    row: '302c',
    sources: 'frigate/detectors/plugins/rknn.py, v0.17.2',
    what: 'the Rockchip detector in a container that is not privileged',
    exit: {exitCode: 143},
    log: [
      ...processDied(
        'frigate.detector:rknn',
        'detectors/plugins/rknn.py',
        'Exception: Make sure to run docker in privileged mode.',
      ),
      stopped,
      ...orderlyStop,
    ],
    causes: ['detector', 'config', 'node'],
    says: /Make sure to run docker in privileged mode/,
  }),
  crash({
    row: '302d',
    sources: 'frigate#9575, a node without the NVIDIA runtime',
    what: 'a shared library of the GPU is missing: no file of the storage',
    exit: {exitCode: 143},
    log: [
      ...processDied(
        'frigate.detector:onnx',
        'detectors/plugins/onnx.py',
        'ImportError: libcuda.so.1: cannot open shared object file: No such file or directory',
      ),
      stopped,
      ...orderlyStop,
    ],
    causes: ['detector', 'config', 'node'],
    says: /libcuda\.so\.1/,
  }),
];

/** An exception at the start that nobody caught, as Python 3.9 and 3.11 write it. */
const uncaught = (exception: string, ...frames: readonly string[]): readonly string[] => [
  stamped('[INFO] Starting Frigate...'),
  stamped('Traceback (most recent call last):'),
  stamped('  File "<frozen runpy>", line 198, in _run_module_as_main'),
  stamped('  File "/opt/frigate/frigate/__main__.py", line 119, in <module>'),
  ...frames.map((file) => stamped(`  File "${file}", line 41, in run`)),
  ...exception.split('\n').map(stamped),
  stamped('[INFO] Service Frigate exited with code 1 (by signal 0)'),
  's6-rc: info: service frigate successfully stopped',
];

const starts: readonly Incident[] = [
  crash({
    row: '303',
    sources: 'home-assistant/operating-system#4110',
    what: 'containerd lowers the limit of open files: the start ends with it',
    exit: {exitCode: 1},
    log: [
      stamped(
        '2025/07/10 23:34:59 [error] 192#192: *2 connect() failed (111: Connection refused) while connecting to upstream, client: 127.0.0.1, server: , request: "GET /api/version HTTP/1.1", subrequest: "/auth", upstream: "http://127.0.0.1:5001/auth", host: "127.0.0.1:5000"',
      ),
      ...uncaught("OSError: [Errno 24] Too many open files: '/back_frame23'", '/opt/frigate/frigate/app.py'),
    ],
    causes: ['workload', 'node', 'process', 'config'],
    says: /Too many open files/,
  }),
  crash({
    row: '303b',
    sources: 'frigate/config/config.py, v0.17.2: only validation errors are caught',
    what: 'the configuration is no YAML',
    exit: {exitCode: 1},
    log: uncaught(
      'ruamel.yaml.scanner.ScannerError: mapping values are not allowed here\n  in "<unicode string>", line 12, column 9:\n        record: enabled: true\n                       ^ (line: 12)',
      '/opt/frigate/frigate/config/config.py',
      '/usr/local/lib/python3.11/dist-packages/ruamel/yaml/main.py',
    ),
    causes: ['config'],
    says: /mapping values are not allowed here/,
  }),
  crash({
    row: '303c',
    sources: 'frigate/config/env.py, v0.17.2; a Secret without that key',
    what: 'a variable that the configuration names is not set',
    exit: {exitCode: 1},
    log: uncaught(
      "KeyError: 'FRIGATE_RTSP_PASSWORD'",
      '/opt/frigate/frigate/config/config.py',
      '/opt/frigate/frigate/config/env.py',
    ),
    causes: ['config'],
    says: /FRIGATE_RTSP_PASSWORD/,
  }),
  crash({
    row: '303d',
    sources: 'a pod with a limit of processes (podPidsLimit of the kubelet)',
    what: 'no thread can be started',
    exit: {exitCode: 1},
    log: uncaught(
      "RuntimeError: can't start new thread",
      '/opt/frigate/frigate/app.py',
      '/usr/lib/python3.11/threading.py',
    ),
    causes: ['memory', 'workload', 'node', 'config'],
    says: /can't start new thread/,
  }),
];

/** nginx ends with 1, its `finish` halts the container, and Frigate stops in an orderly way (s6-rc.d/nginx/finish at v0.16.4). */
const nginxEnds = (...said: readonly string[]): readonly string[] => [
  ...said.map(stamped),
  stamped('[INFO] Service NGINX exited with code 1 (by signal 0)'),
  's6-rc: info: service legacy-services: stopping',
  ...orderlyStop,
];

const services: readonly Incident[] = [
  crash({
    row: '304',
    sources: 'frigate#8817; hostNetwork on a node where something listens on 5000',
    what: 'nginx cannot have its port',
    exit: {exitCode: 1},
    log: nginxEnds(
      'nginx: [emerg] bind() to 0.0.0.0:5000 failed (98: Address already in use)',
      'nginx: [emerg] bind() to 0.0.0.0:5000 failed (98: Address already in use)',
      'nginx: [emerg] still could not bind()',
    ),
    causes: ['config'],
    says: /0\.0\.0\.0:5000 failed \(98: Address already in use\)/,
  }),
  crash({
    row: '304b',
    sources: 'a certificate that a Secret mounts, 0.14 and later',
    what: 'nginx cannot read the TLS certificate',
    exit: {exitCode: 1},
    log: nginxEnds(
      'nginx: [emerg] cannot load certificate "/etc/letsencrypt/live/frigate/fullchain.pem": PEM_read_bio_X509_AUX() failed (SSL: error:0909006C:PEM routines:get_name:no start line:Expecting: TRUSTED CERTIFICATE)',
    ),
    causes: ['config'],
    says: /cannot load certificate/,
  }),
  crash({
    row: '304c',
    sources: 'a node without IPv6, networking.ipv6.enabled',
    what: 'nginx cannot open an IPv6 socket',
    exit: {exitCode: 1},
    log: nginxEnds('nginx: [emerg] socket() [::]:5000 failed (97: Address family not supported by protocol)'),
    causes: ['config'],
    says: /Address family not supported/,
  }),
  crash({
    row: '305',
    sources: 'just-containers/s6-overlay#600, paperless-ngx#9609; runAsUser',
    what: 's6 has no privileges over /run',
    exit: {exitCode: 100},
    log: [
      "/package/admin/s6-overlay/libexec/preinit: fatal: /run belongs to uid 0 instead of 1000 and we're lacking the privileges to fix it.",
      's6-overlay-suexec: fatal: child failed with exit code 100',
    ],
    causes: ['config', 'workload'],
    says: /belongs to uid 0 instead of 1000/,
  }),
  crash({
    row: '305b',
    sources: 'shareProcessNamespace, hostPID',
    what: 's6 is not the first process',
    exit: {exitCode: 100},
    log: ['s6-overlay-suexec: fatal: can only run as pid 1'],
    causes: ['config', 'workload'],
    says: /can only run as pid 1/,
  }),
  crash({
    row: '305c',
    sources: 'an image of another architecture',
    what: 'the first program cannot be executed',
    exit: {exitCode: 255},
    log: ['exec /init: exec format error'],
    causes: ['config', 'workload'],
    says: /exec format error/,
  }),
];

/** What the runtime says where it never ran anything: kept by the kubelet beside exit code 128 and the reason StartError. */
const startError = (
  row: string,
  sources: string,
  what: string,
  message: string,
  says: RegExp,
  causes: Causes,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: ({since}) => {
      const restartCount = 2 + Math.floor(since / minutes(5));
      return {
        pods: known([
          aPod({
            createdAt: ago(since),
            frigate: aContainer({
              restartCount,
              ready: false,
              id: 'containerd://never-ran',
              state: {
                phase: 'waiting',
                reason: 'CrashLoopBackOff',
                message: 'back-off 5m0s restarting failed container=frigate pod=frigate-7bc659b5f5-flbt6',
              },
              last: aTermination({
                exitCode: 128,
                reason: 'StartError',
                message,
                startedAt: ago(minutes(1)),
                finishedAt: ago(minutes(1)),
              }),
            }),
          }),
        ]),
        events: known([anEvent('BackOff', 'Back-off restarting failed container', {count: restartCount})]),
        frigate: nobodyThere,
      };
    },
    restartCures: false,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-203',
    mails: [1, 2],
    toldBy: 1,
    says,
  },
});

const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed:';

const runtime: readonly Incident[] = [
  startError(
    '306',
    'NVIDIA/nvidia-container-toolkit; a driver that was not loaded after an update of the kernel',
    'the runtime hook of the GPU fails, nothing ever ran',
    `${RUNC} unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown`,
    /nvml error: driver not loaded/,
    ['node', 'config'],
  ),
  startError(
    '306b',
    'a hostPath of a Coral that is gone',
    'the device of the container does not exist on its node',
    'failed to create containerd task: failed to create shim task: error gathering device information while adding custom device "/dev/apex_0": no such file or directory: unknown',
    /\/dev\/apex_0/,
    ['node', 'config'],
  ),
  startError(
    '306c',
    'a command in the template that the image does not have',
    'the program of the container is not in the image',
    `${RUNC} unable to start container process: exec: "/usr/bin/frigate": stat /usr/bin/frigate: no such file or directory: unknown`,
    /exec: "\/usr\/bin\/frigate"/,
    ['config'],
  ),
  startError(
    '306d',
    'kubernetes/kubernetes#61563: subPath of a ConfigMap onto a directory',
    'the configuration file cannot be mounted',
    `${RUNC} unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/3a1b/volume-subpaths/config/frigate/0" to rootfs at "/config/config.yml": not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?`,
    /error mounting/,
    ['config'],
  ),
];

/** A container that began with the outage, and none of whose services listens. */
const begun = ({since, restarts}: Moment): ObservationChanges => ({
  ...(restarts > 0
    ? {}
    : {
        pods: known([
          aPod({
            uid: 'pod-new',
            createdAt: ago(since),
            frigate: aContainer({
              id: 'containerd://new',
              ready: true,
              state: {phase: 'running', startedAt: ago(since)},
            }),
          }),
        ]),
      }),
  frigate: {...apiDead('refused', 'connection refused').frigate, backend: known('refused')},
});

/** s6-overlay goes on where a oneshot fails (S6_BEHAVIOUR_IF_STAGE2_FAILS is not set in the image): the container runs, and nothing in it. */
const notBegun = (
  row: string,
  sources: string,
  what: string,
  said: readonly string[],
  says: RegExp,
  causes: Causes,
): Incident => ({
  row,
  sources,
  what,
  story: {
    see: begun,
    log: [
      's6-rc: info: service prepare: starting',
      ...said,
      's6-rc: warning: unable to start service prepare: command exited 1',
      '/run/s6/basedir/scripts/rc.init: warning: s6-rc failed to properly bring all the services up! Check your logs (in /run/uncaught-logs/current if you have in-container logging) for more information.',
    ].map((line, index): LogLine => ({at: 1 + index / 10, line})),
    restartCures: false,
    passes: 24,
  },
  expected: {
    ideal: 'tell',
    restarts: 0,
    health: 'unhealthy',
    causes,
    finding: 'FRG-301',
    mails: [1, 3],
    toldBy: 3,
    says,
    never: /FRIGATE_HC_FRIGATE_API_PORT/,
  },
});

const neverBegun: readonly Incident[] = [
  notBegun(
    '307',
    's6-rc.d/prepare/run at v0.16.4: migrate_db_from_media_to_config',
    'the preparation fails: /config is no volume',
    [
      "[ERROR] Trying to migrate the database path from '/media/frigate/frigate.db' to '/config' dir, but '/config' is not a mountpoint, please mount the '/config' dir",
    ],
    /is not a mountpoint/,
    ['config'],
  ),
  notBegun(
    '307b',
    'the same script, mv of coreutils',
    'the preparation moves the database, and the disk is full',
    [
      "[INFO] Migrating database from '/media/frigate/frigate.db' to '/config' dir...",
      "mv: error writing '/config/frigate.db': No space left on device",
    ],
    /No space left on device/,
    ['storage', 'config'],
  ),
  notBegun(
    '307c',
    'the same script, yq',
    'the preparation cannot read the configuration',
    ["Error: bad file '/config/config.yml': yaml: line 12: mapping values are not allowed in this context"],
    /mapping values are not allowed in this context/,
    ['config'],
  ),
];

export const lastWordIncidents: readonly Incident[] = [
  ...signals,
  ...detectors,
  ...starts,
  ...services,
  ...runtime,
  ...neverBegun,
];
