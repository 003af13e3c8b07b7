/** Frigate's log, followed for as long as its container lives; taken up again where it broke. */
import {notAsked, unknown} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import {earlier, seconds, since, type Duration} from '../../core/time.js';
import {keyed} from './keyed.js';
import {RollingLog} from './rolling-log.js';
import {backOff, isOver, runningOn, serverNow, type Room, type Running} from './room.js';

/** New lines are shown this often; the window slides also when nothing is said. */
const PUBLISH_EVERY = 250;
const SLIDE_EVERY = seconds(5);
const FIRST_PAUSE = seconds(1);
/** For the first byte of the answer; the kubelet sends its headers at once, also where there is no line (measured on 1.34). */
const OPEN_LIMIT = seconds(10);
/** A stream that says nothing may be a calm Frigate or a dead connection: after so long it is opened anew, which tells. */
const QUIET_LIMIT = seconds(60);
/** A stream that lived this long was well. */
const WELL = seconds(10);
const LONGEST_REASON = 160;
const NOT_RUNNING = notAsked("Frigate's container does not run");

export interface Patience {
  readonly open: Duration;
  readonly quiet: Duration;
}

/** Reads until the stream ends; why it ended, `quiet` where it only said nothing for long. */
const readOnce = async (
  room: Room,
  {workload, pod, container}: Running,
  rolling: RollingLog,
  patience: Patience,
  signal: AbortSignal,
): Promise<ReturnType<typeof unknown> | 'quiet'> => {
  const {world, slate} = room;
  const after = rolling.newest;
  const silence = new AbortController();
  let giveUp = setTimeout(() => silence.abort(), patience.open);
  const opened = await world.cluster
    .openLog(
      {
        namespace: workload.namespace,
        pod: pod.name,
        container: container.name,
        previous: false,
        follow: true,
        tailLines: null,
        since: after ?? earlier(serverNow(world), world.settings.policy.logWindow),
      },
      AbortSignal.any([signal, silence.signal]),
    )
    .finally(() => clearTimeout(giveUp));
  if (!opened.known) return opened;
  const hear = (): void => {
    clearTimeout(giveUp);
    giveUp = setTimeout(() => silence.abort(), patience.quiet);
  };
  hear();
  const publish = (): void => {
    const isNew = !slate.now.log.known || slate.now.lines !== rolling.lines;
    slate.put(
      {log: {known: true, value: rolling.evidence(serverNow(world))}, lines: rolling.lines},
      isNew ? 'news' : 'expected',
    );
  };
  publish();
  slate.seen('log', world.clock.now());
  let published = world.clock.monotonic();
  let news = false;
  const timer = setInterval(() => {
    if (!news && world.clock.monotonic() - published < SLIDE_EVERY) return;
    published = world.clock.monotonic();
    publish();
    if (news) slate.seen('log', world.clock.now());
    news = false;
  }, PUBLISH_EVERY);
  try {
    for await (const chunk of opened.value) {
      rolling.push(chunk, after);
      news = true;
      hear();
    }
    return silence.signal.aborted ? 'quiet' : unknown('failed', 'the log stream ended');
  } catch (error) {
    if (silence.signal.aborted) return 'quiet';
    return unknown(
      'failed',
      `the log stream broke: ${maskedLine(error instanceof Error ? error.message : String(error), LONGEST_REASON)}`,
    );
  } finally {
    clearTimeout(giveUp);
    clearInterval(timer);
  }
};

const followContainer = async (
  room: Room,
  running: Running,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> => {
  const {world, slate} = room;
  const rolling = new RollingLog(
    world.settings.policy.logWindow,
    earlier(serverNow(world), world.settings.policy.logWindow),
  );
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    const begun = world.clock.now();
    const end = await readOnce(room, running, rolling, patience, signal);
    if (isOver(signal)) return;
    if (end === 'quiet') {
      attempts = 0;
      continue;
    }
    if (since(begun, world.clock.now()) > WELL) attempts = 0;
    const pause = backOff(FIRST_PAUSE, attempts, room.random);
    slate.put({log: end});
    slate.failed('log', end.why, world.clock.now(), pause);
    await room.bell.wait(pause, signal);
  }
};

/** Follows the log of whichever container runs; `look` is called at each change of the board. */
export const followLog = (
  room: Room,
  patience: Patience = {open: OPEN_LIMIT, quiet: QUIET_LIMIT},
): {readonly look: () => void} => {
  const {slate, signal} = room;
  const follower = keyed(async (end) => {
    const running = runningOn(slate.now);
    if (running !== null) await followContainer(room, running, patience, end);
  }, signal);
  return {
    look: () => {
      const running = runningOn(slate.now);
      if (running !== null) follower.set(`${running.pod.uid}/${running.container.id ?? ''}`);
      else if (slate.now.located?.search.known === true) {
        follower.set(null);
        if (slate.now.log.known || slate.now.log.why.message !== NOT_RUNNING.why.message) slate.put({log: NOT_RUNNING});
      }
    },
  };
};
