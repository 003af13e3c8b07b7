/** Whether the daemon `serve` is at work, by the passes that it signs: what `run-cron`, FRG-105 and `state` ask. */
import {days, milliseconds, since, type Duration, type Instant} from './time.js';

/** The command under whose name its passes are signed: `serve on HOST`. */
export const SERVE = 'serve';

/** The labels that each installation of the daemon has, whatever it is called. */
export const SERVE_LABELS = {
  'app.kubernetes.io/name': 'frigate-health',
  'app.kubernetes.io/component': 'serve',
} as const;

/** Signed by the daemon? */
export const isByServe = (by: string): boolean => by.startsWith(`${SERVE} on `);

/** It writes a heartbeat once in each interval; half an interval more is a delay, and then it is away. */
export const servesUntil = (interval: Duration): Duration => milliseconds(interval * 1.5);

export const isServed = (servedAt: Instant | null, now: Instant, interval: Duration): boolean =>
  servedAt !== null && since(servedAt, now) < servesUntil(interval);

/** One that was taken away on purpose is missed for so long. */
export const MISSED_FOR = days(1);
