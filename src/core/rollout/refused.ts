/** What the API server has against new pods of a workload: a quota, a limit range, an admission webhook. */
import type {Workload} from '../observation/workload.js';
import type {Instant} from '../time.js';

export interface Refusal {
  readonly why: string;
  readonly since: Instant | null;
}

/** `null`: nothing is said. Kubernetes says it of a Deployment as a condition, and takes it back with the first pod that is made. */
export const refusalOf = ({conditions}: Workload): Refusal | null => {
  const refused = conditions.find(({type, status}) => type === 'ReplicaFailure' && status === 'True');
  return refused === undefined
    ? null
    : {why: refused.message ?? refused.reason ?? 'no reason given', since: refused.lastTransition};
};
