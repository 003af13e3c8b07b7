/**
 * The engine of `serve` over one simulated Frigate (src/simulator/frigate, as the proof of the year plays it) in virtual time: its
 * real feeds, its real core and its real state, with a fresh state for each run. What the double adds: a watch tells after 0.5 s at
 * most, a question to a silent Frigate takes the whole timeout on both transports, and its log comes each half second.
 */
import {known, type Known} from '../../src/core/known.js';
import {earlier, instant, milliseconds, minutes, seconds, type Duration, type Instant} from '../../src/core/time.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import type {FrigateObservation} from '../../src/core/observation/frigate.js';
import type {Observation} from '../../src/core/observation/observation.js';
import {singleWorkload} from '../../src/core/observation/workload.js';
import {
  instanceId,
  type FrigateTarget,
  type InstanceId,
  type JudgedFrigate,
  type StatusChange,
} from '../../src/outcome/fleet.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {logLines, printed} from '../../src/simulator/frigate/log.js';
import {SERVE_DEMAND} from '../../src/usecases/serve/demand.js';
import {Engine} from '../../src/usecases/serve/engine.js';
import {fleetIncidents, FleetSafety} from '../../src/usecases/serve/fleet-safety.js';
import {FleetStore} from '../../src/usecases/serve/fleet-store.js';
import {FakeTimers} from '../../test/support/fake-timers.js';
import {aSettings, FakeWorld} from '../../test/support/fake-world.js';
import {aPolicy} from '../../test/support/observation.js';
import {Installation, NEW_YEAR, type Worth} from '../../test/proofs/year/installation.js';
import type {Occurrence} from '../../test/proofs/year/occurrences.js';
import {clusterOf, frigateOf, memoryUseOf} from '../../test/proofs/year/seen.js';

export type Profile = 'steady' | 'fast';

const POLL = seconds(2);
const API_TIMEOUT: Readonly<Record<Profile, Duration>> = {steady: seconds(10), fast: seconds(5)};
/** What the double looks at anew. */
const STEP = milliseconds(500);
const ID = instanceId('frigate', 'frigate');

/** The year's look keeps a calm Frigate and moves it along, so that each poll would be a new snapshot. */
class Watched extends Installation {
  override get calm(): boolean {
    return false;
  }
}

export interface SimulatedFrigate {
  readonly installation: Installation;
  readonly world: FakeWorld;
  /** When each PATCH of a restart came. */
  readonly restarts: ReadonlyArray<{readonly at: Instant; readonly worth: Worth}>;
}

export interface SimulatedFleet {
  readonly timers: FakeTimers;
  readonly frigates: ReadonlyMap<InstanceId, SimulatedFrigate>;
  readonly store: FleetStore;
  readonly end: () => Promise<void>;
}

export interface FrigateOptions {
  readonly occurrences: readonly Occurrence[];
  /** What is different of what it shows; absent: nothing. */
  readonly shown?: (frigate: FrigateObservation) => FrigateObservation;
}

export interface FleetOptions {
  /** By the namespace of each. */
  readonly frigates: Readonly<Record<string, FrigateOptions>>;
  /** Unix seconds at which `serve` begins. */
  readonly from: number;
  readonly profile: Profile;
  readonly random: () => number;
  /** Between two polls, and what the double looks at anew; absent: as fast as it is measured. */
  readonly poll?: Duration;
  readonly step?: Duration;
  /** How long a warning lasts before it is notified; absent: the documented half an hour. */
  readonly warningAlert?: Duration;
}

type ClusterSight = ReturnType<typeof clusterOf>;

interface InFleet extends SimulatedFrigate {
  /** What a watch shows of it at this moment. */
  readonly look: () => ClusterSight;
  /** Lets everything happen until this moment. */
  readonly catchUp: () => void;
}

