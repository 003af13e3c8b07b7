/** Files that were made when the program was built and lie beside it: help pages, the words for completion. */
import {readFileSync} from 'node:fs';
import path from 'node:path';

/** The text of a built file by its name, such as `help/root.txt`; `null` when there is none. */
export type BuiltFiles = (name: string) => string | null;

/** `folder`: where the program's own modules lie. */
export const filesIn =
  (folder: string): BuiltFiles =>
  (name) => {
    try {
      return readFileSync(path.join(folder, name), 'utf8');
    } catch {
      return null;
    }
  };
