/** FRG-151: is the node there? */
import {humanDuration, since} from '../../time.js';
import type {Check} from '../check.js';
import {describeNode, onCluster} from '../kubectl.js';
import {evidence, notApplicable, unseen} from '../wording.js';

export const ready: Check = {
  id: 'FRG-151',
  title: 'node Ready',
  category: 'node',
  cause: 'node',
  needs: ['FRG-101', 'FRG-201'],
  docs: {
    what: "Looks at the node of Frigate's pod, or, while it has none, at the one that it is pinned to or that a former pod cannot leave. A node that is gone explains everything above it, and a restart would only leave a Pending pod.",
    limits:
      'Critical when the condition Ready is False or Unknown. A node that may not be read (403) is unknown: that is neither Ready nor not Ready.',
    cure: 'Nothing: a new pod needs the same node.',
    next: 'Look at the node with `kubectl describe node`, then at the machine itself: power, disk, network, kubelet.',
    source:
      'Kubernetes, Node conditions. The Python checker before this one took a 403 for NotReady: no restart and no alert for 34 days.',
  },
  fix: ({observation}) => describeNode(observation),
  judge: ({observation, now}) => {
    const {node} = observation;
    if (!node.known)
      return {...unseen(node.why), fix: node.why.fix ?? `kubectl${onCluster(observation)} auth can-i get nodes`};
    if (node.value === null)
      return notApplicable('No node yet: the pod has none, and it is not pinned to one', 'no node is chosen yet');
    const {name, conditions} = node.value;
    const condition = conditions.find(({type}) => type === 'Ready');
    const object = {kind: 'Node', name};
    if (condition === undefined)
      return {
        status: 'unknown',
        object,
        summary: `Node ${name} does not say whether it is Ready`,
        because: 'the node has no condition Ready',
      };
    if (condition.status === 'True') return {status: 'ok', object, summary: `Node ${name} is Ready`};
    const standing =
      condition.lastTransition === null
        ? 'is not Ready'
        : `has not been Ready for ${humanDuration(since(condition.lastTransition, now))}`;
    return {
      status: 'critical',
      object,
      summary: `Node ${name} ${standing}: ${condition.message ?? condition.reason ?? 'no reason given'}`,
      evidence: [
        evidence('Ready', condition.status, 'True'),
        ...(condition.reason === null ? [] : [evidence('reason', condition.reason)]),
      ],
    };
  },
};
