/** `--demo`: the same program against a simulated cluster and Frigate in this process. Loaded only when it is asked for. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {encodeState} from '../core/state/encode.js';
import {encodeLegacy} from '../core/state/legacy.js';
import type {State} from '../core/state/state.js';
import type {Timers} from '../core/timers.js';
import {findScenario, scenarios} from '../simulator/scenarios/scenarios.js';
import {startSimulator} from '../simulator/simulator.js';
import type {Simulator} from '../simulator/simulator.js';
import {connect, isConnectError, type Opening} from '../kubernetes/connect.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {ClusterConnection} from '../pass/context.js';
import {DOCUMENT_KEY} from '../pass/state-store.js';
import {CommandFailure} from '../outcome/failure.js';
import {nearest} from '../settings/nearest.js';

const stateData = (state: State): ReadonlyMap<string, string> =>
  new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]);

/** The names of the scenarios and what each of them shows. */
export const scenarioList = (): string => {
  const width = Math.max(...scenarios.map(({name}) => name.length)) + 2;
  return scenarios.map(({name, title}) => `${name.padEnd(width)}${title}\n`).join('');
};

/** Connects as a user does: with a kubeconfig file, which is deleted when the simulator closes. */
const connectTo = async (
  simulator: Simulator,
  timers: Timers,
  opening: Opening,
): Promise<ClusterConnection | ConnectError> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-demo-'));
  const close = async (): Promise<void> => {
    await rm(folder, {recursive: true, force: true});
    await simulator.close();
  };
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, simulator.kubeconfig(), {mode: 0o600});
  const cluster = await connect({kubeconfig, env: {}, preferInCluster: false}, timers, opening);
  if (isConnectError(cluster)) {
    await close();
    return cluster;
  }
  return {cluster, clock: {...timers, now: () => simulator.clock.now()}, close};
};

/** Starts the simulator of a scenario and connects to its cluster; an unknown name ends the command. */
export const demoConnection = async (
  name: string,
  stateName: string,
  timers: Timers,
  opening: Opening = {},
): Promise<ClusterConnection | ConnectError> => {
  const scenario = findScenario(name);
  if (scenario === undefined) {
    const near = nearest(
      name,
      scenarios.map((known) => known.name),
    );
    throw new CommandFailure(
      'usage',
      `There is no scenario ${name}${near === null ? '' : `; did you mean ${near}?`}`,
      'kubectl frigate-health check --demo=list',
    );
  }
  return connectTo(await startSimulator(scenario, {encodeState: stateData, stateName}), timers, opening);
};
