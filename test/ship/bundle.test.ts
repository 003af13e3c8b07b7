/** The built program is whole: what it imports is in dist/ or in Node.js, so package.json has no dependencies to install. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import path from 'node:path';
import {build} from 'esbuild';
import * as z from 'zod';
import packageFile from '../../package.json' with {type: 'json'};
import {bundledCycloneDx, bundledPackages, bundledSpdx} from '../../scripts/release/sbom.js';

const root = path.resolve(import.meta.dirname, '../..');

/** ws asks for them in a try block, for speed where somebody installed them; it has its own code for both. */
const OPTIONAL: ReadonlySet<string> = new Set(['bufferutil', 'utf-8-validate']);

/** What the scripts of others may do on `npm ci`: the two that bring a program for this machine. */
const WITH_INSTALL_SCRIPT: readonly string[] = ['node_modules/esbuild', 'node_modules/node'];

/** The imports of these files that are neither in Node.js nor among the files, read by a parser. */
const foreignImports = async (contents: string | readonly string[]): Promise<readonly string[]> => {
  const {metafile} = await build({
    ...(typeof contents === 'string'
      ? {stdin: {contents, resolveDir: path.join(root, 'dist')}}
      : {entryPoints: [...contents]}),
    bundle: true,
    splitting: true,
    write: false,
    outdir: path.join(root, 'build/unused'),
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
    absWorkingDir: root,
  });
  const asked = Object.values(metafile.inputs).flatMap(({imports}) => imports);
  return [...new Set(asked.filter(({external}) => external === true).map((one) => one.path))]
    .filter((name) => !isBuiltin(name) && !OPTIONAL.has(name))
    .sort();
};

describe('the bundle', function () {
  this.timeout(60_000);

  it('imports nothing but its own files and Node.js', async () => {
    const files = readdirSync(path.join(root, 'dist'), {recursive: true, encoding: 'utf8'});
    const programs = files.filter((file) => file.endsWith('.js')).map((file) => path.join('dist', file));
    assert.ok(programs.length > 50, `${programs.length} files`);
    assert.deepEqual(await foreignImports(programs), []);
  });

  it('would be caught importing a package, in any of the three ways', async () => {
    const found = await foreignImports("import 'ink'; await import('yaml'); require('ws'); import 'node:fs';");
    assert.deepEqual(found, ['ink', 'ws', 'yaml']);
  });

  it('makes every package one that only building needs', () => {
    assert.ok(!('dependencies' in packageFile));
    assert.ok('ink' in packageFile.devDependencies);
  });
});

describe('what npm ci brings', () => {
  const lockFile = z
    .object({
      packages: z.record(
        z.string(),
        z.object({hasInstallScript: z.boolean().optional(), resolved: z.string().optional()}),
      ),
    })
    .parse(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  const packages = Object.entries(lockFile.packages);

  it('runs no install script but the known ones', () => {
    const found = packages.filter(([, {hasInstallScript}]) => hasInstallScript === true).map(([name]) => name);
    assert.deepEqual(found.filter((name) => !/\/fsevents$/.test(name)).sort(), WITH_INSTALL_SCRIPT);
    assert.deepEqual(
      Object.keys(packageFile.allowScripts)
        .map((name) => `node_modules/${name}`)
        .sort(),
      WITH_INSTALL_SCRIPT,
    );
  });

  it('names no registry in the lock file, so that each machine uses its own', () => {
    assert.deepEqual(
      packages.filter(([, {resolved}]) => resolved !== undefined).map(([name]) => name),
      [],
    );
  });
});

describe('the SBOM', () => {
  const bundled = bundledPackages(
    ['src/index.ts', 'node_modules/ink/build/index.js', 'node_modules/a/node_modules/@b/c/d.js'],
    (folder) =>
      ({
        'node_modules/ink': {name: 'ink', version: '8.0.0'},
        'node_modules/a/node_modules/@b/c': {name: '@b/c', version: '1.0.0'},
      })[folder],
  );

  it('lists the packages whose code is inside', () => assert.deepEqual([...bundled], ['ink@8.0.0', '@b/c@1.0.0']));

  it('in CycloneDX: without what only builds', () => {
    const component = (name: string, version: string) => ({'bom-ref': `${name}@${version}`, name, version});
    const {components, dependencies} = bundledCycloneDx(
      {
        metadata: {component: {'bom-ref': 'us'}},
        components: [component('ink', '8.0.0'), component('mocha', '12.0.0')],
        dependencies: [{ref: 'us', dependsOn: ['ink@8.0.0', 'mocha@12.0.0']}, {ref: 'mocha@12.0.0'}],
      },
      bundled,
    );
    assert.deepEqual(
      components.map(({name}) => name),
      ['ink'],
    );
    assert.deepEqual(dependencies, [{ref: 'us', dependsOn: ['ink@8.0.0']}]);
  });

  it('in SPDX: likewise', () => {
    const one = (SPDXID: string, name: string, versionInfo: string) => ({SPDXID, name, versionInfo});
    const relation = (spdxElementId: string) => ({spdxElementId, relatedSpdxElement: 'us'});
    const {packages, relationships} = bundledSpdx(
      {
        documentDescribes: ['us'],
        packages: [one('us', 'frigate-health', '1.0.0'), one('ink', 'ink', '8.0.0'), one('mocha', 'mocha', '12.0.0')],
        relationships: [relation('SPDXRef-DOCUMENT'), relation('ink'), relation('mocha')],
      },
      bundled,
    );
    assert.deepEqual(
      packages.map(({name}) => name),
      ['frigate-health', 'ink'],
    );
    assert.deepEqual(relationships, [relation('SPDXRef-DOCUMENT'), relation('ink')]);
  });
});
