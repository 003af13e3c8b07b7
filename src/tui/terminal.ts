/** The terminal and the process around a screen: signals, title, clipboard. The only file of this folder that accesses the process. */
import {writeFile} from 'node:fs/promises';

export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Listens to what would end the process; returns the way to leave. */
  readonly onHangUp: (listener: () => void) => () => void;
  /** Stops the process; resolves when it goes on. */
  readonly stop: () => Promise<void>;
  /**
   * Another process stops this one (SIGTSTP) or continues it after a stop without a signal (SIGSTOP, after which a
   * shell has set the terminal as it likes). The listener leaves the screen, does what it is handed, and comes back.
   * Returns the way to leave.
   */
  readonly onStop: (listener: (meanwhile: () => Promise<void>) => void) => () => void;
  readonly save: (path: string, text: string) => Promise<string | null>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ink ends the process by the very signal as soon as there is no other listener (signal-exit), before a summary can be written.
 * So there is a listener: the first signal ends the screen in order, a second one ends the process at once.
 */
const onHangUp = (listener: () => void): (() => void) => {
  const received = new Set<string>();
  const listeners = SIGNALS.map((signal) => {
    const onSignal = (): void => {
      if (received.has(signal)) process.exit();
      received.add(signal);
      if (signal === 'SIGHUP') listener();
    };
    process.on(signal, onSignal);
    return () => void process.removeListener(signal, onSignal);
  });
  return () => {
    for (const leave of listeners) leave();
  };
};

/** While the process is stopped by ourselves its going on is no news. */
let stopped = false;

/** By SIGSTOP, because SIGTSTP has a listener. */
const stop = (): Promise<void> =>
  new Promise((resolve) => {
    stopped = true;
    process.once('SIGCONT', () => {
      // After every listener: `onStop` must not hear of it.
      setImmediate(() => {
        stopped = false;
      });
      resolve();
    });
    process.kill(process.pid, 'SIGSTOP');
  });

const onStop = (listener: (meanwhile: () => Promise<void>) => void): (() => void) => {
  const onTerminalStop = (): void => listener(stop);
  const onContinue = (): void => {
    if (!stopped) listener(() => Promise.resolve());
  };
  process.on('SIGTSTP', onTerminalStop).on('SIGCONT', onContinue);
  return () => void process.removeListener('SIGTSTP', onTerminalStop).removeListener('SIGCONT', onContinue);
};

/** `null` when it was written; otherwise why not. */
const save = async (path: string, text: string): Promise<string | null> => {
  try {
    await writeFile(path, text, {flag: 'wx', mode: 0o600});
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

export const processTerminal = (): Terminal => ({
  stdin: process.stdin,
  stdout: process.stdout,
  env: process.env,
  onHangUp,
  stop,
  onStop,
  save,
});

/** Keeps its own title where there is a stack for it (xterm's 22;2t and 23;2t), and knows none on the console and in pipes. */
export const titleOf = ({
  stdout,
  env,
}: Terminal): {readonly set: (text: string) => void; readonly restore: () => void} => {
  const able = stdout.isTTY && !['linux', 'dumb', undefined].includes(env['TERM']);
  let shown: string | null = null;
  return {
    set: (text) => {
      if (!able || text === shown) return;
      stdout.write(`${shown === null ? '\u001b[22;2t' : ''}\u001b]2;${text}\u0007`);
      shown = text;
    },
    restore: () => {
      if (shown !== null) stdout.write('\u001b[23;2t');
      shown = null;
    },
  };
};

/** Copies by the terminal itself, so that it works over SSH (OSC 52). */
export const copyTo = ({stdout}: Terminal, text: string): void => {
  stdout.write(`\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`);
};
