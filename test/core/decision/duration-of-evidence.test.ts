/** R-05 where observations come all the time: what counts as one, and how long a failure must last. */
import assert from 'node:assert/strict';
import {catalogue} from '../../../src/core/checks/catalogue.js';
import {decide} from '../../../src/core/decide.js';
import type {CheckId, Finding} from '../../../src/core/finding.js';
import type {Policy} from '../../../src/core/policy.js';
import type {State} from '../../../src/core/state/state.js';
import {instant, later, milliseconds, minutes, seconds, type Duration, type Instant} from '../../../src/core/time.js';
import {aState, anInput, critical} from '../../support/decision.js';
import {anObservation, aPolicy, now} from '../../support/observation.js';

/** What each check asks for with the profile `fast`, as docs/serve.md has it. */
const FLOORS: Readonly<Partial<Record<CheckId, Duration>>> = {
  'FRG-301': seconds(20),
  'FRG-304': seconds(45),
  'FRG-302': seconds(60),
  'FRG-403': seconds(75),
  'FRG-305': seconds(120),
};

type Observe = (at: Instant) => Finding;

/** Observes the same failure again and again; after how long it is restarted, `null`: never. */
const restartedAfter = (
  policy: Policy,
  every: Duration,
  finding: Observe,
  until: Duration = minutes(10),
): number | null => {
  let state: State = aState();
  for (let at = now; at - now <= until; at = later(at, every)) {
    const findings = [finding(at)];
    const decision = decide(anInput({state, findings, policy, now: at, observation: anObservation({at})}));
    if (decision.action === 'restart') return at - now;
    state = decision.next;
  }
  return null;
};

/** Each observation rests on evidence of its own. */
const fresh =
  (id: CheckId): Observe =>
  (at) =>
    critical(id, {cure: 'restart', evidenceAt: at});

/** New evidence only with each snapshot of Frigate, 15 s apart. */
const bySnapshot =
  (id: CheckId): Observe =>
  (at) =>
    critical(id, {cure: 'restart', evidenceAt: instant(Math.floor(at / 15_000) * 15_000)});

describe('how long a failure must last', () => {
  it('is data beside the check, with its source', () => {
    const given = catalogue.flatMap(({id, provenAfter}) =>
      provenAfter === undefined ? [] : [[id, provenAfter.least]],
    );
    assert.deepEqual(Object.fromEntries(given), FLOORS);
    for (const {id, provenAfter} of catalogue)
      if (provenAfter !== undefined) assert.match(provenAfter.source, /^measured on /, id);
  });

  for (const [id, floor] of Object.entries(FLOORS) as ReadonlyArray<[CheckId, Duration]>)
    it(`is its own floor for ${id} with the profile fast, however often it is observed`, () => {
      for (const every of [1, 2, 5, 15].map(seconds)) {
        const after = restartedAfter(aPolicy({profile: 'fast'}), every, fresh(id)) ?? assert.fail();
        assert.ok(after >= floor && after <= floor + 2 * every, `${after} ms, observed every ${every} ms`);
      }
    });

  it('is 150 s with the profile steady, for each check and at each distance of observations', () => {
    for (const {id} of catalogue)
      for (const every of [2, 5, 15].map(seconds)) {
        const after = restartedAfter(aPolicy({profile: 'steady'}), every, fresh(id));
        if (after !== null) assert.ok(after >= 150_000 && after <= 150_000 + every, `${id}: ${after} ms`);
      }
    assert.notEqual(restartedAfter(aPolicy({profile: 'steady'}), seconds(5), fresh('FRG-304')), null);
  });

  it('is undercut by no setting', () => {
    for (const profile of ['steady', 'fast'] as const)
      for (const consecutiveFailures of [1, 2])
        for (const interval of [1, 5].map(minutes)) {
          const policy = aPolicy({profile, interval, consecutiveFailures});
          const after = restartedAfter(policy, seconds(5), fresh('FRG-305'));
          assert.ok(
            after !== null && after >= (profile === 'fast' ? 120_000 : 150_000),
            `${profile}: ${String(after)}`,
          );
        }
  });

  it('counts the polls of one snapshot once', () => {
    const one = now;
    const frozen: Observe = () => critical('FRG-403', {cure: 'restart', evidenceAt: one});
    assert.equal(restartedAfter(aPolicy({profile: 'fast'}), seconds(2), frozen), null);
    assert.ok((restartedAfter(aPolicy({profile: 'fast'}), seconds(2), bySnapshot('FRG-403')) ?? 0) >= 75_000);
  });

  it('counts a question that was not answered from its beginning', () => {
    // Asked for 10 s on two transports each time, as a hung Frigate is.
    const asked: Observe = (at) =>
      critical('FRG-301', {cure: 'restart', evidenceAt: at, evidenceFrom: instant(at - 10_000)});
    assert.equal(restartedAfter(aPolicy({profile: 'fast'}), seconds(12), asked), 12_000);
  });

  it('begins anew after one healthy observation', () => {
    const policy = aPolicy({profile: 'fast'});
    let state: State = aState();
    for (let second = 0; second <= 300; second += 5) {
      const at = later(now, seconds(second));
      const findings = second % 20 === 0 ? [] : [fresh('FRG-301')(at)];
      const decision = decide(anInput({state, findings, policy, now: at, observation: anObservation({at})}));
      assert.notEqual(decision.action, 'restart', `after ${second} s`);
      state = decision.next;
    }
  });

  it('is never longer with the profile fast than with steady, however far apart the evidence comes', () => {
    for (const {id} of catalogue)
      for (const apart of [15, 31, 47, 62, 80, 120]) {
        const rare: Observe = (at) =>
          critical(id, {
            cure: 'restart',
            evidenceAt: later(now, seconds(Math.floor((at - now) / (apart * 1000)) * apart)),
          });
        const [steady, fast] = (['steady', 'fast'] as const).map((profile) =>
          restartedAfter(aPolicy({profile}), seconds(5), rare),
        );
        if (steady === null || steady === undefined) continue;
        assert.ok(
          fast !== null && fast !== undefined && fast <= steady,
          `${id}, new evidence each ${apart} s: fast ${fast} ms, steady ${steady} ms`,
        );
      }
  });

  it('changes nothing for the passes of the CronJob', () => {
    assert.equal(restartedAfter(aPolicy(), minutes(5), fresh('FRG-305')), 300_000);
    assert.equal(restartedAfter(aPolicy({interval: minutes(1)}), minutes(1), fresh('FRG-305')), 60_000);
    assert.equal(restartedAfter(aPolicy(), milliseconds(150_000), fresh('FRG-301')), 150_000);
  });
});
