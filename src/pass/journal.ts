/** What a pass reports while it runs: one event a line, stable names. */
import {scriptOf} from '../core/fix.js';
import {jsonOf} from '../core/json.js';
import type {UnknownReason} from '../core/known.js';
import {mask} from '../core/mask.js';
import {rfc3339} from '../core/time.js';
import type {Clock} from '../core/timers.js';
import type {Cluster} from '../kubernetes/cluster.js';

export type JournalValue = string | number | boolean | null | readonly JournalValue[] | JournalFields;

export interface JournalFields {
  readonly [key: string]: JournalValue;
}

export type JournalEvent =
  | 'pass.begun'
  | 'observed'
  | 'diagnosed'
  | 'decided'
  | 'intent.stored'
  | 'restart.evidence'
  | 'restart.sent'
  | 'restart.refused'
  | 'restart.in-doubt'
  | 'state.stored'
  | 'state.conflict'
  | 'state.failed'
  | 'alert.sent'
  | 'alert.failed'
  | 'alert.waiting'
  | 'warning'
  | 'custom.check'
  | 'pass.starved'
  | 'heartbeat.sent'
  | 'heartbeat.failed'
  | 'pass.ended'
  // Of `serve` alone:
  | 'serve.begun'
  | 'serve.ended'
  | 'target.found'
  | 'target.gone'
  | 'discovery.failed'
  | 'discovery.doubted'
  | 'checks.read'
  | 'checks.refused'
  | 'channels.read'
  | 'channels.refused'
  | 'tokens.read'
  | 'tokens.refused'
  | 'leader.acquired'
  | 'leader.lost'
  | 'leader.released'
  | 'fleet.incident'
  | 'http.listening'
  | 'http.refused'
  | 'http.write'
  | 'http.failed';

/** Why something failed, and what would lift it where that is known. */
export const reasonFields = ({message, fix}: UnknownReason): JournalFields => ({
  reason: message,
  ...(fix === undefined ? {} : {fix: scriptOf(fix)}),
});

export type Journal = (event: JournalEvent, fields: JournalFields) => void;

/** One line of JSON. Whatever a message carries with it, a line of the log or an address with a password, goes no further than here. */
export const journalLine = (
  head: {readonly time: string; readonly event: JournalEvent; readonly pass: string},
  fields: JournalFields,
): string => jsonOf({...head, ...maskedFields(fields)});

/** One JSON object a line; `time` is the API server's where it is known. `pass`: what is decided together has one id. */
export const journalTo =
  (
    stdout: (text: string) => void,
    {cluster, clock}: {readonly cluster: Pick<Cluster, 'serverTime'>; readonly clock: Clock},
    pass: string,
  ): Journal =>
  (event, fields) => {
    stdout(`${journalLine({time: rfc3339(cluster.serverTime() ?? clock.now()), event, pass}, fields)}\n`);
  };

/** Every text masked. Masking what is masked changes nothing. */
export const maskedFields = (fields: JournalFields): JournalFields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, masked(value)]));

const masked = (value: JournalValue): JournalValue => {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(masked) : maskedFields(value);
};

const isList = (value: readonly JournalValue[] | JournalFields): value is readonly JournalValue[] =>
  Array.isArray(value);
