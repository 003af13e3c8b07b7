/** FRG-206: is /dev/shm large enough? */
import type {Evidence} from '../../finding.js';
import type {Mount} from '../../observation/frigate.js';
import type {PodTemplate} from '../../observation/workload.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {deployment} from '../kubectl.js';
import {previousTally, tally, template} from '../facts.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, notApplicable, plural} from '../wording.js';

/** MiB that the container runtime gives where no volume stands on /dev/shm. */
const RUNTIME_DEFAULT = 64;
/** MiB of Frigate's logs and queues in /dev/shm, whatever the cameras (frigate/util/services.py, calculate_shm_requirements). */
const BASE = 50;
/** MiB of 20 frames of 640×360, smaller than any camera in use: so the sum below is a lower bound, never a recommendation. */
const SMALLEST_CAMERA = 12;
/** Percent of /dev/shm that must be free. */
const LEAST_FREE = 5;

export const sharedMemory: Check = {
  id: 'FRG-206',
  title: '/dev/shm',
  category: 'workload',
  cause: 'memory',
  needs: ['FRG-201'],
  docs: {
    what: 'Frigate passes every frame between its processes through /dev/shm. Where it is too small, processes die with a bus error after hours or days, mostly when a camera is added.',
    limits:
      'Warning when it is smaller than the number of cameras needs at the very least (50 MiB and 12 MiB for each; larger pictures need more), or when less than 5 % of it is free. Critical when the log shows a bus error. Info when it lies on a disk.',
    cure: 'Nothing: the new pod has the same /dev/shm.',
    next: 'Put an `emptyDir` with `medium: Memory` and a `sizeLimit` on /dev/shm. Frigate 0.17 and later name what they need in `/api/stats` (`service.storage./dev/shm.min_shm`); it counts against the memory limit.',
    source:
      'Frigate documentation, "Calculating required shm-size"; frigate/util/services.py at v0.17.2. Kubernetes gives 64 MiB without a volume.',
  },
  fix: ({observation}) =>
    `kubectl edit ${deployment(observation)}  # volume: emptyDir {medium: Memory, sizeLimit: 1Gi}, mounted on /dev/shm`,
  judge: (context) => {
    const pod = template(context.observation);
    return pod === null ? notApplicable('No container to judge', 'FRG-201') : judgeSize(context, pod);
  },
};

const judgeSize = (context: CheckContext, pod: PodTemplate): Verdict => {
  const mount = newestSnapshot(context)?.mounts.find(({path}) => path === '/dev/shm') ?? null;
  const size = mount?.total ?? configuredSize(pod);
  const cameras = cameraCount(context);
  const least = cameras === null ? null : BASE + SMALLEST_CAMERA * cameras;
  const facts = factsOf(size, least, mount);
  const crash = tally(context.observation, 'bus-error') ?? previousTally(context.observation, 'bus-error');
  if (crash !== null) {
    return {
      status: 'critical',
      immediate: true,
      evidenceAt: crash.last,
      evidence: [evidence('log', crash.sample), ...facts],
      summary: `A process died with a bus error: /dev/shm${size === null ? '' : ` (${Math.round(size)} MiB)`} is too small`,
    };
  }
  if (size !== null && least !== null && size < least) {
    return {
      status: 'warning',
      evidence: facts,
      summary: `/dev/shm has ${Math.round(size)} MiB; ${plural(cameras ?? 0, 'camera')} ${cameras === 1 ? 'needs' : 'need'} at least ${least} MiB`,
    };
  }
  const free = freeShare(mount);
  if (free !== null && free < LEAST_FREE)
    return {status: 'warning', evidence: facts, summary: `/dev/shm is nearly full: ${free.toFixed(1)} % are free`};
  if (pod.sharedMemory?.medium === 'disk') {
    return {status: 'info', evidence: facts, summary: "/dev/shm lies on the node's disk: every frame is written to it"};
  }
  if (size === null)
    return {status: 'ok', evidence: facts, summary: "/dev/shm is a volume in memory of the node's default size"};
  return {status: 'ok', evidence: facts, summary: `/dev/shm has ${Math.round(size)} MiB`};
};

/** MiB; `null` where the node decides (a volume in memory without a sizeLimit). */
const configuredSize = ({sharedMemory: volume}: PodTemplate): number | null => {
  if (volume === null) return RUNTIME_DEFAULT;
  return volume.sizeLimit === null ? null : volume.sizeLimit / 2 ** 20;
};

/** Every configured camera that is enabled takes its frames; `null` while nobody says how many there are. */
const cameraCount = (context: CheckContext): number | null => {
  const {config} = context.observation.frigate;
  if (config.known && !config.value.safeMode) return config.value.cameras.filter(({enabled}) => enabled).length;
  const stats = newestSnapshot(context)?.cameras;
  return stats === undefined ? null : stats.filter(({pid}) => pid !== null).length;
};

const freeShare = (mount: Mount | null): number | null => {
  if (mount === null || mount.total === null || mount.free === null || mount.total <= 0 || mount.free < 0) return null;
  return (mount.free / mount.total) * 100;
};

const factsOf = (size: number | null, least: number | null, mount: Mount | null): readonly Evidence[] => {
  const free = freeShare(mount);
  return [
    ...(size === null
      ? []
      : [
          least === null
            ? evidence('size', Math.round(size), undefined, 'MiB')
            : evidence('size', Math.round(size), least, 'MiB'),
        ]),
    ...(free === null ? [] : [evidence('free', Math.round(free * 10) / 10, LEAST_FREE, '%')]),
  ];
};
