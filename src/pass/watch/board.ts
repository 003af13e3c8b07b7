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
  /** The last good stats, kept so that the screen has something to show; older than it looks when `frigate` is in trouble. */
  readonly lastStats: {readonly reading: StatsReading; readonly seenAt: Instant} | null;
  readonly history: FrigateObservation['history'];
  /** Snapshots for the graphs, oldest first, at most 80: Frigate's own history, or what was seen here where it has none. */
  readonly trend: readonly Snapshot[];
  readonly config: FrigateObservation['config'];
  readonly segments: FrigateObservation['segments'];
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
export const noAnswer: FrigateAnswer = {liveness: [], stats: looking, via: null, podUid: null};

export const emptyBoard: Board = {
  sources: {cluster: quiet, node: quiet, events: quiet, state: quiet, frigate: quiet, log: quiet},
  located: null, node: looking, events: looking, claims: looking, cronJob: looking, missingRights: looking, remembered: null,
  frigate: noAnswer, lastStats: null, history: looking, trend: [], config: looking, segments: new Map(), go2rtc: looking, mounts: looking, mountProbe: looking, probed: null,
  log: looking, previousLog: looking, lines: [],
};

/** What a feed writes on: it reads the newest board and lays a newer one on it. */
export interface Slate {
  readonly now: Board;
  /** Lays the changes over the board. */
  put(changes: Partial<Omit<Board, 'sources'>>): void;
  /** A source answered well. */
  seen(name: SourceName, at: Instant, live?: boolean): void;
  /** A source is asked; cleared by `seen` and `failed`. Changes nothing that is worth a look. */
  asked(name: SourceName, at: Instant): void;
  /** A source that was asked is silent for longer than it ever needs; the question stays open. */
  silent(name: SourceName, why: UnknownReason, at: Instant): void;
  /** A source did not answer and is tried again after `retryIn`. */
  failed(name: SourceName, why: UnknownReason, at: Instant, retryIn: Duration | null): void;
}

/** `changed` is called after every change but that something was asked. */
export const slate = (changed: () => void): Slate => {
  let board = emptyBoard;
  const source = (name: SourceName, change: (state: SourceState) => SourceState): void => {
    board = {...board, sources: {...board.sources, [name]: change(board.sources[name])}};
    changed();
  };
  return {
    get now() {
      return board;
    },
    put: (changes) => {
      board = {...board, ...changes};
      changed();
    },
    seen: (name, at, live = true) => source(name, () => ({seenAt: at, askedAt: null, trouble: null, live})),
    // That it was asked tells nothing yet, so nobody is called: `silent` does, when the answer is late.
    asked: (name, at) => {
      board = {...board, sources: {...board.sources, [name]: {...board.sources[name], askedAt: at}}};
    },
    silent: (name, why, at) => source(name, (state) => ({...state, trouble: {since: state.trouble?.since ?? state.askedAt ?? at, why, attempts: state.trouble?.attempts ?? 0, retryAt: null}})),
    failed: (name, why, at, retryIn) => source(name, (state) => ({
      ...state,
      askedAt: null,
      trouble: {since: state.trouble?.since ?? at, why, attempts: (state.trouble?.attempts ?? 0) + 1, retryAt: retryIn === null ? null : later(at, retryIn)},
    })),
  };
};
