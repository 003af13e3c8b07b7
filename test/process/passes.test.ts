import assert from 'node:assert/strict';
import {linesOf, measured, mustBeBuilt, reportOf, run, type Line} from './program.js';
import {aWorld, closeWorlds, disturb, scenarioNamed, writes, type OpenSimulator} from './worlds.js';

const STATE = 'frigate-health-state';
const TIMES = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Those that were carried out: a first try that a precondition turned down changes nothing. */
const patches = (world: OpenSimulator): readonly string[] =>
  world.cluster.requests
    .filter(({method, status}) => method === 'PATCH' && (status === 200 || status === -1))
    .map(({path}) => path);

/** Every line says when, what and of which pass; the first and the last are fixed. */
const assertWellFormed = (lines: readonly Line[]): void => {
  for (const line of lines) {
    assert.match(String(line['time']), TIMES);
    assert.equal(line['pass'], lines[0]?.['pass']);
  }
  assert.deepEqual([lines[0]?.event, lines.at(-1)?.event], ['pass.begun', 'pass.ended']);
  for (const key of ['health', 'action', 'rule', 'exitCode']) assert.ok(key in lines.at(-1)!, key);
};

describe('run-cron', function () {
  this.timeout(60_000);
  before(mustBeBuilt);
  afterEach(closeWorlds);

  const acts: ReadonlyArray<readonly [scenario: string, action: string, rule: string, restarts: number]> = [
    ['healthy', 'none', 'R-04', 0],
    ['coral-stuck', 'restart', 'R-12', 1],
    ['detector-silent', 'restart', 'R-12', 1],
    ['subnet-down', 'alert', 'R-04', 0],
    ['breaker-open', 'hold', 'R-09', 0],
  ];
  for (const [scenario, action, rule, restarts] of acts) {
    it(`decides ${action} by ${rule} for ${scenario}, and changes its own state and nothing but that${restarts === 0 ? '' : ' and the restart'}`, async () => {
      const world = await aWorld(scenario);
      const result = await run(['run-cron'], {kubeconfig: world.file});
      assertWellFormed(linesOf(result));
      const last = linesOf(result).at(-1);
      assert.deepEqual(
        [last?.['action'], last?.['rule'], last?.exitCode, result.code, result.stderr],
        [action, rule, 0, 0, ''],
        result.stdout,
      );
      assert.equal(patches(world).length, restarts);
      assert.deepEqual(
        writes(world).filter((request) => !request.includes('/configmaps') && !request.startsWith('PATCH')),
        [],
      );
    });
  }

  it('with --dry-run says what it would do, remembers it and does not do it', async () => {
    const world = await aWorld('detector-silent');
    const result = await run(['run-cron', '--dry-run'], {kubeconfig: world.file});
    const last = linesOf(result).at(-1);
    assert.deepEqual([last?.['rule'], result.code, patches(world).length], ['R-11', 0, 0], result.stdout);
    assert.ok(writes(world).length > 0);
  });

  it('B-14: three at the same time make one restart', async () => {
    const world = await aWorld('detector-silent');
    const results = await Promise.all([1, 2, 3].map(() => run(['run-cron'], {kubeconfig: world.file})));
    for (const result of results) assertWellFormed(linesOf(result));
    assert.equal(patches(world).length, 1);
    assert.deepEqual(results.flatMap(linesOf).filter(({event}) => event === 'restart.sent').length, 1);
  });

  it('B-12b: an answer that is lost after the restart leads to no second one', async () => {
    const world = await aWorld('detector-silent');
    disturb(world, /^PATCH /, 'apply-then-reset');
    const results = [
      await run(['run-cron'], {kubeconfig: world.file}),
      await run(['run-cron'], {kubeconfig: world.file}),
      await run(['run-cron'], {kubeconfig: world.file}),
    ];
    assert.equal(patches(world).length, 1);
    assert.deepEqual(results.map(({code}) => code).slice(0, 1), [3]);
    assert.equal(linesOf(results[0]!).at(-1)?.['end'], 'in-doubt');
  });

  it('B-17: lives with a corrupt state, sets it aside and restarts nothing on it', async () => {
    const world = await aWorld('detector-silent');
    world.cluster.store.update('configmaps', world.namespace, STATE, (object) => {
      object['data'] = {
        ...(object['data'] as Record<string, string>),
        'state.json': '{"schema":1,"restarts":[[[[',
        consecutive_failures: '²',
        last_restart_times: 'abc',
      };
    });
    const result = await run(['run-cron'], {kubeconfig: world.file});
    assertWellFormed(linesOf(result));
    assert.equal(patches(world).length, 0, result.stdout);
    const data = world.cluster.store.get('configmaps', world.namespace, STATE)?.['data'] as Record<string, string>;
    assert.ok(Object.values(data).includes('{"schema":1,"restarts":[[[['), Object.keys(data).join(', '));
  });

  it('says nothing that a terminal or a log reader would obey, whatever a camera is called', async () => {
    const farm = scenarioNamed('detector-silent');
    const names = [
      '\u001b[31mred\u001b[0m',
      'a\nb',
      '<script>alert(1)</script>',
      '../../etc/passwd',
      '$(reboot)',
      '\u202eevil',
      '__proto__',
    ];
    const site = {
      ...farm.site,
      cameras: farm.site.cameras.map((camera, index) => ({...camera, name: names[index] ?? camera.name})),
    };
    const world = await aWorld({
      ...farm,
      site,
      happenings: [{ago: farm.happenings[0]!.ago, what: 'fault', fault: 'cams-gone'}],
    });
    for (const words of [['check'], ['check', '-o', 'wide', '--color=never'], ['check', '-o', 'json'], ['run-cron']]) {
      const {stdout, stderr, code} = await run(words, {kubeconfig: world.file});
      // A program gets the name as it is, escaped as JSON escapes.
      assert.doesNotMatch(
        `${stdout}${stderr}`,
        words.includes('check') && !words.includes('json')
          ? /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/
          : /[\u0000-\u0009\u000b-\u001f\u007f]/,
        words.join(' '),
      );
      assert.ok(code === (words[0] === 'check' ? 2 : 0), `${words.join(' ')}: ${code} ${stderr}`);
      if (words.includes('json')) assert.equal(reportOf({stdout, stderr, code, milliseconds: 0}).kind, 'CheckReport');
      if (words[0] === 'run-cron') assertWellFormed(linesOf({stdout, stderr, code, milliseconds: 0}));
    }
  });

  it('B-30: reads a log of 200 MB in the memory that one of 50 MB takes, and finds in it what is there', async () => {
    const [small, large] = [
      await aWorld('coral-stuck', {logMegabytes: 50}),
      await aWorld('coral-stuck', {logMegabytes: 200}),
    ];
    const [little, much] = [
      await measured(['check', '-o', 'json'], {kubeconfig: small.file}),
      await measured(['check', '-o', 'json'], {kubeconfig: large.file}),
    ];
    assert.deepEqual([little.code, much.code], [2, 2], much.stdout.slice(0, 300));
    const stuck = (report: ReturnType<typeof reportOf>): string | undefined =>
      report.checks.find(({id}) => id === 'FRG-402')?.status;
    assert.deepEqual([stuck(reportOf(little)), stuck(reportOf(much))], ['critical', 'critical']);
    assert.ok(
      much.peak - little.peak < 40 * 1024 * 1024,
      `${Math.round((much.peak - little.peak) / 1024 / 1024)} MiB more`,
    );
  });
});
