/** The words of the rules: for each reason one sentence, and the steps that unblock it. The only place where they are made. */
import type {Step} from '../finding.js';
import {candidateText, kindAndName, type WorkloadName} from '../observation/workload.js';
import {isOfTheDatabase, startStepText} from '../checks/evidence/start.js';
import {humanDuration, milliseconds, rfc3339} from '../time.js';
import type {BreakerReason, NeededSource, Reason} from './reason.js';

/** Of a reason with this code. */
interface Words<Code extends Reason['code']> {
  /** The fact that decides: one sentence without a full stop. */
  readonly reason: string | ((reason: Reason & {readonly code: Code}) => string);
  /** What ends the hold, in the order in which a person does it; absent where nothing holds. */
  readonly unblock?: readonly Step[] | ((reason: Reason & {readonly code: Code}) => readonly Step[]);
}

const RESET: Step = {command: 'kubectl frigate-health reset-breaker --reason "…"'};

const words: {readonly [Code in Reason['code']]: Words<Code>} = {
  'no-workload': {
    reason: ({searchedFor}) => `no Frigate workload found: ${searchedFor}`,
    unblock: [
      {
        text: 'name it: -n NAMESPACE KIND/NAME; for the CronJob set FRIGATE_HC_NAMESPACE and FRIGATE_HC_DEPLOYMENT_NAME',
      },
    ],
  },
  'several-workloads': {
    reason: ({candidates}) =>
      `${candidates.length} workloads could be Frigate: ${candidates.map(candidateText).join(', ')}`,
    unblock: [{text: 'name one: KIND/NAME; for the CronJob set FRIGATE_HC_DEPLOYMENT_NAME'}],
  },
  'no-container': {
    reason: ({candidate, containers}) =>
      `${candidateText(candidate)} has no Frigate container (containers: ${containers.join(', ')})`,
    unblock: [{text: 'name the workload that runs Frigate: KIND/NAME; for the CronJob set FRIGATE_HC_DEPLOYMENT_NAME'}],
  },
  'outside-kubernetes': {
    reason: 'Frigate runs outside Kubernetes, where nothing is restarted',
    unblock: ({url}) => [{text: `restart the Frigate at ${url} by hand where it runs`}],
  },
  'scaled-to-zero': {
    reason: ({workload}) => `${kindAndName(workload)} is scaled to 0 replicas`,
    unblock: ({workload}) => [on(workload, 'scale', '--replicas=1')],
  },
  'rollout-paused': {
    reason: ({workload}) => `the rollout of ${kindAndName(workload)} is paused: a restart would have no effect`,
    unblock: ({workload}) => [on(workload, 'rollout resume')],
  },
  paused: {
    reason: ({workload, until, reason}) =>
      `${kindAndName(workload)} is paused until ${rfc3339(until)}${reason === null ? '' : `: ${reason.slice(0, 200)}`}`,
    unblock: ({workload}) => [
      {text: 'wait for the end of the pause, or end it:'},
      {command: `kubectl frigate-health resume -n ${workload.namespace} ${kindAndName(workload)}`},
    ],
  },
  'state-unreadable': {
    reason: 'the state cannot be read, so the restarts of the last hour are not known',
    unblock: ({because}) => [{text: readable[because]}],
  },
  'state-newer': {
    reason: 'the state was written by a newer version of this program',
    unblock: [{text: 'run the newer version'}],
  },
  'state-wiped': {
    reason: 'the state was deleted or overwritten, so the restarts of the last hour are not known',
    unblock: [{text: 'stop the other writer, for example by removing the state ConfigMap from Git (FRG-104 names it)'}],
  },
  'state-lost': {
    reason: 'part of the state was unreadable and was set aside',
    unblock: [{text: 'wait for the next pass and the end of the cool-down'}],
  },
  'state-fresh': {
    reason: 'there is no state yet, because this is the first pass',
    unblock: [{text: 'wait for the next pass'}],
  },
  'health-unknown': {
    reason: ({summary}) => summary,
    unblock: ({fix}) => (fix.length > 0 ? fix : [{text: 'wait for the next pass that can observe it'}]),
  },
  'not-observed': {
    reason: ({source, why}) => `${sources[source]} could not be read: ${why.message}`,
    unblock: ({source, why}) => why.fix ?? [{text: `wait for the next pass that can read ${sources[source]}`}],
  },
  'permission-missing': {
    reason: ({verb, resource}) => `permission missing: ${verb} ${resource}`,
    unblock: [{text: 'add the permission (FRG-102 shows the command)'}],
  },
  'no-rule': {reason: 'no rule applied'},
  'nothing-to-repair': {reason: 'nothing to repair'},
  consequence: {
    reason: ({finding, of}) => `${finding} is a consequence of ${of}, which a restart does not cure`,
    unblock: [{text: 'repair the cause; a restart of Frigate would only add an outage'}],
  },
  'not-curable': {
    reason: ({cause}) => `a restart does not cure it (cause: ${cause ?? 'not known'})`,
    unblock: [{text: 'repair the cause; a restart of Frigate would only add an outage'}],
  },
  'not-judged': {
    reason: ({finding}) => `not judged yet whether a restart cures it (${finding})`,
    unblock: [{text: 'wait for the next pass'}],
  },
  'fleet-incident': {
    reason: ({common, count}) =>
      `${count} Frigates have one common cause (${common}), which a restart of one does not cure`,
    unblock: ({common}) => [{text: `repair what they have in common: ${common}`}],
  },
  'too-few-passes': {
    reason: ({count, needed}) => `failure observed in ${count} of ${needed} required passes`,
    unblock: ({count, needed, interval}) => [
      {
        text: `wait for ${needed - count} more ${needed - count === 1 ? 'pass that observes' : 'passes that observe'} it (one every ${humanDuration(interval)})`,
      },
    ],
  },
  'no-new-evidence': {
    reason: ({since}) => `no new evidence of the failure since ${rfc3339(since)}`,
    unblock: [{text: 'wait for a pass with new evidence'}],
  },
  'not-lasting': {
    reason: ({lasted, needed}) =>
      `the failure has lasted ${humanDuration(lasted)} of the ${humanDuration(needed)} that it must last`,
    unblock: ({lasted, needed}) => [{text: `wait ${humanDuration(milliseconds(needed - lasted))} more`}],
  },
  starting: {
    reason: ({age, grace}) => `Frigate started ${humanDuration(age)} ago (start-up grace ${humanDuration(grace)})`,
    unblock: ({until}) => [{text: `wait until ${rfc3339(until)}`}],
  },
  'never-worked': {
    reason: ({age, step}) =>
      `Frigate has not responded since its container started ${humanDuration(age)} ago, and its start makes progress${step === null ? '' : `: ${startStepText(step)}`}`,
    unblock: ({step}) => [
      {
        text: isOfTheDatabase(step)
          ? 'wait for its end: a restart now could destroy the database'
          : 'wait for its end: a restart would begin the same work again',
      },
    ],
  },
  'detectors-starting': {
    reason: ({age}) =>
      `no detector has finished an inference since the container started ${humanDuration(age)} ago: it may still build or load its model`,
    unblock: [{text: 'wait for the first inference, or until the detectors stand still for 30 minutes'}],
  },
  'start-tried': {
    reason: ({at}) => `the container that the restart at ${rfc3339(at)} made has never worked`,
    unblock: [{text: 'read its log and repair what it names; a changed pod template may be restarted again'}],
  },
  'attempt-unsettled': {
    reason: ({attempt, at}) => `the outcome of restart attempt ${attempt} at ${rfc3339(at)} is not known yet`,
    unblock: [{text: 'wait for the next pass, which finds out whether the restart was applied'}],
  },
  'change-unprocessed': {
    reason: ({workload}) => `the controller has not processed the latest change of ${kindAndName(workload)} yet`,
    unblock: ({workload}) => [{text: 'wait for the end of the rollout'}, on(workload, 'rollout status')],
  },
  'rollout-under-way': {
    reason: ({workload}) => `a rollout of ${kindAndName(workload)} is in progress`,
    unblock: ({workload}) => [{text: 'wait for the end of the rollout'}, on(workload, 'rollout status')],
  },
  'pod-terminating': {
    reason: ({pod}) => `pod ${pod} of the workload is still terminating`,
    unblock: ({namespace, pod}) => [
      {text: 'wait until the pod is gone; if its node is lost for good, delete the pod'},
      {command: `kubectl -n ${namespace} delete pod ${pod} --force --grace-period=0`},
    ],
  },
  'crash-loop': {
    reason: 'the kubelet already restarts the container (CrashLoopBackOff)',
    unblock: [{text: 'repair what ends the container (FRG-203)'}],
  },
  'liveness-kills': {
    reason: 'the liveness probe already restarts the container',
    unblock: [{text: 'correct the liveness probe, or what makes it fail (FRG-207)'}],
  },
  'node-unfit': {
    reason: ({summary}) => `the new pod may not be schedulable: ${summary}`,
    unblock: ({fix}) => (fix.length > 0 ? fix : [{text: 'provide a node that can run the pod'}]),
  },
  'rollout-deadlock': {
    reason: ({held}) => `RollingUpdate keeps the old pod, which holds ${held.join(', ')}, until the new pod is ready`,
    unblock: [{text: 'set the strategy to Recreate (FRG-207 shows the command), or delete the pod'}],
  },
  'rollout-on-delete': {
    reason: ({workload}) =>
      `${kindAndName(workload)} has the strategy OnDelete: a restart takes effect only when its pod is deleted`,
    unblock: [{text: 'set the strategy to RollingUpdate, or delete the pod'}],
  },
  breaker: {
    reason: ({why, until}) =>
      until !== null
        ? `breaker open until ${rfc3339(until)} (${breakerText(why)})`
        : `${why.code === 'locked' ? 'breaker locked: ' : ''}${breakerText(why)}`,
    unblock: ({why, until}) => {
      if (until !== null) return [{text: `wait until ${rfc3339(until)}`}];
      const orWait = why.code === 'locked' ? '' : '; or wait for the end of the incident';
      return [{text: `find and repair the cause, then close the breaker${orWait}`}, RESET];
    },
  },
  'fleet-limit': {
    reason: ({used, limit}) =>
      `${used} other ${used === 1 ? 'Frigate was' : 'Frigates were'} restarted within the last 10 minutes (limit of the fleet ${limit})`,
    unblock: ({until}) => [{text: `wait until ${rfc3339(until)}`}],
  },
  'dry-run': {
    reason: 'would restart; this is a dry run',
    unblock: [{text: 'run it without --dry-run'}],
  },
  'observe-mode': {
    reason: 'would restart; the mode is observe',
    unblock: [{text: 'set FRIGATE_HC_MODE=active'}],
  },
  restart: {
    reason: (reason) =>
      reason.request === null
        ? observedText(reason)
        : `requested by ${reason.request.who}: ${reason.request.reason} (${observedText(reason)})`,
  },
};

