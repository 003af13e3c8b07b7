/**
 * The world of the explorer: one workload, its pod, the ConfigMaps and a mailbox, with a gate in front of every port call that
 * matters. A call waits at its gate until the explorer lets it through with a fate, so that every interleaving can be played.
 * Calls whose answer nobody changes (node, events, log) are answered at once: they commute with everything.
 */
import {processTimers} from '../../../src/cli/timers.js';
import {known, unknown, type Known} from '../../../src/core/known.js';
import type {FrigateObservation} from '../../../src/core/observation/frigate.js';
import type {Pod} from '../../../src/core/observation/pod.js';
import type {Workload} from '../../../src/core/observation/workload.js';
import type {Policy} from '../../../src/core/policy.js';
import {hours, instant, milliseconds, minutes, type Duration, type Instant} from '../../../src/core/time.js';
import type {FrigateReader} from '../../../src/frigate/frigate.js';
import type {Cluster, ConfigMap, RestartPatch, WriteOutcome} from '../../../src/kubernetes/cluster.js';
import {mailChannel} from '../../../src/notify/open-channels.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {aSettings, deadApi} from '../../support/fake-world.js';
import {shifted} from '../support/shifted.js';
import {aContainer, aLog, aNode, aPod, aWorkload, now as start} from '../../support/observation.js';

export const STATE = 'frigate-health-state';

/** The calls that wait at a gate. */
export type Call =
  'locate' | 'openFrigate' | 'readState' | 'readGuard' | 'writeState' | 'writeGuard' | 'restart' | 'send';

/** What becomes of a call: `fail` not carried out, `lost` carried out and the answer lost, `refuse` 403, `stale` an older answer. */
export type Fate = 'pass' | 'fail' | 'lost' | 'refuse' | 'stale';

export interface Waiting {
  readonly call: Call;
  readonly signal: AbortSignal;
  /** Its runner was frozen while it waited: the answer may have come in the meantime, whatever the deadline. */
  frozen: boolean;
  readonly proceed: (fate: Fate) => void;
}

/** A rollout that really happened. */
export interface Rollout {
  readonly attempt: string;
  readonly patch: RestartPatch;
  readonly by: string;
  readonly forced: boolean;
  /** The attempt that stood on the workload just before. */
  readonly before: string | null;
  /** Since when Frigate's answer is known to the pass that did it, by the true clock. */
  readonly observedAt: number;
  /** When the PATCH left the runner; what happens to it in flight nobody can help. */
  readonly sentAt: number;
  readonly blind: boolean;
  readonly observedAttempt: string | null;
}

/** One runner in one pass, as the stage sees it. */
export class Runner {
  readonly waiting: Waiting[] = [];
  status: 'runs' | 'done' | 'gone' = 'runs';
  /** Everything that it was told, as a chain: two runners told the same are in the same place of the same code. */
  told = '';
  /** A read that the decision needs came back unknown. */
  blind = false;
  stateUnread = false;
  /** When the last read was answered: true time. */
  observedAt = 0;
  /** The same by the odometer, for the reads that the pass takes its time from. */
  timedAt = 0;
  observedAttempt: string | null = null;
  readonly name: string;
  readonly forced: boolean;

  constructor(name: string, forced = false) {
    this.name = name;
    this.forced = forced;
  }
}

export interface StageOptions {
  readonly policy: Policy;
  readonly state: ReadonlyMap<string, string> | null;
  readonly frigate?: FrigateObservation;
}

const lost = {code: 'timeout', message: 'the answer did not come'} as const;
const forbidden = {code: 'forbidden', message: '403 forbidden'} as const;

