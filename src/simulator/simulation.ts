/** The moving parts of a simulated cluster: everything that happens by itself between two instants, in its order. */
import {instant, later, type Duration, type Instant} from '../core/time.js';
import type {Clock} from './clock.js';
import {type FrigateServer, type Listening, listensOn, serveFrigate} from './frigate.js';
import {CONTROLLED, reconcile} from './control-plane/controllers.js';
import {forgetOldEvents} from './control-plane/events.js';
import type {Frigates} from './node/frigates.js';
import {Kubelet, type PodLife} from './node/kubelet.js';
import {NodeDeath} from './node/nodes.js';
import {asPod, type PodObject} from './api/objects.js';
import type {ObjectStore} from './api/store.js';

/** Milliseconds after which the controllers run in a namespace though nothing was written there: deadlines count seconds. */
const DEADLINES_COUNT = 1000;
/**
 * A fleet of so many namespaces is brought to the present once in so many milliseconds, not for each request, and only so many of the
 * namespaces have their turn then because of their deadlines.
 */
const MANY = 100;
const OF_MANY = 200;
const OF_MANY_AT_ONCE = 5;
/** Milliseconds between two searches for events that are too old. */
const FORGETS_EVERY = 10_000;

export class Simulation {
  readonly kubelet: Kubelet;
  readonly #store: ObjectStore;
  readonly #servers = new Map<string, FrigateServer>();
  readonly #clock: Clock;
  #death: NodeDeath | null = null;
  #reached: Instant;
  /** Namespaces that were written to since all controllers left them. */
  readonly #touched = new Set<string>();
  /** When all controllers last left a namespace; the oldest first. */
  readonly #leftAt = new Map<string, Instant>();
  #forgotAt = -Infinity;
  #settledAt = -Infinity;
  #settling: Promise<void> = Promise.resolve();
  /** The port on which every pod's own address answers, beside 5000; known after the first pod started. */
  port = 0;

  constructor(store: ObjectStore, frigatesOf: (pod: PodObject) => Frigates, clock: Clock, from: Instant) {
    this.#store = store;
    this.#clock = clock;
    this.#reached = from;
    this.kubelet = new Kubelet(store, frigatesOf);
    store.onChange(({resource, object: {metadata}}) => {
      if (resource.plural === 'nodes') for (const namespace of this.#leftAt.keys()) this.#touched.add(namespace);
      else if (CONTROLLED.has(resource.plural)) this.#touched.add(metadata.namespace ?? '');
    });
  }

  nodeDies(name: string, at: Instant): void {
    this.#death = new NodeDeath(this.#store, name, at);
    this.kubelet.deadSince = at;
  }

  /** A node that loses its power and is up again after a while, as another boot. */
  nodeReboots(name: string, at: Instant, away: Duration): void {
    this.#death = new NodeDeath(this.#store, name, at, {
      at: later(at, away),
      act: (back) => {
        this.kubelet.returns(back);
      },
    });
    this.kubelet.deadSince = at;
  }

  get nodeIsDead(): boolean {
    return this.kubelet.deadSince !== null;
  }

  /** Lets everything happen that is due until then. */
  catchUp(until: Instant): void {
    for (;;) {
      this.#moveAll(this.#reached);
      const due = this.#nextDue();
      if (due === null || due > until) break;
      this.#reached = instant(Math.max(this.#reached, due));
      this.kubelet.step(this.#reached);
      this.#death?.step(this.#reached);
    }
    this.#reached = instant(Math.max(this.#reached, until));
    this.#moveAll(this.#reached);
    if (this.#reached - this.#forgotAt < FORGETS_EVERY) return;
    this.#forgotAt = this.#reached;
    forgetOldEvents(this.#store, this.#reached);
  }

  /** Brings the cluster to the present time, sockets included. */
  settle(): Promise<void> {
    const now = this.#clock.now();
    if (this.#clock.pace === 'flowing' && this.#leftAt.size >= MANY && now - this.#settledAt < OF_MANY)
      return this.#settling;
    this.#settledAt = now;
    this.#settling = this.#settling.then(async () => {
      this.catchUp(this.#clock.now());
      await this.#serve();
    });
    return this.#settling;
  }

  lifeOf(namespace: string, name: string): PodLife | undefined {
    return [...this.kubelet.pods.values()].find((life) => life.namespace === namespace && life.name === name);
  }

  serverOf(life: PodLife): FrigateServer | undefined {
    return this.#servers.get(life.uid);
  }

  /** Where nginx listens in that pod; `null`: no container runs. */
  listeningOf(life: PodLife): Listening | null {
    const run = this.kubelet.currentRun(life);
    return run === null ? null : listensOn(run, this.#clock.now() / 1000);
  }

  async close(): Promise<void> {
    await this.#settling;
    await Promise.all([...this.#servers.values()].map((server) => server.close()));
    this.#servers.clear();
  }

  #nextDue(): Instant | null {
    const dues = [this.kubelet.nextDue(), this.#death?.nextDue ?? null].filter((due) => due !== null);
    return dues.length === 0 ? null : instant(Math.min(...dues));
  }

  /** Where nothing was written since the last time, only deadlines can make a difference. */
  #moveAll(at: Instant): void {
    const due = new Set(this.#touched);
    const most = this.#leftAt.size < MANY ? Infinity : this.#touched.size + OF_MANY_AT_ONCE;
    for (const [namespace, leftAt] of this.#leftAt) {
      if (at - leftAt < DEADLINES_COUNT || due.size >= most) break;
      due.add(namespace);
    }
    for (const namespace of due) {
      reconcile(this.#store, namespace, at);
      this.kubelet.observe(namespace, at);
      reconcile(this.#store, namespace, at);
      this.#touched.delete(namespace);
      this.#leftAt.delete(namespace);
      this.#leftAt.set(namespace, at);
    }
  }

  async #serve(): Promise<void> {
    for (const [uid, server] of this.#servers) {
      if (this.kubelet.pods.has(uid)) await server.follow();
      else {
        this.#servers.delete(uid);
        await server.close();
      }
    }
    for (const life of this.kubelet.pods.values()) {
      if (this.#servers.has(life.uid) || life.containers.length === 0) continue;
      const server = await this.#open(life);
      this.#servers.set(life.uid, server);
      this.port = server.port;
      if (server.host !== life.ip) this.#move(life, server.host);
    }
  }

  /** Another address where that one is not free; on systems without 127.0.0.0/8 the one that always exists. */
  async #open(life: PodLife): Promise<FrigateServer> {
    const run = (): ReturnType<Kubelet['currentRun']> => (this.nodeIsDead ? null : this.kubelet.currentRun(life));
    const hosts = [life.ip, this.kubelet.nextAddress(), this.kubelet.nextAddress(), '127.0.0.1'];
    let failure: unknown = null;
    for (const host of hosts) {
      try {
        return await serveFrigate({host, port: this.port, clock: this.#clock, run});
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  #move(life: PodLife, host: string): void {
    life.ip = host;
    this.#store.update('pods', life.namespace, life.name, (object) => {
      asPod(object).status.podIP = host;
      asPod(object).status.podIPs = [{ip: host}];
    });
  }
}