/** A kubectl command about the workload. */
const on = (workload: WorkloadName, verb: string, ...more: readonly string[]): Step => ({
  command: [`kubectl -n ${workload.namespace} ${verb} ${kindAndName(workload)}`, ...more].join(' '),
});

const sources: Readonly<Record<NeededSource, string>> = {
  'api-server': 'the API server',
  workload: 'the workload',
  pods: 'the pods of the workload',
  node: 'the node',
  events: 'the events',
  log: "Frigate's log",
  claims: 'the volume claims',
};

const readable: Readonly<Record<(Reason & {readonly code: 'state-unreadable'})['because'], string>> = {
  'api-server': 'restore access to the API server (FRG-101)',
  permission: 'grant read access to the state ConfigMap (FRG-104 names the rule)',
  other: 'wait for the next pass that can read it (FRG-104 shows why this one could not)',
};

const restarts = (count: number): string => `${count} ${count === 1 ? 'restart' : 'restarts'}`;

/** Why the breaker is not closed: no full stop, to stand behind a colon or in brackets. */
export const breakerText = (why: BreakerReason): string => {
  switch (why.code) {
    case 'hour-limit':
      return `${restarts(why.used)} in the last hour, limit ${why.limit}`;
    case 'day-limit':
      return `${restarts(why.used)} in the last 24 hours, limit ${why.limit}`;
    case 'cool-down':
      return 'the state was created, lost or overwritten less than an hour ago';
    case 'did-not-help':
      return why.failures === 1 ? 'the last restart did not help' : `the last ${why.failures} restarts did not help`;
    case 'one-more-trial':
      return 'the last restart did not help; one more restart is allowed';
    case 'locked':
      return `${restarts(why.failures)} in a row did not help`;
    case 'same-cause':
      return 'the restart in this incident did not help, and the cause is the same';
    case 'came-back':
      return 'the restart in this incident helped, but the same fault is back';
  }
};

