import assert from 'node:assert/strict';
import {known, notAsked} from '../../../src/core/known.js';
import {emptyBaselines} from '../../../src/core/state/baselines.js';
import {
  asksForMountProbe,
  isSegmentLate,
  logDoubtsRecording,
  mountUnaskedBecause,
  standingCameras,
  type FollowUpContext,
} from '../../../src/core/checks/evidence/follow-up.js';
import {hours, minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aConfig,
  aHistory,
  aLog,
  aPod,
  aPodOfAge,
  aReading,
  aSegment,
  aTally,
  aWorkload,
  ago,
  now,
} from '../../support/observation.js';

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

describe('segments that are asked for before their time', () => {
  it('are those of a camera that was late, but for one that is known to have stopped', () => {
    const lateAfter = (age: number): boolean => isSegmentLate(aSegment(seconds(age)), now);
    assert.deepEqual([12, 40, 41, 599, 600].map(lateAfter), [false, false, true, true, false]);
    assert.equal(isSegmentLate(known({found: 'none', after: ago(hours(1))}), now), false);
    assert.equal(isSegmentLate(notAsked(), now), false);
  });

  it('are all when the log reported trouble of the recorder since then', () => {
    const log = known(aLog({'no-new-segments': {...aTally(1), last: ago(seconds(30))}}));
    assert.equal(logDoubtsRecording(log, ago(seconds(31))), true);
    assert.equal(logDoubtsRecording(log, ago(seconds(29))), false);
    assert.equal(
      logDoubtsRecording(known(aLog({'camera-no-frames': {...aTally(1), last: now}})), ago(seconds(9))),
      false,
    );
    assert.equal(logDoubtsRecording(notAsked(), ago(minutes(9))), false);
  });

  describe('are those of a camera', () => {
    const standing = (snapshots: number, ...names: readonly string[]): readonly string[] =>
      standingCameras(
        known(
          aHistory(20, (index) => ({
            cameras: ['back', 'front', 'garage'].map((name) =>
              aCamera(name, {processFps: names.includes(name) && index >= 20 - snapshots ? 5 : 4 + index / 100}),
            ),
          })),
        ),
      );
    it('that stands still in four snapshots while another one moves', () => {
      assert.deepEqual(standing(4, 'back', 'garage'), ['back', 'garage']);
      assert.deepEqual(standing(3, 'back'), []);
    });
    it('but not where all stand still, or where none is known', () => {
      assert.deepEqual(standing(4, 'back', 'front', 'garage'), []);
      assert.deepEqual(standingCameras(notAsked()), []);
      assert.deepEqual(standingCameras(known(aHistory(3, () => ({cameras: [aCamera('back'), aCamera('front')]})))), []);
    });
    it('but not of one that delivers nothing', () => {
      const silent = known(
        aHistory(20, (index) => ({cameras: [aCamera('back', {cameraFps: 0}), aCamera('front', {processFps: index})]})),
      );
      assert.deepEqual(standingCameras(silent), []);
    });
  });
});
