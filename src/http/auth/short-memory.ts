/** Answers that are good for a few seconds: one question in place of one for each request. What is unknown is asked again. */
import type {Known} from '../../core/known.js';
import type {Duration} from '../../core/time.js';
import type {Clock} from '../../core/timers.js';

const MOST = 1000;

export const shortMemory = <T>(
  length: Duration,
  clock: Pick<Clock, 'monotonic'>,
): ((key: string, ask: () => Promise<Known<T>>) => Promise<Known<T>>) => {
  const kept = new Map<string, {readonly at: number; readonly answer: Known<T>}>();
  return async (key, ask) => {
    const found = kept.get(key);
    if (found !== undefined && clock.monotonic() - found.at < length) return found.answer;
    kept.delete(key);
    const answer = await ask();
    if (answer.known) kept.set(key, {at: clock.monotonic(), answer});
    const oldest = kept.keys().next().value;
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
};
