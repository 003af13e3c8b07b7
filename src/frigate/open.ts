/** Finding a transport to Frigate's API, and a confirmation over a second one if the first finds the API dead (FRG-301). */
import type {Agent} from 'node:http';
import {notAsked, type Known} from '../core/known.js';
import type {ApiLiveness, PodVia, StatsReading, Via} from '../core/observation/frigate.js';
import type {Duration} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import type {Cluster} from '../kubernetes/cluster.js';
import {askAhead, type Expectation} from './ahead.js';
import type {FrigateReader, FrigateTarget, Transport} from './frigate.js';
import {askStats, createReader} from './reader.js';
import {directTransport} from './transport/direct.js';
import {execTransport} from './transport/exec.js';
import {portForwardTransport} from './transport/port-forward.js';
import {proxyTransport} from './transport/proxy.js';

/** What of the cluster is needed to reach Frigate. */
export type FrigateAccess = Pick<Cluster, 'inCluster' | 'exec' | 'proxyGet' | 'forwardPort'>;

export interface OpenOptions {
  readonly via: 'auto' | PodVia;
  /** For one request, in milliseconds; 10 s by default. */
  readonly apiTimeout: Duration;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** In a calm pass: what to ask beside the stats. Absent: one request at a time. */
  readonly expected?: Expectation | null;
  /** Called with the whole answer to `/api/stats` of an API that responds. */
  readonly onStats?: (body: Buffer) => void;
  /** Keeps the connections to pods for the next questions; absent: each question has its own. */
  readonly kept?: Agent;
  readonly timers: Timers;
}

export interface OpenedFrigate {
  /** Every transport tried, in order. */
  readonly liveness: readonly ApiLiveness[];
  /** From the transport over which the API responds; otherwise why the last one gave none. */
  readonly stats: Known<StatsReading>;
  /** The transport in use; `null` if the API responds over none. */
  readonly via: Via | null;
  /** Over the transport in use, else over the first one: commands by exec work in any case. */
  readonly reader: FrigateReader;
}

/**
 * From where a transport reaches Frigate. A network policy refuses the pod address and the API server's proxy alike, while exec
 * and port-forward both end at 127.0.0.1 inside the pod: the best confirmation comes from the other side.
 */
const side = (via: Via): 'network' | 'inside' => (via === 'direct' || via === 'proxy' ? 'network' : 'inside');

/** A transport that was requested is never replaced, only confirmed by others; a pod's address is not reachable from outside the cluster. */
const order = (via: 'auto' | PodVia, inCluster: boolean): readonly PodVia[] => {
  if (via === 'auto') return inCluster ? ['direct', 'proxy', 'exec'] : ['proxy', 'exec', 'port-forward'];
  const witnesses: readonly PodVia[] = inCluster || via === 'direct' ? ['exec', 'proxy', 'direct'] : ['exec', 'proxy'];
  return [via, ...witnesses.filter((witness) => witness !== via)];
};

const build = (
  via: PodVia,
  cluster: FrigateAccess,
  target: FrigateTarget,
  {timers, kept}: Pick<OpenOptions, 'timers' | 'kept'>,
): Transport | null => {
  switch (via) {
    case 'direct':
      return target.podIP === null ? null : directTransport({...target, podIP: target.podIP}, timers, kept);
    case 'proxy':
      return proxyTransport(cluster, target, timers);
    case 'exec':
      return execTransport(cluster, target, timers);
    case 'port-forward':
      return portForwardTransport(cluster, target, timers);
  }
};

/** The transports to a Frigate, in the order in which they are tried. */
export const transportsTo = (
  cluster: FrigateAccess,
  target: FrigateTarget,
  options: Pick<OpenOptions, 'via' | 'timers' | 'kept'>,
): readonly Transport[] =>
  order(options.via, cluster.inCluster)
    .map((via) => build(via, cluster, target, options))
    .filter((transport) => transport !== null);

interface Search {
  readonly liveness: readonly ApiLiveness[];
  readonly stats: Known<StatsReading>;
  readonly alive: Transport | null;
}

/** The first transport that found the API dead; `null`: none. */
const firstDead = (liveness: readonly ApiLiveness[]): Via | null =>
  liveness.find(({verdict}) => verdict === 'dead')?.via ?? null;

/**
 * The next transport to try. Before one found the API dead: the requested one, or each in turn. After that: one from
 * the other side, else the other one over the network, whose sender is another machine. Two from inside confirm nothing.
 */
const nextOf = (
  left: readonly Transport[],
  asked: 'auto' | PodVia,
  liveness: readonly ApiLiveness[],
): Transport | undefined => {
  const dead = firstDead(liveness);
  if (dead === null) return left.find(({via}) => asked === 'auto' || via === asked);
  return (
    left.find(({via}) => side(via) !== side(dead)) ??
    left.find(({via}) => side(via) === 'network' && side(dead) === 'network')
  );
};

/** `atDoubt` is called as soon as the API did not respond over a transport. */
const search = async (transports: readonly Transport[], options: OpenOptions, atDoubt: () => void): Promise<Search> => {
  const liveness: ApiLiveness[] = [];
  let stats: Known<StatsReading> = notAsked('no transport to Frigate was tried');
  let left = transports;
  for (
    let transport = nextOf(left, options.via, liveness);
    transport !== undefined;
    transport = nextOf(left, options.via, liveness)
  ) {
    const {via} = transport;
    left = left.filter((other) => other.via !== via);
    const answer = await askStats(
      {transport, timers: options.timers},
      options.apiTimeout,
      options.signal,
      options.onStats,
    );
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
 * Tries the transports in sequence. If one fails itself, the next is tried; if one finds the API dead, another one confirms it.
 * A healthy Frigate costs one request, one that does not answer costs two API timeouts and the time of the transports (three
 * timeouts if the first confirmation fails itself). Requests do not overlap, except in a pass without a counted failure or
 * incident: then the ordinary requests run beside the first one, and are aborted with it if the API does not respond.
 */
export const openFrigate = async (
  cluster: FrigateAccess,
  target: FrigateTarget,
  options: OpenOptions,
): Promise<OpenedFrigate> => {
  const transports = transportsTo(cluster, target, options);
  const first = transports[0] ?? proxyTransport(cluster, target, options.timers);
  const readerOver = (transport: Transport, alive: boolean): FrigateReader =>
    createReader({cluster, target, transport, timers: options.timers, apiTimeout: options.apiTimeout, alive});
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
