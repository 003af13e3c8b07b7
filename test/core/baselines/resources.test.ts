import assert from 'node:assert/strict';
import {jsonBytes} from '../../../src/core/state/bounds.js';
import {assess} from '../../../src/core/checks/assess.js';
import {known, unknown} from '../../../src/core/known.js';
import {emptyBaselines, type Baselines, type ResourceSample} from '../../../src/core/state/baselines.js';
import type {Snapshot} from '../../../src/core/observation/frigate.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import {decodeState, freshState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {earlier, hours, later, minutes, seconds, since, type Duration} from '../../../src/core/time.js';
import {aContainer, aHistory, aPod, aPolicy, aReading, ago, anObservation, now} from '../../support/observation.js';

const policy = aPolicy();
const after = (observation: Observation, memory: Baselines = emptyBaselines): Baselines =>
  updateBaselines(memory, observation, assess(observation, memory, policy), policy);
const silent = unknown('timeout', 'GET /api/stats: no answer');

/** A pass this long after `now`. */
const pass = (length: Duration, snapshot: Partial<Snapshot> = {}, container = 'containerd://c1'): Observation => {
  const at = later(now, length);
  const newest = earlier(at, seconds(8));
  return anObservation({
    at,
    pods: known([aPod({frigate: aContainer({id: container})})]),
    frigate: {
      stats: known(aReading({lastUpdated: newest, ...snapshot}, at)),
      history: known(aHistory(20, () => ({}), newest)),
    },
  });
};

const passes = (count: number, apart: Duration): Baselines => {
  let memory: Baselines = emptyBaselines;
  for (let step = 0; step < count; step += 1) memory = after(pass(minutes((step * apart) / 60_000)), memory);
  return memory;
};

describe('looks at resources', () => {
  it('hold what one look tells: host, pod, card', () => {
    const snapshot = {
      systemCpu: 31.44,
      systemMemory: 41.3,
      gpus: [
        {name: 'intel-vaapi', load: 12.3, memory: null, failed: false},
        {name: 'NVIDIA A2', load: 55, memory: 20, failed: false},
      ],
      usages: [
        {pid: 1, cpu: 150, memory: 20.25, command: null},
        {pid: 2, cpu: 55, memory: 5, command: null},
        {pid: 3, cpu: null, memory: Number.NaN, command: null},
      ],
    };
    const memory = after(pass(minutes(0), snapshot));
    assert.deepEqual(memory.resources, [
      {at: now, use: [31.4, 2.05, 41.3, 26, 55], work: [9.5, 0]},
    ] satisfies ResourceSample[]);
    assert.deepEqual(memory.gpu, {name: 'NVIDIA A2', at: now});
  });

  it("take the part of the node's cores for the host's CPU where Frigate does not tell it", () => {
    assert.equal(
      after(pass(minutes(0), {systemCpu: null, usages: [{pid: 1, cpu: 400, memory: 1, command: null}]})).resources[0]
        ?.use[0],
      50,
    );
  });

  for (const [apart, count] of [
    [minutes(1), 200],
    [minutes(5), 400],
    [minutes(20), 80],
  ] as const) {
    it(`stand a quarter of an hour apart but for the newest, at most 48, with a pass every ${apart / 60_000} min`, () => {
      const {resources} = passes(count, apart);
      const gaps = resources
        .slice(0, -1)
        .flatMap(({at}, index) => (index === 0 ? [] : [since(resources[index - 1]?.at ?? at, at)]));
      assert.ok(
        gaps.every((gap) => gap >= minutes(15) && gap <= minutes(20)),
        gaps.join(' '),
      );
      assert.equal(resources.at(-1)?.at, later(now, minutes(((count - 1) * apart) / 60_000)));
      assert.ok(resources.length <= 48);
      assert.ok(
        resources.length >= Math.min(48, Math.floor(((count - 1) * apart) / minutes(20))),
        `${resources.length}`,
      );
    });
  }

  it('cost less than 3 KiB for half a day', () => assert.ok(jsonBytes(passes(200, minutes(15)).resources) < 3 * 1024));

  it('do not grow by a snapshot that was seen before', () => {
    const memory = after(pass(minutes(0)));
    const again = {...pass(minutes(0)), at: later(now, minutes(5))};
    assert.deepEqual(after(again, memory).resources, memory.resources);
  });

  it('begin anew with another container', () => {
    const memory = passes(60, minutes(5));
    assert.deepEqual(
      after(pass(hours(6), {}, 'containerd://c2'), memory).resources.map(({at}) => at),
      [later(now, hours(6))],
    );
  });

  it('stay while nothing can be seen, and add nothing of a Frigate that tells nothing', () => {
    const memory = passes(10, minutes(20));
    const at = later(now, hours(5));
    assert.deepEqual(
      after(anObservation({at, frigate: {stats: silent, history: silent}}), memory).resources,
      memory.resources,
    );
    assert.deepEqual(
      after({...pass(hours(5), {systemCpu: null, systemMemory: null, usages: null}), memoryUse: silent}, memory)
        .resources,
      memory.resources,
    );
  });

  it('from the future of a clock that was set back are let go', () => {
    const memory = passes(10, minutes(20));
    assert.deepEqual(
      after(pass(minutes(50)), memory).resources.map(({at}) => at),
      [0, 20, 40, 50].map((minute) => later(now, minutes(minute))),
    );
  });

  it('never hold a number that cannot be', () => {
    for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      const {resources} = after({
        ...pass(minutes(0), {
          systemCpu: value,
          systemMemory: value,
          usages: [{pid: 1, cpu: value, memory: value, command: null}],
          gpus: [{name: 'card', load: value, memory: value, failed: false}],
        }),
        memoryUse: silent,
      });
      assert.deepEqual(resources, []);
    }
  });
});

