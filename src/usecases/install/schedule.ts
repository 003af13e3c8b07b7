/** How often: the CronJob's schedule and the interval that R-05 counts in must say the same. */
import {LONGEST_INTERVAL} from '../../core/policy.js';
import {minutes} from '../../core/time.js';
import {intervalOf, isCronSchedule} from '../../kubernetes/cron-schedule.js';
import {CommandFailure} from '../../outcome/failure.js';

export interface Pace {
  readonly schedule: string;
  /** Minutes. */
  readonly interval: number;
}

const scheduleOf = (interval: number): string => {
  if (interval === 1) return '* * * * *';
  return interval === 60 ? '0 * * * *' : `*/${interval} * * * *`;
};

/** Minutes. */
const LONGEST = LONGEST_INTERVAL / minutes(1);

/** `interval`: minutes, `null` where nobody said. Throws CommandFailure where the two disagree or one cannot be derived from the other. */
export const paceOf = (schedule: string | null, interval: number | null, defaultInterval: number): Pace => {
  if (schedule === null) {
    const wanted = interval ?? defaultInterval;
    if (60 % wanted !== 0)
      throw new CommandFailure(
        'usage',
        `An hour has no whole number of intervals of ${wanted} minutes`,
        'take 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60, or give --schedule as well',
      );
    return {schedule: scheduleOf(wanted), interval: wanted};
  }
  if (!isCronSchedule(schedule))
    throw new CommandFailure(
      'usage',
      `--schedule=${JSON.stringify(schedule)} is no cron expression of five fields`,
      "write it as '*/5 * * * *'",
    );
  const between = intervalOf(schedule);
  const given = between === null ? null : between / 60_000;
  if (given !== null && given > LONGEST)
    throw new CommandFailure(
      'usage',
      `--schedule=${JSON.stringify(schedule)} starts every ${given} minutes; the longest interval is ${LONGEST}`,
      'choose a schedule with at least one start an hour',
    );
  if (given !== null && interval !== null && given !== interval) {
    throw new CommandFailure(
      'usage',
      `--schedule=${JSON.stringify(schedule)} starts every ${given} minutes and the interval is ${interval}`,
      'leave --interval (FRIGATE_HC_INTERVAL_MINUTES) out',
    );
  }
  const known = given ?? interval;
  if (known === null)
    throw new CommandFailure(
      'usage',
      `It cannot be derived from --schedule=${JSON.stringify(schedule)} how far apart the passes are`,
      'say it with --interval=MINUTES',
    );
  return {schedule: schedule.trim(), interval: known};
};
