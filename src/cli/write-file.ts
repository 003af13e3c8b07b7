/** Writes a file that a person asked for, readable by them alone. */
import {writeFile} from 'node:fs/promises';
import {CommandFailure} from '../outcome/failure.js';

/** Throws CommandFailure where it cannot be written, or where a file of this name is there: nothing is written over. */
export const writeNewFile = async (path: string, bytes: Buffer): Promise<void> => {
  try {
    await writeFile(path, bytes, {flag: 'wx', mode: 0o600});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure('unwritten', `The file was not written: ${why}`, 'name another file with -f');
  }
};
