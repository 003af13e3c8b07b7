/** Makes the report of cli.md from what a pass saw, found and decided. */
import {catalogue} from '../core/checks/catalogue.js';
import type {Check} from '../core/checks/check.js';
import {isBad, type CheckId, type Finding, type Status} from '../core/finding.js';
import {rfc3339} from '../core/time.js';
import {exitCodeOf, type FailOn} from '../report/exit-code.js';
import type {CheckReport, ReportedCheck, ReportedError} from '../report/report.js';
import type {Judgement} from './judge.js';
import type {Sight} from './observe.js';
import type {World} from './world.js';

export interface ReportOptions {
  /** Only these checks stand in the report; `null`: all. */
  readonly only: ReadonlySet<CheckId> | null;
  readonly skip: ReadonlySet<CheckId>;
  readonly failOn: FailOn;
  /** Milliseconds of the whole look. */
  readonly duration: number;
}

/** Which source's time a check's `durationMs` tells. */
const sources: Readonly<Record<Check['category'], string>> = {
  cluster: 'workload', node: 'node', workload: 'workload', frigate: 'stats', detectors: 'stats', cameras: 'stats', recording: 'segments', services: 'questions', alerts: 'state',
};

export const buildReport = (world: World, {observation, timings}: Sight, {findings, diagnosis, decision}: Judgement, options: ReportOptions): CheckReport => {
  const shown = findings.filter((finding) => (options.only?.has(finding.id) ?? true) && !options.skip.has(finding.id));
  const checks = catalogue.flatMap((check) => {
    const finding = shown.find(({id}) => id === check.id);
    return finding === undefined ? [] : [reported(check, finding, timings.get(sources[check.category]) ?? 0)];
  });
  const search = observation.workload;
  const workload = search.known && search.value.found === 'one' ? search.value.workload : null;
  const {stats} = observation.frigate;
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'CheckReport',
    metadata: {
      generatedAt: rfc3339(observation.at),
      durationMs: Math.round(options.duration),
      version: world.version,
      context: world.cluster.context,
      namespace: world.namespace,
      target: workload === null ? null : {kind: workload.kind, name: workload.name, uid: workload.uid},
      frigateVersion: stats.known ? stats.value.snapshot.version : null,
      via: observation.via,
    },
    summary: {health: diagnosis.health, exitCode: exitCodeOf(checks.map((check) => check.status), diagnosis.health, options.failOn), counts: count(checks)},
    diagnosis: {cause: diagnosis.cause, summary: diagnosis.summary, primary: diagnosis.primary, folded: diagnosis.folded},
    checks,
    decision: {
      action: decision.action, rule: decision.rule, reason: decision.reason, liftedBy: decision.liftedBy,
      breaker: {state: decision.breaker.state, used: decision.breaker.used, limit: decision.breaker.limit, until: decision.breaker.until === null ? null : rfc3339(decision.breaker.until)},
      streak: decision.streak,
    },
    settings: world.settings.origins,
    errors: checks.filter((check) => check.status === 'unknown').map(({id, summary, fix}): ReportedError => ({code: id, message: summary, fix})),
  };
};

const reported = (check: Check, finding: Finding, durationMs: number): ReportedCheck => ({
  id: check.id, category: check.category, title: check.title, status: finding.status, summary: finding.summary, evidence: finding.evidence,
  cause: isBad(finding) ? finding.cause : null, cure: finding.cure, object: finding.object, because: finding.because, fix: finding.fix,
  docs: docsOf(check.id), durationMs,
});

/** The page of a check, as `check --explain` shows it too. */
export const docsOf = (id: CheckId): string => `https://github.com/frigate-health/frigate-health/blob/main/docs/checks/${id}.md`;

const count = (checks: readonly ReportedCheck[]): Readonly<Record<Status, number>> => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const check of checks) counts[check.status] += 1;
  return counts;
};
