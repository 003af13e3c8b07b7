/** Pods come to life, crash, back off and end; each life of Frigate's container is a run of the simulated Frigate. */
import {randomUUID} from 'node:crypto';
import {instant, later, milliseconds, rfc3339, seconds, type Instant} from '../../core/time.js';
import {type Run, containerEnd, ignoresTerm} from '../frigate.js';
import {probeSucceeds} from './probe.js';
import {recordEvent} from '../control-plane/events.js';
import type {Frigates} from './frigates.js';
import {asPod, frigateContainer, type KubeObject, type PodObject} from '../api/objects.js';
import {readyCondition, statusesOf, type ContainerLife} from './pod-status.js';
import type {ObjectStore} from '../api/store.js';

/** Times of a kubelet on a small machine. */
const CREATE = seconds(2);
const GRACEFUL = seconds(8);
const GRACE_DEFAULT = 30;
const BACKOFF_FIRST = 10;
const BACKOFF_MOST = 300;
/** After a container ran this long, the back-off starts from its smallest value again. */
const BACKOFF_FORGOTTEN = 600;

export interface PodLife {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** What runs in it. */
  readonly frigates: Frigates;
  ip: string;
  nodeName: string;
  /** Containers of Frigate, oldest first; the last one may be running. */
  readonly containers: ContainerLife[];
  phase: 'creating' | 'pulling' | 'running' | 'backing-off' | 'ending';
  /** When the phase ends by itself; a running container ends as its faults say. */
  due: Instant | null;
  backoff: number;
  /** Its node came back: the next container has new volumes in memory, as that of a new pod. */
  rebooted: boolean;
}

const units: Readonly<Record<string, number>> = {Ki: 1 / 1024, Mi: 1, Gi: 1024, '': 1 / 1024 / 1024};

/** A quantity of memory in MiB; `null`: there is none. */
const mebibytes = (quantity: string | undefined): number | null => {
  const [, count, unit] = /^(\d+)(Ki|Mi|Gi|)$/.exec(quantity ?? '') ?? [];
  return count === undefined ? null : Number(count) * (units[unit ?? ''] ?? 1);
};

export class Kubelet {
  readonly pods = new Map<string, PodLife>();
  /** Since when the node is down: nothing changes on it. */
  deadSince: Instant | null = null;
  /** Images with such a name cannot be pulled. */
  missingImage: RegExp | null = null;
  #addresses = 0;

  readonly #store: ObjectStore;
  readonly #frigatesOf: (pod: PodObject) => Frigates;

  constructor(store: ObjectStore, frigatesOf: (pod: PodObject) => Frigates) {
    this.#store = store;
    this.#frigatesOf = frigatesOf;
  }

  /** The life of Frigate in that pod now, with the faults of now; `null` when no container runs. */
  currentRun(life: PodLife): Run | null {
    const container = life.containers.at(-1);
    return container === undefined || container.end !== null ? null : {...container.run, faults: life.frigates.faults};
  }

  /** The next loopback address for a pod. Linux answers on all of 127.0.0.0/8, so that a pod's address can be dialled. */
  nextAddress(): string {
    this.#addresses = (this.#addresses + 1) % 60_000;
    return `127.0.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 2}`;
  }

  /**
   * The machine is up again: the runtime finds every container terminated since then, with the exit code of an unobserved end (255, `Unknown`), and
   * the kubelet creates each sandbox again.
   */
  returns(at: Instant): void {
    const died = this.deadSince;
    if (died === null) return;
    this.deadSince = null;
    for (const life of this.pods.values()) {
      const container = life.containers.at(-1);
      const pod = this.#pod(life);
      if (container === undefined || container.end !== null || pod === null) continue;
      const run: Run = {...container.run, faults: life.frigates.faults, endedAt: died};
      life.frigates.finish(run, died);
      container.end = {at, exitCode: 255, reason: 'Unknown', run};
      life.ip = this.nextAddress();
      life.rebooted = true;
      life.phase = 'backing-off';
      life.due = later(at, CREATE);
      this.#event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.', at);
      this.#write(life, at, () => undefined);
    }
  }

