import assert from 'node:assert/strict';
import {known, unknown} from '../../../src/core/known.js';
import type {Cluster, ConfigMap, WriteOutcome} from '../../../src/kubernetes/cluster.js';
import type {Channel} from '../../../src/notify/channel.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {
  countedChannels,
  countedCluster,
  countedPorts,
  countedTraffic,
  type Counts,
} from '../../../src/usecases/serve/counted.js';

const recording = (): {readonly counts: Counts; readonly lines: string[]} => {
  const lines: string[] = [];
  return {
    lines,
    counts: {
      polled: (result, seconds) => void lines.push(`${result} ${seconds}`),
      stateWritten: (result) => void lines.push(result),
      alertSent: (channel, result) => void lines.push(`${channel} ${result}`),
      pollLagged: (seconds) => void lines.push(`late ${seconds}`),
      kubernetesRequested: (verb, resource, code) => void lines.push(`${verb} ${resource} ${code}`),
      watchRestarted: (resource) => void lines.push(`watch ${resource}`),
    },
  };
};

const never = new AbortController().signal;

describe('what the daemon counts', () => {
  it('is each write of the state by its outcome', async () => {
    const {counts, lines} = recording();
    const why = {code: 'timeout', message: 'no answer'} as const;
    const outcomes: WriteOutcome<ConfigMap>[] = [
      {kind: 'conflict', why: 'changed'},
      {kind: 'refused', why},
      {kind: 'in-doubt', why},
    ];
    for (const outcome of outcomes) {
      const fake: Pick<Cluster, 'replaceConfigMap'> = {replaceConfigMap: () => Promise.resolve(outcome)};
      const cluster = countedCluster(fake as Cluster, counts);
      const written = await cluster.replaceConfigMap({} as ConfigMap, new Map(), never);
      assert.equal(written, outcome);
    }
    assert.deepEqual(lines, ['conflict', 'failed', 'failed']);
  });

  it('is each request to the API server and each watch that is opened again', () => {
    const {counts, lines} = recording();
    const traffic = countedTraffic(counts);
    traffic.requested('get', 'pods/log', 200);
    traffic.watchRestarted('pods');
    assert.deepEqual(lines, ['get pods/log 200', 'watch pods']);
  });

  it('is each notification by channel and outcome', async () => {
    const {counts, lines} = recording();
    const channel = (name: string, kind: 'delivered' | 'failed'): Channel => ({
      name,
      least: 'warning',
      send: () => Promise.resolve(kind === 'delivered' ? {kind} : {kind, why: 'refused'}),
      preview: () => '',
    });
    for (const counted of countedChannels([channel('mail', 'delivered'), channel('ntfy', 'failed')], counts))
      await counted.send({} as Parameters<Channel['send']>[0], never);
    assert.deepEqual(lines, ['mail delivered', 'ntfy failed']);
  });

  it('is each poll with its time, but none that the daemon gave up itself', async () => {
    const {counts, lines} = recording();
    let at = 0;
    const clock = {monotonic: () => (at += 250)};
    const ended = AbortSignal.abort();
    const poll = async (stats: unknown, signal: AbortSignal): Promise<void> => {
      const fake = {openFrigate: () => Promise.resolve({stats})} as unknown as PassPorts;
      await countedPorts(fake, clock, counts).openFrigate({} as Parameters<PassPorts['openFrigate']>[0], signal);
    };
    await poll(known({}), never);
    await poll(unknown('timeout', 'no answer'), never);
    await poll(unknown('unreachable', 'refused'), never);
    await poll(unknown('timeout', 'ended'), ended);
    assert.deepEqual(lines, ['answered 0.25', 'silent 0.25', 'failed 0.25']);
  });
});
