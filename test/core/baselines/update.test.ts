import assert from 'node:assert/strict';
import fc from 'fast-check';
import {jsonBytes} from '../../../src/core/state/bounds.js';
import {assess} from '../../../src/core/checks/assess.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import {emptyBaselines, type Baselines} from '../../../src/core/state/baselines.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import {decodeState, freshState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {earlier, hours, later, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aContainer,
  aDetector,
  aHistory,
  aLog,
  aMemory,
  aMount,
  aPod,
  aPolicy,
  aReading,
  aSnapshot,
  aTally,
  ago,
  anObservation,
  cameraNames,
  mounts,
  now,
  withContainer,
  withLog,
  withPods,
  withSnapshot,
} from '../../support/observation.js';

const id = 'containerd://c1';
const policy = aPolicy();
const after = (observation: Observation, memory: Baselines = emptyBaselines): Baselines =>
  updateBaselines(memory, observation, assess(observation, memory, policy), policy);
const healthy = after(anObservation());
const silent = unknown('timeout', 'GET /api/stats: no answer');
const blind = anObservation({
  frigate: {stats: silent, history: silent, config: silent, segments: new Map()},
  log: unknown('forbidden', '403'),
});

/** The healthy Frigate this long after `now`, its clocks with it. */
const pass = (length: Duration, inference = 9.5, detectionFps = 4): Observation => {
  const at = later(now, length);
  const history = aHistory(
    20,
    () => ({
      detectors: [aDetector('coral', {inferenceSpeed: inference})],
      cameras: cameraNames.map((name) => aCamera(name, {detectionFps})),
    }),
    earlier(at, seconds(8)),
  );
  const newest = history.at(-1)!;
  return anObservation({
    at,
    log: known(aLog({}, {to: at})),
    frigate: {
      history: known(history),
      stats: known(
        aReading({lastUpdated: newest.lastUpdated, cameras: newest.cameras, detectors: newest.detectors}, at),
      ),
    },
  });
};

describe('remember', () => {
  it('keeps what later passes compare with', () => {
    assert.equal(healthy.podUid, 'pod-uid');
    assert.equal(healthy.containerId, id);
    assert.equal(healthy.frigateVersion, '0.17.2-3b4a1cf');
    assert.deepEqual(
      healthy.cameras,
      cameraNames.map((name) => ({name, delivering: true})),
    );
    assert.equal(healthy.lastUpdated, ago(seconds(8)));
    assert.deepEqual(
      healthy.mounts.find(({path}) => path === '/media/frigate/recordings'),
      {path: '/media/frigate/recordings', type: 'ext4', total: 1_000_000},
    );
    assert.equal(healthy.logCursor, now);
    assert.deepEqual(healthy.baselines, [
      {detector: 'coral', version: '0.17.2', inference: 9.5, samples: 20, since: now},
    ]);
    assert.deepEqual(healthy.restartCounts, [{at: now, podUid: 'pod-uid', count: 0}]);
  });

  it('keeps rates only where there is no history', () => {
    assert.deepEqual(healthy.lastRates, []);
    assert.deepEqual(after(withSnapshot({})).lastRates[0], {name: 'back', rates: [5.1, 5.1, 0, 4.2]});
  });

  it('keeps since when a snapshot is observed, and when another one was', () => {
    const at = (second: number, lastUpdated: number, containerId = id): Observation =>
      withSnapshot(
        {lastUpdated: later(now, seconds(lastUpdated))},
        {
          at: later(now, seconds(second)),
          pods: known([aPod({frigate: aContainer({id: containerId})})]),
        },
      );
    const first = after(at(0, -94));
    assert.deepEqual(first.statisticsObserved, {
      lastUpdated: earlier(now, seconds(94)),
      first: now,
      last: now,
      otherAt: null,
    });
    const second = after(at(9, -94), first);
    assert.deepEqual(second.statisticsObserved, {...first.statisticsObserved, last: later(now, seconds(9))});
    const third = after(at(11, -79), second);
    const changed = later(now, seconds(11));
    assert.deepEqual(third.statisticsObserved, {
      lastUpdated: earlier(now, seconds(79)),
      first: changed,
      last: changed,
      otherAt: later(now, seconds(9)),
    });
    assert.equal(after(at(13, -79, 'containerd://next'), third).statisticsObserved?.otherAt, null);
  });

  it('keeps everything when nothing could be seen', () => {
    const memory: Baselines = {
      ...healthy,
      latched: [{signature: 'database-thread-died', containerId: id, at: now, sample: 'x'}],
      idleDetectorPasses: 2,
      mountProbe: {at: now, answered: false},
    };
    assert.deepEqual(after(blind, memory), memory);
    assert.deepEqual(after(anObservation({...blind, pods: unknown('timeout', 'pods')}), memory), memory);
  });

  describe('the cameras', () => {
    it('say which of them delivered', () => {
      const memory = after(
        withSnapshot({cameras: [aCamera('back', {cameraFps: 0}), aCamera('front'), aCamera('garage')]}),
      );
      assert.deepEqual(
        memory.cameras.map(({delivering}) => delivering),
        [false, true, true],
      );
    });
    it('stay in safe mode, so that it is told again', () => {
      const memory = after(
        withSnapshot({cameras: []}, {frigate: {config: known(aConfig({safeMode: true, cameras: []}))}}),
        healthy,
      );
      assert.deepEqual(memory.cameras, healthy.cameras);
    });
    it('follow the configuration, and date the change', () => {
      const memory = after(
        withSnapshot(
          {cameras: [aCamera('back')]},
          {
            at: later(now, minutes(5)),
            frigate: {
              stats: known(aReading({cameras: [aCamera('back')], lastUpdated: now}, later(now, seconds(5)))),
              config: known(aConfig({cameras: [aCameraConfig('back')]})),
            },
          },
        ),
        healthy,
      );
      assert.deepEqual(memory.cameras, [{name: 'back', delivering: true}]);
      assert.equal(memory.configurationChangedAt, later(now, minutes(5)));
    });
    it('do not change the date while they stay', () => {
      assert.equal(after(anObservation(), healthy).configurationChangedAt, null);
    });
  });

  describe('the baselines', () => {
    it('move slowly with healthy passes', () => {
      const memory = after(pass(minutes(5), 12), healthy);
      assert.equal(memory.baselines[0]?.inference, 9.81);
      assert.equal(memory.baselines[0].samples, 40);
    });
    it('learn nothing from a detector that became slow', () => {
      assert.deepEqual(after(pass(minutes(5), 150), healthy).baselines, healthy.baselines);
    });
    it('learn nothing while the detector does nothing', () => {
      assert.deepEqual(after(pass(minutes(5), 0.35, 0), healthy).baselines, healthy.baselines);
    });
    it('learn nothing from frozen statistics', () => {
      assert.deepEqual(
        after(withSnapshot({lastUpdated: ago(minutes(5)), detectors: [aDetector('coral', {inferenceSpeed: 50})]}))
          .baselines,
        [],
      );
    });
    it('learn nothing from numbers that cannot be, and from 10.0', () => {
      for (const inferenceSpeed of [-1, 4e9, 10, null, Number.NaN]) {
        assert.deepEqual(
          after(withSnapshot({detectors: [aDetector('coral', {inferenceSpeed})]})).baselines,
          [],
          String(inferenceSpeed),
        );
      }
    });
    it('begin anew with another version, whose change is dated', () => {
      const upgraded = {pods: known([aPod({frigate: aContainer({id: 'containerd://c2'})})])};
      const memory = after(
        withSnapshot({version: '0.18.0-abc', detectors: [aDetector('coral', {inferenceSpeed: 30})]}, upgraded),
        healthy,
      );
      assert.deepEqual(memory.baselines, [
        {detector: 'coral', version: '0.18.0', inference: 30, samples: 1, since: now},
      ]);
      assert.equal(memory.configurationChangedAt, now);
    });
    it('are not doubled by a second pass over the same snapshots', () => {
      assert.equal(after(anObservation(), healthy).baselines[0]?.samples, 20);
    });
  });

  describe('the pids', () => {
    const replaced = anObservation({
      frigate: {
        history: known(aHistory(20, (step) => ({detectors: [aDetector('coral', {pid: step < 10 ? 249 : 250})]}))),
      },
    });
    it('are kept where they change', () => {
      assert.deepEqual(
        after(replaced).detectorPids.map(({pid}) => pid),
        [249, 250],
      );
    });
    it('are not kept twice', () => {
      assert.deepEqual(
        after(replaced, after(replaced)).detectorPids.map(({pid}) => pid),
        [249, 250],
      );
    });
    it('end with the container', () => {
      const memory = after(replaced);
      assert.deepEqual(
        after(withContainer({id: 'containerd://c2'}), memory).detectorPids.map(({pid}) => pid),
        [250],
      );
    });
    it('of more than three hours ago go, but for the last one', () => {
      const memory = {
        ...healthy,
        detectorPids: [9, 8, 7].map((ages) => ({detector: 'coral', pid: 100 + ages, at: ago(hours(ages))})),
      };
      assert.deepEqual(
        after(anObservation(), memory).detectorPids.map(({pid}) => pid),
        [107, 250],
      );
    });
  });

  describe('passes of answers that are too fast', () => {
    it('are counted over advancing snapshots', () => {
      let memory = healthy;
      for (const step of [1, 2, 3]) {
        memory = after(pass(minutes(5 * step), 0.35, 0), memory);
        assert.equal(memory.idleDetectorPasses, step);
      }
      assert.equal(
        after(pass(minutes(15), 0.35, 0), memory).idleDetectorPasses,
        3,
        'the same snapshot is the same observation',
      );
      assert.equal(after(pass(minutes(20)), memory).idleDetectorPasses, 0);
    });
  });

  describe('what is latched', () => {
    const died = withLog({'database-thread-died': aTally(1, {sample: 'Exception in thread Thread-7 (read)'})});
    it('stays until the container ends', () => {
      const memory = after(died, healthy);
      assert.equal(memory.latched[0]?.signature, 'database-thread-died');
      assert.deepEqual(after(anObservation(), memory).latched, memory.latched);
      assert.deepEqual(after(withContainer({id: 'containerd://c2'}), memory).latched, []);
    });
    it('keeps a terminated thread though it is a warning only', () => {
      const memory = after(
        withLog({'thread-died': aTally(1, {sample: 'Exception in thread Thread-9 (run): KeyError'})}),
        healthy,
      );
      assert.deepEqual(
        after(anObservation(), memory).latched.map(({signature}) => signature),
        ['thread-died'],
      );
    });
    it('goes when the kill got its successor after all', () => {
      const memory = {
        ...healthy,
        latched: [{signature: 'detector-force-kill', containerId: id, at: ago(minutes(10)), sample: 'x'}],
      };
      assert.equal(after(anObservation(), memory).latched.length, 1);
      assert.equal(after(withLog({'detector-exited': aTally(1, {last: ago(minutes(9))})}), memory).latched.length, 0);
    });
  });

  describe('the mounts', () => {
    const overlay = mounts.map((mount) =>
      mount.path === '/media/frigate/recordings' ? aMount(mount.path, {type: 'overlay'}) : mount,
    );
    const nfs = mounts.map((mount) =>
      mount.path === '/media/frigate/recordings' ? aMount(mount.path, {type: 'nfs4'}) : mount,
    );
    const typeOf = (memory: Baselines): string | undefined =>
      memory.mounts.find(({path}) => path === '/media/frigate/recordings')?.type;
    it('stay as they were while the change is told', () => {
      assert.equal(typeOf(after(withSnapshot({mounts: overlay}), healthy)), 'ext4');
    });
    it('may be other ones in a new container, but not its own layer', () => {
      const next = (mountsSeen: typeof mounts): Observation =>
        withSnapshot({mounts: mountsSeen}, {pods: known([aPod({frigate: aContainer({id: 'containerd://c2'})})])});
      assert.equal(typeOf(after(next(nfs), healthy)), 'nfs4');
      assert.equal(typeOf(after(next(overlay), healthy)), 'ext4');
    });
  });

  it('remembers a probe until the container ends', () => {
    const memory = after(anObservation({frigate: {mountProbe: known({answered: false, detail: 'timeout'})}}), healthy);
    assert.deepEqual(memory.mountProbe, {at: now, answered: false});
    assert.deepEqual(after(anObservation({frigate: {mountProbe: notAsked()}}), memory).mountProbe, memory.mountProbe);
    assert.equal(after(withContainer({id: 'containerd://c2'}), memory).mountProbe, null);
  });

  it('keeps restart counts for more than an hour, whatever the interval', () => {
    let memory = healthy;
    for (let minute = 1; minute <= 180; minute += 1) {
      memory = after(
        {
          ...withPods([aPod({frigate: aContainer({restartCount: minute > 150 ? 1 : 0})})]),
          at: later(now, minutes(minute)),
        },
        memory,
      );
    }
    assert.ok(memory.restartCounts.length <= 20);
    assert.ok((memory.restartCounts[0]?.at ?? now) <= later(now, minutes(115)));
    assert.equal(memory.restartCounts.at(-1)?.count, 1);
  });

  it('stays under 24 KiB for 500 cameras, 64 detectors and hostile names, and the codec takes it back as it is', () => {
    for (const long of ['c', 'ü'.repeat(5000), '\u0000"\\'.repeat(3000), '😀'.repeat(5000), '\ud800'.repeat(9000)]) {
      const cameras = Array.from({length: 500}, (_, index) => aCamera(`${index} ${long}`));
      const detectors = Array.from({length: 64}, (_, index) => aDetector(`${index} ${long}`, {pid: 5000 + index}));
      const hostile = aMount(`/${long}`, {type: long});
      const config = known(
        aConfig({
          cameras: cameras.map(({name}) => aCameraConfig(name)),
          detectors: new Map(detectors.map(({name}) => [name, long])),
        }),
      );
      let memory: Baselines = emptyBaselines;
      for (let round = 0; round < 4; round += 1) {
        const snapshot = aSnapshot({
          cameras,
          detectors,
          version: `0.17.2-${long}`,
          mounts: [...mounts, ...Array.from({length: 20}, () => hostile)],
          lastUpdated: later(now, minutes(round)),
          usages: null,
        });
        memory = after(
          anObservation({
            at: later(now, minutes(round)),
            log: known(aLog({'database-thread-died': aTally(1, {sample: long})})),
            pods: known([aPod({uid: long, frigate: aContainer({id: `x${long}`, restartCount: round})})]),
            frigate: {
              stats: known({...aReading({}, later(now, minutes(round))), snapshot}),
              history:
                round % 2 === 0
                  ? notAsked()
                  : known(
                      Array.from({length: 6}, (_, index) => ({
                        ...snapshot,
                        lastUpdated: later(now, seconds(15 * index)),
                      })),
                    ),
              config,
            },
          }),
          memory,
        );
        const bytes = Buffer.byteLength(JSON.stringify(memory));
        assert.ok(bytes < 24 * 1024, `${bytes} bytes`);
        assert.ok(memory.cameras.length > 0, 'something of it is kept');
        assert.deepEqual(decodeState(encodeState({...freshState, memory})).problems, []);
      }
    }
  });

  it('keeps all cameras of a large site', () => {
    const cameras = Array.from({length: 200}, (_, index) => aCamera(`camera-${index}`));
    const memory = after(
      withSnapshot(
        {cameras},
        {
          frigate: {
            history: known([]),
            config: known(aConfig({cameras: cameras.map(({name}) => aCameraConfig(name))})),
          },
        },
      ),
    );
    assert.equal(memory.cameras.length, 200);
  });

  it('never throws and is the same every time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(anObservation().frigate)),
        fc.constantFrom('stats', 'history', 'log', 'pods', 'config'),
        fc.float(),
        (left, field, number) => {
          const observation = withSnapshot({
            uptime: hours(1),
            version: left,
            cameras: [aCamera('back', {cameraFps: number, detectionFps: number})],
            detectors: [aDetector(field, {inferenceSpeed: number, detectionStart: number, pid: null})],
          });
          const seen =
            field === 'log' || field === 'pods'
              ? {...observation, [field]: silent}
              : {...observation, frigate: {...observation.frigate, [field]: silent}};
          const memory = after(seen, aMemory(healthy));
          assert.deepEqual(after(seen, aMemory(healthy)), memory);
          assert.ok(jsonBytes(memory) < 24 * 1024);
        },
      ),
    );
  });
});

describe('jsonBytes', () => {
  it('counts as an encoder does', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)));
      }),
    );
  });
});
