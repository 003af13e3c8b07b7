/** FRG-204: has the last change of the workload settled? */
import type {Workload} from '../../observation/workload.js';
import {refusalOf} from '../../rollout/refused.js';
import {humanDuration, minutes, since, type Instant} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {deployment, inNamespace, objectOf} from '../kubectl.js';
import {workloadOf} from '../facts.js';
import {evidence, notApplicable} from '../wording.js';

/** Kubernetes' default `progressDeadlineSeconds`; StatefulSets and DaemonSets have none of their own. */
const DEADLINE = minutes(10);

/** `paused` changes wait for a person; `waiting` is OnDelete, where the old pod stays until somebody deletes it. */
export type Rollout = 'settled' | 'under-way' | 'stuck' | 'paused' | 'waiting';

/** How the rollout stands, as `kubectl rollout status` reads the counters; `stuck` only where Kubernetes says so itself. */
export const rolloutOf = (workload: Workload): Rollout => {
  if (workload.paused) return 'paused';
  if (condition(workload, 'Progressing')?.reason === 'ProgressDeadlineExceeded') return 'stuck';
  const behind =
    workload.updatedReplicas < workload.desiredReplicas || workload.currentReplicas > workload.updatedReplicas;
  if (behind && workload.strategy === 'OnDelete') return 'waiting';
  // After a finished rollout a pod that fails later is no rollout: the condition says which of the two it is.
  const unavailable =
    workload.availableReplicas < workload.updatedReplicas &&
    condition(workload, 'Progressing')?.reason === 'ReplicaSetUpdated';
  return isUnseen(workload) || behind || unavailable ? 'under-way' : 'settled';
};

const condition = ({conditions}: Workload, type: string) => conditions.find((candidate) => candidate.type === type);

export const rollout: Check = {
  id: 'FRG-204',
  title: 'rollout settled',
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-201'],
  docs: {
    what: 'Says whether the last change of the workload (an upgrade, a restart, a GitOps reconcile) has been carried out. While one is under way nothing is restarted: a second change begins the start-up anew.',
    limits:
      "Critical when Kubernetes reports ProgressDeadlineExceeded, or a StatefulSet's or DaemonSet's rollout is older than 10 min. Warning when a paused rollout holds back a change, OnDelete waits for a pod to be deleted, or the API server refuses the new pod (a quota, a limit range, a webhook). A rollout under way, and a pause that holds back nothing, are info.",
    cure: 'Nothing: a restart is a rollout itself, and waits behind this one.',
    next: "Follow it with `kubectl rollout status`. A stuck one: look at the new pod's events, then undo it with `kubectl rollout undo`. A paused one: resume it.",
    source:
      'Kubernetes, Deployment status: observedGeneration, updatedReplicas, conditions Progressing. The Python checker before this one restarted in the middle of rollouts.',
  },
  fix: ({observation}) => `kubectl rollout status ${deployment(observation)}`,
  judge: ({observation, now}) => {
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload to judge', 'FRG-201');
    return {object: {kind: workload.kind, name: workload.name}, ...judgeRollout(workload, observation, now)};
  },
};

const judgeRollout = (workload: Workload, observation: CheckContext['observation'], now: Instant): Verdict => {
  const kubectl = `kubectl${inNamespace(observation)}`;
  const counters = [
    evidence('updated replicas', workload.updatedReplicas, workload.desiredReplicas),
    evidence('available replicas', workload.availableReplicas, workload.desiredReplicas),
  ];
  switch (rolloutOf(workload)) {
    case 'settled':
      return {status: 'ok', summary: `${objectOf(workload)} has settled`};
    case 'paused':
      return {
        status: holdsBack(workload) ? 'warning' : 'info',
        evidence: counters,
        summary: `The rollout of ${objectOf(workload)} is paused: changes and restarts ${holdsBack(workload) ? 'wait' : 'would do nothing'}`,
        fix: `${kubectl} rollout resume ${objectOf(workload)}`,
      };
    case 'waiting':
      return {
        status: 'warning',
        evidence: counters,
        summary: `A change of ${objectOf(workload)} waits: its strategy is OnDelete`,
        fix: `${kubectl} delete pod -l '${workload.selector}'  # ends the running Frigate; the new pod takes over`,
      };
    case 'stuck':
      return stuck(
        workload,
        kubectl,
        condition(workload, 'Progressing')?.message ?? 'the progress deadline has passed',
      );
    case 'under-way': {
      const refusal = refusalOf(workload);
      if (refusal !== null) {
        return {
          status: 'warning',
          evidence: counters,
          summary: `The rollout of ${objectOf(workload)} makes no new pod: ${refusal.why}`,
          fix: `${kubectl} describe ${objectOf(workload)}  # make room in the quota or the limits, or: ${kubectl} rollout undo ${objectOf(workload)}`,
        };
      }
      const begun = begunAt(workload);
      const age = begun === null ? null : since(begun, now);
      if (workload.kind !== 'Deployment' && age !== null && age > DEADLINE)
        return stuck(workload, kubectl, `it has been under way for ${humanDuration(age)}`);
      return {
        status: 'info',
        evidence: counters,
        summary: `A rollout of ${objectOf(workload)} ${age === null ? 'is under way' : `has been under way for ${humanDuration(age)}`}`,
      };
    }
  }
};

/**
 * When the rollout began: when its revision was made. Before the controller has seen the change there is none, and the
 * newest one is that of the rollout before; then only the annotation of a restart tells, where it is newer.
 */
const begunAt = (workload: Workload): Instant | null => {
  const [newest] = workload.revisions;
  const {restartedAt} = workload;
  if (restartedAt !== null && (newest === undefined || restartedAt > newest)) return restartedAt;
  return isUnseen(workload) ? null : (newest ?? null);
};

const isUnseen = ({observedGeneration, generation}: Workload): boolean =>
  observedGeneration !== null && observedGeneration < generation;

const holdsBack = (workload: Workload): boolean =>
  isUnseen(workload) || workload.updatedReplicas < workload.desiredReplicas;

const stuck = (workload: Workload, kubectl: string, why: string): Verdict => ({
  status: 'critical',
  summary: `The rollout of ${objectOf(workload)} is stuck: ${why}`,
  evidence: [
    evidence('updated replicas', workload.updatedReplicas, workload.desiredReplicas),
    evidence('available replicas', workload.availableReplicas, workload.desiredReplicas),
  ],
  fix: `${kubectl} rollout undo ${objectOf(workload)}  # after a look at: ${kubectl} get pods,events`,
});
