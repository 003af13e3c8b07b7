/** What the old checker read of Frigate and took for well, or for sick. */
import assert from 'node:assert/strict';
import {known, notAsked} from '../../../src/core/known.js';
import {days, earlier, minutes, seconds, type Instant} from '../../../src/core/time.js';
import {runPass, type Pass} from '../../../src/pass/run-pass.js';
import {silentLog} from '../../../src/core/observation/log.js';
import {aJournal, aSettings, FakeWorld} from '../../support/fake-world.js';
import {found} from '../../support/frigate-cases.js';
import {aDetector, aFrigate, aHistory, anObservation, aReading, aTally, now} from '../../support/observation.js';

const slow = (name: string): ReturnType<typeof anObservation> =>
  anObservation({
    frigate: {stats: known(aReading({detectors: [aDetector(name, {inferenceSpeed: 900})]})), history: notAsked()},
  });

describe('what the old checker took for well', () => {
  for (const name of ['coral', 'coral1', 'coral_usb', 'ov']) {
    it(`B-27: a detector called ${name} that takes 900 ms is not well`, () => {
      const finding = found('FRG-401', slow(name), {
        baselines: [
          {detector: name, version: '0.17.2-3d4dd3a', inference: 10, samples: 100, since: earlier(now, days(1))},
        ],
      });
      assert.equal(finding.status, 'critical', finding.summary);
    });
  }

  it('B-27: no detector at all is not well', () => {
    assert.equal(
      found('FRG-401', anObservation({frigate: {stats: known(aReading({detectors: []})), history: notAsked()}})).status,
      'unknown',
    );
  });
});

describe('what the old checker counted twice', () => {
  const stuckThreeTimes = (at: Instant): FakeWorld['log'] =>
    known({
      ...silentLog(earlier(at, minutes(10)), at),
      bytes: 100,
      tallies: new Map([
        [
          'detector-stuck',
          aTally(3, {
            first: earlier(at, minutes(2)),
            last: earlier(at, minutes(1)),
            instants: [2, 1.5, 1].map((age) => earlier(at, minutes(age))),
          }),
        ],
      ]),
    });

  /** Passes five minutes apart over a Frigate whose numbers are well; `log` at each. */
  const passes = async (fake: FakeWorld, logs: ReadonlyArray<FakeWorld['log'] | null>): Promise<readonly Pass[]> => {
    const done: Pass[] = [];
    for (const log of logs) {
      const lastUpdated = earlier(fake.now, seconds(8));
      fake.frigate = aFrigate({
        stats: known(aReading({lastUpdated}, fake.now)),
        history: known(aHistory(20, () => ({}), lastUpdated)),
        segments: new Map(),
      });
      if (log !== null) fake.log = log;
      done.push(
        await runPass(
          fake.world(aSettings()),
          {request: null, dryRun: false},
          aJournal().journal,
          AbortSignal.timeout(5000),
        ),
      );
      fake.advance(minutes(5));
    }
    return done;
  };

  it('B-31: one burst of three events that two windows see is one failure, not two in a row', async () => {
    const fake = new FakeWorld();
    await passes(fake, [null]);
    const burst = stuckThreeTimes(fake.now);
    const seen = await passes(fake, [burst, burst]);
    assert.deepEqual(
      seen.map(({judgement: {decision}}) => decision.rule),
      ['R-05', 'R-05'],
    );
    assert.equal(fake.rollouts.length, 0);
  });

  it('B-31: a new burst in the next pass is the second failure', async () => {
    const fake = new FakeWorld();
    await passes(fake, [null]);
    const first = stuckThreeTimes(fake.now);
    await passes(fake, [first]);
    await passes(fake, [stuckThreeTimes(fake.now)]);
    assert.equal(fake.rollouts.length, 1);
  });
});
