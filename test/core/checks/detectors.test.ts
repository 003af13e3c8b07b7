import assert from 'node:assert/strict';
import {assess} from '../../../src/core/checks/assess.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import {silentLog} from '../../../src/core/observation/log.js';
import type {CameraStats, Snapshot} from '../../../src/core/observation/frigate.js';
import type {Baselines} from '../../../src/core/state/baselines.js';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import {hours, milliseconds, minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aConfig,
  aDetector,
  aHistory,
  aMemory,
  anObservation,
  aPolicy,
  aSnapshot,
  aPodOfAge,
  aReading,
  aTally,
  ago,
  now,
  withLog,
  withPods,
  withSnapshot,
  withTemplate,
} from '../../support/observation.js';
import {cases} from '../../support/frigate-cases.js';

const id = 'containerd://c1';
const noStats = unknown('timeout', 'GET /api/stats: no answer');
const baseline = (inference: number, changes: Partial<Baselines['baselines'][number]> = {}): Partial<Baselines> => ({
  baselines: [{detector: 'coral', version: '0.17.2', inference, samples: 40, since: ago(hours(24)), ...changes}],
});
const speedOf = (inferenceSpeed: number | null, snapshot: Partial<Snapshot> = {}) =>
  withSnapshot({detectors: [aDetector('coral', {inferenceSpeed})], ...snapshot});
/** Every camera asks for the detector, so that none shows whether CPU is short. */
const allBusy = ['back', 'front', 'garage'].map((name) => aCamera(name, {detectionFps: 4}));

