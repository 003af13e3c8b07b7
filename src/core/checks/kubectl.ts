/** The parts of the kubectl commands that a fix gives to type: they lead to this cluster, this namespace, this workload. */
import type {ClusterContext} from '../cluster-context.js';
import type {Finding} from '../finding.js';
import {run, type Fix, type Step} from '../fix.js';
import type {Observation} from '../observation/observation.js';
import type {Workload} from '../observation/workload.js';
import {template, workloadOf} from './evidence/facts.js';

/** Quotes a word for a POSIX shell where it needs it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The flags that lead to a cluster, with a space before them: ` --context home`; nothing inside the cluster, and where the context is not known. */
export const inContext = (context: ClusterContext | null | undefined): string =>
  context?.kind === 'kubeconfig' ? ` --context ${quoted(context.name)}` : '';

/** The flags of a kubectl command that is not about a namespace: ` --context home`, or nothing. */
export const onCluster = ({context}: Observation): string => inContext(context);

/** What Kubernetes says of Frigate's node; of all of them where it is not known. */
export const describeNode = (observation: Observation): Step =>
  run(
    `kubectl${onCluster(observation)} describe node${observation.node.known && observation.node.value !== null ? ` ${observation.node.value.name}` : ''}`,
  );

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
export const restartLine = (observation: Observation): string =>
  `kubectl frigate-health restart ${deployment(observation)}`;

/** The same, as a step. */
export const restartCommand = (observation: Observation): Step => run(restartLine(observation));

/**
 * The steps with a restart that will be accepted: where a restart is not known to cure the finding a rule refuses it (R-04), and
 * a person who decides for it has to say so.
 */
export const acceptedRestarts = (fix: Fix, finding: Pick<Finding, 'id' | 'cure'>, observation: Observation): Fix => {
  const line = restartLine(observation);
  return finding.cure === 'restart'
    ? fix
    : fix.map((step) =>
        'command' in step && step.command === line ? run(`${line} --force --reason "${finding.id}"`) : step,
      );
};

/** `deployment/frigate` */
export const objectOf = ({kind, name}: Workload): string => `${kind.toLowerCase()}/${name}`;
