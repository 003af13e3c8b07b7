/** What every feed of a live screen shares: the world, the slate it writes on, and how often it asks. */
import {chooseTarget, type TargetChoice} from '../../core/target.js';
import type {Workload} from '../../core/observation/workload.js';
import type {Container, Pod} from '../../core/observation/pod.js';
import {milliseconds, type Duration, type Instant} from '../../core/time.js';
import type {WorkloadKind} from '../../core/observation/workload.js';
import type {World} from '../world.js';
import type {Bell} from './bell.js';
import type {Board, Slate} from './board.js';

export interface Room {
  readonly world: World;
  readonly kind: WorkloadKind | null;
  readonly slate: Slate;
  /** Between two polls of Frigate. */
  readonly interval: Duration;
  /** Rung by a person who does not want to wait. */
  readonly bell: Bell;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Asked anew after each wait: a signal that was quiet before it may have come since. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** The API server's time; the local clock before its first answer. */
export const serverNow = ({cluster, clock}: World): Instant => cluster.serverTime() ?? clock.now();

const LONGEST_PAUSE = 30_000;

/** Doubles from `first` to half a minute, shortened at random so that many screens do not ask at once. */
export const backOff = (first: Duration, attempts: number, random: () => number): Duration =>
  milliseconds(Math.round(Math.min(LONGEST_PAUSE, first * 2 ** Math.min(10, attempts)) * (0.75 + random() / 4)));

export const workloadOn = ({located}: Board): Workload | null =>
  located !== null && located.search.known && located.search.value.found === 'one'
    ? located.search.value.workload
    : null;

export const choiceOn = (board: Board): TargetChoice | null => {
  const workload = workloadOn(board);
  return workload === null || board.located?.pods.known !== true
    ? null
    : chooseTarget(workload, board.located.pods.value);
};

export interface Running {
  readonly workload: Workload;
  readonly pod: Pod;
  readonly container: Container;
}

/** The pod whose Frigate runs; `null` while none does. */
export const runningOn = (board: Board): Running | null => {
  const workload = workloadOn(board);
  const choice = choiceOn(board);
  if (workload === null || choice?.chosen !== true || choice.container.state.phase !== 'running') return null;
  return {workload, pod: choice.pod, container: choice.container};
};
