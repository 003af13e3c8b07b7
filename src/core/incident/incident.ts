/**
 * The incident and its alerts: one alert when it begins or gets worse, one when it ends, a reminder each
 * 24 hours. What flaps is one incident. Alerts go to the outbox; sending them is not done here.
 */
import {fixWithin, scriptOf} from '../fix.js';
import type {Verdict} from '../decision/decision.js';
import type {RuleId} from '../rule-id.js';
import type {Situation} from '../decision/situation.js';
import {reasonText, unblockSteps, unblockText} from '../decision/wording.js';
import {tooClose, tooOld} from '../decision/streak.js';
import {isBad, type CheckId, type Finding, type Step} from '../finding.js';
import {asStanding, QUIET_PASSES, quietTime, settle, unreportedCameras} from './parts.js';
import type {
  AlertFinding,
  Incident,
  IncidentFault,
  OutboxEntry,
  RestartRecord,
  Standing,
  State,
} from '../state/state.js';
import type {Policy} from '../policy.js';
import {days, milliseconds, since, type Duration, type Instant} from '../time.js';

/** The checker's own trouble (permissions, state, observability) is notified when it has lasted so many intervals (docs/how-it-decides.md, "The rules"). */
const TROUBLE_INTERVALS = 3;

const troubleTime = ({interval}: Policy): Duration => milliseconds(interval * TROUBLE_INTERVALS);

/** Alerts in 24 hours: beyond the first bound only restarts and an opening breaker are notified, beyond the second nothing. */
const MOST_ALERTS_A_DAY = 12;
const MOST_URGENT_ALERTS_A_DAY = 24;

const KEPT_ENTRIES = 32;

/** How the state document calls what stands while the health is unknown (state.ts, Standing). */
const UNOBSERVED = 'sight';
/** Faults of one incident that are stored by name. */
const MOST_FAULTS = 8;

export interface AlertSituation extends Situation {
  readonly rule: RuleId;
  readonly verdict: Verdict;
  readonly attempt: RestartRecord | null;
}

/** The state with standing findings, incident and outbox brought up to this pass. */
export const trackIncident = (stored: State, situation: AlertSituation): State => {
  // A person's pause: nothing is notified, and what was open is settled by the first pass after it.
  if (situation.verdict.reason.code === 'paused') return {...stored, outbox: prune(stored.outbox, situation.now)};
  // An overwritten state does not know how long anything has stood.
  const state = situation.reading === 'wiped' ? {...stored, standing: situation.guard?.standing ?? []} : stored;
  const standing = stand(state, situation);
  const pressing = pressingFindings(situation, standing);
  const pruned = {...state, standing, outbox: prune(state.outbox, situation.now)};
  const incident =
    pruned.incident === null ? null : settle(follow(pruned.incident, pressing, situation), pressing, situation);
  if (incident === null) {
    // The Frigates with one common cause are one incident: the first of them notifies it (serve, "Fleet safety").
    if (situation.fleet?.code === 'fleet-incident' && !situation.fleet.notifies && situation.attempt === null)
      return {...pruned, incident: null};
    return pressing.length === 0 && situation.attempt === null
      ? {...pruned, incident: null}
      : begin(pruned, pressing, situation);
  }
  if (isOver(incident, situation)) return end(pruned, incident, situation);
  return goOn(pruned, incident, pressing, situation);
};

/* ------------------------------------------------------------------ what stands, and what of it is notified */

