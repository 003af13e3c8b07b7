/** One look at a live world: the board as an observation, judged by the very same pure core as every pass. */
import {notAsked, unknown} from '../../core/known.js';
import type {Observation} from '../../core/observation/observation.js';
import {freshState} from '../../core/state/codec.js';
import type {Instant} from '../../core/time.js';
import {judge, type Judgement} from '../judge.js';
import {lastMailFailure, type Sight} from '../observe.js';
import type {Remembered} from '../state-store.js';
import type {World} from '../world.js';
import {memoryOn} from './ask-details.js';
import type {Board} from './board.js';
import {serverNow} from './room.js';

/** Where one looks; for the header. */
export interface Place {
  readonly context: string;
  readonly namespace: string;
  /** The workload's name as it was asked for; what was found stands in the observation. */
  readonly workload: string;
  readonly version: string;
}

export interface LiveSight {
  readonly place: Place;
  readonly board: Board;
  readonly sight: Sight;
  readonly judgement: Judgement;
  /** The API server's time; the local clock before its first answer. */
  readonly at: Instant;
  /** The local clock, by which freshness is told. */
  readonly localClock: Instant;
  /** Every source has answered once, well or not; from then on it stays so. */
  readonly complete: boolean;
  /** Grows with every look of one watching. */
  readonly serial: number;
}

const nothingRemembered: Remembered = {
  state: freshState,
  reading: 'unreadable',
  soundness: notAsked('still looking'),
  map: null,
  guard: null,
  setAside: null,
};

const apiServerOf = ({located, sources}: Board, world: World): Observation['apiServer'] => {
  const date = world.cluster.serverTime();
  if (located === null) return notAsked('still looking');
  const {search} = located;
  if (search.known) return {known: true, value: {date}};
  const lost =
    search.why.code === 'unauthorized' ||
    search.why.code === 'misconfigured' ||
    search.why.code === 'unreachable' ||
    search.why.code === 'timeout';
  return lost || sources.cluster.seenAt === null ? search : {known: true, value: {date}};
};

/** The board as what a pass would have seen. */
export const sightOf = (board: Board, world: World): Sight => {
  const recalled = board.remembered ?? nothingRemembered;
  const remembered: Remembered = {...recalled, state: {...recalled.state, memory: memoryOn(board)}};
  const nowhere = notAsked('still looking');
  const observation: Observation = {
    at: serverNow(world),
    localClock: world.clock.now(),
    context: world.cluster.context,
    apiServer: apiServerOf(board, world),
    missingRights: board.missingRights,
    cronJob: board.cronJob,
    workload: board.located?.search ?? nowhere,
    pods: board.located?.pods ?? nowhere,
    node: board.node,
    events: board.events,
    claims: board.claims,
    via: board.frigate.via,
    frigate: {
      liveness: board.frigate.liveness,
      stats: board.frigate.stats,
      history: board.history,
      config: board.config,
      segments: board.segments,
      go2rtc: board.go2rtc,
      mounts: board.mounts,
      mountProbe: board.mountProbe,
    },
    log: board.log,
    previousLog: board.previousLog,
    state: board.remembered === null ? unknown('not-asked', 'still looking') : remembered.soundness,
    alertChannel: {configured: world.mailer.configured, lastFailure: lastMailFailure(remembered)},
  };
  return {observation, remembered, reading: remembered.reading, timings: new Map()};
};

/** Whether each source that leads to a verdict has spoken. */
const isComplete = ({located, remembered, sources, askedAll, frigate, log, missingRights}: Board): boolean => {
  if (located === null || remembered === null) return false;
  if (!located.search.known || located.search.value.found !== 'one') return true;
  if (!missingRights.known && missingRights.why.message === 'still looking') return false;
  if (sources.frigate.trouble !== null) return true;
  if (!frigate.stats.known || !(log.known || sources.log.trouble !== null)) return false;
  // With what an answer raises (go2rtc, the mount) the verdict may be another one: none is told before.
  return askedAll;
};

/** The same look, with sources that have answered since: how fresh it is, and nothing to judge. */
export const refreshed = (before: LiveSight, {sources}: Board, world: World): LiveSight => ({
  ...before,
  board: {...before.board, sources},
  localClock: world.clock.now(),
  serial: before.serial + 1,
});

/** `before`: the look before this one. */
export const liveSight = (board: Board, world: World, place: Place, before: LiveSight | null): LiveSight => {
  const sight = sightOf(board, world);
  const judgement = judge(sight, {
    policy: world.settings.policy,
    attemptId: 'watch',
    by: world.runner,
    request: null,
    alerting: false,
    toldOfWipe: null,
  });
  const {at, localClock} = sight.observation;
  return {
    place,
    board,
    sight,
    judgement,
    at,
    localClock,
    complete: before?.complete === true || isComplete(board),
    serial: (before?.serial ?? 0) + 1,
  };
};
