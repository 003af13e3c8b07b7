/** FRG-151: is the node Ready? */
import {run} from '../../fix.js';
import {humanDuration, since} from '../../time.js';
import {defineCheck} from '../check.js';
import {describeNode, onCluster} from '../kubectl.js';
import {bySetup, evidence, inconclusive, notApplicable, unobserved} from '../evidence/wording.js';

export const nodeReady = defineCheck('FRG-151', {
  category: 'node',
  cause: 'node',
  needs: ['FRG-101', 'FRG-201'],
  docs: {
    what: "Examines the node of Frigate's pod; while the pod has none, the node that it is pinned to or that a former pod cannot leave. A node that is down explains everything that runs on it, and a restart would only leave a Pending pod.",
    limits:
      'Critical when the condition Ready is False or Unknown. A node that this account may not read (403) is unknown: neither Ready nor not Ready.',
    cure: 'Nothing: a new pod needs the same node.',
    next: 'Examine the node with `kubectl describe node`, then the machine itself: power, disk, network, kubelet.',
    source:
      'Kubernetes, Node conditions. The Python checker before this one took a 403 for NotReady: no restart and no alert for 34 days.',
  },
  fix: ({observation}) => [describeNode(observation)],
  judge: ({observation, now}) => {
    const {node, frigate} = observation;
    if (!node.known)
      return {
        ...unobserved(node.why),
        fix: node.why.fix ?? [run(`kubectl${onCluster(observation)} auth can-i get nodes`)],
      };
    if (node.value === null)
      return notApplicable('No node yet: the pod is not assigned or pinned to one', bySetup('no-node'));
    const {name, conditions} = node.value;
    const condition = conditions.find(({type}) => type === 'Ready');
    const object = {kind: 'Node', name};
    if (condition === undefined)
      return {...inconclusive('no-ready-condition', `Node ${name} does not report whether it is Ready`), object};
    if (condition.status === 'True') return {status: 'ok', object, summary: `Node ${name} is Ready`};
    const duration =
      condition.lastTransition === null
        ? 'is not Ready'
        : `has not been Ready for ${humanDuration(since(condition.lastTransition, now))}`;
    return {
      status: 'critical',
      // What runs on it may go on as long as it is reached; what is not reached is down as far as Kubernetes knows.
      outage: frigate.liveness.every(({verdict}) => verdict !== 'alive'),
      object,
      summary: `Node ${name} ${duration}: ${condition.message ?? condition.reason ?? 'no reason given'}`,
      evidence: [
        evidence('Ready', condition.status, 'True'),
        ...(condition.reason === null ? [] : [evidence('reason', condition.reason)]),
      ],
    };
  },
});
