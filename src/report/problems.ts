/** Which checks are listed as problems, in which order, and which of them are folded under the one that explains them. */
import type {Diagnosis} from '../core/diagnosis/diagnosis.js';
import type {ReportedId} from '../core/check-table.js';
import type {Status} from '../core/finding.js';
import {WORST_FIRST} from './style.js';
import type {CheckReport, ReportedCheck} from '../outcome/check-report.js';

/** What was found by a check, in a report or live. */
interface Found {
  readonly id: ReportedId;
  readonly status: Status;
}

export interface Problem<Check extends Found> {
  readonly check: Check;
  /** Bad checks that are consequences of this one. */
  readonly explains: readonly Check[];
}

const isProblem = (check: Found): boolean =>
  check.status === 'critical' || check.status === 'warning' || check.status === 'unknown';

/** The primary causes first, the worst of each kind before the milder; a consequence stands under its cause and not by itself. */
export const problemsAmong = <Check extends Found>(
  checks: readonly Check[],
  diagnosis: Pick<Diagnosis, 'primary' | 'folded'>,
): ReadonlyArray<Problem<Check>> => {
  const bad = checks.filter(isProblem);
  const shown = new Set<ReportedId>(bad.map((check) => check.id));
  const under = new Map<ReportedId, ReportedId>(
    diagnosis.folded
      .filter((fold) => shown.has(fold.under) && fold.under !== fold.id)
      .map((fold) => [fold.id, fold.under] as const),
  );
  const rank = (check: Found): number => {
    const place = diagnosis.primary.findIndex((id) => id === check.id);
    return WORST_FIRST.indexOf(check.status) - (place >= 0 ? WORST_FIRST.length : 0);
  };
  // A chain of consequences (node → workload → API) is listed under the cause at its head.
  const head = (id: ReportedId): ReportedId => {
    let top = id;
    for (let steps = 0; steps < under.size; steps++) top = under.get(top) ?? top;
    return under.has(top) ? id : top;
  };
  return bad
    .filter((check) => head(check.id) === check.id)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((check) => ({check, explains: bad.filter((other) => other.id !== check.id && head(other.id) === check.id)}));
};

export const problemsOf = ({checks, diagnosis}: CheckReport): ReadonlyArray<Problem<ReportedCheck>> =>
  problemsAmong(checks, diagnosis);
