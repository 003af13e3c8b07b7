/**
 * The container image for this machine's platform: `npm run image [-- --base=IMAGE@sha256:… --tag=NAME --tool=docker]`, as an
 * archive in build/image. Without --base the base is made here, from the pinned Node.js and the libraries that it names,
 * where no registry can be reached. The release workflow builds the same Dockerfile for every platform.
 */
import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import packageFile from '../package.json' with {type: 'json'};
import {from} from './bundle.js';

const TOOLS = ['buildah', 'podman', 'docker'] as const;
type Tool = (typeof TOOLS)[number];

const {values: given} = parseArgs({options: {base: {type: 'string'}, tag: {type: 'string'}, tool: {type: 'string'}}});
const tag = given.tag ?? `localhost/frigate-health:${packageFile.version}`;
const folder = from('build/image');

/** buildah and podman run in a container of their own here: no overlay, no namespaces. Whoever has both says so by these variables. */
const environment = {STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot', ...process.env};

const run = (program: string, ...args: readonly string[]): void => {
  execFileSync(program, args, {stdio: ['ignore', 'inherit', 'inherit'], env: environment});
};

const answers = (program: string): boolean => {
  try {
    execFileSync(program, ['info'], {stdio: 'ignore', env: environment});
    return true;
  } catch {
    return false;
  }
};

const toolFor = (): Tool => {
  const wanted = given.tool === undefined ? TOOLS.find(answers) : TOOLS.find((known) => known === given.tool);
  if (wanted === undefined) throw new Error(`none of ${TOOLS.join(', ')} works here`);
  return wanted;
};

/** The libraries that the dynamic loader would load, and the loader itself. */
const librariesOf = (program: string): readonly string[] => [...execFileSync('ldd', [program], {encoding: 'utf8'}).matchAll(/(?:^|\s)(\/\S+)/g)].map(([, file = '']) => file);

/** Node.js, its libraries, a user without a name, a /tmp: nothing else, no shell. */
const makeBase = (tool: Tool): string => {
  const name = `localhost/frigate-health-base:node-${process.versions.node}`;
  const root = path.join(folder, 'base');
  rmSync(root, {recursive: true, force: true});
  const put = (source: string, target: string): void => cpSync(source, path.join(root, target), {dereference: true, recursive: true});
  put(process.execPath, 'usr/local/bin/node');
  execFileSync('strip', [path.join(root, 'usr/local/bin/node')]);
  for (const library of librariesOf(process.execPath)) put(library, library);
  mkdirSync(path.join(root, 'etc'));
  writeFileSync(path.join(root, 'etc/passwd'), 'nonroot:x:65532:65532::/nonexistent:/sbin/nologin\n');
  writeFileSync(path.join(root, 'etc/group'), 'nonroot:x:65532:\n');
  writeFileSync(path.join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  mkdirSync(path.join(root, 'tmp'));
  chmodSync(path.join(root, 'tmp'), 0o1777);
  writeFileSync(path.join(folder, 'Base.Dockerfile'), 'FROM scratch\nCOPY --chown=0:0 base/ /\n');
  run(tool, 'build', '-f', path.join(folder, 'Base.Dockerfile'), '-t', name, folder);
  return name;
};

const baseFor = (tool: Tool): string => {
  if (given.base === undefined) return makeBase(tool);
  if (!/@sha256:[0-9a-f]{64}$/.test(given.base)) throw new Error(`${given.base} is not pinned: write IMAGE@sha256:…`);
  return given.base;
};

const save = (tool: Tool, archive: string): void => {
  rmSync(archive, {force: true});
  if (tool === 'buildah') run(tool, 'push', tag, `docker-archive:${archive}:${tag}`);
  else run(tool, 'save', '-o', archive, tag);
};

const revision = (): string => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {cwd: from(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim();
  } catch {
    return 'unknown';
  }
};

mkdirSync(folder, {recursive: true});
const tool = toolFor();
const base = baseFor(tool);
run(tool, 'build', '--build-arg', `BASE=${base}`, '--build-arg', `VERSION=${packageFile.version}`, '--build-arg', `REVISION=${revision()}`, '-f', from('Dockerfile'), '-t', tag, from());
const archive = path.join(folder, 'frigate-health.tar');
save(tool, archive);
console.log(`${tag}: ${(statSync(archive).size / 1024 / 1024).toFixed(1)} MiB unpacked, in ${path.relative(process.cwd(), archive)}`);
