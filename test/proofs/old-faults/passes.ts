/** Passes of `run-cron` over a simulated cluster, five minutes of its time apart, with a mailbox: what the old checker was run against, too. */
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import type {AddressInfo} from 'node:net';
import {SMTPServer} from 'smtp-server';
import {processTimers} from '../../../src/cli/timers.js';
import {minutes} from '../../../src/core/time.js';
import type {KubeObject, PodObject} from '../../../src/simulator/api/objects.js';
import {asPod} from '../../../src/simulator/api/objects.js';
import type {Scenario} from '../../../src/simulator/scenarios/scenario.js';
import {findScenario} from '../../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator, type SimulatorOptions} from '../../../src/simulator/simulator.js';
import {tokenOf} from '../../../src/simulator/cluster.js';
import {connect} from '../../../src/kubernetes/connect.js';
import {runCron} from '../../../src/usecases/run-cron.js';
import {isSettings, load} from '../../../src/settings/load.js';

export type Line = Readonly<Record<string, unknown>> & {readonly event: string};

/** What one pass said of itself in its last line. */
export interface Pass {
  readonly lines: readonly Line[];
  readonly health: unknown;
  readonly action: unknown;
  readonly rule: unknown;
  readonly exitCode: number;
  /** `diagnosed.summary`. */
  readonly summary: string;
}

export interface House {
  readonly world: Simulator;
  /** Subjects of the mails that arrived. */
  readonly mails: readonly string[];
  /** One pass now. */
  pass(): Promise<Pass>;
  /** Passes five minutes apart; `before` each. */
  passes(count: number, before?: (index: number) => void | Promise<void>): Promise<readonly Pass[]>;
  /** Restarts that the API server carried out. */
  restarts(): number;
  pods(): PodObject[];
  /** A pod like the one that runs, with changes, as a crash or an eviction leaves it behind. */
  leaveBehind(name: string, change: (pod: PodObject) => void): void;
  changeWorkload(change: (workload: KubeObject) => void): Promise<void>;
  close(): Promise<void>;
}

const lineOf = (lines: readonly Line[], event: string): Line => {
  const line = lines.findLast((each) => each.event === event);
  assert.ok(line, `${event} in ${JSON.stringify(lines).slice(0, 800)}`);
  return line;
};

const startMailbox = async (mails: string[]): Promise<SMTPServer> => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(/^Subject: (.*)$/m.exec(text)?.[1] ?? '');
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
};

export interface HouseOptions extends SimulatorOptions {
  readonly env?: Readonly<Record<string, string>>;
}

export const openHouse = async (
  scenario: string | Scenario,
  {env = {}, ...options}: HouseOptions = {},
): Promise<House> => {
  const named = typeof scenario === 'string' ? findScenario(scenario) : scenario;
  assert.ok(named, 'there is such a scenario');
  const world = await startSimulator(named, {pace: 'still', ...options});
  const mails: string[] = [];
  const mailbox = await startMailbox(mails);
  const settings = load({
    flags: {},
    readFile: () => null,
    env: {
      FRIGATE_HC_API_TIMEOUT_SECONDS: '1s',
      FRIGATE_HC_SMTP_HOST: '127.0.0.1',
      FRIGATE_HC_SMTP_PORT: String((mailbox.server.address() as AddressInfo).port),
      FRIGATE_HC_SMTP_TLS: 'none',
      FRIGATE_HC_SMTP_FROM: 'frigate@example.org',
      FRIGATE_HC_ALERT_EMAIL: 'me@example.org',
      ...env,
    },
  });
  assert.ok(isSettings(settings), JSON.stringify(settings));

  const pass = async (): Promise<Pass> => {
    const lines: Line[] = [];
    const {exitCode} = await runCron(
      {
        settings,
        timers: processTimers,
        version: '0.0.0',
        signal: new AbortController().signal,
        warn: () => undefined,
        stdout: (text) => void lines.push(JSON.parse(text) as Line),
        open: async () => {
          const cluster = await connect(
            {
              server: world.cluster.url,
              token: tokenOf('demo'),
              namespace: world.namespace,
              env: {},
              preferInCluster: false,
            },
            processTimers,
          );
          return 'fix' in cluster
            ? cluster
            : {
                cluster,
                clock: {...processTimers, now: () => world.clock.now()},
                close: () => Promise.resolve(),
              };
        },
      },
      {dryRun: false},
    );
    const {health, action, rule} = lineOf(lines, 'pass.ended');
    return {lines, health, action, rule, exitCode, summary: String(lineOf(lines, 'diagnosed')['summary'])};
  };
  const pods = (): PodObject[] => world.cluster.store.list('pods', world.namespace).map(asPod);

  return {
    world,
    mails,
    pass,
    pods,
    async passes(count, before = () => undefined) {
      const done: Pass[] = [];
      for (let index = 0; index < count; index += 1) {
        await before(index);
        done.push(await pass());
        await world.clock.advance(minutes(5));
      }
      return done;
    },
    restarts: () =>
      world.cluster.requests.filter(({method, status}) => method === 'PATCH' && (status === 200 || status === -1))
        .length,
    leaveBehind(name, change) {
      const [alive] = pods();
      assert.ok(alive);
      const pod = structuredClone(alive);
      pod.metadata.name = name;
      change(pod);
      world.cluster.store.create('pods', {...pod, metadata: {...pod.metadata, uid: randomUUID()}}, world.clock.now());
    },
    async changeWorkload(change) {
      world.cluster.store.update('deployments', world.namespace, world.workload, change);
      await world.cluster.simulation.settle();
    },
    async close() {
      await world.close();
      await new Promise<void>((resolve) => {
        mailbox.close(() => resolve());
      });
    },
  };
};
