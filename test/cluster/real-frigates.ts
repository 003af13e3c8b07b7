/** The stage for the contract of reaching Frigate: one simulated Frigate in a container for each circumstance. */
import assert from 'node:assert/strict';
import {seconds} from '../../src/core/time.js';
import {processTimers} from '../../src/cli/timers.js';
import type {PodVia} from '../../src/core/observation/frigate.js';
import type {FrigateTarget} from '../../src/frigate/frigate.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import type {Circumstance, FrigateStage} from '../contract/frigate-contract.js';
import {kubectl} from './kubectl.js';
import {answering, deployed, PORT, runningPod} from './simulated-frigate.js';

/** FAULT_AFTER: one that stood before the start would show another face. */
const simulators: Readonly<Record<Circumstance, Readonly<Record<string, string>>>> = {
  healthy: {},
  silent: {SCENARIO: 'main-stop', FAULT_AFTER: '1'},
  starting: {SCENARIO: 'starting'},
  'go2rtc-hung': {SCENARIO: 'go2rtc-stop', FAULT_AFTER: '1'},
  'coral-stuck': {SCENARIO: 'coral-stuck', FAULT_AFTER: '1'},
};

/** Pod addresses can be dialled where the tests run on the node itself, or in the cluster. */
const ways: readonly PodVia[] = [
  ...(process.env['FRIGATE_HC_TEST_POD_NETWORK'] ? ['direct' as const] : []),
  'proxy',
  'exec',
  'port-forward',
];

export const realFrigates = (namespace: string): FrigateStage => ({
  name: 'a real cluster',
  ways,
  short: seconds(2),
  hangingMount: null,
  async start(circumstances) {
    await kubectl(['create', 'namespace', namespace]);
    await deployed(...circumstances.map((name) => ({namespace, name, simulator: simulators[name]})));
    const targets = new Map<Circumstance, FrigateTarget>(
      await Promise.all(
        circumstances.map(async (name) => {
          const pod = await runningPod({namespace, name});
          return [
            name,
            {namespace, pod: pod.metadata.name, container: 'frigate', podIP: pod.status.podIP ?? null, port: PORT},
          ] as const;
        }),
      ),
    );
    if (circumstances.includes('healthy')) await answering({namespace, name: 'healthy'});
    const cluster = await connect({env: process.env, preferInCluster: false}, processTimers);
    assert.ok(!isConnectError(cluster), isConnectError(cluster) ? cluster.message : '');
    return {
      cluster,
      target: (circumstance) => {
        const target = targets.get(circumstance);
        assert.ok(target, circumstance);
        return target;
      },
    };
  },
  async stop() {
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  },
});
