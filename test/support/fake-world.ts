/**
 * A world of plain objects: one ConfigMap store with resourceVersions, one workload, one pod, a Frigate that says what the test says.
 * Faults are put between the pass and the world by `interfere`, which sees every call by name before it is carried out.
 */
import {FakeTimers} from './fake-timers.js';
import {known, notAsked, unknown, type Known} from '../../src/core/known.js';
import type {FrigateObservation} from '../../src/core/observation/frigate.js';
import {silentLog} from '../../src/core/observation/log.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Pod} from '../../src/core/observation/pod.js';
import type {Workload} from '../../src/core/observation/workload.js';
import {later, milliseconds, type Duration, type Instant} from '../../src/core/time.js';
import type {FrigateReader} from '../../src/frigate/frigate.js';
import {PAUSED_REASON, PAUSED_UNTIL} from '../../src/core/pause.js';
import type {
  AnnotationPatch,
  Cluster,
  ConfigMap,
  Lease,
  LeaseRecord,
  RestartPatch,
  WorkloadQuery,
  WriteOutcome,
} from '../../src/kubernetes/cluster.js';
import type {Delivery, Message} from '../../src/notify/mailer.js';
import {mailChannel} from '../../src/notify/open-channels.js';
import type {JournalEvent, JournalValue} from '../../src/pass/journal.js';
import type {PassPorts} from '../../src/pass/ports.js';
import type {Settings} from '../../src/settings/settings.js';
import {aContainer, aFrigate, aPod, aPolicy, aWorkload, aNode, now} from './observation.js';

export type Call =
  | 'findWorkload'
  | 'listPods'
  | 'readNode'
  | 'listEvents'
  | 'readConfigMap'
  | 'createConfigMap'
  | 'replaceConfigMap'
  | 'restart'
  | 'readLease'
  | 'writeLease'
  | 'annotate'
  | 'openFrigate'
  | 'readLog'
  | 'send';

/**
 * What happens to a call: `pass`; `fail`: not carried out and unknown to the caller; `lost`: carried out, the answer is lost;
 * `refuse`: 403; `conflict`: somebody else wrote just before.
 */
export type Interference = 'pass' | 'fail' | 'lost' | 'refuse' | 'conflict';

const lost = {code: 'timeout', message: 'the answer did not come'} as const;
const forbidden = {code: 'forbidden', message: '403 forbidden'} as const;

export const aSettings = (changes: Partial<Settings> = {}): Settings => ({
  namespace: 'frigate',
  workload: 'frigate',
  workloadGiven: false,
  podSelector: null,
  stateName: 'frigate-health-state',
  via: 'auto',
  apiPort: 5000,
  apiTimeout: milliseconds(500),
  deadline: milliseconds(60_000),
  policy: aPolicy(),
  profile: 'steady',
  mail: null,
  channels: [],
  notifyFile: null,
  heartbeatUrl: null,
  checksFile: null,
  cronJobName: 'frigate-health',
  origins: [],
  warnings: [],
  ...changes,
});

export class FakeWorld {
  now: Instant = now;
  workload: Workload = aWorkload();
  pod: Pod = aPod();
  frigate: FrigateObservation = aFrigate();
  /** Changes what a healthy world would show; the rest stays. */
  log: Observation['log'] = known(silentLog(now, now));
  node: Observation['node'] = known(aNode());
  readonly maps = new Map<string, ConfigMap>();
  readonly leases = new Map<string, Lease>();
  readonly rollouts: RestartPatch[] = [];
  readonly mails: Message[] = [];
  readonly calls: Call[] = [];
  /** How the workload was looked for, in order. */
  readonly queries: WorkloadQuery[] = [];
  mailConfigured = true;
  /** What every pod made by a restart shows; absent: the same Frigate again. */
  afterRestart: FrigateObservation | null = null;
  interfere: (call: Call, count: number) => Interference = () => 'pass';
  #version = 1;
  #ids = 0;

  advance(length: Duration): void {
    this.now = later(this.now, length);
  }

