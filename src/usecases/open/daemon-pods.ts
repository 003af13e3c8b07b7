/** The pod of the daemon to which the next request goes: a ready one, the leader's where that is known. */
import {inContext, quoted} from '../../core/checks/kubectl.js';
import {note, run} from '../../core/fix.js';
import {known, unknown, type Known} from '../../core/known.js';
import {SERVE_LABELS} from '../../core/serving.js';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {Cluster, ServingPod} from '../../kubernetes/cluster.js';
import {LEASE_NAME} from '../serve/leader.js';

const LIST_LIMIT = seconds(10);
/** Who leads is good to know and not needed. */
const LEASE_LIMIT = seconds(2);
/** As `install --serve` prints it (src/usecases/install/serve/serve-manifests.ts). */
const DEFAULT_PORT = 8080;

export interface DaemonPod {
  readonly name: string;
  readonly port: number;
}

export interface DaemonPods {
  /** The pod that answered last, or another one; why there is none. */
  current(signal: AbortSignal): Promise<Known<DaemonPod>>;
  /** It did not answer: the next one is searched for, and this one comes last. */
  failed(pod: DaemonPod): void;
}

/** A replica's identity is the name of its pod and a random suffix (src/usecases/serve/serve.ts). */
const leads = (holder: string | null, {name}: ServingPod): boolean => holder?.startsWith(`${name}_`) ?? false;

export const daemonPods = (
  cluster: Pick<Cluster, 'listServingPods' | 'readLease' | 'context' | 'inCluster'>,
  namespace: string,
  timers: Timers,
): DaemonPods => {
  let chosen: DaemonPod | null = null;
  let avoided: string | null = null;
  const flags = `${inContext(cluster.inCluster ? null : {kind: 'kubeconfig', name: cluster.context})} -n ${quoted(namespace)}`;

  const none = (pods: readonly ServingPod[]): Known<DaemonPod> =>
    pods.length === 0
      ? unknown('not-found', `The daemon is not installed in namespace ${namespace}: there is no pod of \`serve\``, [
          run(`kubectl frigate-health install --serve${flags} | kubectl apply -f -`),
          note('If it runs in another namespace, name that with -n.'),
        ])
      : unknown('not-found', `The daemon in namespace ${namespace} is not ready: ${pods.length} of its pods are not`, [
          run(`kubectl get pods${flags} -l ${labelsOf()}`),
        ]);

  const find = async (signal: AbortSignal): Promise<Known<DaemonPod>> => {
    const [pods, lease] = await Promise.all([
      cluster.listServingPods(namespace, SERVE_LABELS, within(timers, LIST_LIMIT, signal)),
      cluster.readLease(namespace, LEASE_NAME, within(timers, LEASE_LIMIT, signal)),
    ]);
    if (!pods.known) return pods;
    const holder = lease.known ? (lease.value?.holder ?? null) : null;
    const rank = (pod: ServingPod): number => (pod.name === avoided ? 2 : leads(holder, pod) ? 0 : 1);
    const [first] = pods.value
      .filter(({isReady, isEnding}) => isReady && !isEnding)
      .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    return first === undefined ? none(pods.value) : known({name: first.name, port: first.httpPort ?? DEFAULT_PORT});
  };

  return {
    async current(signal) {
      if (chosen !== null) return known(chosen);
      const found = await find(signal);
      if (found.known) chosen = found.value;
      return found;
    },
    failed({name}) {
      avoided = name;
      if (chosen?.name === name) chosen = null;
    },
  };
};

const labelsOf = (): string =>
  Object.entries(SERVE_LABELS)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
