import assert from 'node:assert/strict';
import {known} from '../../../src/core/known.js';
import {emptyBaselines} from '../../../src/core/state/baselines.js';
import {
  asksForMountProbe,
  mountUnaskedBecause,
  type FollowUpContext,
} from '../../../src/core/checks/evidence/follow-up.js';
import {hours, minutes, seconds} from '../../../src/core/time.js';
import {aConfig, aPod, aPodOfAge, aReading, aSegment, aWorkload, ago, now} from '../../support/observation.js';

const glimpse = (changes: Partial<FollowUpContext> = {}): FollowUpContext => ({
  pod: aPod(),
  workload: aWorkload(),
  stats: known(aReading()),
  config: known(aConfig()),
  segments: new Map(),
  memory: emptyBaselines,
  now,
  ...changes,
});

describe('the question to the media mount (FRG-606)', () => {
  const stopped = new Map([['back', aSegment(hours(1))]]);
  const none: FollowUpContext['segments'] = new Map([['back', known({found: 'none', after: ago(hours(1))})]]);
  const unanswered = (at: FollowUpContext['now']): FollowUpContext['memory'] => ({
    ...emptyBaselines,
    podUid: aPod().uid,
    mountProbe: {at, answered: false},
  });
  const cases: ReadonlyArray<readonly [when: string, given: FollowUpContext, asks: boolean, because: string]> = [
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
    [
      'one snapshot is looked at again',
      glimpse({memory: {...emptyBaselines, lastUpdated: aReading().snapshot.lastUpdated}}),
      false,
      'nothing points at the media mount',
    ],
    [
      'one snapshot comes again and nothing says what time it is there',
      glimpse({
        stats: known(aReading({}, null)),
        memory: {...emptyBaselines, lastUpdated: aReading().snapshot.lastUpdated},
      }),
      true,
      '',
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
