import assert from 'node:assert/strict';
import {FakeTimers, settled} from '../support/fake-timers.js';
import type {Baselines} from '../../src/core/state/baselines.js';
import {known} from '../../src/core/known.js';
import type {Pod} from '../../src/core/observation/pod.js';
import type {Expectation} from '../../src/frigate/ahead.js';
import type {FrigateReader} from '../../src/frigate/frigate.js';
import type {LocatedPod} from '../../src/pass/located-pod.js';
import {observeFrigate} from '../../src/pass/observe-frigate.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {earlier, hours, milliseconds, minutes, seconds, type Duration} from '../../src/core/time.js';
import {FakeWorld} from '../support/fake-world.js';
import {aContainer, aMemory, anObservation, aPod, aSegment, aWorkload, now} from '../support/observation.js';

const recalledState: Baselines = aMemory({
  containerId: 'containerd://c1',
  podUid: 'pod-uid',
  cameras: [
    {name: 'front', delivering: true},
    {name: 'back', delivering: false},
  ],
});

interface Seen {
  readonly expected: Expectation | null;
  /** The most questions that were open at the same time. */
  readonly atOnce: number;
  readonly segments: readonly string[];
}

/** Looks at the Frigate of a fake world and takes note of how it was asked. */
const look = async (memory: Baselines, failing: boolean, pod = aPod()): Promise<Seen> => {
  const world = new FakeWorld().world();
  let expected: Expectation | null = null;
  let under = 0;
  let atOnce = 0;
  const noted = async <T>(answer: Promise<T>): Promise<T> => {
    atOnce = Math.max(atOnce, (under += 1));
    await settled();
    under -= 1;
    return answer;
  };
  const openFrigate: PassPorts['openFrigate'] = async (address, signal, given = null) => {
    expected = given;
    const opened = await world.openFrigate(address, signal);
    const reader: FrigateReader = {
      ...opened.reader,
      history: (own) => noted(opened.reader.history(own)),
      config: (own) => noted(opened.reader.config(own)),
      newestSegment: (...all) => noted(opened.reader.newestSegment(...all)),
    };
    return {...opened, reader};
  };
  const place: LocatedPod = {
    search: known({found: 'one', workload: aWorkload()}),
    workload: aWorkload(),
    pods: known([pod]),
    pod,
  };
  const seen = await observeFrigate(
    {...world, openFrigate},
    place,
    {memory, failing, now, timed: (_, work) => work},
    AbortSignal.timeout(5000),
  );
  return {expected, atOnce, segments: [...seen.segments.keys()]};
};

describe('asking Frigate', () => {
  it('in a calm pass lets the questions be put ahead, for the cameras of the pass before', async () => {
    const {expected} = await look(recalledState, false);
    assert.deepEqual(expected, {cameras: ['front', 'back'], now});
  });

  const notCalm: ReadonlyArray<readonly [string, Baselines, boolean, ReturnType<typeof aPod>]> = [
    ['a failure was counted', recalledState, true, aPod()],
    ['no pass remembers any camera', aMemory({containerId: 'containerd://c1'}), false, aPod()],
    ['the container is another one', {...recalledState, containerId: 'containerd://c0'}, false, aPod()],
    ['the container is not ready', recalledState, false, aPod({frigate: aContainer({ready: false})})],
  ];
  for (const [when, memory, failing, pod] of notCalm) {
    it(`expects nothing when ${when}`, async () => assert.equal((await look(memory, failing, pod)).expected, null));
  }

  it('asks one thing at a time of a Frigate in trouble, and several of one that is not', async () => {
    assert.equal((await look(recalledState, true)).atOnce, 1);
    assert.ok((await look(recalledState, false)).atOnce > 1);
  });

  it('looks at the cameras of the configuration, whatever was remembered', async () => {
    const {
      frigate: {config},
    } = anObservation();
    assert.ok(config.known);
    const names = config.value.cameras.map(({name}) => name).sort();
    assert.deepEqual(
      [
        ...(await look(aMemory({...recalledState, cameras: [{name: 'gone', delivering: true}]}), false)).segments,
      ].sort(),
      names,
    );
  });

  it('lets no API timeout end a question to the mount, which has its own', async () => {
    const fake = new FakeWorld();
    fake.frigate = {...fake.frigate, segments: new Map([['front', aSegment(hours(1))]])};
    const timers = new FakeTimers();
    const world = {...fake.world(), clock: timers};
    const limits: boolean[] = [];
    const openFrigate: PassPorts['openFrigate'] = async (address, signal) => {
      const opened = await world.openFrigate(address, signal);
      const slow = async <T>(own: AbortSignal, answer: Promise<T>): Promise<T> => {
        await timers.sleep(milliseconds(60), own);
        limits.push(own.aborted);
        return answer;
      };
      const {reader} = opened;
      return {
        ...opened,
        reader: {
          ...reader,
          mountProbe: (own) => slow(own, reader.mountProbe(own)),
          mounts: (own) => slow(own, reader.mounts(own)),
        },
      };
    };
    const impatient = {...world, openFrigate, settings: {...world.settings, apiTimeout: milliseconds(20)}};
    const place: LocatedPod = {
      search: known({found: 'one', workload: aWorkload()}),
      workload: aWorkload(),
      pods: known([aPod()]),
      pod: aPod(),
    };
    await timers.finish(
      observeFrigate(
        impatient,
        place,
        {memory: recalledState, failing: true, now, timed: (_, work) => work},
        timers.timeout(seconds(5)),
      ),
    );
    assert.deepEqual(limits, [false, false]);
  });

  describe('asks for the CPU time', () => {
    const started = (age: Duration): Pod =>
      aPod({frigate: aContainer({state: {phase: 'running', startedAt: earlier(now, age)}})});
    const start = {containerId: 'containerd://c1', workedAt: null, step: null, workLoggedAt: null};
    const asked = async (age: Duration, memory: Partial<Baselines>): Promise<boolean> => {
      const world = new FakeWorld().world();
      const readMemoryUse: PassPorts['cluster']['readMemoryUse'] = () =>
        Promise.resolve(known({workingSet: 2 ** 30, source: 'metrics-api', at: null, cores: 0.5}));
      const pod = started(age);
      const {cpuUse} = await observeFrigate(
        {...world, cluster: {...world.cluster, readMemoryUse}},
        {search: known({found: 'one', workload: aWorkload()}), workload: aWorkload(), pods: known([pod]), pod},
        {memory: aMemory(memory), failing: false, now, timed: async (_, work) => work},
        new AbortController().signal,
      );
      return cpuUse.known && cpuUse.value.cores === 0.5;
    };

    it('of a start that is older than the grace', async () => {
      assert.equal(await asked(minutes(11), {start}), true);
      assert.equal(
        await asked(minutes(11), {start: {...start, containerId: 'containerd://before', workedAt: now}}),
        true,
      );
    });
    it('of no other container', async () => {
      assert.equal(await asked(minutes(9), {start}), false);
      assert.equal(await asked(minutes(11), {start: {...start, workedAt: now}}), false);
      assert.equal(await asked(minutes(11), {start: {...start, shownAt: now}}), false);
    });
  });
});
