/** A simulated cluster, put together: objects, controllers, one node, the API server, and what a test may do to them. */
import {instant, type Duration, type Instant} from '../core/time.js';
import type {Clock} from './clock.js';
import {plainHost, type FaultName} from './frigate.js';
import {Access} from './api/access.js';
import {Disruptions} from './api/disruption.js';
import type {MetricsMode} from './api/caller.js';
import type {Frigates} from './node/frigates.js';
import {type FaultOptions} from './node/frigates.js';
import {cordon, createNode, loseDevice} from './node/nodes.js';
import type {Draft, PodObject} from './api/objects.js';
import type {Chatter} from './node/pod-log.js';
import type {LoggedRequest} from './api/caller.js';
import {serveCluster} from './api/server.js';
import {Simulation} from './simulation.js';
import {ObjectStore} from './api/store.js';

export const NODE = 'nuc-1';
/** Milliseconds. */
const PULSE = 250;
export const DEFAULT_USER = 'demo';

export interface ClusterOptions {
  readonly clock: Clock;
  /** When the cluster was made; everything until the clock's now happens at once. */
  readonly from: Instant;
  /** The Frigate that every pod runs, unless `frigatesOf` knows better: then the first of several. */
  readonly frigates: Frigates;
  readonly frigatesOf?: (pod: PodObject) => Frigates;
  /** Extended resources of the node. */
  readonly devices: Readonly<Record<string, string>>;
  /** Megabytes of noise in Frigate's log, within the last ten minutes. */
  readonly logMegabytes: number;
  /** Whether a metrics-server answers; by default there is none. */
  readonly metrics?: MetricsMode;
}

/** The cluster as a test sees it. */
export interface SimulatedCluster {
  readonly url: string;
  readonly store: ObjectStore;
  readonly access: Access;
  readonly disruptions: Disruptions;
  /** Every request that came, oldest first. */
  readonly requests: readonly LoggedRequest[];
  readonly simulation: Simulation;
  readonly frigates: Frigates;
  /** Switches a fault of Frigate on, now or since an instant. */
  fault(name: FaultName, options?: FaultOptions): Promise<void>;
  /** Repairs the cause of a fault (of all without a name). */
  repair(name?: FaultName): Promise<void>;
  cordon(): Promise<void>;
  nodeDies(): Promise<void>;
  /** The node loses its power now and is back after that time. */
  nodeReboots(away: Duration): Promise<void>;
  /** Installs or removes a metrics-server, or lets it fail. */
  metricsServer(mode: MetricsMode): void;
  forgetRequests(): void;
  /** Breaks every connection that stands, watches included, as an API server does that ends. */
  cut(): void;
  close(): Promise<void>;
}

/** Bearer tokens are `token-<user>`. Who brings none is `demo`: kubectl sends no token over plain HTTP. */
export const tokenOf = (user: string): string => `token-${user}`;

/** A step of the past: what happened before the clock's now. */
export interface PastStep {
  readonly at: Instant;
  readonly act: (past: Past) => void;
}

/** What a step of the past may do. */
export interface Past {
  readonly at: Instant;
  readonly store: ObjectStore;
  readonly frigates: Frigates;
  create(plural: string, draft: Draft): void;
  cordon(): void;
  loseDevice(device: string): void;
  missingImage(pattern: RegExp): void;
  nodeDies(): void;
  nodeReboots(away: Duration): void;
}

/** Builds the cluster, lets its past happen, and opens its sockets. */
export const startCluster = async (options: ClusterOptions, past: readonly PastStep[]): Promise<SimulatedCluster> => {
  const {clock, frigates} = options;
  const store = new ObjectStore();
  const simulation = new Simulation(store, options.frigatesOf ?? (() => frigates), clock, options.from);
  const access = new Access();
  const disruptions = new Disruptions();
  const requests: LoggedRequest[] = [];
  let metrics: MetricsMode = options.metrics ?? 'absent';
  const {memory} = frigates.site.host ?? plainHost;
  createNode(store, NODE, options.devices, options.from, memory);
  for (const step of [...past].sort((a, b) => a.at - b.at)) {
    simulation.catchUp(step.at);
    step.act({
      at: step.at,
      store,
      frigates,
      create: (plural, draft) => void store.create(plural, draft, step.at),
      cordon: () => cordon(store, NODE, step.at),
      loseDevice: (device) => loseDevice(store, NODE, device),
      missingImage: (pattern) => {
        simulation.kubelet.missingImage = pattern;
      },
      nodeDies: () => simulation.nodeDies(NODE, step.at),
      nodeReboots: (away) => simulation.nodeReboots(NODE, step.at, away),
    });
  }
  await simulation.settle();
  // Noise is in the log from the start of the simulator; it does not grow while a test reads it.
  const begun = clock.now() / 1000;
  const chatter = (): Chatter | null =>
    options.logMegabytes === 0 ? null : {megabytes: options.logMegabytes, now: begun};
  const server = await serveCluster({
    store,
    simulation,
    clock,
    access,
    disruptions,
    log: requests,
    chatter,
    metrics: () => metrics,
    userOf: (token) =>
      token === null ? DEFAULT_USER : token.startsWith('token-') ? token.slice('token-'.length) : null,
  });
  const leave = clock.onAdvance(() => simulation.settle());
  // With a flowing clock things happen without a request: watches get events, ports open and close.
  const pulse = clock.pace === 'flowing' ? setInterval(() => void simulation.settle(), PULSE).unref() : null;
  const now = (): Instant => instant(clock.now());
  return {
    url: server.url,
    store,
    access,
    disruptions,
    requests,
    simulation,
    frigates,
    fault: async (name, fault = {}) => {
      frigates.add(name, now(), fault);
      await simulation.settle();
    },
    repair: async (name) => {
      frigates.remove(name);
      await simulation.settle();
    },
    cordon: async () => {
      cordon(store, NODE, now());
      await simulation.settle();
    },
    nodeDies: async () => {
      await simulation.settle();
      simulation.nodeDies(NODE, now());
      await simulation.settle();
    },
    nodeReboots: async (away) => {
      await simulation.settle();
      simulation.nodeReboots(NODE, now(), away);
      await simulation.settle();
    },
    metricsServer: (mode) => {
      metrics = mode;
    },
    forgetRequests: () => {
      requests.length = 0;
    },
    cut: () => server.cut(),
    close: async () => {
      leave();
      if (pulse !== null) clearInterval(pulse);
      await server.close();
      await simulation.close();
    },
  };
};
