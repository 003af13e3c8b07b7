/** Where Frigate runs: as given, else as the cluster says; without a cluster the names that nearly everybody uses. */
import {candidateText, type WorkloadKind} from '../../core/observation/workload.js';
import {seconds} from '../../core/time.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import {within, type Timers} from '../../core/timers.js';
import {DEFAULT_NAMESPACE, type Settings} from '../../settings/settings.js';

const FIND_LIMIT = seconds(5);

export interface InstallTarget {
  readonly namespace: string;
  readonly workload: {readonly kind: WorkloadKind; readonly name: string};
}

/** The target, and what a person should know about how it was found; `null`: nothing. */
export interface Found {
  readonly target: InstallTarget;
  readonly note: string | null;
}

/** What of an opened connection is needed. */
export interface InstallConnection {
  readonly cluster: Pick<Cluster, 'defaultNamespace' | 'findWorkload'>;
  readonly clock: Timers;
}

/**
 * `connection`: why there is no way to a cluster, instead. With a kind nothing is asked of it: the same words then print the same
 * manifests everywhere.
 */
export const findInstallTarget = async (
  connection: InstallConnection | string,
  settings: Settings,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<Found> => {
  const isReached = typeof connection !== 'string';
  const namespace = settings.namespace ?? (isReached ? connection.cluster.defaultNamespace : null) ?? DEFAULT_NAMESPACE;
  const {workload: name, workloadGiven: exact, podSelector} = settings;
  if (kind !== null) return {target: {namespace, workload: {kind, name}}, note: null};
  const assumed: InstallTarget = {namespace, workload: {kind: 'Deployment', name}};
  const note = (why: string): Found => ({
    target: assumed,
    note: `${why}; the manifests are for deployment/${name} in namespace ${namespace}, name another with KIND/NAME and -n`,
  });
  if (!isReached) return note(`No cluster was asked where Frigate runs (${connection})`);
  const search = await connection.cluster.findWorkload(
    {namespace, name, kind: null, podSelector, exact},
    within(connection.clock, FIND_LIMIT, signal),
  );
  if (!search.known) return note(`It is not known where Frigate runs (${search.why.message})`);
  const {value} = search;
  switch (value.found) {
    case 'one':
      return {target: {namespace, workload: {kind: value.workload.kind, name: value.workload.name}}, note: null};
    case 'several':
      return note(`More than one workload may be Frigate (${value.candidates.map(candidateText).join(', ')})`);
    case 'none':
      return note(`There is no Frigate yet (${value.searchedFor})`);
    case 'no-container':
      return note(`${candidateText(value.candidate)} has no container of Frigate`);
  }
};

/** What the fewest permissions cannot do, printed where they are chosen. */
export const limitsOf = (via: Settings['via']): string | null =>
  via === 'exec'
    ? null
    : 'without pods/exec the media mount is never asked (FRG-604 and FRG-606 stay unknown); --via exec grants it';
