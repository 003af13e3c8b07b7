/** Where Frigate runs: as told, else as the cluster says; without a cluster the names that nearly everybody uses. */
import type {WorkloadKind} from '../core/observation/workload.js';
import {seconds} from '../core/time.js';
import type {Cluster} from '../kubernetes/cluster.js';
import {within} from '../pass/deadline.js';
import type {Settings} from '../settings/settings.js';

const FIND_LIMIT = seconds(5);
const DEFAULT_NAMESPACE = 'frigate';

export interface Place {
  readonly namespace: string;
  readonly workload: {readonly kind: WorkloadKind; readonly name: string};
}

/** A place, and what a person should know about how it was found; `null`: nothing. */
export interface Found {
  readonly place: Place;
  readonly note: string | null;
}

/**
 * `cluster`: why there is no way to one, in its place. With a kind nothing is asked of it: the same words then print the same
 * manifests everywhere.
 */
export const findPlace = async (
  cluster: Pick<Cluster, 'defaultNamespace' | 'findWorkload'> | string,
  settings: Settings,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<Found> => {
  const isReached = typeof cluster !== 'string';
  const namespace = settings.namespace ?? (isReached ? cluster.defaultNamespace : null) ?? DEFAULT_NAMESPACE;
  const {workload: name, workloadGiven: exact, podSelector} = settings;
  if (kind !== null) return {place: {namespace, workload: {kind, name}}, note: null};
  const assumed: Place = {namespace, workload: {kind: 'Deployment', name}};
  const note = (why: string): Found => ({
    place: assumed,
    note: `${why}; the manifests are for deployment/${name} in namespace ${namespace}, name another with KIND/NAME and -n`,
  });
  if (!isReached) return note(`No cluster was asked where Frigate runs (${cluster})`);
  const search = await cluster.findWorkload(
    {namespace, name, kind: null, podSelector, exact},
    within(FIND_LIMIT, signal),
  );
  if (!search.known) return note(`It is not known where Frigate runs (${search.why.message})`);
  const {value} = search;
  switch (value.found) {
    case 'one':
      return {place: {namespace, workload: {kind: value.workload.kind, name: value.workload.name}}, note: null};
    case 'several':
      return note(`More than one workload may be Frigate (${value.candidates.join(', ')})`);
    case 'none':
      return note(`There is no Frigate yet (${value.lookedFor})`);
    case 'no-container':
      return note(`${value.name} has no container of Frigate`);
  }
};

/** What the least rights cannot do, said where they are chosen. */
export const limitsOf = (via: Settings['via']): string | null =>
  via === 'exec'
    ? null
    : 'without pods/exec the media mount is never asked (FRG-604 and FRG-606 stay unknown); --via exec grants it';
