/** `serve` over Frigates of plain objects and a time that passes only when the test says so: one FakeWorld for each Frigate. */
import {known, type Known} from '../../../src/core/known.js';
import {seconds, type Duration} from '../../../src/core/time.js';
import type {Cluster} from '../../../src/kubernetes/cluster.js';
import {instanceId, type FrigateTarget, type InstanceId} from '../../../src/outcome/fleet.js';
import type {JournalEvent, JournalFields} from '../../../src/pass/journal.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {SERVE_DEMAND} from '../../../src/usecases/serve/demand.js';
import {Engine} from '../../../src/usecases/serve/engine.js';
import {fleetIncidents, FleetSafety} from '../../../src/usecases/serve/fleet-safety.js';
import {FleetStore} from '../../../src/usecases/serve/fleet-store.js';
import type {Term} from '../../../src/usecases/serve/leader.js';
import {FakeTimers} from '../../support/fake-timers.js';
import {aSettings, FakeWorld} from '../../support/fake-world.js';
import {aPolicy} from '../../support/observation.js';

const POLL = seconds(2);

export interface Line {
  readonly event: JournalEvent;
  readonly fields: JournalFields;
}

/** A log that says nothing until it is closed. */
const silence = async function* (signal: AbortSignal): AsyncGenerator<Buffer> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });
  yield* [];
};

/** The watches of a world: what stands is said at once, and again when it is another. */
const watchesOver = (world: FakeWorld, timers: FakeTimers): Cluster['watches'] => {
  const follow = async <T>(
    what: () => T,
    onNews: (news: {readonly kind: 'observed'; readonly live: boolean; readonly value: T}) => void,
    signal: AbortSignal,
    changed: () => unknown,
  ): Promise<void> => {
    let before: unknown = {};
    while (!signal.aborted) {
      const now = changed();
      if (now !== before) onNews({kind: 'observed', live: true, value: what()});
      before = now;
      await timers.sleep(seconds(1), signal);
    }
  };
  return {
    frigates: () => Promise.resolve(),
    target: (_workload, onNews, signal) =>
      follow(
        () => ({search: known({found: 'one' as const, workload: world.workload}), pods: known([world.pod])}),
        onNews,
        signal,
        () => world.workload,
      ),
    node: (_name, onNews, signal) =>
      follow(
        () => world.node as Known<NonNullable<Extract<typeof world.node, {known: true}>['value']>>,
        onNews,
        signal,
        () => world.node,
      ),
    events: (_workload, onNews, signal) =>
      follow(
        () => [],
        onNews,
        signal,
        () => 'none',
      ),
  };
};

export class Stage {
  readonly timers = new FakeTimers();
  readonly worlds = new Map<InstanceId, FakeWorld>();
  readonly lines: Line[] = [];
  readonly store: FleetStore;
  readonly fleet: FleetSafety;
  /** Milliseconds that a poll of this Frigate takes; absent: none. */
  readonly slow = new Map<InstanceId, Duration>();
  /** Milliseconds that each poll began too late. */
  readonly lags: number[] = [];
  profile: 'steady' | 'fast' = 'steady';
  /** What is done to the ports of an engine that begins. */
  wrap: (ports: PassPorts) => PassPorts = (ports) => ports;

  constructor(names: readonly string[] = ['frigate']) {
    for (const name of names) {
      const world = new FakeWorld();
      Object.defineProperty(world, 'now', {get: () => this.timers.now()});
      this.worlds.set(instanceId(name, 'frigate'), world);
    }
    this.store = this.newStore();
    this.fleet = new FleetSafety({frigates: () => this.store.frigates, incidents: () => this.store.incidents});
    this.store.setTargets(this.targets);
  }

  get targets(): readonly FrigateTarget[] {
    return [...this.worlds.keys()].map((id) => ({
      id,
      namespace: id.split('.')[0] ?? '',
      name: 'frigate',
      kind: 'Deployment',
      url: null,
      foundBy: 'labels',
      stale: false,
      lastError: null,
    }));
  }

  newStore(): FleetStore {
    return new FleetStore({
      clock: this.timers,
      now: this.timers.now,
      daemon: {
        version: '0.0.0',
        startedAt: this.timers.now(),
        components: {},
        breakers: [],
        leader: {leads: true, identity: 'a', holder: 'a'},
        ready: false,
        debugFailureUntil: null,
      },
      discovery: {mode: 'auto', namespaces: [], lastRelistAt: null, refreshEvery: seconds(30), lastError: null},
      incidentsOf: fleetIncidents,
    });
  }

  world(id: InstanceId = 'frigate.frigate'): FakeWorld {
    const world = this.worlds.get(id);
    if (world === undefined) throw new Error(`there is no ${id}`);
    return world;
  }

  /** An engine with its own view of the same Frigates; a second one has a store and a budget of its own. */
  engine(term: Term, signal: AbortSignal, runner = 'serve on a', store = this.store, fleet = this.fleet): Engine {
    const engine = new Engine(
      {
        clock: this.timers,
        portsFor: ({id}) => this.#ports(id, runner),
        pollFor: () => POLL,
        demand: SERVE_DEMAND,
        onPollLag: (late) => this.lags.push(late),
        random: () => 0.5,
        fleet,
        store,
        journalFor: () => (event, fields) => this.lines.push({event, fields}),
      },
      term,
      signal,
    );
    engine.setTargets(this.targets);
    return engine;
  }

  events(event: JournalEvent): readonly JournalFields[] {
    return this.lines.filter((line) => line.event === event).map(({fields}) => fields);
  }

  #ports(id: InstanceId, runner: string): PassPorts {
    const world = this.world(id);
    const ports = world.world(aSettings({policy: aPolicy({profile: this.profile})}), runner);
    return this.wrap({
      ...ports,
      clock: this.timers,
      openFrigate: async (address, signal) => {
        await this.timers.sleep(this.slow.get(id) ?? seconds(0), signal);
        return ports.openFrigate(address, signal);
      },
      cluster: {
        ...ports.cluster,
        watches: watchesOver(world, this.timers),
        openLog: (_request, signal) => Promise.resolve(known(silence(signal))),
      },
    });
  }
}

/** A term that lasts until the test ends it. */
export const aTerm = (): Term & {lose(): void} => {
  const loss = new AbortController();
  return {lost: loss.signal, holds: () => !loss.signal.aborted, lose: () => loss.abort()};
};
