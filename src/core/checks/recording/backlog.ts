/** FRG-602: does the recorder keep up? */
import {isBad, type CauseClass, type CheckId} from '../../finding.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {frigateIn} from '../kubectl.js';
import {isRunning, tally} from '../facts.js';
import {eventsInWindow, logComplete} from '../log-events.js';
import {evidence, listed, notApplicable, plural, unseen} from '../wording.js';

/** Findings that explain segments which nobody released: their frames were never processed. */
const detectSide = ['FRG-304', 'FRG-305', 'FRG-402', 'FRG-403', 'FRG-502'] as const satisfies readonly CheckId[];
const wordings = ['backlog-slow-storage', 'backlog-unprocessed'] as const;

export const backlog: Check = {
  id: 'FRG-602',
  title: 'no recording backlog',
  category: 'recording',
  cause: 'storage',
  needs: ['FRG-202'],
  after: [...detectSide],
  docs: {
    what: 'Counts the lines with which the recorder says that segments pile up in the cache and are thrown away: "Unable to keep up with recording segments" and "Too many unprocessed recording segments".',
    limits:
      'Critical when more than 5 (`FRIGATE_HC_BACKLOG_EVENTS`) stand in the log window. Repeats that Frigate folds into one line are counted.',
    cure: 'None by itself: with a slow or full disk a restart changes nothing; a dead or hung process or detector is repaired under its own check.',
    next: "Is the disk slow or full (FRG-603)? Or are one camera's frames not processed (FRG-305, FRG-403)?",
    source: 'Frigate frigate/record/maintainer.py: one wording for both causes up to 0.14, two from 0.15 on.',
  },
  fix: ({observation}) =>
    `kubectl exec ${frigateIn(observation)} -- df -h /media/frigate /tmp/cache  # full or slow? otherwise look at the cameras named`,
  judge: (context) => {
    if (!isRunning(context.observation)) return notApplicable("Frigate's container does not run", 'FRG-203');
    const events = eventsInWindow(context, ...wordings);
    if (!events.known) return unseen(events.why);
    const {count, last} = events.value;
    const limit = context.policy.backlogEvents;
    if (count > limit)
      return {...piledUp(context, count), evidenceAt: last, evidence: [evidence('backlog events', count, limit)]};
    if (!logComplete(context))
      return {
        status: 'unknown',
        summary: 'The log was not read to its end',
        because: 'what was not read proves nothing',
      };
    return {
      status: 'ok',
      summary: count === 0 ? 'No segments pile up' : `${plural(count, 'backlog event')}, up to ${limit} is normal`,
      evidence: [evidence('backlog events', count, limit)],
    };
  },
};

const piledUp = (context: CheckContext, count: number): Verdict => {
  const cameras = [
    ...new Set(wordings.flatMap((signature) => [...(tally(context.observation, signature)?.cameras.keys() ?? [])])),
  ].sort();
  const {cause, why} = causeOf(context, cameras);
  return {
    status: 'critical',
    cause,
    cameras,
    summary: `${plural(count, 'time')} segments were thrown away${cameras.length > 0 ? ` (${listed(cameras)})` : ''}: ${why}`,
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
  if (fault !== undefined)
    return {cause: fault.cause ?? 'process', why: `their frames are not processed (${fault.id})`};
  const unprocessed = tally(context.observation, 'backlog-unprocessed')?.count ?? 0;
  const slow = tally(context.observation, 'backlog-slow-storage')?.count ?? 0;
  return unprocessed > slow
    ? {cause: 'process', why: 'their frames are not processed'}
    : {cause: 'storage', why: 'the disk is slow or full'};
};