/** Counts each bad primary finding over passes, spaced as R-05 asks; `sight` (state.ts, Standing) while Frigate cannot be observed. */
const stand = ({standing: before, incident}: State, situation: AlertSituation): readonly Standing[] => {
  const {diagnosis, now, policy} = situation;
  const standing = new Map(before.map((entry) => [entry.what, entry]));
  const whats: readonly string[] = [
    ...diagnosis.primary,
    ...(diagnosis.health === 'unknown' ? [UNOBSERVED] : []),
    ...unreportedCameras(incident, situation).map(asStanding),
  ];
  const next = whats.map((what): Standing => {
    const earlier = standing.get(what);
    if (earlier === undefined || tooOld(earlier.last, now, policy))
      return {what, since: now, last: now, count: 1, interrupted: false};
    if (earlier.interrupted) return {...earlier, last: now, count: 1, interrupted: false};
    return tooClose(earlier.last, now, policy) ? earlier : {...earlier, last: now, count: earlier.count + 1};
  });
  const absent = before.filter(({what}) => !whats.includes(what));
  // What could not be observed is neither gone nor still there; what is gone may be back in the next pass, and go on standing.
  const kept =
    diagnosis.health === 'unknown'
      ? absent
      : absent.filter(({last}) => !tooOld(last, now, policy)).map((entry) => ({...entry, interrupted: true}));
  return [...next, ...kept].slice(0, 64);
};

const pressingFindings = (situation: AlertSituation, standing: readonly Standing[]): readonly Finding[] => {
  const {diagnosis, findings} = situation;
  const primary = findings.filter((finding) => diagnosis.primary.includes(finding.id));
  const pressing = primary.filter((finding) =>
    isPressing(
      finding,
      standing.find(({what}) => what === finding.id),
      situation,
    ),
  );
  const unobserved = diagnosis.health === 'unknown' ? standing.find(({what}) => what === UNOBSERVED) : undefined;
  if (unobserved === undefined || since(unobserved.since, situation.now) < troubleTime(situation.policy))
    return pressing;
  return [...pressing, ...findings.filter((finding) => finding.status === 'unknown').slice(0, 3)];
};

const isPressing = (
  finding: Finding,
  standing: Standing | undefined,
  {diagnosis, policy, now, reading}: AlertSituation,
): boolean => {
  // A state that is wiped before each pass forgets how long anything stood; who asks for alerts bounds this one (docs/how-it-decides.md, "State").
  if (finding.id === 'FRG-104' && reading === 'wiped') return true;
  if (standing === undefined) return false;
  const age = since(standing.since, now);
  if (finding.cause === 'checker') return age >= troubleTime(policy);
  if (finding.status === 'warning') return age >= policy.warningAlert;
  // A start beyond its grace is notified once, and again when its step changes (goOn).
  if (finding.normalAtStart && diagnosis.health === 'starting') return finding.immediate;
  // One that comes and goes never fills a row of passes; it is notified when it has lasted as long as a warning.
  return (
    finding.immediate ||
    standing.count >= policy.consecutiveFailures ||
    age >= Math.max(policy.warningAlert, policy.interval * policy.consecutiveFailures)
  );
};

/* ------------------------------------------------------------------ the incident's life */

const stages: ReadonlyArray<Incident['stage']> = ['warning', 'critical', 'restart', 'breaker-open', 'locked'];

const stageOf = (
  pressing: readonly Finding[],
  {attempt, breaker, rule, reading, verdict, diagnosis}: AlertSituation,
): Incident['stage'] => {
  // Nothing is restarted until a person takes the state out of Git: it cannot get worse, and is not notified again as if it had.
  if (reading === 'wiped') return 'locked';
  if (rule === 'R-10' && breaker.until === null) return 'locked';
  // The fleet's limit is over in ten minutes, and nothing is wrong with this Frigate's own.
  if (rule === 'R-09' && verdict.reason.code === 'breaker') return 'breaker-open';
  if (attempt !== null) return 'restart';
  return diagnosis.health !== 'starting' && pressing.some((finding) => finding.status === 'critical')
    ? 'critical'
    : 'warning';
};

const begin = (state: State, pressing: readonly Finding[], situation: AlertSituation): State => {
  const {now, diagnosis, alerting} = situation;
  const stage = stageOf(pressing, situation);
  const incident: Incident = {
    id: `i${Math.floor(now / 1000).toString(36)}`,
    since: pressing.reduce<Instant>(
      (first, finding) => earliestOf(first, state.standing.find(({what}) => what === finding.id)?.since),
      now,
    ),
    cause: diagnosis.cause ?? pressing[0]?.cause ?? 'checker',
    worst: stage === 'warning' ? 'warning' : 'critical',
    stage,
    findings: notifiedIds(pressing, situation),
    joined: [],
    cameras: [],
    quiet: [],
    summary: namedAfter(pressing, situation),
    faults: [],
    told: false,
    lastAlertAt: null,
    quietSince: null,
    ack: null,
    quietPasses: 0,
    quietLast: null,
    unobserved: situation.findings.flatMap(({id, status}) =>
      status === 'unknown' || status === 'skipped' ? [id] : [],
    ),
    alerts: 0,
  };
  const {wipeNotifiedAt} = situation;
  if (isNotifiedAlready(pressing, situation))
    return {...state, incident: {...incident, told: true, lastAlertAt: wipeNotifiedAt, alerts: 1}};
  return alerting ? enqueue(state, incident, 'began', pressing, situation) : {...state, incident};
};

