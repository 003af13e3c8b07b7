/** `/api/<camera>/recordings?after=&before=`: the newest recording segment of one camera. */
import {known, type Known} from '../../core/known.js';
import type {NewestSegment, Segment} from '../../core/observation/frigate.js';
import {instant, milliseconds, type Instant} from '../../core/time.js';
import {parseJson, wrongShape} from './json.js';
import {isObject} from './values.js';

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** By hand, because an hour of seven cameras is 2,500 rows, and a pass has a few milliseconds for them. */
const toSegment = (value: unknown): Segment | null => {
  if (!isObject(value)) return null;
  const {start_time: start, end_time: end} = value;
  if (!isTime(start) || !isTime(end) || end < start) return null;
  return {end: instant(Math.round(end * 1000)), length: milliseconds(Math.round((end - start) * 1000))};
};

/** The row that ends last; rows that are none are left out, but a list of nothing else is garbled. `after` is the begin of what was asked for. */
export const parseSegments = (asked: string, body: Buffer, after: Instant): Known<NewestSegment> => {
  const json = parseJson(asked, body);
  if (!json.known) return json;
  if (!Array.isArray(json.value)) return wrongShape(asked, json.value, 'a list of segments');
  const rows: readonly unknown[] = json.value;
  let newest: Segment | null = null;
  for (const value of rows) {
    const segment = toSegment(value);
    if (segment !== null && (newest === null || segment.end > newest.end)) newest = segment;
  }
  if (newest !== null) return known({found: 'one', segment: newest});
  return rows.length === 0 ? known({found: 'none', after}) : wrongShape(asked, rows[0], 'start_time and end_time');
};
