/** Sequences of passes by what they found: a healthy look more never hastens a restart, one less never delays it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {decide} from '../../../src/core/decide.js';
import type {Finding} from '../../../src/core/finding.js';
import type {State} from '../../../src/core/state/state.js';
import {later, milliseconds, minutes, seconds} from '../../../src/core/time.js';
import {aFinding, anInput, aRestart, aState, hungDetector} from '../../support/decision.js';
import {ago, now} from '../../support/observation.js';
import {property, type Property} from './property.js';

type Kind = 'sick' | 'the same snapshot' | 'well' | 'blind';

interface Sample {
  readonly kind: Kind;
  /** Seconds since the beginning. */
  readonly at: number;
}

/** Samples half a minute to twenty minutes apart. */
const samples: fc.Arbitrary<readonly Sample[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom<Kind>('sick', 'sick', 'sick', 'well', 'blind', 'the same snapshot'),
      gap: fc.integer({min: 30, max: 1200}),
    }),
    {minLength: 2, maxLength: 14},
  )
  .map((list) => {
    let at = 0;
    let repeatable = false;
    return list.map(({kind, gap}) => {
      at += gap;
      // Only a snapshot that was sick can be seen again as sick, and only until a newer one was seen.
      const possible = kind === 'the same snapshot' && !repeatable ? 'blind' : kind;
      if (possible === 'sick' || possible === 'well') repeatable = possible === 'sick';
      return {kind: possible, at};
    });
  });

const history = fc
  .array(
    fc.record({
      age: fc.integer({min: 1, max: 1600}),
      phase: fc.constantFrom('helped' as const, 'did-not-help' as const, 'abandoned' as const),
    }),
    {maxLength: 3},
  )
  .map((list) =>
    aState({
      restarts: list
        .map(({age, phase}, index) => aRestart({id: `r${index}`, at: ago(minutes(age)), phase}))
        .sort((a, b) => a.at - b.at),
    }),
  );

/** Seconds until the first restart; Infinity where there is none. */
const firstRestart = (list: readonly Sample[], begin: State): number => {
  let state = begin;
  let snapshot = now;
  for (const {kind, at} of list) {
    const time = later(now, seconds(at));
    if (kind === 'sick') snapshot = later(time, milliseconds(-8000));
    const decision = decide(anInput({state, now: time, findings: foundIn(kind, snapshot), attemptId: `a${at}`}));
    if (decision.action === 'restart') return at;
    state = decision.next;
  }
  return Infinity;
};

const foundIn = (kind: Kind, snapshot: Finding['evidenceAt']): readonly Finding[] => {
  switch (kind) {
    case 'sick':
    case 'the same snapshot':
      return [hungDetector({evidenceAt: snapshot})];
    case 'well':
      return [aFinding('FRG-403')];
    case 'blind':
      return [aFinding('FRG-403', {status: 'unknown'})];
  }
};

/** A newer snapshot in between makes it impossible to see the old one again. */
const possible = (list: readonly Sample[]): boolean => {
  const seen = list.filter(({kind}) => kind !== 'blind');
  return seen.every(
    ({kind}, index) =>
      kind !== 'the same snapshot' || seen[index - 1]?.kind === 'sick' || seen[index - 1]?.kind === 'the same snapshot',
  );
};

export const ofSamples: readonly Property[] = [
  property(
    'adding a healthy look never hastens a restart',
    1,
    fc.property(samples, history, fc.integer({min: 1, max: 9000}), (list, state, at) => {
      const more = [...list, {kind: 'well' as const, at}].sort((a, b) => a.at - b.at);
      fc.pre(possible(more) && !list.some((sample) => sample.at === at));
      assert.ok(firstRestart(more, state) >= firstRestart(list, state));
    }),
  ),
  property(
    'taking a healthy look away never delays one',
    1,
    fc.property(samples, history, fc.nat(13), (list, state, which) => {
      const healthy = list.filter(({kind}) => kind === 'well');
      const gone = healthy[which % Math.max(1, healthy.length)];
      fc.pre(gone !== undefined);
      assert.ok(
        firstRestart(
          list.filter((sample) => sample !== gone),
          state,
        ) <= firstRestart(list, state),
      );
    }),
  ),
];
