/** What is known of the recordings mount, and whether a new pod could hang on it (measured on 0.17.2). */
import type {CheckContext} from '../check.js';
import {newestSnapshot} from './snapshots.js';

export const RECORDINGS = '/media/frigate/recordings';

export interface MediaMount {
  readonly type: string | null;
  /** What FRG-606 found: its status. */
  readonly probe: string;
  /** The mount was probed and does not respond, or answers with an error. */
  readonly hangs: boolean;
  /** False where a new pod could hang in the mount instead of starting. */
  readonly restartMayHelp: boolean;
  /** Why no restart is made, for the summary; empty where one may help. */
  readonly why: string;
}

/** File systems that live on this host; anything else may hang with its server and must have responded. */
const local: ReadonlySet<string> = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'zfs',
  'f2fs',
  'tmpfs',
  'overlay',
  'bcachefs',
  'jfs',
  'reiserfs',
  'vfat',
  'exfat',
  'ntfs',
  'ntfs3',
  'fuseblk',
  'ext2/ext3',
]);

/** The type of the recordings mount: by Frigate's statistics, else by `/proc/mounts`, else as stored. */
const mediaMountType = (context: CheckContext): string | null => {
  const {mounts} = context.observation.frigate;
  const entry = mounts.known ? longestPrefix(mounts.value) : undefined;
  return (
    newestSnapshot(context)?.mounts.find(({path}) => path === RECORDINGS)?.type ??
    entry?.type ??
    context.memory.mounts.find(({path}) => path === RECORDINGS)?.type ??
    null
  );
};

/** The row of `/proc/mounts` that holds the recordings: the longest path that leads there. */
export const longestPrefix = <T extends {readonly path: string}>(rows: readonly T[]): T | undefined =>
  rows
    .filter(({path}) => path === RECORDINGS || RECORDINGS.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];

/** Needs FRG-606 among the check's `after`. */
export const mediaAnswers = (context: CheckContext): MediaMount => {
  const type = mediaMountType(context);
  const {status} = context.finding('FRG-606');
  const hangs = status === 'critical';
  const mayHang = type === null || !local.has(type);
  const restartMayHelp = status === 'ok' || (!mayHang && !hangs);
  const {mountProbe} = context.observation.frigate;
  const fails = hangs && mountProbe.known && mountProbe.value.answered;
  const why = fails ? 'the recordings mount fails (FRG-606)' : reason(type, hangs);
  return {type, probe: status, hangs, restartMayHelp, why: restartMayHelp ? '' : why};
};

const reason = (type: string | null, hangs: boolean): string => {
  if (hangs) return 'the recordings mount does not respond, a new pod could not start';
  return `no restart, because it is not known whether the recordings mount (${type ?? 'unknown type'}) responds (FRG-606)`;
};
