/** The rollout that an observation of `check --wait` shows, and whether waiting for it may end. */
import type {Observation} from '../observation/observation.js';
import type {Pod} from '../observation/pod.js';
import {standingOf} from '../observation/target.js';
import {singleWorkload} from '../observation/workload.js';
import type {Baselines} from '../state/baselines.js';
import type {Instant} from '../time.js';
import {expectedCameras} from './expected.js';
import type {Progress, RolloutObservation} from './progress.js';

/**
 * `null` where workload or pods are not known. Old is a pod that is being deleted or of an older revision; with the strategy
 * OnDelete an older one is no rollout, but what runs. `flags`: for commands; `waitingSince`: when the waiting began.
 */
export const observedRollout = (
  observation: Observation,
  memory: Baselines,
  {flags, waitingSince}: {readonly flags: string; readonly waitingSince: Instant},
): RolloutObservation | null => {
  const workload = singleWorkload(observation.workload);
  if (workload === null || !observation.pods.known) return null;
  const pods = observation.pods.value.filter((pod) => ['live', 'pending', 'terminating'].includes(standingOf(pod)));
  // Before the controller has processed a change every pod is of the revision before it.
  const unprocessed = workload.observedGeneration !== null && workload.observedGeneration < workload.generation;
  const isOld = ({deletingSince, current}: Pod): boolean =>
    deletingSince !== null || (workload.strategy !== 'OnDelete' && (unprocessed || current === false));
  const old = pods.filter(isOld);
  const {stats} = observation.frigate;
  return {
    workload,
    flags,
    pods,
    events: observation.events.known ? observation.events.value : [],
    oldPods: new Set(old.map(({uid}) => uid)),
    sentAt: waitingSince,
    now: observation.at,
    api: stats.known
      ? {
          cameras: stats.value.snapshot.cameras.length,
          delivering: stats.value.snapshot.cameras.filter(({cameraFps}) => (cameraFps ?? 0) > 0).length,
        }
      : null,
    expectedCameras: expectedCameras(observation, memory),
  };
};

/** What is known beside the progress: the counters of the workload show a rollout under way; the container is younger than the grace. */
export interface Circumstances {
  readonly underWay: boolean;
  readonly starting: boolean;
}

/**
 * A pod runs, no rollout is under way and the start is over. After the start a camera that delivers nothing is a finding of its
 * own and no part of the start.
 */
export const isSettled = (progress: Progress, {underWay, starting}: Circumstances): boolean => {
  if (underWay) return false;
  if (progress.kind === 'waiting') return progress.why.code === 'cameras-missing' && !starting;
  return progress.kind === 'done';
};
