/** The base of the image where no registry can be reached: Node.js, the libraries that it names, a user without a name, a /tmp; no shell. */
import {execFileSync} from 'node:child_process';
import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {isHere, nodeOf, strip} from './node-of.js';
import type {Target} from './targets.js';

/** What Node.js is linked with, by Debian's names; libc brings the loader. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'] as const;

/** The libraries that the dynamic loader would load, and the loader itself. */
const librariesHere = (program: string): readonly string[] =>
  [...execFileSync('ldd', [program], {encoding: 'utf8'}).matchAll(/(?:^|\s)(\/\S+)/g)].map(([, file = '']) => file);

/** What a program asks the loader for, by name: `libc.so.6`. */
const neededBy = (program: string): readonly string[] =>
  [...execFileSync('readelf', ['--dynamic', program], {encoding: 'utf8'}).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(
    ([, name = '']) => name,
  );

/** The loader that the kernel is told to start. */
const loaderOf = (program: string): string =>
  /program interpreter: (\S+)\]/.exec(
    execFileSync('readelf', ['--program-headers', program], {encoding: 'utf8'}),
  )?.[1] ?? '';

/** Unpacks Debian's packages of another platform, by the sources of this machine and its keys, in folders of their own. */
const unpackDebian = (arch: Target['arch'], into: string): void => {
  const work = mkdtempSync(path.join(tmpdir(), 'frigate-health-debian-'));
  try {
    for (const name of ['lists/partial', 'cache/archives/partial', 'packages'])
      mkdirSync(path.join(work, name), {recursive: true});
    writeFileSync(path.join(work, 'status'), '');
    const options = [
      `Dir::State=${work}`,
      `Dir::State::status=${work}/status`,
      `Dir::Cache=${work}/cache`,
      `APT::Architecture=${arch}`,
      `APT::Architectures=${arch}`,
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    const apt = (...words: readonly string[]): void =>
      void execFileSync('apt-get', [...options, '-qq', ...words], {
        cwd: path.join(work, 'packages'),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    apt('update');
    apt('download', ...PACKAGES);
    for (const name of readdirSync(path.join(work, 'packages')))
      execFileSync('dpkg-deb', ['-x', path.join(work, 'packages', name), into]);
  } finally {
    rmSync(work, {recursive: true, force: true});
  }
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => path.join(folder, name));

/** From a tree of packages: the loader under its own name, every library that is needed, and what those need. */
const librariesFrom = (tree: string, program: string): ReadonlyMap<string, string> => {
  const byName = new Map(
    filesIn(tree)
      .filter((file) => /\.so(\.\d+)*$/.test(file) && existsSync(file))
      .map((file) => [path.basename(file), file]),
  );
  const found = new Map<string, string>();
  const visit = (file: string): void => {
    for (const name of neededBy(file)) {
      const library = byName.get(name);
      if (library === undefined)
        throw new Error(`${path.basename(file)} needs ${name}, which none of ${PACKAGES.join(', ')} holds`);
      if (found.has(name)) continue;
      found.set(name, library);
      visit(library);
    }
  };
  visit(program);
  return found;
};

/** Puts the root folder `base` and its `Base.Dockerfile` into the folder. */
export const fillBase = (target: Target, folder: string): void => {
  const root = path.join(folder, 'base');
  rmSync(root, {recursive: true, force: true});
  const put = (source: string, place: string): void =>
    cpSync(source, path.join(root, place), {dereference: true, recursive: true});
  const source = isHere(target) ? process.execPath : nodeOf(target);
  put(source, 'usr/local/bin/node');
  chmodSync(path.join(root, 'usr/local/bin/node'), 0o755);
  strip(target, path.join(root, 'usr/local/bin/node'));
  if (isHere(target)) {
    for (const library of librariesHere(source)) put(library, library);
  } else {
    const tree = mkdtempSync(path.join(tmpdir(), 'frigate-health-libraries-'));
    try {
      unpackDebian(target.arch, tree);
      const loader = loaderOf(source);
      for (const [name, file] of librariesFrom(tree, source))
        if (name !== path.basename(loader)) put(file, path.join('lib', name));
      put(path.join(tree, loader), loader);
    } finally {
      rmSync(tree, {recursive: true, force: true});
    }
  }
  mkdirSync(path.join(root, 'etc'));
  writeFileSync(path.join(root, 'etc/passwd'), 'nonroot:x:65532:65532::/nonexistent:/sbin/nologin\n');
  writeFileSync(path.join(root, 'etc/group'), 'nonroot:x:65532:\n');
  writeFileSync(path.join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  mkdirSync(path.join(root, 'tmp'));
  chmodSync(path.join(root, 'tmp'), 0o1777);
  writeFileSync(path.join(folder, 'Base.Dockerfile'), 'FROM scratch\nCOPY --chown=0:0 base/ /\n');
};
