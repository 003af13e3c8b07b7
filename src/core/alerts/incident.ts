/**
 * The incident and its alerts: one alert when it begins or gets worse, one when it ends, a reminder each
 * 24 hours. What flaps is one incident. Alerts go to the outbox; sending them is none of this room's business.
 */
import type {Ruling} from '../decision/decision.js';
import type {RuleId} from '../decision/rule-id.js';
import type {Situation} from '../decision/situation.js';
import {tooClose, tooOld} from '../decision/streak.js';
import {isBad, type CheckId, type Finding} from '../finding.js';
import {asStanding, quietTime, settle, untoldCameras} from './parts.js';
import type {AlertFinding, Incident, OutboxEntry, RestartRecord, Standing, State} from '../state/state.js';
import {days, minutes, since, type Instant} from '../time.js';

/** The checker's own trouble (rights, state, sight) is told when it has lasted this long (docs/how-it-decides.md, "The rules"). */
const TROUBLE_TOLD_AFTER = minutes(30);

/** Alerts in 24 hours: beyond the first bound only restarts and an opening breaker are told, beyond the second nothing. */
const MOST_ALERTS_A_DAY = 12;
const MOST_URGENT_ALERTS_A_DAY = 24;

const KEPT_ENTRIES = 32;

export interface AlertSituation extends Situation {
  readonly rule: RuleId;
  readonly ruling: Ruling;
  readonly attempt: RestartRecord | null;
}

/** The state with standing findings, incident and outbox brought up to this pass. */
export const trackIncident = (state: State, situation: AlertSituation): State => {
  const standing = stand(state, situation);
  const pressing = pressingFindings(situation, standing);
  const pruned = {...state, standing, outbox: prune(state.outbox, situation.now)};
  const incident =
    pruned.incident === null ? null : settle(follow(pruned.incident, pressing, situation), pressing, situation);
  if (incident === null) {
    return pressing.length === 0 && situation.attempt === null
      ? {...pruned, incident: null}
      : begin(pruned, pressing, situation);
  }
  if (isOver(incident, situation)) return end(pruned, incident, situation);
  return goOn(pruned, incident, pressing, situation);
};

/* ------------------------------------------------------------------ what stands, and what of it people must hear */

/** Counts each bad primary finding over passes, spaced as R-05 asks; `sight` while Frigate cannot be seen. */
const stand = ({standing: before, incident}: State, situation: AlertSituation): readonly Standing[] => {
  const {diagnosis, now, policy} = situation;
  const standing = new Map(before.map((entry) => [entry.what, entry]));
  const whats: readonly string[] = [
    ...diagnosis.primary,
    ...(diagnosis.health === 'unknown' ? ['sight'] : []),
    ...untoldCameras(incident, situation).map(asStanding),
  ];
  const next = whats.map((what): Standing => {
    const earlier = standing.get(what);
    if (earlier === undefined || tooOld(earlier.last, now, policy))
      return {what, since: now, last: now, count: 1, interrupted: false};
    if (earlier.interrupted) return {...earlier, last: now, count: 1, interrupted: false};
    return tooClose(earlier.last, now, policy) ? earlier : {...earlier, last: now, count: earlier.count + 1};
  });
  const absent = before.filter(({what}) => !whats.includes(what));
  // What could not be looked at is neither gone nor still there; what is gone may be back in the next pass, and go on standing.
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
  const sight = diagnosis.health === 'unknown' ? standing.find(({what}) => what === 'sight') : undefined;
  if (sight === undefined || since(sight.since, situation.now) < TROUBLE_TOLD_AFTER) return pressing;
  return [...pressing, ...findings.filter((finding) => finding.status === 'unknown').slice(0, 3)];
};

