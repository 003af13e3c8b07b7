/**
 * Delivery of notifications as changes of the state. Each channel has its own tries: one that is away neither delays another nor
 * makes it send twice. An entry is delivered when every channel that it concerns had it.
 */
import type {ChannelDelivery, OutboxEntry, State} from '../state/state.js';
import {days, milliseconds, seconds, since, type Duration, type Instant} from '../time.js';

export type Severity = 'warning' | 'critical';

/** What delivery needs to know of a channel. */
export interface Addressee {
  readonly name: string;
  /** Incidents that never were as bad as this do not concern it. */
  readonly least: Severity;
}

/** The pause after the first failure of a channel; doubled with each, up to half an interval, so that every scheduled pass tries again. */
const FIRST_PAUSE = seconds(15);
/** A channel that fails for so long is given up for a notification that another one delivered. */
const GIVEN_UP_AFTER = days(1);

const LONGEST_ERROR = 160;
const LONGEST_NAME = 40;

/** Entries that wait for delivery, oldest first. */
export const pending = (state: State): readonly OutboxEntry[] =>
  state.outbox.filter((entry) => entry.deliveredAt === null);

/** How bad the incident was until then; entries of older versions say it by their findings. */
export const weightOf = ({incident: {worst}, action, findings}: OutboxEntry): Severity =>
  worst ?? (action === 'restart' || findings.some(({status}) => status === 'critical') ? 'critical' : 'warning');

export const concerns = ({least}: Pick<Addressee, 'least'>, weight: Severity): boolean =>
  least === 'warning' || weight === 'critical';

const deliveryAt = ({deliveries}: OutboxEntry, name: string): ChannelDelivery | undefined =>
  deliveries.find(({channel}) => channel === name.slice(0, LONGEST_NAME));

/** Waits for this channel: it concerns it, and it has it not. */
const waitsFor = (entry: OutboxEntry, addressee: Addressee): boolean =>
  concerns(addressee, weightOf(entry)) && (deliveryAt(entry, addressee.name)?.doneAt ?? null) === null;

/** How many entries wait for this channel. */
export const waitingFor = (state: State, addressee: Addressee): number =>
  pending(state).filter((entry) => waitsFor(entry, addressee)).length;

const pauseAfter = (tries: number, interval: Duration): Duration =>
  milliseconds(Math.min(interval / 2, FIRST_PAUSE * 2 ** Math.min(20, Math.max(0, tries - 1))));

/** What this channel is to be sent now, oldest first; nothing while it rests after a failure. */
export const due = (state: State, addressee: Addressee, now: Instant, interval: Duration): readonly OutboxEntry[] => {
  const waiting = pending(state).filter((entry) => waitsFor(entry, addressee));
  const rests = waiting.some((entry) => {
    const failed = deliveryAt(entry, addressee.name);
    return failed !== undefined && since(failed.lastTry, now) < pauseAfter(failed.tries, interval);
  });
  return rests ? [] : waiting;
};

/** Takes down one try at one channel. `why`: the failure; `null`: delivered. */
export const markTried = (state: State, key: string, channel: string, why: string | null, now: Instant): State =>
  change(state, key, (entry) => {
    const name = channel.slice(0, LONGEST_NAME);
    const tries = (deliveryAt(entry, channel)?.tries ?? 0) + 1;
    const delivery: ChannelDelivery = {
      channel: name,
      tries,
      lastTry: now,
      lastError: why === null ? null : why.slice(0, LONGEST_ERROR),
      doneAt: why === null ? now : null,
    };
    return {
      ...entry,
      deliveries: [...entry.deliveries.filter((other) => other.channel !== name), delivery].slice(-16),
      tries: Math.max(entry.tries, tries),
      lastTry: now,
      lastError: why === null ? entry.lastError : `${channel}: ${why}`.slice(0, 300),
    };
  });

/** Entries that every channel has, or that no channel is concerned with, wait no longer. */
export const settleDeliveries = (state: State, addressees: readonly Addressee[], now: Instant): State => {
  if (addressees.length === 0) return state;
  const settled = state.outbox.map((entry) => {
    if (entry.deliveredAt !== null) return entry;
    const waiting = addressees.some((addressee) => waitsFor(entry, addressee));
    const delivered = entry.deliveries.some(({doneAt}) => doneAt !== null);
    const givenUp = delivered && since(entry.at, now) >= GIVEN_UP_AFTER;
    if (waiting && !givenUp) return entry;
    return {...entry, deliveries: [], lastError: waiting ? entry.lastError : null, deliveredAt: now};
  });
  return settled.every((entry, index) => entry === state.outbox[index]) ? state : {...state, outbox: settled};
};

/** The channels whose last try failed and that have not had the notification since, each with its reason. */
export const failingChannels = (state: State): ReadonlyArray<{readonly channel: string; readonly why: string}> => {
  const failures = new Map<string, string>();
  for (const {deliveries, lastError} of pending(state)) {
    if (deliveries.length === 0 && lastError !== null) failures.set('mail', lastError);
    for (const {channel, lastError: why, doneAt} of deliveries)
      if (doneAt === null && why !== null) failures.set(channel, why);
  }
  return [...failures].map(([channel, why]) => ({channel, why}));
};

const change = (state: State, key: string, how: (entry: OutboxEntry) => OutboxEntry): State => ({
  ...state,
  outbox: state.outbox.map((entry) => (entry.key === key ? how(entry) : entry)),
});
