import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../src/core/known.js';
import type {MemoryUse} from '../../src/core/observation/memory-use.js';
import type {Instant} from '../../src/core/time.js';
import {minutes} from '../../src/core/time.js';
import {askForMemory} from '../../src/pass/observe-memory.js';
import {FakeWorld} from '../support/fake-world.js';
import {ago, aPodOfAge, aTemplate, aWorkload} from '../support/observation.js';

describe('what Frigate uses of its memory limit', () => {
  const inApi = (at: Instant | null = ago(minutes(1))): Known<MemoryUse> =>
    known({workingSet: 1000, source: 'metrics-api', at});
  const inCgroup: Known<MemoryUse> = known({workingSet: 2000, source: 'cgroup', at: null});
  const noApi = unknown('not-found', 'no metrics API');

  const asked = async ({
    api = noApi,
    cgroup = inCgroup,
    limit = 2 ** 30,
    inCluster = false,
  }: {
    readonly api?: Known<MemoryUse>;
    readonly cgroup?: Known<MemoryUse>;
    readonly limit?: number | null;
    readonly inCluster?: boolean;
  }): Promise<readonly [answer: string, questions: readonly string[]]> => {
    const questions: string[] = [];
    const ports = new FakeWorld().world();
    const cluster = {
      ...ports.cluster,
      inCluster,
      readMemoryUse: () => (questions.push('api'), Promise.resolve(api)),
    };
    const signal = new AbortController().signal;
    const use = await askForMemory(
      {...ports, cluster},
      {workload: aWorkload({template: aTemplate({memoryLimit: limit})}), pod: aPodOfAge(minutes(30))},
      {namespace: 'frigate', pod: 'frigate-0', container: 'frigate', ip: null},
      signal,
    ).answer({memoryUse: () => (questions.push('exec'), Promise.resolve(cgroup))}, signal);
    return [use.known ? use.value.source : use.why.code, questions];
  };

  it('is said by the metrics API, and nothing is executed', async () =>
    assert.deepEqual(await asked({api: inApi()}), ['metrics-api', ['api']]));
  it('is said by the cgroup where there is no metrics API', async () =>
    assert.deepEqual(await asked({}), ['cgroup', ['api', 'exec']]));
  it('is said by the cgroup where the metrics API is forbidden', async () =>
    assert.deepEqual(await asked({api: unknown('forbidden', '403')}), ['cgroup', ['api', 'exec']]));
  it('is not taken from the container before this one', async () =>
    assert.deepEqual(await asked({api: inApi(ago(minutes(40)))}), ['cgroup', ['api', 'exec']]));
  it('stays unknown, for the reason of the metrics API, where exec is refused too', async () =>
    assert.deepEqual(await asked({cgroup: unknown('forbidden', 'exec')}), ['not-found', ['api', 'exec']]));
  it('is never executed by a pod that the manifests grant no exec', async () =>
    assert.deepEqual(await asked({inCluster: true}), ['not-found', ['api']]));
  it('is not asked without a limit', async () => assert.deepEqual(await asked({limit: null}), ['not-asked', []]));

  const cpuOf = async (
    api: Known<MemoryUse>,
    starting: boolean,
    limit: number | null,
  ): Promise<readonly [cpu: number | string, memory: string, questions: number]> => {
    let questions = 0;
    const ports = new FakeWorld().world();
    const signal = new AbortController().signal;
    const {cpu, answer} = askForMemory(
      {...ports, cluster: {...ports.cluster, readMemoryUse: () => ((questions += 1), Promise.resolve(api))}},
      {workload: aWorkload({template: aTemplate({memoryLimit: limit})}), pod: aPodOfAge(minutes(30))},
      {namespace: 'frigate', pod: 'frigate-0', container: 'frigate', ip: null},
      signal,
      starting,
    );
    const [used, memory] = [await cpu, await answer({memoryUse: () => Promise.resolve(inCgroup)}, signal)];
    return [used.known ? used.value.cores : used.why.code, memory.known ? 'known' : memory.why.code, questions];
  };
  const withCpu: Known<MemoryUse> = known({workingSet: 1000, source: 'metrics-api', at: ago(minutes(1)), cores: 0.97});

  it('comes with the CPU time of a start that lasts long, by one request', async () =>
    assert.deepEqual(await cpuOf(withCpu, true, 2 ** 30), [0.97, 'known', 1]));
  it('is left out where only the CPU time is asked for', async () =>
    assert.deepEqual(await cpuOf(withCpu, true, null), [0.97, 'not-asked', 1]));
  it('leaves out the CPU time of a container that works', async () => {
    assert.deepEqual(await cpuOf(withCpu, false, 2 ** 30), ['not-asked', 'known', 1]);
    assert.deepEqual(await cpuOf(withCpu, false, null), ['not-asked', 'not-asked', 0]);
  });
  it('says that the CPU time is not known where the API does not report it', async () => {
    assert.deepEqual(await cpuOf(inApi(), true, null), ['garbled', 'not-asked', 1]);
    assert.deepEqual(await cpuOf(noApi, true, null), ['not-found', 'not-asked', 1]);
    const old = known({workingSet: 1, source: 'metrics-api', at: ago(minutes(40)), cores: 2} as const);
    assert.deepEqual(await cpuOf(old, true, null), ['not-found', 'not-asked', 1]);
  });
});
