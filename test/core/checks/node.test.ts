import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {Node, Taint} from '../../../src/core/observation/node.js';
import type {Toleration, Workload} from '../../../src/core/observation/workload.js';
import {minutes} from '../../../src/core/time.js';
import {ago, anObservation, aNode, aTemplate, aWorkload, type ObservationChanges} from '../../support/observation.js';
import {tableOf} from '../../support/context.js';

const on = (node: Partial<Node>, workload: Partial<Workload> = {}, changes: ObservationChanges = {}) =>
  anObservation({
    context: {kind: 'kubeconfig', name: 'home'},
    node: known(aNode(node)),
    workload: known({found: 'one', workload: aWorkload(workload)}),
    ...changes,
  });
const condition = (type: string, status: 'True' | 'False' | 'Unknown', reason: string | null = null) => ({
  type,
  status,
  reason,
  message: null,
  lastTransition: ago(minutes(12)),
});

tableOf('FRG-151', [
  {when: 'the node is Ready', observation: on({}), status: 'ok'},
  {
    when: 'its kubelet says no',
    observation: on({conditions: [condition('Ready', 'False', 'KubeletNotReady')]}),
    status: 'critical',
    cause: 'node',
    cure: 'none',
    command: /kubectl --context home describe node node-a/,
  },
  {
    when: 'its kubelet is silent',
    observation: on({conditions: [condition('Ready', 'Unknown', 'NodeStatusUnknown')]}),
    status: 'critical',
    evidence: ['Ready=Unknown', 'reason=NodeStatusUnknown'],
  },
  {when: 'the node does not say', observation: on({conditions: []}), status: 'unknown', because: 'no-ready-condition'},
  {
    when: 'it may not be read, which is not NotReady (B-20)',
    observation: on({}, {}, {node: unknown('forbidden', 'nodes "node-a": 403')}),
    status: 'unknown',
    because: 'forbidden',
    command: /auth can-i get nodes/,
  },
  {
    when: 'an earlier unknown kept it from being asked',
    observation: on({}, {}, {node: notAsked('the pods are not known')}),
    status: 'unknown',
  },
  {when: 'no node is chosen yet', observation: on({}, {}, {node: known(null)}), status: 'skipped', because: 'no-node'},
  {
    when: 'there is no workload',
    observation: anObservation({workload: known({found: 'none', searchedFor: 'frigate'})}),
    status: 'skipped',
    because: 'FRG-201',
  },
]);

const taint = (changes: Partial<Taint> = {}): Taint => ({
  key: 'dedicated',
  value: 'gpu',
  effect: 'NoSchedule',
  ...changes,
});
const toleration = (changes: Partial<Toleration>): Toleration => ({
  key: null,
  operator: 'Equal',
  value: null,
  effect: null,
  ...changes,
});
const tainted = (taints: readonly Taint[], ...tolerations: readonly Toleration[]) =>
  on({taints}, {template: aTemplate({tolerations})});
const withDevice = (allocatable: number | null) =>
  on(
    {allocatable: new Map([['cpu', 8], ...(allocatable === null ? [] : [['squat.ai/coral', allocatable] as const])])},
    {template: aTemplate({devices: new Map([['squat.ai/coral', 1]])})},
  );

tableOf('FRG-152', [
  {when: 'the node is free', observation: on({}), status: 'ok'},
  {
    when: 'it is cordoned',
    observation: on({unschedulable: true}),
    status: 'critical',
    cause: 'node',
    cure: 'none',
    command: /kubectl --context home uncordon node-a/,
  },
  {
    when: 'it is cordoned under a DaemonSet, which tolerates that',
    observation: on({unschedulable: true}, {kind: 'DaemonSet'}),
    status: 'ok',
  },
  {
    when: 'it is cordoned and the pod names its node',
    observation: on({unschedulable: true}, {template: aTemplate({nodeName: 'node-a'})}),
    status: 'ok',
  },
  {
    when: 'it is cordoned and the pod tolerates everything',
    observation: on({unschedulable: true}, {template: aTemplate({tolerations: [toleration({operator: 'Exists'})]})}),
    status: 'ok',
  },
  ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({
    when: `it is under ${type}`,
    observation: on({conditions: [condition('Ready', 'True'), condition(type, 'True')]}),
    status: 'critical' as const,
  })),
  {
    when: 'its pressure is not known to be',
    observation: on({conditions: [condition('Ready', 'True'), condition('DiskPressure', 'Unknown')]}),
    status: 'ok',
  },
  {
    when: 'it has a taint that keeps the pod off',
    observation: tainted([taint()]),
    status: 'critical',
    evidence: ['taint=dedicated=gpu:NoSchedule'],
  },
  {
    when: 'it has a taint that evicts the pod',
    observation: tainted([taint({effect: 'NoExecute', value: null})]),
    status: 'critical',
    evidence: ['taint=dedicated:NoExecute'],
  },
  {
    when: 'its NoSchedule passes by a pod that names its node',
    observation: on({taints: [taint()]}, {template: aTemplate({nodeName: 'node-a'})}),
    status: 'ok',
  },
  {
    when: 'its NoExecute evicts even a pod that names its node',
    observation: on({taints: [taint({effect: 'NoExecute'})]}, {template: aTemplate({nodeName: 'node-a'})}),
    status: 'critical',
    command: /describe node node-a/,
  },
  {
    when: 'it has a taint that only discourages',
    observation: tainted([taint({effect: 'PreferNoSchedule'})]),
    status: 'ok',
  },
  {
    when: 'the pod tolerates the taint by value',
    observation: tainted([taint()], toleration({key: 'dedicated', value: 'gpu', effect: 'NoSchedule'})),
    status: 'ok',
  },
  {
    when: 'the pod tolerates the taint by key',
    observation: tainted([taint()], toleration({key: 'dedicated', operator: 'Exists'})),
    status: 'ok',
  },
  {
    when: 'the pod tolerates another value',
    observation: tainted([taint()], toleration({key: 'dedicated', value: 'cpu'})),
    status: 'critical',
  },
  {
    when: 'the pod tolerates another effect',
    observation: tainted([taint()], toleration({key: 'dedicated', operator: 'Exists', effect: 'NoExecute'})),
    status: 'critical',
  },
  {
    when: 'the pod tolerates nothing by an empty key without Exists',
    observation: tainted([taint()], toleration({})),
    status: 'critical',
  },
  {when: 'the device is there', observation: withDevice(1), status: 'ok'},
  {
    when: 'the device is gone',
    observation: withDevice(0),
    status: 'critical',
    evidence: ['allocatable squat.ai/coral=0'],
  },
  {
    when: 'nobody offers the device',
    observation: withDevice(null),
    status: 'critical',
    command: /spec\.nodeName=node-a/,
  },
  {
    when: 'several things stand in the way',
    observation: on({unschedulable: true, taints: [taint()]}),
    status: 'critical',
  },
  {
    when: 'the node is not Ready',
    observation: on({conditions: [condition('Ready', 'False')]}),
    status: 'skipped',
    because: 'FRG-151',
  },
  {
    when: 'the node may not be read',
    observation: on({}, {}, {node: unknown('forbidden', '403')}),
    status: 'skipped',
    because: 'FRG-151',
  },
]);
