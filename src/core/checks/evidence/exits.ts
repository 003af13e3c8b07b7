/** Ends of Frigate's container that healed by themselves: one is no incident, several in a day are (FRG-203). */
import type {Observation} from '../../observation/observation.js';
import type {Terminated} from '../../observation/pod.js';
import type {Baselines, HealedExit} from '../../state/baselines.js';
import {days, since, type Duration} from '../../time.js';
import {workloadOf} from './facts.js';
import {seconds} from '../../time.js';

/** How long a restart of ours may take to end the old container: Frigate's s6 waits 120 s, then SIGKILL (measured on 0.17.2 and 0.16.4). */
const OUR_END: Duration = seconds(180);
const DAY = days(1);

/** What exits are compared with; a check's context is one. */
interface Observed {
  readonly observation: Observation;
  readonly memory: Baselines;
}

/** 137 or 143 right after a restart of ours is the normal end of a hung Frigate, unless the kubelet reports an out-of-memory kill. */
export const endedByUs = ({observation}: Observed, {exitCode, reason, finishedAt}: Terminated): boolean => {
  const workload = workloadOf(observation);
  if (workload === null || workload.restartedAt === null || workload.attempt === null || finishedAt === null)
    return false;
  const after = finishedAt - workload.restartedAt;
  return reason !== 'OOMKilled' && (exitCode === 137 || exitCode === 143) && after >= 0 && after <= OUR_END;
};

/** The kubelet that starts again does not know how its containers ended: 255, `Unknown`; that the machine rebooted its new boot id shows. */
export const endedByReboot = ({observation, memory}: Observed, {exitCode, reason, finishedAt}: Terminated): boolean => {
  if (exitCode !== 255 || reason !== 'Unknown') return false;
  const known = (memory.exits ?? []).find(({at}) => at === finishedAt);
  if (known !== undefined) return known.reboot;
  const {node} = observation;
  const bootId = node.known ? (node.value?.bootId ?? null) : null;
  const before = memory.bootId ?? null;
  return bootId !== null && before !== null && bootId !== before;
};

/** The ends of the last day, oldest first, without those of our own restarts. */
export const exitsOfTheDay = (observed: Observed, exit: Terminated | null, words: string): readonly HealedExit[] => {
  const {observation, memory} = observed;
  const before = (memory.exits ?? []).filter(({at}) => at <= observation.at && since(at, observation.at) < DAY);
  const at = exit?.finishedAt ?? null;
  if (
    exit === null ||
    at === null ||
    since(at, observation.at) >= DAY ||
    endedByUs(observed, exit) ||
    before.some((known) => known.at === at)
  )
    return before;
  return [...before, {at, words, reboot: endedByReboot(observed, exit)}].sort((a, b) => a.at - b.at);
};