const frigateIn = (
  namespace: string,
  {occurrences, shown = (frigate) => frigate}: FrigateOptions,
  timers: FakeTimers,
  stepping: Duration,
): InFleet => {
  const installation = new Watched(occurrences);
  const catchUp = (): string => {
    const step = Math.floor(timers.now() / stepping) * stepping;
    if (step / 1000 > installation.now) installation.advance(step / 1000);
    return `${step} ${installation.podNumber} ${installation.running}`;
  };
  const look = lastOf(catchUp, () => inNamespace(namespace, clusterOf(installation)));
  const frigate = lastOf(catchUp, () => shown(frigateOf(installation)));
  const world = new FakeWorld();
  const restarts: Array<SimulatedFrigate['restarts'][number]> = [];
  const workload = (): FakeWorld['workload'] => {
    const {workload: search} = look();
    const one = search.known ? singleWorkload(search) : null;
    if (one === null) throw new Error('the simulated cluster has one workload');
    return one;
  };
  const ignored = (): void => undefined;
  Object.defineProperties(world, {
    now: {get: () => timers.now()},
    frigate: {get: frigate},
    node: {get: () => look().node},
    pod: {
      get: () => {
        const {pods} = look();
        return pods.known ? pods.value.at(-1) : undefined;
      },
      set: ignored,
    },
    workload: {
      get: workload,
      set: (next: FakeWorld['workload']) => {
        if (next.attempt === null) return;
        restarts.push({at: timers.now(), worth: installation.restart('pod', next.attempt)});
      },
    },
  });
  return {installation, world, restarts, look, catchUp};
};

/** Made anew when the key is another. */
const lastOf = <T>(keyOf: () => string, make: () => T): (() => T) => {
  let last: {readonly key: string; readonly value: T} | null = null;
  return () => {
    const key = keyOf();
    if (last?.key !== key) last = {key, value: make()};
    return last.value;
  };
};

const inNamespace = (namespace: string, sight: ClusterSight): ClusterSight => {
  const one = sight.workload.known ? singleWorkload(sight.workload) : null;
  return one === null ? sight : {...sight, workload: known({found: 'one', workload: {...one, namespace}})};
};

/** Several Frigates under one `serve`, each with its own occurrences. */
export const simulatedFleet = ({
  frigates: wanted,
  from,
  profile,
  random,
  poll = POLL,
  step = STEP,
  warningAlert = minutes(30),
}: FleetOptions): SimulatedFleet => {
  const timers = new FakeTimers({now: instant(Math.round(from * 1000))});
  const targets = Object.keys(wanted).map((namespace): FrigateTarget => ({
    id: instanceId(namespace, 'frigate'),
    namespace,
    name: 'frigate',
    kind: 'Deployment',
    url: null,
    foundBy: 'labels',
    stale: false,
    lastError: null,
  }));
  const frigates = new Map(
    Object.entries(wanted).map(([namespace, options]) => [
      instanceId(namespace, 'frigate'),
      frigateIn(namespace, options, timers, step),
    ]),
  );
  const store = storeOver(timers);
  store.setTargets(targets);
  const fleet = new FleetSafety({frigates: () => store.frigates, incidents: () => store.incidents});
  const ending = new AbortController();
  const portsFor = (id: InstanceId): PassPorts => {
    const frigate = frigates.get(id);
    if (frigate === undefined) throw new Error(`there is no ${id}`);
    const {world, installation, look, catchUp} = frigate;
    const settings = aSettings({
      profile,
      apiTimeout: API_TIMEOUT[profile],
      policy: aPolicy({profile, interval: minutes(5), warningAlert}),
    });
    const ports = world.world(settings, 'serve on a bench');
    return {
      ...ports,
      clock: timers,
      openFrigate: async (address, signal) => {
        catchUp();
        if (installation.door('/api/stats') === 'silent')
          await timers.sleep(milliseconds(2 * API_TIMEOUT[profile]), signal);
        return ports.openFrigate(address, signal);
      },
      cluster: {
        ...ports.cluster,
        serverTime: () => timers.now(),
        readMemoryUse: () => {
          catchUp();
          return Promise.resolve(memoryUseOf(installation));
        },
        watches: watchesOver(look, timers, step),
        openLog: ({since}, signal) => Promise.resolve(known(follow(installation, timers, {since, step}, signal))),
      },
    };
  };
  const engine = new Engine(
    {
      clock: timers,
      portsFor: ({id}) => portsFor(id),
      pollFor: () => poll,
      demand: SERVE_DEMAND,
      random,
      fleet,
      store,
      journalFor: () => () => undefined,
    },
    {lost: ending.signal, holds: () => !ending.signal.aborted},
    ending.signal,
  );
  engine.setTargets(targets);
  return {
    timers,
    frigates,
    store,
    end: async () => {
      ending.abort();
      await timers.advance(seconds(1));
    },
  };
};

