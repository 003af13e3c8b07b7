/** The rules R-01 … R-12 in their order (docs/how-it-decides.md, "The rules"): the first that speaks decides. One literal each. */
import type {Unknown} from '../known.js';
import type {CheckId} from '../finding.js';
import type {Observation} from '../observation/observation.js';
import {hours, humanDuration, later, minutes, rfc3339, since, type Instant} from '../time.js';
import type {Ruling} from './decision.js';
import type {RuleId} from './rule-id.js';
import {deadlockNeedsClaims, rolloutDeadlock, rolloutWithoutEffect} from './place.js';
import {underWay} from './recover.js';
import type {Situation} from './situation.js';
import {tooClose} from './streak.js';

export interface Rule {
  readonly id: RuleId;
  readonly title: string;
  /** For docs/how-it-decides: when it holds, in one sentence. */
  readonly holdsWhen: string;
  /** Whether `restart --force` passes it. Nothing passes. */
  readonly forceable: boolean;
  readonly judge: (situation: Situation) => Ruling | null;
}

const hold = (reason: string, liftedBy: string | null): Ruling => ({action: 'hold', reason, liftedBy});

const untilText = (until: Instant | null): string => (until === null ? 'a person' : `waiting until ${rfc3339(until)}`);

/** A message from the rules with the target's own name in it. */
const named = ({workload}: Situation): string =>
  workload === null ? 'the workload' : `${workload.kind.toLowerCase()}/${workload.name}`;

/** Liveness kills of the kubelet within this time mean that another restarter is at work: then two restarters would chase each other. */
const OTHER_RESTARTER = minutes(10);

/** The longest that a migration in the log extends the grace; after it, it counts as hung. */
const MIGRATION = hours(1);

const target: Rule = {
  id: 'R-01',
  title: 'target',
  forceable: false,
  holdsWhen: 'not exactly one workload is found, it is scaled to 0 replicas, or its rollout is paused',
  judge: ({observation, workload}) => {
    const search = observation.workload;
    if (!search.known) return null; // not seen is not "not there"
    switch (search.value.found) {
      case 'none':
        return {
          action: 'alert',
          reason: `no Frigate workload was found (${search.value.lookedFor})`,
          liftedBy:
            'naming it: -n NAMESPACE and KIND/NAME; for the CronJob FRIGATE_HC_NAMESPACE and FRIGATE_HC_WORKLOAD',
        };
      case 'several':
        return {
          action: 'alert',
          reason: `several workloads could be meant: ${search.value.candidates.join(', ')}`,
          liftedBy: 'naming one: KIND/NAME; for the CronJob FRIGATE_HC_WORKLOAD',
        };
      case 'no-container':
        return {
          action: 'alert',
          reason: `no container of ${search.value.name} is Frigate's (it has ${search.value.containers.join(', ')})`,
          liftedBy: 'naming the workload that runs Frigate: KIND/NAME; for the CronJob FRIGATE_HC_WORKLOAD',
        };
      case 'one':
        break;
    }
    if (workload === null) return null;
    if (workload.desiredReplicas === 0)
      return {
        action: 'none',
        reason: `${workload.kind.toLowerCase()}/${workload.name} is scaled to 0 on purpose`,
        liftedBy: `kubectl -n ${workload.namespace} scale ${workload.kind.toLowerCase()}/${workload.name} --replicas=1`,
      };
    if (workload.paused)
      return {
        action: 'none',
        reason: `the rollout of ${workload.kind.toLowerCase()}/${workload.name} is paused: a restart would do nothing`,
        liftedBy: `kubectl -n ${workload.namespace} rollout resume ${workload.kind.toLowerCase()}/${workload.name}`,
      };
    return null;
  },
};

