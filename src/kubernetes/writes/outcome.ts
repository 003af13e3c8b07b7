/** What became of a write. */
import type {Answer} from '../api/client.js';
import type {Failure} from '../api/failure.js';
import type {WriteOutcome} from '../cluster.js';

export const outcomeOfFailure = ({why, status, applied}: Failure): WriteOutcome<never> => {
  if (status === 409) return {kind: 'conflict', why: why.message};
  return applied === 'no' ? {kind: 'refused', why} : {kind: 'in-doubt', why};
};

export const outcomeOf = <T>(answer: Answer<T>): WriteOutcome<T> =>
  answer.ok ? {kind: 'done', value: answer.value} : outcomeOfFailure(answer.failure);
