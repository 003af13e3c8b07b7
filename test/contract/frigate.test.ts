/** The contract of reaching Frigate on the simulated cluster. */
import assert from 'node:assert/strict';
import {seconds} from '../../src/core/time.js';
import type {SimulatedCluster} from '../../src/simulator/cluster.js';
import type {FaultName} from '../../src/simulator/frigate/fault.js';
import type {FrigateTarget} from '../../src/frigate/frigate.js';
import {describeFrigate, type Circumstance, type FrigateStage} from './frigate-contract.js';
import {connectAs, startWorkloads, type Shape} from './simulated-workloads.js';

const NAMESPACE = 'contract';

const faults: Readonly<
  Record<Exclude<Circumstance, 'healthy'> | 'mount-hangs', {readonly name: FaultName; readonly fromStart: boolean}>
> = {
  silent: {name: 'main-stop', fromStart: false},
  starting: {name: 'starting', fromStart: true},
  'go2rtc-hung': {name: 'go2rtc-stop', fromStart: false},
  'coral-stuck': {name: 'coral-stuck', fromStart: false},
  'mount-hangs': {name: 'disk-hang', fromStart: false},
};

const shapes: readonly Shape[] = [{name: 'healthy'}, ...Object.entries(faults).map(([name, fault]) => ({name, fault}))];

const simulatedFrigates = (): FrigateStage => {
  let simulated: SimulatedCluster | null = null;

  const target = (scene: string): FrigateTarget => {
    assert.ok(simulated, 'the stage has begun');
    const pod = simulated.store.list('pods', NAMESPACE).find(({metadata}) => metadata.labels?.['scene'] === scene);
    assert.ok(pod, scene);
    const {podIP} = pod['status'] as {readonly podIP: string};
    // One port for all ways: the one on which pod addresses of the simulator answer directly, which stands for 5000 there.
    return {namespace: NAMESPACE, pod: pod.metadata.name, container: 'frigate', podIP, port: simulated.simulation.port};
  };

  return {
    name: 'the simulator',
    short: seconds(1),
    ways: ['direct', 'proxy', 'exec', 'port-forward'],
    async start() {
      simulated = await startWorkloads(NAMESPACE, shapes);
      return {cluster: await connectAs(simulated, 'anybody'), target};
    },
    async stop() {
      await simulated?.close();
    },
    hangingMount: () => target('mount-hangs'),
  };
};

describeFrigate(simulatedFrigates());
