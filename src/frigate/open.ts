/** Finding a way to Frigate's API, and a second opinion where the first way finds it dead (FRG-301). */
import {notAsked, type Known} from '../core/known.js';
import type {ApiLiveness, StatsReading, Via} from '../core/observation/frigate.js';
import type {Duration} from '../core/time.js';
import type {Cluster} from '../kubernetes/cluster.js';
import {askAhead, type Expectation} from './ahead.js';
import type {FrigateReader, FrigateTarget, Transport} from './frigate.js';
import {askStats, createReader} from './reader.js';
import {directTransport} from './transport/direct.js';
import {execTransport} from './transport/exec.js';
import {portForwardTransport} from './transport/port-forward.js';
import {proxyTransport} from './transport/proxy.js';
import type {MonotonicClock} from './transport/stopwatch.js';

/** What of the cluster is needed to reach Frigate. */
export type Ways = Pick<Cluster, 'inCluster' | 'exec' | 'proxyGet' | 'forwardPort'>;

export interface OpenOptions {
  readonly via: 'auto' | Via;
  /** For one request, in milliseconds; 10 s by default. */
  readonly apiTimeout: Duration;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** In a calm pass: what to ask beside the stats. Absent: one request at a time. */
  readonly expected?: Expectation | null;
  /** `performance.now` by default. */
  readonly clock?: MonotonicClock;
}

export interface OpenedFrigate {
  /** Every path tried, in order. */
  readonly liveness: readonly ApiLiveness[];
  /** From the path that is alive; otherwise why the last one gave none. */
  readonly stats: Known<StatsReading>;
  /** The path in use; `null` when none found the API alive. */
  readonly via: Via | null;
  /** Over the path in use, else over the first one: exec questions work all the same. */
  readonly reader: FrigateReader;
}

/**
 * Where a path comes from. A network policy refuses pod address and API server's proxy alike, while exec and port-forward
 * both end at 127.0.0.1 inside the pod: the best witness is one from the other side.
 */
const side = (via: Via): 'network' | 'inside' => (via === 'direct' || via === 'proxy' ? 'network' : 'inside');

/** A path that was asked for has no substitute, only witnesses; outside the cluster nobody reaches a pod's address. */
const order = (via: 'auto' | Via, inCluster: boolean): readonly Via[] => {
  if (via === 'auto') return inCluster ? ['direct', 'proxy', 'exec'] : ['proxy', 'exec', 'port-forward'];
  const witnesses: readonly Via[] = inCluster || via === 'direct' ? ['exec', 'proxy', 'direct'] : ['exec', 'proxy'];
  return [via, ...witnesses.filter((witness) => witness !== via)];
};

const build = (via: Via, cluster: Ways, target: FrigateTarget, options: OpenOptions): Transport | null => {
  const clock = options.clock ?? (() => performance.now());
  switch (via) {
    case 'direct':
      return target.podIP === null ? null : directTransport({...target, podIP: target.podIP}, clock);
    case 'proxy':
      return proxyTransport(cluster, target, clock);
    case 'exec':
      return execTransport(cluster, target, clock);
    case 'port-forward':
      return portForwardTransport(cluster, target, clock);
  }
};

interface Search {
  readonly liveness: readonly ApiLiveness[];
  readonly stats: Known<StatsReading>;
  readonly alive: Transport | null;
}

/** The path that found the API dead, if one did. */
const firstDead = (liveness: readonly ApiLiveness[]): Via | null =>
  liveness.find(({verdict}) => verdict === 'dead')?.via ?? null;

/**
 * The next path worth asking. Before a death: the one that was asked for, or each in its turn. After it: a witness from
 * the other side, else the other way over the network, whose sender is another machine. Two from inside are one opinion.
 */
const nextOf = (
  left: readonly Transport[],
  asked: 'auto' | Via,
  liveness: readonly ApiLiveness[],
): Transport | undefined => {
  const dead = firstDead(liveness);
  if (dead === null) return left.find(({via}) => asked === 'auto' || via === asked);
  return (
    left.find(({via}) => side(via) !== side(dead)) ??
    left.find(({via}) => side(via) === 'network' && side(dead) === 'network')
  );
};

/** `atDoubt` is told as soon as a path did not find the API alive. */
const search = async (transports: readonly Transport[], options: OpenOptions, atDoubt: () => void): Promise<Search> => {
  const liveness: ApiLiveness[] = [];
  let stats: Known<StatsReading> = notAsked('no path to Frigate was tried');
  let left = transports;
  for (
    let transport = nextOf(left, options.via, liveness);
    transport !== undefined;
    transport = nextOf(left, options.via, liveness)
  ) {
    const {via} = transport;
    left = left.filter((other) => other.via !== via);
    const answer = await askStats(transport, options.apiTimeout, options.signal);
    const agreed = answer.liveness.verdict === 'dead' && firstDead(liveness) !== null;
    liveness.push(answer.liveness);
    stats = answer.stats;
    if (answer.liveness.verdict === 'alive') return {liveness, stats, alive: transport};
    atDoubt();
    if (agreed || options.signal.aborted) break;
  }
  return {liveness, stats, alive: null};
};

/**
 * Tries the paths one after the other: one that fails as a path gives way to the next; one that finds the API dead is
 * followed at once by another, so that death has two witnesses. A healthy Frigate costs one request, a silent one two API
 * timeouts and what the ways themselves take (three where the first witness is silent as a path), and no two requests run at
 * the same time, unless the pass is calm: then the ordinary questions run beside the first one, and end with it when it finds
 * no living API.
 */
export const openFrigate = async (
  cluster: Ways,
  target: FrigateTarget,
  options: OpenOptions,
): Promise<OpenedFrigate> => {
  const transports = order(options.via, cluster.inCluster)
    .map((via) => build(via, cluster, target, options))
    .filter((transport) => transport !== null);
  const first = transports[0] ?? proxyTransport(cluster, target, options.clock ?? (() => performance.now()));
  const readerOver = (transport: Transport, alive: boolean): FrigateReader =>
    createReader({cluster, target, transport, apiTimeout: options.apiTimeout, alive});
  const doubt = new AbortController();
  const searching = search(transports, options, () => doubt.abort());
  // A curl in the container is a process each time: never several at once.
  const ahead =
    options.expected && side(first.via) === 'network'
      ? askAhead(readerOver(first, true), options.expected, AbortSignal.any([options.signal, doubt.signal]))
      : null;
  const {liveness, stats, alive} = await searching;
  return {
    liveness,
    stats,
    via: alive?.via ?? null,
    reader: alive === first && ahead !== null ? ahead : readerOver(alive ?? first, alive !== null),
  };
};
