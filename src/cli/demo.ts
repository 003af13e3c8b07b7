/** `--demo`: the same program against a simulated cluster and Frigate in this process. Loaded only when it is asked for. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {encodeState} from '../core/state/codec.js';
import {encodeLegacy} from '../core/state/legacy.js';
import type {State} from '../core/state/state.js';
import {findScenario, scenarios} from '../demo/scenarios.js';
import {startWorld} from '../demo/world.js';
import type {World} from '../demo/world.js';
import {connect, isConnectError} from '../kubernetes/connect.js';
import type {ConnectError} from '../kubernetes/connect-error.js';
import type {Gate} from '../pass/context.js';
import {DOCUMENT_KEY} from '../pass/state-store.js';
import {CommandFailure} from '../report/failure.js';
import {nearest} from '../settings/nearest.js';

const remembered = (state: State): ReadonlyMap<string, string> =>
  new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]);

/** The names of the scenarios and what each of them shows. */
export const scenarioList = (): string => {
  const width = Math.max(...scenarios.map(({name}) => name.length)) + 2;
  return scenarios.map(({name, title}) => `${name.padEnd(width)}${title}\n`).join('');
};

/** Connects as a person would: by a kubeconfig file, which lives as long as the world. */
const enter = async (world: World): Promise<Gate | ConnectError> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-demo-'));
  const close = async (): Promise<void> => {
    await rm(folder, {recursive: true, force: true});
    await world.close();
  };
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, world.kubeconfig(), {mode: 0o600});
  const cluster = await connect({kubeconfig, env: {}, preferInCluster: false});
  if (isConnectError(cluster)) {
    await close();
    return cluster;
  }
  return {cluster, clock: {now: () => world.clock.now(), monotonic: () => performance.now()}, close};
};

/** Starts the world of a scenario and opens its cluster; an unknown name ends the command. */
export const demoGate = async (name: string, stateName: string): Promise<Gate | ConnectError> => {
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
  return enter(await startWorld(scenario, {encodeState: remembered, stateName}));
};
