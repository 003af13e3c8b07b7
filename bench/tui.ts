/**
 * The live screen on a real terminal, against a simulated cluster in another process: how soon the first picture stands, what
 * a calm minute costs, and how 500 cameras scroll. Prints; asserts nothing. That the heap stays flat is `npm run test:soak`.
 */
import {EventEmitter} from 'node:events';
import {readFileSync} from 'node:fs';
import {hasPty, Pty} from '../test/tui/terminal.js';
import {FakeStdin} from '../test/tui/streams.js';
import {startDouble} from './support/double.js';
import {median} from './support/measure.js';

const CAMERAS = 7;
const MANY = 500;
const STARTS = 7;
const CALM_SECONDS = 60;
/** What is asked once at the beginning has been answered by then. */
const SETTLE_SECONDS = 15;
const POLL_SECONDS = 2;
const KEYS = 400;
/** Clock ticks of /proc. */
const TICKS_PER_SECOND = 100;

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Usage {
  /** Seconds of user and system time. */
  readonly cpu: number;
  /** Resident memory in MiB. */
  readonly memory: number;
}

const usageOf = (pid: number): Usage => {
  // The name in parentheses may hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {cpu: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_SECOND, memory: Number(resident ?? 0) / 1024};
};

/** From the start of the process to the first picture, and to the first verdict; milliseconds. */
const start = async (kubeconfig: string): Promise<{readonly picture: number; readonly verdict: number}> => {
  const begun = performance.now();
  const pty = new Pty(['watch', '--kubeconfig', kubeconfig], {rows: 40, columns: 120, poll: 5});
  try {
    await pty.shows(/frigate-health +demo\/frigate/);
    const picture = performance.now() - begun;
    await pty.shows(/√ HEALTHY/);
    const verdict = performance.now() - begun;
    pty.type('q');
    await pty.end();
    return {picture, verdict};
  } finally {
    pty.kill();
  }
};

const calm = async (kubeconfig: string, cameras: number): Promise<void> => {
  const pty = new Pty(['watch', '--kubeconfig', kubeconfig], {rows: 40, columns: 120});
  try {
    await pty.shows(/√ HEALTHY|DEGRADED/, 30_000);
    await wait(SETTLE_SECONDS * 1000);
    const [before, bytesBefore] = [usageOf(pty.pid), pty.bytes.length];
    await wait(CALM_SECONDS * 1000);
    const [after, bytesAfter] = [usageOf(pty.pid), pty.bytes.length];
    const cpu = ((after.cpu - before.cpu) / CALM_SECONDS) * 100;
    const bytes = bytesAfter - bytesBefore;
    console.log(
      `a calm minute, ${cameras} cameras: CPU ${cpu.toFixed(2)} % of one core (budget 1), ${bytes} bytes, ${(bytes / (CALM_SECONDS / POLL_SECONDS)).toFixed(0)} for each poll (budget 400), RSS ${before.memory.toFixed(0)} to ${after.memory.toFixed(0)} MiB`,
    );
    pty.type('q');
    await pty.end();
  } finally {
    pty.kill();
  }
};

/** A terminal that takes everything and tells when. */
class Sink extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly rows = 60;
  readonly columns = 200;
  last = 0;

  write(_text: string, encodingOrDone?: unknown, done?: () => void): boolean {
    this.last = performance.now();
    (typeof encodingOrDone === 'function' ? (encodingOrDone as () => void) : done)?.();
    return true;
  }
}

/** From a key to the last byte of its frame, in this process; milliseconds, sorted. */
const scroll = async (): Promise<readonly number[]> => {
  process.env['NODE_ENV'] = 'production';
  const [{render}, {createElement}, {App}, {themeNamed}, {target, withCameras, aLook}, {display, storeFedBy}] =
    await Promise.all([
      import('ink'),
      import('react'),
      import('../src/tui/components/App.js'),
      import('../src/tui/theme.js'),
      import('../test/tui/live.js'),
      import('../test/tui/snapshots.js'),
    ]);
  const stdout = new Sink();
  const stdin = new FakeStdin();
  const {store, show} = storeFedBy({
    later: (work) => {
      const timer = setImmediate(work);
      return () => clearImmediate(timer);
    },
  });
  const {unmount} = render(
    createElement(App, {
      store,
      display,
      styles: themeNamed('default'),
      options: {target, allowActions: false, severalFrigates: false, canType: true},
      perform: () => Promise.resolve(null),
      stop: () => Promise.resolve(),
      onStop: () => () => undefined,
    }),
    {
      stdout: stdout as unknown as NodeJS.WriteStream,
      stdin: stdin as unknown as NodeJS.ReadStream,
      alternateScreen: true,
      incrementalRendering: true,
      interactive: true,
      maxFps: 1000,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  await wait(50);
  show(aLook(withCameras(MANY, (index) => (index % 37 === 5 ? 0 : 5.1))));
  await wait(200);
  const taken: number[] = [];
  for (let count = 0; count < KEYS; count += 1) {
    const begun = performance.now();
    stdin.type(count < KEYS / 2 ? 'j' : '\u0004');
    await wait(20);
    if (stdout.last > begun) taken.push(stdout.last - begun);
    // Up again before the end of the list is reached.
    if (count % 10 === 9 && count >= KEYS / 2) {
      stdin.type('g');
      await wait(20);
    }
  }
  unmount();
  store.close();
  return taken.sort((a, b) => a - b);
};

if (hasPty) {
  await using double = await startDouble({cameras: CAMERAS, pace: 'flowing'});
  const starts = [];
  for (let count = 0; count < STARTS; count += 1) starts.push(await start(double.kubeconfig));
  console.log(
    `start, median of ${STARTS}: first picture ${median(starts.map(({picture}) => picture)).toFixed(0)} ms (budget 700), first verdict ${median(starts.map(({verdict}) => verdict)).toFixed(0)} ms`,
  );
  await calm(double.kubeconfig, CAMERAS);
  await using large = await startDouble({cameras: MANY, pace: 'flowing'});
  await calm(large.kubeconfig, MANY);
} else console.log('no pseudo terminal (script of util-linux): only the scrolling is measured');

const taken = await scroll();
console.log(
  `${MANY} cameras scrolled by ${taken.length} keys: median ${median(taken).toFixed(1)} ms, 99 of 100 below ${(taken[Math.floor(taken.length * 0.99)] ?? Number.NaN).toFixed(1)} ms, longest ${(taken.at(-1) ?? Number.NaN).toFixed(1)} ms (budget 50)`,
);
