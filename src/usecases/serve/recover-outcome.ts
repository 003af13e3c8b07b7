/** The answer to a person who asked for a restart. */
import type {Decision} from '../../core/decision/decision.js';
import type {FleetHold} from '../../core/decision/fleet-hold.js';
import {seconds} from '../../core/time.js';
import type {RecoverOutcome} from '../../outcome/recover.js';
import type {CarriedOut} from '../../pass/carry-out.js';
import type {Judgement} from '../../pass/judge.js';

export const NOT_READY: RecoverOutcome = {kind: 'not-ready', retryAfter: seconds(5)};

/** A rule refused; `hold`: what the fleet had against it, where it was that. */
export const refusalOf = ({findings, diagnosis, decision}: Judgement, hold: FleetHold | null): RecoverOutcome => {
  if (hold !== null && decision.reason.code === hold.code)
    return hold.code === 'fleet-limit'
      ? {kind: 'fleet-limit', used: hold.used, limit: hold.limit, until: hold.until}
      : {kind: 'fleet-incident', incident: hold.incident, common: hold.common};
  return {kind: 'refused', decision, evidence: findings.filter(({id}) => diagnosis.primary.includes(id))};
};

export const outcomeOf = (end: CarriedOut['end'], {attempt}: Decision): RecoverOutcome => {
  const id = attempt?.id ?? '';
  switch (end.kind) {
    case 'done':
      return {kind: 'accepted', action: 'restart', attempt: id};
    case 'in-doubt':
      return {kind: 'in-doubt', attempt: id, detail: end.detail};
    case 'conflict':
      return {kind: 'conflict', detail: end.detail};
    case 'failed':
      return {kind: 'failed', detail: end.detail, fix: end.why?.fix ?? null};
    case 'interrupted':
      return NOT_READY;
  }
};
