import assert from 'node:assert/strict';
import {known} from '../../../src/core/known.js';
import type {ResourceSample} from '../../../src/core/state/baselines.js';
import {hours, minutes} from '../../../src/core/time.js';
import {ago, aMemory, aPodOfAge, memoryUsed, withTemplate} from '../../support/observation.js';
import {assertFinding, findingOf} from '../../support/context.js';

describe('the rise of memory (FRG-205)', () => {
  interface Rise {
    /** Percent of the limit at this many hours before now. */
    readonly at: (hoursAgo: number) => number;
    /** Hours of looks, one every quarter. */
    readonly over?: number;
    readonly every?: number;
    readonly age?: number;
    readonly container?: string;
    readonly limit?: number | null;
    readonly dead?: boolean;
  }
  const seen = ({at, over = 6, every = 0.25, age = 48, container = 'containerd://c1', limit = 4 * 2 ** 30}: Rise) => {
    const length = Math.round(over / every);
    const times = Array.from({length}, (_, index) => (length - index) * every);
    const memory = aMemory({
      containerId: container,
      resources: times.map((hoursAgo): ResourceSample => ({
        at: ago(minutes(60 * hoursAgo)),
        use: [20, 1, 40, at(hoursAgo), null],
      })),
    });
    const observation = withTemplate(
      {memoryLimit: limit},
      {
        pods: known([aPodOfAge(hours(age))]),
        memoryUse: memoryUsed(at(0)),
      },
    );
    return findingOf('FRG-205', observation, {memory});
  };
  /** The same at each call: the coming and going of a real one. */
  const noise = (hoursAgo: number, most: number): number => Math.sin(hoursAgo * 37) * most;

  /** With the hours until the limit is reached, and how far they may be off. */
  const warned: ReadonlyArray<readonly [when: string, rise: Rise, left: number, off: number]> = [
    ['it rises by 5 % an hour', {at: (before) => 60 - 5 * before}, 8, 0],
    ['it rises with a noise of 2 %', {at: (before) => 60 - 5 * before + noise(before, 2)}, 8, 1],
    ['single samples are far off', {at: (before) => (before === 3 || before === 1 ? 95 : 60 - 5 * before)}, 8, 0],
    ['it rises slowly and is near', {at: (before) => 84 - 0.8 * before, over: 12}, 20, 0],
    ['it was observed for just 2 h in 6 samples', {at: (before) => 60 - 10 * before, over: 2, every: 0.4}, 4, 0],
    [
      'the limit is not more than four times as far away as was observed',
      {at: (before) => 48 - 3 * before, over: 4.5},
      17.3,
      0.1,
    ],
    ['it is over 85 % already', {at: (before) => 90 - 5 * before}, 2, 0],
    ['the limit is near', {at: (before) => 97 - 9 * before}, 0.3, 0],
  ];
  for (const [when, rise, left, off] of warned) {
    it(`is a warning when ${when}`, () => {
      const finding = seen(rise);
      assertFinding(finding, {
        status: 'warning',
        cause: 'memory',
        cure: 'none',
        immediate: false,
        command: /--limits=memory=6144Mi/,
      });
      const hoursLeft = finding.evidence.find(({name}) => name === 'limit reached in')?.value;
      assert.ok(typeof hoursLeft === 'number' && Math.abs(hoursLeft - left) <= off, `${String(hoursLeft)} h`);
    });
  }

  it('shows how fast it rises, and on how many samples that rests', () =>
    assertFinding(seen({at: (before) => 60 - 5 * before}), {
      status: 'warning',
      evidence: ['rise=5', 'samples=25'],
    }));

  const quiet: ReadonlyArray<readonly [string, Rise]> = [
    ['it stands', {at: () => 60}],
    ['it only wavers', {at: (before) => 60 + noise(before, 6), over: 12}],
    ['it falls', {at: (before) => 60 + 5 * before}],
    ['it was seen for less than 2 h', {at: (before) => 60 - 10 * before, over: 1.75}],
    ['it was seen in fewer than 6 looks', {at: (before) => 60 - 5 * before, over: 6, every: 1.5}],
    [
      'the rise was seen of the container before this one',
      {at: (before) => 60 - 5 * before, container: 'containerd://c0'},
    ],
    ['the container is young and fills its caches', {at: (before) => 60 - 10 * before, over: 2, age: 2.2}],
    ['it rises by less than 5 % in all', {at: (before) => 60 - 0.6 * before, over: 6}],
    ['it takes more than a day', {at: (before) => 60 - before, over: 12}],
    ['the limit is more than four times as far away as was looked back', {at: (before) => 48 - 3 * before, over: 2.5}],
    ['it levels off', {at: (before) => 40 + 40 * (1 - Math.exp(-1.2 * (6 - before))), over: 6}],
    ['it jumps once and stays', {at: (before) => (before > 3 ? 40 : 70), over: 6}],
    ['it comes and goes with the day', {at: (before) => 60 + 10 * Math.cos((before * Math.PI) / 6), over: 12}],
  ];
  for (const [when, rise] of quiet) it(`is not told when ${when}`, () => assertFinding(seen(rise), {status: 'ok'}));

  it('is not told without a limit: there is nothing to reach', () =>
    assertFinding(seen({at: (before) => 60 - 5 * before, limit: null}), {
      status: 'warning',
    }));
});
