/** The moving parts of a simulated cluster: everything that happens by itself between two instants, in its order. */
import {instant, later, type Duration, type Instant} from '../core/time.js';
import type {Clock} from './clock.js';
import {type FrigateServer, type Listening, listensOn, serveFrigate} from './frigate.js';
import {reconcile} from './control-plane/controllers.js';
import {forgetOldEvents} from './control-plane/events.js';
import type {Frigates} from './node/frigates.js';
import {Kubelet, type PodLife} from './node/kubelet.js';
import {NodeDeath} from './node/nodes.js';
import {asPod, type PodObject} from './api/objects.js';
import type {ObjectStore} from './api/store.js';

/** Milliseconds. */
const DEADLINES_COUNT = 1000;

export class Simulation {
  readonly kubelet: Kubelet;
  readonly #store: ObjectStore;
  readonly #servers = new Map<string, FrigateServer>();
  readonly #clock: Clock;
  #death: NodeDeath | null = null;
  #reached: Instant;
  /** The objects as all controllers left them. */
  #calm = {version: -1, at: instant(0)};
  #settling: Promise<void> = Promise.resolve();
  /** The port on which every pod's own address answers, beside 5000; known after the first pod started. */
  port = 0;

  constructor(store: ObjectStore, frigatesOf: (pod: PodObject) => Frigates, clock: Clock, from: Instant) {
    this.#store = store;
    this.#clock = clock;
    this.#reached = from;
    this.kubelet = new Kubelet(store, frigatesOf);
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
    forgetOldEvents(this.#store, this.#reached);
  }

  /** Brings the cluster to the present time, sockets included. */
  settle(): Promise<void> {
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

  /** Where nothing was written since the last time, only deadlines can make a difference, and those count seconds. */
  #moveAll(at: Instant): void {
    if (this.#store.version === this.#calm.version && at - this.#calm.at < DEADLINES_COUNT) return;
    reconcile(this.#store, at);
    this.kubelet.observe(at);
    reconcile(this.#store, at);
    this.#calm = {version: this.#store.version, at};
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
