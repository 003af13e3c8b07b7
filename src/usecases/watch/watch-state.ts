/** The newest answer of every source of a live screen, and how fresh each is. Immutable: every answer makes a new one. */
import {notAsked, notReadYet, type Known, type UnknownReason} from '../../core/known.js';
import type {FrigateObservation, Snapshot, StatsReading, Via} from '../../core/observation/frigate.js';
import type {Filling} from '../../core/observation/fill-forecast.js';
import type {LogEvidence, Signature} from '../../core/observation/log.js';
import type {CpuUse} from '../../core/observation/cpu-use.js';
import type {MemoryUse} from '../../core/observation/memory-use.js';
import type {Node} from '../../core/observation/node.js';
import type {CronJob, InstalledDaemon, PersistentClaim, Permission} from '../../core/observation/observation.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import type {Baselines} from '../../core/state/baselines.js';
import type {Duration, Instant} from '../../core/time.js';
import {later, seconds} from '../../core/time.js';
import type {Located} from '../../kubernetes/cluster.js';
import type {RecalledState} from '../../pass/state-store.js';

/** `cluster`: workload and pods. */
export const SOURCES = ['cluster', 'node', 'events', 'state', 'frigate', 'log'] as const;
export type SourceName = (typeof SOURCES)[number];

const FILLING_STEP = seconds(60);
const MOST_FILLINGS = 120;

/** With these snapshots, as far as they are newer than what is there, and a minute apart. */
export const filledWith = (filling: readonly Filling[], snapshots: readonly Snapshot[]): readonly Filling[] => {
  const grown = [...filling];
  for (const {lastUpdated, mounts} of snapshots) {
    const last = grown.at(-1);
    if (lastUpdated !== null && (last === undefined || lastUpdated - last.at >= FILLING_STEP))
      grown.push({at: lastUpdated, mounts});
  }
  return grown.length === filling.length ? filling : grown.slice(-MOST_FILLINGS);
};

export interface Trouble {
  readonly since: Instant;
  readonly why: UnknownReason;
  /** How often in a row it was tried since. */
  readonly attempts: number;
  readonly retryAt: Instant | null;
}

/** How fresh a source is; instants by the local clock. */
export interface SourceState {
  /** The last good answer; `null`: none yet. */
  readonly answeredAt: Instant | null;
  /** A question that is under way since; `null`: none, or it does not matter. */
  readonly askedAt: Instant | null;
  readonly trouble: Trouble | null;
  /** Changes come by themselves; otherwise it is asked now and then. */
  readonly live: boolean;
}

/** A line of Frigate's log that the lexicon knows: masked, one line, without stamps. */
export interface LogLine {
  /** By the kubelet's clock. */
  readonly at: Instant;
  readonly signature: Signature;
  readonly camera: string | null;
  readonly text: string;
}

/** What Frigate last answered, good or not. */
export interface FrigateAnswer {
  readonly liveness: FrigateObservation['liveness'];
  readonly stats: Known<StatsReading>;
  readonly backend: FrigateObservation['backend'];
  readonly via: Via | null;
  /** Of the pod that was asked. */
  readonly podUid: string | null;
  /** When the question began and ended, by the API server's clock; `null`: none was asked. */
  readonly asked: {readonly from: Instant; readonly to: Instant} | null;
}

export interface WatchState {
  readonly sources: Readonly<Record<SourceName, SourceState>>;
  /** `null`: not read yet. */
  readonly located: Located | null;
  readonly node: Known<Node | null>;
  readonly events: Known<readonly ClusterEvent[]>;
  readonly claims: Known<readonly PersistentClaim[]>;
  readonly cronJob: Known<CronJob | null>;
  /** The Deployment of the daemon, while it is active. */
  readonly daemon: Known<InstalledDaemon | null>;
  readonly missingPermissions: Known<readonly Permission[]>;
  readonly recalledState: RecalledState | null;
  readonly frigate: FrigateAnswer;
  /** The last good stats, kept so that the screen has something to show; not current when `frigate` is in trouble. `answeredAt`: when these very numbers came first, by the local clock. */
  readonly lastStats: {readonly reading: StatsReading; readonly answeredAt: Instant} | null;
  readonly history: FrigateObservation['history'];
  /** Snapshots for the graphs, oldest first, at most 80: Frigate's own history, or what was polled here where it has none. */
  readonly trend: readonly Snapshot[];
  /** How full the mounts were, a minute apart, oldest first, at most two hours: what a forecast is made from. */
  readonly filling: readonly Filling[];
  readonly config: FrigateObservation['config'];
  readonly segments: FrigateObservation['segments'];
  /** When `segments` were asked for, by the API server's clock: many cameras are asked rarely, and that makes no recording old. */
  readonly segmentsAt: Instant | null;
  /** The slower questions to this container, and those that their answers raised, have been asked once. */
  readonly askedAll: boolean;
  readonly go2rtc: FrigateObservation['go2rtc'];
  readonly mounts: FrigateObservation['mounts'];
  readonly mountProbe: FrigateObservation['mountProbe'];
  /** When the mount was last probed from here: an unanswered probe may still hang (FRG-606). */
  readonly probed: Baselines['mountProbe'];
  readonly log: Known<LogEvidence>;
  readonly previousLog: Known<LogEvidence>;
  readonly memoryUse: Known<MemoryUse>;
  /** Of the container whose start lasts longer than usual; otherwise it is not asked. */
  readonly cpuUse: Known<CpuUse>;
  /** Newest last, at most {@link MOST_LINES}. */
  readonly lines: readonly LogLine[];
}