/** Under a state that is written over: all of it was sent within the day, as the guard recorded. */
const isNotifiedAlready = (
  pressing: readonly Finding[],
  {reading, guard, wipeNotifiedAt, attempt, now}: AlertSituation,
): boolean =>
  attempt === null &&
  (reading === 'wiped' || wipeNotifiedAt !== null) &&
  pressing.every(({id}) =>
    id === 'FRG-104'
      ? wipeNotifiedAt !== null
      : guard?.sent.some(({what, at}) => what === id && since(at, now) < days(1)) === true,
  );

/** Where a person forces a restart, "Frigate is starting" is not what was wrong; and where nothing was, the wish is all there is. */
const namedAfter = (pressing: readonly Finding[], situation: AlertSituation): string => {
  const {
    diagnosis: {health, summary},
    attempt,
  } = situation;
  const [worst] = notifiedFindings(pressing, situation);
  if (worst === undefined) return attempt?.reason ?? summary;
  return health === 'starting' ? worst.summary : summary;
};

const earliestOf = (a: Instant, b: Instant | undefined): Instant => (b !== undefined && b < a ? b : a);

/** Quiet in a pass that finds Frigate healthy with the same observability; what is starting, unknown or only better moves nothing. */
const follow = (
  incident: Incident,
  pressing: readonly Finding[],
  {findings, diagnosis, now, policy}: AlertSituation,
): Incident => {
  const stillBad =
    pressing.length > 0 || findings.some((finding) => isBad(finding) && incident.findings.includes(finding.id));
  if (stillBad) return {...incident, quietSince: null, quietPasses: 0, quietLast: null};
  if (diagnosis.health !== 'healthy' || !isAsObservable(incident, findings)) return incident;
  const {quietPasses = 0, quietLast = null} = incident;
  const counts = quietLast === null || !tooClose(quietLast, now, policy);
  return {
    ...incident,
    quietSince: incident.quietSince ?? now,
    quietPasses: counts ? quietPasses + 1 : quietPasses,
    quietLast: counts ? now : quietLast,
  };
};

/** Nothing is unknown that was known when it began: what is not observed any more is not known to be well. */
const isAsObservable = ({unobserved = []}: Incident, findings: readonly Finding[]): boolean =>
  findings.every(({id, status}) => status !== 'unknown' || unobserved.includes(id));

/** Positive evidence only, in several passes: a clock that jumped shows none. */
const isOver = (incident: Incident, {now, policy, diagnosis, attempt, findings}: AlertSituation): boolean =>
  attempt === null &&
  incident.quietSince !== null &&
  diagnosis.health === 'healthy' &&
  isAsObservable(incident, findings) &&
  (incident.quietPasses ?? 0) >= QUIET_PASSES &&
  since(incident.quietSince, now) >= quietTime(policy.interval);

/** Over the day's bound the incident waits as it is, so that an end is notified wherever its beginning was. */
const end = (state: State, incident: Incident, situation: AlertSituation): State => {
  if (!incident.told || !situation.alerting) return {...state, incident: null};
  const notified = enqueue(state, incident, 'ended', [], situation);
  return notified.outbox === state.outbox ? {...state, incident} : {...notified, incident: null};
};

/** Somebody who knows of it wants no reminder. */
const reminderIsDue = ({quietSince, ack, lastAlertAt}: Incident, now: Instant, reminder: Duration): boolean =>
  quietSince === null && ack === null && lastAlertAt !== null && since(lastAlertAt, now) >= reminder;

