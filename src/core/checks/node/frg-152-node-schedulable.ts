/** FRG-152: could a new pod be scheduled on the node? */
import type {Evidence} from '../../finding.js';
import {note, run, type Fix} from '../../fix.js';
import type {Node, Taint} from '../../observation/node.js';
import type {PodTemplate, Toleration, Workload} from '../../observation/workload.js';
import {defineCheck, type CheckResult} from '../check.js';
import {describeNode, onCluster} from '../kubectl.js';
import {workloadOf} from '../evidence/facts.js';
import {bySetup, evidence, listed, notApplicable, unobserved} from '../evidence/wording.js';

export const nodeSchedulable = defineCheck('FRG-152', {
  category: 'node',
  cause: 'node',
  needs: ['FRG-151'],
  docs: {
    what: 'Examines whether the node would accept a new pod of Frigate. The strategy Recreate ends the old pod first, and a faulty Frigate that runs is worth more than a new pod that stays Pending.',
    limits:
      'Critical when the node is cordoned, under memory, disk or PID pressure, has a taint that the pod does not tolerate, or offers less of a device than the pod asks for. PreferNoSchedule does not count, nor does what the pods of a DaemonSet always tolerate.',
    cure: 'Nothing, and restarts are held (R-08) until the node can accept the pod.',
    next: 'Uncordon the node when its maintenance is over; free memory or disk; for a device, check the pod of the device plugin on that node and the hardware.',
    source:
      'Kubernetes: taints and tolerations, node-pressure eviction, device plugins (`status.allocatable`). The Python checker before this one read the condition Ready alone.',
  },
  fix: ({observation}) => [describeNode(observation)],
  judge: ({observation}) => {
    const {node} = observation;
    const workload = workloadOf(observation);
    if (!node.known) return unobserved(node.why);
    if (node.value === null || workload === null) return notApplicable('No node yet', bySetup('no-node'));
    const obstacles = obstaclesOf(node.value, workload, onCluster(observation));
    const [first] = obstacles;
    const object = {kind: 'Node', name: node.value.name};
    return first === undefined
      ? {status: 'ok', object, summary: `Node ${node.value.name} can accept a new pod`}
      : rejects(node.value, first, obstacles);
  },
});

interface Obstacle {
  readonly words: string;
  readonly evidence: Evidence;
  readonly fix: Fix | null;
}

const rejects = (node: Node, first: Obstacle, obstacles: readonly Obstacle[]): CheckResult => ({
  status: 'critical',
  object: {kind: 'Node', name: node.name},
  summary: `Node ${node.name} cannot accept a new pod: ${listed(obstacles.map(({words}) => words))}`,
  evidence: obstacles.map((obstacle) => obstacle.evidence),
  ...(first.fix === null ? {} : {fix: first.fix}),
});

const obstaclesOf = (node: Node, workload: Workload, flags: string): readonly Obstacle[] => [
  ...cordon(node, workload, flags),
  ...pressures(node),
  ...taints(node, workload),
  ...devices(node, workload.template, flags),
];

/** The taint that a cordon sets beside `spec.unschedulable`. */
const cordonTaint: Taint = {key: 'node.kubernetes.io/unschedulable', value: null, effect: 'NoSchedule'};

/** A pod with a `nodeName` bypasses the scheduler, and a DaemonSet's tolerates the cordon by itself. */
const cordon = (node: Node, {kind, template}: Workload, flags: string): readonly Obstacle[] => {
  const passes =
    kind === 'DaemonSet' ||
    template.nodeName !== null ||
    template.tolerations.some((toleration) => tolerates(toleration, cordonTaint));
  return !node.unschedulable || passes
    ? []
    : [
        {
          words: 'cordoned',
          evidence: evidence('unschedulable', true),
          fix: [run(`kubectl${flags} uncordon ${node.name}`)],
        },
      ];
};

const pressures = (node: Node): readonly Obstacle[] =>
  node.conditions
    .filter(
      ({type, status}) =>
        status === 'True' && (type === 'MemoryPressure' || type === 'DiskPressure' || type === 'PIDPressure'),
    )
    .map(({type}) => ({words: type, evidence: evidence(type, true), fix: null}));

/** Taints for what the conditions and the cordon already show (FRG-151 and above). */
const shownOtherwise = /^node\.kubernetes\.io\/(unschedulable|not-ready|unreachable|(memory|disk|pid)-pressure)$/;

const taints = (node: Node, {template}: Workload): readonly Obstacle[] =>
  node.taints
    .filter((taint) => taint.effect !== 'PreferNoSchedule' && !shownOtherwise.test(taint.key))
    .filter((taint) => !(template.nodeName !== null && taint.effect === 'NoSchedule'))
    .filter((taint) => !template.tolerations.some((toleration) => tolerates(toleration, taint)))
    .map((taint) => ({
      words: `taint ${taint.key}`,
      evidence: evidence('taint', `${taint.key}${taint.value === null ? '' : `=${taint.value}`}:${taint.effect}`),
      fix: null,
    }));

/** As the scheduler matches them: no key with Exists tolerates all, no effect tolerates every effect. */
const tolerates = ({key, operator, value, effect}: Toleration, taint: Taint): boolean => {
  if (effect !== null && effect !== taint.effect) return false;
  if (key === null) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
};

const devices = (node: Node, template: PodTemplate, flags: string): readonly Obstacle[] =>
  [...template.devices]
    .filter(([device, asked]) => (node.allocatable.get(device) ?? 0) < asked)
    .map(([device, asked]) => ({
      words: `device ${device} not allocatable`,
      evidence: evidence(`allocatable ${device}`, node.allocatable.get(device) ?? 0, asked),
      fix: [
        run(`kubectl${flags} get pods -A --field-selector spec.nodeName=${node.name}`),
        note(`Check the device plugin that offers ${device}, then the hardware.`),
      ],
    }));
