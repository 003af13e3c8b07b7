/** One Frigate in full: what the page shows of it. */
import {breakerText, reasonText, unblockSteps} from '../../core/decision/wording.js';
import {rules} from '../../core/decision/rules.js';
import {inferenceOf} from '../../core/checks/evidence/snapshots.js';
import {isBad, type Finding} from '../../core/finding.js';
import {fillForecast, type FillForecast, type Filling} from '../../core/observation/fill-forecast.js';
import type {DetectorStats, Mount} from '../../core/observation/frigate.js';
import {later, rfc3339, type Instant} from '../../core/time.js';
import type {CheckReport, ReportedCheck} from '../../outcome/check-report.js';
import type {FleetSnapshot, FrigateStatus, JudgedFrigate, StatusChange} from '../../outcome/fleet.js';
import type {Change, FrigateDetail} from '../schemas/types.js';
import {camerasOf, worseFirst} from './cameras.js';
import {podOf} from './pod.js';
import {attemptsOf, incidentOf} from './restarts.js';
import {rowOf, timeOf} from './row.js';

type Problem = FrigateDetail['problems'][number];

const SHOWN: ReadonlySet<ReportedCheck['status']> = new Set(['critical', 'warning', 'unknown']);

/** What is wrong or not known, causes before their consequences, worst first. */
const problemsOf = ({checks, diagnosis}: CheckReport): Problem[] => {
  const primary = new Set<string>(diagnosis.primary);
  return checks
    .filter(({status}) => SHOWN.has(status))
    .map(({id, title, status, summary, because, evidence, steps, docs}) => ({
      id,
      title,
      status,
      summary,
      because,
      evidence: [...evidence],
      steps: [...steps],
      docs,
      primary: primary.has(id),
      explains: diagnosis.folded.filter(({under}) => under === id).map((consequence) => consequence.id),
    }))
    .sort((a, b) => Number(b.primary) - Number(a.primary) || worseFirst(a, b));
};

const repairOf = ({decision}: JudgedFrigate): FrigateDetail['repair'] => {
  const {action, rule, reason, breaker, streak} = decision;
  return {
    action,
    rule,
    ruleTitle: rules.find(({id}) => id === rule)?.title ?? rule,
    reason: reasonText(reason),
    unblock: [...unblockSteps(reason)],
    breaker: {
      state: breaker.state,
      used: breaker.used,
      limit: breaker.limit,
      usedToday: breaker.usedToday,
      limitPerDay: breaker.limitPerDay,
      until: timeOf(breaker.until),
      why: breaker.why === null ? null : breakerText(breaker.why),
    },
    failures: {count: streak.count, needed: streak.needed},
  };
};

/** Seconds that the inference under way has run by Frigate's own clock; `null`: none is, or it is not known. */
export const busySeconds = ({detectionStart}: DetectorStats, lastUpdated: Instant | null): number | null =>
  detectionStart === null || detectionStart <= 0 || lastUpdated === null
    ? null
    : Math.max(0, Math.round(lastUpdated / 1000 - detectionStart));

/** A bad finding of the detector checks that is about this one, or about all of them. */
const isAbout = (finding: Finding, detector: string): boolean =>
  isBad(finding) &&
  finding.id.startsWith('FRG-4') &&
  (finding.object?.kind !== 'Detector' || finding.object.name === detector);

const detectorsOf = ({observation, findings}: JudgedFrigate): FrigateDetail['detectors'] => {
  const {stats, config} = observation.frigate;
  if (!stats.known) return [];
  const {detectors, lastUpdated} = stats.value.snapshot;
  return detectors.map((detector) => {
    const [worst] = findings.filter((finding) => isAbout(finding, detector.name)).sort(worseFirst);
    return {
      name: detector.name,
      type: config.known ? (config.value.detectors.get(detector.name) ?? null) : null,
      status: worst?.status ?? 'ok',
      inferenceMs: inferenceOf(detector.inferenceSpeed),
      busySeconds: busySeconds(detector, lastUpdated),
    };
  });
};

const fullAt = (forecast: FillForecast, now: Instant): string | null =>
  forecast.kind === 'full-in' ? rfc3339(later(now, forecast.time)) : null;

const storageOf = ({observation}: JudgedFrigate, filling: readonly Filling[]): FrigateDetail['storage'] => {
  const {stats} = observation.frigate;
  if (!stats.known) return [];
  const {snapshot} = stats.value;
  return snapshot.mounts.map((mount: Mount) => {
    const forecast = fillForecast(filling, mount);
    return {
      path: mount.path,
      type: mount.type,
      totalMiB: mount.total,
      freeMiB: mount.free,
      forecast: forecast.kind,
      fullAt: fullAt(forecast, observation.at),
    };
  });
};

export const changeOf = ({at, health, cause, summary}: StatusChange): Change => ({
  at: rfc3339(at),
  health,
  cause,
  summary,
});

export interface DetailContext {
  readonly snapshot: FleetSnapshot;
  readonly eventId: string;
  readonly mayRecover: boolean;
}

export const detailOf = (status: FrigateStatus, {snapshot, eventId, mayRecover}: DetailContext): FrigateDetail => {
  const {judged, trend, filling, changes, target} = status;
  return {
    ...rowOf(status),
    at: rfc3339(snapshot.at),
    eventId,
    version: snapshot.daemon.version,
    may: {recover: mayRecover},
    problems: judged === null ? [] : problemsOf(judged.report()),
    repair: judged === null ? null : repairOf(judged),
    camerasInDetail: judged === null ? [] : camerasOf(judged, trend),
    detectors: judged === null ? [] : detectorsOf(judged),
    storage: judged === null ? [] : storageOf(judged, filling),
    pod: judged === null ? null : podOf(judged.observation),
    restarts: attemptsOf(judged?.state ?? null),
    timeline: changes.map(changeOf),
    incident: incidentOf(target.id, judged?.state ?? null),
  };
};