export interface Simulated extends SimulatedFrigate {
  readonly timers: FakeTimers;
  /** What the API shows. */
  readonly changes: () => readonly StatusChange[];
  /** What was judged last. */
  readonly frigate: () => JudgedFrigate | null;
  readonly end: () => Promise<void>;
}

export interface SimulatedOptions extends Omit<FleetOptions, 'frigates'> {
  readonly occurrences: readonly Occurrence[];
}

/** One Frigate under one `serve`. */
export const simulatedServe = ({occurrences, ...options}: SimulatedOptions): Simulated => {
  const {timers, frigates, store, end} = simulatedFleet({...options, frigates: {frigate: {occurrences}}});
  const frigate = frigates.get(ID);
  if (frigate === undefined) throw new Error(`there is no ${ID}`);
  return {
    ...frigate,
    timers,
    changes: () => store.current.frigates.get(ID)?.changes ?? [],
    frigate: () => store.current.frigates.get(ID)?.judged ?? null,
    end,
  };
};

const storeOver = (timers: FakeTimers): FleetStore =>
  new FleetStore({
    clock: timers,
    now: timers.now,
    daemon: {
      version: '0.0.0',
      startedAt: timers.now(),
      components: {},
      breakers: [],
      leader: {leads: true, identity: 'a', holder: 'a'},
      ready: false,
      debugFailureUntil: null,
    },
    discovery: {mode: 'auto', namespaces: [], lastRelistAt: null, refreshEvery: seconds(30), lastError: null},
    incidentsOf: fleetIncidents,
  });

/** News whenever what it shows is another. */
const watchesOver = (look: () => ClusterSight, timers: FakeTimers, step: Duration): Cluster['watches'] => {
  const follow = async <T>(
    what: () => T,
    onNews: (news: {readonly kind: 'observed'; readonly live: boolean; readonly value: T}) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    let before = '';
    while (!signal.aborted) {
      const value = what();
      const now = JSON.stringify(value);
      if (now !== before) onNews({kind: 'observed', live: true, value});
      before = now;
      await timers.sleep(step, signal);
    }
  };
  return {
    frigates: () => Promise.resolve(),
    target: (_workload, onNews, signal) => follow(() => ({search: look().workload, pods: look().pods}), onNews, signal),
    node: (_name, onNews, signal) =>
      follow(() => look().node as Known<Extract<Observation['node'], {known: true}>['value'] & object>, onNews, signal),
    events: (_workload, onNews, signal) =>
      follow(
        () => {
          const {events} = look();
          return events.known ? events.value : [];
        },
        onNews,
        signal,
      ),
  };
};

/** The log of one container until it ends. */
const follow = async function* (
  installation: Installation,
  timers: FakeTimers,
  {since, step}: {readonly since: Instant | null; readonly step: Duration},
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const {containerNumber} = installation;
  let from = since ?? earlier(timers.now(), minutes(10));
  while (!signal.aborted && installation.containerNumber === containerNumber && installation.running) {
    const to = timers.now();
    const lines = logLines(installation.run, {from: from / 1000, to: to / 1000});
    from = to;
    if (lines.length > 0)
      yield Buffer.from(lines.map((line) => `${new Date(line.at * 1000).toISOString()} ${printed(line)}\n`).join(''));
    await timers.sleep(step, signal);
  }
};

export {NEW_YEAR};