describe('FRG-401: inference speed', () => {
  cases('FRG-401', [
    {it: 'is ok under the limit', expect: {status: 'ok'}},
    {it: 'is ok at exactly the limit', given: speedOf(100), recalledState: baseline(10), expect: {status: 'ok'}},
    {
      it: 'is critical over the limit and over twice its baseline',
      given: speedOf(150),
      recalledState: baseline(10),
      expect: {status: 'critical', cure: 'restart', cause: 'detector', evidenceAt: ago(seconds(8))},
    },
    {
      it: 'is a warning over the limit but at its own usual speed',
      given: speedOf(150),
      recalledState: baseline(80),
      expect: {status: 'warning', cure: 'none'},
    },
    {it: 'is a warning when slow from the first look', given: speedOf(150), expect: {status: 'warning', cure: 'none'}},
    {
      it: 'is a warning when slow since a change of version',
      given: speedOf(150),
      recalledState: baseline(10, {version: '0.16.4'}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'does not compare with a baseline of too few samples',
      given: speedOf(150),
      recalledState: baseline(10, {samples: 2}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'keeps a limit of its own for a detector',
      given: speedOf(60),
      recalledState: baseline(10),
      policy: {inferenceLimits: new Map([['coral', 50]])},
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is unknown for an inference of hours',
      given: speedOf(4_476_105_068.97),
      recalledState: baseline(10),
      expect: {status: 'unknown', cure: 'none'},
    },
    {it: 'is unknown for a negative one', given: speedOf(-3), expect: {status: 'unknown'}},
    {it: 'is unknown for none', given: speedOf(null), expect: {status: 'unknown'}},
    {it: 'is skipped at exactly 10.0 before the first inference', given: speedOf(10), expect: {status: 'skipped'}},
    {it: 'is unknown without a detector', given: withSnapshot({detectors: []}), expect: {status: 'unknown'}},
    {
      it: 'blames the host while its CPU is full and all cameras wait',
      given: speedOf(150, {systemCpu: 99, cameras: allBusy}),
      recalledState: baseline(10),
      expect: {status: 'warning', cure: 'none', cause: 'node'},
    },
    {
      it: 'blames the detector on a full host whose idle cameras lose nothing',
      given: speedOf(150, {systemCpu: 99}),
      recalledState: baseline(10),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'restarts nothing while the CPU cannot be seen',
      given: speedOf(150, {systemCpu: null, cameras: allBusy}),
      recalledState: baseline(10),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: "blames the pod's own CPU limit",
      recalledState: baseline(10),
      expect: {status: 'warning', cure: 'none', cause: 'config'},
      given: withTemplate(
        {cpuLimit: 0.5},
        {
          frigate: {
            stats: known(aReading({detectors: [aDetector('coral', {inferenceSpeed: 150})]})),
            history: notAsked(),
          },
        },
      ),
    },
    {it: 'is skipped while Frigate settles', given: withPods([aPodOfAge(seconds(60))]), expect: {status: 'skipped'}},
    {
      it: 'is skipped without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});

const at = (name: string, age: number) => ({
  [name]: {count: 1, first: ago(seconds(age)), last: ago(seconds(age)), instants: [ago(seconds(age))]},
});
const hanging = (
  age: number,
  detectors = [aDetector('coral', {detectionStart: (ago(seconds(8)) - age * 1000) / 1000})],
) => withSnapshot({detectors});
const pids = (...agesInMinutes: readonly number[]): Partial<Baselines> => ({
  containerId: id,
  detectorPids: agesInMinutes.map((age, index) => ({
    detector: 'coral',
    pid: index === agesInMinutes.length - 1 ? 250 : 900 + index,
    at: ago(minutes(age)),
  })),
});
const two = [aDetector('coral', {detectionStart: (now - 60_000) / 1000}), aDetector('second', {pid: 251})];

describe('FRG-402: detector not stuck', () => {
  cases('FRG-402', [
    {it: 'is ok in peace', expect: {status: 'ok'}},
    {it: 'is ok for a busy detector at the moment of the snapshot', given: hanging(9), expect: {status: 'ok'}},
    {it: 'is ok at exactly 10 s', given: hanging(10), expect: {status: 'ok'}},
    {
      it: 'is critical when one inference has run over 10 s, by the snapshot itself',
      given: hanging(11),
      expect: {
        status: 'critical',
        cure: 'restart',
        cause: 'detector',
        persistence: 'sample',
        evidenceAt: ago(seconds(8)),
      },
    },
    {
      it: 'does not measure against now: the snapshot may be 20 s old',
      given: withSnapshot({
        lastUpdated: ago(seconds(20)),
        detectors: [aDetector('coral', {detectionStart: (now - 21_000) / 1000})],
      }),
      expect: {status: 'ok'},
    },
    {
      it: 'takes a start before the process for a number that cannot be',
      given: withSnapshot({uptime: hours(1), detectors: [aDetector('coral', {detectionStart: 1})]}),
      expect: {status: 'ok'},
    },
    {
      it: 'does not count frozen statistics',
      given: withSnapshot({
        lastUpdated: ago(seconds(300)),
        detectors: [aDetector('coral', {detectionStart: (now - 400_000) / 1000})],
      }),
      expect: {status: 'ok'},
    },
    {
      it: 'lets two stuck events pass: Frigate heals them',
      given: withLog({'detector-stuck': 2}),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical over two stuck events in the window',
      given: withLog({'detector-stuck': 3}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not count events from before the window',
      given: anObservation({
        log: known({
          ...silentLog(ago(hours(2)), now),
          bytes: 1,
          tallies: new Map([
            [
              'detector-stuck',
              aTally(3, {
                first: ago(hours(2)),
                last: ago(minutes(1)),
                instants: [ago(hours(2)), ago(hours(1)), ago(minutes(1))],
              }),
            ],
          ]),
        }),
      }),
      expect: {status: 'ok'},
    },
    {
      it: 'lets a kill with a successor pass',
      given: withLog({...at('detector-force-kill', 200), ...at('detector-exited', 199)}),
      expect: {status: 'ok'},
    },
    {it: 'waits 60 s for the successor', given: withLog(at('detector-force-kill', 50)), expect: {status: 'ok'}},
    {
      it: 'is critical after a kill without a successor, latched',
      given: withLog(at('detector-force-kill', 120)),
      expect: {status: 'critical', cure: 'restart', persistence: 'latched', evidenceAt: ago(seconds(120))},
    },
    {
      it: 'counts a new pid as the successor',
      given: withLog(at('detector-force-kill', 120), {frigate: {history: notAsked()}}),
      recalledState: {
        containerId: id,
        detectorPids: [
          {detector: 'coral', pid: 900, at: ago(minutes(20))},
          {detector: 'coral', pid: 250, at: ago(seconds(100))},
        ],
      },
      expect: {status: 'ok'},
    },
    {
      it: 'remembers the kill after its line has left the window',
      recalledState: {
        containerId: id,
        latched: [{signature: 'detector-force-kill', containerId: id, at: ago(hours(1)), sample: 'Force killing...'}],
      },
      expect: {status: 'critical', persistence: 'latched'},
    },
    {
      it: 'forgets the kill of another container',
      recalledState: {
        containerId: id,
        latched: [
          {
            signature: 'detector-force-kill',
            containerId: 'containerd://c0',
            at: ago(hours(1)),
            sample: 'Force killing...',
          },
        ],
      },
      expect: {status: 'ok'},
    },
    {it: 'lets two replacements in an hour pass', recalledState: pids(55, 40, 30), expect: {status: 'ok'}},
    {
      it: 'is critical at three replacements in an hour',
      recalledState: pids(58, 50, 40, 30),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is critical at six replacements in three hours',
      recalledState: pids(179, 160, 140, 120, 100, 80, 65),
      expect: {status: 'critical'},
    },
    {
      it: 'does not count replacements of another container',
      recalledState: {...pids(58, 50, 40, 30), containerId: 'containerd://c0'},
      expect: {status: 'ok'},
    },
    {
      it: 'names one of several and kills no good one for it',
      given: withSnapshot({detectors: two}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'restarts when all of several hang',
      given: withSnapshot({detectors: two.map((detector) => ({...detector, detectionStart: (now - 60_000) / 1000}))}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'restarts nothing on a log that names none of several',
      given: withSnapshot(
        {detectors: [aDetector('coral'), aDetector('second', {pid: 251})]},
        {log: withLog({'detector-stuck': 9}).log},
      ),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'is unknown without a log: silence proves nothing there',
      given: anObservation({log: unknown('forbidden', 'pods/log: 403')}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is unknown when the log was not read to its end',
      given: anObservation({
        log: known({...silentLog(ago(minutes(10)), now), bytes: 1, complete: false}),
      }),
      expect: {status: 'unknown'},
    },
    {
      it: 'is unknown without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'unknown'},
    },
    {it: 'is skipped while Frigate settles', given: withPods([aPodOfAge(seconds(60))]), expect: {status: 'skipped'}},
  ]);
});

interface Rates {
  readonly camera?: number;
  readonly process: number;
  readonly skipped: number;
  readonly detection: number;
}
const camera = (name: string, {camera: cameraFps = 5, process, skipped, detection}: Rates): CameraStats =>
  aCamera(name, {cameraFps, processFps: process, skippedFps: skipped, detectionFps: detection});
const starved = (detection: number): Rates => ({process: 0.1, skipped: 4.9, detection});
const well: Rates = {process: 5, skipped: 0, detection: 4};
const idle: Rates = {process: 5, skipped: 0, detection: 0};
/** The last two of 20 snapshots show these rates; before them all was well. */
const lately = (
  back: Rates,
  front: Rates,
  garage: Rates,
  changes: {
    readonly version?: string;
    readonly inference?: readonly [number, number];
    readonly snapshots?: number;
  } = {},
) => {
  const {version = '0.17.2-3b4a1cf', inference = [9.5, 9.5], snapshots = 2} = changes;
  const history = aHistory(20, (step) => ({
    version,
    detectors: [aDetector('coral', {inferenceSpeed: step === 19 ? inference[1] : inference[0]})],
    ...(step < 20 - snapshots
      ? {}
      : {cameras: [camera('back', back), camera('front', front), camera('garage', garage)]}),
  }));
  const newest = history.at(-1)!;
  return anObservation({
    frigate: {
      history: known(history),
      stats: known(
        aReading({version, lastUpdated: newest.lastUpdated, cameras: newest.cameras, detectors: newest.detectors}),
      ),
    },
  });
};
const tooFast = withSnapshot({
  detectors: [aDetector('coral', {inferenceSpeed: 0.35})],
  cameras: ['back', 'front', 'garage'].map((name) => aCamera(name, {detectionFps: 0})),
});

describe('FRG-403: detector not dead in silence', () => {
  cases('FRG-403', [
    {it: 'is ok while cameras are served', given: lately(well, well, idle), expect: {status: 'ok'}},
    {it: 'is ok in a quiet night', given: lately(idle, idle, idle), expect: {status: 'ok'}},
    {
      it: 'is critical when all that want it skip and nothing is detected (0.17)',
      given: lately(starved(0), starved(0), idle),
      expect: {status: 'critical', cure: 'restart', cause: 'detector', cameras: ['back', 'front']},
    },
    {
      it: 'is critical with the 0.2 runs/s of a hung one up to 0.16',
      given: lately(starved(0.2), starved(0.2), idle, {version: '0.16.4-4131252'}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is critical with one camera that wants it, when that is the only one',
      given: lately(starved(0), idle, idle),
      expect: {status: 'critical', cameras: ['back']},
    },
    {
      it: 'is that camera (FRG-502) when others are served',
      given: lately(starved(0), well, idle),
      expect: {status: 'ok'},
    },
    {it: 'wants two snapshots', given: lately(starved(0), starved(0), idle, {snapshots: 1}), expect: {status: 'ok'}},
    {
      it: 'is slow and not dead when inferences still end',
      given: lately(starved(0.2), starved(0.2), idle, {inference: [900, 950]}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'is slow and not dead when more is detected',
      given: lately(starved(0.9), starved(0.8), idle),
      expect: {status: 'ok'},
    },
    {
      it: 'uses the processed rate up to 0.12, where skipped is always 0',
      given: lately({process: 0.1, skipped: 0, detection: 0.2}, {process: 0.1, skipped: 0, detection: 0.2}, idle, {
        version: '0.12.1-367d724',
      }),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: "is unknown when another camera's rates cannot be",
      given: lately(starved(0), {camera: 49, process: 5, skipped: 43, detection: 4}, idle),
      expect: {status: 'unknown', cure: 'none'},
    },
    {
      it: 'does not hold a camera that is away against the detector',
      given: lately({camera: 0, process: 5, skipped: 0, detection: 5}, idle, idle),
      expect: {status: 'ok'},
    },
    {
      it: 'takes the last pass for the earlier snapshot where there is no history (≤0.13)',
      given: withSnapshot({
        version: '0.13.2-6476f8a',
        cameras: [camera('back', starved(0.2)), camera('front', starved(0.2)), camera('garage', idle)],
      }),
      recalledState: {
        containerId: id,
        lastUpdated: ago(minutes(5)),
        lastRates: [
          {name: 'back', rates: [5, 0.1, 4.9, 0.2]},
          {name: 'front', rates: [5, 0.1, 4.9, 0.2]},
          {name: 'garage', rates: [5, 5, 0, 0]},
        ],
      },
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not take the last pass of another container for it',
      given: withSnapshot({
        version: '0.13.2-6476f8a',
        cameras: [camera('back', starved(0.2)), camera('front', starved(0.2)), camera('garage', idle)],
      }),
      recalledState: {
        containerId: 'containerd://c0',
        lastUpdated: ago(minutes(5)),
        lastRates: [
          {name: 'back', rates: [5, 0.1, 4.9, 0.2]},
          {name: 'front', rates: [5, 0.1, 4.9, 0.2]},
        ],
      },
      expect: {status: 'ok'},
    },
    {
      it: 'tells the first pass of answers that are too fast',
      given: tooFast,
      recalledState: baseline(9),
      expect: {status: 'info', cure: 'none'},
    },
    {
      it: 'is critical at the third pass of answers that are too fast',
      given: tooFast,
      recalledState: {...baseline(9), idleDetectorPasses: 2},
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not count the snapshot of the last pass twice',
      given: tooFast,
      recalledState: {...baseline(9), idleDetectorPasses: 2, containerId: id, lastUpdated: ago(seconds(8))},
      expect: {status: 'info', cure: 'none'},
    },
    {
      it: 'does not take the 10 ms of a detector that nobody asked yet for an answer',
      given: withSnapshot({
        detectors: [aDetector('coral', {inferenceSpeed: 10})],
        cameras: ['back', 'front'].map((name) => aCamera(name, {detectionFps: 0})),
      }),
      recalledState: {...baseline(90), idleDetectorPasses: 9},
      expect: {status: 'ok'},
    },
    {
      it: 'does not call a detector idle that gets no frames',
      given: withSnapshot({
        detectors: [aDetector('coral', {inferenceSpeed: 9})],
        cameras: ['back', 'front'].map((name) => aCamera(name, {cameraFps: 0, detectionFps: 0})),
      }),
      recalledState: {...baseline(90), idleDetectorPasses: 9},
      expect: {status: 'ok'},
    },
    {
      it: 'says of one camera that it skips',
      given: lately(starved(0), {camera: 49, process: 5, skipped: 43, detection: 4}, idle),
      expect: {status: 'unknown'},
    },
    {
      it: 'knows no too fast answer without a baseline',
      given: tooFast,
      recalledState: {idleDetectorPasses: 9},
      expect: {status: 'ok'},
    },
    {
      it: 'is skipped while the statistics stand still',
      given: withSnapshot({lastUpdated: ago(minutes(5))}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});

const nothingDetected = {
  frigate: {
    stats: known(aReading({cameras: ['back', 'front'].map((name) => aCamera(name, {detectionFps: 0}))})),
    history: notAsked(),
  },
};

describe('FRG-404: detector device present', () => {
  cases('FRG-404', [
    {it: 'is ok when nobody complains', expect: {status: 'ok'}},
    {
      it: 'is critical when the device is missing and nothing is detected',
      given: withLog({'detector-device-missing': 1}, nothingDetected),
      expect: {status: 'critical', cure: 'none', cause: 'node'},
    },
    {
      it: 'is critical for a driver that does not fit',
      given: withLog({'detector-driver': 1}, nothingDetected),
      expect: {status: 'critical', cure: 'none'},
    },
    {it: 'only tells while detection works', given: withLog({'detector-driver': 1}), expect: {status: 'info'}},
    {
      it: 'is critical for a temperature that cannot be while nothing is detected',
      given: withSnapshot({
        detectors: [aDetector('coral', {temperature: -89.7})],
        cameras: [aCamera('front', {detectionFps: 0})],
      }),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'warns of a temperature that cannot be',
      given: withSnapshot({detectors: [aDetector('coral', {temperature: -89.7})]}),
      expect: {status: 'warning'},
    },
    {
      it: 'is unknown without a log',
      given: anObservation({log: unknown('forbidden', 'pods/log: 403')}),
      expect: {status: 'unknown'},
    },
  ]);
});

const loaded = (runs: number, count = 20) => {
  const cameras = [aCamera('back', {detectionFps: runs}), aCamera('front', {detectionFps: runs}), aCamera('garage')];
  return anObservation({
    frigate: {
      history: known(
        aHistory(count, (step) => ({cameras, detectors: [aDetector('coral', {inferenceSpeed: 40 + step / 100})]})),
      ),
      stats: known(aReading({cameras, detectors: [aDetector('coral', {inferenceSpeed: 40 + (count - 1) / 100})]})),
    },
  });
};

describe('FRG-405: detector has headroom', () => {
  cases('FRG-405', [
    {it: 'is ok with room', given: loaded(5), expect: {status: 'ok'}},
    {
      it: 'is a warning near the capacity',
      given: loaded(12),
      expect: {status: 'warning', cure: 'none', cause: 'detector'},
    },
    {it: 'wants a minute of it', given: loaded(12, 3), expect: {status: 'ok'}},
    {
      it: 'does not judge a pipelined detector',
      given: {
        ...loaded(12),
        frigate: {...loaded(12).frigate, config: known(aConfig({detectors: new Map([['coral', 'memryx']])}))},
      },
      expect: {status: 'skipped'},
    },
    {
      it: 'is skipped before the first inference',
      given: withSnapshot({detectors: [aDetector('coral', {inferenceSpeed: 10})]}),
      expect: {status: 'skipped'},
    },
  ]);
});

describe('a Frigate without a history of its own', () => {
  it('has its detectors counted over passes: also before 0.12, whose statistics have no time', () => {
    let memory = aMemory();
    let last: ReturnType<typeof assess>[number] | undefined;
    for (let pass = 0; pass < 6; pass += 1) {
      const at = ago(minutes(5 * (5 - pass)));
      const snapshot = aSnapshot({
        lastUpdated: null,
        version: '0.11.1-2eada21',
        detectors: [aDetector('coral1', {pid: 400 + pass}), aDetector('coral2', {pid: 500})],
      });
      const observation = anObservation({
        at,
        frigate: {stats: known({snapshot, date: at, latency: milliseconds(9)}), history: notAsked()},
      });
      const findings = assess(observation, memory, aPolicy());
      last = findings.find(({id}) => id === 'FRG-402');
      memory = updateBaselines(memory, observation, findings, aPolicy());
    }
    assert.ok(last);
    assert.equal(last.status, 'critical', last.summary);
    assert.match(last.summary, /coral1: process replaced/);
    assert.equal(last.cure, 'none', 'the other one works');
  });
});