describe('the graphics card that worked', () => {
  const card = (load: number | null, failed = false): Partial<Snapshot> => ({
    gpus: [{name: failed ? 'error-gpu' : 'intel-vaapi', load, memory: null, failed}],
  });
  const worked = after(pass(minutes(0), card(3)));

  it('outlives its failure and its container', () => {
    assert.deepEqual(after(pass(minutes(5), card(null, true)), worked).gpu, {name: 'intel-vaapi', at: now});
    assert.deepEqual(after(pass(minutes(5), card(null, true), 'containerd://c2'), worked).gpu, {
      name: 'intel-vaapi',
      at: now,
    });
  });

  it('is forgotten by another release, which reads it in another way', () => {
    assert.equal(
      after(pass(minutes(5), {...card(null, true), version: '0.18.0-abc'}, 'containerd://c2'), worked).gpu,
      null,
    );
    assert.deepEqual(
      after(pass(minutes(5), {...card(null, true), version: '0.17.2-another'}, 'containerd://c2'), worked).gpu,
      worked.gpu,
    );
  });
});

describe('resources in the state', () => {
  const memory = {...passes(30, minutes(15)), gpu: {name: 'intel-vaapi', at: ago(minutes(1))}};
  const document = encodeState({...freshState, memory});

  it('come back as they went', () =>
    assert.deepEqual(decodeState(document), {state: {...freshState, memory}, problems: [], lost: false, newer: false}));

  it('are empty in a state that was written before they were remembered, which is sound', () => {
    const parsed = JSON.parse(document) as {memory: Record<string, unknown>};
    delete parsed.memory['resources'];
    delete parsed.memory['gpu'];
    const {state, problems, lost} = decodeState(JSON.stringify(parsed));
    assert.deepEqual([state.memory.resources, state.memory.gpu, problems, lost], [[], null, [], false]);
    assert.deepEqual(state.memory.baselines, memory.baselines);
  });

  for (const [what, change] of [
    ['no list', {resources: 'x'}],
    ['a look without its numbers', {resources: [{at: 1, use: [1, 2]}, memory.resources[0]]}],
    ['a card without a time', {gpu: {name: 'x'}}],
    ['a card that is a text', {gpu: 'x'}],
  ] as const) {
    it(`are lost alone, and told, when they are ${what}`, () => {
      const parsed = JSON.parse(document) as {memory: object};
      const {state, problems, lost} = decodeState(JSON.stringify({...parsed, memory: {...parsed.memory, ...change}}));
      assert.equal(problems.length, 1);
      assert.equal(lost, true, 'what spoilt one value may have spoilt others');
      assert.deepEqual({...state.memory, resources: [], gpu: null}, {...memory, resources: [], gpu: null});
    });
  }
});
