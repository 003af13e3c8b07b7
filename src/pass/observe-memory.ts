/**
 * What Frigate's container uses of its memory limit: by the metrics API, else by its cgroup where this account may exec. Never by the
 * processes that Frigate lists: their sum counts shared pages several times, and on cgroup v1 it is of the host's memory.
 */
import type {Known} from '../core/known.js';
import {known, notAsked, unknown} from '../core/known.js';
import type {CpuUse} from '../core/observation/cpu-use.js';
import type {MemoryUse} from '../core/observation/memory-use.js';
import {seconds} from '../core/time.js';
import {within} from '../core/timers.js';
import type {FrigateReader} from '../frigate/frigate.js';
import type {FrigateAddress, PassPorts} from './ports.js';
import type {LocatedPod} from './located-pod.js';

const LIMIT = seconds(5);

/** Asked at once, beside everything else; the second way only once the reader is there. */
export interface MemoryQuestion {
  readonly answer: (reader: Pick<FrigateReader, 'memoryUse'>, signal: AbortSignal) => Promise<Known<MemoryUse>>;
  /** The metrics API reports the CPU time with the memory; the cgroup would have to be read twice. */
  readonly cpu: Promise<Known<CpuUse>>;
}

/** The manifests grant a pod exec only where it is the transport; a person's account is asked whether it may. */
const mayExec = ({cluster, settings}: PassPorts): boolean => settings.via === 'exec' || !cluster.inCluster;

const NO_LIMIT = notAsked('no memory limit is set');

const cpuOf = (use: Known<MemoryUse>): Known<CpuUse> => {
  if (!use.known) return use;
  const {cores = null, at} = use.value;
  return cores === null ? unknown('garbled', 'the metrics API says nothing of the CPU time') : known({cores, at});
};

/** @param starting The start of the container lasts longer than usual: its CPU time shows whether it works. */
export const askForMemory = (
  ports: PassPorts,
  {workload, pod}: Pick<LocatedPod, 'workload' | 'pod'>,
  {namespace, pod: name, container}: FrigateAddress,
  signal: AbortSignal,
  starting = false,
): MemoryQuestion => {
  const {cluster, clock} = ports;
  const limited = (workload?.template.memoryLimit ?? null) !== null;
  if (!limited && !starting) return {answer: () => Promise.resolve(NO_LIMIT), cpu: Promise.resolve(notAsked())};
  const state = pod?.frigate?.state;
  const startedAt = state?.phase === 'running' ? state.startedAt : null;
  const first = cluster
    .readMemoryUse({namespace, pod: name, container}, within(clock, LIMIT, signal))
    .then((use) =>
      use.known && use.value.at !== null && startedAt !== null && use.value.at < startedAt
        ? unknown('not-found', 'the metrics API has nothing of this container yet')
        : use,
    );
  return {
    answer: async (reader, own) => {
      if (!limited) return NO_LIMIT;
      const use = await first;
      if (use.known || !mayExec(ports)) return use;
      const cgroup = await reader.memoryUse(within(clock, LIMIT, own));
      // What would have to be repaired is the way that is open to every account.
      return cgroup.known ? cgroup : use;
    },
    cpu: starting ? first.then(cpuOf) : Promise.resolve(notAsked()),
  };
};
