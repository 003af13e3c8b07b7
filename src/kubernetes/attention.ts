/**
 * Deadlines that count only the time in which this process was awake. Without processor time (a throttled container, a node
 * under load, a stopped process, a suspended machine) timers fire before the answer that lies in the socket already is read:
 * such a silence is this checker's own, and must never be held against whoever was asked.
 */
import {milliseconds, type Duration} from '../core/time.js';

/** Both clocks at one moment, in milliseconds: the first stands still while the machine is suspended, the second may be set. */
export interface Moment {
  /** Never goes back. */
  readonly monotonic: number;
  readonly wall: number;
}

export type Clocks = () => Moment;

const realClocks: Clocks = () => ({monotonic: performance.now(), wall: Date.now()});

/** A deadline is looked at this often in its time, so that it covers at least half as many turns of the event loop. */
const TURNS = 100;
/** Milliseconds between two looks, whatever the limit: no finer than a calm process keeps, no coarser than a stall that matters. */
const FINEST = 25;
const COARSEST = 100;
/** Milliseconds: whoever did not run for longer tells no silence, however long the limit is; and a shorter loss is nobody's, however short it is. */
const MOST_LOST = 5000;
const LEAST_LOST = 250;
/** Milliseconds of being awake that follow any stall, at most a quarter of the limit: time to read what came meanwhile. */
const RECOVERY = 1000;

export interface Account {
  /** Between two beats. */
  readonly period: Duration;
  /** Takes one beat; `true` when the time is over. */
  readonly beat: (now: Moment) => boolean;
  /** How long this process did not run although it should have, so far. */
  readonly lost: () => Duration;
  /** The same where it is too much to hold a silence against anybody; `null`: the time was spent waiting. */
  readonly starved: () => Duration | null;
}

/**
 * Accounts for one deadline. A beat that comes more than a period late is a stall: its delay does not count, and the deadline
 * moves by it. Whoever lost more than half of the limit, or five seconds, cannot tell a silence any more. Ends after at most twice the turns of a
 * calm process, so that a long starvation ends too.
 */
export const account = (limit: number, begun: Moment): Account => {
  const period = milliseconds(Math.min(COARSEST, Math.max(FINEST, limit / TURNS)));
  const recovery = Math.min(RECOVERY, limit / 4);
  let last = begun;
  let awake = 0;
  let lost = 0;
  let until: number = limit;
  return {
    period,
    beat: (now) => {
      // A wall clock that was set back says nothing; one that ran on while the other stood still was a suspended machine's.
      const gap = Math.max(0, now.monotonic - last.monotonic, now.wall - last.wall);
      last = now;
      if (gap <= 2 * period) {
        awake += gap;
      } else {
        awake += period;
        lost += gap - period;
        until = Math.min(2 * limit, Math.max(until, awake + recovery));
      }
      return awake >= until;
    },
    lost: () => milliseconds(lost),
    starved: () => (lost > Math.min(Math.max(limit / 2, LEAST_LOST), MOST_LOST) ? milliseconds(lost) : null),
  };
};

export interface Attention {
  readonly lost: () => Duration;
  readonly starved: () => Duration | null;
  readonly stop: () => void;
}

/** `limit` in milliseconds, `Infinity` for none. Pays attention until it is stopped or the limit of time awake is over; then what lies in the sockets is read once more before `over`. */
export const attend = (limit: number, over: () => void, clocks: Clocks = realClocks): Attention => {
  const accounts = account(limit, clocks());
  let reading: NodeJS.Immediate | null = null;
  const beats = setInterval(() => {
    if (!accounts.beat(clocks())) return;
    clearInterval(beats);
    // Timers come before the sockets in a turn of the event loop, and this after them.
    reading = setImmediate(over);
  }, accounts.period);
  return {
    lost: accounts.lost,
    starved: accounts.starved,
    stop: () => {
      clearInterval(beats);
      if (reading !== null) clearImmediate(reading);
      accounts.beat(clocks());
    },
  };
};

export interface Attended<T> {
  readonly result: T;
  /** How long this process did not run meanwhile although it should have. */
  readonly lost: Duration;
  /** The same where it is too much to hold a silence against anybody; `null`: it was awake. */
  readonly starved: Duration | null;
}

/** Runs the work with a signal that ends with the limit (`null`: none of its own) or with the caller's. The timer keeps the process alive: the deadline may be all that is left to wait for. */
export const withDeadline = async <T>(
  signal: AbortSignal,
  limit: Duration | null,
  work: (signal: AbortSignal) => Promise<T>,
  clocks: Clocks = realClocks,
): Promise<Attended<T>> => {
  const own = new AbortController();
  const attention = attend(limit ?? Infinity, () => own.abort(), clocks);
  try {
    const result = await work(AbortSignal.any([signal, own.signal]));
    attention.stop();
    return {result, lost: attention.lost(), starved: attention.starved()};
  } finally {
    attention.stop();
  }
};