  /** A runner with its own view of the same world. */
  world(settings: Settings = aSettings(), runner = 'a test'): PassPorts {
    return {
      cluster: this.#cluster(),
      settings,
      namespace: 'frigate',
      runner,
      version: '0.0.0',
      clock: new FakeTimers().showing(() => this.now),
      newId: () => `attempt-${++this.#ids}`,
      channels: this.mailConfigured ? [mailChannel({send: (message) => Promise.resolve(this.#send(message))})] : [],
      openFrigate: () => Promise.resolve(this.#open()),
      readLog: () => Promise.resolve(this.#seen('readLog', () => this.log)),
    };
  }

  /** Writes a ConfigMap past the tool, as a person or GitOps would. */
  put(name: string, data: Readonly<Record<string, string>>, manager = 'kubectl'): void {
    const previous = this.maps.get(name);
    this.maps.set(name, {
      name,
      namespace: 'frigate',
      uid: previous?.uid ?? `uid-${name}`,
      resourceVersion: String(++this.#version),
      data: new Map(Object.entries(data)),
      managers: [...(previous?.managers ?? []), {name: manager, operation: 'Update', at: this.now}],
      labels: new Map(),
      annotations: new Map(),
    });
  }

  #count(call: Call): Interference {
    this.calls.push(call);
    return this.interfere(call, this.calls.filter((each) => each === call).length);
  }

  #seen<T>(call: Call, answer: () => Known<T>): Known<T> {
    const fate = this.#count(call);
    if (fate === 'refuse') return unknown(forbidden.code, forbidden.message);
    return fate === 'pass' ? answer() : unknown(lost.code, lost.message);
  }

  #written<T>(call: Call, write: () => WriteOutcome<T>): WriteOutcome<T> {
    const fate = this.#count(call);
    switch (fate) {
      case 'pass':
        return write();
      case 'conflict':
        return {kind: 'conflict', why: 'somebody wrote in between'};
      case 'refuse':
        return {kind: 'refused', why: forbidden};
      case 'lost':
        write();
        return {kind: 'in-doubt', why: lost};
      case 'fail':
        return {kind: 'in-doubt', why: lost};
    }
  }

  #cluster(): Cluster {
    const refused = (): never => {
      throw new Error('a pass asked for something that it has no business with');
    };
    return {
      context: 'test',
      server: 'https://test',
      defaultNamespace: 'frigate',
      inCluster: false,
      serverTime: () => this.now,
      locate: (query) => {
        this.queries.push(query);
        const search = this.#seen('findWorkload', () => known({found: 'one' as const, workload: this.workload}));
        return Promise.resolve({search, pods: search.known ? this.#seen('listPods', () => known([this.pod])) : search});
      },
      findWorkload: (query) => {
        this.queries.push(query);
        return Promise.resolve(
          this.#seen('findWorkload', () => known({found: 'one' as const, workload: this.workload})),
        );
      },
      listPods: () => Promise.resolve(this.#seen('listPods', () => known([this.pod]))),
      readNode: () =>
        Promise.resolve(
          this.#seen('readNode', () =>
            this.node.known && this.node.value !== null ? known(this.node.value) : unknown('forbidden', 'no node'),
          ),
        ),
      listEvents: () => Promise.resolve(this.#seen('listEvents', () => known([]))),
      listClaims: () => Promise.resolve(known([])),
      missingPermissions: () => Promise.resolve(known([])),
      readCronJob: () => Promise.resolve(known(null)),
      readDaemon: () => Promise.resolve(known(null)),
      readMemoryUse: () => Promise.resolve(known({workingSet: 2 ** 30, source: 'metrics-api', at: null})),
      listNamespaces: () => Promise.resolve(known([])),
      readObject: () => Promise.resolve(known(null)),
      openLog: refused,
      exec: refused,
      proxyGet: refused,
      forwardPort: refused,
      readConfigMap: (_namespace, name) =>
        Promise.resolve(this.#seen('readConfigMap', () => known(this.maps.get(name) ?? null))),
      createConfigMap: (_namespace, name, data) =>
        Promise.resolve(this.#written('createConfigMap', () => this.#create(name, data))),
      replaceConfigMap: (previous, data) =>
        Promise.resolve(this.#written('replaceConfigMap', () => this.#replace(previous, data))),
      restart: (patch) => Promise.resolve(this.#written('restart', () => this.#restart(patch))),
      annotate: (patch) => Promise.resolve(this.#written('annotate', () => this.#annotate(patch))),
      readLease: (_namespace, name) => Promise.resolve(this.#seenLease(name)),
      createLease: (_namespace, name, record) =>
        Promise.resolve(
          this.#written('writeLease', () =>
            this.leases.has(name)
              ? {kind: 'conflict', why: 'it exists already'}
              : {kind: 'done', value: this.#putLease(name, record)},
          ),
        ),
      replaceLease: (previous, record) =>
        Promise.resolve(
          this.#written('writeLease', () =>
            this.leases.get(previous.name)?.resourceVersion === previous.resourceVersion
              ? {kind: 'done', value: this.#putLease(previous.name, record)}
              : {kind: 'conflict', why: 'resourceVersion'},
          ),
        ),
      listServingPods: () => Promise.resolve(known([])),
      createAccountToken: refused,
      userToken: {read: () => Promise.resolve(known(null)), renew: () => undefined},
      listFrigates: () => Promise.resolve(known([])),
      reviews: {userOf: refused, allows: refused},
      watches: {frigates: refused, target: refused, node: refused, events: refused},
      close: () => undefined,
    };
  }

  #seenLease(name: string): Known<Lease | null> {
    return this.#seen('readLease', () => known(this.leases.get(name) ?? null));
  }

  #putLease(name: string, record: LeaseRecord): Lease {
    const lease = {...record, name, namespace: 'frigate', uid: `uid-${name}`, resourceVersion: String(++this.#version)};
    this.leases.set(name, lease);
    return lease;
  }

  #create(name: string, data: ReadonlyMap<string, string>): WriteOutcome<ConfigMap> {
    if (this.maps.has(name)) return {kind: 'conflict', why: 'it exists already'};
    this.put(name, Object.fromEntries(data), 'frigate-health');
    return {kind: 'done', value: this.maps.get(name)!};
  }

  #replace(previous: ConfigMap, data: ReadonlyMap<string, string>): WriteOutcome<ConfigMap> {
    if (this.maps.get(previous.name)?.resourceVersion !== previous.resourceVersion)
      return {kind: 'conflict', why: 'resourceVersion'};
    this.put(previous.name, Object.fromEntries(data), 'frigate-health');
    return {kind: 'done', value: this.maps.get(previous.name)!};
  }

  #annotate({uid, annotations}: AnnotationPatch): WriteOutcome<Workload> {
    if (uid !== this.workload.uid) return {kind: 'conflict', why: 'it is another object now'};
    const until = annotations.get(PAUSED_UNTIL) ?? null;
    this.workload = {
      ...this.workload,
      pause: until === null ? null : {until, reason: annotations.get(PAUSED_REASON) ?? null},
    };
    return {kind: 'done', value: this.workload};
  }

  #restart(patch: RestartPatch): WriteOutcome<Workload> {
    if (patch.uid !== this.workload.uid || patch.expectedAttempt !== this.workload.attempt)
      return {kind: 'conflict', why: 'the attempt on the workload is another one'};
    if (!patch.dryRun) {
      this.rollouts.push(patch);
      this.workload = {
        ...this.workload,
        attempt: patch.attempt,
        restartedAt: patch.restartedAt,
        revisions: [this.now, ...this.workload.revisions],
      };
      const number = this.rollouts.length;
      this.pod = aPod({
        name: `frigate-${number}`,
        uid: `pod-${number}`,
        createdAt: this.now,
        frigate: aContainer({id: `containerd://r${number}`, state: {phase: 'running', startedAt: this.now}}),
      });
      if (this.afterRestart !== null) this.frigate = this.afterRestart;
    }
    return {kind: 'done', value: this.workload};
  }

  #open(): Awaited<ReturnType<PassPorts['openFrigate']>> {
    const {liveness, stats, backend, history, config, segments, go2rtc, mountProbe, mounts} = this.frigate;
    const fate = this.#count('openFrigate');
    const blind = unknown(lost.code, lost.message);
    const alive = fate === 'pass' && liveness.some((each) => each.verdict === 'alive');
    const reader: FrigateReader = {
      via: 'proxy',
      stats: () => Promise.resolve({liveness: liveness[0]!, stats}),
      history: () => Promise.resolve(alive ? history : notAsked()),
      config: () => Promise.resolve(alive ? config : notAsked()),
      newestSegment: (camera) => Promise.resolve(segments.get(camera) ?? blind),
      go2rtc: () => Promise.resolve(go2rtc),
      mountProbe: () => Promise.resolve(mountProbe),
      mounts: () => Promise.resolve(mounts),
      memoryUse: () => Promise.resolve(unknown('forbidden', 'no exec')),
      backend: () => Promise.resolve(backend),
      close: () => undefined,
    };
    return fate === 'pass'
      ? {liveness, stats, via: alive ? 'proxy' : null, reader}
      : {liveness: [{via: 'proxy', verdict: 'unknown', why: lost.message}], stats: blind, via: null, reader};
  }

  #send(message: Message): Delivery {
    const fate = this.#count('send');
    if (fate === 'pass' || fate === 'lost') this.mails.push(message);
    return fate === 'pass' ? {kind: 'delivered'} : {kind: 'failed', why: 'refused'};
  }
}

/** A journal that keeps what it is told. */
export const aJournal = (): {
  readonly lines: Array<{event: JournalEvent; fields: {readonly [key: string]: JournalValue}}>;
  readonly journal: (event: JournalEvent, fields: {readonly [key: string]: JournalValue}) => void;
} => {
  const lines: Array<{event: JournalEvent; fields: {readonly [key: string]: JournalValue}}> = [];
  return {lines, journal: (event, fields) => lines.push({event, fields})};
};

/** A Frigate whose API is silent on two independent paths: what a restart cures. */
export const deadApi = (): FrigateObservation => {
  const silent = unknown('timeout', 'GET /api/stats: no answer');
  return aFrigate({
    liveness: [
      {via: 'proxy', verdict: 'dead', how: 'silent', detail: 'no answer in 10 s'},
      {via: 'exec', verdict: 'dead', how: 'silent', detail: 'no answer in 10 s'},
    ],
    stats: silent,
    history: silent,
    config: silent,
    segments: new Map(),
  });
};
