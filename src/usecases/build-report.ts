/** Makes the report of `check` from what a pass observed, found and decided. */
import {becauseText} from '../core/because.js';
import {note, scriptOf} from '../core/fix.js';
import {catalogue} from '../core/checks/catalogue.js';
import type {ReportedId} from '../core/check-table.js';
import type {Check} from '../core/checks/check.js';
import type {CustomFinding} from '../core/custom/custom-check.js';
import {customBecauseText} from '../core/custom/judge.js';
import type {BreakerView} from '../core/decision/decision.js';
import {isStateKnown, type StateReading} from '../core/decision/situation.js';
import {breakerText, reasonText, unblockText} from '../core/decision/wording.js';
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import {isBad, isCureKnown, type CheckId, type Finding, type Status} from '../core/finding.js';
import type {Observation} from '../core/observation/observation.js';
import {singleWorkload} from '../core/observation/workload.js';
import {rfc3339} from '../core/time.js';
import {EXIT, exitCodeOf, type FailOn} from '../outcome/exit-code.js';
import type {CheckReport, ReportedCheck, ReportedDecision, ReportedSetting} from '../outcome/check-report.js';
import {TABLE} from '../settings/table.js';
import {exitWithoutApi} from '../pass/access.js';
import type {Judgement} from '../pass/judge.js';
import {DEFAULT_NAMESPACE} from '../settings/settings.js';
import type {ObservedPass} from '../pass/observe.js';
import type {PassPorts} from '../pass/ports.js';

export interface ReportOptions {
  /** Only these checks stand in the report; `null`: all. */
  readonly only: ReadonlySet<ReportedId> | null;
  readonly skip: ReadonlySet<ReportedId>;
  readonly failOn: FailOn;
  /** Milliseconds of the whole check. */
  readonly duration: number;
  /** What the checks of the user's own found; absent: there are none. */
  readonly custom?: readonly CustomFinding[];
}

/** The source whose time is a check's `durationMs`. */
const sources: Readonly<Record<Check['category'], string>> = {
  cluster: 'workload',
  node: 'node',
  workload: 'workload',
  frigate: 'stats',
  detectors: 'stats',
  cameras: 'stats',
  recording: 'segments',
  resources: 'stats',
  services: 'questions',
  alerts: 'state',
};

export const buildReport = (
  ports: PassPorts,
  {observation, timings, reading}: ObservedPass,
  {findings, diagnosis, decision}: Judgement,
  options: ReportOptions,
): CheckReport => {
  const isShown = ({id}: {readonly id: ReportedId}): boolean =>
    (options.only?.has(id) ?? true) && !options.skip.has(id);
  const shown = findings.filter(isShown);
  const ofCatalogue = catalogue.flatMap((check) => {
    const finding = shown.find(({id}) => id === check.id);
    return finding === undefined
      ? []
      : [reported(check, mildWhileStarting(finding, diagnosis.health), timings.get(sources[check.category]) ?? 0)];
  });
  const checks = [...ofCatalogue, ...(options.custom ?? []).filter(isShown).map(reportedCustom)];
  const workload = singleWorkload(observation.workload);
  const {stats} = observation.frigate;
  return {
    apiVersion: 'frigate-health.io/v1',
    kind: 'CheckReport',
    metadata: {
      generatedAt: rfc3339(observation.at),
      durationMs: Math.round(options.duration),
      version: ports.version,
      context: ports.cluster.context,
      namespace: ports.namespace,
      target: workload === null ? null : {kind: workload.kind, name: workload.name, uid: workload.uid},
      frigateVersion: stats.known ? stats.value.snapshot.version : null,
      via: observation.via,
    },
    summary: {
      health: diagnosis.health,
      exitCode: exitCode(observation, checks, diagnosis.health, options.failOn),
      counts: count(checks),
    },
    diagnosis: {
      cause: diagnosis.cause,
      summary: diagnosis.summary,
      primary: diagnosis.primary,
      folded: diagnosis.folded,
    },
    checks,
    decision: {
      action: decision.action,
      rule: decision.rule,
      reason: reasonText(decision.reason),
      liftedBy: unblockText(decision.reason),
      breaker: reportedBreaker(decision.breaker, reading),
      streak: decision.streak,
    },
    settings: settledSettings(ports),
    errors: [],
  };
};

