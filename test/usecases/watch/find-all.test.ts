import assert from 'node:assert/strict';
import {processTimers} from '../../../src/cli/timers.js';
import {known} from '../../../src/core/known.js';
import type {WorkloadSearch} from '../../../src/core/observation/workload.js';
import {findAll} from '../../../src/usecases/watch/find-all.js';
import type {Context} from '../../../src/pass/context.js';
import {aSettings, FakeWorld} from '../../support/fake-world.js';
import {aCandidate, aWorkload} from '../../support/observation.js';

/** A command whose search for Frigate in every namespace comes to this. */
const searching = (search: WorkloadSearch): Context => {
  const {cluster, clock} = new FakeWorld().world();
  return {
    settings: aSettings(),
    timers: processTimers,
    signal: new AbortController().signal,
    stdout: () => undefined,
    warn: () => undefined,
    version: '0.0.0',
    open: () =>
      Promise.resolve({
        cluster: {...cluster, close: () => undefined, findWorkload: () => Promise.resolve(known(search))},
        clock,
        close: () => Promise.resolve(),
      }),
  };
};

describe('every Frigate of a cluster', () => {
  it('is each candidate of the search, by namespace and name, whatever its replicas', async () => {
    const b = aCandidate('b', {kind: 'StatefulSet'});
    const a = aCandidate('a', {replicas: 0});
    assert.deepEqual(await findAll(searching({found: 'several', candidates: [b, a]})), [a, b]);
  });

  it('is the one that was found', async () => {
    const found = await findAll(searching({found: 'one', workload: aWorkload()}));
    assert.deepEqual(found, [{kind: 'Deployment', namespace: 'frigate', name: 'frigate'}]);
  });
});
