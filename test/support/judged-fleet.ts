/** A fleet snapshot of what the real pass observes and judges in the scenarios of the simulator. */
import assert from 'node:assert/strict';
import {encodeState} from '../../src/core/state/encode.js';
import {encodeLegacy} from '../../src/core/state/legacy.js';
import type {State} from '../../src/core/state/state.js';
import {instant, minutes, seconds} from '../../src/core/time.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import {instanceId, type FleetSnapshot, type FrigateStatus} from '../../src/outcome/fleet.js';
import {judge, onlyJudging} from '../../src/pass/judge.js';
import {observe} from '../../src/pass/observe.js';
import {openPorts} from '../../src/pass/open-ports.js';
import {DOCUMENT_KEY, StateStore} from '../../src/pass/state-store.js';
import {findScenario, scenarios} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import {buildReport} from '../../src/usecases/build-report.js';
import {FakeTimers} from './fake-timers.js';
import {aSettings} from './fake-world.js';

export const SCENARIO_NAMES: readonly string[] = scenarios.map(({name}) => name);

export const FLEET_STARTED = instant(Date.UTC(2026, 9, 10, 3, 10));

const recalledState = (state: State): ReadonlyMap<string, string> =>
  new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]);

const judged = new Map<string, Promise<FrigateStatus>>();

/** The Frigate of a scenario, observed once in a process; its namespace is the name of the scenario. */
export const judgedFrigate = (scenario: string): Promise<FrigateStatus> => {
  const found = judged.get(scenario) ?? observeAndJudge(scenario);
  judged.set(scenario, found);
  return found;
};

const observeAndJudge = async (name: string): Promise<FrigateStatus> => {
  const scenario = findScenario(name);
  assert.ok(scenario, name);
  const simulator = await startSimulator(scenario, {pace: 'still', startAt: FLEET_STARTED, encodeState: recalledState});
  // The simulator stands still; deadlines pass by a clock of their own, so that a Frigate that never answers ends the question.
  const timers = new FakeTimers();
  const passing = setInterval(() => void timers.advance(seconds(1)), 20);
  const cluster = await connect(
    {
      server: simulator.cluster.url,
      token: 'token-demo',
      kubeconfig: null,
      env: {HOME: '/nonexistent'},
      preferInCluster: false,
    },
    timers,
  );
  assert.ok(!isConnectError(cluster));
  const {ports, close} = await openPorts(
    {
      settings: aSettings({apiTimeout: seconds(2), policy: {...aSettings().policy, interval: minutes(5)}}),
      signal: new AbortController().signal,
      stdout: () => undefined,
      warn: () => undefined,
      timers,
      version: '0.1.0',
      open: () =>
        Promise.resolve({cluster, clock: timers.showing(() => simulator.clock.now()), close: () => simulator.close()}),
    },
    'a test',
  );
  try {
    const store = new StateStore(ports.cluster, ports.namespace, ports.settings.stateName);
    const signal = new AbortController().signal;
    const observed = await observe(ports, store, {kind: null, permissions: null, cronJob: 'none'}, signal);
    const judgement = judge(observed, onlyJudging(ports));
    const {observation} = observed;
    const {history} = observation.frigate;
    return {
      target: {
        id: instanceId(name, 'frigate'),
        namespace: name,
        name: 'frigate',
        kind: 'Deployment',
        url: null,
        foundBy: 'labels',
        stale: false,
        lastError: null,
      },
      judged: {
        at: observation.at,
        observation,
        ...judgement,
        state: judgement.decision.next,
        report: () =>
          buildReport(ports, observed, judgement, {only: null, skip: new Set(), failOn: 'critical', duration: 0}),
      },
      health: judgement.diagnosis.health,
      since: observation.at,
      changes: [],
      trend: history.known ? history.value : [],
      filling: [],
    };
  } finally {
    clearInterval(passing);
    await close();
  }
};

/** The same Frigate under another name. */
export const renamed = (frigate: FrigateStatus, namespace: string, name = 'frigate'): FrigateStatus => ({
  ...frigate,
  target: {...frigate.target, id: instanceId(namespace, name), namespace, name},
});

/** One that discovery found and nobody judged yet. */
export const notJudged = (frigate: FrigateStatus): FrigateStatus => ({...frigate, judged: null, health: 'unknown'});

/** The snapshot of a leader that holds these Frigates. */
export const fleetOf = (frigates: readonly FrigateStatus[], changes: Partial<FleetSnapshot> = {}): FleetSnapshot => ({
  sequence: 1,
  at: FLEET_STARTED,
  frigates: new Map(
    [...frigates].sort((a, b) => (a.target.id < b.target.id ? -1 : 1)).map((each) => [each.target.id, each]),
  ),
  incidents: [],
  discovery: {mode: 'auto', namespaces: [], lastRelistAt: FLEET_STARTED, refreshEvery: seconds(30), lastError: null},
  daemon: {
    version: '0.1.0',
    startedAt: instant(FLEET_STARTED - minutes(60)),
    components: {
      kubernetes_api: {status: 'healthy', error: null, lastAt: FLEET_STARTED},
      judge: {status: 'degraded', error: 'late', lastAt: null},
    },
    breakers: [
      {name: 'kubernetes', state: 'closed', failures: 0, openedAt: null, lastError: null},
      {name: 'frigate nvr.frigate', state: 'open', failures: 3, openedAt: FLEET_STARTED, lastError: 'refused'},
    ],
    leader: {leads: true, identity: 'frigate-health-0', holder: 'frigate-health-0'},
    ready: true,
    debugFailureUntil: null,
  },
  ...changes,
});

/** The part of the snapshot about the daemon, with changes. */
export const daemonOf = (changes: Partial<FleetSnapshot['daemon']>): FleetSnapshot['daemon'] => ({
  ...fleetOf([]).daemon,
  ...changes,
});
