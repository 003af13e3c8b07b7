/** Frigate's log, followed for as long as its container lives; taken up again where it broke. */
import {notAsked, unknown} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import {earlier, seconds, since} from '../../core/time.js';
import {keyed} from './keyed.js';
import {RollingLog} from './rolling-log.js';
import {backOff, isOver, runningOn, serverNow, type Room, type Running} from './room.js';

/** New lines are shown this often; the window slides also when nothing is said. */
const PUBLISH_EVERY = 250;
const SLIDE_EVERY = seconds(5);
const FIRST_PAUSE = seconds(1);
/** A stream that lived this long was well. */
const WELL = seconds(10);
const LONGEST_REASON = 160;
const NOT_RUNNING = notAsked("Frigate's container does not run");

/** Reads until the stream ends; why it ended. */
const readOnce = async (room: Room, {workload, pod, container}: Running, rolling: RollingLog, signal: AbortSignal): Promise<ReturnType<typeof unknown>> => {
  const {world, slate} = room;
  const after = rolling.newest;
  const opened = await world.cluster.openLog({
    namespace: workload.namespace, pod: pod.name, container: container.name, previous: false, follow: true, tailLines: null,
    since: after ?? earlier(serverNow(world), world.settings.policy.logWindow),
  }, signal);
  if (!opened.known) return opened;
  const publish = (): void => {
    slate.put({log: {known: true, value: rolling.evidence(serverNow(world))}, lines: rolling.lines});
    slate.seen('log', world.clock.now());
  };
  publish();
  let published = world.clock.monotonic();
  let news = false;
  const timer = setInterval(() => {
    if (!news && world.clock.monotonic() - published < SLIDE_EVERY) return;
    news = false;
    published = world.clock.monotonic();
    publish();
  }, PUBLISH_EVERY);
  try {
    for await (const chunk of opened.value) {
      rolling.push(chunk, after);
      news = true;
    }
    return unknown('failed', 'the log stream ended');
  } catch (error) {
    return unknown('failed', `the log stream broke: ${maskedLine(error instanceof Error ? error.message : String(error), LONGEST_REASON)}`);
  } finally {
    clearInterval(timer);
  }
};

const followContainer = async (room: Room, running: Running, signal: AbortSignal): Promise<void> => {
  const {world, slate} = room;
  const rolling = new RollingLog(world.settings.policy.logWindow, earlier(serverNow(world), world.settings.policy.logWindow));
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    const begun = world.clock.now();
    const end = await readOnce(room, running, rolling, signal);
    if (isOver(signal)) return;
    if (since(begun, world.clock.now()) > WELL) attempts = 0;
    const pause = backOff(FIRST_PAUSE, attempts, room.random);
    slate.put({log: end});
    slate.failed('log', end.why, world.clock.now(), pause);
    await room.bell.wait(pause, signal);
  }
};

/** Follows the log of whichever container runs; `look` is called at each change of the board. */
export const followLog = (room: Room): {readonly look: () => void} => {
  const {slate, signal} = room;
  const follower = keyed(async (end) => {
    const running = runningOn(slate.now);
    if (running !== null) await followContainer(room, running, end);
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
