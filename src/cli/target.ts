/** The argument NAME: `frigate`, or `kind/name` as kubectl takes it. */
import type {WorkloadKind} from '../core/observation/workload.js';
import {CommandFailure} from '../outcome/failure.js';

const kinds: ReadonlyMap<string, WorkloadKind> = new Map([
  ...['deployment', 'deployments', 'deploy', 'deployment.apps', 'deployments.apps'].map(
    (word) => [word, 'Deployment'] as const,
  ),
  ...['statefulset', 'statefulsets', 'sts', 'statefulset.apps', 'statefulsets.apps'].map(
    (word) => [word, 'StatefulSet'] as const,
  ),
  ...['daemonset', 'daemonsets', 'ds', 'daemonset.apps', 'daemonsets.apps'].map((word) => [word, 'DaemonSet'] as const),
]);

export interface NamedTarget {
  readonly kind: WorkloadKind | null;
  readonly name: string;
}

/** The target; `null` when the kind is not one that can run Frigate or there is more than one slash. */
export const parseTarget = (text: string): NamedTarget | null => {
  const [first = '', second, ...more] = text.split('/');
  if (second === undefined) return {kind: null, name: first};
  const kind = kinds.get(first.toLowerCase());
  return kind === undefined || more.length > 0 || second === '' ? null : {kind, name: second};
};

/** The argument NAME, where one was given; one that names no workload ends the command. */
export const targetOf = (name: string | undefined): NamedTarget | null => {
  if (name === undefined) return null;
  const target = parseTarget(name);
  if (target === null)
    throw new CommandFailure(
      'usage',
      `${name} does not name a workload`,
      'write NAME, deployment/NAME, statefulset/NAME or daemonset/NAME',
    );
  return target;
};
