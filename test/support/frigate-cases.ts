/** Tables of cases for the checks that judge Frigate: what was seen, and what the whole catalogue makes of it. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import type {CheckId, Finding} from '../../src/core/finding.js';
import type {Baselines} from '../../src/core/state/baselines.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Policy} from '../../src/core/policy.js';
import {assertMessages, reasonOf} from './messages.js';
import {aMemory, aPolicy, anObservation} from './observation.js';

export interface Case {
  readonly it: string;
  readonly given?: Observation;
  readonly recalledState?: Partial<Baselines>;
  readonly policy?: Partial<Policy>;
  readonly expect: Partial<
    Pick<
      Finding,
      'status' | 'cure' | 'cause' | 'cameras' | 'persistence' | 'immediate' | 'evidenceAt' | 'normalAtStart'
    > & {
      /** The code of the reason. */
      readonly because: string | null;
    }
  >;
}

/** The finding of one check over an observation, judged with the whole catalogue. */
export const found = (
  id: CheckId,
  observation: Observation = anObservation(),
  recalledState: Partial<Baselines> = {},
  policy: Partial<Policy> = {},
): Finding => {
  const finding = assess(observation, aMemory(recalledState), aPolicy(policy)).find((each) => each.id === id);
  assert.ok(finding, `${id} is not in the catalogue`);
  return finding;
};

/** One `it` for each case, and one for the messages of all; a second table of a check names a golden file of its own. */
export const cases = (id: CheckId, table: readonly Case[], golden: string = id): void => {
  for (const {it: name, given, recalledState, policy, expect} of table) {
    it(name, () => {
      const finding = found(id, given, recalledState, policy);
      const fields = {...finding, because: reasonOf(finding.because)};
      const seen = Object.fromEntries(Object.keys(expect).map((key) => [key, fields[key as keyof Finding]]));
      assert.deepEqual(seen, expect, `${finding.status}: ${finding.summary}`);
      if (finding.status === 'critical' || finding.status === 'warning')
        assert.ok(finding.fix, 'every failure says what to type');
    });
  }
  it(`says it as messages/${golden}.txt has it`, () =>
    assertMessages(
      golden,
      table.map(({given, recalledState, policy}) => found(id, given, recalledState, policy)),
    ));
};
