/** FRG-604 and FRG-606: is the recordings' mount what it was, and does it answer? */
import {pointsAtMount, probeMayHang} from '../../questions.js';
import {humanDuration, since, type Duration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {chosenPod, containerStart, isRunning} from '../facts.js';
import {eventsInWindow, logComplete} from '../log-events.js';
import {longestPrefix, RECORDINGS} from '../media-mount.js';
import {newestSnapshot} from '../snapshots.js';
import {evidence, notApplicable, rounded, unseen} from '../wording.js';

/** Less than this share of the remembered size is another file system. */
const SHRUNK = 0.5;
/** A single failed write may be one damaged segment. */
const IO_ERRORS = 2;
/** File systems whose size moves with their neighbours in the pool. */
const elastic: ReadonlySet<string> = new Set(['zfs', 'btrfs', 'overlay', 'tmpfs']);

export const mount: Check = {
  id: 'FRG-604',
  title: 'mount is what it was',
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  after: ['FRG-603'],
  blindWithout: ['FRG-301'],
  docs: {
    what: "Type, size and mode of the file system that recordings go to, against what was remembered. A share that is away leaves the container's own layer behind, which fills the node; a failing disk turns read-only, and nothing in the statistics changes but the age of the segments.",
    limits:
      "Critical when it is read-only (by `/proc/mounts` or by the log), of another type than remembered, or less than half as large. Recording into the container's own layer from the first look on is a warning.",
    cure: 'None: the mount has to be put right first.',
    next: "Check the volume, its server and the node's kernel log, then restart Frigate by hand.",
    source:
      'Frigate `/api/stats`, service.storage: mount_type. Measured on 0.17.2 with the media remounted read-only: nothing in the statistics, "Read-only file system" in the log.',
  },
  fix: ({observation}) => `kubectl exec ${frigateIn(observation)} -- grep /media/frigate /proc/mounts`,
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container does not run", 'FRG-203');
    return readOnly(context) ?? changed(context);
  },
};

const bad = (summary: string, seen: Verdict['evidence'], evidenceAt: Verdict['evidenceAt'] = null): Verdict => ({
  status: 'critical',
  summary,
  evidence: seen ?? [],
  evidenceAt,
  object: {kind: 'Mount', name: RECORDINGS},
});

const readOnly = (context: CheckContext): Verdict | null => {
  const {mounts} = context.observation.frigate;
  const entry = mounts.known ? longestPrefix(mounts.value) : undefined;
  if (entry?.readOnly === true)
    return bad("The recordings' mount is read-only", [evidence('/proc/mounts', `${entry.path} ${entry.type} ro`)]);
  const lines = eventsInWindow(context, 'read-only');
  // `/proc/mounts` speaks of now; the log only while that was not read.
  if (entry !== undefined || !lines.known || lines.value.count === 0) return null;
  return bad('Writing fails: read-only file system', [evidence('lines', lines.value.count, 0)], lines.value.last);
};

