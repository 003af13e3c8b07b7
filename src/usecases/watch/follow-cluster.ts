/** The cluster's side of a live screen: the workload with its pods, their node and their events, followed by watches. */
import {backOff} from '../../core/back-off.js';
import {known, notReadYet} from '../../core/known.js';
import type {WorkloadQuery} from '../../kubernetes/cluster.js';
import type {News} from '../../kubernetes/watch/supervise.js';
import {seconds} from '../../core/time.js';
import {nodeNameOf} from '../../core/observation/target.js';
import {within} from '../../core/timers.js';
import type {WatchState, SourceName} from './watch-state.js';
import {keyed} from './keyed-tasks.js';
import {choiceOn, isOver, LONGEST_PAUSE, workloadOn, type WatchContext} from './watch-context.js';

const FIND_LIMIT = seconds(10);
const FIND_AGAIN = seconds(2);
/** One failed try may be a connection that was cut; the second one in a row means that nothing can be read. */
const BLIND_AFTER = 2;

const query = ({ports: {settings, namespace}, kind}: WatchContext): WorkloadQuery => ({
  namespace,
  name: settings.workload,
  kind,
  podSelector: settings.podSelector,
  exact: settings.workloadGiven,
});

/** Writes down how fresh a watched source is; `true` when it has something new to show. */
const noted = <T>(
  context: WatchContext,
  name: SourceName,
  news: News<T>,
): news is Extract<News<T>, {kind: 'observed'}> => {
  const at = context.ports.clock.now();
  if (news.kind === 'observed') {
    context.writer.answered(name, at, news.live);
    return true;
  }
  context.writer.failed(name, news.why, at, news.retryIn);
  return false;
};

/** Finds the workload, watches it while it stands, and searches again when it is gone. */
export const followTarget = async (context: WatchContext): Promise<void> => {
  const {ports, writer, signal, sleep} = context;
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    const located = await ports.cluster.locate(query(context), within(ports.clock, FIND_LIMIT, signal));
    if (isOver(signal)) return;
    writer.put({located});
    const at = ports.clock.now();
    const workload = workloadOn(writer.now);
    const pause = backOff({first: FIND_AGAIN, longest: LONGEST_PAUSE}, attempts + 1, context.random);
    if (located.search.known) writer.answered('cluster', at);
    else writer.failed('cluster', located.search.why, at, pause);
    if (workload === null) {
      await sleep.wait(pause, signal);
      continue;
    }
    attempts = 0;
    const gone = new AbortController();
    await ports.cluster.watches.target(
      workload,
      (news) => {
        if (!noted(context, 'cluster', news)) {
          if (news.attempts >= BLIND_AFTER)
            writer.put({located: {search: {known: false, why: news.why}, pods: {known: false, why: news.why}}});
          return;
        }
        const {search} = news.value;
        writer.put({located: news.value});
        if (search.known && search.value.found !== 'one') gone.abort();
      },
      AbortSignal.any([signal, gone.signal]),
    );
  }
};

const nodeOf = (watchState: WatchState): string | null => {
  const workload = workloadOn(watchState);
  const {located} = watchState;
  return workload === null || located?.pods.known !== true
    ? null
    : nodeNameOf(workload, located.pods.value, choiceOn(watchState)?.pod ?? null);
};

const podsAreKnown = ({located}: WatchState): boolean => located?.pods.known === true;

/** Keeps a watch on the node of the pod and on the events of the workload; `onChange` is called at each change of the watch state. */
export const followNodeAndEvents = (context: WatchContext): {readonly onChange: () => void} => {
  const {ports, writer, signal} = context;
  const {watches} = ports.cluster;
  /** `undefined`: not known yet; `null`: no node has it. */
  let nodeName: string | null | undefined;
  let uid = '';
  const node = keyed(
    (end) =>
      watches.node(
        nodeName ?? '',
        (news) => {
          if (noted(context, 'node', news)) writer.put({node: news.value});
          else if (news.attempts >= BLIND_AFTER || !writer.now.node.known)
            writer.put({node: {known: false, why: news.why}});
        },
        end,
      ),
    signal,
  );
  const events = keyed(async (end) => {
    const workload = workloadOn(writer.now);
    if (workload === null) return;
    await watches.events(
      workload,
      (news) => {
        if (noted(context, 'events', news)) writer.put({events: {known: true, value: news.value}});
        else if (news.attempts >= BLIND_AFTER || !writer.now.events.known)
          writer.put({events: {known: false, why: news.why}});
      },
      end,
    );
  }, signal);
  return {
    onChange: () => {
      // A workload that cannot be read at the moment is still followed.
      if (writer.now.located !== null && !writer.now.located.search.known) return;
      const name = nodeOf(writer.now);
      if (name !== nodeName && (name !== null || podsAreKnown(writer.now))) {
        nodeName = name;
        writer.put({node: name === null ? known(null) : notReadYet});
      }
      uid = workloadOn(writer.now)?.uid ?? uid;
      node.set(nodeName ?? null);
      events.set(uid === '' ? null : uid);
    },
  };
};
