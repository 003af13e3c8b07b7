/** FRG-204: is the last rollout of the workload complete? */
import {note, run} from '../../fix.js';
import type {Workload} from '../../observation/workload.js';
import {refusalOf} from '../../rollout/refused.js';
import {humanDuration, minutes, since, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {deployment, inNamespace, objectOf} from '../kubectl.js';
import {workloadOf} from '../evidence/facts.js';
import {startProgress, startStepText, type StartProgress} from '../evidence/start.js';
import {byCheck, evidence, notApplicable} from '../evidence/wording.js';

/** Kubernetes' default `progressDeadlineSeconds`; StatefulSets and DaemonSets have none of their own. */
const DEADLINE = minutes(10);

/** `paused` changes wait for a person; `waiting` is OnDelete, where the old pod stays until somebody deletes it. */
export type Rollout = 'settled' | 'under-way' | 'stuck' | 'paused' | 'waiting';

/** How the rollout stands, as `kubectl rollout status` reads the counters; `stuck` only where Kubernetes reports it. */
export const rolloutOf = (workload: Workload): Rollout => {
  if (workload.paused) return 'paused';
  if (condition(workload, 'Progressing')?.reason === 'ProgressDeadlineExceeded') return 'stuck';
  const behind =
    workload.updatedReplicas < workload.desiredReplicas || workload.currentReplicas > workload.updatedReplicas;
  if (behind && workload.strategy === 'OnDelete') return 'waiting';
  // After a finished rollout a pod that fails later is no rollout: the condition shows which of the two it is.
  const unavailable =
    workload.availableReplicas < workload.updatedReplicas &&
    condition(workload, 'Progressing')?.reason === 'ReplicaSetUpdated';
  return isUnprocessed(workload) || behind || unavailable ? 'under-way' : 'settled';
};

const condition = ({conditions}: Workload, type: string) => conditions.find((candidate) => candidate.type === type);

export const rolloutComplete = defineCheck('FRG-204', {
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-201'],
  docs: {
    what: 'Reports whether the last change of the workload (an upgrade, a restart, a GitOps reconcile) is rolled out. While a rollout is under way nothing is restarted: a second change would begin the start again.',
    limits:
      "Critical when Kubernetes reports ProgressDeadlineExceeded, or a StatefulSet's or DaemonSet's rollout is older than 10 min. Warning when a paused rollout holds back a change, OnDelete waits for a pod to be deleted, or the API server rejects the new pod (a quota, a limit range, a webhook). A rollout under way is info, and so is a pause that holds back nothing, or a rollout that waits for a long start of Frigate.",
    cure: 'Nothing: a restart is a rollout itself, and waits for this one.',
    next: 'Follow it with `kubectl rollout status`. If it is stuck: read the events of the new pod, then undo the rollout with `kubectl rollout undo`. If it is paused: resume it.',
    source:
      'Kubernetes, Deployment status: observedGeneration, updatedReplicas, conditions Progressing. The Python checker before this one restarted in the middle of rollouts.',
  },
  fix: ({observation}) => [run(`kubectl rollout status ${deployment(observation)}`)],
  judge: ({observation, memory, now}) => {
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload', byCheck('FRG-201'));
    const result = judgeRollout(workload, observation, now);
    const start = result.status === 'critical' ? startProgress({observation, memory}) : null;
    return {
      object: {kind: workload.kind, name: workload.name},
      ...(start === null || start.standsStill || start.failure ? result : awaitsStart(workload, start)),
    };
  },
});

/** Kubernetes' deadline knows nothing of a long start; undoing the rollout now would end its work, which on a database can destroy it. */
const awaitsStart = (workload: Workload, {age, step}: StartProgress): CheckResult => ({
  status: 'info',
  summary: `Rollout of ${objectOf(workload)} waits for Frigate, which is starting for ${humanDuration(age)}${step === null ? '' : `: ${startStepText(step)}`}`,
});

const judgeRollout = (workload: Workload, observation: CheckContext['observation'], now: Instant): CheckResult => {
  const kubectl = `kubectl${inNamespace(observation)}`;
  const counters = [
    evidence('updated replicas', workload.updatedReplicas, workload.desiredReplicas),
    evidence('available replicas', workload.availableReplicas, workload.desiredReplicas),
  ];
  switch (rolloutOf(workload)) {
    case 'settled':
      return {status: 'ok', summary: `Rollout of ${objectOf(workload)} is complete`};
    case 'paused':
      return {
        status: holdsBack(workload) ? 'warning' : 'info',
        evidence: counters,
        summary: `Rollout of ${objectOf(workload)} is paused: ${holdsBack(workload) ? 'a change waits, and a restart would wait too' : 'a restart would have no effect'}`,
        fix: [run(`${kubectl} rollout resume ${objectOf(workload)}`)],
      };
    case 'waiting':
      return {
        status: 'warning',
        evidence: counters,
        summary: `A change of ${objectOf(workload)} waits until its pod is deleted (strategy OnDelete)`,
        fix: [
          note('This ends the running Frigate; a new pod replaces it:'),
          run(`${kubectl} delete pod -l '${workload.selector}'`),
        ],
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
          summary: `Rollout of ${objectOf(workload)} creates no new pod: ${refusal.why}`,
          fix: [
            run(`${kubectl} describe ${objectOf(workload)}`),
            note('Raise the quota or the limits, or undo the change:'),
            run(`${kubectl} rollout undo ${objectOf(workload)}`),
          ],
        };
      }
      const begun = begunAt(workload);
      const age = begun === null ? null : since(begun, now);
      if (workload.kind !== 'Deployment' && age !== null && age > DEADLINE)
        return stuck(workload, kubectl, `under way for ${humanDuration(age)} (limit ${humanDuration(DEADLINE)})`);
      return {
        status: 'info',
        evidence: counters,
        summary: `Rollout of ${objectOf(workload)} is under way${age === null ? '' : ` for ${humanDuration(age)}`}`,
      };
    }
  }
};

/**
 * When the rollout began: when its revision was created. Before the controller has processed the change there is none, and the
 * newest one is that of the previous rollout; then only the annotation of a restart shows it, where it is newer.
 */
const begunAt = (workload: Workload): Instant | null => {
  const [newest] = workload.revisions;
  const {restartedAt} = workload;
  if (restartedAt !== null && (newest === undefined || restartedAt > newest)) return restartedAt;
  return isUnprocessed(workload) ? null : (newest ?? null);
};

const isUnprocessed = ({observedGeneration, generation}: Workload): boolean =>
  observedGeneration !== null && observedGeneration < generation;

const holdsBack = (workload: Workload): boolean =>
  isUnprocessed(workload) || workload.updatedReplicas < workload.desiredReplicas;

const stuck = (workload: Workload, kubectl: string, why: string): CheckResult => ({
  status: 'critical',
  summary: `Rollout of ${objectOf(workload)} is stuck: ${why}`,
  evidence: [
    evidence('updated replicas', workload.updatedReplicas, workload.desiredReplicas),
    evidence('available replicas', workload.availableReplicas, workload.desiredReplicas),
  ],
  fix: [
    run(`${kubectl} get pods,events`),
    note('Then undo the change:'),
    run(`${kubectl} rollout undo ${objectOf(workload)}`),
  ],
});
