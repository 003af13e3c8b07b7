/** Restarts and incidents as the API shows them. */
import {rfc3339} from '../../core/time.js';
import type {RestartPhase, RestartRecord, State} from '../../core/state/state.js';
import type {InstanceId} from '../../outcome/fleet.js';
import type {Attempt, Incident} from '../schemas/types.js';
import {timeOf} from './row.js';

const outcomes: Readonly<Record<RestartPhase, Attempt['outcome']>> = {
  intended: 'pending',
  acted: 'pending',
  helped: 'helped',
  'did-not-help': 'did not help',
  abandoned: 'abandoned',
  unjudged: 'unjudged',
};

const attemptOf = ({id, at, phase, settledAt, cause, rule, who, reason, findings}: RestartRecord): Attempt => ({
  id,
  at: rfc3339(at),
  outcome: outcomes[phase],
  settledAt: timeOf(settledAt),
  cause,
  rule,
  who,
  reason,
  findings: [...findings],
});

/** Newest first. */
export const attemptsOf = (state: State | null): Attempt[] => (state?.restarts ?? []).map(attemptOf).reverse();

export const incidentOf = (instanceId: InstanceId, state: State | null): Incident | null => {
  const incident = state?.incident ?? null;
  if (incident === null) return null;
  const {id, since, cause, worst, stage, summary, findings, faults, quietSince} = incident;
  return {
    id,
    instanceId,
    since: rfc3339(since),
    cause,
    worst,
    stage,
    summary,
    findings: [...findings],
    faults: faults.map((fault) => ({at: rfc3339(fault.at), summary: fault.summary})),
    quietSince: timeOf(quietSince),
  };
};
