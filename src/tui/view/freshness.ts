/** How fresh the screen is. A dead connection must never look like a healthy screen (NVSentinel #1477). */
import {humanDuration, milliseconds, since, type Duration, type Instant} from '../../core/time.js';
import type {Board, SourceName, SourceState} from '../../pass/watch/board.js';
import {SOURCES} from '../../pass/watch/board.js';
import {silentAfter} from '../../pass/watch/poll-frigate.js';
import type {LiveSight} from '../../pass/watch/live.js';

export interface Freshness {
  /** Frigate's numbers are of now. Otherwise they are shown as old. */
  readonly live: boolean;
  /** `live 14:02:11Z` (when the numbers came that are shown), `! no answer for 4s`, `! old data, 12s, again in 3s`. */
  readonly text: string;
  /** How long a question to Frigate has been open, where that is longer than an answer takes. */
  readonly silentFor: Duration | null;
  /** Sources in trouble besides Frigate, one line each. */
  readonly troubles: readonly string[];
}

/** What a poll may take beside its pause. */
const SLACK = milliseconds(3000);
/** Polls that may be missed. */
const MISSED = 3;

export const clockTime = (at: Instant): string => `${new Date(at).toISOString().slice(11, 19)}Z`;

const whole = (length: Duration): string =>
  humanDuration(milliseconds(Math.max(1000, Math.floor(length / 1000) * 1000)));

const again = ({trouble}: SourceState, now: Instant): string => {
  const at = trouble?.retryAt ?? null;
  return at === null ? '' : at > now ? `, again in ${whole(milliseconds(at - now))}` : ', asking again';
};

const names: Readonly<Record<SourceName, string>> = {
  cluster: 'workload and pods',
  node: 'node',
  events: 'events',
  state: 'remembered state',
  frigate: 'Frigate',
  log: 'log',
};

const troubleLine = (name: SourceName, state: SourceState, now: Instant): string | null => {
  if (state.trouble === null) return null;
  return `${names[name]} not seen since ${clockTime(state.seenAt ?? state.trouble.since)}${again(state, now)}: ${state.trouble.why.message}`;
};

const silenceOf = (board: Board, now: Instant): Duration | null => {
  const {askedAt} = board.sources.frigate;
  const open = askedAt === null ? null : since(askedAt, now);
  return open === null || open < silentAfter(board) ? null : open;
};

/** Frigate makes new numbers every 15 s: that they were asked for again in between is nothing to draw. */
const frigateText = (
  {sources: {frigate: state}, lastStats}: Board,
  silentFor: Duration | null,
  now: Instant,
  interval: Duration,
): Pick<Freshness, 'live' | 'text'> => {
  const age = state.seenAt === null ? null : since(state.seenAt, now);
  if (silentFor !== null)
    return {live: false, text: `! no answer for ${whole(silentFor)}${age === null ? '' : `, data ${whole(age)} old`}`};
  if (state.trouble?.why.code === 'not-asked')
    return {live: false, text: `! Frigate does not run${age === null ? '' : `, data ${whole(age)} old`}`};
  if (state.trouble !== null)
    return {live: false, text: `! ${age === null ? 'no data yet' : `old data, ${whole(age)}`}${again(state, now)}`};
  if (state.seenAt === null || age === null) return {live: false, text: 'looking'};
  return age > interval * MISSED + SLACK
    ? {live: false, text: `! old data, ${whole(age)}`}
    : {live: true, text: `live ${clockTime(lastStats?.seenAt ?? state.seenAt)}`};
};

/** `now`: the local clock, by which sources are stamped. */
export const freshnessOf = ({board}: LiveSight, now: Instant, interval: Duration): Freshness => {
  const {sources} = board;
  const silentFor = silenceOf(board, now);
  return {
    ...frigateText(board, silentFor, now, interval),
    silentFor,
    troubles: SOURCES.filter((name) => name !== 'frigate').flatMap(
      (name) => troubleLine(name, sources[name], now) ?? [],
    ),
  };
};
