/** What changes rarely and is asked now and then: the remembered state, claims, the CronJob, rights, the log before this container. */
import {known, notAsked} from '../../core/known.js';
import {asksForClaims, asksForPreviousLog} from '../../core/questions.js';
import {earlier, later, minutes, seconds} from '../../core/time.js';
import {within} from '../deadline.js';
import {rightsToLook} from '../rights.js';
import {comparedWith, type StateStore} from '../state-store.js';
import {memoryOn} from './ask-details.js';
import {backOff, choiceOn, isOver, serverNow, workloadOn, type Room} from './room.js';

const STATE_EVERY = seconds(10);
const REST_EVERY = minutes(1);
const LIMIT = seconds(10);

/** The state ConfigMap, as the next pass would read it. */
export const readState = async (room: Room, store: StateStore): Promise<void> => {
  const {world, slate, bell, signal} = room;
  let attempts = 0;
  while (!signal.aborted) {
    const recalled = await store.recall(within(LIMIT, signal));
    if (isOver(signal)) return;
    const at = world.clock.now();
    attempts = recalled.soundness.known ? 0 : attempts + 1;
    const pause = attempts === 0 ? STATE_EVERY : backOff(seconds(2), attempts - 1, room.random);
    const before = slate.now.remembered?.map?.resourceVersion;
    slate.put(
      {remembered: comparedWith(recalled, workloadOn(slate.now))},
      before !== undefined && before === recalled.map?.resourceVersion ? 'expected' : 'news',
    );
    if (recalled.soundness.known) slate.seen('state', at, false);
    else slate.failed('state', recalled.soundness.why, at, pause);
    await bell.wait(pause, signal);
  }
};

const askOnce = async (room: Room): Promise<boolean> => {
  const {world, slate, signal} = room;
  const {cluster, settings, namespace} = world;
  const workload = workloadOn(slate.now);
  if (workload === null) return false;
  const limited = (): AbortSignal => within(LIMIT, signal);
  const rights = rightsToLook(settings, namespace, workload.kind, workload);
  const pod = choiceOn(slate.now)?.pod ?? null;
  const {
    frigate: {stats},
    config,
    segments,
  } = slate.now;
  const asksForLog = asksForPreviousLog({
    pod,
    workload,
    stats,
    config,
    segments,
    memory: memoryOn(slate.now),
    now: serverNow(world),
  });
  const [missingRights, cronJob, claims, previousLog] = await Promise.all([
    cluster.missingRights(rights, limited()),
    cluster.readCronJob(namespace, settings.cronJobName, limited()),
    asksForClaims(workload) ? cluster.listClaims(workload.namespace, workload.template.claims, limited()) : known([]),
    asksForLog && pod?.frigate !== null && pod?.frigate !== undefined
      ? world.readLog(
          {
            namespace: workload.namespace,
            pod: pod.name,
            container: pod.frigate.name,
            previous: true,
            since: earlier(pod.frigate.last?.finishedAt ?? serverNow(world), minutes(10)),
            to: later(serverNow(world), seconds(1)),
          },
          limited(),
        )
      : notAsked('no exit within the last hour'),
  ]);
  if (!signal.aborted) slate.put({missingRights, cronJob, claims, previousLog});
  return true;
};

export const askCluster = async (room: Room): Promise<void> => {
  while (!room.signal.aborted) {
    const asked = await askOnce(room);
    await room.bell.wait(asked ? REST_EVERY : seconds(0.2), room.signal);
  }
};
