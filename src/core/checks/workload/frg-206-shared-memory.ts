/** FRG-206: is /dev/shm large enough? */
import {note, run} from '../../fix.js';
import type {Evidence} from '../../finding.js';
import type {Mount} from '../../observation/frigate.js';
import type {PodTemplate} from '../../observation/workload.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {deployment} from '../kubectl.js';
import {previousTally, tally, template} from '../evidence/facts.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {byCheck, evidence, notApplicable, plural} from '../evidence/wording.js';

/** MiB that the container runtime provides where no volume is mounted on /dev/shm. */
const RUNTIME_DEFAULT = 64;
/** MiB of Frigate's logs and queues in /dev/shm, whatever the cameras (frigate/util/services.py, calculate_shm_requirements). */
const BASE = 50;
/** MiB of 20 frames of 640×360, smaller than any camera in use: so the sum below is a lower bound, never a recommendation. */
const SMALLEST_CAMERA = 12;
/** Percent of /dev/shm that must be free. */
const LEAST_FREE = 5;

export const sharedMemory = defineCheck('FRG-206', {
  category: 'workload',
  cause: 'memory',
  needs: ['FRG-201'],
  docs: {
    what: 'Frigate passes every frame between its processes through /dev/shm. When it is too small, processes end with a bus error after hours or days, mostly after a camera is added.',
    limits:
      'Warning when it is smaller than the least that the number of cameras needs (50 MiB plus 12 MiB for each; larger frames need more), or when less than 5 % of it is free. Critical when the log shows a bus error. Info when it is on a disk.',
    cure: 'Nothing: the new pod has the same /dev/shm.',
    next: 'Mount an `emptyDir` with `medium: Memory` and a `sizeLimit` on /dev/shm. Frigate 0.17 and later name what they need in `/api/stats` (`service.storage./dev/shm.min_shm`); it counts against the memory limit.',
    source:
      'Frigate documentation, "Calculating required shm-size"; frigate/util/services.py at v0.17.2. Kubernetes gives 64 MiB without a volume.',
  },
  fix: ({observation}) => [
    note('Mount a volume on /dev/shm: emptyDir {medium: Memory, sizeLimit: 1Gi}.'),
    run(`kubectl edit ${deployment(observation)}`),
  ],
  judge: (context) => {
    const pod = template(context.observation);
    return pod === null ? notApplicable('No container', byCheck('FRG-201')) : judgeSize(context, pod);
  },
});

const judgeSize = (context: CheckContext, pod: PodTemplate): CheckResult => {
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
      summary: `/dev/shm${size === null ? '' : ` (${Math.round(size)} MiB)`} is too small: a process ended with a bus error`,
    };
  }
  if (size !== null && least !== null && size < least) {
    return {
      status: 'warning',
      evidence: facts,
      summary: `/dev/shm has ${Math.round(size)} MiB: ${plural(cameras ?? 0, 'camera')} ${cameras === 1 ? 'needs' : 'need'} at least ${least} MiB`,
    };
  }
  const free = freeShare(mount);
  if (free !== null && free < LEAST_FREE)
    return {
      status: 'warning',
      evidence: facts,
      summary: `/dev/shm is nearly full: ${free.toFixed(1)} % free (limit ${LEAST_FREE} %)`,
    };
  if (pod.sharedMemory?.medium === 'disk') {
    return {
      status: 'info',
      evidence: facts,
      summary: "/dev/shm is on the node's disk: every frame is written to the disk",
    };
  }
  if (size === null)
    return {status: 'ok', evidence: facts, summary: "/dev/shm is a memory volume of the node's default size"};
  return {status: 'ok', evidence: facts, summary: `/dev/shm has ${Math.round(size)} MiB`};
};

/** MiB; `null` where the node decides (a volume in memory without a sizeLimit). */
const configuredSize = ({sharedMemory: volume}: PodTemplate): number | null => {
  if (volume === null) return RUNTIME_DEFAULT;
  return volume.sizeLimit === null ? null : volume.sizeLimit / 2 ** 20;
};

/** Every configured camera that is enabled takes its frames; `null` while their number is not known. */
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
