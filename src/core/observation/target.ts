/**
 * Which pod is "the" pod. The old checker took the first of a list in name order and restarted a
 * healthy Frigate because of a terminated pod beside it (B-01, B-02): here neither names nor order decide anything.
 */
import type {Container, Pod} from './pod.js';
import type {Workload} from './workload.js';

/** Why a pod is never the pod. */
export type SetAside =
  | 'terminating' // being deleted: what it answers says nothing of its successor (B-03)
  | 'evicted' // kept as Failed until somebody deletes it (B-02)
  | 'failed'
  | 'succeeded'
  | 'lost' // its node stopped reporting
  | 'ghost'; // phase Running, but the kubelet found its containers gone after a crash of the node (B-01)

export interface PodSetAside {
  readonly pod: Pod;
  readonly why: SetAside;
}

export type TargetChoice =
  | {
      readonly chosen: true;
      readonly pod: Pod;
      readonly container: Container;
      /** Other pods of the workload that live too, best first: a rollout under way, or two Frigates at once. */
      readonly others: readonly Pod[];
      /** Pods that have not begun to run. */
      readonly pending: readonly Pod[];
      readonly setAside: readonly PodSetAside[];
    }
  | {
      readonly chosen: false;
      readonly why: 'no-pods' | 'none-live' | 'pending';
      /** The pod that is to become the pod, while it is pending. */
      readonly pod: Pod | null;
      readonly pending: readonly Pod[];
      readonly setAside: readonly PodSetAside[];
    };

/** How a pod stands: `live` has a container of Frigate's that ran at least once, `pending` has none yet. */
export const standingOf = (pod: Pod): 'live' | 'pending' | SetAside => {
  if (pod.deletingSince !== null) return 'terminating';
  if (pod.phase === 'Failed') return pod.reason === 'Evicted' ? 'evicted' : 'failed';
  if (pod.phase === 'Succeeded') return 'succeeded';
  if (pod.phase === 'Unknown' || pod.reason === 'NodeLost') return 'lost';
  if (pod.phase === 'Running' && pod.frigate !== null) return isGhost(pod.frigate) ? 'ghost' : 'live';
  return 'pending';
};

/** After a hard reboot the kubelet no longer knows how the container ended. */
const isGhost = ({state}: Container): boolean =>
  state.phase === 'terminated' && (state.reason === 'Unknown' || state.reason === 'ContainerStatusUnknown');

/**
 * The pod to observe and the container in it: the newest revision first, then one that runs, then one that is ready, then the youngest.
 * @param pods All pods of the workload by its own selector and owner chain, in any order.
 */
export const chooseTarget = (workload: Workload, pods: readonly Pod[]): TargetChoice => {
  const setAside: PodSetAside[] = [];
  const pending: Pod[] = [];
  const live: Array<{readonly pod: Pod; readonly container: Container}> = [];
  for (const pod of [...pods].sort(byRank(workload))) {
    const standing = standingOf(pod);
    if (standing === 'pending') pending.push(pod);
    else if (standing !== 'live') setAside.push({pod, why: standing});
    else if (pod.frigate !== null) live.push({pod, container: pod.frigate});
  }
  const [first, ...rest] = live;
  if (first !== undefined) return {chosen: true, ...first, others: rest.map(({pod}) => pod), pending, setAside};
  const why = pods.length === 0 ? 'no-pods' : pending.length > 0 ? 'pending' : 'none-live';
  return {chosen: false, why, pod: pending[0] ?? null, pending, setAside};
};

/**
 * The node that the pod is on, or must be on; while it has none, the one that a former pod cannot leave: a dead node
 * is why the new pod has nowhere to go. `null`: no node is chosen yet.
 */
export const nodeNameOf = ({template}: Workload, pods: readonly Pod[], pod: Pod | null): string | null =>
  pod?.nodeName ?? template.nodeName ?? template.nodeSelector.get('kubernetes.io/hostname') ?? formerNode(pods);

const formerNode = (pods: readonly Pod[]): string | null => {
  const leaving = pods.filter((pod) => pod.nodeName !== null && ['terminating', 'lost'].includes(standingOf(pod)));
  return (
    leaving.toSorted((a, b) => b.createdAt - a.createdAt || (a.uid < b.uid ? -1 : Number(a.uid > b.uid)))[0]
      ?.nodeName ?? null
  );
};

/** Best first. The uid comes last so that the answer is the same for every order of the list. */
const byRank =
  (workload: Workload) =>
  (a: Pod, b: Pod): number =>
    revisionRank(workload, b) - revisionRank(workload, a) ||
    lifeRank(b) - lifeRank(a) ||
    b.createdAt - a.createdAt ||
    (a.uid < b.uid ? -1 : Number(a.uid > b.uid));

/** Where the revision is not known, a pod that is older than the last restart of the template is not of the newest. */
const revisionRank = ({restartedAt}: Workload, {current, createdAt}: Pod): number => {
  if (current !== null) return current ? 2 : 0;
  return restartedAt !== null && createdAt < restartedAt ? 0 : 1;
};

const lifeRank = ({frigate}: Pod): number =>
  Number(frigate?.state.phase === 'running') * 2 + Number(frigate?.ready === true);
