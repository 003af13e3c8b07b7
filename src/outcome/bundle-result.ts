/** What `bundle` returns: what was collected for a bug report, still with its secrets; report/bundle.ts hides them and packs it. */
import type {UnknownReason} from '../core/known.js';
import type {CheckReport} from './check-report.js';
import type {StateReport} from './state-report.js';

/** One file of the bundle, or why there is none. `json`: any JSON value; `document`: one of this program's own, whose fields' names are no hint; `text`: lines. */
export type BundleSource = {readonly name: string} & (
  | {readonly kind: 'json' | 'document'; readonly value: unknown}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'missing'; readonly why: UnknownReason}
);

export interface BundleResult {
  readonly report: CheckReport;
  /** `null`: it could not be read; its source says why. */
  readonly state: StateReport | null;
  readonly sources: readonly BundleSource[];
  /** Environment variables and arguments of the manifests: no name says which of them are secrets, so all are taken for some. */
  readonly secrets: readonly string[];
  /** Names that stand everywhere and are no secrets. */
  readonly names: readonly string[];
}
