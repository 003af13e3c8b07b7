/** Makes the report of `check` from what a pass saw, found and decided. */
import {catalogue} from '../core/checks/catalogue.js';
import type {Check} from '../core/checks/check.js';
import type {BreakerView} from '../core/decision/decision.js';
import {isRemembered, type StateReading} from '../core/decision/situation.js';
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import {isBad, type CheckId, type Finding, type Status} from '../core/finding.js';
import type {Observation} from '../core/observation/observation.js';
import {rfc3339} from '../core/time.js';
import {EXIT, exitCodeOf, type FailOn} from '../report/exit-code.js';
import type {CheckReport, ReportedCheck, ReportedDecision, ReportedSetting} from '../report/report.js';
import {TABLE} from '../settings/table.js';
import {troubleOf} from './access.js';
import type {Judgement} from './judge.js';
import {DEFAULT_NAMESPACE} from './open-world.js';
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
  world: World,
  {observation, timings, reading}: Sight,
  {findings, diagnosis, decision}: Judgement,
  options: ReportOptions,
): CheckReport => {
  const shown = findings.filter((finding) => (options.only?.has(finding.id) ?? true) && !options.skip.has(finding.id));
  const checks = catalogue.flatMap((check) => {
    const finding = shown.find(({id}) => id === check.id);
    return finding === undefined
      ? []
      : [reported(check, asSeen(finding, diagnosis.health), timings.get(sources[check.category]) ?? 0)];
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
      reason: decision.reason,
      liftedBy: decision.liftedBy,
      breaker: reportedBreaker(decision.breaker, reading),
      streak: decision.streak,
    },
    settings: settledSettings(world),
    errors: [],
  };
};

/** The settings as they held. The namespace alone is settled by the cluster where nobody named one. */
const settledSettings = ({settings, namespace, cluster}: World): readonly ReportedSetting[] => {
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
  settings: World['settings'],
  {defaultNamespace, inCluster}: World['cluster'],
): string => {
  if (settings.namespace === null && defaultNamespace === namespace) return inCluster ? 'pod' : 'kubeconfig context';
  return settings.namespace === null && defaultNamespace === null && namespace === DEFAULT_NAMESPACE
    ? 'default'
    : 'flag --all-namespaces';
};

/** A breaker without its memory is not closed: nobody knows how it stands. */
const reportedBreaker = (
  {state, used, limit, until, why}: BreakerView,
  reading: StateReading,
): ReportedDecision['breaker'] =>
  isRemembered(reading)
    ? {state, used, limit, until: until === null ? null : rfc3339(until), why}
    : {state: 'unknown', used: 0, limit, until: null, why: 'the remembered state was not read'};

/** Where nothing could be looked at, the way there is the trouble: 64 misconfigured, 69 unreachable, 77 not permitted. */
const exitCode = (
  {apiServer, workload}: Observation,
  checks: readonly ReportedCheck[],
  health: HealthClass,
  failOn: FailOn,
): number => {
  if (!apiServer.known) return apiServer.why.code === 'starved' ? EXIT.unknown : EXIT[troubleOf(apiServer.why.code)];
  if (!workload.known && (workload.why.code === 'forbidden' || workload.why.code === 'unauthorized'))
    return EXIT.forbidden;
  return exitCodeOf(
    checks.map((check) => check.status),
    health,
    failOn,
  );
};

/** What is normal while Frigate starts is no outage yet: a warning until the grace ends (R-06; exit 1 while starting). */
const asSeen = (finding: Finding, health: HealthClass): Finding =>
  health === 'starting' && finding.normalAtStart && finding.status === 'critical'
    ? {...finding, status: 'warning'}
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
  object: finding.object,
  because: finding.because,
  fix: finding.fix,
  docs: docsOf(check.id),
  durationMs,
});

/** The page of a check, as `check --explain` shows it too. */
const docsOf = (id: CheckId): string =>
  `https://github.com/frigate-health/frigate-health/blob/main/docs/checks/${id}.md`;

const count = (checks: readonly ReportedCheck[]): Readonly<Record<Status, number>> => {
  const counts: Record<Status, number> = {ok: 0, info: 0, warning: 0, critical: 0, unknown: 0, skipped: 0};
  for (const check of checks) counts[check.status] += 1;
  return counts;
};