export const MOST_LINES = 200;
export const MOST_SNAPSHOTS = 80;

const quiet: SourceState = {answeredAt: null, askedAt: null, trouble: null, live: true};

/** Nothing known yet of Frigate. */
const noAnswer: FrigateAnswer = {
  liveness: [],
  stats: notReadYet,
  backend: notReadYet,
  via: null,
  podUid: null,
  asked: null,
};

export const emptyWatchState: WatchState = {
  sources: {cluster: quiet, node: quiet, events: quiet, state: quiet, frigate: quiet, log: quiet},
  located: null,
  node: notReadYet,
  events: notReadYet,
  claims: notReadYet,
  cronJob: notReadYet,
  daemon: notReadYet,
  missingPermissions: notReadYet,
  recalledState: null,
  frigate: noAnswer,
  lastStats: null,
  history: notReadYet,
  trend: [],
  filling: [],
  config: notReadYet,
  segments: new Map(),
  segmentsAt: null,
  askedAll: false,
  go2rtc: notReadYet,
  mounts: notReadYet,
  mountProbe: notReadYet,
  probed: null,
  log: notReadYet,
  previousLog: notReadYet,
  memoryUse: notReadYet,
  cpuUse: notAsked(),
  lines: [],
};

/**
 * How soon a change is shown: `news` at once; what is `expected` (the same numbers again, a window that slides, the next round
 * of a slow question) together with the next news or after some seconds, so that a calm screen is not judged all the time.
 */
export type Urgency = 'news' | 'expected';

/** What a feed writes on: it reads the newest watch state and lays a newer one on it. */
export interface WatchStateWriter {
  readonly now: WatchState;
  /** Lays the changes over the watch state; they are news unless said otherwise. */
  put(changes: Partial<Omit<WatchState, 'sources'>>, urgency?: Urgency): void;
  /** A source answered well; news when it was in trouble before. */
  answered(name: SourceName, at: Instant, live?: boolean): void;
  /** A source is asked; cleared by `answered` and `failed`. Publishes nothing. */
  asked(name: SourceName, at: Instant): void;
  /** A source that was asked is silent for longer than it ever needs; the question stays open. */
  silent(name: SourceName, why: UnknownReason, at: Instant): void;
  /** A source did not answer and is tried again after `retryIn`. */
  failed(name: SourceName, why: UnknownReason, at: Instant, retryIn: Duration | null): void;
}

/** `changed` is called after every change but that something was asked. */
export const watchStateWriter = (changed: (urgency: Urgency) => void): WatchStateWriter => {
  let watchState = emptyWatchState;
  const source = (name: SourceName, change: (state: SourceState) => SourceState): void => {
    const before = watchState.sources[name];
    const after = change(before);
    watchState = {...watchState, sources: {...watchState.sources, [name]: after}};
    changed(
      before.answeredAt !== null && before.trouble === null && after.trouble === null && before.live === after.live
        ? 'expected'
        : 'news',
    );
  };
  return {
    get now() {
      return watchState;
    },
    put: (changes, urgency = 'news') => {
      watchState = {...watchState, ...changes};
      changed(urgency);
    },
    answered: (name, at, live = true) => source(name, () => ({answeredAt: at, askedAt: null, trouble: null, live})),
    // A question alone is not published; `silent` is, when the answer is late.
    asked: (name, at) => {
      watchState = {
        ...watchState,
        sources: {...watchState.sources, [name]: {...watchState.sources[name], askedAt: at}},
      };
    },
    silent: (name, why, at) =>
      source(name, (state) => ({
        ...state,
        trouble: {
          since: state.trouble?.since ?? state.askedAt ?? at,
          why,
          attempts: state.trouble?.attempts ?? 0,
          retryAt: null,
        },
      })),
    failed: (name, why, at, retryIn) =>
      source(name, (state) => ({
        ...state,
        askedAt: null,
        trouble: {
          since: state.trouble?.since ?? at,
          why,
          attempts: (state.trouble?.attempts ?? 0) + 1,
          retryAt: retryIn === null ? null : later(at, retryIn),
        },
      })),
  };
};
