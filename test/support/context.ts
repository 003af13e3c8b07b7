/** Runs checks for tests: alone in a given context, or in a full assessment with a table of cases. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import type {Check, CheckContext, CheckResult} from '../../src/core/checks/check.js';
import type {CauseClass, CheckId, Cure, Finding, Status} from '../../src/core/finding.js';
import type {Baselines} from '../../src/core/state/baselines.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Policy} from '../../src/core/policy.js';
import type {Instant} from '../../src/core/time.js';
import {assertMessages, commandsOf, reasonOf} from './messages.js';
import {aMemory, aPolicy} from './observation.js';

/** A finding that says `ok`, with changes. */
export const aFinding = (id: CheckId, changes: Partial<Finding> = {}): Finding => ({
  id,
  status: 'ok',
  summary: 'well',
  evidence: [],
  cause: null,
  cure: 'none',
  object: null,
  because: null,
  fix: null,
  persistence: 'sample',
  evidenceAt: null,
  immediate: false,
  cameras: [],
  normalAtStart: false,
  outage: false,
  faults: [],
  ...changes,
});

/** A context in which every earlier finding is `ok` unless given. */
export const checkContext = (
  observation: Observation,
  memory: Baselines,
  policy: Policy,
  findings: readonly Finding[] = [],
): CheckContext => ({
  observation,
  memory,
  policy,
  now: observation.at,
  finding: (id) => findings.find((finding) => finding.id === id) ?? aFinding(id),
});

/** The bare verdict of one check, without `needs` and `settles`. */
export const judge = (check: Check, context: CheckContext): CheckResult => check.judge(context);

/** The finding of one check in a full assessment. */
export const findingOf = (
  id: CheckId,
  observation: Observation,
  {memory = aMemory(), policy = aPolicy()}: {readonly memory?: Baselines; readonly policy?: Policy} = {},
): Finding => {
  const finding = assess(observation, memory, policy).find((candidate) => candidate.id === id);
  assert.ok(finding, `${id} is in the catalogue`);
  return finding;
};

/** What a test expects of a finding: codes and fields. Words are pinned by the golden file of the check (messages.ts). */
export interface Expected {
  readonly status: Status;
  readonly cause?: CauseClass | null;
  readonly cure?: Cure;
  /** The code of the reason. */
  readonly because?: string;
  /** Matches the commands of the fix, one a line. */
  readonly command?: RegExp;
  /** `name=value`, each of which must be among the evidence. */
  readonly evidence?: readonly string[];
  readonly immediate?: boolean;
  readonly normalAtStart?: boolean;
  readonly cameras?: readonly string[];
  readonly evidenceAt?: Instant | null;
}

export const assertFinding = (finding: Finding, expected: Expected): void => {
  const {because, command, evidence = [], ...equal} = expected;
  const message = JSON.stringify(finding);
  for (const [field, value] of Object.entries(equal))
    assert.deepEqual(finding[field as keyof Finding], value, `${field}: ${message}`);
  if (because !== undefined) assert.equal(reasonOf(finding.because), because, message);
  if (command !== undefined) assert.match(commandsOf(finding.fix), command, message);
  const seen = finding.evidence.map(({name, value}) => `${name}=${value ?? 'null'}`);
  for (const item of evidence) assert.ok(seen.includes(item), `${item} is among ${seen.join(', ')}`);
  if (finding.status === 'warning' || finding.status === 'critical')
    assert.ok(finding.fix !== null && finding.fix.length > 0, `a bad finding has a fix: ${message}`);
  if (finding.status === 'unknown' || finding.status === 'skipped')
    assert.ok(finding.because !== null, `it says why: ${message}`);
};

/** One row of a table of cases. */
export interface Case extends Expected {
  readonly when: string;
  readonly observation: Observation;
  readonly memory?: Baselines;
  readonly policy?: Policy;
}

/** Declares one test for each case. */
export const tableOf = (id: CheckId, cases: readonly Case[]): void => {
  describe(id, () => {
    for (const {when, observation, memory = aMemory(), policy = aPolicy(), ...expected} of cases) {
      it(`is ${expected.status} when ${when}`, () =>
        assertFinding(findingOf(id, observation, {memory, policy}), expected));
    }
    it(`says it as messages/${id}.txt has it`, () =>
      assertMessages(
        id,
        cases.map(({observation, memory = aMemory(), policy = aPolicy()}) =>
          findingOf(id, observation, {memory, policy}),
        ),
      ));
  });
};
