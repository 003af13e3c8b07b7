/** The reports of several Frigates, exactly as `check -A -o json` prints them, in the shape of a Kubernetes List. */
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {CheckReport} from './check-report.js';
import {EXIT} from './exit-code.js';

export interface CheckReportList {
  readonly apiVersion: 'frigate-health.io/v1';
  readonly kind: 'CheckReportList';
  readonly summary: {
    /** The worst of all. */
    readonly exitCode: number;
    /** How many Frigates have each health word; a word that none has is left out. */
    readonly health: Readonly<Partial<Record<HealthClass, number>>>;
  };
  /** By namespace and name. */
  readonly items: readonly CheckReport[];
}

/** From bad to good. A code that is not named here is worse than all: it is no result at all. */
const WORST_FIRST: readonly number[] = [
  EXIT.unreachable,
  EXIT.forbidden,
  EXIT.critical,
  EXIT.waitRanOut,
  EXIT.unknown,
  EXIT.warning,
  EXIT.ok,
];

/** The exit code of several reports: the worst. */
export const worstExitCode = (codes: readonly number[]): number =>
  codes.reduce<number>(
    (worst, code) => (WORST_FIRST.indexOf(code) < WORST_FIRST.indexOf(worst) ? code : worst),
    EXIT.ok,
  );

export const checkReportList = (items: readonly CheckReport[]): CheckReportList => {
  const health: Partial<Record<HealthClass, number>> = {};
  for (const {summary} of items) health[summary.health] = (health[summary.health] ?? 0) + 1;
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'CheckReportList',
    summary: {exitCode: worstExitCode(items.map(({summary}) => summary.exitCode)), health},
    items,
  };
};
