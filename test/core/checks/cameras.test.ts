import assert from 'node:assert/strict';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {CameraConfig, CameraStats, FrigateObservation, Snapshot} from '../../../src/core/observation/frigate.js';
import {parseSchedule, withPlannedSilence} from '../../../src/core/planned-silence.js';
import type {Policy} from '../../../src/core/policy.js';
import {minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aDetector,
  aHistory,
  aMount,
  anObservation,
  aPolicy,
  now,
  aPodOfAge,
  aReading,
  aSnapshot,
  ago,
  cameraNames,
  mounts,
  usagesOf,
  withPods,
  withSnapshot,
} from '../../support/observation.js';
import {cases, found} from '../../support/frigate-cases.js';

const noStats = unknown('timeout', 'GET /api/stats: no answer');
/** These cameras give these frames per second, the others are well. */
const giving = (
  rates: Readonly<Record<string, number | null>>,
  frigate: Partial<FrigateObservation> = {},
  configs: Readonly<Record<string, Partial<CameraConfig>>> = {},
) =>
  anObservation({
    frigate: {
      stats: known(
        aReading({cameras: cameraNames.map((name) => aCamera(name, name in rates ? {cameraFps: rates[name]!} : {}))}),
      ),
      history: notAsked(),
      config: known(aConfig({cameras: cameraNames.map((name) => aCameraConfig(name, configs[name]))})),
      ...frigate,
    },
  });
/** The policy of that instant, a Saturday at 03:00 UTC. */
const scheduled = (schedule: string): Partial<Policy> => {
  const {cameraSchedule, skipCameras} = withPlannedSilence(aPolicy({cameraSchedule: parseSchedule(schedule)!}), now);
  return {cameraSchedule, skipCameras};
};
const gone = {back: 0, front: 0, garage: 0};
const far = {
  back: {hosts: ['192.0.2.7']},
  front: {hosts: ['198.51.100.2'], throughGo2rtc: false},
  garage: {hosts: ['203.0.113.9']},
};
/** All well until these steps of 20, at which the cameras stop. */
const stopping = (at: Readonly<Record<string, number>>) => {
  const history = aHistory(20, (step) => ({
    cameras: cameraNames.map((name) =>
      aCamera(name, step >= (at[name] ?? 99) ? {cameraFps: 0} : {cameraFps: 5 + (step % 2) / 10}),
    ),
  }));
  return {
    history: known(history),
    stats: known(aReading({lastUpdated: history.at(-1)!.lastUpdated, cameras: history.at(-1)!.cameras})),
  };
};
const go2rtcHung: Partial<FrigateObservation> = {go2rtc: known({hung: true, after: seconds(10)})};
const throughGo2rtc = Object.fromEntries(
  cameraNames.map((name) => [name, {hosts: ['127.0.0.1'], throughGo2rtc: true}]),
);
const fullCache = mounts.map((mount) =>
  mount.path === '/tmp/cache' ? aMount('/tmp/cache', {total: 256, used: 256, free: 0, type: 'tmpfs'}) : mount,
);
const cacheFull = giving(
  {},
  {
    stats: known(
      aReading({
        mounts: fullCache,
        cameras: [aCamera('back'), aCamera('front', {cameraFps: 0}), aCamera('garage', {cameraFps: 0})],
      }),
    ),
  },
);
/** Two of three capture processes are gone, and with them the frames. */
const dead = (() => {
  const snapshot = aSnapshot({
    cameras: [aCamera('back', {cameraFps: 0}), aCamera('front', {cameraFps: 0}), aCamera('garage')],
  });
  return anObservation({
    frigate: {
      stats: known({
        ...aReading(),
        snapshot: {...snapshot, usages: usagesOf(snapshot).filter(({pid}) => pid !== 400 && pid !== 401)},
      }),
      history: notAsked(),
    },
  });
})();

