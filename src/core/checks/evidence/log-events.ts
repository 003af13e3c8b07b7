/** Events of the log inside the policy's window. A line that is missing from a log proves nothing. */
import type {Known} from '../../known.js';
import {known} from '../../known.js';
import type {Signature, Tally} from '../../observation/log.js';
import {earlier, type Instant} from '../../time.js';
import type {CheckContext} from '../check.js';
import {tally} from './facts.js';

/** How many events of these signatures the window holds; unknown when the log could not be read, or not to its end and too few were counted. */
export const eventsInWindow = (
  context: CheckContext,
  ...signatures: readonly Signature[]
): Known<{readonly count: number; readonly last: Instant | null}> => {
  const {log} = context.observation;
  if (!log.known) return log;
  const from = earlier(log.value.to, context.policy.logWindow);
  const tallies = signatures.flatMap((signature) => tally(context.observation, signature) ?? []);
  return known({
    count: tallies.reduce((sum, each) => sum + countSince(each, from), 0),
    last: tallies.reduce<Instant | null>((newest, {last}) => (newest === null || last > newest ? last : newest), null),
  });
};

/** A tally keeps the newest 50 instants; where all of it lies in the window its full count holds (repeats are folded into it). */
const countSince = ({count, first, last, instants}: Tally, from: Instant): number => {
  if (first >= from) return count;
  if (last < from) return 0;
  return instants.filter((at) => at >= from).length;
};

/** Whether the log was read to its end: only then does a missing line mean anything. */
export const logComplete = ({observation: {log}}: CheckContext): boolean => log.known && log.value.complete;
