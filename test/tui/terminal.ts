/** The built program in a real pseudo terminal (util-linux script), read by a terminal emulator. */
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {Terminal} from './xterm.js';

export const root = path.resolve(import.meta.dirname, '../..');
export const program = path.join(root, 'bin/run.js');

/** `script` of util-linux; the one of macOS and BSD has other flags. */
export const hasPty =
  process.platform === 'linux' && spawnSync('script', ['--version'], {encoding: 'utf8'}).stdout.includes('util-linux');

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** One column of one row. */
export interface Cell {
  /** Empty: the second column of a wide character, or nothing. */
  readonly text: string;
  /** Of the palette, 0 to 255; `null`: the terminal's own. */
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
}

export interface PtyOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds between two looks of `shows`. */
  readonly poll?: number;
}

export class Pty {
  readonly #child: ChildProcess;
  readonly #screen: InstanceType<typeof Terminal>;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-pty-'));
  readonly #ended: Promise<number | null>;
  readonly #poll: number;
  #written = '';

  constructor(words: readonly string[], {rows = 24, columns = 80, env = {}, poll = 50}: PtyOptions = {}) {
    this.#poll = poll;
    this.#screen = new Terminal({rows, cols: columns, allowProposedApi: true, scrollback: 1000});
    // `stty -a` at the end shows whether raw mode was left; its first line holds the terminal's own state.
    const command = [
      `stty rows ${rows} cols ${columns}`,
      `tty > ${quoted(this.#file('tty'))}`,
      `sh -c 'echo $$ > "$0"; exec "$@"' ${[this.#file('pid'), process.execPath, program, ...words].map(quoted).join(' ')}`,
      'code=$?',
      `stty -a > ${quoted(this.#file('stty'))}`,
      'exit $code',
    ].join('; ');
    this.#child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: '/nonexistent',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        ...env,
      },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#written += chunk.toString('latin1');
      this.#screen.write(chunk);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', resolve);
    });
  }

  #file(name: string): string {
    return path.join(this.#folder, name);
  }

  /** Every byte so far. */
  get bytes(): string {
    return this.#written;
  }

  /** What stands on the terminal now. */
  async text(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#screen.write('', resolve);
    });
    const {active} = this.#screen.buffer;
    return Array.from(
      {length: this.#screen.rows},
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  }

  /** The same with how it looks. */
  async cells(): Promise<ReadonlyArray<readonly Cell[]>> {
    await this.text();
    const {active} = this.#screen.buffer;
    return Array.from({length: this.#screen.rows}, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return Array.from({length: this.#screen.cols}, (__, column): Cell => {
        const cell = line?.getCell(column);
        return {
          text: cell?.getChars() ?? '',
          colour: cell?.isFgPalette() === true ? cell.getFgColor() : null,
          bold: (cell?.isBold() ?? 0) > 0,
          dim: (cell?.isDim() ?? 0) > 0,
          inverse: (cell?.isInverse() ?? 0) > 0,
        };
      });
    });
  }

  get onAlternateScreen(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Waits until the screen shows it. */
  shows(pattern: RegExp, limit = 15_000): Promise<string> {
    return this.#waitsFor((text) => pattern.test(text), `the screen never showed ${String(pattern)}`, limit);
  }

  /** Waits until the program is stopped, and what it wrote before has arrived: the screen is the shell's again. */
  suspended(): Promise<string> {
    const isStopped = (): boolean => /^State:\s+T/m.test(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return this.#waitsFor(() => isStopped() && !this.onAlternateScreen, 'it never stopped on the main screen', 15_000);
  }

  async #waitsFor(holds: (text: string) => boolean, otherwise: string, limit: number): Promise<string> {
    const until = performance.now() + limit;
    for (;;) {
      const text = await this.text();
      if (holds(text)) return text;
      if (performance.now() > until) throw new Error(`${otherwise}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, this.#poll));
    }
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The process id of the program itself. */
  get pid(): number {
    return Number(readFileSync(this.#file('pid'), 'utf8'));
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  resize(rows: number, columns: number): void {
    this.#screen.resize(columns, rows);
    spawnSync('stty', [
      '-F',
      readFileSync(this.#file('tty'), 'utf8').trim(),
      'rows',
      String(rows),
      'cols',
      String(columns),
    ]);
  }

  /** What stty says of the terminal, or does to it. */
  settings(word: string): string {
    return spawnSync('stty', ['-F', readFileSync(this.#file('tty'), 'utf8').trim(), word], {encoding: 'utf8'}).stdout;
  }

  /** The exit code, and what was left behind. */
  async end(): Promise<{
    readonly code: number | null;
    readonly text: string;
    readonly raw: boolean;
    readonly alternate: boolean;
    readonly cursorHidden: boolean;
  }> {
    const code = await this.#ended;
    const text = await this.text();
    const settings = readFileSync(this.#file('stty'), 'utf8');
    rmSync(this.#folder, {recursive: true, force: true});
    return {
      code,
      text,
      raw: settings.includes('-icanon') || / -echo /.test(settings),
      alternate: this.onAlternateScreen,
      cursorHidden: this.#written.lastIndexOf('\u001b[?25l') > this.#written.lastIndexOf('\u001b[?25h'),
    };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
