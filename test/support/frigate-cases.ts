/** Tables of cases for the checks that judge Frigate: what was seen, and what the whole catalogue makes of it. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import type {CheckId, Finding} from '../../src/core/finding.js';
import type {Memory} from '../../src/core/memory.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Policy} from '../../src/core/policy.js';
import {aMemory, aPolicy, anObservation} from './observation.js';

export interface Case {
  readonly it: string;
  readonly given?: Observation;
  readonly remembered?: Partial<Memory>;
  readonly policy?: Partial<Policy>;
  readonly expect: Partial<
    Pick<
      Finding,
      'status' | 'cure' | 'cause' | 'because' | 'cameras' | 'persistence' | 'immediate' | 'evidenceAt' | 'normalAtStart'
    >
  >;
  /** Must stand in the summary. */
  readonly says?: RegExp;
}

/** The finding of one check over an observation, judged with the whole catalogue. */
export const found = (
  id: CheckId,
  observation: Observation = anObservation(),
  remembered: Partial<Memory> = {},
  policy: Partial<Policy> = {},
): Finding => {
  const finding = assess(observation, aMemory(remembered), aPolicy(policy)).find((each) => each.id === id);
  assert.ok(finding, `${id} is not in the catalogue`);
  return finding;
};

/** One `it` for each case. */
export const cases = (id: CheckId, table: readonly Case[]): void => {
  for (const {it: name, given, remembered, policy, expect, says} of table) {
    it(name, () => {
      const finding = found(id, given, remembered, policy);
      const seen = Object.fromEntries(Object.keys(expect).map((key) => [key, finding[key as keyof Finding]]));
      assert.deepEqual(seen, expect, `${finding.status}: ${finding.summary} (${finding.because ?? ''})`);
      if (says !== undefined) assert.match(finding.summary, says);
      if (finding.status === 'critical' || finding.status === 'warning')
        assert.ok(finding.fix, 'every failure says what to type');
    });
  }
};
