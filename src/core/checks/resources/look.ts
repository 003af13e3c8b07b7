/** What Frigate and its host use, as one look of Frigate at itself tells it, and the looks before it. */
import {derived} from '../../derived.js';
import type {Memory, ResourceLook} from '../../memory.js';
import type {GpuUsage, Measure, ProcessUsage, Snapshot} from '../../observation/frigate.js';
import type {Observation} from '../../observation/observation.js';
import {frigateContainer} from '../facts.js';

/** Numbers that can be; `null` when there is none. */
const sumOf = (values: readonly Measure[]): Measure => {
  const told = values.filter((value) => value !== null && Number.isFinite(value) && value >= 0);
  return told.length === 0 ? null : told.reduce<number>((sum, value) => sum + (value ?? 0), 0);
};

/** Cores that all processes of the pod use together; `null` when none tells. */
export const podCpuOf = (usages: readonly ProcessUsage[] | null): Measure => {
  const percent = sumOf((usages ?? []).map(({cpu}) => cpu));
  return percent === null ? null : percent / 100;
};

/** Percent of the memory limit that all processes use together, or of the host's memory where none is set; pages that they share count several times. */
export const podMemoryOf = (usages: readonly ProcessUsage[] | null): Measure =>
  sumOf((usages ?? []).map(({memory}) => memory));

/** The card with the most work; `null` when none tells its load. */
export const busiestGpu = (gpus: readonly GpuUsage[]): {readonly name: string; readonly load: number} | null => {
  const told = gpus.flatMap(({name, load}) =>
    load !== null && Number.isFinite(load) && load >= 0 ? [{name, load}] : [],
  );
  return told.sort((a, b) => b.load - a.load || (a.name < b.name ? -1 : 1))[0] ?? null;
};

/** The host's CPU in percent; where Frigate does not tell it (0.13 and before, 0.18) the part of the node's cores that Frigate's own processes use. */
const hostCpuOf = ({node}: Observation, {systemCpu, usages}: Snapshot): Measure => {
  if (systemCpu !== null) return systemCpu;
  const cores = node.known ? (node.value?.allocatable.get('cpu') ?? null) : null;
  const used = podCpuOf(usages);
  return cores === null || cores <= 0 || used === null ? null : (used / cores) * 100;
};

const rounded = (value: Measure, parts = 10): Measure =>
  value === null || !Number.isFinite(value) || value < 0 ? null : Math.round(value * parts) / parts;

/** What this snapshot tells, dated with the pass. */
export const lookAt: (observation: Observation, snapshot: Snapshot) => ResourceLook = derived(
  (observation: Observation, snapshot: Snapshot) => ({
    at: observation.at,
    use: [
      rounded(hostCpuOf(observation, snapshot)),
      rounded(podCpuOf(snapshot.usages), 100),
      rounded(snapshot.systemMemory),
      rounded(podMemoryOf(snapshot.usages)),
      rounded(busiestGpu(snapshot.gpus)?.load ?? null),
    ],
  }),
);

/** The remembered looks at the present container, oldest first; none from the future of a clock that was set back. */
export const looksBefore = ({
  observation,
  memory,
}: {
  readonly observation: Observation;
  readonly memory: Memory;
}): readonly ResourceLook[] => {
  const id = frigateContainer(observation)?.id ?? null;
  return id === null || memory.containerId !== id ? [] : memory.resources.filter(({at}) => at < observation.at);
};
