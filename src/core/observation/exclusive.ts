/** What only one pod at a time may hold: the ground of R-08's deadlock and of FRG-207's warning. */
import type {Known} from '../known.js';
import type {PersistentClaim} from './observation.js';
import type {PodTemplate, Workload} from './workload.js';

/** In words, such as `volume frigate-config`, `squat.ai/coral`, `/dev/bus/usb`; empty where nothing is held or the claims are unknown. */
export const heldExclusively = (
  {devices, hostPaths, hostNetwork}: PodTemplate,
  claims: Known<readonly PersistentClaim[]>,
): readonly string[] => [
  ...(claims.known
    ? claims.value
        .filter(({accessModes}) => isExclusive(accessModes))
        .map(({name}) => `volume ${name}`)
        .sort()
    : []),
  ...devices.keys(),
  ...hostPaths.filter(isExclusiveDevice),
  ...(hostNetwork ? ["the host's network"] : []),
];

/** Only a Deployment starts the new pod beside the old one; StatefulSets and DaemonSets delete first. */
export const startsBesideTheOld = ({kind, strategy}: Workload): boolean =>
  kind === 'Deployment' && strategy === 'RollingUpdate';

/** Whether the old pod stays until the new one is ready; else it is ended at once and two Frigates overlap for a moment. */
export const keepsTheOld = (workload: Workload): boolean =>
  startsBesideTheOld(workload) &&
  (workload.maxUnavailable === null || workload.maxUnavailable < Math.max(1, workload.desiredReplicas));

const isExclusive = (accessModes: readonly string[]): boolean =>
  accessModes.length > 0 && accessModes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');

/** A Coral, a Hailo or a whole /dev serves one process; render nodes and shared memory serve many. */
const isExclusiveDevice = (path: string): boolean => /^\/dev(\/|$)/.test(path) && !/^\/dev\/(dri|shm)(\/|$)/.test(path);
