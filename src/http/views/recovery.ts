/** `/api/quality/recovery-status`, and what a recovery answers that did not take place. */
import type {Reason} from '../../core/decision/reason.js';
import {breakerText, reasonText, unblockSteps} from '../../core/decision/wording.js';
import {note} from '../../core/fix.js';
import {rfc3339} from '../../core/time.js';
import type {FleetSnapshot, FrigateStatus} from '../../outcome/fleet.js';
import type {RecoverOutcome} from '../../outcome/recover.js';
import {problemResponse, type ProblemDetails} from '../problem.js';
import type {RecoveryStatus} from '../schemas/types.js';
import {attemptsOf} from './restarts.js';
import {timeOf} from './row.js';

export const recoveryStatusOf = (frigates: readonly FrigateStatus[], {at}: FleetSnapshot): RecoveryStatus => ({
  timestamp: rfc3339(at),
  instances: frigates.map(({target, judged}) => {
    const breaker = judged?.decision.breaker ?? null;
    return {
      instanceId: target.id,
      attempts: attemptsOf(judged?.state ?? null),
      breaker:
        breaker === null
          ? null
          : {
              state: breaker.state,
              until: timeOf(breaker.until),
              why: breaker.why === null ? null : breakerText(breaker.why),
            },
      budget:
        breaker === null
          ? null
          : {
              limit_per_hour: breaker.limit,
              used_last_hour: breaker.used,
              limit_per_day: breaker.limitPerDay,
              used_last_day: breaker.usedToday,
            },
    };
  }),
});

/** A rule says no: with the rule, the evidence and the steps that help instead. */
const refusal = ({decision, evidence}: Extract<RecoverOutcome, {kind: 'refused'}>): ProblemDetails => {
  const {action, rule, reason} = decision;
  return {
    detail: reasonText(reason),
    action,
    rule,
    reason: reason.code,
    evidence: evidence.map(({id, summary, evidence: facts, fix}) => ({
      id,
      summary,
      evidence: [...facts],
      steps: [...(fix ?? [])],
    })),
    steps: [...evidence.flatMap(({fix}) => fix ?? []), ...unblockSteps(reason)],
  };
};

/** R-01 says no, whatever is wrong with it. */
const outside = (url: string): ProblemDetails => {
  const reason: Reason = {code: 'outside-kubernetes', url};
  return {detail: reasonText(reason), rule: 'R-01', reason: reason.code, steps: [...unblockSteps(reason)]};
};

/** Everything but an accepted recovery, as a problem document. */
export const recoverProblem = (outcome: Exclude<RecoverOutcome, {kind: 'accepted'}>): Response => {
  switch (outcome.kind) {
    case 'refused':
      return problemResponse('refused', refusal(outcome));
    case 'fleet-limit': {
      const {used, limit, until} = outcome;
      return problemResponse('fleet-limit', {
        detail: `${used} of at most ${limit} Frigates were restarted in ten minutes`,
        until: rfc3339(until),
        steps: [note(`Wait until ${rfc3339(until)}.`)],
      });
    }
    case 'fleet-incident':
      return problemResponse('fleet-incident', {
        detail: `Incident ${outcome.incident}: the common cause is ${outcome.common}`,
        steps: [note(`Repair the common cause: ${outcome.common}.`)],
      });
    case 'conflict':
      return problemResponse('conflict', {detail: outcome.detail});
    case 'in-doubt':
      return problemResponse('in-doubt', {
        detail: outcome.detail,
        attempt: outcome.attempt,
        steps: [note('Wait for the next pass: it finds out whether the restart was applied.')],
      });
    case 'failed':
      return problemResponse('not-done', {detail: outcome.detail, steps: [...(outcome.fix ?? [])]});
    case 'not-found':
      return problemResponse('not-found', {detail: 'There is no Frigate of this name'});
    case 'not-restartable':
      return problemResponse('not-restartable', outside(outcome.url));
    case 'not-leader':
      return problemResponse('not-leader', {
        detail: outcome.holder === null ? 'No replica leads at this moment' : `The leader is ${outcome.holder}`,
      });
    case 'not-ready':
      return problemResponse('not-observed', {
        detail: 'It has not been observed yet, or the daemon ends',
        headers: {'Retry-After': String(Math.max(1, Math.ceil(outcome.retryAfter / 1000)))},
      });
  }
};