export class Stage {
  /** True time: only ever goes forward. Milliseconds. */
  time = 0;
  /** How far the API server's clock was moved, milliseconds. */
  shift = 0;
  /** True time and every step forward: what a limit "per hour" may be measured by when clocks jump. */
  odometer = 0;
  workload: Workload = aWorkload({template: {...aWorkload().template, claims: []}});
  pod: Pod = aPod();
  readonly #frigate: FrigateObservation;
  /** Frigate does its job. */
  readonly well: boolean;
  readonly rollouts: Rollout[] = [];
  readonly mails: string[] = [];
  readonly maps = new Map<string, ConfigMap>();
  readonly #olderMaps = new Map<string, ConfigMap>();
  #olderWorkload: Workload | null = null;
  #version = 1;
  #ids = new Map<string, number>();
  readonly #policy: Policy;
  /** Called with each document that was really written, and the one that it replaced. */
  onStored: (runner: Runner | null, document: ConfigMap, before: ConfigMap | null) => void = () => undefined;

  constructor({policy, state, frigate}: StageOptions) {
    this.#policy = policy;
    this.#frigate = frigate ?? deadApi();
    this.well = frigate !== undefined;
    if (state !== null) this.put(STATE, state, 'frigate-health');
  }

  get now(): Instant {
    return instant(Math.floor((start + this.time + this.shift) / 1000) * 1000);
  }

  advance(length: Duration): void {
    this.time += length;
    this.odometer += length;
  }

  stepClock(by: number): void {
    this.shift += by;
    this.odometer += Math.max(0, by);
  }

  /** `kubectl rollout restart` by a person. */
  personRestarts(): void {
    this.#changeWorkload({...this.workload, restartedAt: this.now, revisions: [this.now, ...this.workload.revisions]});
  }

  put(name: string, data: ReadonlyMap<string, string>, manager: string): ConfigMap {
    const previous = this.maps.get(name);
    if (previous !== undefined) this.#olderMaps.set(name, previous);
    const map: ConfigMap = {
      name,
      namespace: 'frigate',
      uid: previous?.uid ?? `uid-${name}`,
      resourceVersion: String(++this.#version),
      data,
      managers: [{name: manager, operation: 'Update', at: this.now}],
      labels: new Map(),
      annotations: new Map(),
    };
    this.maps.set(name, map);
    return map;
  }

  olderMap(name: string): ConfigMap | undefined {
    return this.#olderMaps.get(name);
  }

  get olderWorkload(): Workload | null {
    return this.#olderWorkload;
  }

  /** What the ports show that could differ from another execution's. */
  picture(): unknown {
    return [
      this.time,
      this.shift,
      this.workload.attempt,
      this.workload.restartedAt,
      this.pod.uid,
      [...this.maps.values()].map((map) => [map.resourceVersion, [...map.data]]),
      this.rollouts.map(({attempt}) => attempt),
      this.mails,
    ];
  }

  world(runner: Runner): PassPorts {
    return {
      cluster: this.#cluster(runner),
      openFrigate: (_address, signal) => this.#gate(runner, 'openFrigate', signal, (fate) => this.#open(fate)),
      readLog: () => Promise.resolve(shifted(known(aLog()), milliseconds(this.now - start))),
      channels: [
        mailChannel({
          send: (message, signal) =>
            this.#gate(runner, 'send', signal, (fate) => {
              if (fate === 'pass' || fate === 'lost') this.mails.push(message.id);
              return fate === 'pass' ? {kind: 'delivered'} : {kind: 'failed', why: 'no answer'};
            }),
        }),
      ],
      clock: {...processTimers, now: () => this.now, monotonic: () => this.time},
      newId: () => this.#newId(runner),
      settings: aSettings({policy: this.#policy}),
      namespace: 'frigate',
      runner: runner.name,
      version: '0.0.0',
    };
  }

  #newId(runner: Runner): string {
    const count = (this.#ids.get(runner.name) ?? 0) + 1;
    this.#ids.set(runner.name, count);
    return `${runner.name}-${count}`;
  }

  #gate<T>(runner: Runner, call: Call, signal: AbortSignal, answer: (fate: Fate, asked: number) => T): Promise<T> {
    const asked = this.time;
    return new Promise((resolve) => {
      runner.waiting.push({
        call,
        signal,
        frozen: false,
        proceed: (fate) => {
          const result = answer(fate, asked);
          if (call !== 'writeState' && call !== 'writeGuard' && call !== 'restart' && call !== 'send') {
            runner.observedAt = this.time;
            if (call === 'locate' || call === 'readState' || call === 'readGuard') runner.timedAt = this.odometer;
            if (fate === 'fail' || fate === 'refuse') runner.blind = true;
          }
          runner.told += `|${call}:${fate}:${this.time + this.shift}:${asked}:${digest(result)}`;
          resolve(result);
        },
      });
    });
  }

