/** Who or what ended Frigate's container: told from the exit, the events and the log of the container before. */
import type {CauseClass, Evidence} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {ClusterEvent, Pod, Terminated} from '../../observation/pod.js';
import {deployment, inNamespace, onCluster} from '../kubectl.js';
import {eventsAbout, previousTally, template, workloadOf} from '../facts.js';
import {evidence} from '../wording.js';

export interface Ender {
  readonly kind: 'memory' | 'liveness' | 'config' | 'detector' | 'crash';
  /** For the summary, after a colon. */
  readonly words: string;
  readonly cause: CauseClass;
  readonly evidence: readonly Evidence[];
  /** `null`: the log of the container before, as for every crash. */
  readonly fix: string | null;
}

/** The most definite explanation of the exit. Only the reason OOMKilled is memory: 137 is any SIGKILL. */
export const enderOf = (observation: Observation, pod: Pod, exit: Terminated): Ender =>
  memory(observation, exit) ??
  config(observation) ??
  liveness(observation, pod) ??
  detector(observation, pod) ??
  crash(exit);

const memory = (observation: Observation, {reason}: Terminated): Ender | null => {
  if (reason !== 'OOMKilled') return null;
  const limit = template(observation)?.memoryLimit ?? null;
  const container = template(observation)?.containerName ?? 'frigate';
  return {
    kind: 'memory',
    cause: 'memory',
    words: 'out of memory (OOMKilled)',
    evidence: limit === null ? [] : [evidence('memory limit', Math.round(limit / 2 ** 20), undefined, 'MiB')],
    fix:
      limit === null
        ? `kubectl${onCluster(observation)} get events -A --field-selector reason=SystemOOM  # no limit is set: the node itself ran out of memory`
        : `kubectl set resources ${deployment(observation)} -c ${container} --limits=memory=${Math.ceil((limit * 1.5) / 2 ** 20)}Mi`,
  };
};

const config = (observation: Observation): Ender | null => {
  const said = previousTally(observation, 'config-invalid');
  if (said === null) return null;
  return {
    kind: 'config',
    cause: 'config',
    words: 'Frigate refuses its configuration',
    evidence: [evidence('log', said.sample)],
    fix: null,
  };
};

/** `Container frigate failed liveness probe, will be restarted` is the kubelet's wording of Killing since 1.14. */
const isLivenessKill = ({reason, message}: ClusterEvent): boolean =>
  reason === 'Killing' && /liveness probe/i.test(message);
const isLivenessFailure = ({reason, message}: ClusterEvent): boolean =>
  reason === 'Unhealthy' && /^liveness probe/i.test(message);

const liveness = (observation: Observation, pod: Pod): Ender | null => {
  const events = eventsAbout(observation, pod.uid);
  if (!events.some(isLivenessKill)) return null;
  const failure = events.find(isLivenessFailure);
  const workload = workloadOf(observation);
  return {
    kind: 'liveness',
    cause: 'config',
    words: 'its liveness probe had it killed',
    evidence: [
      evidence('killed by', 'liveness probe'),
      ...(failure === undefined ? [] : [evidence('probe', failure.message.slice(0, 160))]),
    ],
    fix:
      workload === null
        ? null
        : `kubectl edit ${deployment(observation)}  # give it a startupProbe, or a longer timeoutSeconds and failureThreshold (FRG-207)`,
  };
};

const detector = (observation: Observation, pod: Pod): Ender | null => {
  const missing =
    previousTally(observation, 'detector-device-missing') ?? previousTally(observation, 'detector-driver');
  if (missing !== null) {
    return {
      kind: 'detector',
      cause: 'node',
      words: 'its detector device is missing or refuses',
      evidence: [evidence('log', missing.sample)],
      fix: `kubectl${inNamespace(observation)} get pod ${pod.name} -o wide  # then look at the device on that node: lsusb, lspci, driver version`,
    };
  }
  const stopped = previousTally(observation, 'detector-stopped');
  return stopped === null
    ? null
    : {
        kind: 'detector',
        cause: 'detector',
        words: 'its detector process died and Frigate ended itself',
        evidence: [evidence('log', stopped.sample)],
        fix: null,
      };
};

const crash = ({exitCode, reason}: Terminated): Ender => ({
  kind: 'crash',
  cause: 'workload',
  words: `exit code ${exitCode} (${reason})`,
  evidence: [],
  fix: null,
});
