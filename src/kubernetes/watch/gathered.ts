/** Bursts of news as one. */
import {milliseconds} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import type {News, OnNews} from './supervise.js';

/** A change is worth a redraw of its own, but a burst of events is one change. */
const BURST = milliseconds(200);

/** Passes on only the newest of the updates within 200 ms. */
export const gathered = <T>(onNews: OnNews<T>, timers: Timers, signal: AbortSignal): OnNews<T> => {
  let newest: News<T> | null = null;
  const publish = async (): Promise<void> => {
    await timers.sleep(BURST, signal);
    const news = newest;
    newest = null;
    if (news !== null && !signal.aborted) onNews(news);
  };
  return (news) => {
    const isFirst = newest === null;
    newest = news;
    if (isFirst) void publish();
  };
};