const observedText = ({summary, findings}: Reason & {readonly code: 'restart'}): string =>
  summary === null ? 'no finding requires a restart' : `${summary} (${findings.join(', ')})`;

/** The words of any reason: the table has for each code what takes a reason of that code, which the compiler cannot follow. */
const wordsOf = (reason: Reason): Words<Reason['code']> => words[reason.code] as Words<Reason['code']>;

export const reasonText = (reason: Reason): string => {
  const {reason: text} = wordsOf(reason);
  return typeof text === 'string' ? text : text(reason);
};

/** The reason as the record of a restart keeps it: who asked stands in a field of its own beside it. */
export const restartText = (reason: Reason): string =>
  reason.code === 'restart' && reason.request !== null
    ? `${reason.request.reason} (${observedText(reason)})`
    : reasonText(reason);

export const unblockSteps = (reason: Reason): readonly Step[] => {
  const {unblock = []} = wordsOf(reason);
  return typeof unblock === 'function' ? unblock(reason) : unblock;
};

export const stepText = (step: Step): string => ('command' in step ? step.command : step.text);

/** The steps in one line, as the JSON report and the state keep them; `null` where there is none. */
export const unblockText = (reason: Reason): string | null => {
  const steps = unblockSteps(reason);
  return steps.length === 0 ? null : steps.map(stepText).join('; ');
};
