/** The pod, its container and its node in short words. */
import {podMemoryOf} from '../../core/checks/evidence/resource-samples.js';
import type {Status} from '../../core/finding.js';
import type {GpuUsage} from '../../core/observation/frigate.js';
import type {Container, Pod} from '../../core/observation/pod.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
import {clockTime} from './freshness.js';

export interface PodView {
  /** `Deployment/frigate`; `null` while it is not found. */
  readonly workload: string | null;
  readonly pod: string | null;
  /** `running`, `waiting: CrashLoopBackOff` …; `no pod`; `not known` where pods cannot be listed. */
  readonly state: string;
  readonly status: Status;
  readonly restarts: number | null;
  /** `OOMKilled, exit code 137, 14:02:11Z`; `null`: it never ended. */
  readonly lastExit: string | null;
  readonly node: string | null;
  readonly nodeState: string;
  readonly nodeStatus: Status;
  /** Cores. */
  readonly cpu: number | null;
  readonly cpuLimit: number | null;
  /** Percent of the memory limit. */
  readonly memory: number | null;
  /** Bytes. */
  readonly memoryLimit: number | null;
  /** Percent of the whole host. */
  readonly systemCpu: number | null;
  readonly gpus: readonly GpuUsage[];
}

/** The chosen pod, else the last one that is still listed: a terminating pod is shown too. */
const podOf = ({choice}: LiveObservation): Pod | null => choice?.pod ?? choice?.setAside[0]?.pod ?? null;

const containerState = ({state, ready}: Container): string => {
  switch (state.phase) {
    case 'running':
      return ready ? 'running' : 'running, not ready';
    case 'waiting':
      return `waiting: ${state.reason}`;
    case 'terminated':
      return `ended: ${state.reason}, exit code ${state.exitCode}`;
  }
};

const podState = (pod: Pod): {readonly state: string; readonly status: Status} => {
  if (pod.deletingSince !== null) return {state: 'terminating', status: 'warning'};
  const container = pod.frigate;
  if (container === null)
    return {state: pod.reason ?? pod.phase, status: pod.phase === 'Pending' ? 'warning' : 'critical'};
  const {phase} = container.state;
  return {
    state: containerState(container),
    status: phase === 'running' ? (container.ready ? 'ok' : 'warning') : 'critical',
  };
};

const lastExitOf = (container: Container | null): string | null => {
  const last = container?.last ?? null;
  if (last === null) return null;
  return `${last.reason}, exit code ${last.exitCode}${last.finishedAt === null ? '' : `, ${clockTime(last.finishedAt)}`}`;
};

const nodeView = (live: LiveObservation): Pick<PodView, 'node' | 'nodeState' | 'nodeStatus'> => {
  const {node} = live.watchState;
  if (!node.known)
    return {
      node: null,
      nodeState: node.why.code === 'not-asked' ? 'not known' : node.why.message,
      nodeStatus: 'unknown',
    };
  if (node.value === null) return {node: null, nodeState: 'not scheduled', nodeStatus: 'warning'};
  const {name, conditions, unschedulable} = node.value;
  const ready = conditions.find(({type}) => type === 'Ready')?.status === 'True';
  const pressures = conditions
    .filter(({type, status}) => type.endsWith('Pressure') && status === 'True')
    .map(({type}) => type);
  const state = [ready ? 'Ready' : 'NotReady', ...(unschedulable ? ['cordoned'] : []), ...pressures].join(', ');
  return {
    node: name,
    nodeState: state,
    nodeStatus: !ready ? 'critical' : unschedulable || pressures.length > 0 ? 'warning' : 'ok',
  };
};

const sumOf = (values: ReadonlyArray<number | null>): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
};

/** What the pod uses: CPU by Frigate's own account of its processes, memory by the working set of its container. */
const usageOf = ({
  watchState: {lastStats},
  observed: {observation},
}: LiveObservation): Pick<PodView, 'cpu' | 'memory' | 'systemCpu' | 'gpus'> => {
  const usages = lastStats?.reading.snapshot.usages ?? [];
  const cpu = sumOf(usages.map((usage) => usage.cpu));
  return {
    cpu: cpu === null ? null : cpu / 100,
    memory: podMemoryOf(observation),
    systemCpu: lastStats?.reading.snapshot.systemCpu ?? null,
    gpus: lastStats?.reading.snapshot.gpus ?? [],
  };
};

/** There is no pod only where pods can be listed. */
const noPod = ({located}: LiveObservation['watchState']): {readonly state: string; readonly status: Status} => ({
  state: located?.pods.known === true ? 'no pod' : 'not known',
  status: 'unknown',
});

export const podView = (live: LiveObservation): PodView => {
  const {watchState, workload} = live;
  const pod = podOf(live);
  return {
    workload: workload === null ? null : `${workload.kind}/${workload.name}`,
    pod: pod?.name ?? null,
    ...(pod === null ? noPod(watchState) : podState(pod)),
    restarts: pod?.frigate?.restartCount ?? null,
    lastExit: lastExitOf(pod?.frigate ?? null),
    ...nodeView(live),
    ...usageOf(live),
    cpuLimit: workload?.template.cpuLimit ?? null,
    memoryLimit: workload?.template.memoryLimit ?? null,
  };
};