const isPressing = (
  finding: Finding,
  standing: Standing | undefined,
  {diagnosis, policy, now, reading}: AlertSituation,
): boolean => {
  // A state that is wiped before each pass forgets how long anything stood; who asks for alerts bounds this one (docs/how-it-decides.md, "What is remembered").
  if (finding.id === 'FRG-104' && reading === 'wiped') return true;
  if (standing === undefined) return false;
  const age = since(standing.since, now);
  if (finding.cause === 'checker') return age >= TROUBLE_TOLD_AFTER;
  if (finding.status === 'warning') return age >= policy.warningAlert;
  if (finding.normalAtStart && diagnosis.health === 'starting') return false;
  // One that comes and goes never fills a row of passes; it is told when it has gone on for as long as a warning.
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
  {attempt, breaker, rule, reading}: AlertSituation,
): Incident['stage'] => {
  // Nothing is restarted until a person takes the state out of Git: it cannot get worse, and is not told again as if it had.
  if (reading === 'wiped') return 'locked';
  if (rule === 'R-10' && breaker.until === null) return 'locked';
  if (rule === 'R-09') return 'breaker-open';
  if (attempt !== null) return 'restart';
  return pressing.some((finding) => finding.status === 'critical') ? 'critical' : 'warning';
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
    findings: toldIds(pressing, situation),
    joined: [],
    cameras: [],
    quiet: [],
    summary: namedAfter(pressing, situation),
    told: false,
    lastAlertAt: null,
    quietSince: null,
    alerts: 0,
  };
  const {toldOfWipe, attempt} = situation;
  if (toldOfWipe !== null && attempt === null)
    return {...state, incident: {...incident, told: true, lastAlertAt: toldOfWipe, alerts: 1}};
  return alerting ? tell(state, incident, 'began', pressing, situation) : {...state, incident};
};

/** Where a person forces a restart, "Frigate is starting" is not what was wrong; and where nothing was, the wish is all there is. */
const namedAfter = (pressing: readonly Finding[], situation: AlertSituation): string => {
  const {
    diagnosis: {health, summary},
    attempt,
  } = situation;
  const [worst] = toldFindings(pressing, situation);
  if (worst === undefined) return attempt?.reason ?? summary;
  return health === 'starting' ? worst.summary : summary;
};

const earliestOf = (a: Instant, b: Instant | undefined): Instant => (b !== undefined && b < a ? b : a);

/** Quiet while none of its findings is bad; blind passes move nothing. */
const follow = (
  incident: Incident,
  pressing: readonly Finding[],
  {findings, diagnosis, now}: AlertSituation,
): Incident => {
  const stillBad =
    pressing.length > 0 || findings.some((finding) => isBad(finding) && incident.findings.includes(finding.id));
  if (stillBad) return {...incident, quietSince: null};
  return diagnosis.health === 'unknown' ? incident : {...incident, quietSince: incident.quietSince ?? now};
};

const isOver = (incident: Incident, {now, policy, diagnosis, attempt}: AlertSituation): boolean =>
  attempt === null &&
  incident.quietSince !== null &&
  diagnosis.health !== 'unknown' &&
  since(incident.quietSince, now) >= quietTime(policy.interval);

/** Over the day's bound the incident waits as it is, so that an end is told in the end where its beginning was. */
const end = (state: State, incident: Incident, situation: AlertSituation): State => {
  if (!incident.told || !situation.alerting) return {...state, incident: null};
  const told = tell(state, incident, 'ended', [], situation);
  return told.outbox === state.outbox ? {...state, incident} : {...told, incident: null};
};

const goOn = (state: State, incident: Incident, pressing: readonly Finding[], situation: AlertSituation): State => {
  const {now, policy, diagnosis, attempt, alerting, toldOfWipe} = situation;
  const stage =
    stages[Math.max(stages.indexOf(stageOf(pressing, situation)), stages.indexOf(incident.stage))] ?? incident.stage;
  const added = pressing.map((finding) => finding.id).filter((id) => !incident.findings.includes(id));
  const criticalAdded = pressing.some((finding) => finding.status === 'critical' && added.includes(finding.id));
  const moreLost = untoldCameras(incident, situation).some(
    (camera) =>
      (state.standing.find(({what}) => what === asStanding(camera))?.count ?? 0) >= policy.consecutiveFailures,
  );
  const grown: Incident = {
    ...incident,
    stage,
    worst: incident.worst === 'critical' || stage !== 'warning' ? 'critical' : 'warning',
    findings: [...incident.findings, ...added].slice(0, 32),
    joined: [...incident.joined, ...added.map((id) => ({id, at: now}))].slice(0, 32),
    cause: pressing.length > 0 ? (diagnosis.cause ?? incident.cause) : incident.cause,
    summary: pressing.length > 0 ? namedAfter(pressing, situation) : incident.summary,
  };
  // An incident that was put back with an old state would look worse in every pass; of that state people were told.
  if (!alerting || (toldOfWipe !== null && attempt === null)) return {...state, incident: grown};
  if (!incident.told)
    return pressing.length > 0 || attempt !== null
      ? tell(state, grown, 'began', pressing, situation)
      : {...state, incident: grown};
  if (stage !== incident.stage || criticalAdded || moreLost || attempt !== null)
    return tell(state, grown, 'worse', pressing, situation);
  const due =
    incident.quietSince === null &&
    incident.lastAlertAt !== null &&
    since(incident.lastAlertAt, now) >= policy.reminder;
  return due ? tell(state, grown, 'reminder', pressing, situation) : {...state, incident: grown};
};

