/** Simulated worlds for programs that run outside of this process: each with a kubeconfig file to reach it by. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {encodeState} from '../../src/core/state/encode.js';
import {encodeLegacy} from '../../src/core/state/legacy.js';
import type {Disturbance} from '../../src/simulator/api/disruption.js';
import type {Scenario} from '../../src/simulator/scenarios/scenario.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator, type SimulatorOptions} from '../../src/simulator/simulator.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';

export interface OpenSimulator extends Simulator {
  /** Path of a kubeconfig for it. */
  readonly file: string;
}

export const scenarioNamed = (name: string): Scenario => {
  const scenario = findScenario(name);
  if (scenario === undefined) throw new Error(`no scenario is called ${name}`);
  return scenario;
};

const open: OpenSimulator[] = [];

/** A world that lives until `closeWorlds`. */
export const aWorld = async (scenario: string | Scenario, options: SimulatorOptions = {}): Promise<OpenSimulator> => {
  const recalledState: NonNullable<SimulatorOptions['encodeState']> = (state) =>
    new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]);
  const world = await startSimulator(typeof scenario === 'string' ? scenarioNamed(scenario) : scenario, {
    encodeState: recalledState,
    ...options,
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-test-'));
  const file = path.join(folder, 'kubeconfig');
  await writeFile(file, world.kubeconfig(), {mode: 0o600});
  const opened: OpenSimulator = {
    scenario: world.scenario,
    clock: world.clock,
    cluster: world.cluster,
    namespace: world.namespace,
    workload: world.workload,
    file,
    kubeconfig: (user) => world.kubeconfig(user),
    get directPort() {
      return world.directPort;
    },
    close: async () => {
      await world.close();
      await rm(folder, {recursive: true, force: true});
    },
  };
  open.push(opened);
  return opened;
};

export const closeWorlds = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((world) => world.close()));
};

/** Disturbs every request whose method and path match, such as `GET .../pods`. */
export const disturb = (world: Simulator, pattern: RegExp, answer: Disturbance, times?: number): void => {
  world.cluster.disruptions.add({
    match: ({method, path: asked}) => pattern.test(`${method} ${asked}`),
    answer,
    ...(times === undefined ? {} : {times}),
  });
};

/** What was asked, `METHOD path` without the query. */
export const asked = (world: Simulator): readonly string[] =>
  world.cluster.requests.map(({method, path: target}) => `${method} ${target.split('?')[0] ?? ''}`);

/** Changes of anything but the answer to a question about one's own rights. */
export const writes = (world: Simulator): readonly string[] =>
  asked(world).filter(
    (request) =>
      !request.startsWith('GET ') &&
      !/^POST \/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/.test(request),
  );

/** Waits until a request came that matches. */
export const untilAsked = async (world: Simulator, pattern: RegExp): Promise<void> => {
  const deadline = Date.now() + 8000;
  while (!asked(world).some((request) => pattern.test(request))) {
    if (Date.now() > deadline) throw new Error(`nobody asked ${pattern.source}: ${asked(world).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
