/** FRG-605: is the database well, and do the threads that write to it live? */
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {isRunning, tally} from '../facts.js';
import {latchedEvidence} from '../latched.js';
import {eventsInWindow} from '../log-events.js';
import {evidence, notApplicable, unseen} from '../wording.js';

export const database: Check = {
  id: 'FRG-605',
  title: 'database',
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  docs: {
    what: "Lines about the database. One lock of 60 s kills the thread through which Frigate's processes speak to each other: the statistics freeze, recording of all cameras stops, and the API goes on answering. It is said once, so it is remembered until the container ends.",
    limits:
      'Critical: `Exception in thread …` that names the database, "database disk image is malformed", "database is locked".',
    cure: 'A dead thread is revived by a restart, if the lock is gone, which cannot be seen from outside: it is tried, and a restart that did not help is not repeated without end (R-10). Nothing for a lock or a damaged file.',
    next: 'Keep the database off NFS and SMB, and make sure that only one pod uses it (strategy Recreate).',
    source:
      'Measured on 0.17.2: a lock held for 90 s ended the thread after 65 s, and releasing it changed nothing until a restart. Frigate frigate/comms/inter_process.py: `read()` catches only zmq errors, the same in 0.16.4 and 0.18.0-beta1.',
  },
  fix: ({observation}) =>
    `kubectl logs ${frigateIn(observation)} | grep -iE -A3 'exception in thread|database'  # is the database on NFS or SMB, or used by two pods?`,
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container does not run", 'FRG-203');
    return deadThread(context) ?? lines(context);
  },
};

const deadThread = (context: CheckContext): Verdict | null => {
  const said = tally(context.observation, 'database-thread-died') ?? null;
  const latched = latchedEvidence(context, 'database-thread-died');
  const at = said?.last ?? latched?.at ?? null;
  if (at === null) return null;
  return {
    status: 'critical',
    cure: 'restart',
    cause: 'process',
    persistence: 'latched',
    evidenceAt: at,
    summary: 'A thread of Frigate died of a database error: recording stops, statistics freeze',
    evidence: [evidence('log', said?.sample ?? latched?.sample ?? '')],
  };
};

const lines = (context: CheckContext): Verdict => {
  const malformed = eventsInWindow(context, 'database-malformed');
  if (!malformed.known) return unseen(malformed.why);
  if (malformed.value.count > 0) {
    return {
      status: 'critical',
      immediate: true,
      summary: 'The database file is damaged',
      evidence: [evidence('lines', malformed.value.count, 0)],
      evidenceAt: malformed.value.last,
      fix: 'stop Frigate, then repair the database (sqlite3 frigate.db .recover) or put back its backup',
    };
  }
  const locked = eventsInWindow(context, 'database-locked');
  if (locked.known && locked.value.count > 0) {
    return {
      status: 'critical',
      summary: 'The database is locked',
      evidence: [evidence('lines', locked.value.count, 0)],
      evidenceAt: locked.value.last,
    };
  }
  const {log} = context.observation;
  return log.known && !log.value.complete
    ? {status: 'unknown', summary: 'The log was not read to its end', because: 'what was not read proves nothing'}
    : {status: 'ok', summary: 'Nothing in the log about the database'};
};
