/** FRG-604: is the recordings mount the one that it was? */
import {run} from '../../fix.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {isRunning} from '../evidence/facts.js';
import {eventsInWindow, logComplete} from '../evidence/log-events.js';
import {longestPrefix, RECORDINGS} from '../evidence/media-mount.js';
import {newestSnapshot} from '../evidence/snapshots.js';
import {byCheck, evidence, inconclusive, notApplicable, rounded, unobserved} from '../evidence/wording.js';

/** Less than this share of the stored size is another file system. */
const SHRUNK = 0.5;
/** A single failed write may be one damaged segment. */
const IO_ERRORS = 2;
/** File systems whose size depends on the others in their pool. */
const elastic: ReadonlySet<string> = new Set(['zfs', 'btrfs', 'overlay', 'tmpfs']);

export const mountUnchanged = defineCheck('FRG-604', {
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  after: ['FRG-603'],
  blindWithout: ['FRG-301'],
  docs: {
    what: "Type, size and mode of the file system of the recordings, against those of earlier passes. When a share is not mounted, recordings go to the container's own layer, which fills the node; a failing disk becomes read-only, and only the age of the segments shows it in the statistics.",
    limits:
      "Critical when it is read-only (by `/proc/mounts` or by the log), of another type than before, or less than half as large. Recording into the container's own layer since the first observation is a warning.",
    cure: 'None: the mount must be repaired first.',
    next: "Check the volume, its server and the node's kernel log, then restart Frigate manually.",
    source:
      'Frigate `/api/stats`, service.storage: mount_type. Measured on 0.17.2 with the media remounted read-only: nothing in the statistics, "Read-only file system" in the log.',
  },
  fix: ({observation}) => [run(`kubectl exec ${frigateIn(observation)} -- grep /media/frigate /proc/mounts`)],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    return readOnly(context) ?? changed(context);
  },
});

const bad = (
  summary: string,
  facts: CheckResult['evidence'],
  evidenceAt: CheckResult['evidenceAt'] = null,
): CheckResult => ({
  status: 'critical',
  summary,
  evidence: facts ?? [],
  evidenceAt,
  object: {kind: 'Mount', name: RECORDINGS},
});

const readOnly = (context: CheckContext): CheckResult | null => {
  const {mounts} = context.observation.frigate;
  const entry = mounts.known ? longestPrefix(mounts.value) : undefined;
  if (entry?.readOnly === true)
    return bad('Recordings mount is read-only', [evidence('/proc/mounts', `${entry.path} ${entry.type} ro`)]);
  const lines = eventsInWindow(context, 'read-only');
  // `/proc/mounts` shows the present state; the log counts only while that was not read.
  if (entry !== undefined || !lines.known || lines.value.count === 0) return null;
  return bad(
    'Recordings cannot be written: read-only file system',
    [evidence('lines', lines.value.count, 0)],
    lines.value.last,
  );
};

const changed = (context: CheckContext): CheckResult => {
  const present = newestSnapshot(context)?.mounts.find(({path}) => path === RECORDINGS);
  const before = context.memory.mounts.find(({path}) => path === RECORDINGS);
  const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
  if (present === undefined || present.type === null) {
    const {stats} = context.observation.frigate;
    return stats.known
      ? inconclusive('impossible-value', 'File system of the recordings mount is not known')
      : unobserved(stats.why);
  }
  if (before !== undefined && before.type !== present.type) {
    return bad(
      `Recordings mount changed from ${before.type} to ${present.type}`,
      [evidence('type', present.type, before.type)],
      evidenceAt,
    );
  }
  if (
    before !== undefined &&
    before.total !== null &&
    present.total !== null &&
    !elastic.has(present.type) &&
    present.total < SHRUNK * before.total
  ) {
    return bad(
      `Recordings file system shrank from ${rounded(before.total)} to ${rounded(present.total)} MiB`,
      [evidence('total', rounded(present.total), rounded(before.total), 'MiB')],
      evidenceAt,
    );
  }
  if (present.type === 'overlay') {
    return {
      status: 'warning',
      summary: "No volume mounted for recordings: they go into the container's own layer",
      evidence: [evidence('type', 'overlay')],
      evidenceAt,
    };
  }
  const failures = eventsInWindow(context, 'io-error');
  // Writes to a full disk fail too; FRG-603 reports that.
  if (failures.known && failures.value.count > IO_ERRORS && context.finding('FRG-603').status !== 'critical') {
    return {
      status: 'warning',
      summary: `Writing recordings failed ${failures.value.count} times in the log window (limit ${IO_ERRORS})`,
      evidence: [evidence('failed writes', failures.value.count, IO_ERRORS)],
      evidenceAt: failures.value.last,
      object: {kind: 'Mount', name: RECORDINGS},
    };
  }
  if (!logComplete(context) && !context.observation.frigate.mounts.known) {
    return inconclusive('mounts-and-log-unreadable', 'Whether the recordings mount is writable is not known');
  }
  return {
    status: 'ok',
    summary: `Recordings are written to ${present.type}`,
    evidence: [evidence('type', present.type)],
    evidenceAt,
  };
};
