/** Alerts over a day of anything: bounded, and "well again" only after "began". */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {markDelivered} from '../../support/delivered.js';
import {decide} from '../../../src/core/decide.js';
import {diagnose} from '../../../src/core/diagnosis/diagnose.js';
import type {CheckId, Finding} from '../../../src/core/finding.js';
import type {State} from '../../../src/core/state/state.js';
import {days, later, minutes, since, type Instant} from '../../../src/core/time.js';
import {aFinding, anInput, aState, critical} from '../../support/decision.js';
import {aContainer, now} from '../../support/observation.js';
import {property, type Property} from './property.js';

/** The bound of src/core/incident/incident.ts for alerts of any urgency. */
const MOST_A_DAY = 24;
const PASSES = 320;

const ids: readonly CheckId[] = [
  'FRG-301',
  'FRG-403',
  'FRG-501',
  'FRG-601',
  'FRG-603',
  'FRG-152',
  'FRG-104',
  'FRG-203',
];

/** What a pass finds; the rhythm decides how it flaps. */
const day = fc.record({
  rhythm: fc.array(
    fc.tuple(
      fc.subarray([...ids]),
      fc.constantFrom('critical' as const, 'warning' as const, 'unknown' as const),
      fc.boolean(),
      fc.boolean(),
    ),
    {minLength: 1, maxLength: 12},
  ),
  delivered: fc.boolean(),
});

const foundIn = (
  names: readonly CheckId[],
  status: Finding['status'],
  curable: boolean,
  at: Instant,
): readonly Finding[] =>
  names.map((id) =>
    status === 'unknown'
      ? aFinding(id, {status, because: {kind: 'unknown', why: {code: 'not-asked', message: 'not observed'}}})
      : critical(id, {status, cure: curable ? 'restart' : 'none', evidenceAt: at, immediate: id === 'FRG-203'}),
  );

export const ofAlerts: readonly Property[] = [
  property(
    `no more than ${MOST_A_DAY} alerts in any 24 hours, and an end only after a beginning and by a healthy pass`,
    0.02,
    fc.property(day, ({rhythm, delivered}) => {
      let state: State = aState();
      const told: Array<{
        readonly key: string;
        readonly kind: string;
        readonly incident: string;
        readonly health: string;
        readonly at: Instant;
      }> = [];
      for (let pass = 0; pass < PASSES; pass += 1) {
        const time = later(now, minutes(5 * pass));
        const [names = [], status = 'critical', curable = false, starting = false] = rhythm[pass % rhythm.length] ?? [];
        const findings = foundIn(names, status, curable, time);
        const {next} = decide(
          anInput({
            state,
            now: time,
            findings,
            diagnosis: diagnose(findings, {paused: false, starting}),
            attemptId: `a${pass}`,
            container: aContainer({state: {phase: 'running', startedAt: now}}),
          }),
        );
        state = next;
        for (const {key, kind, incident, at, health} of next.outbox)
          if (!told.some((each) => each.key === key)) told.push({key, kind, incident: incident.id, at, health});
        if (delivered) for (const {key} of next.outbox) state = markDelivered(state, key, time);
      }
      for (const {at} of told)
        assert.ok(told.filter((each) => each.at <= at && since(each.at, at) < days(1)).length <= MOST_A_DAY);
      assert.deepEqual(
        told.filter(({kind, health}) => kind === 'ended' && health !== 'healthy'),
        [],
      );
      for (const [index, {kind, incident}] of told.entries())
        assert.ok(
          kind !== 'ended' || told.slice(0, index).some((each) => each.incident === incident && each.kind === 'began'),
        );
      assert.ok(Buffer.byteLength(JSON.stringify(state)) < 64 * 1024);
    }),
  ),
];
