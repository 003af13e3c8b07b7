import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {linesOf, mustBeBuilt, reportOf, run, shell, withFile} from './program.js';
import {aWorld, closeWorlds, disturb, type OpenSimulator} from './worlds.js';

const closedPort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

interface Trouble {
  readonly what: string;
  readonly words?: (world: OpenSimulator) => Promise<readonly string[]>;
  readonly cause?: (world: OpenSimulator) => void;
  /** Of check. */
  readonly exitCode: number;
  /** Of run-cron, where it is another one. */
  readonly duty?: number;
  /** Among the errors, or what is said of checks that are not well. */
  readonly says: RegExp;
}

const troubles: readonly Trouble[] = [
  {
    what: 'no API server listens',
    words: async () => ['--server', `http://127.0.0.1:${await closedPort()}`],
    exitCode: 69,
    says: /ECONNREFUSED/,
  },
  {
    what: 'the file of the authority is gone',
    words: () => Promise.resolve(['--certificate-authority', '/nonexistent/ca.crt']),
    exitCode: 64,
    says: /nonexistent.ca.crt.*cannot be read/,
  },
  {what: 'the token is not known', words: () => Promise.resolve(['--token', 'hunter2']), exitCode: 77, says: /401/},
  {
    what: 'nothing is allowed',
    words: () => Promise.resolve(['--as', 'nobody']),
    cause: ({cluster}) => cluster.access.grant('nobody', []),
    exitCode: 77,
    says: /403/,
  },
  {
    what: 'every request is answered with 500',
    cause: (world) => disturb(world, /./, {status: 500}),
    exitCode: 3,
    says: /500/,
  },
  {
    what: 'every request is answered with 429',
    cause: (world) => disturb(world, /./, {status: 429}),
    exitCode: 3,
    says: /429/,
  },
  {
    what: 'a page of HTML with 200 answers for the API server',
    cause: (world) => disturb(world, /./, 'html'),
    exitCode: 69,
    says: /no JSON/,
  },
  {
    what: '10 MB of garbage answer for the API server',
    cause: (world) => disturb(world, /./, 'garbage'),
    exitCode: 69,
    says: /larger than/,
  },
  {
    what: 'every connection breaks',
    cause: (world) => disturb(world, /./, 'reset'),
    exitCode: 69,
    says: /reset|hang up/i,
  },
  {
    what: 'every answer breaks off',
    cause: (world) => disturb(world, /./, 'cut-body'),
    exitCode: 69,
    says: /reset|hang up|broke off|aborted/i,
  },
  {
    what: 'a page of HTML with 200 answers for Frigate and nothing else can be asked',
    cause: (world) => {
      disturb(world, /\/proxy\//, 'html');
      disturb(world, /\/(exec|portforward)/, {status: 403});
    },
    exitCode: 3,
    says: /FRG-301.*not JSON/,
  },
  {
    what: 'the namespace is empty',
    words: () => Promise.resolve(['-n', 'elsewhere']),
    exitCode: 2,
    duty: 0,
    says: /No Frigate found/,
  },
];

describe('what the program prints', function () {
  this.timeout(60_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  for (const {
    what,
    words = () => Promise.resolve([]),
    cause = () => undefined,
    exitCode,
    duty = exitCode,
    says,
  } of troubles) {
    it(`is one JSON document for check and JSON lines for run-cron when ${what}`, async () => {
      const world = await aWorld('healthy');
      cause(world);
      const given = await words(world);
      const [check, cron] = await Promise.all([
        run(['check', '-o', 'json', ...given], {kubeconfig: world.file}),
        run(['run-cron', '--dry-run', ...given], {kubeconfig: world.file}),
      ]);
      const report = reportOf(check);
      assert.deepEqual(
        [report.kind, report.summary.exitCode, check.code],
        ['CheckReport', exitCode, exitCode],
        JSON.stringify([
          report.errors,
          report.checks.filter(({status}) => status !== 'ok' && status !== 'skipped'),
        ]).slice(0, 900),
      );
      assert.match(JSON.stringify([report.errors, report.checks.filter(({status}) => status !== 'ok')]), says);
      // Cannot tell is not sick.
      assert.equal(report.summary.health, exitCode === 2 ? 'degraded' : 'unknown');
      const last = linesOf(cron).at(-1);
      assert.deepEqual([last?.event, last?.exitCode, cron.code], ['pass.ended', duty, duty], cron.stdout.slice(-600));
      assert.doesNotMatch(
        `${check.stdout}${check.stderr}${cron.stdout}${cron.stderr}`,
        /hunter2|token-demo|\n\s+at .*\.js:/,
      );
    });
  }

  it('is quiet when its reader has gone', async () => {
    const world = await aWorld('coral-stuck');
    for (const line of [
      '$program check -o json | head -1',
      '$program check | head -1',
      '$program check -o wide | true',
      '$program run-cron --dry-run | head -1',
    ]) {
      const {stdout, stderr} = await shell(`${line}; echo "status \${PIPESTATUS[0]}"`, {kubeconfig: world.file});
      assert.equal(stderr, '', line);
      assert.match(stdout, line.includes('run-cron') ? /status 0\n$/ : /status 2\n$/, line);
    }
  });

  const full = existsSync('/dev/full');
  if (full)
    it('ends with 74 and one sentence when the disk is full, never with a stack', async () => {
      const world = await aWorld('healthy');
      for (const words of [
        'check',
        'check -o json',
        'state',
        'run-cron --dry-run',
        '--help',
        'check --list',
        'completion bash',
      ]) {
        const {stdout, stderr} = await shell(`$program ${words} > /dev/full; echo "status $?"`, {
          kubeconfig: world.file,
        });
        assert.deepEqual(
          [stdout, stderr],
          [
            'status 74\n',
            'Error: The result could not be written: ENOSPC: no space left on device, write\nTry this: free space on the output device, or redirect stdout to another file\n',
          ],
          words,
        );
      }
    });

  it('ends with 64 and both sentences when a kubeconfig is broken, missing or names no such context', async () => {
    const world = await aWorld('healthy');
    const cases: ReadonlyArray<readonly [words: readonly string[], says: RegExp]> = [
      [['--context', 'nowhere'], /nowhere/],
      [['--kubeconfig', '/nonexistent/config'], /does not exist/],
    ];
    for (const [words, says] of cases) {
      const ended = await run(['check', ...words], {kubeconfig: world.file});
      assert.deepEqual([ended.code, ended.stdout], [64, '']);
      assert.match(ended.stderr, says);
      assert.match(ended.stderr, /\nTry this: /);
    }
    await withFile('clusters: [{name: x\n', async (file) => {
      const ended = await run(['check', '-o', 'json'], {kubeconfig: file});
      assert.deepEqual([ended.code, reportOf(ended).summary.exitCode], [64, 64]);
    });
  });

  it('B-54: acts on no cluster when none was named, neither localhost nor any other', async () => {
    for (const words of [['check'], ['run-cron']]) {
      const ended = await run(words);
      assert.equal(ended.code, 64);
      assert.match(`${ended.stdout}${ended.stderr}`, /no cluster is configured/);
    }
  });

  // Where there is no script(1), test/cli/program.test.ts makes the program believe in a terminal.
  const inTerminal = existsSync('/usr/bin/script');
  if (inTerminal)
    it('has colours in a real terminal, and none there with NO_COLOR or --color never', async () => {
      const world = await aWorld('healthy');
      for (const [words, env, colour] of [
        ['', {}, true],
        ['', {NO_COLOR: '1'}, false],
        ['--color never', {}, false],
        ['', {NO_COLOR: '', FORCE_COLOR: '0'}, false],
      ] as const) {
        const {stdout} = await shell(`script -qec "$program check -o wide ${words}" /dev/null`, {
          kubeconfig: world.file,
          env,
        });
        assert.ok(stdout.includes('FRG-101'), stdout);
        assert.equal(stdout.includes('\u001b['), colour, `${words} ${JSON.stringify(env)}`);
        assert.doesNotMatch(stdout, /Warning/);
      }
    });
});
