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
});
