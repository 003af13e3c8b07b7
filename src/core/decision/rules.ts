/** The rules R-01 … R-12 in their order (docs/how-it-decides.md, "The rules"): the first that applies decides. One literal each. */
import {startProgress} from '../checks/evidence/start.js';
import type {Unknown} from '../known.js';
import {isCureKnown, type Finding, type Step} from '../finding.js';
import type {Observation} from '../observation/observation.js';
import {activePause} from '../pause.js';
import {probeThatKilled} from '../observation/pod.js';
import type {WorkloadName} from '../observation/workload.js';
import type {RestartRecord} from '../state/state.js';
import {later, minutes, since, type Instant} from '../time.js';
import type {Verdict} from './decision.js';
import type {NeededSource, Reason} from './reason.js';
import type {RuleId} from '../rule-id.js';
import {deadlockNeedsClaims, heldThroughRollout, waitsForDeletion} from './schedulability.js';
import {underWay} from './settle-attempts.js';
import type {Situation} from './situation.js';
import {lastingOf} from './duration-of-evidence.js';

export interface Rule {
  readonly id: RuleId;
  readonly title: string;
  /** For docs/how-it-decides: when it applies, in one sentence. */
  readonly holdsWhen: string;
  /** Whether `restart --force` passes it. Nothing passes. */
  readonly forceable: boolean;
  readonly judge: (situation: Situation) => Verdict | null;
}

const hold = (reason: Reason): Verdict => ({action: 'hold', reason});
const alert = (reason: Reason): Verdict => ({action: 'alert', reason});

const nameOf = ({kind, namespace, name}: WorkloadName): WorkloadName => ({kind, namespace, name});

/** Kills of the kubelet for a probe within this time mean that another restarter is at work: then two restarters would chase each other. */
const OTHER_RESTARTER = minutes(10);

const target: Rule = {
  id: 'R-01',
  title: 'target',
  forceable: false,
  holdsWhen:
    'not exactly one workload is found, it is scaled to 0 replicas, its rollout is paused, or a person paused it; Frigate runs outside Kubernetes',
  judge: ({observation, workload, candidates, now}) => {
    const {workload: search, outside} = observation;
    if (outside !== undefined)
      return candidates.length === 0 ? null : alert({code: 'outside-kubernetes', url: outside.url});
    if (!search.known) return null; // not observed is not "not there"
    switch (search.value.found) {
      case 'none':
        return alert({code: 'no-workload', searchedFor: search.value.searchedFor});
      case 'several':
        return alert({code: 'several-workloads', candidates: search.value.candidates});
      case 'no-container':
        return alert({
          code: 'no-container',
          candidate: search.value.candidate,
          containers: search.value.containers,
        });
      case 'one':
        break;
    }
    if (workload === null) return null;
    const pause = activePause(workload, now);
    if (pause !== null) return {action: 'none', reason: {code: 'paused', workload: nameOf(workload), ...pause}};
    if (workload.desiredReplicas === 0)
      return {action: 'none', reason: {code: 'scaled-to-zero', workload: nameOf(workload)}};
    return workload.paused ? {action: 'none', reason: {code: 'rollout-paused', workload: nameOf(workload)}} : null;
  },
};

const whyUnreadable = ({apiServer, outside, state: soundness}: Observation): 'api-server' | 'permission' | 'other' => {
  if (!apiServer.known && outside === undefined) return 'api-server';
  return !soundness.known && soundness.why.code === 'forbidden' ? 'permission' : 'other';
};

const state: Rule = {
  id: 'R-02',
  title: 'state',
  forceable: false,
  holdsWhen:
    'the state cannot be read, is from a newer version, was lost or overwritten by another writer, or is new because this is the first pass',
  judge: ({reading, candidates, observation}) => {
    switch (reading) {
      case 'unreadable':
        return hold({code: 'state-unreadable', because: whyUnreadable(observation)});
      case 'newer':
        return hold({code: 'state-newer'});
      case 'wiped':
      case 'lost':
      case 'fresh':
        return candidates.length === 0 ? null : hold({code: `state-${reading}`});
      case 'sound':
        return null;
    }
  },
};

const observability: Rule = {
  id: 'R-03',
  title: 'observability',
  forceable: true,
  holdsWhen: 'something that the decision needs is unknown',
  judge: (situation) => {
    const {observation, diagnosis, candidates, findings} = situation;
    if (diagnosis.health === 'unknown')
      return hold({code: 'health-unknown', summary: diagnosis.summary, fix: stepsToSee(findings)});
    if (candidates.length === 0) return null;
    for (const [source, observed] of needed(situation))
      if (!observed.known) return hold({code: 'not-observed', source, why: observed.why});
    const missing = observation.missingPermissions.known
      ? observation.missingPermissions.value.find(({verb}) => verb === 'patch')
      : undefined;
    return missing === undefined
      ? null
      : hold({code: 'permission-missing', verb: missing.verb, resource: missing.resource});
  },
};

