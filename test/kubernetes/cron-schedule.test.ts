import assert from 'node:assert/strict';
import {intervalOf, isCronSchedule} from '../../src/kubernetes/cron-schedule.js';

/** `null`: the starts are not equally far apart. */
const INTERVALS: ReadonlyArray<readonly [schedule: string, minutes: number | null]> = [
  ['* * * * *', 1],
  ['*/5 * * * *', 5],
  ['0,30 * * * *', 30],
  ['2-59/5 * * * *', 5],
  ['2/5 * * * *', 5],
  ['17 * * * *', 60],
  ['? * * * *', 1],
  ['  */10   *\t* * *  ', 10],
  ['0 */2 * * *', 120],
  ['0 3 * * *', 1440],
  ['0 0 * * SUN', 7 * 1440],
  ['*/7 * * * *', null],
  ['5,20,50 * * * *', null],
  ['0 6-22 * * *', null],
  ['*/5 6-22 * * *', null],
  ['* * * * 1-5', null],
  ['0 0 * * mon-fri', null],
  ['0 6,18 * * 1', null],
  ['0 0 1 * *', null],
  ['0 0 * 1-11 *', null],
];

const REFUSED = [
  '',
  'every five minutes',
  '99 * * * *',
  '60 * * * *',
  '*/0 * * * *',
  '* * * *',
  '* * * * * *',
  '0 25 * * *',
  '0 0 L * *',
  '0 0 15W * *',
  '0 0 * * 5#1',
  'TZ=UTC */5 * * * *',
  '0 0 30 2 *',
];

describe('The schedule of a CronJob', () => {
  for (const [schedule, minutes] of INTERVALS) {
    it(`${schedule}: ${minutes === null ? 'uneven' : `every ${minutes} min`}`, () => {
      assert.equal(isCronSchedule(schedule), true);
      assert.equal(intervalOf(schedule), minutes === null ? null : minutes * 60_000);
    });
  }

  for (const schedule of REFUSED) {
    it(`${JSON.stringify(schedule)} is refused`, () => {
      assert.equal(isCronSchedule(schedule), false);
      assert.equal(intervalOf(schedule), null);
    });
  }
});
