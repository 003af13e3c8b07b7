/** FRG-152: would a new pod find a place on the node? */
import type {Evidence} from '../../finding.js';
import type {Node, Taint} from '../../observation/node.js';
import type {PodTemplate, Toleration, Workload} from '../../observation/workload.js';
import type {Check, Verdict} from '../check.js';
import {describeNode, onCluster} from '../kubectl.js';
import {workloadOf} from '../facts.js';
import {evidence, listed, notApplicable, unseen} from '../wording.js';

export const place: Check = {
  id: 'FRG-152',
  title: 'node can take it',
  category: 'node',
  cause: 'node',
  needs: ['FRG-151'],
  docs: {
    what: 'Asks whether the node would take a new pod of Frigate: a sick Frigate that runs is worth more than a new one that stays Pending. The strategy Recreate ends the old pod first.',
    limits:
      'Critical when the node is cordoned, under memory, disk or PID pressure, has a taint that the pod does not tolerate, or offers less of a device than the pod asks for. PreferNoSchedule is no obstacle. What a DaemonSet tolerates by itself is no obstacle for one.',
    cure: 'Nothing, and restarts are held (R-08) until the node can take the pod.',
    next: "Uncordon the node when its maintenance is over; free memory or disk; for a device look at the device plugin's pod on that node and at the hardware.",
    source:
      'Kubernetes: taints and tolerations, node-pressure eviction, device plugins (`status.allocatable`). The Python checker before this one looked at the condition Ready alone.',
  },
  fix: ({observation}) => describeNode(observation),
  judge: ({observation}) => {
    const {node} = observation;
    const workload = workloadOf(observation);
    if (!node.known) return unseen(node.why);
    if (node.value === null || workload === null) return notApplicable('No node to judge yet', 'no node is chosen yet');
    const obstacles = obstaclesOf(node.value, workload, onCluster(observation));
    const [first] = obstacles;
    const object = {kind: 'Node', name: node.value.name};
    return first === undefined
      ? {status: 'ok', object, summary: `Node ${node.value.name} would take a new pod`}
      : refuses(node.value, first, obstacles);
  },
};

interface Obstacle {
  readonly words: string;
  readonly evidence: Evidence;
  readonly fix: string | null;
}

const refuses = (node: Node, first: Obstacle, obstacles: readonly Obstacle[]): Verdict => ({
  status: 'critical',
  object: {kind: 'Node', name: node.name},
  summary: `Node ${node.name} would not take a new pod: ${listed(obstacles.map(({words}) => words))}`,
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

/** A pod with a `nodeName` passes the scheduler by, and a DaemonSet's tolerates the cordon by itself. */
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
          fix: `kubectl${flags} uncordon ${node.name}`,
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

/** Taints that stand for what the conditions and the cordon say already (FRG-151 and above). */
const saidOtherwise = /^node\.kubernetes\.io\/(unschedulable|not-ready|unreachable|(memory|disk|pid)-pressure)$/;

const taints = (node: Node, {template}: Workload): readonly Obstacle[] =>
  node.taints
    .filter((taint) => taint.effect !== 'PreferNoSchedule' && !saidOtherwise.test(taint.key))
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
      words: `no ${device}`,
      evidence: evidence(`allocatable ${device}`, node.allocatable.get(device) ?? 0, asked),
      fix: `kubectl${flags} get pods -A --field-selector spec.nodeName=${node.name}  # look at the device plugin that offers ${device}, then at the hardware`,
    }));
