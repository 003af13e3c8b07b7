import assert from 'node:assert/strict';
import {known} from '../../src/core/known.js';
import {emptyMemory} from '../../src/core/memory.js';
import {asksForMountProbe, mountUnaskedBecause, type Glimpse} from '../../src/core/questions.js';
import {hours, minutes, seconds} from '../../src/core/time.js';
import {aConfig, aPod, aPodOfAge, aReading, aSegment, aWorkload, ago, now} from '../support/observation.js';

const glimpse = (changes: Partial<Glimpse> = {}): Glimpse => ({
  pod: aPod(),
  workload: aWorkload(),
  stats: known(aReading()),
  config: known(aConfig()),
  segments: new Map(),
  memory: emptyMemory,
  now,
  ...changes,
});

describe('the question to the media mount (FRG-606)', () => {
  const stopped = new Map([['back', aSegment(hours(1))]]);
  const none: Glimpse['segments'] = new Map([['back', known({found: 'none', after: ago(hours(1))})]]);
  const unanswered = (at: Glimpse['now']): Glimpse['memory'] => ({
    ...emptyMemory,
    podUid: aPod().uid,
    mountProbe: {at, answered: false},
  });
  const cases: ReadonlyArray<readonly [when: string, given: Glimpse, asks: boolean, because: string]> = [
    ['nothing points there', glimpse(), false, 'nothing points at the media mount'],
    [
      'the container is too young to have made one',
      glimpse({pod: aPodOfAge(seconds(90)), segments: none}),
      false,
      'nothing points at the media mount',
    ],
    [
      'the container is too young to be late with one',
      glimpse({pod: aPodOfAge(seconds(90)), segments: stopped}),
      false,
      'nothing points at the media mount',
    ],
    ['the container made none in its first minutes', glimpse({pod: aPodOfAge(minutes(3)), segments: none}), true, ''],
    ['no segment comes any more', glimpse({segments: stopped}), true, ''],
    [
      'no segment comes and an earlier question may hang',
      glimpse({segments: stopped, memory: unanswered(ago(minutes(5)))}),
      false,
      'an earlier question to the media mount may still hang',
    ],
    [
      'no segment comes and the earlier question is long ago',
      glimpse({segments: stopped, memory: unanswered(ago(hours(1)))}),
      true,
      '',
    ],
  ];
  for (const [when, given, asks, because] of cases) {
    it(`${asks ? 'is asked' : 'is not asked, and says why,'} when ${when}`, () => {
      assert.equal(asksForMountProbe(given), asks);
      if (!asks) assert.equal(mountUnaskedBecause(given), because);
    });
  }
});
