/** Delivery of alerts as changes of the state: what was delivered is marked, what failed is tried again at the next pass. */
import type {OutboxEntry, State} from '../state/state.js';
import type {Instant} from '../time.js';

/** Entries that wait for delivery, oldest first. */
export const pending = (state: State): readonly OutboxEntry[] =>
  state.outbox.filter((entry) => entry.deliveredAt === null);

export const markDelivered = (state: State, key: string, now: Instant): State =>
  change(state, key, (entry) => ({...entry, tries: entry.tries + 1, lastTry: now, lastError: null, deliveredAt: now}));

export const markFailed = (state: State, key: string, why: string, now: Instant): State =>
  change(state, key, (entry) => ({...entry, tries: entry.tries + 1, lastTry: now, lastError: why.slice(0, 300)}));

const change = (state: State, key: string, how: (entry: OutboxEntry) => OutboxEntry): State => ({
  ...state,
  outbox: state.outbox.map((entry) => (entry.key === key ? how(entry) : entry)),
});
