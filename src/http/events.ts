/** Changes of the fleet as events: one batch for each snapshot in which something that is shown changed. */
import {rfc3339, seconds, since, type Instant} from '../core/time.js';
import {every, type Timers} from '../core/timers.js';
import type {FleetSnapshot, FleetSource, FrigateStatus, FrigateTarget, InstanceId} from '../outcome/fleet.js';
import {isVisible, type Caller} from './auth/access.js';
import {fleetIncidentsFor, visibleTo} from './views/lists.js';
import {rowOf} from './views/row.js';

/** Batches that are kept for clients that come back. */
const KEPT = 500;
const TICK = seconds(10);
/** A Frigate that was not judged for this long is silent: judged on new evidence or each 15 s. */
const SILENT = seconds(60);

type Change =
  | {readonly kind: 'frigate'; readonly status: FrigateStatus}
  | {readonly kind: 'removed'; readonly target: FrigateTarget}
  | {readonly kind: 'incidents'; readonly snapshot: FleetSnapshot};

interface Batch {
  readonly sequence: number;
  readonly changes: readonly Change[];
}

/** What of a row says something new; being judged again does not. */
const shown = (status: FrigateStatus): string => JSON.stringify({...rowOf(status), judgedAt: null});

const changesBetween = (before: FleetSnapshot, after: FleetSnapshot): readonly Change[] => {
  const changed: Change[] = [];
  for (const [id, status] of after.frigates) {
    const previous = before.frigates.get(id);
    if (previous === status) continue;
    if (previous === undefined || shown(previous) !== shown(status)) changed.push({kind: 'frigate', status});
  }
  for (const [id, {target}] of before.frigates) if (!after.frigates.has(id)) changed.push({kind: 'removed', target});
  if (before.incidents !== after.incidents && JSON.stringify(before.incidents) !== JSON.stringify(after.incidents))
    changed.push({kind: 'incidents', snapshot: after});
  return changed;
};

const eventText = (event: string, data: unknown, id: string | null): string =>
  `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

const wordsOf = (caller: Caller, change: Change): readonly [event: string, data: unknown] | null => {
  switch (change.kind) {
    case 'frigate':
      return isVisible(caller, change.status.target) ? ['frigate', rowOf(change.status)] : null;
    case 'removed':
      return isVisible(caller, change.target) ? ['removed', {instanceId: change.target.id}] : null;
    case 'incidents':
      return ['incidents', fleetIncidentsFor(caller, change.snapshot)];
  }
};

export const silentIn = (frigates: readonly FrigateStatus[], now: Instant): InstanceId[] =>
  frigates.filter(({judged, since: found}) => since(judged?.at ?? found, now) > SILENT).map(({target}) => target.id);

export interface EventHub {
  /** The id of the newest event: of this run of the daemon and of this snapshot. */
  readonly eventId: string;
  /** Everything after that event, or `resync` where that is not known any more, then each change; the answer ends it. */
  subscribe(caller: Caller, lastEventId: string | null, send: (text: string) => void): () => void;
  close(): void;
}

export const eventHub = (source: FleetSource, timers: Timers): EventHub => {
  const kept: Batch[] = [];
  const subscribers = new Set<{readonly caller: Caller; readonly send: (text: string) => void}>();
  let last = source.current;
  const run = last.daemon.startedAt.toString(36);
  /** All that came after this snapshot is kept. */
  let from = last.sequence;
  const idOf = (sequence: number): string => `${run}-${sequence}`;

  const textOf = (caller: Caller, {sequence, changes}: Batch): string => {
    const words = changes.map((change) => wordsOf(caller, change)).filter((word) => word !== null);
    // Only the last event of a batch has an id: whoever loses the connection inside a batch gets all of it again.
    return words
      .map(([event, data], index) => eventText(event, data, index === words.length - 1 ? idOf(sequence) : null))
      .join('');
  };

  const unsubscribe = source.subscribe((snapshot) => {
    const changes = changesBetween(last, snapshot);
    last = snapshot;
    if (changes.length === 0) return;
    const batch = {sequence: snapshot.sequence, changes};
    kept.push(batch);
    if (kept.length > KEPT) from = kept.shift()?.sequence ?? from;
    for (const {caller, send} of subscribers) {
      const text = textOf(caller, batch);
      if (text !== '') send(text);
    }
  });

  const tickFor = (caller: Caller): string => {
    const frigates = visibleTo(caller, last);
    const now = timers.now();
    return eventText('tick', {at: rfc3339(now), frigates: frigates.length, silent: silentIn(frigates, now)}, null);
  };
  const endTicks = every(timers, TICK, () => {
    for (const {caller, send} of subscribers) send(tickFor(caller));
  });

  /** What a client missed; `null`: not known any more, or it comes from another run of the daemon. */
  const missedSince = (lastEventId: string): readonly Batch[] | null => {
    const [given, number] = lastEventId.split('-');
    const sequence = Number(number);
    const isKnown = given === run && Number.isInteger(sequence) && sequence >= from && sequence <= last.sequence;
    return isKnown ? kept.filter((batch) => batch.sequence > sequence) : null;
  };

  return {
    get eventId() {
      return idOf(last.sequence);
    },
    subscribe(caller, lastEventId, send) {
      const missed = lastEventId === null ? [] : missedSince(lastEventId);
      const opening =
        missed === null
          ? eventText('resync', {}, idOf(last.sequence))
          : missed.map((batch) => textOf(caller, batch)).join('');
      send(`retry: 2000\n\n${opening}${tickFor(caller)}`);
      const subscriber = {caller, send};
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
    close() {
      unsubscribe();
      endTicks();
      subscribers.clear();
    },
  };
};
