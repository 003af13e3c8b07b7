/**
 * The decision (docs/how-it-decides.md, "The rules"): a pure, total function of what is remembered, what was found, the time and the policy.
 * Every latch and timer is evaluated in every pass, also in healthy ones: a timer that only sick passes wind stands still over a healthy one.
 */
import {trackIncident} from '../alerts/incident.js';
import {curable} from '../diagnosis/diagnose.js';
import {finite} from './finite.js';
import {failuresInARow, viewBreaker} from './breaker.js';
import {clip} from './clip.js';
import type {Decision, Ruling} from './decision.js';
import type {RuleId} from './rule-id.js';
import {recover} from './recover.js';
import {restore} from './restore.js';
import {rules, type Rule} from './rules.js';
import type {DecisionInput, Situation} from './situation.js';
import {advanceStreak, isBlind} from './streak.js';
import type {Breaker, DecisionRecord, RestartRecord, State} from '../state/state.js';

/** Newest last; changes only, so that fifty of them reach far back. */
const KEPT_DECISIONS = 50;

/** The catalogue of rules is a parameter only so that the proofs can take one away and see it missed. */
export const decide = (input: DecisionInput, inForce: readonly Rule[] = rules): Decision => {
  const situation = situate(input);
  const {rule, ruling} = firstToSpeak(situation, inForce);
  const attempt = ruling.action === 'restart' ? intend(situation, rule, ruling) : null;
  const restarts = attempt === null ? situation.restarts : [...situation.restarts, attempt].slice(-64);
  const streak = {count: situation.streak?.count ?? 0, needed: input.policy.consecutiveFailures};
  const remembered: State = {
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
    breaker: rememberBreaker(situation),
    memory: input.memory,
    decisions: rememberDecision(situation, rule, ruling),
    lastPass: {at: input.now, by: input.by, result: `${ruling.action} ${rule}: ${input.diagnosis.health}`},
  };
  const next = finite(trackIncident(remembered, {...situation, rule, ruling, attempt}));
  return {...ruling, rule, breaker: situation.breaker, streak, attempt, next};
};

const firstToSpeak = (
  situation: Situation,
  inForce: readonly Rule[],
): {readonly rule: RuleId; readonly ruling: Ruling} => {
  const forced = situation.request?.force === true;
  for (const rule of inForce) {
    if (forced && rule.forceable && rule.id !== 'R-12') continue;
    const ruling = rule.judge(situation);
    if (ruling !== null) return {rule: rule.id, ruling};
  }
  return {rule: 'R-03', ruling: {action: 'hold', reason: 'no rule spoke', liftedBy: null}};
};

const situate = (input: DecisionInput): Situation => {
  const {observation, findings, diagnosis, policy, now, pod, container} = input;
  const workload =
    observation.workload.known && observation.workload.value.found === 'one'
      ? observation.workload.value.workload
      : null;
  const state = restore(clip(input.state, now).state, input.reading, workload, now);
  const candidates = curable(findings, diagnosis);
  const sameTarget = state.target === null || workload === null || state.target.uid === workload.uid;
  const sample = {
    candidates,
    blind: isBlind(findings),
    podUid: pod?.uid ?? null,
    containerId: container?.id ?? null,
    cause: candidates[0]?.cause ?? null,
  };
  const streak = advanceStreak(sameTarget ? state.streak : null, sample, now, policy);
  const restarts = recover(state.restarts, workload, findings, now, policy);
  const breaker = viewBreaker(state, restarts, workload, sample.cause ?? streak?.cause ?? null, now, policy);
  return {...input, state, workload, candidates, streak, restarts, breaker};
};

const intend = (
  {candidates, attemptId, now, request, diagnosis}: Situation,
  rule: RuleId,
  ruling: Ruling,
): RestartRecord => ({
  id: attemptId,
  at: now,
  cause: candidates[0]?.cause ?? diagnosis.cause ?? 'process',
  rule,
  who: request?.who ?? 'automatic',
  reason: ruling.reason.slice(0, 300),
  findings: candidates.map((finding) => finding.id),
  phase: 'intended',
  settledAt: null,
});

const rememberBreaker = ({state, breaker, restarts, candidates, now}: Situation): Breaker => ({
  // Locked stays locked until a person resets it, whatever the log forgets.
  state: breaker.state,
  until: breaker.until,
  why: breaker.why,
  failures: Math.max(
    breaker.state === 'locked' ? state.breaker.failures : 0,
    failuresInARow(restarts, candidates[0]?.cause ?? null, state.breaker.reset?.at ?? null),
  ),
  reset: state.breaker.reset,
  coolDownUntil:
    state.breaker.coolDownUntil !== null && state.breaker.coolDownUntil > now ? state.breaker.coolDownUntil : null,
});

const rememberDecision = (
  {state, diagnosis, now}: Situation,
  rule: RuleId,
  ruling: Ruling,
): readonly DecisionRecord[] => {
  const last = state.decisions.at(-1);
  if (
    last !== undefined &&
    last.rule === rule &&
    last.action === ruling.action &&
    last.health === diagnosis.health &&
    ruling.action !== 'restart'
  )
    return state.decisions;
  return [
    ...state.decisions,
    {at: now, health: diagnosis.health, action: ruling.action, rule, reason: ruling.reason.slice(0, 200)},
  ].slice(-KEPT_DECISIONS);
};