const changed = (context: CheckContext): Verdict => {
  const seen = newestSnapshot(context)?.mounts.find(({path}) => path === RECORDINGS);
  const before = context.memory.mounts.find(({path}) => path === RECORDINGS);
  const evidenceAt = newestSnapshot(context)?.lastUpdated ?? null;
  if (seen === undefined || seen.type === null) {
    const {stats} = context.observation.frigate;
    return stats.known
      ? {
          status: 'unknown',
          summary: "The type of the recordings' mount cannot be seen",
          because: `${RECORDINGS} has no mount_type`,
        }
      : unseen(stats.why);
  }
  if (before !== undefined && before.type !== seen.type) {
    return bad(
      `The recordings' mount is ${seen.type}, it was ${before.type}`,
      [evidence('type', seen.type, before.type)],
      evidenceAt,
    );
  }
  if (
    before !== undefined &&
    before.total !== null &&
    seen.total !== null &&
    !elastic.has(seen.type) &&
    seen.total < SHRUNK * before.total
  ) {
    return bad(
      `The recordings' file system shrank from ${rounded(before.total)} to ${rounded(seen.total)} MiB`,
      [evidence('total', rounded(seen.total), rounded(before.total), 'MiB')],
      evidenceAt,
    );
  }
  if (seen.type === 'overlay') {
    return {
      status: 'warning',
      summary: "Recordings go into the container's own layer: no volume is mounted",
      evidence: [evidence('type', 'overlay')],
      evidenceAt,
    };
  }
  const failures = eventsInWindow(context, 'io-error');
  // A full disk fails to be written too; FRG-603 says that already.
  if (failures.known && failures.value.count > IO_ERRORS && context.finding('FRG-603').status !== 'critical') {
    return {
      status: 'warning',
      summary: 'Writing recordings fails again and again',
      evidence: [evidence('failed writes', failures.value.count, IO_ERRORS)],
      evidenceAt: failures.value.last,
      object: {kind: 'Mount', name: RECORDINGS},
    };
  }
  if (!logComplete(context) && !context.observation.frigate.mounts.known) {
    return {
      status: 'unknown',
      summary: 'Whether the mount can be written is not known',
      because: 'neither /proc/mounts nor the log could be read',
    };
  }
  return {status: 'ok', summary: `Recordings go to ${seen.type}`, evidence: [evidence('type', seen.type)], evidenceAt};
};

export const probe: Check = {
  id: 'FRG-606',
  title: 'media mount answers',
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  docs: {
    what: "Asks the recordings' mount for its status (`timeout 5 stat -f` inside the container). It is asked only when something else points there, at most once a pass, and not while an earlier question may still hang.",
    limits:
      'Critical when it does not answer within 5 s, and for half an hour after that as long as what pointed there still stands: it is not asked again while that question may hang. Not asked is skipped; could not be asked is unknown, and then nothing is restarted on a network mount.',
    cure: 'None, and a restart does harm: with a hanging mount the new pod cannot even start, while the old one still detects.',
    next: 'Bring the file server or the network to it back; a hard NFS mount goes on by itself then.',
    source:
      'Measured on 0.17.2 with a media mount that hangs as a dead hard NFS does: HTTP 200 in milliseconds with frozen, healthy numbers; the restarted pod never came up.',
  },
  fix: ({observation}) =>
    `kubectl exec ${frigateIn(observation)} -- timeout 5 stat -f ${RECORDINGS}  # no answer: look at the file server, do not restart`,
  judge: (context) => {
    const {mountProbe} = context.observation.frigate;
    if (mountProbe.known)
      return mountProbe.value.answered
        ? {status: 'ok', summary: 'The media mount answers'}
        : hangs(mountProbe.value.detail);
    if (mountProbe.why.code !== 'not-asked') return unseen(mountProbe.why);
    const {memory, now, observation} = context;
    const {stats, segments} = observation.frigate;
    // What froze with the mount and moves again says that it answers; while the sign stands, the silence of the last question does too.
    if (
      memory.mountProbe !== null &&
      probeMayHang({memory, pod: chosenPod(observation), now}) &&
      pointsAtMount({stats, segments, memory, now, startedAt: containerStart(observation)})
    ) {
      return stillHangs(since(memory.mountProbe.at, now));
    }
    return notApplicable('The media mount was not asked', mountProbe.why.message);
  },
};

const stillHangs = (ago: Duration): Verdict => ({
  ...hangs(`no answer ${humanDuration(ago)} ago`),
  summary: `The media mount gave no answer ${humanDuration(ago)} ago; it is not asked again while that question may hang`,
});

const hangs = (detail: string): Verdict => ({
  status: 'critical',
  summary: 'The media mount does not answer',
  evidence: [evidence('timeout 5 stat -f', detail)],
  object: {kind: 'Mount', name: RECORDINGS},
});
