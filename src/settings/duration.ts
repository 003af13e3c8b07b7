/** Durations of flags and variables, as kubectl takes them: `0`, `30` (seconds), `500ms`, `10s`, `5m`, `1h`, `1m30s`. */
import {milliseconds} from '../core/time.js';
import type {Duration} from '../core/time.js';

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const LONGEST = 24 * 3_600_000;

/** The duration; `null` when the text is none or it is longer than a day. */
export const parseDuration = (text: string): Duration | null => {
  const trimmed = text.trim();
  const spelled = /^\d+(\.\d+)?$/.test(trimmed) ? `${trimmed}s` : trimmed;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(spelled)) return null;
  let total = 0;
  for (const [, count = '', unit = ''] of spelled.matchAll(/([\d.]+)(ms|s|m|h)/g))
    total += Number.parseFloat(count) * (units.get(unit) ?? 0);
  return total <= LONGEST ? milliseconds(Math.round(total)) : null;
};
