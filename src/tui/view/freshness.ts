/** How fresh the screen is. A lost connection must never be displayed as a healthy screen (NVSentinel #1477). */
import {humanDuration, milliseconds, since, type Duration, type Instant} from '../../core/time.js';
import type {WatchState, SourceName, SourceState} from '../../usecases/watch/watch-state.js';
import {SOURCES} from '../../usecases/watch/watch-state.js';
import type {LiveObservation} from '../../usecases/watch/live.js';

export interface Freshness {
  /** Frigate's numbers are current. Otherwise they are shown as old. */
  readonly live: boolean;
  /** `live 14:02:11Z` (when the numbers came that are shown), `! no answer for 4s`, `! old data, 12s, retry in 3s`. */
  readonly text: string;
  /** How long a question to Frigate has been open, where that is longer than an answer takes. */
  readonly silentFor: Duration | null;
  /** Sources other than Frigate that do not answer, one line each. */
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
  return at === null ? '' : at > now ? `, retry in ${whole(milliseconds(at - now))}` : ', retrying';
};

const names: Readonly<Record<SourceName, string>> = {
  cluster: 'workload and pods',
  node: 'node',
  events: 'events',
  state: 'state ConfigMap',
  frigate: 'Frigate',
  log: 'log',
};

const troubleLine = (name: SourceName, state: SourceState, now: Instant): string | null => {
  if (state.trouble === null) return null;
  return `${names[name]}: no answer since ${clockTime(state.answeredAt ?? state.trouble.since)}${again(state, now)}: ${state.trouble.why.message}`;
};

const silenceOf = ({watchState, answerLimit}: LiveObservation, now: Instant): Duration | null => {
  const {askedAt} = watchState.sources.frigate;
  const open = askedAt === null ? null : since(askedAt, now);
  return open === null || open < answerLimit ? null : open;
};

/** Frigate makes new numbers every 15 s: that they were asked for again in between is nothing to draw. */
const frigateText = (
  {sources: {frigate: state}, lastStats}: WatchState,
  silentFor: Duration | null,
  now: Instant,
  interval: Duration,
): Pick<Freshness, 'live' | 'text'> => {
  const age = state.answeredAt === null ? null : since(state.answeredAt, now);
  if (silentFor !== null)
    return {live: false, text: `! no answer for ${whole(silentFor)}${age === null ? '' : `, data ${whole(age)} old`}`};
  if (state.trouble?.why.code === 'not-asked')
    return {live: false, text: `! Frigate does not run${age === null ? '' : `, data ${whole(age)} old`}`};
  if (state.trouble !== null)
    return {live: false, text: `! ${age === null ? 'no data yet' : `old data, ${whole(age)}`}${again(state, now)}`};
  if (state.answeredAt === null || age === null) return {live: false, text: 'connecting'};
  return age > interval * MISSED + SLACK
    ? {live: false, text: `! old data, ${whole(age)}`}
    : {live: true, text: `live ${clockTime(lastStats?.answeredAt ?? state.answeredAt)}`};
};

/** `now`: the local clock, by which sources are stamped. */
export const freshnessOf = (live: LiveObservation, now: Instant, interval: Duration): Freshness => {
  const {watchState} = live;
  const {sources} = watchState;
  const silentFor = silenceOf(live, now);
  return {
    ...frigateText(watchState, silentFor, now, interval),
    silentFor,
    troubles: SOURCES.filter((name) => name !== 'frigate').flatMap(
      (name) => troubleLine(name, sources[name], now) ?? [],
    ),
  };
};
