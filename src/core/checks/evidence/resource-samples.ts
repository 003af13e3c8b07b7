/** What Frigate and its host use, by one snapshot of Frigate's statistics, and the samples before it. */
import {memoize} from '../../memoize.js';
import type {Baselines, ResourceSample} from '../../state/baselines.js';
import type {GpuUsage, Measure, ProcessUsage, Snapshot} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {frigateContainer, template} from './facts.js';

/** The sum of the possible numbers; `null` when there is none. */
const sumOf = (values: readonly Measure[]): Measure => {
  const reported = values.filter((value) => value !== null && Number.isFinite(value) && value >= 0);
  return reported.length === 0 ? null : reported.reduce<number>((sum, value) => sum + (value ?? 0), 0);
};

/** Cores that all processes of the pod use together; `null` when none is reported. */
export const podCpuOf = (usages: readonly ProcessUsage[] | null): Measure => {
  const percent = sumOf((usages ?? []).map(({cpu}) => cpu));
  return percent === null ? null : percent / 100;
};

/** Percent of the memory limit that the working set of Frigate's container is; `null`: no limit is set, or the use is not known. */
export const podMemoryOf = (observation: Observation): Measure => {
  const limit = template(observation)?.memoryLimit ?? null;
  const use = observation.memoryUse;
  if (limit === null || limit <= 0 || use?.known !== true) return null;
  const share = (use.value.workingSet / limit) * 100;
  return Number.isFinite(share) && share >= 0 ? share : null;
};

/** The GPU with the highest load; `null` when none reports its load. */
export const busiestGpu = (gpus: readonly GpuUsage[]): {readonly name: string; readonly load: number} | null => {
  const reported = gpus.flatMap(({name, load}) =>
    load !== null && Number.isFinite(load) && load >= 0 ? [{name, load}] : [],
  );
  return reported.sort((a, b) => b.load - a.load || (a.name < b.name ? -1 : 1))[0] ?? null;
};

/** The host's CPU in percent; where Frigate does not report it (0.13 and before, 0.18) the share of the node's cores that Frigate's own processes use. */
const hostCpuOf = ({node}: Observation, {systemCpu, usages}: Snapshot): Measure => {
  if (systemCpu !== null) return systemCpu;
  const cores = node.known ? (node.value?.allocatable.get('cpu') ?? null) : null;
  const used = podCpuOf(usages);
  return cores === null || cores <= 0 || used === null ? null : (used / cores) * 100;
};

const rounded = (value: Measure, parts = 10): Measure =>
  value === null || !Number.isFinite(value) || value < 0 ? null : Math.round(value * parts) / parts;

/** Milliseconds of the slowest detector; 10.0 exactly is the value before the first inference. */
export const slowestOf = ({detectors}: Pick<Snapshot, 'detectors'>): Measure => {
  const speeds = detectors.flatMap(({inferenceSpeed: speed}) =>
    speed !== null && Number.isFinite(speed) && speed > 0 && speed !== 10 && speed < 60_000 ? [speed] : [],
  );
  return speeds.length === 0 ? null : Math.max(...speeds);
};

/** Percent of its frames that the worst camera skips; cameras that deliver less than a frame a second say nothing. */
export const mostSkippedOf = ({cameras}: Pick<Snapshot, 'cameras'>): Measure => {
  const shares = cameras.flatMap(({cameraFps, skippedFps}) =>
    cameraFps !== null && skippedFps !== null && cameraFps >= 1 && skippedFps >= 0
      ? [Math.min(100, (skippedFps / cameraFps) * 100)]
      : [],
  );
  return shares.length === 0 ? null : Math.max(...shares);
};

/** What this snapshot reports, dated with the pass. */
export const sampleOf: (observation: Observation, snapshot: Snapshot) => ResourceSample = memoize(
  (observation: Observation, snapshot: Snapshot) => ({
    at: observation.at,
    use: [
      rounded(hostCpuOf(observation, snapshot)),
      rounded(podCpuOf(snapshot.usages), 100),
      rounded(snapshot.systemMemory),
      rounded(podMemoryOf(observation)),
      rounded(busiestGpu(snapshot.gpus)?.load ?? null),
    ],
    work: [rounded(slowestOf(snapshot)), rounded(mostSkippedOf(snapshot))],
  }),
);

/** The stored samples of the running container, oldest first; none from the future of a clock that was set back. */
export const samplesBefore = ({
  observation,
  memory,
}: {
  readonly observation: Observation;
  readonly memory: Baselines;
}): readonly ResourceSample[] => {
  const id = frigateContainer(observation)?.id ?? null;
  const isKnown = id !== null || observation.outside !== undefined;
  return !isKnown || memory.containerId !== id ? [] : memory.resources.filter(({at}) => at < observation.at);
};
