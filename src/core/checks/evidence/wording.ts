/** Small pieces of verdicts that many judges share. */
import type {Because, Inconclusive, NotApplicable} from '../../because.js';
import type {CheckId, Evidence} from '../../finding.js';
import type {UnknownReason} from '../../known.js';
import type {CheckResult} from '../check.js';

/**
 * The verdict of a check whose source could not be observed: what is not known is the check's own question, why is the
 * source's.
 */
export const unobserved = (why: UnknownReason): CheckResult => ({
  status: 'unknown',
  because: {kind: 'unknown', why},
  ...(why.fix === undefined ? {} : {fix: why.fix}),
});

/** The verdict where what was observed decides nothing. */
export const inconclusive = (why: Inconclusive, summary: string): CheckResult => ({
  status: 'unknown',
  summary,
  because: {kind: 'inconclusive', why},
});

/** The verdict of a check that does not apply here: another finding, a source that nobody asked, or a fact of the setup says so. */
export const notApplicable = (summary: string, because: Because): CheckResult => ({
  status: 'skipped',
  summary,
  because,
});

export const byCheck = (id: CheckId): Because => ({kind: 'check', id});

export const bySource = (why: UnknownReason): Because => ({kind: 'unknown', why});

export const bySetup = (why: NotApplicable): Because => ({kind: 'not-applicable', why});

/** Names for a summary: the first three, then how many more. */
export const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const evidence = (name: string, value: Evidence['value'], limit?: string | number, unit?: string): Evidence => ({
  name,
  value,
  ...(limit === undefined ? {} : {limit}),
  ...(unit === undefined ? {} : {unit}),
});

/** A number as people read it: one decimal, none where it is whole. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

export const median = (values: ArrayLike<number>): number | null => {
  if (values.length === 0) return null;
  // Typed: sorted as numbers without a comparison of ours, which counts where all pairs of half a day are compared.
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
};
