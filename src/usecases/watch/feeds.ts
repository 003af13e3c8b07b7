/** The feeds of one Frigate, shared by `watch` and `serve`: each asks or follows one source and writes what it learns on the watch state. */
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {Duration} from '../../core/time.js';
import type {PassPorts} from '../../pass/ports.js';
import type {StateStore} from '../../pass/state-store.js';
import {askCluster, readState} from './ask-cluster.js';
import {askDetails} from './ask-details.js';
import {followNodeAndEvents, followTarget} from './follow-cluster.js';
import {followLog} from './follow-log.js';
import {pollFrigate} from './poll-frigate.js';
import {refreshableSleep} from './refreshable-sleep.js';
import type {Demand, WatchContext} from './watch-context.js';
import {watchStateWriter, type Urgency, type WatchStateWriter} from './watch-state.js';

export interface FeedsOptions {
  readonly ports: PassPorts;
  readonly kind: WorkloadKind | null;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** The state is read from here again and again; `null`: whoever writes it puts it on the watch state himself. */
  readonly store: StateStore | null;
  readonly demand: Demand;
  /** Called with how much later than planned a poll begins; absent: nobody counts. */
  readonly onPollLag?: (late: Duration) => void;
  /** Called after every change but that something was asked. */
  readonly onChange: (urgency: Urgency) => void;
  readonly signal: AbortSignal;
}

export interface Feeds {
  readonly writer: WatchStateWriter;
  /** Asks everything now that is otherwise asked in a while. */
  refresh(): void;
  /** Resolves when all have ended with the signal; rejects with a bug of ours in one of them. */
  readonly done: Promise<void>;
}

export const startFeeds = ({store, onChange, ...options}: FeedsOptions): Feeds => {
  const sleep = refreshableSleep(options.ports.clock);
  const followers: Array<{readonly onChange: () => void}> = [];
  const writer = watchStateWriter((urgency) => {
    for (const follower of followers) follower.onChange();
    onChange(urgency);
  });
  const context: WatchContext = {...options, writer, sleep};
  // Of a Frigate outside Kubernetes there is nothing to ask but its API.
  const inKubernetes = options.ports.outside === undefined;
  if (inKubernetes) followers.push(followNodeAndEvents(context), followLog(context));
  const done = Promise.all([
    ...(inKubernetes ? [followTarget(context), askCluster(context)] : []),
    pollFrigate(context),
    askDetails(context),
    ...(store === null ? [] : [readState(context, store)]),
  ]).then(() => undefined);
  return {writer, refresh: () => sleep.ring(), done};
};
