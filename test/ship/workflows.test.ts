/** The workflows of .github: what they call exists, what they use is pinned, and they may do no more than they must. */
import assert from 'node:assert/strict';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import * as z from 'zod';
import packageFile from '../../package.json' with {type: 'json'};
import {TARGETS, titleOf} from '../../scripts/release/targets.js';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.github/workflows');

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  'working-directory': z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const job = z.strictObject({
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  'runs-on': z.string().optional(),
  'timeout-minutes': z.number().optional(),
  permissions: permissions.optional(),
  uses: z.string().optional(),
  steps: z.array(step).default([]),
  strategy: z
    .strictObject({'fail-fast': z.boolean().optional(), matrix: z.record(z.string(), z.array(z.unknown()))})
    .optional(),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.strictObject({group: z.string(), 'cancel-in-progress': z.union([z.string(), z.boolean()])}),
  jobs: z.record(z.string(), job),
});
type Workflow = z.infer<typeof workflow>;
type Job = z.infer<typeof job>;

const read = (name: string): Workflow => workflow.parse(parse(readFileSync(path.join(folder, name), 'utf8')));
const names = readdirSync(folder);

const stepsOf = ({jobs}: Workflow): ReadonlyArray<z.infer<typeof step>> =>
  Object.values(jobs).flatMap(({steps}) => steps);
const usedBy = (flow: Workflow): readonly string[] =>
  [...stepsOf(flow), ...Object.values(flow.jobs)].flatMap(({uses}) => (uses === undefined ? [] : [uses]));
const commandsOf = (flow: Workflow): readonly string[] =>
  stepsOf(flow).flatMap(({run}) => (run === undefined ? [] : run.split('\n').map((line) => line.trim())));
const needsOf = ({needs = []}: Job): readonly string[] => (typeof needs === 'string' ? [needs] : needs);
const targetsOf = (name: string): readonly unknown[] =>
  (read('release.yml').jobs[name]?.strategy?.matrix['include'] ?? []).map(
    (entry) => (entry as Record<string, unknown>)['target'],
  );

/** Whether the job waits for the other one, at any distance. */
const waitsFor = (flow: Workflow, name: string, other: string): boolean =>
  needsOf(flow.jobs[name] ?? {steps: []}).some((need) => need === other || waitsFor(flow, need, other));

/** What each job may write, and nothing else. */
const mayWrite: Readonly<Record<string, readonly string[]>> = {
  'release.yml image': ['attestations', 'id-token', 'packages'],
  'release.yml publish': ['attestations', 'contents', 'id-token'],
};

describe('the workflows', () => {
  it('are the ones of a change and of a release', () => assert.deepEqual([...names].sort(), ['ci.yml', 'release.yml']));

  for (const name of names) {
    describe(name, () => {
      const flow = read(name);

      it('calls only npm scripts, programs and actions of its own that exist', () => {
        const called = commandsOf(flow).flatMap((line) =>
          [...line.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, script = '']) => script),
        );
        assert.ok(called.length > 0);
        for (const script of called) assert.ok(script in packageFile.scripts, script);
        for (const line of commandsOf(flow)) {
          if (/\bnpm test\b/.test(line)) assert.ok('test' in packageFile.scripts);
          for (const [, file = ''] of line.matchAll(/\bnode ((?:scripts|bin)\/\S+)/g))
            assert.ok(existsSync(path.join(root, file)), file);
        }
        for (const uses of usedBy(flow)) if (uses.startsWith('./')) assert.ok(existsSync(path.join(root, uses)), uses);
        for (const {env = {}} of stepsOf(flow)) {
          for (const value of Object.values(env)) {
            const [, file] = /^\$\{\{ github\.workspace \}\}\/(\S+)$/.exec(value) ?? [];
            if (file !== undefined) assert.ok(existsSync(path.join(root, file)), file);
          }
        }
      });

      it('uses every action of others by a version', () => {
        const others = usedBy(flow).filter((uses) => !uses.startsWith('./'));
        assert.ok(others.length > 0);
        for (const uses of others) assert.match(uses, /^[\w-]+\/[\w-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})$/);
      });

      it('reads by default, and writes only where it must', () => {
        assert.deepEqual(flow.permissions, {contents: 'read'});
        for (const [title, {permissions: given = {}}] of Object.entries(flow.jobs)) {
          assert.deepEqual(
            Object.keys(given)
              .filter((of) => given[of] === 'write')
              .sort(),
            mayWrite[`${name} ${title}`] ?? [],
            title,
          );
        }
      });

      it('leaves no credentials in the checkout, and has no secret but the one of the run', () => {
        for (const {uses = '', with: given} of stepsOf(flow))
          if (uses.startsWith('actions/checkout@')) assert.equal(given?.['persist-credentials'], false);
        for (const [secret] of readFileSync(path.join(folder, name), 'utf8').matchAll(/secrets\.\w+/g))
          assert.equal(secret, 'secrets.GITHUB_TOKEN');
        assert.ok(!('pull_request_target' in flow.on));
      });

      it('puts nothing that others wrote into a command line', () => {
        for (const line of commandsOf(flow)) {
          for (const [, value = ''] of line.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g))
            assert.match(value, /^matrix\.\w+$/, line);
        }
      });

      it('ends, and waits only for jobs that are there', () => {
        for (const [title, each] of Object.entries(flow.jobs)) {
          if (each.uses === undefined) assert.ok((each['timeout-minutes'] ?? Infinity) <= 60, title);
          for (const need of needsOf(each)) assert.ok(need in flow.jobs, need);
        }
      });
    });
  }

  it('make every program that is released, and run it where it belongs', () => {
    assert.deepEqual([...targetsOf('binaries')].sort(), TARGETS.map(titleOf).sort());
    assert.deepEqual([...targetsOf('smoke')].sort(), TARGETS.map(titleOf).sort());
  });

  it('publish nothing before every test, program and image is well', () => {
    const release = read('release.yml');
    for (const before of ['ci', 'notes', 'binaries', 'smoke', 'image'])
      assert.ok(waitsFor(release, 'publish', before), before);
    for (const before of ['ci', 'smoke']) assert.ok(waitsFor(release, 'image', before), before);
    assert.ok(waitsFor(release, 'krew', 'publish'));
  });

  it('test on every Node.js from the oldest that is promised', () => {
    const versions = read('ci.yml').jobs['test']?.strategy?.matrix['node'];
    assert.deepEqual(versions, [22, 24, 26]);
    assert.match(packageFile.engines.node, /^>=22\./);
  });
});
