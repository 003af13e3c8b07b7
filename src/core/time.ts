/**
 * Instants and durations, kept apart by the type checker so that neither can be taken for the other.
 * Both are milliseconds. Persisted instants are the API server's time (its `Date` header, one second resolution).
 */

declare const unit: unique symbol;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & {readonly [unit]: 'instant'};

/** A length of time in milliseconds; never negative where this module makes it. */
export type Duration = number & {readonly [unit]: 'duration'};

/** An instant from milliseconds since the epoch. */
export const instant = (milliseconds: number): Instant => milliseconds as Instant;

/** A duration from milliseconds. */
export const milliseconds = (count: number): Duration => count as Duration;
export const seconds = (count: number): Duration => milliseconds(count * 1000);
export const minutes = (count: number): Duration => seconds(count * 60);
export const hours = (count: number): Duration => minutes(count * 60);
export const days = (count: number): Duration => hours(count * 24);

/**
 * How long ago `then` was. An instant in the future counts as now (docs/how-it-decides.md, "State"):
 * a clock that jumped must never shorten a wait, so the answer is never negative.
 */
export const since = (then: Instant, now: Instant): Duration => milliseconds(Math.max(0, now - then));

/** The signed distance from `from` to `to` in milliseconds; for comparing clocks, where the sign matters. */
export const offset = (from: Instant, to: Instant): number => to - from;

export const later = (then: Instant, by: Duration): Instant => instant(then + by);
export const earlier = (then: Instant, by: Duration): Instant => instant(then - by);
export const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);
export const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** The instant as RFC 3339 in UTC with whole seconds, the way Kubernetes writes it. */
export const rfc3339 = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Reads an RFC 3339 time; `null` when it is none. */
export const parseInstant = (text: string): Instant | null => {
  const at = Date.parse(text);
  return Number.isFinite(at) ? instant(at) : null;
};

/** How long ago, for people: `3m 20s ago`; what was less than a second ago has no number worth reading. */
export const ago = (length: Duration): string => (length < 1000 ? 'just now' : `${humanDuration(length)} ago`);

/**
 * A duration for people: the two largest units that say something, such as `6d 4h`, `3m 20s`, `0.4s`. `gap`: between number and
 * unit, for text that is not a table.
 */
export const humanDuration = (length: Duration, gap: '' | ' ' = ''): string => {
  if (length < 1000) return `${(length / 1000).toFixed(1)}${gap}s`;
  const whole = Math.round(length / 1000);
  const units: ReadonlyArray<readonly [string, number]> = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ];
  const parts: string[] = [];
  let rest = whole;
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${gap}${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
};
