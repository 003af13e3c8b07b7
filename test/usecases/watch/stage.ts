/** A watching over real sockets against the simulated cluster, with the store of the screen behind it. */
import assert from 'node:assert/strict';
import {processTimers} from '../../../src/cli/timers.js';
import {findScenario} from '../../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../../src/simulator/simulator.js';
import {connect, isConnectError} from '../../../src/kubernetes/connect.js';
import {watch, type Watching} from '../../../src/usecases/watch/watch.js';
import {milliseconds, seconds} from '../../../src/core/time.js';
import type {CustomProbes} from '../../../src/pass/custom-probes.js';
import {createStore, type Snapshot, type Store} from '../../../src/tui/store.js';
import {aPolicy} from '../../support/observation.js';
import {aSettings} from '../../support/fake-world.js';

/** As on the screen. */
const GAP = 250;
const TICK = 500;
const POLL = seconds(2);

export interface Stage extends AsyncDisposable {
  readonly world: Simulator;
  readonly watching: Watching;
  readonly store: Store;
  /** Milliseconds until a snapshot holds it. */
  readonly shows: (holds: (snapshot: Snapshot) => boolean, limit?: number) => Promise<number>;
  /** Every judgement so far. */
  readonly judged: Set<unknown>;
}

/** `kubeconfigOf`: makes the path of a kubeconfig for the API server at this address; a token that does not expire without it. */
export const stageOf = async (
  name = 'healthy',
  kubeconfigOf: ((server: string) => string) | null = null,
  custom: CustomProbes | null = null,
  options: Parameters<typeof startSimulator>[1] = {},
): Promise<Stage> => {
  const scenario = findScenario(name);
  assert.ok(scenario);
  const world = await startSimulator(scenario, options);
  const env = {HOME: '/nonexistent', PATH: process.env['PATH']};
  const cluster = await connect(
    kubeconfigOf === null
      ? {server: world.cluster.url, token: 'token-demo', kubeconfig: null, env, preferInCluster: false}
      : {kubeconfig: kubeconfigOf(world.cluster.url), env, preferInCluster: false},
    processTimers,
  );
  assert.ok(!isConnectError(cluster));
  const clock = {...processTimers, now: () => world.clock.now()};
  const policy = aPolicy();
  const ending = new AbortController();
  const context = {
    settings: aSettings({apiTimeout: milliseconds(10_000), policy}),
    ...(custom === null ? {} : {custom}),
    signal: ending.signal,
    stdout: () => undefined,
    warn: () => undefined,
    timers: processTimers,
    version: '0.0.0',
    open: () => Promise.resolve({cluster, clock, close: () => world.close()}),
  };
  const judged = new Set<unknown>();
  const watching = await watch(context, {kind: null, interval: POLL, random: () => 0.5});
  const store = createStore({
    source: {
      ...watching,
      observe: () => {
        const live = watching.observe();
        judged.add(live.judgement);
        return live;
      },
    },
    policy,
    interval: POLL,
    gap: milliseconds(GAP),
    now: clock.now,
    monotonic: clock.monotonic,
    later: (work, length) => {
      const timer = setTimeout(work, length);
      return () => clearTimeout(timer);
    },
  });
  watching.subscribe(store.update);
  const ticking = setInterval(() => store.tick(), TICK);
  const shows = (holds: (snapshot: Snapshot) => boolean, limit = 15_000): Promise<number> =>
    new Promise((resolve, reject) => {
      const begun = performance.now();
      const look = (): void => {
        if (!holds(store.get())) return;
        done();
        resolve(performance.now() - begun);
      };
      const leave = store.subscribe(look);
      const timer = setTimeout(() => {
        done();
        const {freshness, view} = store.get();
        reject(
          new Error(
            `it was never shown: ${JSON.stringify({freshness, pod: view?.pod, sources: view?.live.watchState.sources})}`,
          ),
        );
      }, limit);
      const done = (): void => {
        leave();
        clearTimeout(timer);
      };
      look();
    });
  return {
    world,
    watching,
    store,
    shows,
    judged,
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      store.close();
      await watching.close();
    },
  };
};

export const isWell = ({view, freshness}: Snapshot): boolean =>
  view?.live.complete === true && view.live.judgement.diagnosis.health === 'healthy' && freshness.live;
