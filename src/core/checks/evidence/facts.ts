/**
 * Plain facts of an observation that several checks ask for. Each is `null` where the observation does not contain it:
 * whether that makes an `unknown` is for the check to decide. Frigate's own numbers are in snapshots.ts.
 */
import {memoize} from '../../memoize.js';
import {valueOr} from '../../known.js';
import type {LogEvidence, Signature, Tally} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import type {ClusterEvent, Container, Pod} from '../../observation/pod.js';
import {singleWorkload, type PodTemplate, type Workload} from '../../observation/workload.js';
import {chooseTarget, type TargetChoice} from '../../observation/target.js';
import {earlier, hours, since, type Duration, type Instant} from '../../time.js';

export const workloadOf = ({workload}: Observation): Workload | null => singleWorkload(workload);

export const template = (observation: Observation): PodTemplate | null => workloadOf(observation)?.template ?? null;

/** The choice of the pod; `null` where there is no single workload or its pods could not be listed. */
export const targetOf: (observation: Observation) => TargetChoice | null = memoize((observation: Observation) => {
  const workload = workloadOf(observation);
  return workload !== null && observation.pods.known ? chooseTarget(workload, observation.pods.value) : null;
});

/** The pod that is monitored. */
export const chosenPod = (observation: Observation): Pod | null => {
  const target = targetOf(observation);
  return target?.chosen === true ? target.pod : null;
};

/** Frigate's container in that pod, running or not. */
export const frigateContainer = (observation: Observation): Container | null => {
  const target = targetOf(observation);
  return target?.chosen === true ? target.container : null;
};

/** True while Frigate's container runs, and for a Frigate outside Kubernetes, of which only its API is observed; false also in the pauses of a crash loop, when FRG-202 is ok all the same. */
export const isRunning = (observation: Observation): boolean =>
  observation.outside !== undefined || frigateContainer(observation)?.state.phase === 'running';

/**
 * Start of the running container by the kubelet (never `service.uptime`, which stands still or jumps). Outside Kubernetes no kubelet
 * knows it: there it is `last_updated` less the uptime of the same snapshot, which standing still does not move.
 */
export const containerStart = (observation: Observation): Instant | null => {
  if (observation.outside !== undefined) return startByStatistics(observation);
  const state = frigateContainer(observation)?.state;
  return state?.phase === 'running' ? state.startedAt : null;
};

const startByStatistics = ({frigate: {stats}}: Observation): Instant | null => {
  const {lastUpdated = null, uptime = null} = stats.known ? stats.value.snapshot : {};
  return lastUpdated === null || uptime === null ? null : earlier(lastUpdated, uptime);
};

/** How long the container has been running. */
export const containerAge = (observation: Observation): Duration | null => {
  const start = containerStart(observation);
  return start === null ? null : since(start, observation.at);
};

const tallyIn = (log: LogEvidence | null, signature: Signature): Tally | null => log?.tallies.get(signature) ?? null;

/** The log lines of one signature; `null` when there is none or the log could not be read (ask `observation.log.known`). */
export const tally = ({log}: Observation, signature: Signature): Tally | null =>
  tallyIn(log.known ? log.value : null, signature);

/** The same in the log of the previous container. */
export const previousTally = ({previousLog}: Observation, signature: Signature): Tally | null =>
  tallyIn(previousLog.known ? previousLog.value : null, signature);

/** Events about one object within the last hour, newest first; empty where events could not be read. */
export const eventsAbout = ({events, at}: Observation, uid: string): readonly ClusterEvent[] =>
  valueOr(events, [])
    .filter((event) => event.object.uid === uid && (event.lastSeen === null || since(event.lastSeen, at) <= hours(1)))
    .sort((a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0));
