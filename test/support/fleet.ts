/** A fleet as `serve` publishes it, made of simulated Frigates that the real pass observed and judged. */
import assert from 'node:assert/strict';
import {encodeLegacy} from '../../src/core/state/legacy.js';
import {encodeState} from '../../src/core/state/encode.js';
import type {State} from '../../src/core/state/state.js';
import {instant, later, milliseconds, minutes, seconds, type Instant} from '../../src/core/time.js';
import {valueOr} from '../../src/core/known.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import {
  instanceId,
  type FleetSnapshot,
  type FrigateStatus,
  type JudgedFrigate,
  type StatusChange,
} from '../../src/outcome/fleet.js';
import {openPorts} from '../../src/pass/open-ports.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {runPass, type Pass} from '../../src/pass/run-pass.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import {buildReport} from '../../src/usecases/build-report.js';
import {FakeTimers} from './fake-timers.js';
import {aSettings} from './fake-world.js';

export const FLEET_START = instant(Date.UTC(2026, 9, 10, 3, 10));
const OBSERVED_FOR = minutes(10);
/** When the last pass observed: what the clocks of tests show. */
export const FLEET_NOW = later(FLEET_START, OBSERVED_FOR);

const judgedFrom = (ports: PassPorts, {observed, judgement, state}: Pass): JudgedFrigate => ({
  at: observed.observation.at,
  observation: observed.observation,
  ...judgement,
  state,
  report: () => buildReport(ports, observed, judgement, {only: null, skip: new Set(), failOn: 'critical', duration: 0}),
});

const changesOf = (passes: readonly Pass[]): readonly StatusChange[] =>
  passes.flatMap(({observed, judgement: {diagnosis}}, index) => {
    const before = passes[index - 1]?.judgement.diagnosis;
    return before?.health === diagnosis.health && before.cause === diagnosis.cause
      ? []
      : [{at: observed.observation.at, health: diagnosis.health, cause: diagnosis.cause, summary: diagnosis.summary}];
  });

const recalledState = (state: State): ReadonlyMap<string, string> =>
  new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]);

const observeOnce = async (name: string, count: number): Promise<FrigateStatus> => {
  const scenario = findScenario(name);
  assert.ok(scenario, name);
  const world = await startSimulator(scenario, {pace: 'still', startAt: FLEET_START, encodeState: recalledState});
  // They stand still, so that no deadline passes; a Frigate that never answers would hold the pass for ever, so time passes by itself.
  const timers = new FakeTimers();
  const cluster = await connect(
    {
      server: world.cluster.url,
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
      settings: aSettings({apiTimeout: milliseconds(2000)}),
      signal: new AbortController().signal,
      stdout: () => undefined,
      warn: () => undefined,
      timers,
      version: '0.1.0',
      open: () =>
        Promise.resolve({cluster, clock: timers.showing(() => world.clock.now()), close: () => world.close()}),
    },
    'a test',
  );
  const passes: Pass[] = [];
  let isOver = false;
  const passing = (async (): Promise<void> => {
    while (!isOver) {
      await timers.advance(seconds(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  try {
    for (let pass = 0; pass < count; pass += 1) {
      await world.clock.advance(milliseconds(OBSERVED_FOR / count));
      passes.push(await runPass(ports, {request: null, dryRun: false}, () => undefined, new AbortController().signal));
    }
  } finally {
    isOver = true;
    await passing;
    await close();
  }
  const last = passes.at(-1);
  assert.ok(last);
  const judged = judgedFrom(ports, last);
  const changes = changesOf(passes);
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
    judged,
    health: judged.diagnosis.health,
    since: changes.at(-1)?.at ?? judged.at,
    changes,
    filling: [],
    trend: valueOr(judged.observation.frigate.history, []),
  };
};

const observed = new Map<string, Promise<FrigateStatus>>();

/**
 * The Frigate of a scenario after so many passes in ten minutes; each is observed once in a process. Two passes are enough for
 * a restart. Its namespace is the name of the scenario.
 */
export const frigateOf = (scenario: string, passes = 2): Promise<FrigateStatus> => {
  const key = `${scenario} ${passes}`;
  const found = observed.get(key) ?? observeOnce(scenario, passes);
  observed.set(key, found);
  return found;
};

/** A Frigate that discovery found and nobody observed yet. */
export const unobserved = (namespace: string, name = 'frigate'): FrigateStatus => ({
  target: {
    id: instanceId(namespace, name),
    namespace,
    name,
    kind: 'StatefulSet',
    url: null,
    foundBy: 'image',
    stale: true,
    lastError: 'list statefulsets.apps: HTTP 503',
  },
  judged: null,
  health: 'unknown',
  since: FLEET_NOW,
  changes: [],
  trend: [],
  filling: [],
});

/** A Frigate outside Kubernetes. */
export const staticFrigate = (name: string): FrigateStatus => ({
  ...unobserved('static', name),
  target: {
    ...unobserved('static', name).target,
    kind: 'url',
    url: 'http://192.0.2.7:5000',
    foundBy: 'targets-file',
    stale: false,
    lastError: null,
  },
});

const healthyComponent = (at: Instant): FleetSnapshot['daemon']['components']['judge'] & object => ({
  status: 'healthy',
  error: null,
  lastAt: at,
});

export const snapshotOf = (
  frigates: readonly FrigateStatus[],
  changes: Partial<FleetSnapshot> = {},
): FleetSnapshot => ({
  sequence: 1,
  at: FLEET_NOW,
  frigates: new Map(
    [...frigates].sort((a, b) => (a.target.id < b.target.id ? -1 : 1)).map((frigate) => [frigate.target.id, frigate]),
  ),
  incidents: [],
  discovery: {
    mode: 'auto',
    namespaces: [],
    lastRelistAt: instant(FLEET_NOW - 12_000),
    refreshEvery: seconds(30),
    lastError: null,
  },
  daemon: {
    version: '0.1.0',
    startedAt: instant(FLEET_NOW - 3_600_000),
    components: {
      kubernetes_api: healthyComponent(FLEET_NOW),
      discovery: healthyComponent(FLEET_NOW),
      polls: healthyComponent(FLEET_NOW),
      judge: healthyComponent(FLEET_NOW),
      state: healthyComponent(FLEET_NOW),
    },
    breakers: [],
    leader: {leads: true, identity: 'frigate-health-0', holder: 'frigate-health-0'},
    ready: true,
    debugFailureUntil: null,
  },
  ...changes,
});
