/** What `exec` finds in Frigate's container: curl, stat, cat, ls, echo, head, sleep, a little sh; everything else is exit 127. */
import {mediaError, mediaHangs, mediaIsReadOnly, segmentsBetween} from '../frigate.js';
import {ok, wrong, type CommandResult, type ContainerView} from './command.js';
import {curl} from './curl.js';
import {kernelFiles} from './kernel-files.js';

const mountsFile = (view: ContainerView): string => {
  const type = view.run.site.mediaType;
  const mode = mediaIsReadOnly(view.run, view.clock.now() / 1000) ? 'ro' : 'rw';
  const device = type.startsWith('nfs')
    ? '192.168.1.5:/export/frigate'
    : type === 'cifs'
      ? '//192.168.1.5/frigate'
      : '/dev/sdb1';
  return [
    'overlay / overlay rw,relatime,lowerdir=/var/lib/containerd/l/AB,upperdir=/var/lib/containerd/u,workdir=/var/lib/containerd/w 0 0',
    'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
    'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
    'tmpfs /dev/shm tmpfs rw,relatime,size=524288k 0 0',
    '/dev/sda2 /config ext4 rw,relatime 0 0',
    `${device} /media/frigate ${type} ${mode},relatime 0 0`,
    'tmpfs /tmp/cache tmpfs rw,relatime,size=1048576k 0 0',
    'tmpfs /run/secrets/kubernetes.io/serviceaccount tmpfs ro,relatime 0 0',
    '',
  ].join('\n');
};

const touchesMedia = (args: readonly string[]): boolean => args.some((arg) => arg.startsWith('/media'));

const stat = (args: readonly string[], view: ContainerView): CommandResult => {
  const path = args.findLast((arg) => !arg.startsWith('-')) ?? '';
  if (!/^\/(media|tmp|dev|config|proc)?/.test(path))
    return wrong(1, `stat: cannot read file system information for '${path}': No such file or directory\n`);
  const type = path.startsWith('/media') ? view.run.site.mediaType : 'tmpfs';
  return ok(
    `  File: "${path}"\n    ID: 9a3f2c1b00000000 Namelen: 255     Type: ${type}\nBlock size: 4096       Fundamental block size: 4096\nBlocks: Total: 243968000  Free: 51558400   Available: 51558400\nInodes: Total: 61054976   Free: 60911842\n`,
  );
};

const cacheFiles = (view: ContainerView): string => {
  const now = view.clock.now() / 1000;
  return view.run.site.cameras
    .flatMap((camera) =>
      segmentsBetween(view.run, camera, now - 30, now, now)
        .slice(-1)
        .map(
          (segment) =>
            `${camera.name}@${new Date(segment.end * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, '')}+0000.mp4\n`,
        ),
    )
    .join('');
};

const files = (view: ContainerView): ReadonlyMap<string, () => string> => {
  const mounts = (): string => mountsFile(view);
  return new Map([
    ['/proc/mounts', mounts],
    ['/proc/self/mounts', mounts],
    ['/etc/mtab', mounts],
    ...kernelFiles(view.run, view.clock.now() / 1000),
  ]);
};

/** Several files one after another; one that is missing does not keep the others back. */
const cat = (args: readonly string[], view: ContainerView): CommandResult => {
  const known = files(view);
  const read = args.filter((arg) => !arg.startsWith('-')).map((file) => [file, known.get(file)] as const);
  const missing = read.filter(([, content]) => content === undefined);
  return {
    stdout: read.map(([, content]) => content?.() ?? '').join(''),
    stderr: missing.map(([file]) => `cat: ${file}: No such file or directory\n`).join(''),
    exitCode: missing.length > 0 ? 1 : 0,
  };
};

/** The files that `/proc/[0-9]*` and the like stand for; the pattern itself where it stands for none. */
const expanded = (pattern: string, view: ContainerView): readonly string[] => {
  if (!/[*?[]/.test(pattern) || !pattern.startsWith('/')) return [pattern];
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const matching = new RegExp(`^${source}$`);
  const found = [...files(view).keys()].filter((path) => matching.test(path));
  return found.length === 0 ? [pattern] : found;
};

/** Words of a shell line; quotes group, and only what stands without them is expanded. */
const words = (line: string, view: ContainerView): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].flatMap(([, double, single, bare]) =>
    bare === undefined ? [double ?? single ?? ''] : expanded(bare, view),
  );

