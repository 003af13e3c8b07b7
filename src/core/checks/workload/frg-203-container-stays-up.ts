/** FRG-203: does the container stay up, and if not, what ends it? */
import {note, run} from '../../fix.js';
import type {Evidence} from '../../finding.js';
import type {Container, Pod, Terminated} from '../../observation/pod.js';
import {ago as humanAgo, days, hours, humanDuration, minutes, since, type Duration} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {inNamespace} from '../kubectl.js';
import {endedByReboot, endedByUs, exitsOfTheDay} from '../evidence/exits.js';
import {chosenPod, frigateContainer, targetOf} from '../evidence/facts.js';
import {causeOfEviction, essenceOfFailure} from '../evidence/runtime-message.js';
import {byCheck, evidence, notApplicable, plural} from '../evidence/wording.js';
import {terminationCauseOf, type TerminationCause} from '../evidence/termination-cause.js';

/** Restarts within the hour that make a crash loop, whatever the kubelet calls it in between. */
const LOOP = 3;
/** A count stored longer ago than this does not show where the last hour began: two of the longest intervals. */
const STALE_COUNT = hours(2);
/** The kubelet's longest back-off is 5 min, and it calls that waiting; after a longer time it does not start the container again. */
const ABANDONED = minutes(10);
/** Ends within a day that are no accident any more, though each healed by itself. */
const AGAIN_AND_AGAIN = 3;

export const containerStaysUp = defineCheck('FRG-203', {
  category: 'workload',
  cause: 'workload',
  needs: ['FRG-202'],
  docs: {
    what: "Reads how Frigate's container ended the last time and how often it was restarted. It distinguishes an out-of-memory kill (the reason OOMKilled; exit code 137 alone is not enough), a kill by the liveness probe (from the events), a configuration that Frigate rejects and a missing detector (from the log of the previous container). Of any other end it quotes the last error that Frigate wrote, and takes the cause from it.",
    limits:
      'Critical, and reported at once: CrashLoopBackOff, OOMKilled within the last hour, 3 or more restarts within the last hour. An OOM kill within the last day, and 3 ends or more within 24 h, are a warning; so are 3 pods or more that the kubelet evicted within 24 h, though each successor works. A single end that healed by itself is info: it stands in `state` and in the next notification. Exit code 255 with the reason Unknown and another boot id of the node is a reboot of the node. The end of a pod that this tool restarted (137 or 143) is normal: a hung Frigate does not stop by itself.',
    cure: 'Nothing: the kubelet restarts it already. More restarts prolong a crash loop, and have left a USB detector in a state that only a power cycle cured.',
    next: 'Read the log of the previous container. OOMKilled: raise the memory limit (FRG-205). Liveness: give the probe more time (FRG-207). Configuration: correct the lines that the log names.',
    source:
      'Kubernetes, container states (`lastState.terminated`) and events Killing, Unhealthy. Measured on 0.17.2: a terminated detector ends the container with 143, a killed main process with 137, an OOM with 137.',
  },
  fix: ({observation}) => [
    run(
      `kubectl${inNamespace(observation)} logs ${chosenPod(observation)?.name ?? 'POD'} -c ${frigateContainer(observation)?.name ?? 'frigate'} --previous --tail=100`,
    ),
  ],
  judge: (context) => {
    const pod = chosenPod(context.observation);
    const container = frigateContainer(context.observation);
    if (pod === null || container === null) return notApplicable('No container: Frigate is paused', byCheck('FRG-202'));
    const result = judgeContainer(context, pod, container);
    const evicted = result.status === 'ok' || result.status === 'info' ? evictedAgain(context, pod) : null;
    return {object: {kind: 'Pod', name: pod.name}, ...(evicted ?? result)};
  },
});

/** So long after the last one the evicted pods that Kubernetes keeps are the past. */
const LAST_EVICTION = hours(6);

