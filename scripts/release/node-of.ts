/** Node.js of any platform, from its npm package, which npm verifies; and a third smaller. */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {from} from '../build/bundle.js';
import {titleOf, type Target} from './targets.js';

const downloads = from('build/node');

export const versionOf = ({nodeVersion}: Target): string => nodeVersion ?? process.versions.node;
export const isHere = ({platform, processor}: Target): boolean =>
  platform === process.platform && processor === process.arch;

const packedNode = (folder: string): string | undefined =>
  ['package/bin/node', 'package/bin/node.exe'].map((name) => path.join(folder, name)).find((file) => existsSync(file));

/** The `node` of a platform, unpacked once. */
export const nodeOf = (target: Target, version = versionOf(target)): string => {
  const folder = path.join(downloads, `${target.node}-${version}`);
  const there = packedNode(folder);
  if (there !== undefined) return there;
  mkdirSync(folder, {recursive: true});
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', `${target.node}@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${target.node}@${version} left no archive`);
  execFileSync('tar', ['-xzf', archive], {cwd: folder, stdio: ['ignore', 'ignore', 'inherit']});
  rmSync(path.join(folder, archive));
  const unpacked = packedNode(folder);
  if (unpacked === undefined) throw new Error(`${target.node}@${version} holds no node`);
  return unpacked;
};

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
};

/** The command that strips a file of this target on this machine; `null`: none is needed; `undefined`: there is none. */
const stripper = (target: Target): readonly string[] | null | undefined => {
  if (target.os === 'windows') return null;
  const flags = target.os === 'darwin' ? ['-x'] : [];
  if (target.platform === process.platform && (target.os === 'darwin' || isHere(target))) return ['strip', ...flags];
  const tool = [
    'llvm-strip',
    ...(target.os === 'linux' ? [`${target.processor === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu-strip`] : []),
  ].find(isThere);
  return tool === undefined ? undefined : [tool, ...flags];
};

/** A third of Node.js is symbols for debuggers. Windows' has none. */
export const strip = (target: Target, file: string): void => {
  const command = stripper(target);
  if (command === null) return;
  const [tool, ...flags] = command ?? [];
  if (tool === undefined) console.warn(`${titleOf(target)}: no tool here strips it (llvm-strip does)`);
  else execFileSync(tool, [...flags, file], {stdio: ['ignore', 'ignore', 'inherit']});
};
