/** Where a Frigate runs: its pod, node, and how its container ended last. */
import {chosenPod, frigateContainer} from '../../core/checks/evidence/facts.js';
import type {Observation} from '../../core/observation/observation.js';
import type {Container} from '../../core/observation/pod.js';
import type {FrigateDetail} from '../schemas/types.js';
import {timeOf} from './row.js';

/** How the container before this one ended; of a container that does not run, how it ended itself. */
export const lastExitOf = (container: Container | null): NonNullable<FrigateDetail['pod']>['lastExit'] => {
  if (container === null) return null;
  const ended = container.state.phase === 'terminated' ? container.state : container.last;
  return ended === null ? null : {code: ended.exitCode, reason: ended.reason, finishedAt: timeOf(ended.finishedAt)};
};

const nodeReady = ({node}: Observation): boolean | null => {
  const ready = node.known ? node.value?.conditions.find(({type}) => type === 'Ready') : undefined;
  return ready === undefined || ready.status === 'Unknown' ? null : ready.status === 'True';
};

export const podOf = (observation: Observation): FrigateDetail['pod'] => {
  const pod = chosenPod(observation);
  if (pod === null) return null;
  const container = frigateContainer(observation);
  return {
    name: pod.name,
    phase: pod.phase,
    node: pod.nodeName,
    nodeReady: nodeReady(observation),
    startedAt: container?.state.phase === 'running' ? timeOf(container.state.startedAt) : null,
    restarts: container?.restartCount ?? null,
    lastExit: lastExitOf(container),
  };
};
