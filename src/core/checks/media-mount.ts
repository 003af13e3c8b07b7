/** What is known of the mount that recordings go to, and whether a restart may meet it hanging (measured on 0.17.2). */
import type {CheckContext} from './check.js';
import {newestSnapshot} from './snapshots.js';

export const RECORDINGS = '/media/frigate/recordings';

export interface MediaMount {
  readonly type: string | null;
  /** What FRG-606 found: its status. */
  readonly probe: string;
  /** The mount was asked and does not answer. */
  readonly hangs: boolean;
  /** False where a new pod could hang in the mount instead of starting. */
  readonly restartMayHelp: boolean;
  /** Why a restart is held back; empty where it is not. */
  readonly why: string;
}

/** File systems that live on this host; anything else may hang with its server and must have answered. */
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

/** The type of the recordings' mount: as Frigate says, else `/proc/mounts`, else as remembered. */
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
  return {type, probe: status, hangs, restartMayHelp, why: restartMayHelp ? '' : reason(type, hangs)};
};

const reason = (type: string | null, hangs: boolean): string => {
  if (hangs) return 'the media mount hangs, a new pod could not start';
  return `no restart: whether the ${type ?? 'unknown'} media mount answers is not known (FRG-606)`;
};
