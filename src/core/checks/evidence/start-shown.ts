/**
 * What else than an answer to this program shows that the start of a container is over: its log, and the readiness of the container.
 * A checker that was installed after Frigate hung, or whose state was lost, has no other proof. It does not show on which port Frigate
 * answered, so that it says nothing about the port that is asked (FRG-301).
 */
import type {Observation} from '../../observation/observation.js';
import type {Pod} from '../../observation/pod.js';
import type {Probe} from '../../observation/workload.js';
import {earliest, later, latest, seconds, type Instant} from '../../time.js';
import {chosenPod, frigateContainer, template} from './facts.js';

/** Frigate's own API, as nginx passes it on; `/` is a file of nginx, and `/api/go2rtc` may be go2rtc's answer (nginx.conf). */
const OF_THE_API = /^\/api\/(?!go2rtc)/;
/**
 * After a liveness kill the kubelet starts the new container and only then takes the pod's readiness away, some seconds later.
 * A Frigate that became ready and lost it again within this time after its start is not distinguished from that.
 */
const READINESS_OF_BEFORE = seconds(60);

/**
 * The newest such evidence of this container; `null`: none.
 * @param startedAt Start of the running container.
 */
export const startShown = (observation: Observation, startedAt: Instant): Instant | null => {
  const {log, at} = observation;
  const shown = [log.known ? log.value.startShown : null, readyAt(observation, startedAt)].flatMap((each) =>
    each === null || each < startedAt ? [] : [earliest(each, at)],
  );
  return shown.length === 0 ? null : shown.reduce(latest);
};

/** When this container became ready, or was last ready, where being ready means that its API answered the kubelet. */
const readyAt = (observation: Observation, startedAt: Instant): Instant | null => {
  const probes = template(observation);
  const pod = chosenPod(observation);
  const container = frigateContainer(observation);
  if (probes === null || pod === null || container === null || pod.current === false) return null;
  if (!asksTheApi(probes.readinessProbe) && !asksTheApi(probes.startupProbe)) return null;
  const changed = readinessChanged(pod);
  if (container.ready) return latest(startedAt, changed?.ready === true ? changed.at : startedAt);
  return changed?.ready === false && changed.at > later(startedAt, READINESS_OF_BEFORE) ? changed.at : null;
};

const asksTheApi = (probe: Probe | null): boolean => OF_THE_API.test(probe?.path ?? '');

const readinessChanged = ({conditions}: Pod): {readonly ready: boolean; readonly at: Instant} | null => {
  const found = conditions.find(({type}) => type === 'Ready');
  return found === undefined || found.lastTransition === null || found.status === 'Unknown'
    ? null
    : {ready: found.status === 'True', at: found.lastTransition};
};