/** The settings as they held. The namespace alone is settled by the cluster where nobody named one. */
const settledSettings = ({settings, namespace, cluster}: PassPorts): readonly ReportedSetting[] => {
  const {variable} = TABLE.namespace;
  if (settings.namespace === namespace) return settings.origins;
  return settings.origins.map((setting) =>
    setting.name === variable
      ? {...setting, value: namespace, origin: originOf(namespace, settings, cluster)}
      : setting,
  );
};

/** Whence a namespace is that was not named: it may also be that of the one Frigate which was found in any. */
const originOf = (
  namespace: string,
  settings: PassPorts['settings'],
  {defaultNamespace, inCluster}: PassPorts['cluster'],
): string => {
  if (settings.namespace === null && defaultNamespace === namespace) return inCluster ? 'pod' : 'kubeconfig context';
  return settings.namespace === null && defaultNamespace === null && namespace === DEFAULT_NAMESPACE
    ? 'default'
    : 'flag --all-namespaces';
};

/** A breaker without its state is not closed: how it stands is unknown. */
const reportedBreaker = (
  {state, used, limit, until, why}: BreakerView,
  reading: StateReading,
): ReportedDecision['breaker'] =>
  isStateKnown(reading)
    ? {state, used, limit, until: until === null ? null : rfc3339(until), why: why === null ? null : breakerText(why)}
    : {state: 'unknown', used: 0, limit, until: null, why: 'the state was not read'};

/** Where nothing could be observed, the exit code says why: 64 misconfigured, 69 unreachable, 77 not permitted. */
const exitCode = (
  {apiServer, workload, outside}: Observation,
  checks: readonly ReportedCheck[],
  health: HealthClass,
  failOn: FailOn,
): number => {
  if (!apiServer.known && outside === undefined) return exitWithoutApi(apiServer.why.code);
  if (!workload.known && (workload.why.code === 'forbidden' || workload.why.code === 'unauthorized'))
    return EXIT.forbidden;
  return exitCodeOf(
    checks.map((check) => check.status),
    health,
    failOn,
  );
};

/** What is normal while Frigate starts is no outage yet: a warning until the grace ends (R-06; exit 1 while starting). */
const mildWhileStarting = (finding: Finding, health: HealthClass): Finding =>
  health === 'starting' && finding.normalAtStart && finding.status === 'critical'
    ? {...finding, status: 'warning', cure: 'none'}
    : finding;

const reported = (check: Check, finding: Finding, durationMs: number): ReportedCheck => ({
  id: check.id,
  category: check.category,
  title: check.title,
  status: finding.status,
  summary: finding.summary,
  evidence: finding.evidence,
  cause: isBad(finding) ? finding.cause : null,
  cure: finding.cure,
  ...(isCureKnown(finding) ? {} : {judged: false}),
  object: finding.object,
  because: finding.because === null ? null : becauseText(finding.because),
  fix: finding.fix === null ? null : scriptOf(finding.fix),
  steps: finding.fix ?? [],
  docs: docsOf(check.id),
  durationMs,
});

/** A check of the user's own: what it is about is a dependency, and no restart is ever its cure. */
const reportedCustom = (finding: CustomFinding): ReportedCheck => ({
  id: finding.id,
  category: 'custom',
  title: finding.title,
  status: finding.status,
  summary: finding.summary,
  evidence: finding.evidence,
  cause: finding.status === 'warning' || finding.status === 'critical' ? 'dependency' : null,
  cure: 'none',
  object: null,
  because: finding.because === null ? null : customBecauseText(finding.because),
  fix: finding.fix === null ? null : scriptOf([note(finding.fix)]),
  steps: finding.fix === null ? [] : [note(finding.fix)],
  docs: CUSTOM_DOCS,
  durationMs: finding.took,
});

const CUSTOM_DOCS = 'https://github.com/frigate-health/frigate-health/blob/main/docs/custom-checks.md';

/** The page of a check, as `check --explain` shows it too. */
const docsOf = (id: CheckId): string =>
  `https://github.com/frigate-health/frigate-health/blob/main/docs/checks/${id}.md`;

const count = (checks: readonly ReportedCheck[]): Readonly<Record<Status, number>> => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const check of checks) counts[check.status] += 1;
  return counts;
};