/* ------------------------------------------------------------------ the outbox */

const tell = (
  state: State,
  incident: Incident,
  kind: OutboxEntry['kind'],
  pressing: readonly Finding[],
  situation: AlertSituation,
): State => {
  const {now, diagnosis, ruling, rule, attempt} = situation;
  const today = state.outbox.filter((entry) => since(entry.at, now) < days(1)).length;
  const urgent =
    attempt !== null || kind === 'ended' || incident.stage === 'breaker-open' || incident.stage === 'locked';
  // Flapping must not become a flood. No more ends than beginnings are told, so they may go beyond the first bound.
  if (today >= (urgent ? MOST_URGENT_ALERTS_A_DAY : MOST_ALERTS_A_DAY)) return {...state, incident};
  const entry: OutboxEntry = {
    key: `${incident.id}-${kind}-${incident.alerts + 1}`,
    kind,
    at: now,
    incident: {id: incident.id, since: incident.since, cause: incident.cause, summary: incident.summary.slice(0, 300)},
    health: diagnosis.health,
    action: ruling.action,
    rule,
    reason: ruling.reason.slice(0, 300),
    liftedBy: ruling.liftedBy?.slice(0, 300) ?? null,
    findings: toldFindings(pressing, situation).slice(0, 8).map(alertFinding),
    attempt: attempt?.id ?? null,
    tries: 0,
    lastTry: null,
    lastError: null,
    deliveredAt: null,
  };
  return {
    ...state,
    incident: {
      ...incident,
      cameras: [...incident.cameras, ...untoldCameras({...incident, told: true}, situation)],
      told: true,
      lastAlertAt: now,
      alerts: incident.alerts + 1,
    },
    outbox: bound([...state.outbox, entry]),
  };
};

/** Over the bound the delivered go first, then the oldest that announce no restart: every intent is told in the end. */
const bound = (outbox: readonly OutboxEntry[]): readonly OutboxEntry[] => {
  const surplus = outbox.length - KEPT_ENTRIES;
  if (surplus <= 0) return outbox;
  const byWorth = [...outbox].sort((a, b) => worth(a) - worth(b) || a.at - b.at);
  const dropped = new Set(byWorth.slice(0, surplus));
  return outbox.filter((entry) => !dropped.has(entry));
};

const worth = (entry: OutboxEntry): number => (entry.deliveredAt !== null ? 0 : entry.attempt === null ? 1 : 2);

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
  fix: finding.fix?.slice(0, 400) ?? null,
});

/** Delivered entries are remembered for a day without their text: the bound counts them. Undelivered ones stay. */
const prune = (outbox: readonly OutboxEntry[], now: Instant): readonly OutboxEntry[] =>
  outbox
    .filter((entry) => entry.deliveredAt === null || since(entry.at, now) < days(1))
    .map((entry) => (entry.deliveredAt === null ? entry : {...entry, findings: []}));

/** What the alert of this pass lists: what presses, and beside it every other finding that nothing else explains. */
const toldFindings = (pressing: readonly Finding[], {findings, diagnosis}: AlertSituation): readonly Finding[] => [
  ...pressing,
  ...findings.filter((finding) => diagnosis.primary.includes(finding.id) && !pressing.includes(finding)),
];

const toldIds = (pressing: readonly Finding[], situation: AlertSituation): readonly CheckId[] =>
  toldFindings(pressing, situation)
    .map((finding) => finding.id)
    .slice(0, 32);
