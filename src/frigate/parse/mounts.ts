/** `/proc/mounts` of Frigate's container: what stands under the paths that Frigate writes to (FRG-604). */
import type {MountEntry} from '../../core/observation/frigate.js';

/** Paths that Frigate writes to (const.py; `/config` holds the database by default). */
const WATCHED_PATHS = [
  '/media/frigate/recordings',
  '/media/frigate/clips',
  '/media/frigate',
  '/tmp/cache',
  '/dev/shm',
  '/config',
] as const;

/** The kernel writes blanks, tabs, line feeds and backslashes of a path in octal (proc_pid_mounts(5)). */
const unescape = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const parseRow = (line: string): MountEntry | null => {
  const [source = '', path, type, options] = line.split(' ');
  if (path === undefined || type === undefined || options === undefined || !path.startsWith('/')) return null;
  return {path: unescape(path), source: unescape(source), type, readOnly: options.split(',').includes('ro')};
};

const covers = (mount: string, path: string): boolean =>
  mount === '/' || mount === path || path.startsWith(`${mount}/`);

/** The mount that a path lies on: the longest mount point above it, and of two on one point the later one. */
const mountOf = (path: string, rows: readonly MountEntry[]): MountEntry | null => {
  let best: MountEntry | null = null;
  for (const row of rows)
    if (covers(row.path, path) && (best === null || row.path.length >= best.path.length)) best = row;
  return best;
};

/**
 * One entry for each watched path, with the type of the mount that it lies on: `overlay` means that nothing is mounted
 * there and what is written is lost with the container. Empty when the text is no mount table.
 */
export const parseMounts = (text: string): readonly MountEntry[] => {
  const rows = text
    .split('\n')
    .map(parseRow)
    .filter((row) => row !== null);
  return WATCHED_PATHS.flatMap((path) => {
    const mount = mountOf(path, rows);
    return mount === null ? [] : [{...mount, path}];
  });
};
