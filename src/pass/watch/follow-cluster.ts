/** The cluster's side of a live screen: the workload with its pods, their node and their events, followed by watches. */
import {known, notAsked} from '../../core/known.js';
import type {WorkloadQuery} from '../../kubernetes/cluster.js';
import type {News} from '../../kubernetes/watch/supervise.js';
import {seconds} from '../../core/time.js';
import {nodeNameOf} from '../../core/target.js';
import {within} from '../deadline.js';
import type {Board, SourceName} from './board.js';
import {keyed} from './keyed.js';
import {backOff, choiceOn, isOver, workloadOn, type Room} from './room.js';

const FIND_LIMIT = seconds(10);
const FIND_AGAIN = seconds(2);
/** One failed try may be a connection that was cut; the second one in a row means that nothing is seen. */
const BLIND_AFTER = 2;

const query = ({world: {settings, namespace}, kind}: Room): WorkloadQuery => ({
  namespace,
  name: settings.workload,
  kind,
  podSelector: settings.podSelector,
  exact: settings.workloadGiven,
});

/** Writes down how fresh a watched source is; `true` when it has something new to show. */
const noted = <T>(room: Room, name: SourceName, news: News<T>): news is Extract<News<T>, {kind: 'seen'}> => {
  const at = room.world.clock.now();
  if (news.kind === 'seen') {
    room.slate.seen(name, at, news.live);
    return true;
  }
  room.slate.failed(name, news.why, at, news.retryIn);
  return false;
};

/** Finds the workload, watches it while it stands, and looks for it anew when it is gone. */
export const followTarget = async (room: Room): Promise<void> => {
  const {world, slate, signal, bell} = room;
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    const located = await world.cluster.locate(query(room), within(FIND_LIMIT, signal));
    if (isOver(signal)) return;
    slate.put({located});
    const at = world.clock.now();
    const workload = workloadOn(slate.now);
    const pause = backOff(FIND_AGAIN, attempts, room.random);
    if (located.search.known) slate.seen('cluster', at);
    else slate.failed('cluster', located.search.why, at, pause);
    if (workload === null) {
      await bell.wait(pause, signal);
      continue;
    }
    attempts = 0;
    const gone = new AbortController();
    await world.cluster.watches.target(
      workload,
      (news) => {
        if (!noted(room, 'cluster', news)) {
          if (news.attempts >= BLIND_AFTER)
            slate.put({located: {search: {known: false, why: news.why}, pods: {known: false, why: news.why}}});
          return;
        }
        const {search} = news.value;
        slate.put({located: news.value});
        if (search.known && search.value.found !== 'one') gone.abort();
      },
      AbortSignal.any([signal, gone.signal]),
    );
  }
};

const nodeOf = (board: Board): string | null => {
  const workload = workloadOn(board);
  const {located} = board;
  return workload === null || located?.pods.known !== true
    ? null
    : nodeNameOf(workload, located.pods.value, choiceOn(board)?.pod ?? null);
};

const podsAreSeen = ({located}: Board): boolean => located?.pods.known === true;

/** Keeps a watch on the node of the pod and on the events of the workload; `look` is called at each change of the board. */
export const followSurroundings = (room: Room): {readonly look: () => void} => {
  const {world, slate, signal} = room;
  const {watches} = world.cluster;
  /** `undefined`: not known yet; `null`: no node has it. */
  let nodeName: string | null | undefined;
  let uid = '';
  const node = keyed(
    (end) =>
      watches.node(
        nodeName ?? '',
        (news) => {
          if (noted(room, 'node', news)) slate.put({node: news.value});
          else if (news.attempts >= BLIND_AFTER || !slate.now.node.known)
            slate.put({node: {known: false, why: news.why}});
        },
        end,
      ),
    signal,
  );
  const events = keyed(async (end) => {
    const workload = workloadOn(slate.now);
    if (workload === null) return;
    await watches.events(
      workload,
      (news) => {
        if (noted(room, 'events', news)) slate.put({events: {known: true, value: news.value}});
        else if (news.attempts >= BLIND_AFTER || !slate.now.events.known)
          slate.put({events: {known: false, why: news.why}});
      },
      end,
    );
  }, signal);
  return {
    look: () => {
      // What cannot be seen at the moment is no reason to let go of what is followed.
      if (slate.now.located !== null && !slate.now.located.search.known) return;
      const name = nodeOf(slate.now);
      if (name !== nodeName && (name !== null || podsAreSeen(slate.now))) {
        nodeName = name;
        slate.put({node: name === null ? known(null) : notAsked('still looking')});
      }
      uid = workloadOn(slate.now)?.uid ?? uid;
      node.set(nodeName ?? null);
      events.set(uid === '' ? null : uid);
    },
  };
};
