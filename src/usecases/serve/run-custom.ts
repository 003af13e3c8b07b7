/** The checks of the user's own in `serve`: asked by the leader alone, and read again when their file changes. */
import {parseChecks} from '../../settings/checks-file.js';
import type {ReadFile} from '../../settings/read-file.js';
import type {Context} from '../../pass/context.js';
import type {Reread} from '../../pass/custom-probes.js';
import type {Journal} from '../../pass/journal.js';

/** Never rejects: nothing that judges Frigates ends with a bug in here. */
export const runCustom = async (
  {custom, settings: {checksFile}}: Pick<Context, 'custom' | 'settings'>,
  {readFile}: {readonly readFile: ReadFile},
  journal: Journal,
  signal: AbortSignal,
): Promise<void> => {
  if (custom === undefined || checksFile === null) return;
  let last = readFile(checksFile);
  const reread = (): Promise<Reread | null> => {
    const text = readFile(checksFile);
    if (text === last) return Promise.resolve(null);
    last = text;
    return Promise.resolve(parseChecks(checksFile, text));
  };
  const onReread = (read: Reread): void => {
    if (read.ok) journal('checks.read', {file: checksFile, checks: read.checks.length});
    else journal('checks.refused', {reason: read.error, detail: 'the checks that were read before stay in force'});
  };
  try {
    await custom.run({reread, onReread}, signal);
  } catch (error) {
    journal('warning', {
      summary: 'a bug of this program ended the checks of the file FRIGATE_HC_CHECKS_FILE; everything else goes on',
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
};
