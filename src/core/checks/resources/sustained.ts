/** Whether what one look shows has lasted: a single full sample is a burst of motion, an upgrade of a neighbour, a backup. */
import type {ResourceLook} from '../../memory.js';
import {hours, milliseconds, since, type Duration} from '../../time.js';
import type {CheckContext} from '../check.js';
import {looksBefore} from './look.js';

/** Closer than half of the interval is the same look twice, as for R-05; a look further back than three says nothing of now by itself. */
const TOO_CLOSE = 1 / 2;
const TOO_OLD = 3;

/**
 * For how long the looks before this one showed the same without a gap, as far as they are remembered; `null`: not before now.
 * One look before is enough while it is near; one that is not counts when the whole hour agrees with it.
 */
export const sustainedFor = (context: CheckContext, shows: (look: ResourceLook) => boolean): Duration | null => {
  const {
    now,
    policy: {interval},
  } = context;
  const before = looksBefore(context).filter(({at}) => since(at, now) >= interval * TOO_CLOSE);
  const last = before.at(-1);
  if (last === undefined || !shows(last)) return null;
  const hour = before.filter(({at}) => since(at, now) <= hours(1));
  const near = since(last.at, now) <= interval * TOO_OLD;
  if (!near && (hour.length < 2 || !hour.every(shows))) return null;
  const first = before[before.findLastIndex((look) => !shows(look)) + 1] ?? last;
  return milliseconds(since(first.at, now));
};
