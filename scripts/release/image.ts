/**
 * The container image: `npm run image [-- --platform=linux/arm64 --base=IMAGE@sha256:… --tag=NAME --tool=docker]`, as an archive
 * in build/image; for this machine's platform, or another. Without --base the base is made here, where no registry can be
 * reached. The release workflow builds the same Dockerfile for every platform.
 */
import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import packageFile from '../../package.json' with {type: 'json'};
import {from} from '../build/bundle.js';
import {fillBase} from './image-base.js';
import {isHere, nodeOf} from './node-of.js';
import {TARGETS, type Target} from './targets.js';

const TOOLS = ['buildah', 'podman', 'docker'] as const;
type Tool = (typeof TOOLS)[number];

const {values: given} = parseArgs({
  options: {base: {type: 'string'}, platform: {type: 'string'}, tag: {type: 'string'}, tool: {type: 'string'}},
});

const targetFor = (platform: string | undefined): Target => {
  const found = TARGETS.find(
    (target) =>
      target.os === 'linux' &&
      (platform === undefined ? target.processor === process.arch : platform === `linux/${target.arch}`),
  );
  if (found === undefined)
    throw new Error(
      `--platform is one of ${TARGETS.filter(({os}) => os === 'linux')
        .map(({arch}) => `linux/${arch}`)
        .join(', ')}`,
    );
  return found;
};

const target = targetFor(given.platform);
/** Images of this machine's own platform have no suffix. */
const suffix = target.processor === process.arch ? '' : `-${target.arch}`;
const tag = given.tag ?? `localhost/frigate-health:${packageFile.version}${suffix}`;
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

const onPlatform = ['--platform', `linux/${target.arch}`];

const makeBase = (tool: Tool): string => {
  const name = `localhost/frigate-health-base:node-${process.versions.node}${suffix}`;
  fillBase(target, folder);
  run(tool, 'build', ...onPlatform, '-f', path.join(folder, 'Base.Dockerfile'), '-t', name, folder);
  return name;
};

/** Whether this machine runs programs of the platform: its own, or by an emulator that the kernel knows. */
const runs = (): boolean => {
  if (isHere(target)) return true;
  try {
    execFileSync(nodeOf(target), ['--version'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
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
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: from(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
};

mkdirSync(folder, {recursive: true});
const tool = toolFor();
const base = baseFor(tool);
const program = runs() ? 'compiled' : 'plain';
if (program === 'plain')
  console.warn(
    `this machine cannot run linux/${target.arch}: the image is made without the compiled form of the program and starts slower`,
  );
run(
  tool,
  'build',
  ...onPlatform,
  '--build-arg',
  `BASE=${base}`,
  '--build-arg',
  `PROGRAM=${program}`,
  '--build-arg',
  `VERSION=${packageFile.version}`,
  '--build-arg',
  `REVISION=${revision()}`,
  '-f',
  from('Dockerfile'),
  '-t',
  tag,
  from(),
);
const archive = path.join(folder, `frigate-health${suffix}.tar`);
save(tool, archive);
console.log(
  `${tag}: ${(statSync(archive).size / 1024 / 1024).toFixed(1)} MiB unpacked, in ${path.relative(process.cwd(), archive)}`,
);
