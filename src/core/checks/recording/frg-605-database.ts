/** FRG-605: is the database intact, and are the threads that write to it alive? */
import {note, run, type Fix} from '../../fix.js';
import type {ErrorKind} from '../../observation/log.js';
import {earlier} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn, restartCommand} from '../kubectl.js';
import {capitalised, errorsOf, reportedBy} from '../evidence/errors.js';
import {isRunning, tally} from '../evidence/facts.js';
import {latchedEvidence} from '../evidence/latched.js';
import {eventsInWindow} from '../evidence/log-events.js';
import {segmentAges} from '../evidence/segments.js';
import {byCheck, evidence, inconclusive, notApplicable, unobserved} from '../evidence/wording.js';

export const database = defineCheck('FRG-605', {
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  docs: {
    what: "Log lines about the database. One lock of 60 s kills the thread through which Frigate's processes communicate: the statistics freeze, recording of all cameras stops, and the API still responds. It is logged once, so it counts until the container ends.",
    limits:
      'Critical: `Exception in thread …` that names the database (one that ended for a full, read-only or damaged database is no case for a restart: a new one meets it again), "database disk image is malformed", "database is locked"; an error of the schema, of a constraint or of opening the file while nothing is recorded any more. The same errors while recording goes on are a warning (a constraint: from 3 lines on).',
    cure: 'A restart starts a terminated thread again, if the lock is released, which cannot be observed from outside: one is tried, and the number of tries is limited (R-10). Nothing for a lock, a damaged file or a database of another version (a downgrade).',
    next: 'Keep the database off NFS and SMB, and make sure that only one pod uses it (strategy Recreate).',
    source:
      'Measured on 0.17.2: a lock held for 90 s ended the thread after 65 s, and releasing it changed nothing until a restart. Frigate frigate/comms/inter_process.py: `read()` catches only zmq errors, the same in 0.16.4 and 0.18.0-beta1.',
  },
  fix: ({observation}) => [
    run(`kubectl logs ${frigateIn(observation)} | grep -iE -A3 'exception in thread|database'`),
    note('Check that the database is not on NFS or SMB, and that only one pod uses it.'),
  ],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    return failedThread(context) ?? deadThread(context) ?? lines(context);
  },
});

/** What ended it is there still for a new thread, and a new container writes to the same database at its start. */
const failedThread = (context: CheckContext): CheckResult | null => {
  const logged = tally(context.observation, 'database-thread-failed');
  const latched = latchedEvidence(context, 'database-thread-failed');
  const sample = logged?.sample ?? latched?.sample ?? null;
  if (sample === null) return null;
  return {
    status: 'critical',
    outage: true,
    persistence: 'latched',
    evidenceAt: logged?.last ?? latched?.at ?? null,
    because: {kind: 'no-restart', why: 'reported-error'},
    summary: 'A thread of Frigate ended because the database cannot be used: recording stops, statistics freeze',
    evidence: [evidence('log', sample)],
    fix: [
      run(`kubectl exec ${frigateIn(context.observation)} -- df -h /config`),
      note('Free or repair what the line names. The thread is started again by a restart only, afterwards:'),
      restartCommand(context.observation),
    ],
  };
};

const deadThread = (context: CheckContext): CheckResult | null => {
  const logged = tally(context.observation, 'database-thread-died') ?? null;
  const latched = latchedEvidence(context, 'database-thread-died');
  const at = logged?.last ?? latched?.at ?? null;
  if (at === null) return null;
  return {
    status: 'critical',
    outage: true,
    cure: 'restart',
    cause: 'process',
    persistence: 'latched',
    evidenceAt: at,
    summary: 'A thread of Frigate ended with a database error: recording stops, statistics freeze',
    evidence: [evidence('log', logged?.sample ?? latched?.sample ?? '')],
  };
};

/** Errors of the database that no restart changes, in the words of SQLite. */
const OF_THE_DATABASE: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'database-schema',
  'database-constraint',
  'database-open',
  'database-corrupt',
]);
/** Rows that are rejected now and then lose one recording or event each. */
const MOST_REJECTED = 2;

/** What a component reports of the database itself, newest first. */
const reported = (context: CheckContext): CheckResult | null => {
  const {observation, policy, now} = context;
  const from = earlier(now, policy.logWindow);
  const report = errorsOf(observation).find(
    ({kind, component, last}) =>
      OF_THE_DATABASE.has(kind) && component !== 'camera' && component !== 'capture' && last >= from,
  );
  if (report === undefined) return null;
  const unrecorded = segmentAges(context).some(
    ({state, endedAt}) =>
      state !== 'fresh' && state !== 'young' && state !== 'unknown' && report.last >= (endedAt ?? 0),
  );
  if (!unrecorded && report.kind === 'database-constraint' && report.count <= MOST_REJECTED) return null;
  return {
    status: unrecorded || report.kind === 'database-corrupt' ? 'critical' : 'warning',
    summary: capitalised(reportedBy(report)),
    evidence: [evidence('log', report.sample), evidence('lines', report.count)],
    evidenceAt: report.last,
    because: {kind: 'no-restart', why: 'reported-error'},
    ...(report.kind === 'database-schema' || report.kind === 'database-constraint' ? {fix: OTHER_VERSION} : {}),
  };
};

const OTHER_VERSION: Fix = [
  note(
    'Was Frigate downgraded? The database of a newer version does not fit: go back to that version, or restore the backup from before the upgrade (backup.db beside the database). A restart changes nothing.',
  ),
];

const lines = (context: CheckContext): CheckResult => {
  const malformed = eventsInWindow(context, 'database-malformed');
  if (!malformed.known) return unobserved(malformed.why);
  if (malformed.value.count > 0) {
    return {
      status: 'critical',
      immediate: true,
      summary: 'Database file is damaged ("malformed" in the log)',
      evidence: [evidence('lines', malformed.value.count, 0)],
      evidenceAt: malformed.value.last,
      fix: [note('Stop Frigate, then repair the database (sqlite3 frigate.db .recover) or restore its backup.')],
    };
  }
  const locked = eventsInWindow(context, 'database-locked');
  if (locked.known && locked.value.count > 0) {
    return {
      status: 'critical',
      summary: `Database is locked (${locked.value.count} log lines)`,
      evidence: [evidence('lines', locked.value.count, 0)],
      evidenceAt: locked.value.last,
    };
  }
  const error = reported(context);
  if (error !== null) return error;
  const {log} = context.observation;
  return log.known && !log.value.complete
    ? inconclusive('log-incomplete', 'State of the database is not known: the log was not read to its end')
    : {status: 'ok', summary: 'No database error in the log'};
};
