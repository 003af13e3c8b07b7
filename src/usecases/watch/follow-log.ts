/** Frigate's log, followed for as long as its container runs; resumed where it broke. */
import {backOff} from '../../core/back-off.js';
import {unknown} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import {earlier, milliseconds, seconds, since, type Duration} from '../../core/time.js';
import {after, every} from '../../core/timers.js';
import {NOT_RUNNING} from '../../pass/located-pod.js';
import {keyed} from './keyed-tasks.js';
import {RollingLog} from './rolling-log.js';
import {isOver, LONGEST_PAUSE, runningOn, serverNow, type WatchContext, type Running} from './watch-context.js';

/** New lines are shown this often; the window slides also when nothing is said. */
const PUBLISH_EVERY = milliseconds(250);
const SLIDE_EVERY = seconds(5);
const FIRST_PAUSE = seconds(1);
/** For the first byte of the answer; the kubelet sends its headers at once, also where there is no line (measured on 1.34). */
const OPEN_LIMIT = seconds(10);
/** A stream that says nothing may be a calm Frigate or a dead connection: after so long it is opened again, which shows it. */
const QUIET_LIMIT = seconds(60);
/** A stream that lasted this long was sound. */
const WELL = seconds(10);
const LONGEST_REASON = 160;

export interface Patience {
  readonly open: Duration;
  readonly quiet: Duration;
}

/** Reads until the stream ends; why it ended, `quiet` where it only said nothing for long. */
const readOnce = async (
  context: WatchContext,
  {workload, pod, container}: Running,
  rolling: RollingLog,
  patience: Patience,
  signal: AbortSignal,
): Promise<ReturnType<typeof unknown> | 'quiet'> => {
  const {ports, writer} = context;
  const from = rolling.newest;
  const silence = new AbortController();
  let heard = after(ports.clock, patience.open, () => silence.abort());
  const opened = await ports.cluster
    .openLog(
      {
        namespace: workload.namespace,
        pod: pod.name,
        container: container.name,
        previous: false,
        follow: true,
        tailLines: null,
        since: from ?? earlier(serverNow(ports), ports.settings.policy.logWindow),
      },
      AbortSignal.any([signal, silence.signal]),
    )
    .finally(() => heard());
  if (!opened.known) return opened;
  const hear = (): void => {
    heard();
    heard = after(ports.clock, patience.quiet, () => silence.abort());
  };
  hear();
  const publish = (): void => {
    const isNew = !writer.now.log.known || writer.now.lines !== rolling.lines;
    writer.put(
      {log: {known: true, value: rolling.evidence(serverNow(ports))}, lines: rolling.lines},
      isNew ? 'news' : 'expected',
    );
  };
  publish();
  writer.answered('log', ports.clock.now());
  let published = ports.clock.monotonic();
  let news = false;
  const endPublishing = every(ports.clock, PUBLISH_EVERY, () => {
    if (!news && ports.clock.monotonic() - published < SLIDE_EVERY) return;
    published = ports.clock.monotonic();
    publish();
    if (news) writer.answered('log', ports.clock.now());
    news = false;
  });
  try {
    for await (const chunk of opened.value) {
      rolling.push(chunk, from);
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
    heard();
    endPublishing();
  }
};

const followContainer = async (
  context: WatchContext,
  running: Running,
  patience: Patience,
  signal: AbortSignal,
): Promise<void> => {
  const {ports, writer} = context;
  const rolling = new RollingLog(
    ports.settings.policy.logWindow,
    earlier(serverNow(ports), ports.settings.policy.logWindow),
  );
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    const begun = ports.clock.now();
    const end = await readOnce(context, running, rolling, patience, signal);
    if (isOver(signal)) return;
    if (end === 'quiet') {
      attempts = 0;
      continue;
    }
    if (since(begun, ports.clock.now()) > WELL) attempts = 0;
    const pause = backOff({first: FIRST_PAUSE, longest: LONGEST_PAUSE}, attempts + 1, context.random);
    writer.put({log: end});
    writer.failed('log', end.why, ports.clock.now(), pause);
    await context.sleep.wait(pause, signal);
  }
};

/** Follows the log of whichever container runs; `onChange` is called at each change of the watch state. */
export const followLog = (
  context: WatchContext,
  patience: Patience = {open: OPEN_LIMIT, quiet: QUIET_LIMIT},
): {readonly onChange: () => void} => {
  const {writer, signal} = context;
  const follower = keyed(async (end) => {
    const running = runningOn(writer.now);
    if (running !== null) await followContainer(context, running, patience, end);
  }, signal);
  return {
    onChange: () => {
      const running = runningOn(writer.now);
      if (running !== null) follower.set(`${running.pod.uid}/${running.container.id ?? ''}`);
      else if (writer.now.located?.search.known === true) {
        follower.set(null);
        if (writer.now.log !== NOT_RUNNING) writer.put({log: NOT_RUNNING});
      }
    },
  };
};