const readingAgain = ({apiServer, state: soundness}: Observation): string => {
  if (!apiServer.known) return 'an API server that answers (FRG-101)';
  const refused = !soundness.known && soundness.why.code === 'forbidden';
  return refused
    ? 'read access to the state ConfigMap (FRG-104 names the rule)'
    : 'the next pass that can read it (FRG-104 says why this one could not)';
};

const state: Rule = {
  id: 'R-02',
  title: 'state',
  forceable: false,
  holdsWhen:
    'the remembered state cannot be read, is from a newer version, was lost or put back by somebody, or is new and this is the first look',
  judge: ({reading, candidates, observation}) => {
    switch (reading) {
      case 'unreadable':
        return hold(
          'the remembered state cannot be read, so the restarts of the last hour are not known',
          readingAgain(observation),
        );
      case 'newer':
        return hold(
          'the remembered state is from a newer version of this tool',
          'run the newer version, or move its ConfigMap away',
        );
      case 'wiped':
        return candidates.length === 0
          ? null
          : hold(
              'somebody put an old state back, so the restarts of the last hour are not known',
              'take the state ConfigMap out of Git (FRG-104 names who wrote it)',
            );
      case 'lost':
        return candidates.length === 0
          ? null
          : hold(
              'a part of the remembered state was unreadable and was set aside',
              'the next pass, after the cool-down',
            );
      case 'fresh':
        return candidates.length === 0
          ? null
          : hold('this is the first look; nothing is remembered yet', 'the next pass that still sees it');
      case 'sound':
        return null;
    }
  },
};

const sight: Rule = {
  id: 'R-03',
  title: 'sight',
  forceable: true,
  holdsWhen: 'something that the decision needs is unknown',
  judge: (situation) => {
    const {observation, diagnosis, candidates} = situation;
    if (diagnosis.health === 'unknown') return hold(diagnosis.summary, 'the next pass that can see it');
    if (candidates.length === 0) return null;
    const blind = needed(situation).find(({seen}) => !seen.known);
    if (blind !== undefined)
      return hold(
        `${blind.what} could not be seen: ${(blind.seen as Unknown).why.message}`,
        (blind.seen as Unknown).why.fix ?? 'the next pass that can see it',
      );
    const missing = observation.missingRights.known
      ? observation.missingRights.value.find((right) => right.verb === 'patch')
      : undefined;
    return missing === undefined
      ? null
      : hold(`this account may not patch ${missing.resource}`, 'add the rule that FRG-102 names');
  },
};

const needed = ({
  observation,
  workload,
}: Situation): ReadonlyArray<{readonly what: string; readonly seen: {readonly known: true} | Unknown}> => [
  {what: 'the API server', seen: observation.apiServer},
  {what: 'the workload', seen: observation.workload},
  {what: 'its pods', seen: observation.pods},
  {what: 'the node', seen: observation.node},
  {what: 'the events', seen: observation.events},
  {what: "Frigate's log", seen: observation.log},
  ...(workload !== null && deadlockNeedsClaims(workload)
    ? [{what: 'the volume claims', seen: observation.claims}]
    : []),
];

const cause: Rule = {
  id: 'R-04',
  title: 'cause',
  forceable: true,
  holdsWhen:
    'there is no critical finding that a restart cures, or it is a consequence of a cause that a restart does not cure',
  judge: ({candidates, diagnosis, findings}) => {
    if (candidates.length > 0) return null;
    const bad = findings.filter((finding) => finding.status === 'critical' || finding.status === 'warning');
    if (bad.length === 0) return {action: 'none', reason: 'nothing that a restart cures is wrong', liftedBy: null};
    const folded = diagnosis.folded.find(({id}) =>
      findings.some((finding) => finding.id === id && finding.cure === 'restart' && finding.status === 'critical'),
    );
    const why =
      folded === undefined
        ? `a restart does not cure it (cause: ${diagnosis.cause ?? 'none'})`
        : `${folded.id} follows from ${folded.under}, which a restart does not cure`;
    return {action: 'alert', reason: why, liftedBy: 'repairing the cause; restarting Frigate would only add an outage'};
  },
};

