/** What `exec` finds in Frigate's container: curl, stat, cat, ls, echo, head, sleep, a little sh; everything else is exit 127. */
import {mediaHangs, mediaIsReadOnly, segmentsBetween} from '../frigate.js';
import {ok, wrong, type CommandResult, type ContainerView} from './command.js';
import {curl} from './curl.js';

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

const files = (view: ContainerView): Readonly<Record<string, string>> => ({
  '/proc/mounts': mountsFile(view),
  '/proc/self/mounts': mountsFile(view),
  '/etc/mtab': mountsFile(view),
});

const cat = (args: readonly string[], view: ContainerView): CommandResult => {
  const file = args.find((arg) => !arg.startsWith('-')) ?? '';
  const content = files(view)[file];
  return content === undefined ? wrong(1, `cat: ${file}: No such file or directory\n`) : ok(content);
};

/** Words of a shell line; quotes group. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

const shell = async (line: string, view: ContainerView, signal: AbortSignal): Promise<CommandResult> => {
  let last: CommandResult = ok('');
  const stdout: Buffer[] = [];
  let stderr = '';
  for (const part of line.split(/\s*(?:;|&&)\s*/)) {
    const [name = '', ...rest] = words(part);
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

/** Runs one command; it ends with the signal at the latest. */
export const runCommand = async (
  argv: readonly string[],
  view: ContainerView,
  signal: AbortSignal,
): Promise<CommandResult> => {
  const [path = '', ...args] = argv;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    ['stat', 'ls', 'cat', 'df', 'find'].includes(name) &&
    touchesMedia(args) &&
    mediaHangs(view.run, view.clock.now() / 1000)
  )
    return never(signal);
  switch (name) {
    case 'curl':
      return curl(args, view, signal);
    case 'timeout':
      return timeout(args, view, signal);
    case 'stat':
      return stat(args, view);
    case 'head':
      return head(args);
    case 'sleep':
      return sleep(args, view, signal);
    case 'echo':
      return ok(`${args.join(' ')}\n`);
    case 'true':
      return ok('');
    case 'false':
      return wrong(1, '');
    case 'sh':
    case 'bash':
      return args[0] === '-c' ? shell(args[1] ?? '', view, signal) : ok('');
    case 'ls':
      return ok(
        args.includes('/tmp/cache') ? cacheFiles(view) : 'bin\nconfig\ndev\netc\nmedia\nopt\nproc\nrun\ntmp\nusr\n',
      );
    case 'cat':
      return cat(args, view);
    default:
      return wrong(127, `sh: 1: ${name}: not found\n`);
  }
};
