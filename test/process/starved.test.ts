/** The built program without processor time: a healthy Frigate is never taken for a silent one, and a silent one is still told. */
import assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import {minutes, seconds, type Duration} from '../../src/core/time.js';
import {linesOf, mustBeBuilt, start, type Ended, type Line} from './program.js';
import {asked, aWorld, closeWorlds, disturb, type OpenSimulator} from './worlds.js';

/** The API timeout of these passes in seconds, and how long the program is stopped: longer than that. */
const API_TIMEOUT = 2;
const STOPPED = seconds(3);

const restarts = (world: OpenSimulator): readonly string[] =>
  asked(world).filter((request) => request.startsWith('PATCH '));

const stateOf = (world: OpenSimulator): {readonly streak: unknown; readonly incident: unknown} => {
  const data = world.cluster.store.get('configmaps', world.namespace, 'frigate-health-state')?.['data'] as Readonly<
    Record<string, string>
  >;
  return JSON.parse(data['state.json'] ?? 'null') as {readonly streak: unknown; readonly incident: unknown};
};

/** Stops the program for a while whenever a request comes that matches, and lets the request be answered meanwhile. */
const stopAtEach = (
  world: OpenSimulator,
  pattern: RegExp,
  program: () => ChildProcess,
  length: Duration = STOPPED,
): void => {
  let standing = false;
  world.cluster.disruptions.add({
    answer: 'silence',
    match: ({method, path}) => {
      if (standing || !pattern.test(`${method} ${path}`)) return false;
      standing = true;
      program().kill('SIGSTOP');
      setTimeout(() => {
        standing = false;
        program().kill('SIGCONT');
      }, length);
      return false;
    },
  });
};

/** Processes that use all that they get; they end by themselves should nobody end them. */
const burners = (count: number): {readonly end: () => void} => {
  const children = Array.from({length: count}, () =>
    spawn(process.execPath, ['-e', 'const end = Date.now() + 15000; while (Date.now() < end);'], {stdio: 'ignore'}),
  );
  return {
    end: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
};

const pass = async (
  world: OpenSimulator,
  treat: (child: ChildProcess) => () => void,
  apiTimeout = API_TIMEOUT,
): Promise<Ended> => {
  const {child, ended} = start(['run-cron', `--api-timeout=${apiTimeout}s`], {kubeconfig: world.file});
  const release = treat(child);
  const result = await ended;
  release();
  return result;
};

const last = (result: Ended): Line => {
  const line = linesOf(result).at(-1);
  assert.ok(line?.event === 'pass.ended', `${result.stdout}${result.stderr}`);
  return line;
};

describe('the program without processor time', function () {
  this.timeout(90_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  it('stopped in the middle of each question about the statistics, longer than the API timeout: hears the answers, counts nothing, and says how long it did not run', async () => {
    const world = await aWorld('healthy');
    let child: ChildProcess | null = null;
    // Without exec the two witnesses of a death are the proxy and the port-forward.
    disturb(world, /\/exec/, {status: 403});
    stopAtEach(world, /\/api\/stats$|\/portforward/, () => child!);
    for (let round = 0; round < 2; round += 1) {
      const result = await pass(world, (started) => {
        child = started;
        return () => undefined;
      });
      const line = last(result);
      assert.deepEqual(
        [linesOf(result).find(({event}) => event === 'observed')?.['via'], line.exitCode, result.code],
        ['proxy', 0, 0],
        result.stdout,
      );
      assert.doesNotMatch(result.stdout, /FRG-301/);
      assert.ok(Number(line['lostMs']) > STOPPED / 2, result.stdout);
      assert.match(
        result.stdout,
        /"event":"pass\.starved".*this checker did not run for .* of this pass \(no processor time\)/,
      );
      await world.clock.advance(minutes(5));
    }
    assert.deepEqual([restarts(world), stateOf(world).streak, stateOf(world).incident], [[], null, null]);
  });

  it('given a twentieth of a processor in small pieces, as a container with a low limit is: restarts nothing', async () => {
    const world = await aWorld('healthy');
    disturb(world, /\/exec/, {status: 403});
    for (let round = 0; round < 2; round += 1) {
      const result = await pass(world, (started) => {
        let on = true;
        let timer: NodeJS.Timeout;
        const turn = (): void => {
          on = !on;
          started.kill(on ? 'SIGCONT' : 'SIGSTOP');
          timer = setTimeout(turn, on ? 10 : 190);
        };
        // The start of Node.js alone would take long this way.
        timer = setTimeout(turn, 200);
        return () => clearTimeout(timer);
      });
      assert.notEqual(last(result)['health'], 'unhealthy', result.stdout);
      await world.clock.advance(minutes(5));
    }
    assert.deepEqual([restarts(world), stateOf(world).streak], [[], null]);
  });

  it('on a machine whose processors are all taken, with the shortest API timeout: restarts nothing', async () => {
    const world = await aWorld('healthy');
    const burning = burners(6);
    try {
      for (let round = 0; round < 2; round += 1) {
        const result = await pass(world, () => () => undefined, 1);
        assert.notEqual(last(result)['health'], 'unhealthy', result.stdout);
        await world.clock.advance(minutes(5));
      }
    } finally {
      burning.end();
    }
    assert.deepEqual([restarts(world), stateOf(world).streak], [[], null]);
  });

  it('stopped for a fifth of the API timeout still proves a hung API, within the deadline', async () => {
    const world = await aWorld('api-dead');
    let child: ChildProcess | null = null;
    stopAtEach(world, /\/api\/stats$/, () => child!, seconds(0.4));
    const result = await pass(world, (started) => {
      child = started;
      return () => undefined;
    });
    assert.deepEqual(
      [last(result)['action'], last(result)['rule'], restarts(world).length],
      ['restart', 'R-12', 1],
      result.stdout,
    );
    assert.ok(result.milliseconds < 4 * API_TIMEOUT * 1000 + 4000, `${Math.round(result.milliseconds)} ms`);
  });
});
