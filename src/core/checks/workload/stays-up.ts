/** FRG-203: does the container stay up, and if not, who ends it? */
import type {Evidence} from '../../finding.js';
import type {Container, Pod, Terminated} from '../../observation/pod.js';
import {days, hours, humanDuration, minutes, seconds, since, type Duration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {inNamespace} from '../kubectl.js';
import {chosenPod, frigateContainer, workloadOf} from '../facts.js';
import {evidence, notApplicable, plural} from '../wording.js';
import {enderOf, type Ender} from './ender.js';

/** Restarts within the hour that make a crash loop, whatever the kubelet calls it in between. */
const LOOP = 3;
/** A count remembered longer ago than this does not tell where the last hour began: two of the longest intervals. */
const STALE_COUNT = hours(2);
/** The kubelet's longest back-off is 5 min, and it calls that waiting; an end that stands longer is nobody's to repair. */
const ABANDONED = minutes(10);
/** How long a restart of ours may take to end the old container: Frigate's s6 waits 120 s, then SIGKILL (measured on 0.17.2 and 0.16.4). */
const OUR_END = seconds(180);

export const staysUp: Check = {
  id: 'FRG-203',
  title: 'container stays up',
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-202'],
  docs: {
    what: "Reads how Frigate's container ended the last time and how often it was restarted. It tells an out-of-memory kill (the reason OOMKilled; exit code 137 alone is none), a kill by the liveness probe (from the events), a configuration that Frigate refuses and a missing detector (from the log of the container before) from each other.",
    limits:
      'Critical, and told at once: CrashLoopBackOff, OOMKilled within the last hour, 3 or more restarts within the last hour. A single restart, or an OOM kill within the last day, is a warning. The end of a pod that this tool restarted (137 or 143) is normal: a hung Frigate does not stop by itself.',
    cure: 'Nothing: the kubelet restarts it already. More restarts make a crash loop longer, and have left a USB detector in a state that only a power cycle cured.',
    next: 'Read the log of the container before. OOMKilled: raise the memory limit (FRG-205). Liveness: give the probe time (FRG-207). Configuration: repair the lines that the log names.',
    source:
      'Kubernetes, container states (`lastState.terminated`) and events Killing, Unhealthy. Measured on 0.17.2: a dead detector ends the container with 143, a killed main process with 137, an OOM with 137.',
  },
  fix: ({observation}) =>
    `kubectl${inNamespace(observation)} logs ${chosenPod(observation)?.name ?? 'POD'} -c ${frigateContainer(observation)?.name ?? 'frigate'} --previous --tail=100`,
  judge: (context) => {
    const pod = chosenPod(context.observation);
    const container = frigateContainer(context.observation);
    if (pod === null || container === null) return notApplicable('No container to judge: Frigate is paused', 'FRG-202');
    return {object: {kind: 'Pod', name: pod.name}, ...judgeContainer(context, pod, container)};
  },
};

/** One end of the container with everything that explains it. */
interface Exit {
  readonly exit: Terminated;
  readonly ender: Ender;
  /** Restarts within the last hour. */
  readonly rise: number;
  readonly facts: readonly Evidence[];
  /** Milliseconds since the end; `null` where the kubelet gave no time. */
  readonly ago: Duration | null;
  /** The container has ended and is not running again. */
  readonly down: boolean;
}

const judgeContainer = (context: CheckContext, pod: Pod, container: Container): Verdict => {
  const {state} = container;
  const exit = state.phase === 'terminated' ? state : container.last;
  const ender = exit === null ? null : enderOf(context.observation, pod, exit);
  const rise = restartsWithinTheHour(context, pod, container);
  const facts = factsOf(container, exit, ender, rise);
  if (state.phase === 'waiting' && state.reason !== 'ContainerCreating') return waits(container, state, ender, facts);
  if (exit === null || ender === null || endedByUs(context, exit))
    return {status: 'ok', summary: 'The container stays up', evidence: facts};
  const ago = exit.finishedAt === null ? null : since(exit.finishedAt, context.now);
  return judgeExit({exit, ender, rise, facts, ago, down: state.phase === 'terminated'});
};

const judgeExit = ({exit, ender, rise, facts, ago, down}: Exit): Verdict => {
  const when = ago === null ? '' : ` ${humanDuration(ago)} ago`;
  if (rise >= LOOP)
    return bad(
      'critical',
      `The container was restarted ${plural(rise, 'time')} within the hour: ${ender.words}`,
      ender,
      facts,
      exit,
    );
  if (down && ago !== null && ago > ABANDONED) {
    return bad('critical', `The container ended${when} and was not started again: ${ender.words}`, ender, facts, exit);
  }
  if (ender.kind === 'memory' && ago !== null && ago <= days(1)) {
    return bad(ago <= hours(1) ? 'critical' : 'warning', `The container was OOMKilled${when}`, ender, facts, exit);
  }
  const recent = ago === null ? rise > 0 || down : ago <= hours(1);
  if (recent)
    return bad(
      'warning',
      `The container ${down ? 'ended' : 'was restarted'}${when}: ${ender.words}`,
      ender,
      facts,
      exit,
    );
  return {
    status: 'ok',
    summary: `The container has stayed up ${ago === null ? 'since its last restart' : `for ${humanDuration(ago)}`}`,
    evidence: facts,
  };
};

const waits = (
  container: Container,
  {reason, message}: {readonly reason: string; readonly message: string | null},
  ender: Ender | null,
  facts: readonly Evidence[],
): Verdict => {
  if (ender === null || reason !== 'CrashLoopBackOff') {
    return {
      status: 'critical',
      immediate: true,
      cause: 'config',
      evidence: [evidence('waiting', reason), ...facts],
      summary: `The container cannot start (${reason}): ${message ?? container.image}`,
    };
  }
  return {
    ...bad(
      'critical',
      `CrashLoopBackOff after ${plural(container.restartCount, 'restart')}: ${ender.words}`,
      ender,
      [evidence('waiting', reason), ...facts],
      container.last,
    ),
    immediate: true,
  };
};

const bad = (
  status: 'warning' | 'critical',
  summary: string,
  ender: Ender,
  facts: readonly Evidence[],
  exit: Terminated | null,
): Verdict => ({
  status,
  summary,
  evidence: facts,
  cause: ender.cause,
  evidenceAt: exit?.finishedAt ?? null,
  immediate: status === 'critical',
  ...(ender.fix === null ? {} : {fix: ender.fix}),
});

const factsOf = (
  {restartCount}: Container,
  exit: Terminated | null,
  ender: Ender | null,
  rise: number,
): readonly Evidence[] => [
  ...(exit === null ? [] : [evidence('exit_code', exit.exitCode), evidence('reason', exit.reason)]),
  evidence('restarts', restartCount),
  ...(rise > 0 ? [evidence('restarts within the hour', rise, LOOP)] : []),
  ...(ender?.evidence ?? []),
];

/**
 * How far the restart count rose within the last hour. A pod younger than that counts in full; otherwise the newest
 * count remembered from before the hour, or else the oldest within it, is where the hour began. Where no pass ran for long
 * it is not known when the count rose: then only the last end counts.
 */
const restartsWithinTheHour = (
  {memory, now}: CheckContext,
  pod: Pod,
  {restartCount, state, last}: Container,
): number => {
  if (since(pod.createdAt, now) <= hours(1)) return restartCount;
  const ended = (state.phase === 'terminated' ? state : last)?.finishedAt ?? null;
  if (ended !== null && since(ended, now) > hours(1)) return 0;
  const remembered = memory.restartCounts.filter(({podUid, at}) => podUid === pod.uid && at <= now);
  const start = remembered.findLast(({at}) => since(at, now) > hours(1)) ?? remembered[0];
  if (start !== undefined && since(start.at, now) <= STALE_COUNT) return Math.max(0, restartCount - start.count);
  return ended !== null && restartCount > 0 ? 1 : 0;
};

/** 137 or 143 right after a restart of ours is the normal end of a hung Frigate, unless the kernel says that it was memory. */
const endedByUs = ({observation}: CheckContext, {exitCode, reason, finishedAt}: Terminated): boolean => {
  const workload = workloadOf(observation);
  if (workload === null || workload.restartedAt === null || workload.attempt === null || finishedAt === null)
    return false;
  const after = finishedAt - workload.restartedAt;
  return reason !== 'OOMKilled' && (exitCode === 137 || exitCode === 143) && after >= 0 && after <= OUR_END;
};
