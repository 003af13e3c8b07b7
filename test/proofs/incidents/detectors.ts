/** Incidents of detectors: Coral, other accelerators, and a detector that dies without a word. */
import {known} from '../../../src/core/known.js';
import {hours, minutes, seconds} from '../../../src/core/time.js';
import {
  aConfig,
  aDetector,
  ago,
  anEvent,
  aProbe,
  aTemplate,
  aWorkload,
  cameraNames,
  aCamera,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, LogLine, Moment} from './incident.js';
import {camerasAway, crashLoop, nodeAway, moving, starved, statistics} from './sights.js';

const stuck = (at: number, every?: number): readonly LogLine[] => {
  const again = every === undefined ? {} : {every};
  return [
    {
      at,
      ...again,
      line: '[2023-01-10 11:15:03] watchdog                       INFO    : Detection appears to be stuck. Restarting detection process...',
    },
    {
      at: at + 30,
      ...again,
      line: '[2023-01-10 11:15:33] root                           INFO    : Waiting for detection process to exit gracefully...',
    },
    {
      at: at + 30,
      ...again,
      line: '[2023-01-10 11:15:33] root                           INFO    : Detection process didnt exit. Force killing...',
    },
    {
      at: at + 31,
      ...again,
      line: '[2023-01-10 11:15:34] detector.coral                 INFO    : Starting detection process: 4711',
    },
    {at: at + 34, ...again, line: '[2023-01-10 11:15:37] frigate.detectors.plugins.edgetpu_tfl INFO    : TPU found'},
  ];
};

/** Each time the watchdog replaces the process, the statistics name another pid. */
const replacedEvery =
  (every: number) =>
  ({since}: Moment): ObservationChanges =>
    statistics(since, (age) => {
      const replaced = Math.floor(Math.max(0, since - age) / 1000 / every) + 1;
      return {
        detectors: [aDetector('coral', {pid: 250 + replaced})],
        cameras: cameraNames.map((name) => moving(aCamera(name), age)),
      };
    });

const noEdgeTpu = [
  '[2023-11-29 08:02:11] frigate.detectors.plugins.edgetpu_tfl ERROR   : No EdgeTPU was detected. If you do not have a Coral device yet, you must configure CPU detectors.',
  'ValueError: Failed to load delegate from libedgetpu.so.1.0',
  '[2023-11-29 08:02:21] watchdog                       INFO    : Detection appears to have stopped. Exiting Frigate...',
];

const corals = ['coral1', 'coral2', 'coral3', 'coral4'];