/** Another camera was lost in as many passes as R-05 asks for. */
const losesMore = (state: State, incident: Incident, situation: AlertSituation): boolean =>
  unreportedCameras(incident, situation).some(
    (camera) =>
      (state.standing.find(({what}) => what === asStanding(camera))?.count ?? 0) >=
      situation.policy.consecutiveFailures,
  );

interface Growth {
  readonly stage: Incident['stage'];
  readonly added: readonly CheckId[];
  readonly pressing: readonly Finding[];
}

/** The incident with what this pass adds to it. */
const grownBy = (incident: Incident, {stage, added, pressing}: Growth, situation: AlertSituation): Incident => ({
  ...incident,
  stage,
  worst: incident.worst === 'critical' || stage !== 'warning' ? 'critical' : 'warning',
  findings: [...incident.findings, ...added].slice(0, 32),
  joined: [...incident.joined, ...added.map((id) => ({id, at: situation.now}))].slice(0, 32),
  cause: pressing.length > 0 ? (situation.diagnosis.cause ?? incident.cause) : incident.cause,
  summary: pressing.length > 0 ? namedAfter(pressing, situation) : incident.summary,
});

const goOn = (state: State, incident: Incident, pressing: readonly Finding[], situation: AlertSituation): State => {
  const {now, policy, diagnosis, attempt, alerting} = situation;
  const stage =
    stages[Math.max(stages.indexOf(stageOf(pressing, situation)), stages.indexOf(incident.stage))] ?? incident.stage;
  const added = pressing.map((finding) => finding.id).filter((id) => !incident.findings.includes(id));
  const criticalAdded =
    diagnosis.health !== 'starting' &&
    pressing.some((finding) => finding.status === 'critical' && added.includes(finding.id));
  const moreLost = losesMore(state, incident, situation);
  const grown = grownBy(incident, {stage, added, pressing}, situation);
  // An incident that was put back with an old state would seem worse in every pass; that state was notified already.
  if (!alerting || isNotifiedAlready(pressing, situation)) return {...state, incident: grown};
  if (situation.reading === 'wiped')
    return enqueue(state, grown, incident.told ? 'worse' : 'began', pressing, situation);
  if (!incident.told)
    return pressing.length > 0 || attempt !== null
      ? enqueue(state, grown, 'began', pressing, situation)
      : {...state, incident: grown};
  if (stage !== incident.stage || criticalAdded || moreLost || attempt !== null)
    return enqueue(state, grown, 'worse', pressing, situation);
  return reminderIsDue(incident, now, policy.reminder) || hasNewStep(incident, situation)
    ? enqueue(state, grown, 'reminder', pressing, situation)
    : {...state, incident: grown};
};

/** A long start has come to another step since it was last notified. */
const hasNewStep = ({quietSince, lastAlertAt}: Incident, {diagnosis, memory}: AlertSituation): boolean =>
  quietSince === null &&
  lastAlertAt !== null &&
  diagnosis.health === 'starting' &&
  memory.start?.step?.ended === false &&
  memory.start.step.at > lastAlertAt;

/* ------------------------------------------------------------------ the outbox */

