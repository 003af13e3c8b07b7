/**
 * Deadlines that count only the time in which this process ran. Without CPU time (a throttled container, a node
 * under load, a stopped process, a suspended machine) timers fire before the answer that lies in the socket already is read:
 * such a timeout is caused by this process and must never count against the server.
 */
import {milliseconds, type Duration} from '../core/time.js';
import {every, type Clock, type Timers} from '../core/timers.js';

/** Both clocks at one moment, in milliseconds: the first stands still while the machine is suspended, the second may be set. */
export interface Moment {
  /** Never goes back. */
  readonly monotonic: number;
  readonly wall: number;
}

const momentOf = (clock: Clock): Moment => ({monotonic: clock.monotonic(), wall: clock.now()});

/** A deadline is checked this often in its time, so that it covers at least half as many turns of the event loop. */
const TURNS = 100;
/** Milliseconds between two checks, whatever the limit: not shorter than an idle process can keep, not longer than a stall that matters. */
const FINEST = 25;
const COARSEST = 100;
/** Milliseconds. A timeout is no evidence after a longer loss than this, however long the limit is; a shorter loss is ignored, however short the limit is. */
const MOST_LOST = 5000;
const LEAST_LOST = 250;
/** Milliseconds of running that follow any stall, at most a quarter of the limit: time to read what arrived in the meantime. */
const RECOVERY = 1000;

export interface Account {
  /** Between two beats. */
  readonly period: Duration;
  /** Takes one beat; `true` when the time is over. */
  readonly beat: (now: Moment) => boolean;
  /** How long this process did not run although it should have, so far. */
  readonly lost: () => Duration;
  /** The same if it is so long that a timeout is no evidence; `null`: the time was spent waiting. */
  readonly starved: () => Duration | null;
}

/**
 * Accounts for one deadline. A beat that comes more than a period late is a stall: its delay does not count, and the deadline
 * moves by it. After a loss of more than half of the limit, or of five seconds, a timeout is no evidence any more. Ends after at most twice the turns of an
 * idle process, so that a long starvation ends too.
 */
export const account = (limit: number, begun: Moment): Account => {
  const period = milliseconds(Math.min(COARSEST, Math.max(FINEST, limit / TURNS)));
  const recovery = Math.min(RECOVERY, limit / 4);
  let last = begun;
  let ran = 0;
  let lost = 0;
  let until: number = limit;
  return {
    period,
    beat: (now) => {
      // A wall clock that was set back says nothing; one that ran on while the other stood still was a suspended machine's.
      const gap = Math.max(0, now.monotonic - last.monotonic, now.wall - last.wall);
      last = now;
      if (gap <= 2 * period) {
        ran += gap;
      } else {
        ran += period;
        lost += gap - period;
        until = Math.min(2 * limit, Math.max(until, ran + recovery));
      }
      return ran >= until;
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

/** `limit` in milliseconds, `Infinity` for none. Counts until it is stopped or the process ran for the limit; then received data is read once more before `over`. */
export const attend = (timers: Timers, limit: number, over: () => void): Attention => {
  const accounts = account(limit, momentOf(timers));
  let reading: NodeJS.Immediate | null = null;
  const endBeats = every(timers, accounts.period, () => {
    if (!accounts.beat(momentOf(timers))) return;
    endBeats();
    // Timers come before the sockets in a turn of the event loop, and this after them.
    reading = setImmediate(over);
  });
  return {
    lost: accounts.lost,
    starved: accounts.starved,
    stop: () => {
      endBeats();
      if (reading !== null) clearImmediate(reading);
      accounts.beat(momentOf(timers));
    },
  };
};

export interface Attended<T> {
  readonly result: T;
  /** How long this process did not run meanwhile although it should have. */
  readonly lost: Duration;
  /** The same if it is so long that a timeout is no evidence; `null`: it is not. */
  readonly starved: Duration | null;
}

/** Runs the work with a signal that ends with the limit (`null`: none of its own) or with the caller's. The timer keeps the process running: the deadline may be all that is left to wait for. */
export const withDeadline = async <T>(
  timers: Timers,
  signal: AbortSignal,
  limit: Duration | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Attended<T>> => {
  const own = new AbortController();
  const attention = attend(timers, limit ?? Infinity, () => own.abort());
  try {
    const result = await work(AbortSignal.any([signal, own.signal]));
    attention.stop();
    return {result, lost: attention.lost(), starved: attention.starved()};
  } finally {
    attention.stop();
  }
};
