/** The words of the kubectl commands that a fix gives to type: they lead to this cluster, this namespace, this workload. */
import type {Observation} from '../observation/observation.js';
import type {Workload} from '../observation/workload.js';
import {template, workloadOf} from './facts.js';

/** Quotes a word for a POSIX shell where it needs it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The flags that lead to a cluster, with a space before them: ` --context home`, or nothing inside the cluster and where no context has a name. */
export const inContext = (name: string | null | undefined): string =>
  name === undefined || name === null || name === 'in-cluster' ? '' : ` --context ${quoted(name)}`;

/** The flags of a kubectl command that is not about a namespace: ` --context home`, or nothing. */
export const onCluster = ({context}: Observation): string => inContext(context);

/** What Kubernetes says of Frigate's node; of all of them where it is not known. */
export const describeNode = (observation: Observation): string =>
  `kubectl${onCluster(observation)} describe node${observation.node.known && observation.node.value !== null ? ` ${observation.node.value.name}` : ''}`;

/** The flags that lead to Frigate's namespace, with a space before them: ` --context home -n frigate`. */
export const inNamespace = (observation: Observation): string => {
  const workload = workloadOf(observation);
  return onCluster(observation) + (workload === null ? '' : ` -n ${workload.namespace}`);
};

/** The workload with its flags, as kubectl takes it: `-n frigate deployment/frigate`. */
export const deployment = (observation: Observation): string => {
  const workload = workloadOf(observation);
  return `${inNamespace(observation)} ${workload === null ? 'deployment/frigate' : objectOf(workload)}`.trimStart();
};

/** The same for `logs` and `exec`, with the container's name where another one stands beside it. */
export const frigateIn = (observation: Observation): string => {
  const pod = template(observation);
  return deployment(observation) + (pod === null || pod.sidecars.length === 0 ? '' : ` -c ${pod.containerName}`);
};

/** Our own restart: it refuses what the rules refuse, and what it does is counted by the breaker. */
export const restartCommand = (observation: Observation): string =>
  `kubectl frigate-health restart ${deployment(observation)}`;

/** `deployment/frigate` */
export const objectOf = ({kind, name}: Workload): string => `${kind.toLowerCase()}/${name}`;
