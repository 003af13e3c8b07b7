/** What ended Frigate's container: by the exit, the events and the log of the previous container. */
import {note, run, type Fix} from '../../fix.js';
import type {CauseClass, Evidence} from '../../finding.js';
import type {Observation} from '../../observation/observation.js';
import type {ErrorReport} from '../../observation/log.js';
import type {ClusterEvent, Pod, Terminated} from '../../observation/pod.js';
import {later, seconds, since, type Instant} from '../../time.js';
import {deployment, inNamespace, onCluster} from '../kubectl.js';
import {causeOfError} from './error-causes.js';
import {messageOf} from './errors.js';
import {causeOfRuntime, essenceOf} from './runtime-message.js';
import {eventsAbout, previousTally, template, workloadOf} from './facts.js';
import {raiseLimit} from './memory-advice.js';
import {probeThatKilled} from '../../observation/pod.js';
import {evidence} from './wording.js';

export interface TerminationCause {
  readonly kind: 'memory' | 'runtime' | 'liveness' | 'config' | 'detector' | 'crash';
  /** For the summary, after a colon. */
  readonly words: string;
  readonly cause: CauseClass;
  readonly evidence: readonly Evidence[];
  /** `null`: the log of the previous container, as for every crash. */
  readonly fix: Fix | null;
}

/** The most definite explanation of the exit. Only the reason OOMKilled is memory: 137 is any SIGKILL. */
export const terminationCauseOf = (observation: Observation, pod: Pod, exit: Terminated): TerminationCause =>
  memory(observation, exit) ??
  runtime(observation, pod, exit) ??
  config(observation) ??
  liveness(observation, pod) ??
  detector(observation, pod) ??
  crash(observation, exit);

const memory = (observation: Observation, {reason}: Terminated): TerminationCause | null => {
  if (reason !== 'OOMKilled') return null;
  const limit = template(observation)?.memoryLimit ?? null;
  return {
    kind: 'memory',
    cause: 'memory',
    words: 'out of memory (OOMKilled)',
    evidence: limit === null ? [] : [evidence('memory limit', Math.round(limit / 2 ** 20), undefined, 'MiB')],
    fix:
      limit === null
        ? [
            note('No limit is set: the node itself ran out of memory.'),
            run(`kubectl${onCluster(observation)} get events -A --field-selector reason=SystemOOM`),
          ]
        : raiseLimit(observation),
  };
};

/** The runtime never ran anything: containerd and CRI-O, and dockershim before them. The log is that of no container. */
const NEVER_RAN: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

const runtime = (observation: Observation, pod: Pod, {reason, message}: Terminated): TerminationCause | null =>
  !NEVER_RAN.has(reason) || message === null
    ? null
    : {
        kind: 'runtime',
        cause: causeOfRuntime(message),
        words: `cannot be started: ${essenceOf(message, 88)}`,
        evidence: [evidence('message', essenceOf(message, LONGEST_MESSAGE))],
        fix: [
          run(`kubectl${inNamespace(observation)} describe pod ${pod.name}`),
          note(
            'Correct what the message names: a device or driver of the node, a mount, the command of the container.',
          ),
        ],
      };

/** Characters of a message in a line of evidence. */
const LONGEST_MESSAGE = 140;

const config = (observation: Observation): TerminationCause | null => {
  const line = previousTally(observation, 'config-invalid');
  if (line === null) return null;
  return {
    kind: 'config',
    cause: 'config',
    words: 'Frigate rejects its configuration',
    evidence: [evidence('log', line.sample)],
    fix: null,
  };
};

const isProbeFailure = ({reason, message}: ClusterEvent): boolean =>
  reason === 'Unhealthy' && /^(?:liveness|startup) probe/i.test(message);

const liveness = (observation: Observation, pod: Pod): TerminationCause | null => {
  const events = eventsAbout(observation, pod.uid);
  const probe = events.map(probeThatKilled).find((each) => each !== null);
  if (probe === undefined) return null;
  const failure = events.find(isProbeFailure);
  const workload = workloadOf(observation);
  return {
    kind: 'liveness',
    cause: 'config',
    words: `killed by its ${probe} probe`,
    evidence: [
      evidence('killed by', `${probe} probe`),
      ...(failure === undefined ? [] : [evidence('probe', failure.message.slice(0, 160))]),
    ],
    fix:
      workload === null
        ? null
        : [
            note(
              probe === 'startup'
                ? 'Give the startupProbe more time: a larger failureThreshold. A long start begins again with each kill, and a migration of the database can be destroyed by it.'
                : 'Set a startupProbe, or a longer timeoutSeconds and failureThreshold (FRG-207).',
            ),
            run(`kubectl edit ${deployment(observation)}`),
          ],
  };
};