const shell = async (line: string, view: ContainerView, signal: AbortSignal): Promise<CommandResult> => {
  let last: CommandResult = ok('');
  const stdout: Buffer[] = [];
  let stderr = '';
  for (const part of line.split(/\s*(?:;|&&)\s*/)) {
    const [name = '', ...rest] = words(part.replace(/\s*2>\s*\/dev\/null/, ''), view);
    if (name === 'exit') return {stdout: Buffer.concat(stdout), stderr, exitCode: Number(rest[0] ?? last.exitCode)};
    last = name === '' ? last : await runCommand([name, ...rest], view, signal);
    stdout.push(Buffer.from(last.stdout));
    stderr += last.stderr;
  }
  return {stdout: Buffer.concat(stdout), stderr, exitCode: last.exitCode};
};

/** `head -c BYTES /dev/zero`. */
const head = (args: readonly string[]): CommandResult => {
  const bytes = Number(args[args.indexOf('-c') + 1]);
  return args.includes('-c') && args.at(-1) === '/dev/zero' && Number.isSafeInteger(bytes)
    ? ok(Buffer.alloc(bytes))
    : wrong(1, `head: cannot open '${args.at(-1) ?? ''}' for reading: No such file or directory\n`);
};

const sleep = async (args: readonly string[], view: ContainerView, signal: AbortSignal): Promise<CommandResult> => {
  await view.clock.wait(Number.parseFloat(args[0] ?? '0') * 1000, signal);
  return ok('');
};

const never = (signal: AbortSignal): Promise<CommandResult> =>
  new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve(wrong(137, ''));
      },
      {once: true},
    );
  });

/** `timeout` kills what hangs in a FUSE mount, as measured; a hard NFS mount would not even let it. */
const timeout = async (args: readonly string[], view: ContainerView, signal: AbortSignal): Promise<CommandResult> => {
  const rest = args.filter((arg, index) => !(arg.startsWith('-') && index < 4));
  const limit = Number.parseFloat(rest[0] ?? '0') * 1000;
  const patience = new AbortController();
  const finished = new AbortController();
  const killable = !view.run.site.mediaType.startsWith('nfs');
  const expired = new AbortController();
  void view.clock.wait(limit, finished.signal).then(() => {
    if (finished.signal.aborted) return;
    expired.abort();
    if (killable) patience.abort();
  });
  const result = await runCommand(rest.slice(1), view, AbortSignal.any([signal, patience.signal]));
  finished.abort();
  return expired.signal.aborted ? {...result, exitCode: 124} : result;
};

/** How each command says that the kernel refused a path, and its exit code (coreutils). */
const mediaFailures: ReadonlyMap<string, (path: string, error: string) => CommandResult> = new Map([
  [
    'stat',
    (path: string, error: string) => wrong(1, `stat: cannot read file system information for '${path}': ${error}\n`),
  ],
  ['ls', (path: string, error: string) => wrong(2, `ls: cannot access '${path}': ${error}\n`)],
  ['cat', (path: string, error: string) => wrong(1, `cat: ${path}: ${error}\n`)],
  ['df', (path: string, error: string) => wrong(1, `df: ${path}: ${error}\n`)],
  ['find', (path: string, error: string) => wrong(1, `find: '${path}': ${error}\n`)],
]);

type Command = (
  args: readonly string[],
  view: ContainerView,
  signal: AbortSignal,
) => CommandResult | Promise<CommandResult>;

const ls: Command = (args, view) => {
  if (args.includes('/tmp/cache')) return ok(cacheFiles(view));
  const pids = [...files(view).keys()].flatMap((path) => /^\/proc\/(\d+)\/stat$/.exec(path)?.[1] ?? []);
  return ok(
    args.includes('/proc') ? `${pids.join('\n')}\n` : 'bin\nconfig\ndev\netc\nmedia\nopt\nproc\nrun\ntmp\nusr\n',
  );
};

const sh: Command = (args, view, signal) => (args[0] === '-c' ? shell(args[1] ?? '', view, signal) : ok(''));

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['curl', curl],
  ['timeout', timeout],
  ['stat', stat],
  ['head', head],
  ['sleep', sleep],
  ['echo', (args) => ok(`${args.join(' ')}\n`)],
  ['true', () => ok('')],
  ['false', () => wrong(1, '')],
  ['sh', sh],
  ['bash', sh],
  ['ls', ls],
  ['cat', cat],
]);

/** Runs one command; it ends with the signal at the latest. */
export const runCommand = async (
  argv: readonly string[],
  view: ContainerView,
  signal: AbortSignal,
): Promise<CommandResult> => {
  const [path = '', ...args] = argv;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const failure = mediaFailures.get(name);
  if (failure !== undefined && touchesMedia(args)) {
    const now = view.clock.now() / 1000;
    if (mediaHangs(view.run, now)) return never(signal);
    const error = mediaError(view.run, now);
    if (error !== null) return failure(args.at(-1) ?? '', error);
  }
  return commands.get(name)?.(args, view, signal) ?? wrong(127, `sh: 1: ${name}: not found\n`);
};
