/** Judges the checks of the user's own, and skips each whose dependency fails. Pure and total. */
import type {ReportedId} from '../check-table.js';
import type {Status} from '../finding.js';
import {maskedLine} from '../mask.js';
import {humanDuration, milliseconds} from '../time.js';
import {
  isRead,
  type CustomAnswer,
  type CustomBecause,
  type CustomCheck,
  type CustomFinding,
  type CustomProbe,
  type Failed,
} from './custom-check.js';
import {judgeAnswer, targetOf, VALUE, type Result} from './judge-answer.js';

/** Columns of a summary. */
const SUMMARY = 160;

const failedText: Readonly<Record<Failed, string>> = {
  refused: 'the connection is refused',
  timeout: 'no answer in time',
  unresolved: 'the name cannot be resolved',
  closed: 'the connection was closed without an answer',
  protocol: 'the answer is not one of this protocol',
  failed: 'the request failed',
  'not-observed': 'not known',
};

/** What fails with these is not their own: without an API there are no statistics, and without a pod no log. */
const IMPLIED: Readonly<Partial<Record<CustomProbe['kind'], readonly ReportedId[]>>> = {
  stats: ['FRG-301'],
  log: ['FRG-202'],
};

const resultOf = (check: CustomCheck, answer: CustomAnswer): Result => {
  const target = targetOf(check.probe);
  if (answer.reached) return judgeAnswer(check.probe, answer);
  const why = answer.how === 'timeout' ? `no answer within ${humanDuration(check.timeout)}` : failedText[answer.how];
  const result: Result = {
    verdict: 'bad',
    summary: `${target}: ${why}`,
    evidence: answer.detail === '' ? [] : [{name: 'error', value: maskedLine(answer.detail, VALUE)}],
  };
  if (isRead(check.probe)) return {...result, verdict: 'unknown', because: {kind: 'not-observed'}};
  // Prometheus is only asked about something else: its own silence proves nothing of that.
  return check.probe.kind === 'prometheus' ? {...result, verdict: 'unknown', because: {kind: 'no-value'}} : result;
};

const statusOf = ({verdict}: Result, {severity}: CustomCheck): Status => {
  if (verdict === 'good') return 'ok';
  return verdict === 'unknown' ? 'unknown' : severity;
};

interface Judged {
  readonly finding: CustomFinding;
  /** Whoever depends on it is skipped; also where its severity is only info. */
  readonly fails: boolean;
}

const blocking: ReadonlySet<Status> = new Set<Status>(['critical', 'unknown', 'skipped']);

/**
 * The findings in the order of the file. `catalogue` says the status of a check of the catalogue; absent: it was not judged, and
 * then it blocks nothing.
 */
export const judgeCustom = (
  checks: readonly CustomCheck[],
  answers: ReadonlyMap<string, CustomAnswer>,
  catalogue: ReadonlyMap<ReportedId, Status>,
): readonly CustomFinding[] => {
  const byId = new Map<ReportedId, CustomCheck>(checks.map((check) => [check.id, check]));
  const judged = new Map<ReportedId, Judged>();
  const underWay = new Set<ReportedId>();

  /** The check at the root of the chain is named, not the link before this one. */
  const blockedBy = ({dependsOn, probe}: CustomCheck): ReportedId | null => {
    for (const id of [...dependsOn, ...(IMPLIED[probe.kind] ?? [])]) {
      const custom = byId.get(id);
      if (custom === undefined) {
        const status = catalogue.get(id);
        if (status !== undefined && blocking.has(status)) return id;
        continue;
      }
      // A circle is refused when the file is read; here it is broken where it closes.
      if (underWay.has(id)) continue;
      const {finding, fails} = judge(custom);
      if (fails) return finding.because?.kind === 'check' ? finding.because.id : id;
    }
    return null;
  };

  const judge = (check: CustomCheck): Judged => {
    const known = judged.get(check.id);
    if (known !== undefined) return known;
    underWay.add(check.id);
    const blocker = blockedBy(check);
    underWay.delete(check.id);
    const made = blocker === null ? ownJudgement(check, answers.get(check.id)) : skipped(check, blocker);
    judged.set(check.id, made);
    return made;
  };

  return checks.map((check) => judge(check).finding);
};

const skipped = ({id, title}: CustomCheck, blocker: ReportedId): Judged => ({
  fails: true,
  finding: {
    id,
    title,
    status: 'skipped',
    summary: `Not evaluated because of ${blocker}`,
    evidence: [],
    because: {kind: 'check', id: blocker},
    fix: null,
    took: milliseconds(0),
  },
});

const ownJudgement = (check: CustomCheck, answer: CustomAnswer | undefined): Judged => {
  const {id, title} = check;
  if (answer === undefined)
    return {
      // Nothing is known yet: nothing is blamed on it.
      fails: false,
      finding: {
        id,
        title,
        status: 'unknown',
        summary: `Not known: ${maskedLine(title, SUMMARY - 11)}`,
        evidence: [],
        because: {kind: 'not-asked'},
        fix: null,
        took: milliseconds(0),
      },
    };
  const result = resultOf(check, answer);
  return {
    fails: result.verdict !== 'good',
    finding: {
      id,
      title,
      status: statusOf(result, check),
      summary: maskedLine(result.summary, SUMMARY),
      evidence: result.evidence,
      because: result.because ?? null,
      fix: result.verdict === 'good' ? null : check.fix,
      took: answer.took,
    },
  };
};

/** In words, as `because` stands in the JSON report v1. */
export const customBecauseText = (because: CustomBecause): string => {
  switch (because.kind) {
    case 'check':
      return because.id;
    case 'not-asked':
      return 'it was not asked in this pass';
    case 'no-value':
      return 'the question had no single value as its answer';
    case 'not-observed':
      return 'it is read from what Frigate says, and that is not known';
    case 'partial':
      return 'only a part of its window was read (FRIGATE_HC_LOG_WINDOW_MINUTES)';
  }
};
