/**
 * `serve`: the same engine as a daemon, for one Frigate or a thousand. It discovers them, observes each by the feeds of `watch`, decides
 * by the same pure core and acts by the same steps as a pass of the CronJob; of several replicas the one that holds the Lease acts.
 */
import {randomBytes} from 'node:crypto';
import {Agent} from 'node:http';
import {hostname} from 'node:os';
import {lineOf} from '../../core/fix.js';
import {milliseconds, seconds, type Duration, type Instant} from '../../core/time.js';
import {aborted, every, type Timers} from '../../core/timers.js';
import {CommandFailure} from '../../outcome/failure.js';
import type {DaemonStatus, FleetSource} from '../../outcome/fleet.js';
import type {ServeControl} from '../../outcome/recover.js';
import type {ClusterConnection, Context} from '../../pass/context.js';
import {journalTo, type Journal} from '../../pass/journal.js';
import {DEFAULT_NAMESPACE} from '../../settings/settings.js';
import {Breakers} from './breakers.js';
import {controlOver} from './control.js';
import {countedChannels, countedCluster, countedPorts, countedTraffic, type Counts} from './counted.js';
import {componentsOf} from './daemon-health.js';
import {SERVE_DEMAND} from './demand.js';
import type {BreakerOptions} from './dependency-breaker.js';
import {Discovery, type FollowTargets} from './discovery.js';
import {Engine} from './engine.js';
import {fleetIncidents, FleetSafety} from './fleet-safety.js';
import {FleetStore} from './fleet-store.js';
import {LeaderAddress} from './leader-address.js';
import {Election, LEASE_NAME, type LeaderStatus, type Term} from './leader.js';
import {READ_AGAIN} from './followed-file.js';
import {liveChannels} from './live-channels.js';
import {runCustom} from './run-custom.js';
import {portsFor} from './ports-for.js';
import {parseTargets, type TargetsFile} from './targets-file.js';

/** How often the daemon examines itself. */
const EXAMINE_EVERY = seconds(1);
/** So long after its beginning it counts as ready whatever did not answer. */
const READY_AFTER = seconds(60);
/** Between two polls of one Frigate. */
const POLL = {ofFew: seconds(2), ofMany: seconds(5)};
const MANY = 100;
/** A connection to a Frigate that was not used for so long is closed; nginx closes it after 65 s (its nginx.conf). Milliseconds. */
const KEPT_UNUSED = 50_000;
/** To the API server; a healthy one answers a thousand and more a second. */
const QUESTIONS_AT_ONCE = 32;
/** From SIGTERM to the release of the Lease, and to the end, whatever is under way. */
const LAST_TURNS = milliseconds(2500);
const ENDING = seconds(4);

