/** Runs single checks the way `assess` does, for tests of one family. */
import type {Check, CheckContext, Verdict} from '../../src/core/checks/check.js';
import type {CheckId, Finding} from '../../src/core/finding.js';
import type {Memory} from '../../src/core/memory.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Policy} from '../../src/core/policy.js';

/** A finding that says `ok`, with changes. */
export const aFinding = (id: CheckId, changes: Partial<Finding> = {}): Finding => ({
  id, status: 'ok', summary: 'well', evidence: [], cause: null, cure: 'none', object: null, because: null, fix: null,
  persistence: 'sample', evidenceAt: null, immediate: false, cameras: [], normalAtStart: false, ...changes,
});

/** A context in which every earlier finding is `ok` unless given. */
export const checkContext = (
  observation: Observation, memory: Memory, policy: Policy, findings: readonly Finding[] = [],
): CheckContext => ({
  observation, memory, policy, now: observation.at,
  finding: (id) => findings.find((finding) => finding.id === id) ?? aFinding(id),
});

/** The bare verdict of one check, without `needs` and `settles`. */
export const judge = (check: Check, context: CheckContext): Verdict => check.judge(context);