/**
 * The kubelet ends the pod again and again, and each successor works: its container never restarts, so only the evicted pods, which
 * Kubernetes keeps, show it. When each was evicted is mostly not known; the present pod began after the last one.
 */
const evictedAgain = ({observation, now}: CheckContext, pod: Pod): CheckResult | null => {
  const evicted = (targetOf(observation)?.setAside ?? [])
    .filter(({why, pod: {createdAt}}) => why === 'evicted' && since(createdAt, now) < days(1))
    .toSorted((a, b) => b.pod.createdAt - a.pod.createdAt);
  const newest = evicted[0]?.pod;
  if (newest === undefined || evicted.length < AGAIN_AND_AGAIN || since(pod.createdAt, now) > LAST_EVICTION)
    return null;
  return {
    status: 'warning',
    cause: causeOfEviction(newest.message ?? ''),
    evidence: [
      evidence('evicted pods', evicted.length, AGAIN_AND_AGAIN - 1),
      evidence('message', (newest.message ?? '').trim()),
    ],
    summary: `Pod evicted ${plural(evicted.length, 'time')} in 24 h (limit ${AGAIN_AND_AGAIN - 1}): ${essenceOfFailure(newest)}`,
    fix: [
      run(`kubectl${inNamespace(observation)} describe pods`),
      note('Raise the limit that the message names, or free what the node lacks. A restart changes nothing.'),
    ],
  };
};

/** One end of the container with everything that explains it. */
interface Exit {
  readonly exit: Terminated;
  readonly endedBy: TerminationCause;
  /** Restarts within the last hour. */
  readonly rise: number;
  /** Ends within the last 24 hours. */
  readonly day: number;
  readonly facts: readonly Evidence[];
  /** Milliseconds since the end; `null` where the kubelet gave no time. */
  readonly ago: Duration | null;
  /** The container has ended and is not running again. */
  readonly down: boolean;
  /** Nobody creates it again either: where its node was away for long, that takes a moment longer than the end is old. */
  readonly isLeft: boolean;
}

const judgeContainer = (context: CheckContext, pod: Pod, container: Container): CheckResult => {
  const {state} = container;
  const exit = state.phase === 'terminated' ? state : container.last;
  const endedBy = exit === null ? null : causeOf(context, pod, exit);
  const day = exit === null || endedBy === null ? 0 : exitsOfTheDay(context, exit, endedBy.words).length;
  const rise = restartsWithinTheHour(context, pod, container);
  const facts = factsOf(container, exit, endedBy, rise);
  if (state.phase === 'waiting' && state.reason !== 'ContainerCreating') return waits(container, state, endedBy, facts);
  if (exit === null || endedBy === null || endedByUs(context, exit))
    return {status: 'ok', summary: 'Container stays up', evidence: facts};
  const ago = exit.finishedAt === null ? null : since(exit.finishedAt, context.now);
  return judgeExit({
    exit,
    endedBy,
    rise,
    day,
    facts,
    ago,
    down: state.phase !== 'running',
    isLeft: state.phase === 'terminated',
  });
};

const causeOf = (context: CheckContext, pod: Pod, exit: Terminated): TerminationCause =>
  endedByReboot(context, exit)
    ? {
        kind: 'crash',
        cause: 'node',
        words: 'the node rebooted',
        evidence: [evidence('boot of the node', 'new')],
        fix: null,
      }
    : terminationCauseOf(context.observation, pod, exit);

