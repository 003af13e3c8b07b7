/** Follows a restart until Frigate is back, or until waiting cannot help: a look each second, a line for each change. */
import {progressOf, type Progress} from '../core/rollout/progress.js';
import {maskedLine} from '../core/mask.js';
import {seconds, type Duration, type Instant} from '../core/time.js';
import type {Pod} from '../core/observation/pod.js';
import type {Workload} from '../core/observation/workload.js';
import {within} from './deadline.js';
import {pause} from './pause.js';
import {Tail} from './tail.js';
import type {World} from './world.js';

const LOOK_AGAIN = seconds(1);
const LOOK_LIMIT = seconds(5);
const LAST_LINES = 15;
const LONGEST_LINE = 300;

export interface Following {
  /** The flags that lead there, for a command. */
  readonly flags: string;
  readonly oldPods: ReadonlySet<string>;
  readonly sentAt: Instant;
  readonly expectedCameras: number;
  readonly limit: Duration;
  /** Told at each look; the caller decides how to show it. */
  readonly told: (progress: Progress) => void;
}

export type FollowEnd =
  | {readonly kind: 'back'; readonly text: string}
  | {readonly kind: 'failed'; readonly text: string; readonly fix: string; readonly lastLines: readonly string[]}
  | {readonly kind: 'ran-out'; readonly text: string}
  | {readonly kind: 'interrupted'};

export const follow = async (
  world: World,
  target: Workload,
  following: Following,
  signal: AbortSignal,
): Promise<FollowEnd> => {
  const begun = world.clock.monotonic();
  let last = 'the restart is sent';
  for (;;) {
    if (signal.aborted) return {kind: 'interrupted'};
    const progress = await look(world, target, following, signal);
    if (progress !== null) {
      following.told(progress);
      last = progress.text;
      if (progress.kind === 'done') return {kind: 'back', text: progress.text};
      if (progress.kind === 'failed')
        return {
          kind: 'failed',
          text: progress.text,
          fix: progress.fix,
          lastLines: await lastLines(world, target, progress, signal),
        };
    }
    if (world.clock.monotonic() - begun >= following.limit) return {kind: 'ran-out', text: last};
    await pause(LOOK_AGAIN, signal);
  }
};

/** `null`: this look showed nothing; the next one will. */
const look = async (
  world: World,
  target: Workload,
  {flags, oldPods, sentAt, expectedCameras}: Following,
  signal: AbortSignal,
): Promise<Progress | null> => {
  const {cluster} = world;
  const limited = (): AbortSignal => within(LOOK_LIMIT, signal);
  const search = await cluster.findWorkload(
    {namespace: target.namespace, name: target.name, kind: target.kind, podSelector: null},
    limited(),
  );
  if (!search.known || search.value.found !== 'one') return null;
  const {workload} = search.value;
  const [pods, events] = await Promise.all([
    cluster.listPods(workload, limited()),
    cluster.listEvents(workload, limited()),
  ]);
  if (!pods.known) return null;
  const fresh = pods.value.find((pod) => !oldPods.has(pod.uid) && pod.frigate?.state.phase === 'running');
  const api = fresh === undefined ? null : await ask(world, target, fresh, limited());
  return progressOf({
    workload,
    flags,
    pods: pods.value,
    events: events.known ? events.value : [],
    oldPods,
    sentAt,
    now: cluster.serverTime() ?? world.clock.now(),
    api,
    expectedCameras,
  });
};

const ask = async (
  world: World,
  {namespace}: Workload,
  pod: Pod,
  signal: AbortSignal,
): Promise<{readonly cameras: number; readonly delivering: number} | null> => {
  const {stats, reader} = await world.openFrigate(
    {namespace, pod: pod.name, container: pod.frigate?.name ?? 'frigate', ip: pod.ip},
    signal,
  );
  reader.close();
  if (!stats.known) return null;
  const {cameras} = stats.value.snapshot;
  return {cameras: cameras.length, delivering: cameras.filter((camera) => (camera.cameraFps ?? 0) > 0).length};
};

/** What the dead container said last, masked: the operator's next question. */
const lastLines = async (
  {cluster}: World,
  {namespace, template}: Workload,
  {pod, previous}: Extract<Progress, {kind: 'failed'}>,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (pod === null) return [];
  const opened = await cluster.openLog(
    {namespace, pod, container: template.containerName, since: null, previous, follow: false, tailLines: LAST_LINES},
    within(LOOK_LIMIT, signal),
  );
  if (!opened.known) return [];
  const tail = new Tail();
  try {
    for await (const chunk of opened.value) tail.add(chunk);
  } catch {
    // A log that breaks off has said what it has.
  }
  return tail.lines(LAST_LINES).map((line) => maskedLine(line.replace(/^\S+Z /, ''), LONGEST_LINE));
};
