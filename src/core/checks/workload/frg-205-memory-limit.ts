/** FRG-205: is there a memory limit, is Frigate near it, and will it be? */
import type {Evidence} from '../../finding.js';
import {notAsked} from '../../known.js';
import {hours, since} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateContainer, tally, template} from '../evidence/facts.js';
import {raiseLimit} from '../evidence/memory-advice.js';
import {podMemoryOf} from '../evidence/resource-samples.js';
import {byCheck, bySetup, bySource, evidence, listed, notApplicable, rounded} from '../evidence/wording.js';
import {memoryTrend} from '../evidence/memory-trend.js';
import {forecastText, HORIZON} from '../evidence/trend.js';

/** Percent of the limit, of the container's working set. */
const NEAR = 85;
const AT_LIMIT = 95;

export const memoryLimit = defineCheck('FRG-205', {
  category: 'workload',
  cause: 'memory',
  needs: ['FRG-202'],
  after: ['FRG-304', 'FRG-501'],
  docs: {
    what: "Compares the memory limit of Frigate's container with its working set: the use of its memory cgroup without the page cache that the kernel takes back at will, by the metrics API, or by the cgroup itself where this account may exec. Without a limit a memory leak can exhaust the whole node; at the limit the kernel kills single processes, the pod stays Ready, and a camera or the recorder ends without any error. /dev/shm and every emptyDir in memory count against the limit.",
    limits:
      'Warning when no limit is set, when the working set is more than 85 % of it, or when it has risen clearly for 2 h or more (6 samples or more, at least 5 % of the limit, and still rising) and is forecast to reach the limit within 24 h, and within four times the time over which it was observed. A forecast is never critical. Critical when it is at its limit (an OOM kill within the hour, or 95 %) and has left terminated processes behind, or cameras whose ffmpeg was killed while no log line says that they are unreachable. Skipped while neither the metrics API nor the cgroup gives the use: the processes that Frigate lists count shared pages several times, and on cgroup v1 they are given in percent of the host.',
    cure: 'A restart starts terminated processes again, so it is done in that one case; the limit must be raised as well, or it happens again. When use is only near the limit, a restart is no cure.',
    next: 'Raise the limit by half and observe the use for a week; a use that only grows is a leak, which a newer Frigate may have fixed. A restart at a time of your choice is better than a kill by the kernel.',
    source:
      'Measured on 0.17.2 with three cameras: sum of RSS 2469 MiB, PSS 745, cgroup 716. metrics.k8s.io/v1beta1 PodMetrics; memory.current less inactive_file (cgroup v2), memory.usage_in_bytes less total_inactive_file (v1). Reports of leaks: #6174, #3301, #10650. The rise is the median of the slopes between all pairs of samples (Theil and Sen), of the present container, without its first half hour.',
  },
  fix: ({observation, memory}) => raiseLimit(observation, memory),
  judge: (context) => {
    const limit = template(context.observation)?.memoryLimit;
    if (limit === undefined) return notApplicable('No container', byCheck('FRG-201'));
    if (limit === null) return unlimited;
    return judgeUse(context, limit);
  },
});

const unlimited: CheckResult = {
  status: 'warning',
  summary: 'No memory limit set: a memory leak can exhaust the node',
  evidence: [evidence('memory limit', null)],
};

const judgeUse = (context: CheckContext, limit: number): CheckResult => {
  const used = podMemoryOf(context.observation);
  const trend = used === null ? null : memoryTrend(context, used);
  const killed = killedForMemory(context);
  const facts: readonly Evidence[] = [
    evidence('memory limit', Math.round(limit / 2 ** 20), undefined, 'MiB'),
    ...(used === null ? [] : [evidence('memory used', Math.round(used), NEAR, '%')]),
    ...(trend === null
      ? []
      : [
          evidence('rise', rounded(trend.anHour), undefined, '% of the limit per hour'),
          evidence('limit reached in', rounded(trend.left / hours(1)), HORIZON / hours(1), 'h'),
          evidence('samples', trend.samples),
        ]),
    ...(killed ? [evidence('reason', 'OOMKilled')] : []),
  ];
  const left = killed || (used !== null && used >= AT_LIMIT) ? leftBehind(context) : null;
  if (left !== null) {
    return {
      status: 'critical',
      cure: 'restart',
      evidence: facts,
      ...left,
      summary: `Memory at the limit of ${Math.round(limit / 2 ** 20)} MiB: ${left.summary}; a restart cures it until the limit is reached again`,
    };
  }
  if (used !== null && (used > NEAR || trend !== null)) {
    return {
      status: 'warning',
      evidence: facts,
      summary: `Frigate uses ${Math.round(used)} % of its memory limit${trend === null ? ` (warning above ${NEAR} %)` : forecastText(trend)}`,
    };
  }
  if (used === null) return notKnown(context, limit, facts);
  return {status: 'ok', evidence: facts, summary: `Frigate uses ${Math.round(used)} % of its memory limit`};
};

/** Nothing is wrong with Frigate for it; what would show the use is said. */
const notKnown = ({observation}: CheckContext, limit: number, facts: readonly Evidence[]): CheckResult => {
  const use = observation.memoryUse ?? notAsked();
  return {
    ...notApplicable(
      `Memory limit is ${Math.round(limit / 2 ** 20)} MiB; the use is not known`,
      use.known ? bySetup('no-memory-use') : bySource(use.why),
    ),
    evidence: facts,
    ...(use.known || use.why.fix === undefined ? {} : {fix: use.why.fix}),
  };
};

const killedForMemory = ({observation, now}: CheckContext): boolean => {
  const last = frigateContainer(observation)?.last ?? null;
  return (
    last !== null && last.reason === 'OOMKilled' && last.finishedAt !== null && since(last.finishedAt, now) <= hours(1)
  );
};

type LeftBehind = Pick<CheckResult, 'cameras' | 'evidenceAt'> & {readonly summary: string};

const leftBehind = (context: CheckContext): LeftBehind | null => {
  const processes = context.finding('FRG-304');
  if (processes.status === 'critical')
    return {summary: 'processes are terminated', cameras: processes.cameras, evidenceAt: processes.evidenceAt};
  const cameras = camerasWithoutFfmpeg(context);
  return cameras.length === 0
    ? null
    : {summary: `ffmpeg of ${listed(cameras)} was killed`, cameras, evidenceAt: context.finding('FRG-501').evidenceAt};
};

/**
 * Cameras that deliver nothing because their ffmpeg was killed. An unreachable camera has the same statistics, and its share
 * of the memory proves nothing, so the log must report the one and not the other.
 */
const camerasWithoutFfmpeg = ({finding, observation}: CheckContext): readonly string[] => {
  const {status, cameras} = finding('FRG-501');
  if ((status !== 'warning' && status !== 'critical') || !observation.log.known || !observation.log.value.complete)
    return [];
  const crashed = tally(observation, 'camera-crashed')?.cameras;
  const unreachable = tally(observation, 'camera-unreachable');
  if (unreachable !== null && unreachable.cameras.size === 0) return [];
  return cameras.filter((name) => crashed?.has(name) === true && unreachable?.cameras.has(name) !== true);
};