  /** Takes up new pods of a namespace and begins to end those that are being deleted. */
  observe(namespace: string, at: Instant): void {
    if (this.deadSince !== null) return;
    const pods = this.#store.list('pods', namespace).map(asPod);
    for (const pod of pods) {
      const life = this.pods.get(pod.metadata.uid);
      if (life === undefined && pod.spec.nodeName !== undefined && pod.status.phase === 'Pending') this.#adopt(pod, at);
      if (pod.metadata.deletionTimestamp === undefined) continue;
      if (life === undefined) this.#store.delete('pods', pod.metadata.namespace ?? null, pod.metadata.name);
      else if (life.phase !== 'ending') this.#end(life, pod, at);
    }
    const own = [...this.pods.values()].filter((life) => life.namespace === namespace);
    for (const life of own) this.#probe(life, at);
    const present = new Set(pods.map((pod) => pod.metadata.uid));
    for (const life of own) if (!present.has(life.uid)) this.#forget(life, at);
  }

  /** The instant of the next thing that happens by itself. */
  nextDue(): Instant | null {
    if (this.deadSince !== null) return null;
    const dues = [...this.pods.values()].flatMap((life) => this.#dueOf(life) ?? []);
    return dues.length === 0 ? null : instant(Math.min(...dues));
  }

  /** Everything that is due by then. */
  step(at: Instant): void {
    for (const life of [...this.pods.values()]) {
      const due = this.#dueOf(life);
      if (due !== null && due <= at) this.#turn(life, at);
    }
  }

  #dueOf(life: PodLife): Instant | null {
    if (life.phase !== 'running') return life.due;
    const run = this.currentRun(life);
    const end = run === null ? null : containerEnd(run);
    return end === null ? null : instant(Math.ceil(end.at * 1000));
  }

