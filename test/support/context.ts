/** Runs checks for tests: alone in a given context, or in a full assessment with a table of cases. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import type {Check, CheckContext, Verdict} from '../../src/core/checks/check.js';
import type {CauseClass, CheckId, Cure, Finding, Status} from '../../src/core/finding.js';
import type {Memory} from '../../src/core/memory.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Policy} from '../../src/core/policy.js';
import type {Instant} from '../../src/core/time.js';
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
  ...changes,
});

/** A context in which every earlier finding is `ok` unless given. */
export const checkContext = (
  observation: Observation,
  memory: Memory,
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
export const judge = (check: Check, context: CheckContext): Verdict => check.judge(context);

/** The finding of one check in a full assessment. */
export const findingOf = (
  id: CheckId,
  observation: Observation,
  {memory = aMemory(), policy = aPolicy()}: {readonly memory?: Memory; readonly policy?: Policy} = {},
): Finding => {
  const finding = assess(observation, memory, policy).find((candidate) => candidate.id === id);
  assert.ok(finding, `${id} is in the catalogue`);
  return finding;
};

/** What a test expects of a finding: words are matched, everything else is equal. */
export interface Expected {
  readonly status: Status;
  readonly summary?: RegExp;
  readonly cause?: CauseClass | null;
  readonly cure?: Cure;
  readonly because?: RegExp;
  readonly fix?: RegExp;
  /** `name=value`, each of which must be among the evidence. */
  readonly evidence?: readonly string[];
  readonly immediate?: boolean;
  readonly normalAtStart?: boolean;
  readonly cameras?: readonly string[];
  readonly evidenceAt?: Instant | null;
}

export const assertFinding = (finding: Finding, expected: Expected): void => {
  const {summary, because, fix, evidence = [], ...equal} = expected;
  const message = JSON.stringify(finding);
  for (const [field, value] of Object.entries(equal))
    assert.deepEqual(finding[field as keyof Finding], value, `${field}: ${message}`);
  for (const [words, pattern] of [
    [finding.summary, summary],
    [finding.because, because],
    [finding.fix, fix],
  ] as const) {
    if (pattern !== undefined) assert.match(words ?? '', pattern, message);
  }
  const seen = finding.evidence.map(({name, value}) => `${name}=${value ?? 'null'}`);
  for (const item of evidence) assert.ok(seen.includes(item), `${item} is among ${seen.join(', ')}`);
  if (finding.status === 'warning' || finding.status === 'critical')
    assert.ok(finding.fix !== null && finding.fix !== '', `a bad finding has a fix: ${message}`);
  if (finding.status === 'unknown' || finding.status === 'skipped')
    assert.ok(finding.because !== null && finding.because !== '', `it says why: ${message}`);
};

/** One row of a table of cases. */
export interface Case extends Expected {
  readonly when: string;
  readonly observation: Observation;
  readonly memory?: Memory;
  readonly policy?: Policy;
}

/** Declares one test for each case. */
export const tableOf = (id: CheckId, cases: readonly Case[]): void => {
  describe(id, () => {
    for (const {when, observation, memory = aMemory(), policy = aPolicy(), ...expected} of cases) {
      it(`is ${expected.status} when ${when}`, () =>
        assertFinding(findingOf(id, observation, {memory, policy}), expected));
    }
  });
};
