/** The daemon killed at each of its questions around a restart, before and after it is carried out: one restart, none lost, none twice. */
import assert from 'node:assert/strict';
import {minutes, seconds} from '../../../src/core/time.js';
import {runPass} from '../../../src/pass/run-pass.js';
import type {Cluster} from '../../../src/kubernetes/cluster.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import {aJournal, aSettings, deadApi} from '../../support/fake-world.js';
import {aTerm, Stage} from './stage.js';

type Moment = 'before' | 'after';

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** The same ports, of a process that is killed at its n-th question: nothing of it is carried out or heard of any more. */
const killedAt = (ports: PassPorts, number: number, moment: Moment): {readonly ports: PassPorts; reached: boolean} => {
  let count = 0;
  const process = {
    reached: false,
    ports: {
      ...ports,
      channels: ports.channels.map((channel) => ({
        ...channel,
        send: (...asked: Parameters<typeof channel.send>) => ask(() => channel.send(...asked)),
      })),
    },
  };
  const ask = async <T>(carryOut: () => Promise<T>): Promise<T> => {
    if (process.reached) return never();
    count += 1;
    if (count < number) return carryOut();
    process.reached = true;
    if (moment === 'after') await carryOut();
    return never();
  };
  const {cluster} = ports;
  const killed: Partial<Cluster> = {
    readConfigMap: (...asked) => ask(() => cluster.readConfigMap(...asked)),
    createConfigMap: (...asked) => ask(() => cluster.createConfigMap(...asked)),
    replaceConfigMap: (...asked) => ask(() => cluster.replaceConfigMap(...asked)),
    restart: (...asked) => ask(() => cluster.restart(...asked)),
  };
  process.ports = {...process.ports, cluster: {...ports.cluster, ...killed}};
  return process;
};

describe('serve, killed', function () {
  this.timeout(120_000);

  /** A Frigate that hangs since the pass of the CronJob five minutes ago; the restart heals it. */
  const killOnce = async (
    number: number,
    moment: Moment,
  ): Promise<{readonly reached: boolean; readonly stage: Stage}> => {
    const stage = new Stage();
    const world = stage.world();
    const healthy = world.frigate;
    world.frigate = deadApi();
    await runPass(
      {...world.world(aSettings()), clock: stage.timers},
      {request: null, dryRun: false},
      aJournal().journal,
      new AbortController().signal,
    );
    await stage.timers.advance(minutes(5));
    world.afterRestart = healthy;
    const killed: Array<{reached: boolean}> = [];
    stage.wrap = (ports) => {
      const process = killedAt(ports, number, moment);
      killed.push(process);
      return process.ports;
    };
    const first = new AbortController();
    stage.engine(aTerm(), first.signal, 'serve on a');
    await stage.timers.advance(seconds(17));
    stage.wrap = (ports) => ports;
    const reached = killed.some((process) => process.reached);
    if (!reached) {
      first.abort();
      return {reached, stage};
    }
    const second = new AbortController();
    const store = stage.newStore();
    store.setTargets(stage.targets);
    stage.engine(aTerm(), second.signal, 'serve on b', store);
    await stage.timers.advance(minutes(6));
    second.abort();
    first.abort();
    await stage.timers.advance(seconds(1));
    return {reached, stage};
  };

  for (const moment of ['before', 'after'] as const)
    it(`at each question, ${moment} it is carried out, makes one restart and one record of it`, async () => {
      let questions = 0;
      for (let number = 1; number < 40; number += 1) {
        const {reached, stage} = await killOnce(number, moment);
        const world = stage.world();
        const at = `killed ${moment} question ${number}`;
        assert.equal(world.rollouts.length, 1, at);
        if (!reached) break;
        questions = number;
        const document = world.maps.get('frigate-health-state')?.data.get('state.json') ?? '';
        const {restarts} = JSON.parse(document) as {
          readonly restarts: ReadonlyArray<{readonly id: string; readonly phase: string}>;
        };
        assert.deepEqual(
          restarts.filter(({phase}) => phase === 'acted').map(({id}) => id),
          world.rollouts.map(({attempt}) => attempt),
          at,
        );
        assert.ok(world.mails.length >= 1, `${at}: somebody is told`);
      }
      assert.ok(questions >= 5, `${questions} questions`);
    });
});
