/**
 * Runs the catalogue over one observation: findings in catalogue order, each check after those it needs.
 * Pure, and it never throws on any input: a judge that does is a bug of ours, reported as `unknown` for that one check.
 */
import type {Because} from '../because.js';
import type {CheckId, Finding, Fix} from '../finding.js';
import type {Baselines} from '../state/baselines.js';
import type {Observation} from '../observation/observation.js';
import type {Policy} from '../policy.js';
import {storedName} from '../state/bounds.js';
import {humanDuration, seconds} from '../time.js';
import {catalogue} from './catalogue.js';
import type {Check, CheckContext, CheckResult} from './check.js';
import {acceptedRestarts} from './kubectl.js';
import {containerAge} from './evidence/facts.js';
import {isOutside, notInKubernetes, stepsOutside, withoutKubernetes} from './evidence/outside.js';

/** So long after its container's start Frigate's numbers about detectors and cameras mean nothing (measured on 0.17.2). */
const SETTLING = seconds(120);

/** Columns of a summary; a message of Kubernetes or a line of the log may be of any length. */
const SUMMARY = 160;

/** Judges every check of the catalogue. */
export const assess = (observation: Observation, memory: Baselines, policy: Policy): readonly Finding[] =>
  assessInOrder(catalogue, catalogueInOrder, {observation, memory, policy});

/** The same with another list of checks. */
export const assessWith = (
  checks: readonly Check[],
  observation: Observation,
  memory: Baselines,
  policy: Policy,
): readonly Finding[] => assessInOrder(checks, inDependencyOrder(checks), {observation, memory, policy});

const assessInOrder = (checks: readonly Check[], ordered: readonly Check[], input: Input): readonly Finding[] => {
  const findings = new Map<CheckId, Finding>();
  for (const check of ordered) findings.set(check.id, evaluate(check, findings, input));
  return checks.map((check) => findings.get(check.id)).filter((finding) => finding !== undefined);
};

/** Each check behind the ones that it needs or reads; the order of the list otherwise. A circle is broken where it closes. */
export const inDependencyOrder = (checks: readonly Check[]): readonly Check[] => {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const visited = new Set<CheckId>();
  const ordered: Check[] = [];
  const visit = (check: Check): void => {
    if (visited.has(check.id)) return;
    visited.add(check.id);
    for (const id of [...check.needs, ...(check.after ?? []), ...(check.blindWithout ?? [])]) {
      const earlier = byId.get(id);
      if (earlier !== undefined) visit(earlier);
    }
    ordered.push(check);
  };
  for (const check of checks) visit(check);
  return ordered;
};

/** The catalogue never changes, and each pass asks for it. */
const catalogueInOrder = inDependencyOrder(catalogue);

type Input = Pick<CheckContext, 'observation' | 'memory' | 'policy'>;

