import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import {memoize} from '../../src/core/memoize.js';
import {known} from '../../src/core/known.js';
import {seconds} from '../../src/core/time.js';
import {aCamera, aHistory, aMemory, anObservation, aPolicy, aReading, aSegment, ago} from '../support/observation.js';

describe('what follows from an observation', () => {
  it('is worked out once for each thing, and anew for another one or another companion', () => {
    let times = 0;
    const sum = memoize(({value}: {readonly value: number}, {more}: {readonly more: number}) => {
      times += 1;
      return value + more;
    });
    const [one, ten, hundred] = [{value: 1}, {more: 10}, {more: 100}];
    assert.deepEqual([sum(one, ten), sum(one, ten), times], [11, 11, 1]);
    assert.deepEqual([sum(one, hundred), times], [101, 2]);
    assert.deepEqual([sum({value: 1}, hundred), times], [101, 3]);
    assert.deepEqual([sum(one, ten), times], [11, 4]);
  });

  it('is remembered also where it is nothing', () => {
    let times = 0;
    const nothing = memoize<object, [], null>(() => {
      times += 1;
      return null;
    });
    const thing = {};
    assert.deepEqual([nothing(thing), nothing(thing), times], [null, null, 1]);
  });

  it('is tried again where it could not be worked out', () => {
    let broken = true;
    const fragile = memoize<object, [], string>(() => {
      if (broken) throw new Error('not yet');
      return 'well';
    });
    const thing = {};
    assert.throws(() => fragile(thing), /not yet/);
    broken = false;
    assert.equal(fragile(thing), 'well');
  });

  it('gives the findings of a new look, whatever was asked of the same observation before', () => {
    const cameras = [aCamera('back', {cameraFps: 0, processFps: 0}), aCamera('front'), aCamera('garage')];
    const look = () =>
      anObservation({
        frigate: {
          stats: known(aReading({cameras})),
          history: known(aHistory(20, (step) => (step < 10 ? {} : {cameras}))),
          segments: new Map(cameras.map(({name}) => [name, aSegment(seconds(name === 'back' ? 900 : 9))])),
        },
      });
    const memories = [aMemory(), aMemory({lastUpdated: ago(seconds(5)), cameras: [{name: 'attic', delivering: true}]})];
    const policies = [
      aPolicy(),
      aPolicy({skipCameras: new Set(['back'])}),
      aPolicy({skipCameras: new Set(['front', 'garage'])}),
    ];
    const same = look();
    const told = new Set<string>();
    for (const memory of [...memories, ...memories]) {
      for (const policy of policies) {
        const findings = assess(same, memory, policy);
        assert.deepEqual(findings, assess(look(), memory, policy));
        told.add(JSON.stringify(findings));
      }
    }
    // Each of the six asks for something else, or nothing is proven.
    assert.equal(told.size, 6);
  });
});