describe('FRG-501: cameras deliver frames', () => {
  cases('FRG-501', [
    {
      it: 'is info where a camera is silent in its planned window',
      given: giving({garage: 0}),
      policy: scheduled('garage=Sat 02:00-04:00'),
      expect: {status: 'info', cameras: ['garage'], cure: 'none'},
    },
    {
      it: 'is critical for another camera meanwhile, and counts the planned one on neither side',
      given: giving({garage: 0, front: 0}),
      policy: scheduled('garage=Sat 02:00-04:00'),
      expect: {status: 'critical', cameras: ['front']},
    },
    {
      it: 'is critical for the camera outside its window',
      given: giving({garage: 0}),
      policy: scheduled('garage=Sat 04:00-06:00'),
      expect: {status: 'critical', cameras: ['garage']},
    },
    {
      it: 'is ok where a camera delivers in its window',
      given: giving({}),
      policy: scheduled('garage=Sat 02:00-04:00'),
      expect: {status: 'ok'},
    },
    {
      it: 'is info where all cameras are silent as planned',
      given: giving(gone),
      policy: scheduled('garage=Sat 02:00-04:00; front=daily 00:00-24:00; back=Fri-Sun 02:00-03:30 UTC'),
      expect: {status: 'info', cameras: ['back', 'front', 'garage']},
    },
    {it: 'is ok while all deliver', expect: {status: 'ok'}},
    {it: 'is ok at exactly 0.3 of the configured rate', given: giving({back: 1.5}), expect: {status: 'ok'}},
    {
      it: 'is critical for one camera under it, and no restart cures a camera',
      given: giving({back: 1.4}),
      expect: {
        status: 'critical',
        cure: 'none',
        cause: 'camera',
        cameras: ['back'],
        normalAtStart: true,
        evidenceAt: ago(seconds(8)),
      },
    },
    {
      it: 'takes 0.5 where the configured rate is not known',
      given: giving({back: 0.5}, {}, {back: {detectFps: null}}),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical under 0.5 where the configured rate is not known',
      given: giving({back: 0.4}, {}, {back: {detectFps: null}}),
      expect: {status: 'critical', cameras: ['back']},
    },
    {
      it: 'takes the expected rate of 0.18',
      given: giving(
        {},
        {config: noStats, stats: known(aReading({cameras: [aCamera('back', {cameraFps: 1, expectedFps: 10})]}))},
      ),
      expect: {status: 'critical', cameras: ['back']},
    },
    {
      it: 'lets a camera of 1 frame/s be well',
      given: giving({back: 1}, {}, {back: {detectFps: 1}}),
      expect: {status: 'ok'},
    },
    {
      it: 'does not count a disabled camera',
      given: giving({back: 0}, {}, {back: {enabled: false}}),
      expect: {status: 'ok'},
    },
    {
      it: 'does not count a camera that never started, when the configuration cannot be read',
      given: giving(
        {},
        {
          config: noStats,
          stats: known(aReading({cameras: [aCamera('back', {cameraFps: 0, pid: null}), aCamera('front')]})),
        },
      ),
      expect: {status: 'ok'},
    },
    {
      it: 'counts a camera whose detection is off: its frames still flow',
      given: giving({back: 0}, {}, {back: {detectEnabled: false}}),
      expect: {status: 'critical', cameras: ['back']},
    },
    {
      it: 'does not count a camera of the policy',
      given: giving({back: 0}),
      policy: {skipCameras: new Set(['back'])},
      expect: {status: 'ok'},
    },
    {
      it: 'does not count a debug replay',
      given: giving(
        {},
        {stats: known(aReading({cameras: [aCamera('_replay_back', {cameraFps: 0}), aCamera('front')]}))},
      ),
      expect: {status: 'ok'},
    },
    {
      it: 'calls all cameras at once a common cause, and restarts nothing',
      given: giving(gone),
      expect: {status: 'critical', cure: 'none', cause: 'network', cameras: [...cameraNames]},
    },
    {
      it: 'calls cameras of one host one cause',
      given: giving({back: 0, garage: 0}, {}, {back: {hosts: ['192.0.2.7']}, garage: {hosts: ['192.0.2.7']}}),
      expect: {status: 'critical', cure: 'none', cause: 'network'},
    },
    {
      it: 'calls cameras of one subnet one cause',
      given: giving({back: 0, garage: 0}, {}, {back: {hosts: ['192.0.2.7']}, garage: {hosts: ['192.0.2.9']}}),
      expect: {cause: 'network'},
    },
    {
      it: 'does not blame a host that another camera still comes from',
      given: giving(
        {back: 0, garage: 0},
        {},
        {
          back: {hosts: ['192.0.2.7']},
          garage: {hosts: ['192.0.2.7']},
          front: {hosts: ['192.0.2.7'], throughGo2rtc: false},
        },
      ),
      expect: {cause: 'camera'},
    },
    {
      it: 'calls cameras that stopped in the same instant one cause',
      given: giving({}, stopping({back: 15, garage: 16}), far),
      expect: {status: 'critical', cure: 'none', cause: 'network'},
    },
    {
      it: 'does not call cameras one cause that stopped minutes apart',
      given: giving({}, stopping({back: 5, garage: 16}), far),
      expect: {cause: 'camera'},
    },
    {
      it: 'restarts for a hung go2rtc that all come through',
      given: giving(gone, go2rtcHung, throughGo2rtc),
      expect: {status: 'critical', cure: 'restart', cause: 'process', because: 'FRG-801'},
    },
    {
      it: 'restarts for a full cache that took most cameras',
      given: cacheFull,
      expect: {status: 'critical', cure: 'restart', because: 'FRG-603'},
    },
    {
      it: 'restarts for most cameras whose processes are terminated',
      given: dead,
      expect: {status: 'critical', cure: 'restart', because: 'FRG-304'},
    },
    {
      it: 'is unknown for a rate that cannot be',
      given: giving({back: 49.1}),
      expect: {status: 'unknown', cure: 'none'},
    },
    {it: 'is unknown for a rate that is missing', given: giving({back: null}), expect: {status: 'unknown'}},
    {
      it: 'is skipped without an enabled camera',
      given: giving({}, {}, Object.fromEntries(cameraNames.map((name) => [name, {enabled: false}]))),
      expect: {status: 'skipped'},
    },
    {it: 'is skipped while Frigate settles', given: withPods([aPodOfAge(seconds(100))]), expect: {status: 'skipped'}},
    {
      it: 'is skipped while the statistics stand still',
      given: withSnapshot({lastUpdated: ago(minutes(5))}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
    {
      it: 'is skipped without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});

const lately = (cameras: readonly CameraStats[], inference: readonly [number, number] = [9.5, 9.6]) => {
  const history = aHistory(20, (step) => ({
    detectors: [aDetector('coral', {inferenceSpeed: step === 19 ? inference[1] : inference[0]})],
    ...(step >= 18 ? {cameras} : {}),
  }));
  const newest = history.at(-1)!;
  return anObservation({
    frigate: {
      history: known(history),
      stats: known(aReading({lastUpdated: newest.lastUpdated, cameras, detectors: newest.detectors})),
    },
  });
};
const starving = (name: string, detectionFps = 0.2) =>
  aCamera(name, {cameraFps: 5, processFps: 0.5, skippedFps: 4.5, detectionFps});
const slowBaseline = {
  baselines: [{detector: 'coral', version: '0.17.2', inference: 10, samples: 40, since: ago(minutes(600))}],
};

describe('FRG-502: cameras are processed', () => {
  cases('FRG-502', [
    {it: 'is ok while frames are processed', expect: {status: 'ok'}},
    {
      it: 'is that camera when others are served',
      given: lately([starving('back'), aCamera('front'), aCamera('garage')]),
      expect: {status: 'critical', cure: 'none', cause: 'camera', cameras: ['back']},
    },
    {
      it: 'is ok at exactly the ratio',
      given: lately([
        aCamera('back', {cameraFps: 5, processFps: 1, skippedFps: 4}),
        aCamera('front'),
        aCamera('garage'),
      ]),
      expect: {status: 'ok'},
    },
    {
      it: 'leaves it to FRG-403 when all that want the detector skip',
      given: lately([starving('back'), starving('front'), aCamera('garage')], [9.5, 9.5]),
      expect: {status: 'skipped', because: 'FRG-403'},
    },
    {
      it: 'names a slow detector as the cause',
      given: lately([starving('back', 2), aCamera('front'), aCamera('garage')], [180, 181]),
      recalledState: slowBaseline,
      expect: {status: 'critical', cure: 'none', cause: 'detector', because: 'FRG-401'},
    },
    {
      it: 'leaves it to FRG-305 when the numbers cannot be true',
      given: lately([
        aCamera('back', {cameraFps: 5, processFps: 5, skippedFps: 5}),
        aCamera('front'),
        aCamera('garage'),
      ]),
      expect: {status: 'ok'},
    },
    {
      it: 'does not judge a camera without detection',
      given: {
        ...lately([starving('back'), aCamera('front'), aCamera('garage')]),
        frigate: {
          ...lately([starving('back'), aCamera('front'), aCamera('garage')]).frigate,
          config: known(
            aConfig({
              cameras: [aCameraConfig('back', {detectEnabled: false}), aCameraConfig('front'), aCameraConfig('garage')],
            }),
          ),
        },
      },
      expect: {status: 'ok'},
    },
    {
      it: 'is skipped without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});

it('FRG-502 rules a CPU that is short out, or names it', () => {
  const cpuOf = (snapshot: Partial<Snapshot>): unknown => {
    const observation = lately([starving('back'), aCamera('front'), aCamera('garage', {detectionFps: 2})]);
    const {stats} = observation.frigate;
    assert.ok(stats.known);
    const finding = found('FRG-502', {
      ...observation,
      frigate: {
        ...observation.frigate,
        stats: known({...stats.value, snapshot: {...stats.value.snapshot, ...snapshot}}),
      },
    });
    assert.equal(finding.status, 'critical');
    return finding.evidence.find(({name}) => name === 'cpu')?.value;
  };
  assert.equal(cpuOf({systemCpu: 20}), 'the CPU of the host is at 20 %');
  assert.equal(cpuOf({systemCpu: 99}), 'the CPU of the host is at 99 %');
});

const restless = (every: number) => {
  const history = aHistory(20, (step) => ({
    cameras: [
      aCamera('back', {ffmpegPid: 600 + Math.floor(step / every), cameraFps: 5 + (step % 2) / 10}),
      aCamera('front'),
    ],
  }));
  return anObservation({
    frigate: {
      history: known(history),
      stats: known(aReading({lastUpdated: history.at(-1)!.lastUpdated, cameras: history.at(-1)!.cameras})),
    },
  });
};

describe('FRG-503: ffmpeg steady', () => {
  cases('FRG-503', [
    {it: 'is ok while ffmpeg stays up', expect: {status: 'ok'}},
    {it: 'lets three replacements pass', given: restless(5), expect: {status: 'ok'}},
    {it: 'warns of more', given: restless(4), expect: {status: 'warning', cure: 'none', cameras: ['back']}},
    {
      it: 'is skipped without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});
