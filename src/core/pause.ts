/**
 * A pause that a person set on the workload itself, by `pause`, by hand or by GitOps: nothing is restarted and nothing is notified until
 * it ends by itself; everything is observed.
 */
import {parseInstant, type Instant} from './time.js';

export const PAUSED_UNTIL = 'frigate-health.io/paused-until';
export const PAUSED_REASON = 'frigate-health.io/paused-reason';

/** The two annotations as they stand on the workload's own metadata. */
export interface PauseAnnotation {
  readonly until: string;
  readonly reason: string | null;
}

export interface Pause {
  readonly until: Instant;
  readonly reason: string | null;
}

/** RFC 3339 with a zone: a local time would end at another hour than its writer meant. */
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

interface Paused {
  readonly pause: PauseAnnotation | null;
}

/** When it ends or ended; `malformed`: no time can be read from it, so that it is no pause. */
export const readPause = (workload: Paused | null): Pause | 'malformed' | null => {
  const annotation = workload?.pause ?? null;
  if (annotation === null) return null;
  const until = RFC3339.test(annotation.until.trim()) ? parseInstant(annotation.until.trim()) : null;
  return until === null ? 'malformed' : {until, reason: annotation.reason};
};

/** The pause that holds now; `null`: there is none, or it is over. */
export const activePause = (workload: Paused | null, now: Instant): Pause | null => {
  const pause = readPause(workload);
  return pause !== null && pause !== 'malformed' && pause.until > now ? pause : null;
};
