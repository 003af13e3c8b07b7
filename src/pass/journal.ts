/** What a pass tells while it runs: one event a line, stable names. */
import {jsonOf} from '../core/json.js';
import type {UnknownReason} from '../core/known.js';
import {mask} from '../core/mask.js';

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
  | 'pass.starved'
  | 'pass.ended';

/** Why something failed, and what would lift it where that is known. */
export const reasonFields = ({message, fix}: UnknownReason): JournalFields => ({
  reason: message,
  ...(fix === undefined ? {} : {fix}),
});

export type Journal = (event: JournalEvent, fields: JournalFields) => void;

/** One line of JSON. Whatever a message carries with it, a line of the log or an address with a password, goes no further than here. */
export const journalLine = (
  head: {readonly time: string; readonly event: JournalEvent; readonly pass: string},
  fields: JournalFields,
): string => jsonOf({...head, ...maskedFields(fields)});

const maskedFields = (fields: JournalFields): JournalFields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, masked(value)]));

const masked = (value: JournalValue): JournalValue => {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(masked) : maskedFields(value);
};

const isList = (value: readonly JournalValue[] | JournalFields): value is readonly JournalValue[] =>
  Array.isArray(value);
