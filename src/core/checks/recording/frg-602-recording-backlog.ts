/** FRG-602: does the recorder keep up? */
import {note, run} from '../../fix.js';
import {isBad, type CauseClass, type CheckId} from '../../finding.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {isRunning, tally} from '../evidence/facts.js';
import {eventsInWindow, logComplete} from '../evidence/log-events.js';
import {byCheck, evidence, inconclusive, listed, notApplicable, plural, unobserved} from '../evidence/wording.js';

/** Findings that explain segments which were never released: their frames were never processed. */
const detectSide = ['FRG-304', 'FRG-305', 'FRG-402', 'FRG-403', 'FRG-502'] as const satisfies readonly CheckId[];
const wordings = ['backlog-slow-storage', 'backlog-unprocessed'] as const;

export const recordingBacklog = defineCheck('FRG-602', {
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  after: [...detectSide],
  docs: {
    what: 'Counts the log lines with which the recorder reports that segments accumulate in the cache and are discarded: "Unable to keep up with recording segments" and "Too many unprocessed recording segments".',
    limits:
      'Critical when more than 5 (`FRIGATE_HC_BACKLOG_THRESHOLD`) are in the log window. Repeats that Frigate folds into one line are counted.',
    cure: 'None by itself: with a slow or full disk a restart changes nothing; a terminated or hung process or detector is reported and repaired by its own check.',
    next: 'Check whether the disk is slow or full (FRG-603), and whether the frames of a camera are not processed (FRG-305, FRG-403).',
    source: 'Frigate frigate/record/maintainer.py: one wording for both causes up to 0.14, two from 0.15 on.',
  },
  fix: ({observation}) => [
    run(`kubectl exec ${frigateIn(observation)} -- df -h /media/frigate /tmp/cache`),
    note('If the disk is neither full nor slow, check the cameras that are named.'),
  ],
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container is not running", byCheck('FRG-203'));
    const events = eventsInWindow(context, ...wordings);
    if (!events.known) return unobserved(events.why);
    const {count, last} = events.value;
    const limit = context.policy.backlogEvents;
    if (count > limit)
      return {...discarded(context, count), evidenceAt: last, evidence: [evidence('backlog events', count, limit)]};
    if (!logComplete(context))
      return inconclusive('log-incomplete', 'Recording backlog is not known: the log was not read to its end');
    return {
      status: 'ok',
      summary:
        count === 0 ? 'No recording backlog' : `${plural(count, 'backlog event')} in the log window (limit ${limit})`,
      evidence: [evidence('backlog events', count, limit)],
    };
  },
});

const discarded = (context: CheckContext, count: number): CheckResult => {
  const cameras = [
    ...new Set(wordings.flatMap((signature) => [...(tally(context.observation, signature)?.cameras.keys() ?? [])])),
  ].sort();
  const {cause, why} = causeOf(context, cameras);
  return {
    status: 'critical',
    cause,
    cameras,
    summary: `Recording segments discarded ${plural(count, 'time')} (limit ${context.policy.backlogEvents})${cameras.length > 0 ? ` for ${listed(cameras)}` : ''}: ${why}`,
  };
};

const causeOf = (
  context: CheckContext,
  cameras: readonly string[],
): {readonly cause: CauseClass; readonly why: string} => {
  const fault = detectSide
    .map((id) => context.finding(id))
    .find(
      (finding) =>
        isBad(finding) &&
        (finding.cameras.length === 0 ||
          cameras.length === 0 ||
          cameras.some((name) => finding.cameras.includes(name))),
    );
  if (fault !== undefined) return {cause: fault.cause ?? 'process', why: `frames are not processed (${fault.id})`};
  const unprocessed = tally(context.observation, 'backlog-unprocessed')?.count ?? 0;
  const slow = tally(context.observation, 'backlog-slow-storage')?.count ?? 0;
  return unprocessed > slow
    ? {cause: 'process', why: 'frames are not processed'}
    : {cause: 'storage', why: 'the disk is slow or full'};
};