const evidence: Rule = {
  id: 'R-05',
  title: 'evidence',
  forceable: true,
  holdsWhen:
    'the failure was not seen in N consecutive passes of the same container, half an interval to three intervals apart, each on new evidence, the last of them this one',
  judge: ({streak, policy, now}) => {
    const count = streak?.count ?? 0;
    const missing = policy.consecutiveFailures - count;
    if (missing > 0)
      return hold(
        `seen in ${count} of ${policy.consecutiveFailures} passes that are needed`,
        `${missing} more ${missing === 1 ? 'pass' : 'passes'} that see${missing === 1 ? 's' : ''} it, ${humanDuration(policy.interval)} apart`,
      );
    // What was counted before and shows nothing new may be over: so a Coral that was replugged, whose changes still fill the hour.
    if (streak === null || tooClose(streak.last, now, policy)) return null;
    return hold(`nothing new of it was seen since ${rfc3339(streak.last)}`, 'a pass that sees it on new evidence');
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
    "Frigate's container started less than the start-up grace ago, or a database migration that it logged is still under way",
  judge: (situation) => {
    const {policy, now, memory} = situation;
    const started = startOf(situation);
    if (started === null) return null;
    const age = since(started, now);
    if (age < policy.startupGrace) {
      return hold(
        `Frigate started ${humanDuration(age)} ago; the first ${humanDuration(policy.startupGrace)} are its start`,
        `waiting until ${rfc3339(later(started, policy.startupGrace))}`,
      );
    }
    const migrates = memory.latched.some(
      ({signature, containerId}) => signature === 'migration' && containerId === situation.container?.id,
    );
    const apiDead = situation.candidates.some((finding) => finding.id === 'FRG-301');
    if (migrates && apiDead && age < MIGRATION) {
      return hold(
        'the log shows a database migration since this start; killing it could damage the database',
        `the end of the migration, or ${rfc3339(later(started, MIGRATION))}`,
      );
    }
    return null;
  },
};

const rollout: Rule = {
  id: 'R-07',
  title: 'rollout',
  forceable: true,
  holdsWhen:
    'a rollout or another attempt is under way, or another restarter (liveness kills, CrashLoopBackOff) is at work',
  judge: (situation) => {
    const {workload, observation, container, restarts, now} = situation;
    const attempt = underWay(restarts, now);
    if (attempt !== null)
      return hold(
        `the attempt ${attempt.id} of ${rfc3339(attempt.at)} is not settled yet`,
        'the next pass, which looks for its mark on the workload',
      );
    if (workload === null) return null;
    if (workload.observedGeneration !== null && workload.observedGeneration < workload.generation)
      return hold(`the controller has not seen the newest ${named(situation)} yet`, 'the end of the rollout');
    // With OnDelete nothing is under way: R-08 says what the change waits for.
    const behind =
      workload.updatedReplicas < workload.desiredReplicas || workload.currentReplicas > workload.updatedReplicas;
    if (behind && workload.strategy !== 'OnDelete')
      return hold(
        `a rollout of ${named(situation)} is under way`,
        `kubectl -n ${workload.namespace} rollout status ${named(situation)}`,
      );
    const [ending] = observation.pods.known
      ? observation.pods.value
          .filter(({deletingSince}) => deletingSince !== null)
          .map(({name}) => name)
          .sort()
      : [];
    if (ending !== undefined)
      return hold(
        `pod ${ending} of the workload is still ending`,
        `the end of that pod; where its node is gone for good: kubectl -n ${workload.namespace} delete pod ${ending} --force --grace-period=0`,
      );
    if (container?.state.phase === 'waiting' && container.state.reason === 'CrashLoopBackOff')
      return hold(
        'the kubelet restarts the container already (CrashLoopBackOff)',
        'repairing what ends the container (FRG-203)',
      );
    const kills = observation.events.known
      ? observation.events.value.filter(
          (event) =>
            event.reason === 'Killing' &&
            /liveness/i.test(event.message) &&
            event.lastSeen !== null &&
            since(event.lastSeen, now) < OTHER_RESTARTER,
        )
      : [];
    return kills.length > 0
      ? hold(
          'the liveness probe restarts the container already',
          'an end of the liveness kills; look at the probe (FRG-207)',
        )
      : null;
  },
};

const place: Rule = {
  id: 'R-08',
  title: 'place',
  forceable: true,
  holdsWhen:
    'the node is not Ready, cordoned, under pressure or without the device, or the rollout strategy would deadlock or do nothing',
  judge: (situation) => {
    const {findings, workload, observation} = situation;
    const node = findings.find(
      (finding) => (finding.id === 'FRG-151' || finding.id === 'FRG-152') && finding.status === 'critical',
    );
    if (node !== undefined)
      return hold(`the new pod might not find a place: ${node.summary}`, node.fix ?? 'a node that can take the pod');
    if (workload === null) return null;
    const deadlock = rolloutDeadlock(workload, observation.claims) ?? rolloutWithoutEffect(workload);
    return deadlock === null
      ? null
      : hold(
          deadlock,
          `set the strategy to ${workload.kind === 'Deployment' ? 'Recreate' : 'RollingUpdate'}, or delete the pod by hand`,
        );
  },
};

const breaker: Rule = {
  id: 'R-09',
  title: 'breaker',
  forceable: true,
  holdsWhen:
    'the restarts of the sliding hour or day have reached their limit (intents, abandoned ones and manual ones count), or a lost state cools down',
  judge: ({breaker: view}) =>
    view.rule === 'R-09' ? hold(`breaker open: ${view.why ?? 'restart limit reached'}`, untilText(view.until)) : null,
};

const memory: Rule = {
  id: 'R-10',
  title: 'memory',
  forceable: true,
  holdsWhen:
    'the last restart for this cause did not help: not again in the same incident, and in a later one not before the wait, twice as long each time, is over; after 3 in a row it is locked until a person resets it',
  judge: ({breaker: view}) => {
    if (view.state === 'locked')
      return hold(
        `locked: ${view.why ?? 'restarts do not help'}`,
        'kubectl frigate-health reset-breaker --reason "…", after the cause is found',
      );
    if (view.rule !== 'R-10') return null;
    return view.until === null
      ? hold(
          view.why ?? 'the restart did not help',
          'repairing the cause, then kubectl frigate-health reset-breaker --reason "…"; or the end of this incident',
        )
      : hold(`waiting: ${view.why ?? 'the last restart did not help'}`, untilText(view.until));
  },
};

const mode: Rule = {
  id: 'R-11',
  title: 'mode',
  forceable: true,
  holdsWhen: 'the mode is observe, or this is a dry run',
  judge: ({policy, request}) => {
    if (request !== null || policy.mode === 'active') return null;
    return policy.mode === 'dry-run'
      ? hold('would restart; this is a dry run', 'the same without --dry-run')
      : hold('would restart; the mode is observe', 'FRIGATE_HC_MODE=active');
  },
};

const act: Rule = {
  id: 'R-12',
  title: 'act',
  forceable: true,
  holdsWhen: 'none of the above',
  judge: ({candidates, request}) => {
    const ids: readonly CheckId[] = candidates.map((finding) => finding.id);
    const first = candidates[0];
    const seen = first === undefined ? 'no finding asks for it' : `${first.summary} (${ids.join(', ')})`;
    return {
      action: 'restart',
      reason: request === null ? seen : `${request.who}: ${request.reason} (${seen})`,
      liftedBy: null,
    };
  },
};

export const rules: readonly Rule[] = [
  target,
  state,
  sight,
  cause,
  evidence,
  grace,
  rollout,
  place,
  breaker,
  memory,
  mode,
  act,
];
