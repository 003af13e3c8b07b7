/** Trends of detectors and cameras: said hours before the limit is reached, and never from a step, from noise or from a short time. */
import assert from 'node:assert/strict';
import {known} from '../../../src/core/known.js';
import type {ResourceSample} from '../../../src/core/state/baselines.js';
import type {Finding} from '../../../src/core/finding.js';
import {hours, minutes} from '../../../src/core/time.js';
import {aCamera, aDetector, ago, aMemory, aPodOfAge, withSnapshot} from '../../support/observation.js';
import {findingOf} from '../../support/context.js';

type At = (hoursAgo: number) => number;

interface Given {
  readonly over?: number;
  readonly every?: number;
  readonly age?: number;
  readonly container?: string;
}

const memoryOf = (
  work: (hoursAgo: number) => ResourceSample['work'],
  {over = 6, every = 0.25, container = 'containerd://c1'}: Given,
): ReturnType<typeof aMemory> => {
  const length = Math.round(over / every);
  return aMemory({
    containerId: container,
    resources: Array.from({length}, (_, index) => (length - index) * every).map((hoursAgo): ResourceSample => {
      const measured = work(hoursAgo);
      return {
        at: ago(minutes(60 * hoursAgo)),
        use: [20, 1, 40, null, null],
        ...(measured === undefined ? {} : {work: measured}),
      };
    }),
  });
};

const inference = (
  at: At,
  given: Given = {},
  work: (hoursAgo: number) => ResourceSample['work'] = (h) => [at(h), 0],
): Finding => {
  const observation = withSnapshot(
    {detectors: [aDetector('coral', {inferenceSpeed: at(0)})]},
    {pods: known([aPodOfAge(hours(given.age ?? 48))])},
  );
  return findingOf('FRG-401', observation, {memory: memoryOf(work, given)});
};

const skipping = (at: At, given: Given = {}): Finding => {
  const cameras = ['back', 'front', 'garage'].map((name) =>
    aCamera(name, name === 'back' ? {cameraFps: 5, skippedFps: (5 * at(0)) / 100} : {}),
  );
  const observation = withSnapshot({cameras}, {pods: known([aPodOfAge(hours(given.age ?? 48))])});
  return findingOf('FRG-502', observation, {memory: memoryOf((h) => [9, at(h)], given)});
};

const noise = (hoursAgo: number, most: number): number => Math.sin(hoursAgo * 37) * most;

describe('a detector that becomes slower (FRG-401)', () => {
  it('is a warning before it is at its limit, with the time that is left, and no restart', () => {
    const finding = inference((before) => 80 - 8 * before);
    assert.deepEqual([finding.status, finding.cure], ['warning', 'none']);
    assert.match(
      finding.summary,
      /^Detector coral becomes slower: inference takes 80 ms \(limit 100 ms\), rising for 6 h: the limit is reached in about 3 h$/,
    );
    assert.ok((finding.fix ?? []).every((step) => !('command' in step) || !step.command.includes('restart')));
  });

  it('is a warning with the noise that real ones have, and with single samples that are far off', () => {
    assert.equal(inference((before) => 80 - 8 * before + noise(before, 3)).status, 'warning');
    assert.equal(inference((before) => (before === 3 ? 500 : 80 - 8 * before)).status, 'warning');
  });

  const calm: ReadonlyArray<readonly [when: string, at: At, given?: Given]> = [
    ['it is as it was', () => 80],
    ['it varies', (before) => 60 + noise(before, 30)],
    ['it rose at once and stays', (before) => (before > 3 ? 30 : 80)],
    ['it rises less than a day varies', (before) => 80 - 2 * before],
    ['it levels off', (before) => (before > 3 ? 80 - 16 * (before - 3) : 80)],
    ['the limit is far away', (before) => Math.max(0.1, 30 - 2.6 * before), {over: 12}],
    ['it was observed for half an hour', (before) => 80 - 60 * before, {over: 0.5, every: 0.08}],
    ['it was observed for less than 2 h', (before) => 80 - 20 * before, {over: 1.75}],
    ['there are few samples', (before) => 80 - 8 * before, {every: 2}],
    ['another container rose', (before) => 80 - 8 * before, {container: 'containerd://c0'}],
    ['it has just started', (before) => 80 - 8 * before, {age: 2}],
    ['it falls', (before) => 40 + 5 * before],
  ];
  for (const [when, at, given] of calm) it(`is ok when ${when}`, () => assert.equal(inference(at, given).status, 'ok'));

  it('is ok over samples of a version that kept none, or of a detector without a number', () => {
    const rising: At = (before) => 80 - 8 * before;
    assert.equal(inference(rising, {}, () => undefined).status, 'ok');
    assert.equal(inference(rising, {}, () => [null, 0]).status, 'ok');
  });
});

describe('a camera that skips more and more frames (FRG-502)', () => {
  it('is a warning before it is at its limit', () => {
    const finding = skipping((before) => 60 - 8 * before);
    assert.deepEqual([finding.status, finding.cure, finding.cameras], ['warning', 'none', ['back']]);
    assert.match(
      finding.summary,
      /^back skips 60 % of its frames \(limit 80 %\), rising for 6 h: the limit is reached in about 3 h$/,
    );
  });

  for (const [when, at] of [
    ['it skips none', () => 0],
    ['it always skips', () => 50],
    ['it varies', (before: number) => 40 + noise(before, 30)],
    ['it skips since an hour', (before: number) => (before > 1 ? 0 : 50)],
  ] as ReadonlyArray<readonly [string, At]>)
    it(`is ok when ${when}`, () => assert.equal(skipping(at).status, 'ok'));
});
