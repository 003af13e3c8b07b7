/** Times at which a camera may be silent, by the wall clock of its zone, also where that clock changes. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {parseSchedule, silentByPlan, withPlannedSilence} from '../../src/core/planned-silence.js';
import {instant} from '../../src/core/time.js';
import {aPolicy} from '../support/observation.js';

const isSilent = (schedule: string, at: string): boolean => {
  const windows = parseSchedule(schedule);
  assert.ok(windows !== null, schedule);
  return silentByPlan(windows, instant(Date.parse(at))).has('garage');
};

/** A window, an instant, and whether it is inside. */
const cases: ReadonlyArray<readonly [window: string, at: string, inside: boolean]> = [
  // In UTC, within a day: from is in, to is not. 2026-11-23 is a Monday.
  ['garage=Mon-Fri 08:00-18:00', '2026-11-23T07:59:59Z', false],
  ['garage=Mon-Fri 08:00-18:00', '2026-11-23T08:00:00Z', true],
  ['garage=Mon-Fri 08:00-18:00', '2026-11-23T17:59:59Z', true],
  ['garage=Mon-Fri 08:00-18:00', '2026-11-23T18:00:00Z', false],
  ['garage=Mon-Fri 08:00-18:00', '2026-11-22T12:00:00Z', false],
  // Over midnight: the days are those on which it begins.
  ['garage=Fri 22:00-06:00', '2026-11-27T23:00:00Z', true],
  ['garage=Fri 22:00-06:00', '2026-11-28T05:59:00Z', true],
  ['garage=Fri 22:00-06:00', '2026-11-28T06:00:00Z', false],
  ['garage=Fri 22:00-06:00', '2026-11-27T05:00:00Z', false],
  // Over the end of the week, and a whole day.
  ['garage=Sat-Mon 23:00-01:00', '2026-11-24T00:30:00Z', true],
  ['garage=sat,sun 00:00-24:00', '2026-11-29T23:59:59Z', true],
  ['garage=sun 00:00-00:00', '2026-11-29T12:00:00Z', true],
  ['garage=sun 00:00-00:00', '2026-11-30T00:00:00Z', false],
  // A zone: 22:00 in Berlin is 21:00Z in winter and 20:00Z in summer.
  ['garage=daily 22:00-06:00 Europe/Berlin', '2026-01-15T20:30:00Z', false],
  ['garage=daily 22:00-06:00 Europe/Berlin', '2026-01-15T21:00:00Z', true],
  ['garage=daily 22:00-06:00 Europe/Berlin', '2026-07-15T20:00:00Z', true],
  // Night of the change to summer time, 2026-03-29: 01:59:59 CET is followed by 03:00 CEST; it ends at 06:00 CEST = 04:00Z.
  ['garage=daily 22:00-06:00 Europe/Berlin', '2026-03-29T03:59:59Z', true],
  ['garage=daily 22:00-06:00 Europe/Berlin', '2026-03-29T04:00:00Z', false],
  // A window that begins in the hour that does not exist begins with the next one that does.
  ['garage=Sun 02:30-04:00 Europe/Berlin', '2026-03-29T00:59:59Z', false],
  ['garage=Sun 02:30-04:00 Europe/Berlin', '2026-03-29T01:00:00Z', true],
  ['garage=Sun 02:30-04:00 Europe/Berlin', '2026-03-29T02:00:00Z', false],
  // Night of the change back, 2026-10-25: 02:00–03:00 comes twice, 00:00Z and 01:00Z.
  ['garage=Sun 02:00-03:00 Europe/Berlin', '2026-10-24T23:59:59Z', false],
  ['garage=Sun 02:00-03:00 Europe/Berlin', '2026-10-25T00:30:00Z', true],
  ['garage=Sun 02:00-03:00 Europe/Berlin', '2026-10-25T01:30:00Z', true],
  ['garage=Sun 02:00-03:00 Europe/Berlin', '2026-10-25T02:00:00Z', false],
  // A day that begins elsewhere: Monday in Auckland is Sunday in UTC.
  ['garage=Mon 08:00-09:00 Pacific/Auckland', '2026-11-22T19:30:00Z', true],
];

describe('the planned silence of cameras', () => {
  for (const [window, at, inside] of cases)
    it(`${window} ${inside ? 'covers' : 'does not cover'} ${at}`, () => assert.equal(isSilent(window, at), inside));

  it('takes several windows, for one camera and for others', () => {
    const schedule = 'garage=Mon 08:00-09:00; yard=Mon 08:30-10:00\ngarage=Mon 12:00-13:00;';
    const silent = (at: string): readonly string[] => [
      ...silentByPlan(parseSchedule(schedule)!, instant(Date.parse(at))),
    ];
    assert.deepEqual(silent('2026-11-23T08:45:00Z'), ['garage', 'yard']);
    assert.deepEqual(silent('2026-11-23T12:30:00Z'), ['garage']);
    assert.deepEqual(parseSchedule(''), []);
  });

  it('refuses what is no window', () => {
    for (const text of [
      'garage',
      '=Mon 08:00-09:00',
      'garage=08:00-09:00',
      'garage=Mon 8-9',
      'garage=Mon 08:00-24:01',
      'garage=Mon 08:00-09:00 CET +1',
      'garage=Mon- 08:00-09:00',
    ])
      assert.equal(parseSchedule(text), null, text);
  });

  it('a camera that has just left its window gets time to come back, and no longer', () => {
    const policy = aPolicy({skipCameras: new Set(['old']), cameraSchedule: parseSchedule('garage=Mon 08:00-09:00')!});
    const skipped = (at: string): readonly string[] => [
      ...withPlannedSilence(policy, instant(Date.parse(at))).skipCameras,
    ];
    assert.deepEqual(skipped('2026-11-23T08:59:00Z'), ['old', 'garage']);
    assert.deepEqual(skipped('2026-11-23T09:14:59Z'), ['old', 'garage']);
    assert.deepEqual(skipped('2026-11-23T09:15:00Z'), ['old']);
    assert.equal(withPlannedSilence(aPolicy(), instant(0)).cameraSchedule.length, 0);
  });

  it('never throws, whatever stands in the setting', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        const windows = parseSchedule(text);
        if (windows !== null) silentByPlan(windows, instant(Date.UTC(2026, 2, 29, 1)));
      }),
    );
  });
});