const enqueue = (
  state: State,
  incident: Incident,
  kind: OutboxEntry['kind'],
  pressing: readonly Finding[],
  situation: AlertSituation,
): State => {
  const {now, diagnosis, verdict, rule, attempt} = situation;
  const today = state.outbox.filter((entry) => since(entry.at, now) < days(1)).length;
  const urgent =
    attempt !== null || kind === 'ended' || incident.stage === 'breaker-open' || incident.stage === 'locked';
  // Flapping must not become a flood. No more ends than beginnings are notified, so they may go beyond the first bound.
  if (today >= (urgent ? MOST_URGENT_ALERTS_A_DAY : MOST_ALERTS_A_DAY)) return {...state, incident};
  const entry: OutboxEntry = {
    key: `${incident.id}-${kind}-${incident.alerts + 1}`,
    kind,
    at: now,
    incident: {
      id: incident.id,
      since: incident.since,
      cause: incident.cause,
      summary: incident.summary.slice(0, 300),
      worst: incident.worst,
      faults: kind === 'ended' ? incident.faults : [],
    },
    health: diagnosis.health,
    action: verdict.action,
    rule,
    reason: reasonText(verdict.reason).slice(0, 300),
    liftedBy: unblockText(verdict.reason)?.slice(0, 300) ?? null,
    unblock: boundedSteps(unblockSteps(verdict.reason)),
    findings: notifiedFindings(pressing, situation).slice(0, 8).map(alertFinding),
    attempt: attempt?.id ?? null,
    deliveries: [],
    tries: 0,
    lastTry: null,
    lastError: null,
    deliveredAt: null,
  };
  return {
    ...state,
    incident: {
      ...incident,
      faults: kind === 'began' || kind === 'worse' ? withFault(incident, now) : incident.faults,
      cameras: [...incident.cameras, ...unreportedCameras({...incident, told: true}, situation)],
      told: true,
      lastAlertAt: now,
      alerts: incident.alerts + 1,
    },
    outbox: bound([...state.outbox, entry]),
  };
};

/** Over the bound the delivered go first, then the oldest that announce no restart: every intent is notified in the end. */
const bound = (outbox: readonly OutboxEntry[]): readonly OutboxEntry[] => {
  const surplus = outbox.length - KEPT_ENTRIES;
  if (surplus <= 0) return outbox;
  const byWorth = [...outbox].sort((a, b) => worth(a) - worth(b) || a.at - b.at);
  const dropped = new Set(byWorth.slice(0, surplus));
  return outbox.filter((entry) => !dropped.has(entry));
};

const worth = (entry: OutboxEntry): number => (entry.deliveredAt !== null ? 0 : entry.attempt === null ? 1 : 2);

/** A fault that was notified before is not named twice, and the first stays: it is what people were called for. */
const withFault = ({faults, summary}: Incident, now: Instant): readonly IncidentFault[] => {
  const fault = {at: now, summary: summary.slice(0, 160)};
  return faults.length >= MOST_FAULTS || faults.some((known) => known.summary === fault.summary)
    ? faults
    : [...faults, fault];
};

const boundedSteps = (steps: readonly Step[]): readonly Step[] =>
  steps
    .slice(0, 4)
    .map((step) => ('command' in step ? {command: step.command.slice(0, 300)} : {text: step.text.slice(0, 300)}));

/** Characters of the steps that are stored with an alert. */
const LONGEST_FIX = 400;

const alertFinding = (finding: Finding): AlertFinding => ({
  id: finding.id,
  status: finding.status,
  summary: finding.summary.slice(0, 200),
  evidence: finding.evidence
    .slice(0, 6)
    .map(({name, value, limit, unit}) =>
      `${name} ${String(value)}${unit === undefined ? '' : ` ${unit}`}${limit === undefined ? '' : ` (limit ${String(limit)}${unit === undefined ? '' : ` ${unit}`})`}`.slice(
        0,
        140,
      ),
    ),
  fix: finding.fix === null ? null : scriptOf(fixWithin(finding.fix, LONGEST_FIX)),
  cure: finding.cure,
});

/** Delivered entries are kept for a day without their text: the bound counts them. Undelivered ones stay. */
const prune = (outbox: readonly OutboxEntry[], now: Instant): readonly OutboxEntry[] =>
  outbox
    .filter((entry) => entry.deliveredAt === null || since(entry.at, now) < days(1))
    .map((entry) => (entry.deliveredAt === null ? entry : {...entry, findings: [], unblock: []}));

/** What the alert of this pass lists: what presses, and beside it every other finding that nothing else explains. */
const notifiedFindings = (pressing: readonly Finding[], {findings, diagnosis}: AlertSituation): readonly Finding[] => [
  ...pressing,
  ...findings.filter((finding) => diagnosis.primary.includes(finding.id) && !pressing.includes(finding)),
];

const notifiedIds = (pressing: readonly Finding[], situation: AlertSituation): readonly CheckId[] =>
  notifiedFindings(pressing, situation)
    .map((finding) => finding.id)
    .slice(0, 32);