export interface ServeOptions {
  /** `null`: all; empty: the namespace of the settings, the context or the pod. */
  readonly namespaces: readonly string[] | null;
  readonly refreshEvery: Duration;
  /** Between two polls of one Frigate; `null`: by their number. */
  readonly poll: Duration | null;
  /** The path of the targets file; `null`: there is none. */
  readonly targetsFile: string | null;
  readonly readFile: (path: string) => string | null;
  readonly breaker: BreakerOptions;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/** What the daemon gives to its faces. */
export interface Faced {
  readonly source: FleetSource;
  readonly control: ServeControl;
  /** For the reviews of tokens and permissions. */
  readonly connection: Pick<ClusterConnection, 'cluster' | 'clock'>;
  readonly journal: Journal;
  /** Where the replica answers that acts; `null`: this one acts, or it is not known. */
  readonly leaderAddress: () => string | null;
  readonly signal: AbortSignal;
}

export interface Faces {
  /** Where other replicas reach this one. */
  readonly address: string;
  /** How the parts of the faces are, for /health. */
  components(): DaemonStatus['components'];
  close(): Promise<void>;
}

/** What shows the fleet to others: HTTP, page, metrics, Consul. Resolves when it listens; rejects with a CommandFailure where it cannot. */
export type StartFaces = (faced: Faced) => Promise<Faces>;

export interface ServeFaces {
  readonly start: StartFaces;
  /** Where the daemon counts what it does. */
  readonly counts: Counts;
  /** Frigates that Consul knows (`--discover`); absent: it is not asked. */
  readonly follow?: FollowTargets;
}

/** Serves until the signal of the context. Throws CommandFailure where it cannot begin. */
export const serve = async (
  context: Context,
  options: ServeOptions,
  faces: ServeFaces,
): Promise<{readonly exitCode: number}> => {
  const connection = await context.open({
    traffic: countedTraffic(faces.counts),
    sharedWatches: options.namespaces === null ? 'cluster' : 'namespace',
    questionsAtOnce: QUESTIONS_AT_ONCE,
  });
  if ('fix' in connection) throw new CommandFailure('usage', connection.message, lineOf(connection.fix));
  try {
    return await serveOver(connection, context, options, faces);
  } finally {
    connection.cluster.close();
    await connection.close();
  }
};

/** The use case over an opened connection. */
export const serveOver = async (
  connection: Pick<ClusterConnection, 'cluster' | 'clock'>,
  context: Context,
  options: ServeOptions,
  faces: ServeFaces,
): Promise<{readonly exitCode: number}> => {
  const {clock} = connection;
  const {settings, signal, stdout, version} = context;
  const kept = new Agent({keepAlive: true, timeout: KEPT_UNUSED});
  const breakers = new Breakers(clock, options.breaker);
  const {counts} = faces;
  const cluster = breakers.cluster(countedCluster(connection.cluster, counts));
  const home = settings.namespace ?? cluster.defaultNamespace ?? DEFAULT_NAMESPACE;
  const namespaces = options.namespaces?.length === 0 ? [home] : options.namespaces;
  const identity = `${hostname()}_${randomBytes(4).toString('hex')}`;
  const journalFor = (pass: string): Journal => journalTo(stdout, connection, pass);
  const journal = journalFor(identity);
  const now = (): Instant => cluster.serverTime() ?? clock.now();
  const channels = await liveChannels({
    settings,
    readFile: options.readFile,
    timers: context.timers,
    journal,
    wrapped: (all) => breakers.channels(countedChannels(all, counts)),
  });
  const readTargets = targetsReader(options);
  // Read once before anything begins: a file with an error is reported now, not in the middle of the night.
  const first = readTargets?.();
  if (first?.ok === false) throw new CommandFailure('usage', first.error, null);

  let leader: LeaderStatus = {leads: false, identity, holder: null, address: null, error: null, lastAt: null};
  const leaderAddress = new LeaderAddress(cluster, home, clock, signal);
  let engine: Engine | null = null;
  let face: Faces | null = null;
  const begun = clock.monotonic();
  const daemon: DaemonStatus = {
    version,
    startedAt: now(),
    components: {},
    breakers: [],
    leader: {leads: false, identity, holder: null},
    ready: false,
    debugFailureUntil: null,
  };
  const store = new FleetStore({
    clock,
    now,
    daemon,
    discovery: {
      mode: options.targetsFile === null && faces.follow === undefined ? 'auto' : 'mixed',
      namespaces: namespaces ?? [],
      lastRelistAt: null,
      refreshEvery: options.refreshEvery,
      lastError: null,
    },
    incidentsOf: fleetIncidents,
  });
  const fleet = new FleetSafety({frigates: () => store.frigates, incidents: () => store.incidents});
  const discovery = new Discovery({
    cluster,
    clock,
    namespaces,
    podSelector: settings.podSelector,
    refreshEvery: options.refreshEvery,
    readTargets,
    follow: faces.follow ?? null,
    journal,
    onTargets: (targets) => {
      for (const id of store.frigates.keys()) if (!targets.some((target) => target.id === id)) breakers.forget(id);
      store.setTargets(targets);
      engine?.setTargets(targets);
    },
    onStatus: (status) => store.setDiscovery(status),
  });
  const election = new Election({
    cluster,
    clock,
    namespace: home,
    name: LEASE_NAME,
    identity,
    address: () => face?.address ?? null,
    random: options.random,
    onChange: (status) => {
      leader = status;
      leaderAddress.noted(status);
    },
    onReleased: () => journal('leader.released', {identity}),
  });
  const lead = async (term: Term): Promise<void> => {
    journal('leader.acquired', {identity});
    const onLoss = (): void => journal('leader.lost', {identity, holder: leader.holder});
    term.lost.addEventListener('abort', onLoss);
    const own = new Engine(
      {
        clock,
        portsFor: (target, stateName) => {
          const ports = portsFor({cluster, clock}, context, {target, home, stateName}, channels.current, kept);
          return breakers.ports(target.id, countedPorts(ports, clock, counts));
        },
        pollFor: (frigates) => options.poll ?? (frigates > MANY ? POLL.ofMany : POLL.ofFew),
        demand: SERVE_DEMAND,
        onPollLag: (late) => counts.pollLagged(late / 1000),
        random: options.random,
        fleet,
        store,
        journalFor,
      },
      term,
      signal,
    );
    engine = own;
    void runCustom(context, options, journal, AbortSignal.any([signal, term.lost]));
    own.setTargets([...discovery.targets.values()]);
    // What is under way is finished before the Lease is released, but not for ever: its own preconditions fence it off.
    await finished(own.done(), signal, clock, LAST_TURNS);
    engine = null;
    term.lost.removeEventListener('abort', onLoss);
    if (!signal.aborted) store.forget();
  };

  const examine = (): void => {
    const components = componentsOf({
      now: now(),
      at: clock.monotonic(),
      leader,
      discovery: store.discovery,
      loops: engine?.health ?? [],
      notifies: channels.current.length > 0,
      channelsError: channels.error,
      ...(context.custom === undefined ? {} : {custom: {error: context.custom.error}}),
    });
    const overdue = clock.monotonic() - begun >= READY_AFTER;
    const judged = [...store.frigates.values()].every((frigate) => frigate.judged !== null);
    const ready = discovery.synced && (leader.leads ? judged || overdue : leader.holder !== null);
    store.setDaemon((before) => ({
      ...before,
      components: {...components, ...face?.components()},
      breakers: breakers.statuses,
      leader: {leads: leader.leads, identity, holder: leader.holder},
      ...(context.custom === undefined || !leader.leads ? {} : {custom: context.custom.shared()}),
      ready,
    }));
  };

  const control = controlOver({
    engine: () => engine,
    leader: () => leader,
    discovery,
    store,
    clock,
  });
  journal('serve.begun', {
    version,
    identity,
    namespaces: namespaces ?? [],
    mode: settings.policy.mode,
    notifies: channels.current.length > 0,
  });
  const running = new AbortController();
  face = await faces.start({
    source: store,
    control,
    connection,
    journal,
    leaderAddress: () => leaderAddress.current,
    signal: AbortSignal.any([signal, running.signal]),
  });
  const stopExamining = every(clock, EXAMINE_EVERY, examine);
  const stopReading = every(clock, READ_AGAIN, () => void channels.check());
  try {
    const work = Promise.all([discovery.run(signal), election.run(lead, signal)]);
    await finished(work, signal, clock, ENDING);
  } finally {
    stopExamining();
    stopReading();
    running.abort();
    kept.destroy();
    await face.close();
  }
  journal('serve.ended', {identity});
  return {exitCode: 0};
};

/** Waits for the work; from the signal on no longer than this. */
const finished = async (
  work: Promise<unknown>,
  signal: AbortSignal,
  clock: Timers,
  length: Duration,
): Promise<void> => {
  const done = new AbortController();
  const worked = work.finally(() => done.abort());
  const given = (async (): Promise<void> => {
    await aborted(AbortSignal.any([signal, done.signal]));
    await clock.sleep(length, done.signal);
  })();
  await Promise.race([worked, given]);
};

/** `null`: there is no targets file. */
const targetsReader = ({targetsFile, readFile}: ServeOptions): (() => TargetsFile) | null =>
  targetsFile === null ? null : () => parseTargets(targetsFile, readFile(targetsFile));
