/** FRG-105: does the checker itself live? */
import {note, run} from '../../fix.js';
import type {CronJob} from '../../observation/observation.js';
import {LONGEST_INTERVAL} from '../../policy.js';
import {isServed, servesUntil} from '../../serving.js';
import {humanDuration, milliseconds, since, type Instant} from '../../time.js';
import {defineCheck, type CheckContext, type CheckResult} from '../check.js';
import {inNamespace, onCluster} from '../kubectl.js';
import {bySource, evidence, notApplicable, unobserved} from '../evidence/wording.js';

/** Passes that may be missed before it is a fault. */
const MISSED = 3;

export const monitoredAutomatically = defineCheck('FRG-105', {
  category: 'cluster',
  cause: 'checker',
  needs: ['FRG-101'],
  docs: {
    what: 'Examines what runs the passes: the daemon `serve`, or a CronJob. A CronJob that is suspended, misses its schedule or fails each time does not protect Frigate, and sends no alert about that.',
    limits:
      'With `serve`: a warning when its last pass is older than 1.5 intervals, critical where no CronJob takes its place. The CronJob: critical when it is suspended, was not scheduled for 3 intervals of its own schedule, or has not succeeded for as long. Info when there is none: then Frigate is checked only when somebody runs `check`.',
    cure: 'Nothing: Frigate is not involved.',
    next: 'Read the last Job of the CronJob and its log. A CronJob that missed more than 100 starts without `startingDeadlineSeconds` is never started again: delete it and install it again.',
    source:
      'Kubernetes, CronJob: schedule, suspend, TooManyMissedTimes. The Python checker before this one did not run for 18 hours, and later for 35 days, before anybody noticed.',
  },
  fix: ({observation}) => [run(`kubectl${inNamespace(observation)} get jobs --sort-by=.metadata.creationTimestamp`)],
  judge: (context) => {
    const {cronJob, servedAt = null} = context.observation;
    if (servedAt !== null) return judgeServe(context, servedAt);
    if (!cronJob.known)
      return cronJob.why.code === 'not-asked'
        ? notApplicable('CronJob not read', bySource(cronJob.why))
        : unobserved(cronJob.why);
    if (cronJob.value === null) {
      return {
        status: 'info',
        summary: 'Frigate is not monitored automatically: no CronJob and no serve found',
        fix: [
          run(
            `kubectl frigate-health install${inNamespace(context.observation)} | kubectl${onCluster(context.observation)} apply -f -`,
          ),
        ],
      };
    }
    return judgeCronJob(context, cronJob.value);
  },
});

/** The daemon is enough; where it is away, the CronJob beside it takes its place. */
const judgeServe = (context: CheckContext, servedAt: Instant): CheckResult => {
  const {observation, policy, now} = context;
  const age = since(servedAt, now);
  if (isServed(servedAt, now, policy.interval))
    return {status: 'ok', summary: `serve is active: its last pass was ${humanDuration(age)} ago`};
  const {cronJob} = observation;
  const standIn = cronJob.known && cronJob.value !== null ? judgeCronJob(context, cronJob.value) : null;
  // A pass that reads no CronJob is one of its own.
  const monitored = cronJob.known ? standIn !== null && standIn.status !== 'critical' : true;
  return {
    status: monitored ? 'warning' : 'critical',
    summary: `serve has not run for ${humanDuration(age)} (limit ${humanDuration(servesUntil(policy.interval))})${
      monitored ? ': the CronJob takes its place' : ', and no CronJob takes its place'
    }`,
    evidence: [evidence('last pass of serve', Math.round(age / 1000), servesUntil(policy.interval) / 1000, 's')],
    fix: [run(`kubectl${inNamespace(observation)} get deployments,pods -l app.kubernetes.io/name=frigate-health`)],
  };
};

const judgeCronJob = ({observation, policy, now}: CheckContext, cronJob: CronJob): CheckResult => {
  const object = {kind: 'CronJob', name: cronJob.name};
  const kubectl = `kubectl${inNamespace(observation)}`;
  // The CronJob's own interval: whoever runs this check may have another one set, or none.
  // The starts of a schedule need not be equally far apart: then the longest interval that there is.
  const longest = milliseconds(Math.max(policy.interval, cronJob.interval ?? LONGEST_INTERVAL) * MISSED);
  if (cronJob.suspended) {
    return {
      status: 'critical',
      object,
      summary: `Frigate is not monitored automatically: CronJob ${cronJob.name} is suspended`,
      evidence: [evidence('suspended', true)],
      fix: [run(`${kubectl} patch cronjob ${cronJob.name} -p '{"spec":{"suspend":false}}'`)],
    };
  }
  const overdue = [
    {
      what: 'has not been scheduled',
      last: cronJob.lastScheduled,
      fix: [run(`${kubectl} describe cronjob ${cronJob.name}`)],
    },
    {
      what: 'has not succeeded',
      last: cronJob.lastSuccessful,
      fix: [
        run(`${kubectl} get jobs,pods --sort-by=.metadata.creationTimestamp`),
        note(`Then read the log of the newest Job of ${cronJob.name}:`),
        run(`${kubectl} logs job/NAME`),
        note('Where its pod never ran:'),
        run(`${kubectl} describe pod NAME`),
      ],
    },
  ].find(({last}) => tooLong(last ?? cronJob.createdAt, longest, now));
  if (overdue !== undefined) {
    const ever = overdue.last === null ? 'since it was created' : `for ${humanDuration(since(overdue.last, now))}`;
    return {
      status: 'critical',
      object,
      summary: `CronJob ${cronJob.name} ${overdue.what} ${ever} (limit ${humanDuration(longest)})`,
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
    return {status: 'info', object, summary: `CronJob ${cronJob.name} is new: no pass has finished yet`};
  return {
    status: 'ok',
    object,
    summary: `CronJob ${cronJob.name} finished a pass ${humanDuration(since(cronJob.lastSuccessful, now))} ago`,
    evidence: [evidence('schedule', cronJob.schedule)],
  };
};

/** A CronJob of unknown age that never ran is overdue too: nothing says otherwise. */
const tooLong = (last: CronJob['createdAt'], longest: number, now: CheckContext['now']): boolean =>
  last === null || since(last, now) > longest;
