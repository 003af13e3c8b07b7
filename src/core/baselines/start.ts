/** How far the present container is in its own start (docs/how-it-decides.md, "A long start"). */
import {isOfTheDatabase, isStarted, startOf} from '../checks/evidence/start.js';
import type {Baselines} from '../state/baselines.js';
import type {BaselineContext} from './context.js';

const LONGEST_ID = 128;
const LONGEST_STEP = 200;

/** While no container runs the last one is kept: what follows it has another id. */
export const keepStart = ({memory, observation}: BaselineContext): Baselines['start'] => {
  const start = startOf({memory, observation});
  if (start === null) return memory.start;
  const {containerId, workedAt, shownAt = null, workLoggedAt, cpu = null, failure = null} = start;
  const step =
    // Work on the database is over when it works; a detector may build its model for long after that.
    start.step === null || (isStarted(start) && isOfTheDatabase(start.step))
      ? null
      : {...start.step, text: start.step.text.slice(0, LONGEST_STEP).toWellFormed()};
  return {
    containerId: containerId.slice(0, LONGEST_ID).toWellFormed(),
    workedAt,
    shownAt,
    step,
    workLoggedAt,
    failure:
      failure === null || isStarted(start)
        ? null
        : {...failure, text: failure.text.slice(0, LONGEST_STEP).toWellFormed()},
    cpu: isStarted(start) ? null : cpu,
  };
};
