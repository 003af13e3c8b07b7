/**
 * Whatever accepts and then says nothing: the program ends within its deadline, says unknown and acts on nothing. All of them run
 * at the same time, since each only waits.
 */
import assert from 'node:assert/strict';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {linesOf, mustBeBuilt, reportOf, run, type Ended} from './program.js';
import {asked, aWorld, closeWorlds, disturb, writes, type OpenSimulator} from './worlds.js';

/** The shortest that the settings allow, seconds. */
const DEADLINE = 10;
/** What an act under way may take besides, milliseconds (act.ts), and a start on a busy machine. */
const BESIDES = 14_000;
const SMTP_LIMIT = 10_000;

interface Stall {
  readonly what: string;
  readonly scenario: string;
  readonly command: 'check' | 'run-cron';
  readonly cause: (world: OpenSimulator) => void;
  readonly expect: (ended: Ended, world: OpenSimulator) => void;
}

const checkSays =
  (exitCode: number) =>
  (ended: Ended): void => {
    assert.deepEqual([ended.code, reportOf(ended).summary.exitCode], [exitCode, exitCode], ended.stdout.slice(0, 400));
    assert.notEqual(reportOf(ended).decision?.action, 'restart');
  };

/** The last line says it, and the workload was not touched. */
const cronSays =
  (exitCode: number) =>
  (ended: Ended, world: OpenSimulator): void => {
    const last = linesOf(ended).at(-1);
    assert.deepEqual(
      [last?.event, last?.exitCode, ended.code],
      ['pass.ended', exitCode, exitCode],
      ended.stdout.slice(-600),
    );
    assert.deepEqual(
      asked(world).filter((request) => request.startsWith('PATCH')),
      [],
    );
  };

const silent =
  (pattern: RegExp) =>
  (world: OpenSimulator): void =>
    disturb(world, pattern, 'silence');

const stalls: readonly Stall[] = [
  {
    what: 'B-34: an API server that accepts and says nothing',
    scenario: 'healthy',
    command: 'check',
    cause: silent(/./),
    expect: checkSays(69),
  },
  {
    what: 'B-34: an API server that accepts and says nothing',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/./),
    expect: cronSays(69),
  },
  {
    what: 'a list of pods that never comes',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/GET .*\/pods\?|GET .*\/pods$/),
    expect: cronSays(3),
  },
  {
    what: 'a node that is never answered',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/GET .*\/nodes\//),
    expect: cronSays(3),
  },
  {
    what: 'a log that never begins',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/\/log/),
    expect: cronSays(3),
  },
  {
    what: 'a log that begins and never ends',
    scenario: 'healthy',
    command: 'run-cron',
    cause: (world) => disturb(world, /\/log/, 'partial'),
    expect: cronSays(0),
  },
  {
    what: 'B-33: a proxy and an exec that open and say nothing',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/\/(proxy|exec|portforward)/),
    expect: cronSays(3),
  },
  {
    what: 'B-33: an exec whose output begins and stops',
    scenario: 'healthy',
    command: 'check',
    cause: (world) => {
      disturb(world, /\/proxy\//, {status: 403});
      disturb(world, /\/exec/, 'partial');
      disturb(world, /\/portforward/, 'silence');
    },
    expect: checkSays(3),
  },
  {
    what: 'B-37: an exec that says everything and never closes',
    scenario: 'healthy',
    command: 'check',
    cause: (world) => {
      disturb(world, /\/proxy\//, {status: 403});
      disturb(world, /\/exec/, 'no-close');
    },
    expect: checkSays(0),
  },
  {
    what: 'a state that cannot be written',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/^(POST|PUT) .*configmaps/),
    expect: (ended, world) => {
      assert.equal(linesOf(ended).at(-1)?.exitCode, ended.code);
      assert.ok(ended.code !== 0);
      assert.deepEqual(
        asked(world).filter((request) => request.startsWith('PATCH')),
        [],
      );
    },
  },
  {
    what: 'a restart that is never answered',
    scenario: 'detector-silent',
    command: 'run-cron',
    cause: silent(/^PATCH /),
    expect: (ended, world) => {
      assert.deepEqual([linesOf(ended).at(-1)?.['end'], ended.code], ['in-doubt', 3], ended.stdout.slice(-600));
      assert.ok(asked(world).some((request) => request.startsWith('PATCH')));
    },
  },
];

describe('a stall', function () {
  this.timeout(60_000);
  const ended: Ended[] = [];
  const worlds: OpenSimulator[] = [];

  before(async () => {
    mustBeBuilt();
    worlds.push(...(await Promise.all(stalls.map(({scenario}) => aWorld(scenario)))));
    ended.push(
      ...(await Promise.all(
        stalls.map(({command, cause}, index) => {
          cause(worlds[index]!);
          const words = command === 'check' ? ['check', '-o', 'json'] : ['run-cron'];
          return run([...words, `--deadline=${DEADLINE}s`, '--api-timeout=2s'], {kubeconfig: worlds[index]!.file});
        }),
      )),
    );
  });
  after(closeWorlds);

  for (const [index, {what, command, expect}] of stalls.entries()) {
    it(`ends ${command} within its deadline: ${what}`, () => {
      expect(ended[index]!, worlds[index]!);
      assert.ok(ended[index]!.milliseconds < DEADLINE * 1000 + BESIDES, `${Math.round(ended[index]!.milliseconds)} ms`);
      if (command === 'check') assert.deepEqual(writes(worlds[index]!), []);
    });
  }
});

describe('a mail server that accepts and never answers', function () {
  this.timeout(60_000);
  const sockets = new Set<Socket>();
  let server: Server;
  before(async () => {
    mustBeBuilt();
    server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await closeWorlds();
  });

  it('B-35: costs ten seconds after the restart, and the alert waits for the next pass', async () => {
    const world = await aWorld('detector-silent');
    const {port} = server.address() as AddressInfo;
    const env = {
      FRIGATE_HC_SMTP_HOST: '127.0.0.1',
      FRIGATE_HC_SMTP_PORT: String(port),
      FRIGATE_HC_SMTP_TLS: 'none',
      FRIGATE_HC_SMTP_FROM: 'frigate@example.org',
      FRIGATE_HC_ALERT_EMAIL: 'me@example.org',
    };
    const result = await run(['run-cron'], {kubeconfig: world.file, env});
    assert.deepEqual(
      linesOf(result)
        .map(({event}) => event)
        .filter((event) => /restart|alert|ended/.test(event)),
      ['restart.evidence', 'restart.sent', 'alert.failed', 'pass.ended'],
      result.stdout,
    );
    assert.equal(result.code, 0);
    assert.ok(result.milliseconds < SMTP_LIMIT + 5000, `${Math.round(result.milliseconds)} ms`);
    const state = world.cluster.store.get('configmaps', world.namespace, 'frigate-health-state')?.['data'] as Record<
      string,
      string
    >;
    assert.match(state['state.json'] ?? JSON.stringify(state), /"deliveredAt":null/);
  });
});
