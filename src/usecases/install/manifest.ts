/** A Kubernetes object as it is written down. */
import type {InstalledKind} from '../../kubernetes/cluster.js';

export type ManifestValue =
  string | number | boolean | readonly ManifestValue[] | {readonly [field: string]: ManifestValue};

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: InstalledKind;
  readonly metadata: {
    readonly name: string;
    /** Absent on what belongs to the whole cluster. */
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly [field: string]: ManifestValue;
}

const PART_OF = 'frigate-health';

/** What the Python checker before this one was labelled with: the commands of its runbook find this one by it. */
const APP = 'frigate-health-checker';

/**
 * Labels by which people find all of it. None of them is `frigate`, or the search for Frigate's own workload by these
 * labels would meet this CronJob.
 */
export const labelsOf = (instance: string): Readonly<Record<string, string>> => ({
  app: APP,
  'app.kubernetes.io/name': PART_OF,
  'app.kubernetes.io/instance': instance,
  'app.kubernetes.io/managed-by': PART_OF,
});

/** `ClusterRole/frigate-health-nodes`, `Role/frigate-health-checker in frigate` */
export const titleOf = ({kind, metadata: {name, namespace}}: Manifest): string =>
  `${kind}/${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
