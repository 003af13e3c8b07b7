/**
 * Twenty thousand frames of the real screen (`npm run test:soak`, some minutes): the heap does not grow, no listener stays
 * behind, and no frame is ever taller or wider than the terminal. Fails on Ink 7, whose caches grow by some 5 KB with each frame.
 */
import assert from 'node:assert/strict';
import {EventEmitter} from 'node:events';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import chalk from 'chalk';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import {columnsOf} from '../../src/tui/text.js';
import {instant} from '../../src/core/time.js';
import {themeNamed} from '../../src/tui/theme.js';
import {pick, randomOf} from '../proofs/support/random.js';
import {clock, looks, target} from './live.js';
import {display, storeFedBy} from './snapshots.js';
import {FakeStdin} from './streams.js';
import {Terminal} from './xterm.js';

const FRAMES = 20_000;
/** Caches fill and code is compiled before the first measurement. */
const WARM = 4000;
/** Bytes. Ink 8 stays below a tenth of it, Ink 7 grows five times as fast. */
const MOST_PER_FRAME = 1024;
const SIZES = [
  [40, 120],
  [24, 80],
  [12, 40],
  [60, 250],
  [30, 100],
  [5, 30],
] as const;
const KEYS = ['j', 'k', 'G', 'g', '1', '2', '3', '4', '5', '6', '7', '\t', '\r', '?', 's', 'x', '\u001b'];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What Ink writes goes to a real terminal emulator and nowhere else. */
class Screen extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  rows = SIZES[0][0] as number;
  columns = SIZES[0][1] as number;
  bytes = 0;
  #resizing = false;
  /** Of lines that were once wrapped: the emulator forgets that only when they leave. */
  #resized = false;
  /** A line discipline would make CR LF of each LF. */
  readonly terminal = new Terminal({
    rows: SIZES[0][0],
    cols: SIZES[0][1],
    allowProposedApi: true,
    scrollback: 50,
    convertEol: true,
  });

  write(text: string | Uint8Array, encodingOrDone?: unknown, done?: () => void): boolean {
    this.bytes += text.length;
    this.terminal.write(text);
    // Ink draws the last frame once more before it hears of the new size (in one synchronised update with the new one).
    if (!this.#resizing) this.#fits(String(text));
    const callback = typeof encodingOrDone === 'function' ? (encodingOrDone as () => void) : done;
    callback?.();
    return true;
  }

  resize(rows: number, columns: number): void {
    this.terminal.resize(columns, rows);
    this.rows = rows;
    this.columns = columns;
    this.#resizing = true;
    this.#resized = true;
    this.emit('resize');
    this.#resizing = false;
  }

  /** Whatever is written between two movements of the cursor lies within the screen. */
  #fits(text: string): void {
    const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
    assert.ok(lines.length <= this.rows, `${lines.length} lines on ${this.rows} rows`);
    for (const line of lines)
      for (const part of line.split(/\u001b\[[?0-9;]*[A-Za-z]/))
        assert.ok(columnsOf(part) <= this.columns, `${columnsOf(part)} columns on ${this.columns}: ${part}`);
  }

  /** Fails when the screen scrolled or a line was wrapped. */
  async check(frame: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.terminal.write('', resolve);
    });
    const {active} = this.terminal.buffer;
    assert.equal(active.type, 'alternate');
    assert.equal(active.baseY, 0, `frame ${frame} scrolled the screen`);
    for (let row = 0; row < this.rows && !this.#resized; row += 1)
      assert.notEqual(
        active.getLine(row)?.isWrapped,
        true,
        `row ${row} of frame ${frame} is wider than ${this.columns} columns`,
      );
  }
}