/** What a person can do about the first thing that hides Frigate. */
const stepsToSee = (findings: readonly Finding[]): readonly Step[] =>
  findings.find(({status, fix}) => status === 'unknown' && fix !== null && fix.length > 0)?.fix ?? [];

const needed = ({
  observation,
  workload,
}: Situation): ReadonlyArray<readonly [source: NeededSource, observed: {readonly known: true} | Unknown]> => [
  ['api-server', observation.apiServer],
  ['workload', observation.workload],
  ['pods', observation.pods],
  ['node', observation.node],
  ['events', observation.events],
  ['log', observation.log],
  ...(workload !== null && deadlockNeedsClaims(workload) ? [['claims', observation.claims] as const] : []),
];

const cause: Rule = {
  id: 'R-04',
  title: 'cause',
  forceable: true,
  holdsWhen:
    'there is no critical finding that a restart cures, or it is a consequence of a cause that a restart does not cure, or three or more Frigates have one common cause',
  judge: ({candidates, diagnosis, findings, fleet}) => {
    const bad = findings.filter((finding) => finding.status === 'critical' || finding.status === 'warning');
    if (bad.length === 0) return {action: 'none', reason: {code: 'nothing-to-repair'}};
    if (fleet?.code === 'fleet-incident')
      return alert({code: 'fleet-incident', common: fleet.common, count: fleet.count});
    if (candidates.length > 0) return null;
    const folded = diagnosis.folded.find(({id}) =>
      findings.some((finding) => finding.id === id && finding.cure === 'restart' && finding.status === 'critical'),
    );
    const primary = bad.filter(({id}) => diagnosis.primary.includes(id));
    const open = primary.every(({status}) => status === 'warning')
      ? primary.find((finding) => !isCureKnown(finding))
      : undefined;
    if (open !== undefined) return alert({code: 'not-judged', finding: open.id});
    return alert(
      folded === undefined
        ? {code: 'not-curable', cause: diagnosis.cause}
        : {code: 'consequence', finding: folded.id, of: folded.under},
    );
  },
};

const evidence: Rule = {
  id: 'R-05',
  title: 'evidence',
  forceable: true,
  holdsWhen:
    'the failure was not observed in N consecutive passes of the same container, half an interval to three intervals apart, each on new evidence, the last of them this one; where `serve` observes all the time, also when it did not last as long as its check asks for',
  judge: ({streak, policy, now, candidates}) => {
    const count = streak?.count ?? 0;
    const {consecutiveFailures, interval} = policy;
    if (count < consecutiveFailures)
      return hold({code: 'too-few-passes', count, needed: consecutiveFailures, interval});
    // What was counted before and shows nothing new may be over: so a Coral that was replugged, whose changes still fill the hour.
    if (streak === null) return null;
    const lacking = lastingOf(streak, candidates, now, policy);
    if (lacking === null) return null;
    return lacking.lacks === 'time'
      ? hold({code: 'not-lasting', lasted: lacking.lasted, needed: lacking.needed})
      : hold({code: 'no-new-evidence', since: streak.last});
  },
};

/** Since when the container runs; `null` while it does not. */
const startOf = ({container}: Situation): Instant | null =>
  container?.state.phase === 'running' ? container.state.startedAt : null;

const grace: Rule = {
  id: 'R-06',
  title: 'grace',
  forceable: true,
  holdsWhen:
    "Frigate's container started less than the start-up grace ago, or it (or every detector) has never worked since its own start and the start does not stand still; a database migration never counts as standing still",
  judge: (situation) => {
    const {policy, now, candidates} = situation;
    const started = startOf(situation);
    if (started === null) return null;
    const age = since(started, now);
    if (age < policy.startupGrace)
      return hold({code: 'starting', age, grace: policy.startupGrace, until: later(started, policy.startupGrace)});
    const start = startProgress(situation);
    if (start !== null && !start.standsStill) return hold({code: 'never-worked', age, step: start.step});
    // FRG-403 says of itself whether the detectors start or stand still.
    return candidates.length > 0 && candidates.every(({id, normalAtStart}) => id === 'FRG-403' && normalAtStart)
      ? hold({code: 'detectors-starting', age})
      : null;
  },
};

