/** What a pass tells while it runs: one event a line, stable names. */
export type JournalValue = string | number | boolean | null | readonly JournalValue[] | JournalFields;

export interface JournalFields {
  readonly [key: string]: JournalValue;
}

export type JournalEvent =
  | 'pass.begun' | 'observed' | 'diagnosed' | 'decided' | 'intent.stored' | 'restart.sent' | 'restart.refused' | 'restart.in-doubt'
  | 'state.stored' | 'state.conflict' | 'state.failed' | 'alert.sent' | 'alert.failed' | 'alert.waiting' | 'warning' | 'pass.ended';

export type Journal = (event: JournalEvent, fields: JournalFields) => void;
