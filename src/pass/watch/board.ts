/** The newest answer of every source of a live screen, and how fresh each is. Immutable: every answer makes a new board. */
import {notAsked, type Known, type UnknownReason} from '../../core/known.js';
import type {FrigateObservation, Snapshot, StatsReading, Via} from '../../core/observation/frigate.js';
import type {LogEvidence, Signature} from '../../core/observation/log.js';
import type {Node} from '../../core/observation/node.js';
import type {CronJob, PersistentClaim, Right} from '../../core/observation/observation.js';
import type {ClusterEvent} from '../../core/observation/pod.js';
import type {Memory} from '../../core/memory.js';
import type {Duration, Instant} from '../../core/time.js';
import {later} from '../../core/time.js';
import type {Located} from '../../kubernetes/cluster.js';
import type {Remembered} from '../state-store.js';

/** `cluster`: workload and pods. */
export const SOURCES = ['cluster', 'node', 'events', 'state', 'frigate', 'log'] as const;
export type SourceName = (typeof SOURCES)[number];

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
  readonly seenAt: Instant | null;
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
  readonly via: Via | null;
  /** Of the pod that was asked. */
  readonly podUid: string | null;
}

export interface Board {
  readonly sources: Readonly<Record<SourceName, SourceState>>;
  /** `null`: still looking. */
  readonly located: Located | null;
  readonly node: Known<Node | null>;
  readonly events: Known<readonly ClusterEvent[]>;
  readonly claims: Known<readonly PersistentClaim[]>;
  readonly cronJob: Known<CronJob | null>;
  readonly missingRights: Known<readonly Right[]>;
  readonly remembered: Remembered | null;
  readonly frigate: FrigateAnswer;
  /** The last good stats, kept so that the screen has something to show; older than it looks when `frigate` is in trouble. `seenAt`: when these very numbers came first, by the local clock. */
  readonly lastStats: {readonly reading: StatsReading; readonly seenAt: Instant} | null;
  readonly history: FrigateObservation['history'];
  /** Snapshots for the graphs, oldest first, at most 80: Frigate's own history, or what was seen here where it has none. */
  readonly trend: readonly Snapshot[];
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
  readonly probed: Memory['mountProbe'];
  readonly log: Known<LogEvidence>;
  readonly previousLog: Known<LogEvidence>;
  /** Newest last, at most {@link MOST_LINES}. */
  readonly lines: readonly LogLine[];
}

export const MOST_LINES = 200;
export const MOST_SNAPSHOTS = 80;

const quiet: SourceState = {seenAt: null, askedAt: null, trouble: null, live: true};
const looking = notAsked('still looking');

/** Nothing known yet of Frigate. */
const noAnswer: FrigateAnswer = {liveness: [], stats: looking, via: null, podUid: null};

export const emptyBoard: Board = {
  sources: {cluster: quiet, node: quiet, events: quiet, state: quiet, frigate: quiet, log: quiet},
  located: null,
  node: looking,
  events: looking,
  claims: looking,
  cronJob: looking,
  missingRights: looking,
  remembered: null,
  frigate: noAnswer,
  lastStats: null,
  history: looking,
  trend: [],
  config: looking,
  segments: new Map(),
  segmentsAt: null,
  askedAll: false,
  go2rtc: looking,
  mounts: looking,
  mountProbe: looking,
  probed: null,
  log: looking,
  previousLog: looking,
  lines: [],
};

/**
 * How soon somebody has to look: `news` is for a person's eyes at once; what is `expected` (the same numbers again, a window
 * that slides, the next round of a slow question) may wait for the next look, so that a calm screen is not judged all the time.
 */
export type Urgency = 'news' | 'expected';

/** What a feed writes on: it reads the newest board and lays a newer one on it. */
export interface Slate {
  readonly now: Board;
  /** Lays the changes over the board; they are news unless said otherwise. */
  put(changes: Partial<Omit<Board, 'sources'>>, urgency?: Urgency): void;
  /** A source answered well; news when it was in trouble before. */
  seen(name: SourceName, at: Instant, live?: boolean): void;
  /** A source is asked; cleared by `seen` and `failed`. Changes nothing that is worth a look. */
  asked(name: SourceName, at: Instant): void;
  /** A source that was asked is silent for longer than it ever needs; the question stays open. */
  silent(name: SourceName, why: UnknownReason, at: Instant): void;
  /** A source did not answer and is tried again after `retryIn`. */
  failed(name: SourceName, why: UnknownReason, at: Instant, retryIn: Duration | null): void;
}

/** `changed` is called after every change but that something was asked. */
export const slate = (changed: (urgency: Urgency) => void): Slate => {
  let board = emptyBoard;
  const source = (name: SourceName, change: (state: SourceState) => SourceState): void => {
    const before = board.sources[name];
    const after = change(before);
    board = {...board, sources: {...board.sources, [name]: after}};
    changed(
      before.seenAt !== null && before.trouble === null && after.trouble === null && before.live === after.live
        ? 'expected'
        : 'news',
    );
  };
  return {
    get now() {
      return board;
    },
    put: (changes, urgency = 'news') => {
      board = {...board, ...changes};
      changed(urgency);
    },
    seen: (name, at, live = true) => source(name, () => ({seenAt: at, askedAt: null, trouble: null, live})),
    // That it was asked tells nothing yet, so nobody is called: `silent` does, when the answer is late.
    asked: (name, at) => {
      board = {...board, sources: {...board.sources, [name]: {...board.sources[name], askedAt: at}}};
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
