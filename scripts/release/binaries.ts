/**
 * The single-file programs and their archives: `npm run binaries [-- linux_amd64 …]`, into build/. Node.js comes from its
 * npm packages, which npm verifies; nothing is downloaded from elsewhere. Needs `npm run build` before.
 *
 * Any machine can build any target, but for one thing: V8's code cache is made only for the own platform.
 */
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {tarGz, zip, type ArchivedFile} from './archive.js';
import {from} from '../build/bundle.js';
import {adHocSigned} from './mach-o-signature.js';
import {isHere, nodeOf, strip, versionOf} from './node-of.js';
import {buildSingleFile} from '../build/single-file.js';
import {archiveOf, executableOf, PLUGIN, TARGETS, titleOf, type Target} from './targets.js';

const out = from('build');
const archives = path.join(out, 'archives');
/** Bytes packed (budgets, "sizes"). */
const LARGEST = 45 * 1024 * 1024;

const pinned = process.versions.node;

const run = (program: string, args: readonly string[], cwd = out): void =>
  void execFileSync(program, args, {cwd, stdio: ['ignore', 'ignore', 'inherit']});

const helpPages = (): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(from('dist/help')).map((name) => [`help/${name}`, from('dist/help', name)]));

const assets = (): Readonly<Record<string, string>> => ({
  'words.json': from('dist/words.json'),
  'page/page.js': from('dist/page/page.js'),
  'page/page.css': from('dist/page/page.css'),
  ...helpPages(),
});

/** The Node.js that puts the program in: of the target's version, because it writes what that version reads. */
const builderFor = (target: Target): string => {
  const version = versionOf(target);
  if (version === pinned) return process.execPath;
  const here = TARGETS.find(isHere);
  if (here === undefined) throw new Error(`no Node.js ${version} for this machine`);
  return nodeOf(here, version);
};

/** Without an identity. macOS on arm64 kills a program that has no signature at all. */
const sign = (executable: string): void => {
  if (process.platform === 'darwin') run('codesign', ['--force', '--sign', '-', executable]);
  else writeFileSync(executable, adHocSigned(readFileSync(executable), PLUGIN));
};

const buildExecutable = (target: Target, main: string): string => {
  const folder = path.join(out, titleOf(target));
  mkdirSync(folder, {recursive: true});
  const bare = path.join(folder, 'node');
  copyFileSync(nodeOf(target), bare);
  // Before the program goes in, which would be lost with the symbols.
  strip(target, bare);
  const executable = path.join(folder, executableOf(target));
  const configuration = path.join(folder, 'single.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      main,
      mainFormat: 'module',
      output: executable,
      executable: bare,
      assets: assets(),
      disableExperimentalSEAWarning: true,
      useCodeCache: isHere(target) && versionOf(target) === pinned,
      useSnapshot: false,
      // The environment of a person's shell (NODE_OPTIONS) is not ours to obey or to break on.
      execArgvExtension: 'none',
    }),
  );
  run(builderFor(target), ['--build-sea', configuration]);
  if (target.os === 'darwin') sign(executable);
  rmSync(bare);
  rmSync(configuration);
  return executable;
};

const fileFor = (name: string, source: string, executable = false): readonly ArchivedFile[] =>
  existsSync(source) ? [{name, content: readFileSync(source), executable}] : [];

const pack = (target: Target, executable: string): string => {
  const files = [
    ...fileFor(executableOf(target), executable, true),
    ...fileFor('LICENSE', from('LICENSE')),
    ...fileFor('README.md', from('README.md')),
    ...(target.os === 'windows'
      ? []
      : fileFor('kubectl_complete-frigate_health', from('bin/kubectl_complete-frigate_health'), true)),
  ];
  const archive = path.join(archives, archiveOf(target));
  writeFileSync(archive, target.os === 'windows' ? zip(files) : tarGz(files));
  return archive;
};

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const checksum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

const asked = process.argv.slice(2);
const targets = asked.length === 0 ? TARGETS : TARGETS.filter((target) => asked.includes(titleOf(target)));
if (targets.length < asked.length) throw new Error(`known targets: ${TARGETS.map(titleOf).join(' ')}`);
if (!existsSync(from('dist/words.json'))) throw new Error('build it first: npm run build');

mkdirSync(archives, {recursive: true});
const main = path.join(out, 'program.mjs');
await buildSingleFile(main);
for (const target of targets) {
  const executable = buildExecutable(target, main);
  const archive = pack(target, executable);
  const {size} = statSync(archive);
  console.log(
    `${titleOf(target)}: ${mebibytes(statSync(executable).size)}, packed ${mebibytes(size)}, Node.js ${versionOf(target)}`,
  );
  if (size > LARGEST) throw new Error(`${archive} is larger than ${mebibytes(LARGEST)}`);
}
const sums = readdirSync(archives)
  .filter((name) => /\.(tar\.gz|zip)$/.test(name))
  .sort();
writeFileSync(
  path.join(archives, 'checksums.txt'),
  sums.map((name) => `${checksum(path.join(archives, name))}  ${name}\n`).join(''),
);
