import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'bin/run.js');

/** Makes a child believe that it runs in a terminal of that width: the libraries ask these properties and nothing else. */
const terminal = (columns: number): string =>
  `data:text/javascript,${encodeURIComponent(`
  for (const stream of [process.stdout, process.stderr]) Object.assign(stream, {isTTY: true, columns: ${columns}, getWindowSize: () => [${columns}, 24]});`)}`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (
  words: readonly string[],
  {env = {}, columns = null}: {readonly env?: Readonly<Record<string, string>>; readonly columns?: number | null} = {},
): Ended => {
  const ended = spawnSync(
    process.execPath,
    [...(columns === null ? [] : ['--import', terminal(columns)]), program, ...words],
    {
      encoding: 'utf8',
      timeout: 9000,
      env: {PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm-256color', ...env},
    },
  );
  return {code: ended.status, stdout: ended.stdout, stderr: ended.stderr};
};

describe('the built program', () => {
  before(() => assert.ok(existsSync(path.join(root, 'dist/main.js')), 'build it first: npm run build'));

  it('says its version and its help', () => {
    assert.match(run(['--version']).stdout, /^frigate-health \d+\.\d+\.\d+\n$/);
    for (const words of [[], ['--help'], ['-h'], ['help']])
      assert.match(run(words).stdout, /\$ kubectl frigate-health \[COMMAND\]/);
    const {code, stdout, stderr} = run(['help', 'check']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const part of [
      '$ kubectl frigate-health check',
      '--kubeconfig=',
      '-n, --namespace=',
      'FRIGATE_HC_MAX_RESTARTS_PER_HOUR',
      '--as-group=',
    ])
      assert.ok(stdout.includes(part), part);
  });

  it('has the same help in a narrow terminal, where oclif renders it, without colours under NO_COLOR', () => {
    const {code, stdout, stderr} = run(['check', '--help'], {columns: 60, env: {NO_COLOR: '1'}});
    assert.deepEqual([code, stderr], [0, '']);
    assert.ok(stdout.includes('$ kubectl frigate-health check') && !stdout.includes('\u001b'));
  });

  it('runs in a terminal', () => {
    const {code, stdout, stderr} = run(['check', '--list'], {columns: 100});
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /FRG-101/);
  });

  const colours: ReadonlyArray<
    readonly [words: readonly string[], env: Readonly<Record<string, string>>, columns: number | null, colour: boolean]
  > = [
    [[], {}, 100, true],
    [[], {}, null, false],
    [[], {NO_COLOR: '1'}, 100, false],
    [[], {TERM: 'dumb'}, 100, false],
    [['--color', 'never'], {}, 100, false],
    [['--color', 'never'], {FORCE_COLOR: '1'}, null, false],
    [['--color', 'auto'], {}, null, false],
    [['--color=always'], {NO_COLOR: '1'}, null, true],
    [[], {NO_COLOR: '1', FORCE_COLOR: '1'}, null, false],
  ];
  for (const [words, env, columns, colour] of colours) {
    it(`${colour ? 'colours' : 'does not colour'} with ${words.join(' ') || 'no flag'}, ${JSON.stringify(env)}, ${columns === null ? 'a pipe' : 'a terminal'}`, () => {
      const {code, stdout, stderr} = run(['check', '--list', ...words], {env, columns});
      assert.deepEqual([code, stderr, stdout.includes('\u001b[')], [0, '', colour]);
    });
  }

  const usage: ReadonlyArray<readonly [words: readonly string[], env: Readonly<Record<string, string>>, says: RegExp]> =
    [
      [['chekc'], {}, /There is no command chekc/],
      [['check', '--nmaespace', 'x'], {}, /did you mean --namespace\?/],
      [['check', 'a', 'b'], {}, /Unexpected argument/],
      [['-n', 'nvr', 'check'], {}, /The command must come before its flags/],
      [['help', 'chekc'], {}, /There is no command chekc/],
      [['version'], {}, /Try this: kubectl frigate-health --version/],
      // What acts or remembers does so in one namespace: to be silent about -A would be to act in another place than was meant.
      ...['state', 'restart', 'reset-breaker', 'install', 'bundle'].map(
        (command) => [[command, '-A'], {}, /Nonexistent flag: -A/] as const,
      ),
      [['check', '--fail-on', 'always'], {}, /always/],
      [['check', '--wait=soon'], {}, /--wait=soon is not a duration/],
      [['check', 'pod/x'], {}, /does not name a workload/],
      [['check', '--explain', 'FRG-999'], {}, /There is no check FRG-999/],
      [['check', '--demo=nowhere'], {}, /There is no scenario nowhere/],
      [['check', '--demo', 'nowhere'], {}, /There is no scenario nowhere/],
      [['check', '--wait', '5x'], {}, /--wait=5x is not a duration/],
      [['check', '--only', 'FRG-101', '--skip', '101'], {}, /--only and --skip leave no check/],
      [['check', '--poll=1'], {}, /Nonexistent flag: --poll$/m],
      [['watch', '--poll=0'], {}, /--poll=0 is shorter than 0\.5s/],
      [['restart', '--force', '--reason', ' '], {}, /--force needs a reason/],
      [
        ['install', 'deployment/frigate', '-n', 'nvr', '--image', 'bad image'],
        {},
        /--image="bad image" is no name of an image/,
      ],
      [['install', 'deployment/frigate', '-n', 'nvr', '--smtp-secret', 'My Secret'], {}, /is no name of a Secret/],
      [
        ['watch', '--max-fps=0'],
        {},
        /Error: --max-fps: expected an integer greater than or equal to 1 but received: 0/,
      ],
      [['completion'], {}, /Missing 1 required arg/],
      [['completion', 'tcsh'], {}, /tcsh.*bash, zsh, fish, kubectl/],
      [
        ['state', 'frigate'],
        {},
        /state takes no argument, but was given frigate\nTry this: kubectl frigate-health state --workload=frigate/,
      ],
      [
        ['check'],
        {FRIGATE_HC_SMTP_HOST: 'mail'},
        /FRIGATE_HC_ALERT_EMAIL is not set: it must be mail addresses separated by commas, because FRIGATE_HC_SMTP_HOST is set/,
      ],
      [['check', 'deployment', 'frigate'], {}, /Unexpected argument: frigate/],
      [['check', '--watch', '--wait'], {}, /--watch/],
      // oclif would take "on" for a no, and restart.
      [
        ['restart'],
        {FRIGATE_HC_DRY_RUN: 'on'},
        /FRIGATE_HC_DRY_RUN="on" is not allowed for this command: it must be true or false/,
      ],
      [
        ['state'],
        {FRIGATE_HC_OUTPUT: 'wide'},
        /FRIGATE_HC_OUTPUT="wide" is not allowed for this command: it must be one of text, json, yaml/,
      ],
      [
        ['restart', '--context', 'demo', '--kubeconfig', '/nonexistent/config'],
        {},
        /use --demo=SCENARIO instead of --context demo/,
      ],
      [
        ['check'],
        {FRIGATE_HC_FRIGATE_API_PORT: 'x'},
        /FRIGATE_HC_FRIGATE_API_PORT="x" is not allowed: it must be a whole number from 1 to 65535/,
      ],
      [['check', '--kubeconfig', '/nonexistent/config'], {}, /does not exist/],
    ];
  for (const [words, env, says] of usage) {
    it(`ends with 64 for ${words.join(' ')} ${JSON.stringify(env)}, for people and for programs`, () => {
      const told = run(words, {env});
      assert.deepEqual([told.code, told.stdout], [64, '']);
      assert.match(told.stderr, says);
      assert.doesNotMatch(told.stderr, /\n\s+at /);
      if (words[0] !== 'check') return;
      const {code, stdout} = run([...words, '-o', 'json'], {env});
      const report = JSON.parse(stdout) as {summary: {exitCode: number}; errors: {message: string}[]};
      assert.deepEqual([code, report.summary.exitCode], [64, 64]);
      assert.match(report.errors[0]!.message, says);
    });
  }

  it('prints the scripts of completion', () => {
    for (const shell of ['bash', 'zsh', 'fish', 'kubectl']) {
      const {code, stdout, stderr} = run(['completion', shell]);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /kubectl-frigate_health __complete/);
    }
  });

  it('watches only in the formats of watch', () => {
    const {code, stdout, stderr} = run(['check', '--watch', '-o', 'wide']);
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(stderr, /to be one of: text, jsonl/);
    const once = run(['watch', '--once', '-o', 'jsonl']);
    assert.equal(once.code, 64);
    assert.match(
      (JSON.parse(once.stdout) as {errors: {message: string}[]}).errors[0]!.message,
      /--once prints one screen/,
    );
  });

  it('says where to begin, and in the help of completion how kubectl finds it', () => {
    assert.match(
      run([]).stdout.replaceAll(/\s+/g, ' '),
      /Start with `kubectl frigate-health check`: it changes nothing.*`kubectl frigate-health check --demo`/,
    );
    assert.match(
      run(['completion', '--help']).stdout.replaceAll(/\s+/g, ' '),
      /DESCRIPTION For `kubectl frigate-health <TAB>` kubectl \(1\.26 and later\) runs the program kubectl_complete-frigate_health/,
    );
  });

  it('says in one line that a checkout is not built', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-test-'));
    try {
      mkdirSync(path.join(folder, 'bin'));
      copyFileSync(program, path.join(folder, 'bin/run.js'));
      writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
      const {status, stdout, stderr} = spawnSync(process.execPath, [path.join(folder, 'bin/run.js'), 'check'], {
        encoding: 'utf8',
        timeout: 9000,
      });
      assert.deepEqual(
        [status, stdout, stderr],
        [64, '', 'frigate-health is not built yet. In its checkout: npm ci && npm run build\n'],
      );
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  it('aligns the flags of its help, those with a letter and those without', () => {
    for (const command of ['check', 'watch', 'state', 'restart', 'reset-breaker', 'run-cron', 'install', 'bundle']) {
      const blocks = run([command, '--help'])
        .stdout.split('\n\n')
        .filter((block) => /^[A-Z ]*FLAGS\n/.test(block));
      assert.ok(blocks.length > 0, command);
      for (const block of blocks) {
        const columns = new Set(Array.from(block.matchAll(/^ {2,6}(?:-\w, )?--/gm), ([start]) => start.length));
        assert.equal(columns.size, 1, block);
      }
    }
  });

  it('never prints the command line that it could not parse', () => {
    for (const words of [
      ['check', '--token', 'hunter2', '--nope'],
      ['check', '--tokn=hunter2', '-o', 'json'],
      ['run-cron', '--token=hunter2', '--nope=hunter2'],
    ]) {
      const {code, stdout, stderr} = run(words);
      assert.equal(code, 64);
      assert.ok(!`${stdout}${stderr}`.includes('hunter2'), words.join(' '));
    }
  });

  it('ends run-cron with pass.ended on stdout even when it could not begin', () => {
    const {code, stdout} = run(['run-cron'], {env: {FRIGATE_HC_MODE: 'sometimes'}});
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {event: string; exitCode: number};
    assert.deepEqual([code, last.event, last.exitCode], [64, 'pass.ended', 64]);
  });
});