const rollout: Rule = {
  id: 'R-07',
  title: 'rollout',
  forceable: true,
  holdsWhen:
    'a rollout or another attempt is under way, or another restarter (kills by a liveness or startup probe, CrashLoopBackOff) is at work',
  judge: (situation) => {
    const {workload, observation, container, restarts, now} = situation;
    const attempt = underWay(restarts, now);
    if (attempt !== null) return hold({code: 'attempt-unsettled', attempt: attempt.id, at: attempt.at});
    if (workload === null) return null;
    if (workload.observedGeneration !== null && workload.observedGeneration < workload.generation)
      return hold({code: 'change-unprocessed', workload: nameOf(workload)});
    // With OnDelete nothing is under way: R-08 says what the change waits for.
    const behind =
      workload.updatedReplicas < workload.desiredReplicas || workload.currentReplicas > workload.updatedReplicas;
    if (behind && workload.strategy !== 'OnDelete')
      return hold({code: 'rollout-under-way', workload: nameOf(workload)});
    const [terminating] = observation.pods.known
      ? observation.pods.value
          .filter(({deletingSince}) => deletingSince !== null)
          .map(({name}) => name)
          .sort()
      : [];
    if (terminating !== undefined)
      return hold({code: 'pod-terminating', namespace: workload.namespace, pod: terminating});
    if (container?.state.phase === 'waiting' && container.state.reason === 'CrashLoopBackOff')
      return hold({code: 'crash-loop'});
    const kills = observation.events.known
      ? observation.events.value.filter(
          (event) =>
            probeThatKilled(event) !== null && event.lastSeen !== null && since(event.lastSeen, now) < OTHER_RESTARTER,
        )
      : [];
    return kills.length > 0 ? hold({code: 'liveness-kills'}) : null;
  },
};

const schedulability: Rule = {
  id: 'R-08',
  title: 'schedulability',
  forceable: true,
  holdsWhen:
    'the node is not Ready, cordoned, under pressure or without the device, or the rollout strategy would deadlock or do nothing',
  judge: (situation) => {
    const {findings, workload, observation} = situation;
    const node = findings.find(
      (finding) => (finding.id === 'FRG-151' || finding.id === 'FRG-152') && finding.status === 'critical',
    );
    if (node !== undefined) return hold({code: 'node-unfit', summary: node.summary, fix: node.fix ?? []});
    if (workload === null) return null;
    const held = heldThroughRollout(workload, observation.claims);
    if (held.length > 0) return hold({code: 'rollout-deadlock', held});
    return waitsForDeletion(workload) ? hold({code: 'rollout-on-delete', workload: nameOf(workload)}) : null;
  },
};

const breaker: Rule = {
  id: 'R-09',
  title: 'breaker',
  forceable: true,
  holdsWhen:
    'the restarts of the sliding hour or day have reached their limit (intents, abandoned and manual ones count), the cool-down after a lost state is not over, or as many Frigates of the fleet as may be were restarted within 10 minutes',
  judge: ({breaker: {rule, why, until}, fleet}) => {
    if (rule === 'R-09' && why !== null) return hold({code: 'breaker', why, until});
    return fleet?.code === 'fleet-limit'
      ? hold({code: 'fleet-limit', used: fleet.used, limit: fleet.limit, until: fleet.until})
      : null;
  },
};

const history: Rule = {
  id: 'R-10',
  title: 'history',
  forceable: true,
  holdsWhen:
    'the last restart for this cause did not help, or the container that it made has never worked: no second restart in the same incident; later incidents wait 30 minutes, doubled after each failure; after 3 failures in a row the breaker is locked until a person resets it',
  judge: (situation) => {
    const {rule, why, until} = situation.breaker;
    if (rule === 'R-10' && why !== null) return hold({code: 'breaker', why, until});
    const tried = triedForThisTemplate(situation);
    return tried === null ? null : hold({code: 'start-tried', at: tried.at});
  },
};

/** A rollout of ours makes its ReplicaSet within this time; a later revision is another pod template. */
const OUR_REVISION = minutes(5);

/** Our restart that made the present pod template, where its container has never worked: the next one would fare no better. */
const triedForThisTemplate = (situation: Situation): RestartRecord | null => {
  const {workload, restarts, request} = situation;
  if (workload === null || request !== null || startProgress(situation) === null) return null;
  const own = restarts.find(({id, phase}) => id === workload.attempt && phase !== 'abandoned');
  const [newest] = workload.revisions;
  return own === undefined || (newest !== undefined && newest > later(own.at, OUR_REVISION)) ? null : own;
};

const mode: Rule = {
  id: 'R-11',
  title: 'mode',
  forceable: true,
  holdsWhen: 'the mode is observe, or this is a dry run',
  judge: ({policy, request}) => {
    if (request !== null || policy.mode === 'active') return null;
    return hold({code: policy.mode === 'dry-run' ? 'dry-run' : 'observe-mode'});
  },
};

const act: Rule = {
  id: 'R-12',
  title: 'act',
  forceable: true,
  holdsWhen: 'none of the above',
  judge: ({candidates, request}) => ({
    action: 'restart',
    reason: {
      code: 'restart',
      summary: candidates[0]?.summary ?? null,
      findings: candidates.map(({id}) => id),
      request: request === null ? null : {who: request.who, reason: request.reason},
    },
  }),
};

export const rules: readonly Rule[] = [
  target,
  state,
  observability,
  cause,
  evidence,
  grace,
  rollout,
  schedulability,
  breaker,
  history,
  mode,
  act,
];
