/**
 * The decision (docs/how-it-decides.md, "The rules"): a pure, total function of the state, the findings, the time and the policy.
 * Every latch and timer is evaluated in every pass, also in healthy ones: one that only failing passes advance would stop in a healthy one.
 */
import {trackIncident} from './incident/incident.js';
import {singleWorkload} from './observation/workload.js';
import {restartable} from './diagnosis/diagnose.js';
import {truncateTexts} from './decision/truncate-texts.js';
import {failuresInARow, viewBreaker} from './decision/breaker.js';
import {clampToNow} from './decision/clamp-to-now.js';
import type {Decision, Verdict} from './decision/decision.js';
import type {Finding} from './finding.js';
import type {RuleId} from './rule-id.js';
import {settleAttempts} from './decision/settle-attempts.js';
import {restoreLostState} from './decision/restore-lost-state.js';
import {rules, type Rule} from './decision/rules.js';
import type {DecisionInput, Situation} from './decision/situation.js';
import {advanceStreak, isBlind} from './decision/streak.js';
import {breakerText, reasonText, restartText} from './decision/wording.js';
import {isByServe, MISSED_FOR} from './serving.js';
import type {Breaker, DecisionRecord, RestartRecord, State} from './state/state.js';
import {since, type Instant} from './time.js';

/** Newest last; changes only, so that fifty of them reach far back. */
const KEPT_DECISIONS = 50;

/** The catalogue of rules is a parameter only so that the proofs can take one away and see it missed. */
export const decide = (input: DecisionInput, inForce: readonly Rule[] = rules): Decision => {
  const situation = situate(input);
  const {rule, verdict} = firstToApply(situation, inForce);
  const attempt = verdict.action === 'restart' ? intend(situation, rule, verdict) : null;
  const restarts = attempt === null ? situation.restarts : [...situation.restarts, attempt].slice(-64);
  const streak = {count: situation.streak?.count ?? 0, needed: input.policy.consecutiveFailures};
  const recalledState: State = {
    ...situation.state,
    target:
      situation.workload === null
        ? situation.state.target
        : {
            kind: situation.workload.kind,
            namespace: situation.workload.namespace,
            name: situation.workload.name,
            uid: situation.workload.uid,
          },
    // A restart answers the streak: the new container begins with none.
    streak: attempt === null ? situation.streak : null,
    restarts,
    breaker: keepBreaker(situation),
    memory: input.memory,
    decisions: keepDecision(situation, rule, verdict),
    servedAt: servedAt(input.by, situation.state.servedAt, input.now),
    lastPass: {at: input.now, by: input.by, result: `${verdict.action} ${rule}: ${input.diagnosis.health}`},
  };
  const next = truncateTexts(trackIncident(recalledState, {...situation, rule, verdict, attempt}));
  return {...verdict, rule, breaker: situation.breaker, streak, attempt, next};
};

const servedAt = (by: string, before: Instant | null, now: Instant): Instant | null => {
  if (isByServe(by)) return now;
  return before !== null && since(before, now) < MISSED_FOR ? before : null;
};

const firstToApply = (
  situation: Situation,
  inForce: readonly Rule[],
): {readonly rule: RuleId; readonly verdict: Verdict} => {
  const forced = situation.request?.force === true;
  for (const rule of inForce) {
    if (forced && rule.forceable && rule.id !== 'R-12') continue;
    const verdict = rule.judge(situation);
    if (verdict !== null) return {rule: rule.id, verdict};
  }
  return {rule: 'R-03', verdict: {action: 'hold', reason: {code: 'no-rule'}}};
};

const situate = (input: DecisionInput): Situation => {
  const {observation, findings, diagnosis, policy, now, pod, container} = input;
  const workload = singleWorkload(observation.workload);
  const state = restoreLostState(clampToNow(input.state, now).state, input.reading, workload, now);
  const candidates = restartable(findings, diagnosis);
  const sameTarget = state.target === null || workload === null || state.target.uid === workload.uid;
  const sample = {
    candidates,
    blind: isBlind(findings),
    podUid: pod?.uid ?? null,
    containerId: container?.id ?? null,
    cause: candidates[0]?.cause ?? null,
  };
  const streak = advanceStreak(sameTarget ? state.streak : null, sample, now, policy);
  const restarts = settleAttempts(state.restarts, workload, findings, now, policy);
  const breaker = viewBreaker(
    state,
    restarts,
    workload,
    {cause: sample.cause ?? streak?.cause ?? null, faults: faultsOf(candidates)},
    now,
    policy,
  );
  return {...input, state, workload, candidates, streak, restarts, breaker};
};

const faultsOf = (findings: readonly Finding[]): readonly string[] =>
  [...new Set(findings.flatMap(({faults}) => faults))].slice(0, 32);

const intend = (
  {candidates, attemptId, now, request, diagnosis, memory}: Situation,
  rule: RuleId,
  {reason}: Verdict,
): RestartRecord => ({
  id: attemptId,
  at: now,
  cause: candidates[0]?.cause ?? diagnosis.cause ?? 'process',
  rule,
  who: request?.who ?? 'automatic',
  reason: restartText(reason).slice(0, 300),
  findings: candidates.map((finding) => finding.id),
  phase: 'intended',
  settledAt: null,
  faults: faultsOf(candidates),
  worked: memory.cameras.flatMap(({name, delivering}) => (delivering ? [name] : [])).slice(0, 64),
});

const keepBreaker = ({state, breaker, restarts, candidates, now}: Situation): Breaker => ({
  // Locked stays locked until a person resets it, whatever the log forgets.
  state: breaker.state,
  until: breaker.until,
  why: breaker.why === null ? null : breakerText(breaker.why),
  failures: Math.max(
    breaker.state === 'locked' ? state.breaker.failures : 0,
    failuresInARow(restarts, candidates[0]?.cause ?? null, state.breaker.reset?.at ?? null),
  ),
  reset: state.breaker.reset,
  coolDownUntil:
    state.breaker.coolDownUntil !== null && state.breaker.coolDownUntil > now ? state.breaker.coolDownUntil : null,
});

const keepDecision = (
  {state, diagnosis, now}: Situation,
  rule: RuleId,
  {action, reason}: Verdict,
): readonly DecisionRecord[] => {
  const last = state.decisions.at(-1);
  if (
    last !== undefined &&
    last.rule === rule &&
    last.action === action &&
    last.health === diagnosis.health &&
    action !== 'restart'
  )
    return state.decisions;
  return [
    ...state.decisions,
    {at: now, health: diagnosis.health, action, rule, reason: reasonText(reason).slice(0, 200)},
  ].slice(-KEPT_DECISIONS);
};
