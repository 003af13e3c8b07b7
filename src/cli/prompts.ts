/** Questions and progress: on stderr, rewritten in place on a terminal and one line for each change elsewhere. */
import {clean} from '../report/layout.js';

export interface Ends {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** `null`: there is no terminal to ask on. */
export const ask = async (question: string, {input, output}: Ends, signal: AbortSignal): Promise<boolean | null> => {
  if (!input.isTTY || !output.isTTY) return null;
  const {createInterface} = await import('node:readline/promises');
  const terminal = createInterface({input, output});
  try {
    const answer = await terminal.question(`${question} [y/N] `, {signal});
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
};

export interface ProgressLine {
  readonly show: (text: string) => void;
  /** Leaves the last line standing. */
  readonly end: () => void;
}

export const progressOn = (output: NodeJS.WriteStream): ProgressLine => {
  let last = '';
  const show = (text: string): void => {
    const line = clean(text);
    if (line === last) return;
    last = line;
    output.write(output.isTTY ? `\r\u001B[K${line.slice(0, Math.max(20, output.columns - 1))}` : `${line}\n`);
  };
  return {
    show,
    end: () => {
      if (output.isTTY && last !== '') output.write('\n');
    },
  };
};
