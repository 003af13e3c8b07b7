/** Snapshots that share what they have in common are still the same snapshots. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {Snapshot} from '../../src/core/observation/frigate.js';
import {sharedWith, sharing} from '../../src/core/observation/shared-snapshots.js';
import {anObservation} from '../support/observation.js';

const history = ((): readonly Snapshot[] => {
  const {history: known} = anObservation().frigate;
  return known.known ? known.value : assert.fail('the usual Frigate has a history');
})();
const [first = assert.fail('it is empty'), second = assert.fail('it has one')] = history;

describe('snapshots that share', () => {
  it('are equal to those that do not, whatever changes between them', () => {
    const rate = fc.constantFrom(null, 0, 5, 5.1);
    const cameras = fc.uniqueArray(
      fc.record({name: fc.constantFrom('a', 'b', 'c'), cameraFps: rate, skippedFps: rate}),
      {selector: ({name}) => name},
    );
    const snapshot = fc
      .record({cameras, pid: fc.constantFrom(1, 2), used: rate})
      .map(({cameras: given, pid, used}): Snapshot => ({
        ...first,
        cameras: given.map((one) => ({...(first.cameras[0] ?? assert.fail()), ...one})),
        processes: new Map([['recording', pid]]),
        mounts: first.mounts.map((mount) => ({...mount, used})),
      }));
    fc.assert(
      fc.property(fc.array(snapshot, {maxLength: 6}), (snapshots) => {
        assert.deepEqual(sharing(snapshots), snapshots);
      }),
    );
  });

  it('keep one object of what is the same, and only of that', () => {
    const changed: Snapshot = {
      ...structuredClone(second),
      cameras: structuredClone(first.cameras).map((camera, index) =>
        index === 0 ? {...camera, cameraFps: 1.5} : camera,
      ),
      mounts: structuredClone(first.mounts),
      detectors: structuredClone(first.detectors),
      processes: new Map(first.processes),
    };
    const next = sharedWith(first, changed);
    assert.notEqual(next.cameras[0], first.cameras[0]);
    assert.equal(next.cameras[1], first.cameras[1]);
    assert.deepEqual(
      [next.mounts === first.mounts, next.detectors === first.detectors, next.processes === first.processes],
      [true, true, true],
    );
    assert.deepEqual(next, changed);
  });
});
