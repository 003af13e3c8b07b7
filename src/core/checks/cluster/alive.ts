/** FRG-105: does the checker itself live? */
import type {CronJob} from '../../observation/observation.js';
import {intervalOf} from '../../schedule.js';
import {hours, humanDuration, milliseconds, minutes, since, type Duration} from '../../time.js';
import type {Check, CheckContext, Verdict} from '../check.js';
import {inNamespace, onCluster} from '../kubectl.js';
import {evidence, notApplicable, unseen} from '../wording.js';

/** Passes that may be missed before people are told. */
const MISSED = 3;
/** Of a schedule whose starts are not equally far apart: the longest interval that there is (`FRIGATE_HC_INTERVAL_MINUTES`). */
const LONGEST_INTERVAL = hours(1);

export const alive: Check = {
  id: 'FRG-105',
  title: 'the checker itself lives',
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'Looks at the CronJob that runs the passes: who watches the watcher? A CronJob that is suspended, misses its schedule or fails each time protects nobody, and nobody hears of it.',
    limits:
      'Critical when it is suspended, was not scheduled for 3 intervals of its own schedule, or has not succeeded for as long. Info when there is none: then nobody looks unless somebody types `check`.',
    cure: 'Nothing: Frigate has no part in it.',
    next: 'Look at the last Job of the CronJob and its log. A CronJob that missed more than 100 starts without `startingDeadlineSeconds` stays stopped for ever: delete it and install it again.',
    source:
      'Kubernetes, CronJob: schedule, suspend, TooManyMissedTimes. The Python checker before this one was dead for 18 hours, and later for 35 days, before anybody noticed.',
  },
  fix: ({observation}) => `kubectl${inNamespace(observation)} get jobs --sort-by=.metadata.creationTimestamp`,
  judge: (context) => {
    const {cronJob} = context.observation;
    if (!cronJob.known)
      return cronJob.why.code === 'not-asked'
        ? notApplicable('The CronJob was not looked for', cronJob.why.message)
        : unseen(cronJob.why);
    if (cronJob.value === null) {
      return {
        status: 'info',
        summary: 'No CronJob runs the passes: nobody looks on its own',
        fix: `kubectl frigate-health install${inNamespace(context.observation)} | kubectl${onCluster(context.observation)} apply -f -`,
      };
    }
    return judgeCronJob(context, cronJob.value);
  },
};

const judgeCronJob = ({observation, policy, now}: CheckContext, cronJob: CronJob): Verdict => {
  const object = {kind: 'CronJob', name: cronJob.name};
  const kubectl = `kubectl${inNamespace(observation)}`;
  const longest = milliseconds(Math.max(policy.interval, paceOf(cronJob)) * MISSED);
  if (cronJob.suspended) {
    return {
      status: 'critical',
      object,
      summary: `CronJob ${cronJob.name} is suspended: nothing watches Frigate`,
      evidence: [evidence('suspended', true)],
      fix: `${kubectl} patch cronjob ${cronJob.name} -p '{"spec":{"suspend":false}}'`,
    };
  }
  const overdue = [
    {what: 'was not scheduled', last: cronJob.lastScheduled, fix: `${kubectl} describe cronjob ${cronJob.name}`},
    {
      what: 'has not succeeded',
      last: cronJob.lastSuccessful,
      fix: `${kubectl} get jobs,pods --sort-by=.metadata.creationTimestamp  # then, of the newest one of ${cronJob.name}: kubectl logs job/NAME, or where it never ran kubectl describe pod NAME`,
    },
  ].find(({last}) => tooLong(last ?? cronJob.createdAt, longest, now));
  if (overdue !== undefined) {
    const ever = overdue.last === null ? 'since it was made' : `for ${humanDuration(since(overdue.last, now))}`;
    return {
      status: 'critical',
      object,
      summary: `CronJob ${cronJob.name} ${overdue.what} ${ever}`,
      fix: overdue.fix,
      evidence: [
        evidence(
          'last pass',
          overdue.last === null ? null : Math.round(since(overdue.last, now) / 1000),
          longest / 1000,
          's',
        ),
        evidence('schedule', cronJob.schedule),
      ],
    };
  }
  if (cronJob.lastSuccessful === null)
    return {status: 'info', object, summary: `CronJob ${cronJob.name} is new and has not finished a pass yet`};
  return {
    status: 'ok',
    object,
    summary: `CronJob ${cronJob.name} finished a pass ${humanDuration(since(cronJob.lastSuccessful, now))} ago`,
    evidence: [evidence('schedule', cronJob.schedule)],
  };
};

/** The CronJob's own pace: the one who looks may have another interval set, or none. */
const paceOf = ({schedule}: CronJob): Duration => {
  const told = intervalOf(schedule);
  return told === null ? LONGEST_INTERVAL : minutes(told);
};

/** A CronJob of unknown age that never ran is overdue too: nothing says otherwise. */
const tooLong = (last: CronJob['createdAt'], longest: number, now: CheckContext['now']): boolean =>
  last === null || since(last, now) > longest;