  #cluster(runner: Runner): Cluster {
    const seen = <T>(fate: Fate, answer: () => T) => {
      if (fate === 'refuse') return unknown(forbidden.code, forbidden.message);
      return fate === 'fail' ? unknown(lost.code, lost.message) : known(answer());
    };
    const ports: Partial<Cluster> = {
      context: 'explorer',
      server: 'https://explorer',
      defaultNamespace: 'frigate',
      inCluster: false,
      serverTime: () => this.now,
      locate: (_query, signal) =>
        this.#gate(runner, 'locate', signal, (fate) => {
          const workload = fate === 'stale' ? (this.#olderWorkload ?? this.workload) : this.workload;
          runner.observedAttempt = workload.attempt;
          return {search: seen(fate, () => ({found: 'one' as const, workload})), pods: seen(fate, () => [this.pod])};
        }),
      readNode: () => Promise.resolve(known(aNode())),
      listEvents: () => Promise.resolve(known([])),
      listClaims: () => Promise.resolve(known([])),
      missingPermissions: () => Promise.resolve(known([])),
      readCronJob: () => Promise.resolve(known(null)),
      readDaemon: () => Promise.resolve(known(null)),
      readMemoryUse: () => Promise.resolve(known({workingSet: 2 ** 30, source: 'metrics-api', at: null})),
      listNamespaces: () => Promise.resolve(known([])),
      readObject: () => Promise.resolve(known(null)),
      readConfigMap: (_namespace, name, signal) =>
        this.#gate(runner, name === STATE ? 'readState' : 'readGuard', signal, (fate) => {
          if (name === STATE && (fate === 'fail' || fate === 'refuse')) runner.stateUnread = true;
          return seen(
            fate,
            () => (fate === 'stale' ? this.#olderMaps.get(name) : undefined) ?? this.maps.get(name) ?? null,
          );
        }),
      createConfigMap: (_namespace, name, data, signal) =>
        this.#write(runner, name, signal, () => (this.maps.has(name) ? null : this.put(name, data, 'frigate-health'))),
      replaceConfigMap: (previous, data, signal) =>
        this.#write(runner, previous.name, signal, () =>
          this.maps.get(previous.name)?.resourceVersion === previous.resourceVersion
            ? this.put(previous.name, data, 'frigate-health')
            : null,
        ),
      restart: (patch, signal) =>
        this.#gate(runner, 'restart', signal, (fate, asked) =>
          outcome(fate, () => this.#restart(runner, patch, asked)),
        ),
      close: () => undefined,
    };
    // A pass that asked for any other port would end in a bug here, and the explorer would tell it.
    return ports as Cluster;
  }

  #write(
    runner: Runner,
    name: string,
    signal: AbortSignal,
    store: () => ConfigMap | null,
  ): Promise<WriteOutcome<ConfigMap>> {
    return this.#gate(runner, name === STATE ? 'writeState' : 'writeGuard', signal, (fate) =>
      outcome(fate, () => {
        const before = this.maps.get(name) ?? null;
        const stored = store();
        if (stored !== null && name === STATE) this.onStored(runner, stored, before);
        return stored;
      }),
    );
  }

  #restart(runner: Runner, patch: RestartPatch, asked: number): Workload | null {
    const {workload} = this;
    if (
      patch.uid !== workload.uid ||
      patch.expectedAttempt !== workload.attempt ||
      patch.generation !== workload.generation
    )
      return null;
    this.rollouts.push({
      attempt: patch.attempt,
      patch,
      by: runner.name,
      forced: runner.forced,
      before: workload.attempt,
      observedAt: runner.observedAt,
      sentAt: asked,
      blind: runner.blind,
      observedAttempt: runner.observedAttempt,
    });
    this.#changeWorkload({
      ...workload,
      attempt: patch.attempt,
      restartedAt: patch.restartedAt,
      revisions: [this.now, ...workload.revisions],
    });
    return this.workload;
  }

  /** A new template makes a new pod at once; its API is as dead as the old one's. */
  #changeWorkload(workload: Workload): void {
    this.#olderWorkload = this.workload;
    this.workload = {...workload, generation: workload.generation + 1, observedGeneration: workload.generation + 1};
    const number = workload.revisions.length;
    this.pod = aPod({
      name: `frigate-${number}`,
      uid: `pod-${number}`,
      createdAt: this.now,
      frigate: aContainer({id: `containerd://${number}`, state: {phase: 'running', startedAt: this.now}}),
    });
  }

  #open(fate: Fate): Awaited<ReturnType<PassPorts['openFrigate']>> {
    const {liveness, stats, backend, history, config, segments, go2rtc, mountProbe, mounts} = shifted(
      this.#frigate,
      milliseconds(this.now - start),
    );
    const blind = fate !== 'pass';
    const nothing = unknown(lost.code, lost.message);
    const reader: FrigateReader = {
      via: 'proxy',
      stats: () =>
        Promise.resolve({liveness: liveness[0] ?? {via: 'proxy', verdict: 'unknown', why: 'nothing'}, stats}),
      history: () => Promise.resolve(blind ? nothing : history),
      config: () => Promise.resolve(blind ? nothing : config),
      newestSegment: (camera) => Promise.resolve(segments.get(camera) ?? nothing),
      go2rtc: () => Promise.resolve(go2rtc),
      mountProbe: () => Promise.resolve(mountProbe),
      mounts: () => Promise.resolve(mounts),
      memoryUse: () => Promise.resolve(unknown('forbidden', 'no exec')),
      backend: () => Promise.resolve(backend),
      close: () => undefined,
    };
    return blind
      ? {liveness: [{via: 'proxy', verdict: 'unknown', why: lost.message}], stats: nothing, via: null, reader}
      : {liveness, stats, via: liveness.some((each) => each.verdict === 'alive') ? 'proxy' : null, reader};
  }
}

