/**
 * Asking ahead: in a calm pass the ordinary questions are put beside `/api/stats` instead of after it, which saves two
 * round trips. A Frigate in trouble is never asked this way: it gets one request at a time (on 0.17.2 three that hung took every worker of its nginx).
 */
import type {Known} from '../core/known.js';
import type {NewestSegment} from '../core/observation/frigate.js';
import type {Instant} from '../core/time.js';
import type {FrigateReader} from './frigate.js';

/** What the pass before lets expect. */
export interface Expectation {
  /** Cameras whose newest segment will be wanted. */
  readonly cameras: readonly string[];
  readonly now: Instant;
}

/** Segments of this many cameras are asked for at a time. */
const LANES = 4;

type Segments = ReadonlyMap<string, Promise<Known<NewestSegment>>>;

const askSegments = (reader: FrigateReader, {cameras, now}: Expectation, signal: AbortSignal): Segments => {
  const lanes: Array<Promise<unknown>> = Array.from({length: LANES}, () => Promise.resolve());
  return new Map(
    cameras.map((camera, index) => {
      const answer = (lanes[index % LANES] ?? Promise.resolve()).then(() => reader.newestSegment(camera, now, signal));
      lanes[index % LANES] = answer;
      return [camera, answer];
    }),
  );
};

/**
 * The same reader with the ordinary questions already under way: their first answers are handed out, everything else is
 * asked when it is wanted. The signal ends what is under way.
 */
export const askAhead = (reader: FrigateReader, expected: Expectation, signal: AbortSignal): FrigateReader => {
  const history = reader.history(signal);
  const config = reader.config(signal);
  const segments = askSegments(reader, expected, signal);
  return {
    ...reader,
    history: () => history,
    config: () => config,
    newestSegment: (camera, now, own) =>
      (now === expected.now ? segments.get(camera) : undefined) ?? reader.newestSegment(camera, now, own),
  };
};
