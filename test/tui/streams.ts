/** Streams that look like a terminal to Ink: what is written is kept, what is typed is sent. */
import {EventEmitter} from 'node:events';

export class FakeStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  rows: number;
  columns: number;
  /** Everything written, in its pieces. */
  readonly written: string[] = [];

  constructor(rows: number, columns: number) {
    super();
    this.rows = rows;
    this.columns = columns;
  }

  write(text: string | Uint8Array, encodingOrDone?: unknown, done?: () => void): boolean {
    this.written.push(String(text));
    const callback = typeof encodingOrDone === 'function' ? (encodingOrDone as () => void) : done;
    callback?.();
    return true;
  }

  /** The newest frame (`debug: true` writes each one whole). */
  get frame(): string {
    return this.written.findLast((text) => text.includes('\n')) ?? '';
  }

  resize(rows: number, columns: number): void {
    this.rows = rows;
    this.columns = columns;
    this.emit('resize');
  }
}

export class FakeStdin extends EventEmitter {
  readonly isTTY = true;
  raw = false;
  #waiting: string[] = [];

  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }

  setEncoding(): void {
    /* Ink asks for utf8, which it is */
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }

  read(): string | null {
    return this.#waiting.shift() ?? null;
  }

  type(text: string): void {
    this.#waiting.push(text);
    this.emit('readable');
    this.emit('data', text);
  }
}

/** Handlers of Ink are armed after the first frame (modelcontextprotocol/inspector #1996), and frames are drawn in effects. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
};