const detector = (observation: Observation, pod: Pod): TerminationCause | null => {
  const missing =
    previousTally(observation, 'detector-device-missing') ?? previousTally(observation, 'detector-driver');
  if (missing !== null) {
    return {
      kind: 'detector',
      cause: 'node',
      words: 'the detector device is missing or its driver does not match',
      evidence: [evidence('log', missing.sample)],
      fix: [
        run(`kubectl${inNamespace(observation)} get pod ${pod.name} -o wide`),
        note('Then check the device on that node: lsusb, lspci, driver version.'),
      ],
    };
  }
  const stopped = previousTally(observation, 'detector-stopped');
  if (stopped === null) return null;
  const words = 'the detector process ended and Frigate ended itself';
  // Frigate checks each 10 s whether the process is there (frigate/watchdog.py), and then stops for up to two minutes.
  const error = lastErrorBefore(
    observation,
    stopped.last,
    ({component, fatal}) => component === 'detector' || fatal === true,
  );
  return {
    kind: 'detector',
    cause: error === null ? 'detector' : causeOfError(error),
    words: error === null ? words : `${words}: ${messageOf(error)}`,
    evidence: [...(error === null ? [] : [evidence('log', error.sample)]), evidence('log', stopped.sample)],
    fix: null,
  };
};

/** An error that was written so long before the end is not what ended the container. */
const LAST_WORDS = seconds(60);

/** The newest error before an end; `null`: none that could be read. */
const lastErrorBefore = (
  {previousLog}: Observation,
  end: Instant | null,
  isOf: (error: ErrorReport) => boolean,
): ErrorReport | null => {
  if (!previousLog.known) return null;
  const {errors, to} = previousLog.value;
  const near = errors.filter(
    (error) => since(error.last, end ?? to) <= LAST_WORDS && isEnding(error.last, end) && isOf(error),
  );
  // What ended its own writer before what only came before the end.
  return near.find(({fatal, ofMain}) => fatal === true || ofMain === true) ?? near[0] ?? null;
};

/** An exception that nobody caught ends the main process; what other services say of that end explains nothing. */
const lastError = (observation: Observation, {finishedAt}: Terminated): ErrorReport | null =>
  lastErrorBefore(observation, finishedAt, ({component, fatal}) => fatal === true || !FOLLOWERS.has(component));

const isEnding = (at: Instant, end: Instant | null): boolean => end === null || at <= later(end, seconds(5));

const FOLLOWERS: ReadonlySet<ErrorReport['component']> = new Set<ErrorReport['component']>([
  'nginx',
  'go2rtc',
  'camera',
  'capture',
  'mqtt',
]);

/** Parts whose errors are those of the configuration and of the template, whatever their words. */
const SET_UP: ReadonlySet<ErrorReport['component']> = new Set<ErrorReport['component']>(['nginx', 's6', 'config']);

/** What s6 says of each orderly stop. */
const OF_EACH_STOP = /^s6-rc: info: /;
const MOST_LINES = 3;

/** The message that the container left, else its last lines: where no error can be read they are all that is known. */
const lastLines = ({previousLog}: Observation, {message}: Terminated): readonly Evidence[] => {
  if (message !== null && message.trim() !== '') return [evidence('message', message.trim().slice(-LONGEST_MESSAGE))];
  if (!previousLog.known) return [];
  return previousLog.value.lastLines
    .filter(({text}) => !OF_EACH_STOP.test(text))
    .slice(-MOST_LINES)
    .map(({text}) => evidence('last line', text));
};

const crash = (observation: Observation, exit: Terminated): TerminationCause => {
  const {exitCode, reason} = exit;
  const words = `exit code ${exitCode} (${reason})`;
  const error = lastError(observation, exit);
  if (error === null)
    return {kind: 'crash', cause: 'workload', words, evidence: lastLines(observation, exit), fix: null};
  return {
    kind: 'crash',
    cause: error.kind === 'unknown' && !SET_UP.has(error.component) ? 'workload' : causeOfError(error),
    words: `${words}: ${messageOf(error)}`,
    evidence: [evidence('log', error.sample), ...(error.path === null ? [] : [evidence('path', error.path)])],
    fix: null,
  };
};
