/** FRG-202: is there a pod that lives? */
import type {Pod} from '../../observation/pod.js';
import type {Workload} from '../../observation/workload.js';
import type {PodSetAside, TargetChoice} from '../../target.js';
import {refusalOf} from '../../rollout/refused.js';
import {hours, humanDuration, since, type Instant} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {deployment, inNamespace, objectOf} from '../kubectl.js';
import {targetOf, workloadOf} from '../facts.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';
import {obstacleTo} from './pending.js';
import {rolloutOf} from './rollout.js';

export const running: Check = {
  id: 'FRG-202',
  title: 'pod running',
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-201'],
  docs: {
    what: 'Chooses the pod of the workload that is looked at: of the newest revision, with a container that ran. Pods that are terminating, evicted, finished, or left behind by a node that crashed are never it, whatever their name or place in the list.',
    limits:
      'Critical when no pod lives, when the pod is Pending (with the reason: unschedulable, image pull, init container, volume), and when two pods of one revision live at once: they share a database and an MQTT client id. Scaled to 0 is info: paused on purpose.',
    cure: 'Nothing: a restart makes one more Pending pod.',
    next: "Read the reason: the scheduler's message, the image's name, the log of the init container, the volume that does not mount.",
    source:
      'Kubernetes, pod lifecycle and conditions. The Python checker before this one restarted a healthy Frigate because of a dead pod beside it, and a Pending one again and again.',
  },
  fix: ({observation}) => `kubectl${inNamespace(observation)} get pods,events --sort-by=.metadata.creationTimestamp`,
  judge: (context) => {
    const {observation} = context;
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload to judge', 'FRG-201');
    if (workload.desiredReplicas === 0) return paused(context, workload);
    const target = targetOf(observation);
    if (target === null)
      return observation.pods.known ? notApplicable('No workload to judge', 'FRG-201') : unseen(observation.pods.why);
    if (target.chosen) return judgeLiving(context, workload, target);
    return target.pod === null
      ? noneLives(context, workload, target.setAside)
      : judgePending(context, target.pod, target.setAside);
  },
};

const paused = ({observation}: CheckContext, {kind, name, ...workload}: Workload): Verdict => ({
  status: 'info',
  object: {kind, name},
  summary: `${kind} ${name} is scaled to 0: Frigate is paused`,
  fix:
    kind === 'DaemonSet'
      ? `kubectl${inNamespace(observation)} describe daemonset/${name}  # no node matches its selector`
      : `kubectl${inNamespace(observation)} scale ${objectOf({kind, name, ...workload})} --replicas=1`,
});

const judgeLiving = (
  {observation, now}: CheckContext,
  workload: Workload,
  target: Extract<TargetChoice, {chosen: true}>,
): Verdict => {
  const {pod, others, pending, setAside} = target;
  const object = {kind: 'Pod', name: pod.name};
  // Where revisions could not be told apart, a rollout under way explains a second pod.
  const rivals = others.filter(
    (other) => other.current === pod.current && (pod.current !== null || rolloutOf(workload) === 'settled'),
  );
  if (rivals.length > 0) return several(observation, workload, [pod, ...rivals]);
  const notes = [
    ...others.map((other) => evidence('older pod that still runs', other.name)),
    ...pending.map((other) =>
      evidence('pod that waits', `${other.name}: ${obstacleTo(other, observation, now).words}`),
    ),
    ...setAside.slice(0, 10).map((other) => evidence(`${other.why} pod, not looked at`, other.pod.name)),
  ];
  const place = pod.nodeName === null ? '' : ` on ${pod.nodeName}`;
  if (others.length > 0)
    return {
      status: 'info',
      object,
      evidence: notes,
      summary: `Pod ${pod.name} lives${place}; an older one runs too while the rollout goes on`,
    };
  return {status: 'ok', object, evidence: notes, summary: `Pod ${pod.name} lives${place}`};
};

/** Two Frigates on one database and one MQTT client id damage each other. */
const several = (observation: CheckContext['observation'], workload: Workload, pods: readonly Pod[]): Verdict => ({
  status: 'critical',
  object: {kind: workload.kind, name: workload.name},
  summary: `${plural(pods.length, 'pod')} of ${objectOf(workload)} live at once: ${listed(pods.map(({name}) => name).sort())}`,
  evidence: [evidence('live pods', pods.length, 1), evidence('desired replicas', workload.desiredReplicas, 1)],
  fix:
    workload.kind === 'DaemonSet'
      ? `kubectl${inNamespace(observation)} edit daemonset/${workload.name}  # let its nodeSelector match one node only`
      : `kubectl${inNamespace(observation)} scale ${objectOf(workload)} --replicas=1`,
});

const judgePending = (
  {observation, policy, now}: CheckContext,
  pod: Pod,
  setAside: readonly PodSetAside[],
): Verdict => {
  const obstacle = obstacleTo(pod, observation, now);
  const age = since(pod.createdAt, now);
  return {
    status: 'critical',
    object: {kind: 'Pod', name: pod.name},
    summary: `Pod ${pod.name} is Pending: ${obstacle.words}`,
    evidence: [evidence('reason', obstacle.reason), evidence('pending for', humanDuration(age))],
    ...(obstacle.cause === null ? {} : {cause: obstacle.cause}),
    // A large image and a slow volume take their time; what will not pass by itself is told at once, and so is a pod after pod.
    normalAtStart: !obstacle.lasting && age < policy.startupGrace && !setAside.some((other) => endedLately(other, now)),
    fix: obstacle.fix ?? `kubectl${inNamespace(observation)} describe pod ${pod.name}`,
  };
};

/** One that failed within the hour: its successor is no ordinary start. */
const endedLately = ({pod, why}: PodSetAside, now: Instant): boolean =>
  (why === 'evicted' || why === 'failed') && since(pod.createdAt, now) < hours(1);

const noneLives = (
  {observation, policy, now}: CheckContext,
  workload: Workload,
  setAside: readonly PodSetAside[],
): Verdict => {
  const object = {kind: workload.kind, name: workload.name};
  const notes = setAside.slice(0, 10).map(({pod, why}) => evidence(`${why} pod`, pod.name));
  const ending = setAside.find(({why}) => why === 'terminating')?.pod.deletingSince ?? null;
  if (ending !== null) {
    return {
      status: 'critical',
      object,
      evidence: notes,
      normalAtStart: since(ending, now) < policy.startupGrace,
      summary: 'No pod lives: the old one is still ending and its successor is not there yet',
    };
  }
  const refusal = refusalOf(workload);
  if (refusal !== null) {
    return {
      status: 'critical',
      object,
      evidence: notes,
      summary: `No pod can be made: ${refusal.why}`,
      fix: `kubectl describe ${deployment(observation)}`,
    };
  }
  const left = setAside.length === 0 ? 'there is none at all' : setAsideInWords(setAside);
  // Between the last pod before a restart and the first one after it there is none for a moment.
  const between =
    setAside.length === 0 && workload.restartedAt !== null && since(workload.restartedAt, now) < policy.startupGrace;
  return {
    status: 'critical',
    object,
    evidence: notes,
    normalAtStart: between,
    summary: `No pod of ${objectOf(workload)} lives: ${left}`,
    fix: `kubectl describe ${deployment(observation)}`,
  };
};

/** `2 evicted, 1 ghost` */
const setAsideInWords = (setAside: readonly PodSetAside[]): string => {
  const counts = new Map<string, number>();
  for (const {why} of setAside) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([why, count]) => `${count} ${why}`)
    .join(', ');
};