/** `null` from the write means that its precondition failed. */
const outcome = <T>(fate: Fate, write: () => T | null): WriteOutcome<T> => {
  if (fate === 'refuse') return {kind: 'refused', why: forbidden};
  if (fate === 'fail') return {kind: 'in-doubt', why: lost};
  const value = write();
  if (fate === 'lost') return {kind: 'in-doubt', why: lost};
  return value === null ? {kind: 'conflict', why: 'somebody was there in between'} : {kind: 'done', value};
};

/** The parts of any answer that tell one from another. */
interface Told {
  readonly value?: Partial<ConfigMap> | null;
  readonly kind?: string;
  readonly known?: boolean;
  readonly search?: Known<{readonly workload: Workload}>;
}

/** What an answer says, short: enough to tell two apart. */
const digest = (answer: unknown): string => {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  const {value, kind, known: seen, search} = answer as Told;
  const workload = search?.known === true ? search.value.workload : null;
  return `${kind ?? ''} ${String(seen ?? search?.known ?? '')} ${value?.resourceVersion ?? ''} ${workload?.attempt ?? ''} ${workload?.restartedAt ?? ''}`;
};

/** How long a frozen runner stands still: longer than an interval, and longer than an intent is waited for. */
export const FREEZE = minutes(6);
export const CLOCK_STEP = hours(1);
