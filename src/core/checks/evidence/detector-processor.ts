/**
 * Whether the CPU is short, for reasons outside the detector. Another workload that uses the CPU makes a
 * detector slow (measured on 0.17.2), and a restart does not change that.
 */
import {note, run, type Fix} from '../../fix.js';
import type {CheckContext} from '../check.js';
import {deployment, onCluster} from '../kubectl.js';
import {template} from './facts.js';
import {judgedCameras, wantsDetection} from './judged-cameras.js';
import {podCpuOf} from './resource-samples.js';
import {newestSnapshot} from './snapshots.js';

/** Percent of all cores of the host over which no CPU is left. */
const HOST_FULL = 95;
/** Share of the pod's CPU limit over which the kernel throttles. */
const LIMIT_FULL = 0.9;
/** A camera that needs no detection processes nearly every frame, unless CPU is short. */
const SERVED = 0.9;
/** Runs/s under which a camera needs no detection. */
const IDLE = 0.1;

export type Processor =
  | {readonly short: false; readonly why: string}
  | {readonly short: true; readonly where: 'host' | 'limit' | 'not known'; readonly why: string};

/** CPU shortage is ruled out, or named. What cannot be ruled out counts as short: nothing is restarted on it. */
export const processor = (context: CheckContext): Processor => {
  const used = limitShare(context);
  if (used === 'not known')
    return {short: true, where: 'not known', why: 'how much of its CPU limit the pod uses is not known'};
  if (used !== null && used > LIMIT_FULL)
    return {short: true, where: 'limit', why: `the pod uses ${Math.round(used * 100)} % of its CPU limit`};
  const host = newestSnapshot(context)?.systemCpu ?? null;
  if (host !== null && host <= HOST_FULL) return {short: false, why: `the CPU of the host is at ${Math.round(host)} %`};
  // A full host is no shortage for Frigate while its cameras without motion lose no frames: the detector alone is slow.
  if (idleCamerasServed(context)) return {short: false, why: 'cameras that need no detection lose no frames'};
  return host === null
    ? {short: true, where: 'not known', why: 'whether the CPU is saturated is not known'}
    : {short: true, where: 'host', why: `the CPU of the host is at ${Math.round(host)} %`};
};

/** What to type next where the CPU is short. */
export const shortageFix = ({observation}: CheckContext, where: 'host' | 'limit'): Fix => {
  if (where === 'host')
    return [
      run(`kubectl${onCluster(observation)} top node`),
      run(`kubectl${onCluster(observation)} top pod -A --sort-by=cpu`),
    ];
  const {containerName = 'frigate', cpuLimit = null} = template(observation) ?? {};
  return [
    note('Raise the CPU limit, or remove it:'),
    run(
      `kubectl set resources ${deployment(observation)} -c ${containerName} --limits=cpu=${Math.ceil((cpuLimit ?? 2) * 1.5)}`,
    ),
  ];
};

/** The pod's CPU use as a share of its limit; `null` without a limit. */
const limitShare = (context: CheckContext): number | 'not known' | null => {
  const limit = template(context.observation)?.cpuLimit ?? null;
  const usages = newestSnapshot(context)?.usages ?? null;
  if (limit === null || limit <= 0) return null;
  const used = podCpuOf(usages);
  return used === null ? 'not known' : used / limit;
};

const idleCamerasServed = (context: CheckContext): boolean => {
  const idle = judgedCameras(context).filter(
    (camera) =>
      wantsDetection(camera) &&
      camera.rates.camera !== null &&
      camera.rates.camera > 0 &&
      camera.rates.detection !== null &&
      camera.rates.detection <= IDLE,
  );
  return idle.length > 0 && idle.every(({rates}) => (rates.process ?? 0) >= SERVED * (rates.camera ?? 0));
};
