/** Deadlines of a process that stands still, on the timers and sockets of the machine: nothing else shows what it loses. */
import {lineOf} from '../../src/core/fix.js';
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';
import {processTimers} from '../../src/cli/timers.js';
import {seconds} from '../../src/core/time.js';
import {attend, withDeadline} from '../../src/kubernetes/attention.js';
import {standStill, standStillAfter} from '../frigate/unwell.js';
import {clientOf, fakeApiServer, json} from '../kubernetes/fake-api-server.js';

const NODE = {
  kind: 'Node',
  apiVersion: 'v1',
  metadata: {name: 'n', uid: 'u'},
  spec: {},
  status: {conditions: [], allocatable: {cpu: '2'}},
};
const within = (): AbortSignal => AbortSignal.timeout(10_000);

describe('a question to the API server whose time passed while this process did not run', () => {
  const LIMIT = seconds(0.4);
  /** Longer than the limit, and more than half of it. */
  const STALL = 700;

  it('is answered all the same, where the answer comes', async () => {
    await using fake = await fakeApiServer((_, response) => void wait(100).then(() => json(response, 200, NODE)));
    await using talking = clientOf(fake, processTimers, LIMIT);
    standStillAfter(30, STALL);
    assert.ok((await talking.cluster.readNode('n', within())).known);
  });

  it('blames nobody else for the silence, and says what helps', async () => {
    await using fake = await fakeApiServer(() => undefined);
    await using talking = clientOf(fake, processTimers, LIMIT);
    standStillAfter(30, STALL);
    const node = await talking.cluster.readNode('n', within());
    assert.ok(!node.known);
    assert.equal(node.why.code, 'starved');
    assert.match(node.why.message, /^get nodes n: this checker did not run for .* \(no CPU time\)/);
    assert.match(lineOf(node.why.fix ?? []), /limits\.cpu/);
  });

  it('leaves a silence while it ran to the server', async () => {
    await using fake = await fakeApiServer(() => undefined);
    await using talking = clientOf(fake, processTimers, LIMIT);
    const node = await talking.cluster.readNode('n', within());
    assert.equal(!node.known && node.why.code, 'timeout');
  });
});

describe('attention in a process that stands still', () => {
  it('is not over meanwhile, but some time awake later', async () => {
    const begun = performance.now();
    const {promise: over, resolve} = Promise.withResolvers<null>();
    const attention = attend(processTimers, 400, () => resolve(null));
    setTimeout(() => standStill(600), 50);
    await over;
    const took = performance.now() - begun;
    assert.ok(took > 900, `over after ${Math.round(took)} ms`);
    assert.ok(attention.lost() > 450 && attention.starved() !== null, `lost ${attention.lost()} ms`);
  });

  it("ends with the caller's signal, without a limit of its own too, and measures all the same", async () => {
    const caller = new AbortController();
    setTimeout(() => {
      standStill(500);
      caller.abort();
    }, 20);
    const {result, lost, starved} = await withDeadline(
      processTimers,
      caller.signal,
      null,
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended'))),
    );
    assert.equal(result, 'ended');
    assert.ok(lost > 300, `lost ${lost} ms`);
    assert.equal(starved, null);
  });
});