/** The same look with numbers that came so many seconds after, judged anew: their time stands in the first line, so that every look is worth a frame. */
const later = (live: LiveObservation, serial: number): LiveObservation => {
  const {sources, lastStats} = live.watchState;
  const answeredAt = instant(clock() + serial * 1000);
  return {
    ...live,
    judgement: {...live.judgement},
    watchState: {
      ...live.watchState,
      sources: {...sources, frigate: {...sources.frigate, answeredAt}},
      lastStats: lastStats === null ? null : {...lastStats, answeredAt},
    },
  };
};

const heapNow = async (): Promise<number> => {
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
};

describe('the screen', function () {
  this.timeout(3_600_000);
  const level = chalk.level;
  after(() => {
    chalk.level = level;
  });

  it(`draws ${FRAMES} frames in a heap of the same size, within the screen, without a listener more`, async () => {
    // As in the built program; React keeps an entry for each measurement otherwise. It has to be set before React is loaded.
    process.env['NODE_ENV'] = 'production';
    const [{render}, {createElement}] = await Promise.all([import('ink'), import('react')]);
    const {App} = await import('../../src/tui/components/App.js');
    chalk.level = 1;
    const random = randomOf(7);
    const one = <T>(items: readonly T[]): T => pick(random, items);
    const seen: readonly LiveObservation[] = [...Object.values(looks), looks['ok']!, looks['ok']!].map((look) => ({
      ...look(),
      complete: true,
    }));
    const screen = new Screen();
    const stdin = new FakeStdin();
    const {store, show} = storeFedBy({
      later: (work) => {
        const timer = setImmediate(work);
        return () => clearImmediate(timer);
      },
    });
    let frames = 0;
    const {unmount} = render(
      createElement(App, {
        store,
        display,
        styles: themeNamed('default'),
        options: {target, allowActions: true, severalFrigates: false, canType: true},
        perform: () => Promise.resolve(null),
        stop: () => Promise.resolve(),
        onStop: () => () => undefined,
      }),
      {
        stdout: screen as unknown as NodeJS.WriteStream,
        stdin: stdin as unknown as NodeJS.ReadStream,
        alternateScreen: true,
        incrementalRendering: true,
        interactive: true,
        maxFps: 1000,
        exitOnCtrlC: false,
        patchConsole: false,
        onRender: () => {
          frames += 1;
        },
      },
    );
    const emitters: ReadonlyArray<Pick<EventEmitter, 'eventNames' | 'listenerCount'>> = [screen, stdin, process];
    const listeners = (): readonly number[] =>
      emitters.map((emitter) => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0));

    let serial = 0;
    const step = async (): Promise<void> => {
      serial += 1;
      show(later(one(seen), serial));
      if (random() < 0.2) stdin.type(one(KEYS));
      if (frames > FRAMES / 2 && random() < 0.01) {
        const [rows, columns] = one(SIZES);
        screen.resize(rows, columns);
      }
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (serial % 50 === 0) await screen.check(frames);
    };
    const until = async (count: number): Promise<void> => {
      const begun = serial;
      while (frames < count) {
        await step();
        assert.ok(serial - begun < 20 * count, `only ${frames} frames in ${serial} looks`);
      }
    };

    await until(WARM);
    const [heapBefore, listenersBefore] = [await heapNow(), listeners()];
    await until(FRAMES);
    const [heapAfter, listenersAfter] = [await heapNow(), listeners()];
    unmount();
    store.close();
    const perFrame = (heapAfter - heapBefore) / (FRAMES - WARM);
    console.log(
      `      heap ${(heapBefore / 2 ** 20).toFixed(1)} MiB after ${WARM} frames, ${(heapAfter / 2 ** 20).toFixed(1)} MiB after ${frames}: ${perFrame.toFixed(0)} bytes for each; ${(screen.bytes / frames).toFixed(0)} bytes written for each`,
    );
    assert.ok(perFrame < MOST_PER_FRAME, `the heap grows by ${perFrame.toFixed(0)} bytes with each frame`);
    assert.deepEqual(listenersAfter, listenersBefore, 'listeners of the terminal, the keyboard, the process');
  });
});