  #turn(life: PodLife, at: Instant): void {
    switch (life.phase) {
      case 'creating': {
        this.#start(life, at);
        return;
      }
      case 'pulling': {
        this.#pull(life, at);
        return;
      }
      case 'backing-off': {
        this.#start(life, at);
        return;
      }
      case 'running': {
        this.#crash(life, at);
        return;
      }
      case 'ending': {
        this.#forget(life, at);
        return;
      }
    }
  }

  #adopt(pod: PodObject, at: Instant): void {
    const life: PodLife = {
      namespace: pod.metadata.namespace ?? 'default',
      name: pod.metadata.name,
      uid: pod.metadata.uid,
      frigates: this.#frigatesOf(pod),
      ip: this.nextAddress(),
      nodeName: pod.spec.nodeName ?? '',
      containers: [],
      phase: 'creating',
      due: later(at, CREATE),
      backoff: 0,
      rebooted: false,
    };
    this.pods.set(life.uid, life);
    const image = frigateContainer(pod.spec)?.image ?? '';
    if (this.missingImage?.test(image) === true) {
      life.phase = 'pulling';
      this.#event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`, at);
    }
    this.#write(life, at, (own) => {
      own.status.startTime = rfc3339(at);
    });
  }

  #pull(life: PodLife, at: Instant): void {
    const pod = this.#pod(life);
    if (pod === null) return;
    const image = frigateContainer(pod.spec)?.image ?? '';
    const why = `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
    this.#event(pod, 'Warning', 'Failed', why, at);
    this.#event(pod, 'Warning', 'BackOff', `Back-off pulling image "${image}"`, at);
    life.due = later(at, seconds(BACKOFF_MOST));
    this.#write(life, at, () => undefined);
  }

  #start(life: PodLife, at: Instant): void {
    const pod = this.#pod(life);
    if (pod === null) return;
    const fresh = life.containers.length === 0 || life.rebooted;
    life.rebooted = false;
    const limit = mebibytes(frigateContainer(pod.spec)?.resources?.limits?.['memory']);
    const run = life.frigates.begin(at, fresh ? 'new-pod' : 'new-container', limit);
    life.containers.push({
      id: `containerd://${randomUUID().replaceAll('-', '')}${randomUUID().replaceAll('-', '')}`,
      run,
      startedAt: at,
      end: null,
    });
    life.phase = 'running';
    life.due = null;
    const name = frigateContainer(pod.spec)?.name ?? '';
    this.#event(pod, 'Normal', 'Created', `Created container: ${name}`, at);
    this.#event(pod, 'Normal', 'Started', `Started container ${name}`, at);
    this.#write(life, at, () => undefined);
  }

  /** The container ended by itself: the first time it starts again at once, then after 10, 20, 40 … 300 s. */
  #crash(life: PodLife, at: Instant): void {
    const container = life.containers.at(-1);
    const run = this.currentRun(life);
    const end = run === null ? null : containerEnd(run);
    const pod = this.#pod(life);
    if (container === undefined || run === null || end === null || pod === null) return;
    life.frigates.finish(run, at);
    container.end = {at, exitCode: end.exitCode, reason: end.reason, run};
    if ((at - container.startedAt) / 1000 > BACKOFF_FORGOTTEN) life.backoff = 0;
    const wait = life.backoff === 0 ? 1 : Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** (life.backoff - 1));
    life.backoff += 1;
    life.phase = 'backing-off';
    life.due = later(at, seconds(wait));
    if (wait > 1)
      this.#event(
        pod,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${frigateContainer(pod.spec)?.name ?? ''} in pod ${life.name}_${life.namespace}(${life.uid})`,
        at,
      );
    this.#write(life, at, () => undefined);
  }

  #end(life: PodLife, pod: PodObject, at: Instant): void {
    const run = this.currentRun(life);
    const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? GRACE_DEFAULT;
    const stubborn = run !== null && ignoresTerm(run, at / 1000);
    life.phase = 'ending';
    life.due = later(
      at,
      run === null ? milliseconds(500) : stubborn ? seconds(grace) : milliseconds(Math.min(GRACEFUL, grace * 1000)),
    );
    this.#event(pod, 'Normal', 'Killing', `Stopping container ${frigateContainer(pod.spec)?.name ?? ''}`, at);
    this.#write(life, at, () => undefined);
  }

  #forget(life: PodLife, at: Instant): void {
    const run = this.currentRun(life);
    const container = life.containers.at(-1);
    if (run !== null && container !== undefined) {
      life.frigates.finish(run, at);
      container.end = {at, exitCode: 137, reason: 'Error', run};
    }
    this.pods.delete(life.uid);
    this.#store.delete('pods', life.namespace, life.name);
  }

  /** A readiness probe that turned out otherwise than the last time. */
  #probe(life: PodLife, at: Instant): void {
    const pod = life.phase === 'running' ? this.#pod(life) : null;
    if (pod === null) return;
    const standing = pod.status.conditions.find(({type}) => type === 'Ready')?.status === 'True';
    if (standing !== this.#ready(life, pod, at)) this.#write(life, at, () => undefined);
  }

  /** Frigate's container runs, and its readiness probe, where it has one, gets an answer. */
  #ready(life: PodLife, pod: PodObject, at: Instant): boolean {
    const run = this.currentRun(life);
    if (run === null || (life.phase !== 'running' && life.phase !== 'ending')) return false;
    const probe = frigateContainer(pod.spec)?.readinessProbe?.httpGet;
    return probe === undefined || probeSucceeds(run, probe, at);
  }

  #pod(life: PodLife): PodObject | null {
    const pod = this.#store.get('pods', life.namespace, life.name);
    return pod === undefined ? null : asPod(pod);
  }

  #event(pod: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, at: Instant): void {
    recordEvent(this.#store, pod, {type, reason, message, source: 'kubelet'}, at);
  }

  /** Writes the status as it is now. */
  #write(life: PodLife, at: Instant, also: (pod: PodObject) => void): void {
    this.#store.update('pods', life.namespace, life.name, (object) => {
      const pod = asPod(object);
      const ready = this.#ready(life, pod, at);
      pod.status.phase = life.containers.length === 0 ? 'Pending' : 'Running';
      pod.status.hostIP = '192.168.1.10';
      if (life.containers.length > 0) {
        pod.status.podIP = life.ip;
        pod.status.podIPs = [{ip: life.ip}];
      }
      pod.status.containerStatuses = statusesOf(pod, life.phase, life.containers, life.backoff, ready);
      pod.status.conditions = readyCondition(pod.status.conditions, ready, at);
      also(pod);
    });
  }
}
