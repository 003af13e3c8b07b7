/** Follows a restart until Frigate is back, or until waiting cannot help: one read each second, a line for each change. */
import {deleted, progressOf, type CameraCounts, type Progress} from '../../core/rollout/progress.js';
import {seconds, type Duration, type Instant} from '../../core/time.js';
import type {Pod} from '../../core/observation/pod.js';
import {singleWorkload, type Workload} from '../../core/observation/workload.js';
import {within} from '../../core/timers.js';
import type {FollowResult} from '../../outcome/restart-result.js';
import {lastLines} from '../../pass/last-lines.js';
import type {PassPorts} from '../../pass/ports.js';

const OBSERVE_AGAIN = seconds(1);
const READ_LIMIT = seconds(5);
const LAST_LINES = 15;

export interface Following {
  /** The flags that lead there, for a command. */
  readonly flags: string;
  readonly oldPods: ReadonlySet<string>;
  readonly sentAt: Instant;
  readonly expectedCameras: number;
  readonly limit: Duration;
  /** Called at each observation; the caller decides how to show it. */
  readonly onProgress: (progress: Progress) => void;
}

export const follow = async (
  ports: PassPorts,
  target: Workload,
  following: Following,
  signal: AbortSignal,
): Promise<FollowResult> => {
  const begun = ports.clock.monotonic();
  let last: Progress | null = null;
  for (;;) {
    if (signal.aborted) return {kind: 'interrupted'};
    const progress = await observeOnce(ports, target, following, signal);
    if (progress !== null) {
      following.onProgress(progress);
      last = progress;
      if (progress.kind === 'done') return {kind: 'back', progress};
      if (progress.kind === 'failed')
        return {
          kind: 'failed',
          progress,
          lastLines: progress.log === null ? [] : await lastLines(ports, target, progress.log, LAST_LINES, signal),
        };
    }
    if (ports.clock.monotonic() - begun >= following.limit) return {kind: 'ran-out', last};
    await ports.clock.sleep(OBSERVE_AGAIN, signal);
  }
};

/** `null`: this read showed nothing; the next one will. */
const observeOnce = async (
  ports: PassPorts,
  target: Workload,
  {flags, oldPods, sentAt, expectedCameras}: Following,
  signal: AbortSignal,
): Promise<Progress | null> => {
  const {cluster, clock} = ports;
  const limited = (): AbortSignal => within(clock, READ_LIMIT, signal);
  const search = await cluster.findWorkload(
    {namespace: target.namespace, name: target.name, kind: target.kind, podSelector: null, exact: true},
    limited(),
  );
  if (search.known && search.value.found === 'none') return deleted(target, flags);
  const workload = singleWorkload(search);
  if (workload === null) return null;
  const [pods, events] = await Promise.all([
    cluster.listPods(workload, limited()),
    cluster.listEvents(workload, limited()),
  ]);
  if (!pods.known) return null;
  const fresh = pods.value.find((pod) => !oldPods.has(pod.uid) && pod.frigate?.state.phase === 'running');
  const api = fresh === undefined ? null : await ask(ports, target, fresh, limited());
  return progressOf({
    workload,
    flags,
    pods: pods.value,
    events: events.known ? events.value : [],
    oldPods,
    sentAt,
    now: cluster.serverTime() ?? clock.now(),
    api,
    expectedCameras,
  });
};

const ask = async (
  ports: PassPorts,
  {namespace}: Workload,
  pod: Pod,
  signal: AbortSignal,
): Promise<CameraCounts | null> => {
  const {stats, reader} = await ports.openFrigate(
    {namespace, pod: pod.name, container: pod.frigate?.name ?? 'frigate', ip: pod.ip},
    signal,
  );
  reader.close();
  if (!stats.known) return null;
  const {cameras} = stats.value.snapshot;
  return {cameras: cameras.length, delivering: cameras.filter((camera) => (camera.cameraFps ?? 0) > 0).length};
};
