/**
 * What the second, tiny ConfigMap keeps while the state is written over before each pass: how long each finding has stood, and
 * what was sent for which cause. Without it a sick Frigate under such a state would never be notified, or in every pass.
 */
import {instant, type Instant} from '../time.js';
import {amount, count, flag, listOf, narrowed, orElse, record, text, type Shape} from './shape.js';
import type {Standing} from './state.js';

export interface GuardMemory {
  readonly standing: readonly Standing[];
  /** Check ids that were notified, each with the newest time. */
  readonly sent: ReadonlyArray<{readonly what: string; readonly at: Instant}>;
}

export const emptyGuard: GuardMemory = {standing: [], sent: []};

const MOST = 24;

const at: Shape<Instant> = narrowed(amount, (stamp) => (Math.abs(stamp) <= 8.64e15 ? instant(stamp) : null));
const guard = record({
  standing: orElse(
    listOf(record({what: text(80), since: at, last: at, count, interrupted: flag}), MOST, 'a standing finding'),
    'a list',
    [],
  ),
  sent: orElse(listOf(record({what: text(80), at}), MOST, 'what was sent'), 'a list', []),
});

/** Whatever stands there: what cannot be read is not recorded. */
export const decodeGuard = (document: string | undefined): GuardMemory => {
  try {
    const read = guard(JSON.parse(document ?? 'null'), 'guard', () => undefined);
    return typeof read === 'symbol' ? emptyGuard : read;
  } catch {
    return emptyGuard;
  }
};

export const encodeGuard = ({standing, sent}: GuardMemory): string =>
  JSON.stringify({standing: standing.slice(-MOST), sent: sent.slice(-MOST)});
