/** `/api/<camera>/recordings?after=&before=`: the newest recording segment of one camera. */
import {z} from 'zod';
import {known, type Known} from '../../core/known.js';
import type {NewestSegment, Segment} from '../../core/observation/frigate.js';
import {instant, milliseconds, type Instant} from '../../core/time.js';
import {parseJson, wrongShape} from './json.js';

const row = z.object({start_time: z.number(), end_time: z.number()});

const toSegment = (value: unknown): Segment | null => {
  const parsed = row.safeParse(value);
  if (!parsed.success) return null;
  const {start_time: start, end_time: end} = parsed.data;
  return end < start ? null : {end: instant(Math.round(end * 1000)), length: milliseconds(Math.round((end - start) * 1000))};
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
