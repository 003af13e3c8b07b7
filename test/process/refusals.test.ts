import assert from 'node:assert/strict';
import path from 'node:path';
import {linesOf, mustBeBuilt, reportOf, run, shell} from './program.js';
import {aWorld, asked, closeWorlds} from './worlds.js';

const refused: ReadonlyArray<readonly [what: string, words: readonly string[], env: Readonly<Record<string, string>>]> =
  [
    ['NAME twice', ['check', 'one', 'two'], {}],
    ['NAME and --workload', ['check', 'one', '--workload', 'two'], {}],
    ['an unknown flag', ['check', '--namespce', 'x'], {}],
    ['an unknown flag of run-cron', ['run-cron', '--dryrun'], {}],
    ['an argument of run-cron', ['run-cron', 'frigate'], {}],
    ['a command that does not exist', ['restrat'], {}],
    ['a setting out of its range', ['run-cron'], {FRIGATE_HC_MAX_RESTARTS_PER_HOUR: '-5'}],
    ['a setting that is no number', ['run-cron'], {FRIGATE_HC_CONSECUTIVE_FAILURES_REQUIRED: 'two'}],
    ['a checks file that cannot be read', ['run-cron'], {FRIGATE_HC_CHECKS_FILE: '/no/such/checks.yaml'}],
    ['a checks file that is no list', ['check', `--checks-file=${path.resolve('package.json')}`], {}],
    ['a bad format', ['check', '-o', 'xml'], {}],
    ['a duration that is none', ['check', '--wait=soon'], {}],
  ];

describe('a command line that is refused', function () {
  this.timeout(30_000);
  before(mustBeBuilt);
  after(closeWorlds);

  for (const [what, words, env] of refused) {
    it(`asks the cluster nothing and ends with 64: ${what}`, async () => {
      const world = await aWorld('detector-silent');
      const ended = await run(words, {kubeconfig: world.file, env});
      assert.equal(ended.code, 64, ended.stderr);
      assert.deepEqual(asked(world), []);
      if (words[0] === 'run-cron')
        assert.deepEqual(
          linesOf(ended).map(({event, exitCode}) => [event, exitCode]),
          [['pass.ended', 64]],
        );
    });
  }

  for (const [file, why] of [
    ['/no/such/checks.yaml', 'it does not exist'],
    [path.resolve('src'), 'it is a directory, and a file is needed'],
    [path.resolve('package.json/checks.yaml'), 'a part of its path is no directory'],
  ] as const)
    it(`says of a checks file that cannot be read why: ${why}`, async () => {
      const world = await aWorld('healthy');
      const {code, stderr} = await run(['check', `--checks-file=${file}`], {kubeconfig: world.file});
      assert.equal(code, 64);
      assert.ok(stderr.includes(`${file}: ${why}`), stderr);
    });

  it('B-50: help and version make no pass, though Frigate is sick', async () => {
    const world = await aWorld('detector-silent');
    for (const words of [
      ['--help'],
      ['run-cron', '--help'],
      ['run-cron', '-h'],
      ['help', 'run-cron'],
      ['--version'],
      [],
    ]) {
      assert.equal((await run(words, {kubeconfig: world.file})).code, 0, words.join(' '));
    }
    assert.deepEqual(asked(world), []);
  });

  it('B-51: takes camera names with commas, and the settings of the old tool with a warning', async () => {
    const world = await aWorld('subnet-down');
    const ended = await run(['check', '-o', 'json'], {
      kubeconfig: world.file,
      env: {FRIGATE_HC_SKIP_CAMERAS: 'barn,stable, gate', INFERENCE_THRESHOLD_MS: '120'},
    });
    assert.equal(ended.code, 0, ended.stdout);
    assert.equal(reportOf(ended).checks.find(({id}) => id === 'FRG-501')?.status, 'ok');
    assert.match(ended.stderr, /INFERENCE_THRESHOLD_MS/);
  });

  it('takes nothing from stdin, whatever stands there: no NAME from the list that a loop reads', async () => {
    const world = await aWorld('healthy');
    const ended = await shell(
      'echo elsewhere | $program check --workload frigate -o json; echo elsewhere | $program restart --dry-run -o json; echo bash | $program completion; echo "status $?"',
      {kubeconfig: world.file},
    );
    const [check = '', restart = '', rest = ''] = ended.stdout.split(/(?<=^\})\n/m);
    assert.equal(
      reportOf({...ended, stdout: check}).checks.find(({id}) => id === 'FRG-201')?.status,
      'ok',
      check.slice(0, 400),
    );
    assert.doesNotMatch(`${check}${restart}`, /elsewhere/);
    assert.equal(rest, 'status 64\n');
  });
});
