/**
 * What checks of the user's own read of each Frigate while it is observed: values of `/api/stats` and counts of log lines. They listen
 * to the answers and streams of the observation, ask nothing themselves, and nothing of it reaches the observation or the decision.
 */
import {isScalar, atPointer} from '../core/custom/pointer.js';
import type {CustomAnswer, CustomCheck, Scalar} from '../core/custom/custom-check.js';
import {chosenPod, containerStart, workloadOf} from '../core/checks/evidence/facts.js';
import {known} from '../core/known.js';
import type {Observation} from '../core/observation/observation.js';
import {milliseconds} from '../core/time.js';
import type {Cluster} from '../kubernetes/cluster.js';
import {isLogCheck, isWhole, LogCounts, type LogCheck} from './custom-log.js';

/** Pods whose readings are kept; beyond that the ones that said nothing for longest are forgotten. */
const MOST_PODS = 2000;

export interface PodName {
  readonly namespace: string;
  readonly pod: string;
}

interface Readings {
  /** By pointer; absent: there is no single value. */
  stats: ReadonlyMap<string, Scalar>;
  log: LogCounts;
}

const NO_TIME = milliseconds(0);
const keyOf = ({namespace, pod}: PodName): string => `${namespace}/${pod}`;

export class CustomReadings {
  readonly #checks: () => readonly CustomCheck[];
  readonly #pods = new Map<string, Readings>();
  #pointers: readonly string[] = [];
  #logChecks: readonly LogCheck[] = [];
  #readFor: readonly CustomCheck[] = [];

  /** `checks`: those in force. */
  constructor(checks: () => readonly CustomCheck[]) {
    this.#checks = checks;
  }

  /** Frigate's answer to `/api/stats`, whole. */
  readonly onStats = (pod: PodName, body: Buffer): void => {
    this.#refresh();
    if (this.#pointers.length === 0) return;
    const document = parsed(body);
    this.#readingsOf(pod).stats = new Map(
      this.#pointers.flatMap((pointer): ReadonlyArray<readonly [string, Scalar]> => {
        const value = atPointer(document, pointer);
        return isScalar(value) ? [[pointer, value]] : [];
      }),
    );
  };

  /** The same cluster; what is read of a log is counted on its way. */
  readonly listenTo = (cluster: Cluster): Cluster => ({
    ...cluster,
    openLog: async (request, signal) => {
      const opened = await cluster.openLog(request, signal);
      this.#refresh();
      if (!opened.known || request.previous || request.tailLines !== null) return opened;
      const readings = this.#readingsOf(request);
      // A log that is followed goes on where it broke; any other reading is complete in itself.
      if (!request.follow) readings.log = new LogCounts();
      const {log} = readings;
      log.begin(this.#logChecks, request.since);
      return known(
        listened(opened.value, (chunk) => {
          this.#refresh();
          if (this.#logChecks.length > 0) log.push(this.#logChecks, chunk);
        }),
      );
    },
  });

  /** The answers of those checks that read the observation, of the Frigate that was observed. */
  answers(observation: Observation): ReadonlyMap<string, CustomAnswer> {
    const name = nameOf(observation);
    const readings = name === null ? undefined : this.#pods.get(keyOf(name));
    return new Map(
      this.#checks().flatMap((check): ReadonlyArray<readonly [string, CustomAnswer]> => {
        if (check.probe.kind === 'stats') return [[check.id, statsAnswer(check.probe.pointer, observation, readings)]];
        return isLogCheck(check) ? [[check.id, logAnswer(check, observation, readings)]] : [];
      }),
    );
  }

  #refresh(): void {
    const checks = this.#checks();
    if (checks === this.#readFor) return;
    this.#readFor = checks;
    this.#logChecks = checks.filter(isLogCheck);
    this.#pointers = checks.flatMap(({probe}) => (probe.kind === 'stats' ? [probe.pointer] : []));
  }

  #readingsOf(pod: PodName): Readings {
    const key = keyOf(pod);
    const readings = this.#pods.get(key) ?? {stats: new Map(), log: new LogCounts()};
    this.#pods.delete(key);
    this.#pods.set(key, readings);
    const [oldest] = this.#pods.keys();
    if (this.#pods.size > MOST_PODS && oldest !== undefined) this.#pods.delete(oldest);
    return readings;
  }
}

/** A Frigate outside Kubernetes is known by its URL. */
export const outsidePod = (url: string): PodName => ({namespace: '', pod: url});

const nameOf = (observation: Observation): PodName | null => {
  const {outside} = observation;
  if (outside !== undefined) return outsidePod(outside.url);
  const workload = workloadOf(observation);
  const pod = chosenPod(observation);
  return workload === null || pod === null ? null : {namespace: workload.namespace, pod: pod.name};
};

const notObserved = (detail: string): CustomAnswer => ({reached: false, how: 'not-observed', detail, took: NO_TIME});

const statsAnswer = (
  pointer: string,
  {frigate: {stats}}: Observation,
  readings: Readings | undefined,
): CustomAnswer => {
  if (!stats.known) return notObserved(stats.why.message);
  const value = readings?.stats.get(pointer);
  return {reached: true, status: null, took: NO_TIME, ...(value === undefined ? {} : {value})};
};

const logAnswer = (check: LogCheck, observation: Observation, readings: Readings | undefined): CustomAnswer => {
  const {log, at} = observation;
  if (!log.known) return notObserved(log.why.message);
  const count = readings?.log.count(check, at) ?? null;
  if (count === null) return notObserved('no line of it was counted');
  const whole =
    log.value.complete && isWhole(count, check.probe.window, {now: at, started: containerStart(observation)});
  return {
    reached: true,
    status: null,
    value: count.lines,
    took: NO_TIME,
    ...(whole ? {} : {partial: true}),
    ...(count.sample === null ? {} : {sample: count.sample}),
  };
};

/** `undefined`: it is no JSON. */
const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** The same stream; whoever gives it up gives up the one below at once, also while that one says nothing. */
const listened = (stream: AsyncIterable<Buffer>, onChunk: (chunk: Buffer) => void): AsyncIterable<Buffer> => ({
  [Symbol.asyncIterator]: () => {
    const chunks = stream[Symbol.asyncIterator]();
    return {
      next: async () => {
        const step = await chunks.next();
        if (step.done !== true) onChunk(step.value);
        return step;
      },
      return: async () => (await chunks.return?.()) ?? {done: true, value: undefined},
    };
  },
});