const evaluate = (check: Check, findings: ReadonlyMap<CheckId, Finding>, input: Input): Finding => {
  const context: CheckContext = {
    ...input,
    now: input.observation.at,
    finding: (id) => earlierFinding(check, findings, id),
  };
  try {
    return toFinding(
      check,
      notInKubernetes(check, input.observation) ??
        blockedBy(check.needs, findings) ??
        settling(check, input) ??
        withoutKubernetes(excused(check, check.judge(context), findings), input.observation),
      context,
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return toFinding(
      check,
      {status: 'unknown', summary: `This check failed: ${message}`, because: {kind: 'bug', check: check.id, message}},
      context,
    );
  }
};

const earlierFinding = (check: Check, findings: ReadonlyMap<CheckId, Finding>, id: CheckId): Finding => {
  const declared = check.needs.includes(id) || check.after?.includes(id) === true;
  const finding = findings.get(id);
  if (!declared || finding === undefined)
    throw new Error(`${check.id} asks for ${id}, which it does not name among its needs`);
  return finding;
};

const blocking: ReadonlySet<Finding['status']> = new Set<Finding['status']>(['critical', 'unknown', 'skipped']);

/** The check at the root of the chain is named, not the link before this one. */
const blockedBy = (needs: readonly CheckId[], findings: ReadonlyMap<CheckId, Finding>): CheckResult | null => {
  for (const id of needs) {
    const need = findings.get(id);
    if (need === undefined || !blocking.has(need.status) || isOutside(need)) continue;
    const root = need.status === 'skipped' && need.because?.kind === 'check' ? need.because.id : id;
    return {status: 'skipped', summary: `Not evaluated because of ${root}`, because: {kind: 'check', id: root}};
  }
  return null;
};

/** What could not be observed because of a fault that is reported already is no second question. */
const excused = (check: Check, verdict: CheckResult, findings: ReadonlyMap<CheckId, Finding>): CheckResult =>
  verdict.status === 'unknown' ? (blockedBy(check.blindWithout ?? [], findings) ?? verdict) : verdict;

const settling = (check: Check, {observation}: Input): CheckResult | null => {
  if (check.settles !== true) return null;
  const age = containerAge(observation);
  if (age === null || age >= SETTLING) return null;
  const because: Because = {kind: 'settling', age};
  return {
    status: 'skipped',
    summary: `Frigate started ${humanDuration(age)} ago; its statistics settle within ${humanDuration(SETTLING)}`,
    because,
  };
};

const toFinding = (check: Check, verdict: CheckResult, context: CheckContext): Finding => {
  const bad = verdict.status === 'warning' || verdict.status === 'critical';
  const cure = bad ? (verdict.cure ?? 'none') : 'none';
  const fix = verdict.fix ?? (bad ? fixOf(check, context) : null);
  return {
    id: check.id,
    status: verdict.status,
    summary: oneLine(verdict.summary ?? `Not known: ${check.title}`),
    evidence: verdict.evidence ?? [],
    cause: bad ? (verdict.cause ?? check.cause) : null,
    cure,
    object: verdict.object ?? null,
    because: verdict.because ?? null,
    fix:
      fix === null
        ? null
        : stepsOutside(acceptedRestarts(fix, {id: check.id, cure}, context.observation), context.observation),
    persistence: verdict.persistence ?? 'sample',
    evidenceAt: verdict.evidenceAt ?? null,
    ...(verdict.evidenceFrom === undefined ? {} : {evidenceFrom: verdict.evidenceFrom}),
    immediate: bad && verdict.immediate === true,
    cameras: [...(verdict.cameras ?? [])].sort(),
    normalAtStart: verdict.normalAtStart === true,
    outage: verdict.status === 'critical' && verdict.outage === true,
    faults: bad ? faultsOf(check.id, verdict) : [],
  };
};

const MOST_FAULTS = 32;

const faultsOf = (id: CheckId, {faults, cameras = [], object}: CheckResult): readonly string[] => {
  const keys =
    faults ??
    (cameras.length > 0
      ? cameras.map((camera) => `camera:${camera}`)
      : [object === undefined ? id : `${object.kind.toLowerCase()}:${object.name}`]);
  return [...new Set(keys)].sort().slice(0, MOST_FAULTS).map(storedName);
};

/** Anything but single blanks between words; hardly any summary has it, and testing is cheaper than replacing. */
const untidy = /(?! )[\s\u0000-\u001f\u007f-\u009f]| {2}|^ | $/;

/** Line breaks and control characters of a message must not reach a terminal or a mail. */
const oneLine = (text: string): string => {
  const line = untidy.test(text) ? text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim() : text;
  return line.length <= SUMMARY ? line : `${line.slice(0, SUMMARY - 1)}…`;
};

/** A fix that cannot be worded for this observation must not hide the finding. */
const fixOf = (check: Check, context: CheckContext): Fix | null => {
  try {
    return check.fix(context);
  } catch {
    return null;
  }
};
