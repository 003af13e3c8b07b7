/** FRG-205: is there a memory limit, is Frigate near it, and will it be? */
import type {Evidence} from '../../finding.js';
import {hours, since, type Duration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {deployment} from '../kubectl.js';
import {frigateContainer, tally, template} from '../facts.js';
import {podMemoryOf} from '../resources/look.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, listed, notApplicable, rounded} from '../wording.js';
import {memoryTrend, type Trend} from './memory-trend.js';

/** Percent of the limit, summed over the processes; pages that they share count several times, so the truth is lower. */
const NEAR = 85;
const AT_LIMIT = 95;
/** What a Frigate without a limit is told to set: enough for a handful of cameras, and a bound for a leak. */
const FIRST_LIMIT = '4Gi';

export const memoryLimit: Check = {
  id: 'FRG-205',
  title: 'memory limit',
  category: 'workload',
  cause: 'memory',
  needs: ['FRG-202'],
  after: ['FRG-304', 'FRG-501'],
  docs: {
    what: "Looks at the memory limit of Frigate's container and at what its processes use of it. Without a limit a leak takes the node down with it; at the limit the kernel kills single processes, the pod stays Ready, and a camera or the recorder is dead without a word. /dev/shm and every emptyDir in memory count against the limit.",
    limits:
      'Warning when no limit is set, when the processes use more than 85 % of it, or when their use has risen clearly for 2 h or more (6 looks or more, at least 5 % of the limit, and going on) and reaches the limit within 24 h, and within four times as long as it was seen. A forecast is never critical. Critical when it is at its limit (an OOM kill within the hour, or 95 %) and has left dead processes behind, or cameras whose ffmpeg was killed while nothing says that they are out of reach.',
    cure: 'A restart brings dead processes back, so it is done in that one case; the limit has to be raised all the same, or it happens again. For a limit that is only near, a restart is no cure.',
    next: "Raise the limit by half and watch the use for a week; a use that only grows is a leak, which a newer Frigate may have repaired. A restart at a time of your choice is better than the kernel's.",
    source:
      "Frigate, frigate/util/services.py: `mem` of cpu_usages is a share of the cgroup's limit. Reports of leaks: #6174, #3301, #10650. The rise is the median of the slopes between all pairs of looks (Theil and Sen), of the present container, without its first half hour.",
  },
  fix: ({observation}) =>
    `kubectl set resources ${deployment(observation)} -c ${template(observation)?.containerName ?? 'frigate'} --limits=memory=${raised(template(observation)?.memoryLimit ?? null)}`,
  judge: (context) => {
    const limit = template(context.observation)?.memoryLimit;
    if (limit === undefined) return notApplicable('No container to judge', 'FRG-201');
    if (limit === null) return unlimited;
    return judgeUse(context, limit);
  },
};

const raised = (limit: number | null): string =>
  limit === null ? FIRST_LIMIT : `${Math.ceil((limit * 1.5) / 2 ** 20)}Mi`;

const unlimited: Verdict = {
  status: 'warning',
  summary: 'No memory limit is set: a leak would take the node down with it',
  evidence: [evidence('memory limit', null)],
};

const judgeUse = (context: CheckContext, limit: number): Verdict => {
  const used = podMemoryOf(newestSnapshot(context)?.usages ?? null);
  const trend = used === null ? null : memoryTrend(context, used);
  const killed = killedForMemory(context);
  const facts: readonly Evidence[] = [
    evidence('memory limit', Math.round(limit / 2 ** 20), undefined, 'MiB'),
    ...(used === null ? [] : [evidence('memory of all processes', Math.round(used), NEAR, '%')]),
    ...(trend === null
      ? []
      : [
          evidence('rise', rounded(trend.anHour), undefined, '% of the limit an hour'),
          evidence('seen in looks', trend.looks),
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
      summary: `Memory is at its limit and has left ${left.summary} behind; a restart brings it back, a higher limit keeps it`,
    };
  }
  if (used !== null && (used > NEAR || trend !== null)) {
    return {
      status: 'warning',
      evidence: facts,
      summary: `Frigate's processes use ${Math.round(used)} % of the memory limit${trend === null ? '' : forecast(trend)}`,
    };
  }
  if (used === null)
    return {
      status: 'ok',
      evidence: facts,
      summary: `A memory limit is set (${Math.round(limit / 2 ** 20)} MiB); its use is not known`,
    };
  return {status: 'ok', evidence: facts, summary: `Frigate's processes use ${Math.round(used)} % of the memory limit`};
};

/** In words that promise no more than a forecast can. */
const forecast = ({left, over}: Trend): string =>
  ` and more all the time, for ${inHours(over)}: at its limit in about ${inHours(left)}`;

const inHours = (length: Duration): string => (length < hours(1) ? 'an hour' : `${Math.round(length / hours(1))} h`);

const killedForMemory = ({observation, now}: CheckContext): boolean => {
  const last = frigateContainer(observation)?.last ?? null;
  return (
    last !== null && last.reason === 'OOMKilled' && last.finishedAt !== null && since(last.finishedAt, now) <= hours(1)
  );
};

type LeftBehind = Pick<Verdict, 'cameras' | 'evidenceAt'> & {readonly summary: string};

const leftBehind = (context: CheckContext): LeftBehind | null => {
  const processes = context.finding('FRG-304');
  if (processes.status === 'critical')
    return {summary: 'dead processes', cameras: processes.cameras, evidenceAt: processes.evidenceAt};
  const cameras = camerasWithoutFfmpeg(context);
  return cameras.length === 0
    ? null
    : {summary: `${listed(cameras)} dead`, cameras, evidenceAt: context.finding('FRG-501').evidenceAt};
};

/**
 * Cameras that deliver nothing because their ffmpeg was killed. A camera that is out of reach looks the same in the stats,
 * and its share of the memory proves nothing, so the log must say the one and not the other.
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
