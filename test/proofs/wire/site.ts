/** A simulated cluster over real sockets with the real client in front of it: everything of a pass but the process around it. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {processTimers} from '../../../src/cli/timers.js';
import {decodeState, type DecodedState} from '../../../src/core/state/codec.js';
import {encodeState} from '../../../src/core/state/encode.js';
import {encodeLegacy} from '../../../src/core/state/legacy.js';
import {milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {findScenario} from '../../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator as SimulatedWorld} from '../../../src/simulator/simulator.js';
import {connect, isConnectError} from '../../../src/kubernetes/connect.js';
import type {Message} from '../../../src/notify/mailer.js';
import {mailChannel} from '../../../src/notify/open-channels.js';
import {openPorts} from '../../../src/pass/open-ports.js';
import {runPass, type Pass} from '../../../src/pass/run-pass.js';
import {DOCUMENT_KEY} from '../../../src/pass/state-store.js';
import {isSettings, load} from '../../../src/settings/load.js';
import type {Settings} from '../../../src/settings/settings.js';

export const STATE = 'frigate-health-state';

/** Shorter than the real ones (10 s and more), so that a silent server costs a second of the proof. */
const API_TIMEOUT = seconds(1);
const REQUEST_LIMIT = seconds(1.2);

/** With limits that many times as long. */
const settingsOf = (patience: number): Settings => {
  const loaded = load({
    flags: {},
    env: {FRIGATE_HC_API_TIMEOUT_SECONDS: `${(API_TIMEOUT * patience) / 1000}s`},
    readFile: () => null,
  });
  if (!isSettings(loaded)) throw new Error(loaded.map(({message}) => message).join('; '));
  return loaded;
};

export interface Site {
  readonly world: SimulatedWorld;
  readonly kubeconfig: string;
  readonly mails: readonly Message[];
  pass(): Promise<Pass>;
  advance(length: Duration): Promise<void>;
  /** The remembered state as it stands; `null`: there is no ConfigMap. */
  state(): DecodedState | null;
  /** Rollouts of the workload that really happened since the site was opened. */
  rollouts(): number;
  close(): Promise<void>;
}

/** The API server counts every change of the specification: here only a rollout makes one. */
const generationOf = (world: SimulatedWorld): number =>
  world.cluster.store.get('deployments', world.namespace, world.workload)?.metadata['generation'] ?? 0;

/** `patience`: how many times as long as usual the limits are, on a machine that is busy. */
export const openSite = async (scenarioName: string, patience = 1): Promise<Site> => {
  const scenario = findScenario(scenarioName);
  if (scenario === undefined) throw new Error(`no scenario ${scenarioName}`);
  const world = await startSimulator(scenario, {
    pace: 'still',
    cameras: 2,
    encodeState: (state) => new Map([[DOCUMENT_KEY, encodeState(state)], ...encodeLegacy(state)]),
    stateName: STATE,
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-prove-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, world.kubeconfig(), {mode: 0o600});
  const mails: Message[] = [];
  const begun = generationOf(world);
  return {
    world,
    kubeconfig,
    mails,
    pass: () => passOver(world, kubeconfig, mails, patience),
    advance: async (length) => {
      await world.clock.advance(length);
    },
    state: () => {
      const map = world.cluster.store.get('configmaps', world.namespace, STATE);
      const data = map?.['data'] as Readonly<Record<string, string>> | undefined;
      return data === undefined ? null : decodeState(data[DOCUMENT_KEY] ?? '');
    },
    rollouts: () => generationOf(world) - begun,
    close: async () => {
      await world.close();
      await rm(folder, {recursive: true, force: true});
    },
  };
};

const passOver = async (
  simulated: SimulatedWorld,
  kubeconfig: string,
  mails: Message[],
  patience: number,
): Promise<Pass> => {
  const cluster = await connect(
    {
      kubeconfig,
      env: {},
      preferInCluster: false,
      requestTimeout: milliseconds(REQUEST_LIMIT * patience),
    },
    processTimers,
  );
  if (isConnectError(cluster)) throw new Error(cluster.message);
  const signal = AbortSignal.timeout(minutes(2));
  const gate = {
    cluster,
    clock: {...processTimers, now: () => simulated.clock.now()},
    close: () => Promise.resolve(),
  };
  const {ports, close} = await openPorts(
    {
      settings: settingsOf(patience),
      open: () => Promise.resolve(gate),
      signal,
      stdout: () => undefined,
      warn: () => undefined,
      timers: processTimers,
      version: '0.0.0',
    },
    'proof',
  );
  const mailer = {
    send: (message: Message) => {
      mails.push(message);
      return Promise.resolve({kind: 'delivered' as const});
    },
  };
  try {
    return await runPass(
      {...ports, channels: [mailChannel(mailer)]},
      {request: null, dryRun: false},
      () => undefined,
      signal,
    );
  } finally {
    await close();
  }
};
