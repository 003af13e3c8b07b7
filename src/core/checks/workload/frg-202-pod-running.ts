/** FRG-202: does a pod of Frigate run? */
import {note, run} from '../../fix.js';
import type {Evidence} from '../../finding.js';
import type {Pod} from '../../observation/pod.js';
import type {Workload} from '../../observation/workload.js';
import type {PodSetAside, TargetChoice} from '../../observation/target.js';
import {refusalOf} from '../../rollout/refused.js';
import {hours, humanDuration, since, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {deployment, inNamespace, objectOf} from '../kubectl.js';
import {eventsAbout, targetOf, workloadOf} from '../evidence/facts.js';
import {byCheck, evidence, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';
import {obstacleTo} from '../evidence/pending-pod.js';
import {essenceOf, essenceOfFailure} from '../evidence/runtime-message.js';
import {rolloutOf} from './frg-204-rollout-settled.js';

export const podRunning = defineCheck('FRG-202', {
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-201'],
  docs: {
    what: 'Chooses the pod that is monitored: of the newest revision, with a container that ran. Pods that are terminating, evicted, finished, or left behind by a node that crashed are never chosen, whatever their name or position in the list.',
    limits:
      'Critical when no pod runs, when the pod is Pending (with the reason: unschedulable, image pull, init container, volume), and when two pods of one revision run at once: they share a database and an MQTT client id. Warning when Frigate responds but its pod has not been ready for longer than the start-up grace (another container of the pod, a wrong readiness probe, a missing readiness condition). Scaled to 0 is info: it is paused on purpose.',
    cure: 'Nothing: a restart only creates another Pending pod.',
    next: "Read the reason: the scheduler's message, the image's name, the log of the init container, the volume that does not mount.",
    source:
      'Kubernetes, pod lifecycle and conditions. The Python checker before this one restarted a healthy Frigate because of a terminated pod beside it, and a Pending one again and again.',
  },
  fix: ({observation}) => [
    run(`kubectl${inNamespace(observation)} get pods,events --sort-by=.metadata.creationTimestamp`),
  ],
  judge: (context) => {
    const {observation} = context;
    const workload = workloadOf(observation);
    if (workload === null) return notApplicable('No workload', byCheck('FRG-201'));
    if (workload.desiredReplicas === 0) return paused(context, workload);
    const target = targetOf(observation);
    if (target === null)
      return observation.pods.known
        ? notApplicable('No workload', byCheck('FRG-201'))
        : unobserved(observation.pods.why);
    if (target.chosen) return judgeRunning(context, workload, target);
    return target.pod === null
      ? noneRuns(context, workload, target.setAside)
      : judgePending(context, target.pod, target.setAside);
  },
});

const paused = ({observation}: CheckContext, {kind, name, ...workload}: Workload): CheckResult => ({
  status: 'info',
  object: {kind, name},
  summary: `${kind} ${name} is scaled to 0: Frigate is paused`,
  fix:
    kind === 'DaemonSet'
      ? [note('No node matches its selector:'), run(`kubectl${inNamespace(observation)} describe daemonset/${name}`)]
      : [run(`kubectl${inNamespace(observation)} scale ${objectOf({kind, name, ...workload})} --replicas=1`)],
});

const judgeRunning = (
  context: CheckContext,
  workload: Workload,
  target: Extract<TargetChoice, {chosen: true}>,
): CheckResult => {
  const {observation, now} = context;
  const {pod, others, pending, setAside} = target;
  const object = {kind: 'Pod', name: pod.name};
  // Where revisions could not be distinguished, a rollout under way explains a second pod.
  const rivals = others.filter(
    (other) => other.current === pod.current && (pod.current !== null || rolloutOf(workload) === 'settled'),
  );
  if (rivals.length > 0) return several(observation, workload, [pod, ...rivals]);
  const notes = [
    ...others.map((other) => evidence('older pod still running', other.name)),
    ...pending.map((other) => evidence('pending pod', `${other.name}: ${obstacleTo(other, observation, now).words}`)),
    ...setAside.slice(0, 10).map((other) => evidence(`${other.why} pod, ignored`, other.pod.name)),
  ];
  const where = pod.nodeName === null ? '' : ` on ${pod.nodeName}`;
  if (others.length > 0)
    return {
      status: 'info',
      object,
      evidence: notes,
      summary: `Pod ${pod.name} is running${where}; an older pod runs too until the rollout is complete`,
    };
  return (
    notReady(context, pod, notes) ?? {
      status: 'ok',
      object,
      evidence: notes,
      summary: `Pod ${pod.name} is running${where}`,
    }
  );
};

/**
 * Frigate works, and Kubernetes calls its pod not ready: no Service sends anybody there, and no rollout is ever complete. A Frigate whose
 * API does not respond either is the matter of FRG-301.
 */
const notReady = (
  {observation, policy, now}: CheckContext,
  pod: Pod,
  notes: readonly Evidence[],
): CheckResult | null => {
  const ready = pod.conditions.find(({type}) => type === 'Ready');
  if (ready?.status !== 'False' || ready.lastTransition === null) return null;
  const lasted = since(ready.lastTransition, now);
  const works = observation.frigate.liveness.some(({verdict}) => verdict === 'alive');
  if (!works || pod.frigate?.state.phase !== 'running' || lasted < policy.startupGrace) return null;
  const own = !pod.frigate.ready;
  const failure = eventsAbout(observation, pod.uid).find(({reason}) => reason === 'Unhealthy');
  return {
    status: 'warning',
    object: {kind: 'Pod', name: pod.name},
    ...(own ? {cause: 'config'} : {}),
    evidence: [
      evidence('Ready', ready.message ?? ready.reason),
      ...(failure === undefined ? [] : [evidence('probe', failure.message.slice(0, 160))]),
      ...notes,
    ],
    summary: own
      ? `Readiness probe fails for ${humanDuration(lasted)} while the Frigate API responds: no Service sends requests to pod ${pod.name}`
      : `Pod ${pod.name} is not ready for ${humanDuration(lasted)}, no Service sends requests to it: ${essenceOf(ready.message ?? ready.reason ?? 'no reason given')}`,
    fix: [
      run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`),
      note(
        own
          ? 'Correct path and port of the readiness probe: /api/version on port 5000.'
          : 'Correct what keeps the pod from being ready. A restart of Frigate changes nothing.',
      ),
    ],
  };
};

/** Two Frigates on one database and one MQTT client id damage each other. */
const several = (observation: CheckContext['observation'], workload: Workload, pods: readonly Pod[]): CheckResult => ({
  status: 'critical',
  object: {kind: workload.kind, name: workload.name},
  summary: `${plural(pods.length, 'pod')} of ${objectOf(workload)} run at once (limit 1): ${listed(pods.map(({name}) => name).sort())}`,
  evidence: [evidence('running pods', pods.length, 1), evidence('desired replicas', workload.desiredReplicas, 1)],
  fix:
    workload.kind === 'DaemonSet'
      ? [
          note('Let its nodeSelector match one node only:'),
          run(`kubectl${inNamespace(observation)} edit daemonset/${workload.name}`),
        ]
      : [run(`kubectl${inNamespace(observation)} scale ${objectOf(workload)} --replicas=1`)],
});

const judgePending = (
  {observation, policy, now}: CheckContext,
  pod: Pod,
  setAside: readonly PodSetAside[],
): CheckResult => {
  const obstacle = obstacleTo(pod, observation, now);
  const age = since(pod.createdAt, now);
  return {
    status: 'critical',
    outage: true,
    object: {kind: 'Pod', name: pod.name},
    summary: `Pod ${pod.name} is Pending: ${obstacle.words}`,
    evidence: [
      evidence('reason', obstacle.reason),
      evidence('pending for', humanDuration(age)),
      ...(obstacle.message === undefined ? [] : [evidence('message', essenceOf(obstacle.message, 140))]),
      ...endedBefore(setAside, now),
    ],
    ...(obstacle.cause === null ? {} : {cause: obstacle.cause}),
    // A large image and a slow volume take their time; what does not end by itself is reported at once, and so is a series of failed pods.
    normalAtStart:
      !obstacle.lasting && age < policy.startupGrace && !setAside.some((other) => failedRecently(other, now)),
    fix: obstacle.fix ?? [run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`)],
  };
};

/** Newest first, why the pods before this one failed. */
const endedBefore = (setAside: readonly PodSetAside[], now: Instant): readonly Evidence[] =>
  failures(setAside)
    .filter((other) => failedRecently(other, now))
    .slice(0, 3)
    .map(({pod, why}) => evidence(`${why} pod`, `${pod.reason ?? 'no reason'}: ${essenceOfFailure(pod, 110)}`));

const failures = (setAside: readonly PodSetAside[]): readonly PodSetAside[] =>
  setAside
    .filter(({why}) => why === 'evicted' || why === 'failed')
    .toSorted((a, b) => b.pod.createdAt - a.pod.createdAt);

/** Reasons of the kubelet for which it rejects or ends a pod (pkg/kubelet, admission and eviction): its node cannot have it. */
const BY_NODE =
  /^(?:Evicted|UnexpectedAdmissionError|OutOf\S+|Node\S+|TopologyAffinityError|PodOSNotSupported|Terminated)$/;

/** One that failed within the last hour: its successor is no ordinary start. */
const failedRecently = ({pod, why}: PodSetAside, now: Instant): boolean =>
  (why === 'evicted' || why === 'failed') && since(pod.createdAt, now) < hours(1);

const noneRuns = (
  {observation, policy, now}: CheckContext,
  workload: Workload,
  setAside: readonly PodSetAside[],
): CheckResult => {
  const object = {kind: workload.kind, name: workload.name};
  const notes = setAside.slice(0, 10).map(({pod, why}) => evidence(`${why} pod`, pod.name));
  const ending = setAside.find(({why}) => why === 'terminating')?.pod.deletingSince ?? null;
  if (ending !== null) {
    return {
      status: 'critical',
      outage: true,
      object,
      evidence: notes,
      normalAtStart: since(ending, now) < policy.startupGrace,
      summary: `No pod of ${objectOf(workload)} runs: the old one is still terminating, the new one does not exist yet`,
    };
  }
  const refusal = refusalOf(workload);
  if (refusal !== null) {
    return {
      status: 'critical',
      outage: true,
      object,
      evidence: notes,
      summary: `No pod of ${objectOf(workload)} can be created: ${refusal.why}`,
      fix: [run(`kubectl describe ${deployment(observation)}`)],
    };
  }
  const [newest] = failures(setAside);
  const left =
    setAside.length === 0
      ? 'none exists'
      : `${setAsideInWords(setAside)}${newest === undefined ? '' : whyFailed(newest.pod)}`;
  // Between the last pod before a restart and the first one after it there is none for a moment.
  const between =
    setAside.length === 0 && workload.restartedAt !== null && since(workload.restartedAt, now) < policy.startupGrace;
  return {
    status: 'critical',
    outage: true,
    object,
    evidence: [...endedBefore(setAside, now), ...notes],
    ...(BY_NODE.test(newest?.pod.reason ?? '') ? {cause: 'node'} : {}),
    normalAtStart: between,
    summary: `No pod of ${objectOf(workload)} runs: ${left}`,
    fix: [run(`kubectl describe ${deployment(observation)}`)],
  };
};

/** ` (UnexpectedAdmissionError: …)`; what is said already is not said again. */
const whyFailed = (pod: Pod): string => {
  const {reason, message} = pod;
  if (message === null || message.trim() === '') return reason === null || reason === 'Evicted' ? '' : ` (${reason})`;
  return ` (${reason === null ? '' : `${reason}: `}${essenceOfFailure(pod)})`;
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
