/**
 * What the schedule of a CronJob says, in the dialect of Kubernetes (github.com/robfig/cron, ParseStandard): five fields,
 * names of months and days, `?`, steps from a number (`5/10`). Croner understands more than that; what an API server
 * would refuse is refused here too. Shorthands such as `@hourly` are taken by Kubernetes and not by this module.
 */
import {Cron} from 'croner';
import {days, hours, milliseconds, type Duration} from '../core/time.js';

/** Digits and signs, the names of months and days of the week; not croner's `L`, `W`, `#` and `+`. */
const FIELD = /^(?:[\d*/,?-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+$/i;

/** A Thursday. In UTC every day has 24 hours: the change to summer time must not be taken for an uneven schedule. */
const START = new Date('2026-01-01T00:00:00Z');

/** A year and a month of a schedule that starts at most daily: enough to see months of different lengths. */
const MOST_DAILY_STARTS = 400;

/** The schedule, parsed; `null` of one that Kubernetes does not take. */
const parse = (schedule: string): Cron | null => {
  const text = schedule.trim();
  if (!text.split(/\s+/).every((field) => FIELD.test(field))) return null;
  try {
    return new Cron(text, {mode: '5-part', paused: true, timezone: 'UTC', sloppyRanges: true});
  } catch {
    return null;
  }
};

/** Whether Kubernetes takes it and it ever starts: `0 0 30 2 *` is well formed and never does. */
export const isCronSchedule = (schedule: string): boolean => parse(schedule)?.nextRun(START) instanceof Date;

const isOpen = (field: string | undefined): boolean => field === '*' || field === '?';

/** After how long the starts repeat, where they do so every hour or every day; `null` where days are left out. */
const periodOf = (schedule: string): Duration | null => {
  const [, hour, ...daysAndMonths] = schedule.trim().split(/\s+/);
  if (!daysAndMonths.every(isOpen)) return null;
  return isOpen(hour) ? hours(1) : days(1);
};

/** The time between two starts of a schedule whose starts are equally far apart; `null` of any other. */
export const intervalOf = (schedule: string): Duration | null => {
  const cron = parse(schedule);
  const first = cron?.nextRun(START) ?? null;
  let last = first === null ? null : (cron?.nextRun(first) ?? null);
  if (cron === null || first === null || last === null) return null;
  const interval = last.getTime() - first.getTime();
  const period = periodOf(schedule);
  // Several starts a day and days without any: uneven, without further checks.
  if (period === null && interval < days(1)) return null;
  for (let start = 0; start < MOST_DAILY_STARTS || period !== null; start += 1) {
    if (period !== null && last.getTime() - first.getTime() > period) break;
    const next = cron.nextRun(last);
    if (next === null || next.getTime() - last.getTime() !== interval) return null;
    last = next;
  }
  return milliseconds(interval);
};