const judgeExit = ({exit, endedBy, rise, day, facts, ago, down, isLeft}: Exit): CheckResult => {
  const when = ago === null ? '' : ` ${humanAgo(ago)}`;
  if (rise >= LOOP)
    return {
      ...bad(
        'critical',
        `Container restarted ${plural(rise, 'time')} in the last hour (limit ${LOOP - 1}): ${endedBy.words}`,
        endedBy,
        facts,
        exit,
      ),
      outage: true,
    };
  if (isLeft && ago !== null && ago > ABANDONED) {
    return {
      ...bad('critical', `Container ended${when} and was not started again: ${endedBy.words}`, endedBy, facts, exit),
      outage: true,
    };
  }
  if (endedBy.kind === 'memory' && ago !== null && ago <= days(1)) {
    return bad(
      ago <= hours(1) ? 'critical' : 'warning',
      `Container killed${when}: out of memory (OOMKilled)`,
      endedBy,
      facts,
      exit,
    );
  }
  const recent = ago === null ? rise > 0 || down : ago <= hours(1);
  if (recent && down) return bad('warning', `Container ended${when}: ${endedBy.words}`, endedBy, facts, exit);
  if (recent && day >= AGAIN_AND_AGAIN)
    return bad(
      'warning',
      `Container ended ${plural(day, 'time')} in 24 h (limit ${AGAIN_AND_AGAIN - 1}), the last time${when}: ${endedBy.words}`,
      endedBy,
      facts,
      exit,
    );
  // It healed by itself before anybody could be notified: a fact of the day, no trouble of now.
  if (recent)
    return {
      status: 'info',
      summary: `Container restarted${when} and runs again: ${endedBy.words}`,
      evidence: facts,
      evidenceAt: exit.finishedAt,
    };
  return {
    status: 'ok',
    summary: `Container has been up ${ago === null ? 'since its last restart' : `for ${humanDuration(ago)}`}`,
    evidence: facts,
  };
};

const waits = (
  container: Container,
  {reason, message}: {readonly reason: string; readonly message: string | null},
  endedBy: TerminationCause | null,
  facts: readonly Evidence[],
): CheckResult => {
  if (endedBy === null || reason !== 'CrashLoopBackOff') {
    return {
      status: 'critical',
      immediate: true,
      outage: true,
      cause: 'config',
      evidence: [evidence('waiting', reason), ...facts],
      summary: `Container cannot start (${reason}): ${message ?? container.image}`,
    };
  }
  return {
    ...bad(
      'critical',
      `Container in CrashLoopBackOff after ${plural(container.restartCount, 'restart')}: ${endedBy.words}`,
      endedBy,
      [evidence('waiting', reason), ...facts],
      container.last,
    ),
    immediate: true,
    outage: true,
  };
};

const bad = (
  status: 'warning' | 'critical',
  summary: string,
  endedBy: TerminationCause,
  facts: readonly Evidence[],
  exit: Terminated | null,
): CheckResult => ({
  status,
  summary,
  evidence: facts,
  cause: endedBy.cause,
  evidenceAt: exit?.finishedAt ?? null,
  immediate: status === 'critical',
  ...(endedBy.fix === null ? {} : {fix: endedBy.fix}),
});

const factsOf = (
  {restartCount}: Container,
  exit: Terminated | null,
  endedBy: TerminationCause | null,
  rise: number,
): readonly Evidence[] => [
  // A notification has six lines: what was said of the end comes before the numbers.
  ...(endedBy?.evidence ?? []),
  ...(exit === null ? [] : [evidence('exit_code', exit.exitCode), evidence('reason', exit.reason)]),
  evidence('restarts', restartCount),
  ...(rise > 0 ? [evidence('restarts in the last hour', rise, LOOP)] : []),
];

/**
 * How far the restart count rose within the last hour. A pod younger than that counts in full; otherwise the newest
 * count stored from before the hour, or else the oldest within it, is where the hour began. Where no pass ran for long
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
  const recalledState = memory.restartCounts.filter(({podUid, at}) => podUid === pod.uid && at <= now);
  const start = recalledState.findLast(({at}) => since(at, now) > hours(1)) ?? recalledState[0];
  if (start !== undefined && since(start.at, now) <= STALE_COUNT) return Math.max(0, restartCount - start.count);
  return ended !== null && restartCount > 0 ? 1 : 0;
};
