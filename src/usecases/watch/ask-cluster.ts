/** What changes rarely and is asked now and then: the stored state, claims, the CronJob, permissions, the log before this container. */
import {backOff} from '../../core/back-off.js';
import {known, notAsked} from '../../core/known.js';
import type {Workload} from '../../core/observation/workload.js';
import {asksForClaims, asksForPreviousLog} from '../../core/checks/evidence/follow-up.js';
import {seconds} from '../../core/time.js';
import {within} from '../../core/timers.js';
import {daemonMayAct} from '../../pass/in-force.js';
import {previousLogOf} from '../../pass/observe.js';
import {comparedWith, type StateStore} from '../../pass/state-store.js';
import {memoryOn} from './ask-details.js';
import {choiceOn, isOver, LONGEST_PAUSE, serverNow, workloadOn, type WatchContext} from './watch-context.js';

const STATE_EVERY = seconds(10);
const LIMIT = seconds(10);

/** The state ConfigMap, as the next pass would read it. */
export const readState = async (context: WatchContext, store: StateStore): Promise<void> => {
  const {ports, writer, sleep, signal} = context;
  let attempts = 0;
  while (!signal.aborted) {
    const recalled = await store.recall(within(ports.clock, LIMIT, signal));
    if (isOver(signal)) return;
    const at = ports.clock.now();
    attempts = recalled.soundness.known ? 0 : attempts + 1;
    const pause =
      attempts === 0 ? STATE_EVERY : backOff({first: seconds(2), longest: LONGEST_PAUSE}, attempts, context.random);
    const before = writer.now.recalledState?.map?.resourceVersion;
    writer.put(
      {recalledState: comparedWith(recalled, workloadOn(writer.now))},
      before !== undefined && before === recalled.map?.resourceVersion ? 'expected' : 'news',
    );
    if (recalled.soundness.known) writer.answered('state', at, false);
    else writer.failed('state', recalled.soundness.why, at, pause);
    await sleep.wait(pause, signal);
  }
};

/** Which permissions are missing, and the CronJob that runs the passes. */
const review = async (context: WatchContext, workload: Workload): Promise<void> => {
  const {ports, writer, demand, signal} = context;
  const {cluster, settings, namespace} = ports;
  const limited = (): AbortSignal => within(ports.clock, LIMIT, signal);
  const [missingPermissions, cronJob] = await Promise.all([
    cluster.missingPermissions(demand.permissions(ports, workload), limited()),
    demand.cronJob ? cluster.readCronJob(namespace, settings.cronJobName, limited()) : notAsked(),
  ]);
  const recalled = writer.now.recalledState;
  const daemon =
    demand.cronJob && recalled !== null && daemonMayAct(recalled, serverNow(ports))
      ? await cluster.readDaemon(namespace, limited())
      : notAsked();
  if (!signal.aborted) writer.put({missingPermissions, cronJob, daemon});
};

const askOnce = async (context: WatchContext, reviewDue: boolean): Promise<boolean> => {
  const {ports, writer, signal} = context;
  const {cluster} = ports;
  const workload = workloadOn(writer.now);
  if (workload === null) return false;
  const limited = (): AbortSignal => within(ports.clock, LIMIT, signal);
  const pod = choiceOn(writer.now)?.pod ?? null;
  const {
    frigate: {stats},
    config,
    segments,
  } = writer.now;
  const asksForLog = asksForPreviousLog({
    pod,
    workload,
    stats,
    config,
    segments,
    memory: memoryOn(writer.now),
    now: serverNow(ports),
  });
  const [claims, previousLog] = await Promise.all([
    asksForClaims(workload) ? cluster.listClaims(workload.namespace, workload.template.claims, limited()) : known([]),
    asksForLog && pod?.frigate !== null && pod?.frigate !== undefined
      ? ports.readLog(previousLogOf(workload.namespace, pod.name, pod.frigate, serverNow(ports)), limited())
      : notAsked('no exit within the last hour'),
    reviewDue ? review(context, workload) : null,
  ]);
  if (!signal.aborted) writer.put({claims, previousLog});
  return true;
};

export const askCluster = async (context: WatchContext): Promise<void> => {
  const {ports, writer, demand, signal} = context;
  let reviewed: number | null = null;
  while (!signal.aborted) {
    const at = ports.clock.monotonic();
    const due = reviewed === null || at - reviewed >= demand.reviewEvery || !writer.now.missingPermissions.known;
    const asked = await askOnce(context, due);
    if (asked && due) reviewed = at;
    await context.sleep.wait(asked ? demand.restEvery : seconds(0.2), signal);
  }
};