export const detectorIncidents: readonly Incident[] = [
  {
    row: '1a',
    sources: '#3966',
    what: 'Coral on USB passed through a VM: stuck once, killed after 30 s, found again after 3 s',
    story: {
      log: stuck(20),
      see: ({since}) =>
        statistics(since, (age) => ({detectors: [aDetector('coral', {pid: age < since - seconds(31) ? 251 : 250})]})),
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '1b',
    sources: '#3966',
    what: 'the same every 15 minutes',
    story: {log: stuck(20, 900), see: replacedEvery(900), restartCures: false, passes: 18},
    expected: {
      ideal: 'tell',
      restarts: 1,
      health: 'healthy',
      causes: [],
      finding: 'FRG-402',
      mails: [1, 3],
      says: /replaced \d times in/,
    },
    differs:
      'told, and restarted once: from inside, a link that fails four times an hour looks like a driver that does (row 3), and there a restart helped for days. It is back within the hour and counts as not helped: then a wait that doubles, and after three in a row a lock',
  },
  {
    row: '3',
    sources: '#3218',
    what: 'after a day or two the watchdog goes round and round; live view goes on',
    story: {log: stuck(0, 75), see: replacedEvery(75), restartCures: true, passes: 16},
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-402', mails: [1, 3]},
  },
  {
    row: '5',
    sources: '#2783',
    what: 'stuck about every 90 s; what a restart did was not told',
    story: {log: stuck(0, 90), see: replacedEvery(90), restartCures: false, passes: 24},
    expected: {
      ideal: 'restart',
      restarts: 1,
      health: 'unhealthy',
      causes: ['detector'],
      finding: 'FRG-402',
      mails: [1, 3],
      says: /did not help/,
    },
  },
  {
    row: '9',
    sources: '#2168',
    what: 'stuck each 15 to 30 minutes: the port gives too little power',
    story: {log: stuck(20, 1320), see: replacedEvery(1320), restartCures: false, passes: 40},
    expected: {
      ideal: 'tell',
      restarts: 1,
      health: 'healthy',
      causes: [],
      finding: 'FRG-402',
      mails: [1, 3],
      says: /replaced \d times in/,
    },
    differs: 'told, and restarted once, as in row 1b',
  },
  {
    row: '11',
    sources: '#204, #228',
    what: 'a restart leaves the Coral unrecognised until it is plugged in again',
    story: {
      log: stuck(0, 75),
      previousLog: noEdgeTpu,
      restartCures: false,
      passes: 14,
      see: (moment) =>
        moment.restarts === 0 ? replacedEvery(75)(moment) : crashLoop(minutes(5), {exitCode: 0}, minutes(30)),
    },
    expected: {
      ideal: 'escalate',
      restarts: 1,
      health: 'unhealthy',
      causes: ['node'],
      finding: 'FRG-203',
      mails: [2, 4],
      says: /detector device is missing/,
    },
  },
  {
    row: '13',
    sources: '#8768',
    what: "Coral on PCIe lost: Frigate ends itself again and again; only the host's reboot helped",
    story: {see: ({since}) => crashLoop(since, {exitCode: 0}), previousLog: noEdgeTpu, restartCures: false},
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /lspci/,
    },
  },
  {
    row: '15',
    sources: 'google-coral/edgetpu#741, google-coral/edgetpu#395',
    what: 'dead PCIe link: every inference hangs, the temperature is negative',
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          cameras: starved(age),
          detectors: [aDetector('coral', {temperature: -89.7, detectionStart: ago(since) / 1000, inferenceSpeed: 9.5})],
        })),
      log: [
        {
          at: 0,
          line: 'E :237] HIB Error. hib_error_status = ffffffffffffffff, hib_first_error_status = ffffffffffffffff',
        },
      ],
      restartCures: false,
      passes: 14,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node'],
      finding: 'FRG-404',
      mails: [1, 3],
      says: /temperature/,
    },
  },
  {
    row: '17',
    sources: '#3533',
    what: 'one of four Corals missing: its process ends in a traceback, the other three work',
    story: {
      always: {frigate: {config: known(aConfig({detectors: new Map(corals.map((name) => [name, 'edgetpu']))}))}},
      see: ({since}) =>
        statistics(since, (age) => ({
          version: '0.11.1-2eada21',
          cameras: cameraNames.map((name) => moving(aCamera(name), age)),
          usages: null,
          detectors: corals.map((name, index) =>
            aDetector(name, {pid: 250 + index, inferenceSpeed: name === 'coral3' ? 10 : 9.4}),
          ),
        })),
      log: [
        {
          at: 5,
          line: '[2022-08-01 10:00:00] frigate.edgetpu                ERROR   : No EdgeTPU was detected. If you do not have a Coral device yet, you must configure CPU detectors.',
        },
        {at: 6, line: 'Process detector:coral3:'},
      ],
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {ideal: 'tell', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
    differs:
      'the line is shown (FRG-404, for information), but nobody is mailed while detection works: the line alone also stands in logs of Frigates that found their device at the second try',
  },
  {
    row: '19',
    sources: '#7139',
    what: 'inference 5062.85 ms on a Coral that took 10',
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          detectors: [aDetector('coral', {inferenceSpeed: 5062.85})],
          cameras: cameraNames.map((name) => moving(aCamera(name), age)),
        })),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-401', mails: [1, 3]},
  },
  {
    row: '21',
    sources: '#2852, #1208, #5461',
    what: 'hardware of another class: 70 ms from the first day',
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          detectors: [aDetector('coral', {inferenceSpeed: 72.5})],
          cameras: cameraNames.map((name) => moving(aCamera(name, {detectionFps: 1.5}), age)),
        })),
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '23',
    sources: 'homeiac/home, 2026-04-05',
    what: 'a liveness probe kills Frigate while it starts; six quick restarts leave the Coral in a bad state',
    story: {
      always: {
        workload: known({
          found: 'one',
          workload: aWorkload({
            template: aTemplate({
              livenessProbe: aProbe({initialDelaySeconds: 60, periodSeconds: 10, failureThreshold: 3}),
            }),
          }),
        }),
      },
      see: ({since}) => ({
        ...crashLoop(since, {exitCode: 137}),
        events: known([
          anEvent('Killing', 'Container frigate failed liveness probe, will be restarted', {lastSeen: ago(minutes(2))}),
          anEvent(
            'Unhealthy',
            'Liveness probe failed: Get "http://10.0.0.7:5000/api/version": dial tcp 10.0.0.7:5000: connect: connection refused',
            {lastSeen: ago(minutes(2))},
          ),
        ]),
      }),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['config'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /liveness probe/,
    },
  },
  {
    row: '25',
    sources: '#17797',
    what: 'no camera ever delivered; the detector shows its initial 10 ms and was never used',
    story: {
      see: ({since}) =>
        camerasAway(since, cameraNames, cameraNames, {
          detectors: [aDetector('coral', {inferenceSpeed: 10, detectionStart: 0})],
        }),
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['camera', 'network'],
      finding: 'FRG-501',
      mails: [1, 2],
      notOk: ['FRG-401'],
    },
  },
  {
    row: '27',
    sources: 'blakeblackshear/frigate-hass-addons#215, #241',
    what: "the host was updated: the Hailo driver is newer than Frigate's library",
    story: {
      see: ({since}) => crashLoop(since, {exitCode: 0}),
      restartCures: false,
      previousLog: [
        '[HailoRT] [error] CHECK_SUCCESS failed with status=HAILO_INVALID_DRIVER_VERSION(76)',
        '[2025-04-13 14:20:32] frigate.detectors.plugins.hailo8l ERROR   : HailoRTException during initialization: libhailort failed with error: 76 (HAILO_INVALID_DRIVER_VERSION)',
        'Process detector:hailo8l:',
      ],
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node', 'config'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /driver version/,
    },
  },
  {
    row: '29',
    sources: '#8338, #7607, #8463',
    what: 'OpenVINO on the iGPU: the machine hangs',
    story: {see: () => nodeAway, restartCures: false},
    expected: {ideal: 'tell', restarts: 0, health: 'unhealthy', causes: ['node'], finding: 'FRG-151', mails: [1, 2]},
  },
  {
    row: '31',
    sources: 'NVIDIA/nvidia-docker#1730, NVIDIA/nvidia-container-toolkit#1397, #5650',
    what: 'after a reload of systemd the container has lost its GPU; a new pod gets it back',
    story: {
      see: ({since}) => statistics(since, (age) => ({cameras: starved(age)})),
      log: [{at: 0, every: 60, line: 'Failed to initialize NVML: Unknown Error'}],
      restartCures: true,
    },
    expected: {
      ideal: 'restart',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node'],
      finding: 'FRG-404',
      mails: [1, 2],
      says: /device missing, or its driver/,
    },
    differs:
      'a person is told: the same words stand for a driver that does not fit, and other reports of a lost device (rows 13, 15, 27) tell that restarts changed nothing or did harm',
  },
  {
    row: '33',
    sources: '#9573, #10132',
    what: 'every camera: the VA-API driver does not load, ffmpeg ends each 30 s',
    story: {
      see: ({since}) => camerasAway(since),
      log: cameraNames.flatMap((name, index) => [
        {
          at: index,
          every: 30,
          line: `[2024-02-28 14:18:11] watchdog.${name}                  ERROR   : Ffmpeg process crashed unexpectedly for ${name}.`,
        },
        {
          at: index,
          every: 30,
          line: `[2024-02-28 14:18:11] ffmpeg.${name}.detect             ERROR   : [AVHWDeviceContext @ 0x558766824e40] libva: /usr/lib/x86_64-linux-gnu/dri/iHD_drv_video.so init failed`,
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
      says: /iHD_drv_video\.so init failed/,
    },
  },
  {
    row: '35',
    sources: '#8329',
    what: 'after an upgrade the configured detector does not exist any more: it ends at every start',
    story: {
      see: ({since}) => crashLoop(since, {exitCode: 1}, hours(1)),
      previousLog: ['*** Your config file is not valid! ***'],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['config'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /configuration/,
    },
  },
  {
    row: '37',
    sources: '#563, #6066, #6716',
    what: 'the GPU detector dies at the start',
    story: {
      see: ({since}) => crashLoop(since, {exitCode: 0}),
      previousLog: [
        'CUDA failure 35',
        '[2023-05-02 09:12:01] watchdog                       INFO    : Detection appears to have stopped. Exiting Frigate...',
      ],
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['node', 'config'],
      finding: 'FRG-203',
      mails: [1, 2],
    },
  },
  {
    row: '117',
    sources: 'discussion #23883',
    what: "the detector's device never opened again: inference 0.35 ms, nothing detected, no line in the log for 4.5 h",
    story: {
      see: ({since}) =>
        statistics(since, (age) => ({
          detectors: [aDetector('coral', {inferenceSpeed: 0.35})],
          cameras: cameraNames.map((name) => moving(aCamera(name, {detectionFps: 0}), age)),
        })),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-403', mails: [1, 3]},
  },
];
