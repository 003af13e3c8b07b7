/** Which checks are told as problems, in which order, and which of them stand under another one that explains them. */
import type {CheckId} from '../core/finding.js';
import {WORST_FIRST} from './look.js';
import type {CheckReport, ReportedCheck} from './report.js';

export interface Problem {
  readonly check: ReportedCheck;
  /** Bad checks that are consequences of this one. */
  readonly explains: readonly ReportedCheck[];
}

const isProblem = (check: ReportedCheck): boolean => check.status === 'critical' || check.status === 'warning' || check.status === 'unknown';

/** The primary causes first, the worst of each kind before the milder; a consequence stands under its cause and not by itself. */
export const problemsOf = ({checks, diagnosis}: CheckReport): readonly Problem[] => {
  const bad = checks.filter(isProblem);
  const shown = new Set<CheckId>(bad.map((check) => check.id));
  const under = new Map(diagnosis.folded.filter((fold) => shown.has(fold.under) && fold.under !== fold.id).map((fold) => [fold.id, fold.under]));
  const rank = (check: ReportedCheck): number => {
    const place = diagnosis.primary.indexOf(check.id);
    return WORST_FIRST.indexOf(check.status) - (place >= 0 ? WORST_FIRST.length : 0);
  };
  // A chain of consequences (node → workload → API) is told under the cause at its head.
  const head = (id: CheckId): CheckId => {
    let top = id;
    for (let steps = 0; steps < under.size; steps++) top = under.get(top) ?? top;
    return under.has(top) ? id : top;
  };
  return bad
    .filter((check) => head(check.id) === check.id)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((check) => ({check, explains: bad.filter((other) => other.id !== check.id && head(other.id) === check.id)}));
};
