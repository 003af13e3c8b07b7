/** Line mode: one line for each change and a heartbeat each minute, for pipes, logs, CI and screen readers. */
import {reasonText} from '../core/decision/wording.js';
import {jsonOf} from '../core/json.js';
import {minutes, rfc3339, type Instant} from '../core/time.js';
import {changed, similarText} from './panels/lists.js';
import type {Display} from './panels/display.js';
import {repairText, verdictLine} from './panels/verdict.js';
import type {Snapshot, Store} from './store.js';
import type {Change} from './view/changes.js';

/** A longer time without a line could be mistaken for a hang. */
export const HEARTBEAT = minutes(1);

const WORDS = {begun: 'started', still: 'unchanged', ended: 'ended'} as const;

export interface LineFormat {
  readonly change: (change: Change) => string;
  /** The verdict now; `why`: the first one, a heartbeat, the last one. */
  readonly state: (snapshot: Snapshot, why: 'begun' | 'still' | 'ended', at: Instant) => string;
}

/** `2026-11-22T14:01:40Z camera front live -> no frames  0.0 fps`. */
export const textFormat = (display: Display): LineFormat => ({
  change: (change) => {
    const {at, kind, subject, detail} = change;
    const reason = detail === '' ? '' : `  ${display.text(detail)}`;
    return `${rfc3339(at)} ${kind} ${display.text(subject)} ${changed(change, display)}${reason}${similarText(change)}\n`;
  },
  state: (snapshot, why, at) => {
    const {view, freshness} = snapshot;
    if (view === null || !view.live.complete)
      return `${rfc3339(at)} ${WORDS[why]}  ${display.text(freshness.troubles.join('; ') || freshness.text)}\n`;
    const verdict = verdictLine(view, freshness.live, display)
      .map(({text}) => text)
      .join('');
    return `${rfc3339(at)} ${WORDS[why]}  ${verdict}  ${repairText(view, display)}${freshness.live ? '' : `  ${freshness.text}`}\n`;
  },
});

const json = (value: unknown): string => `${jsonOf(value)}\n`;

/** One object a line; the field names are those of `check -o json`. */
export const jsonFormat = (): LineFormat => ({
  change: ({at, ...change}) => json({time: rfc3339(at), event: 'change', ...change}),
  state: ({view, freshness, changeCount}, why, at) => {
    const judged = view?.live.complete === true ? view.live.judgement : null;
    return json({
      time: rfc3339(at),
      event: why,
      health: judged?.diagnosis.health ?? 'unknown',
      cause: judged?.diagnosis.cause ?? null,
      summary: judged?.diagnosis.summary ?? 'waiting for the first answer',
      action: judged?.decision.action ?? 'none',
      rule: judged?.decision.rule ?? null,
      reason: judged === null ? null : reasonText(judged.decision.reason),
      live: freshness.live,
      troubles: freshness.troubles,
      changes: changeCount,
    });
  },
});

export interface LineModeOptions {
  readonly store: Store;
  readonly format: LineFormat;
  readonly write: (text: string) => void;
  readonly now: () => Instant;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Runs the work again and again; returns the way to stop it. */
  readonly every: (work: () => void, milliseconds: number) => () => void;
}

/** Writes until the signal; resolves after the last line. */
export const runLines = ({store, format, write, now, signal, every}: LineModeOptions): Promise<void> =>
  new Promise((resolve) => {
    let begun = false;
    let lastAt = now();
    const say = (text: string): void => {
      lastAt = now();
      write(text);
    };
    store.onChange((change) => say(format.change(change)));
    const leave = store.subscribe(() => {
      if (begun || store.get().view?.live.complete !== true) return;
      begun = true;
      say(format.state(store.get(), 'begun', now()));
    });
    const stop = every(() => {
      // A clock that was stepped back says nothing about how long was silent: better one line too many.
      if (Math.abs(now() - lastAt) >= HEARTBEAT) say(format.state(store.get(), 'still', now()));
    }, 1000);
    const end = (): void => {
      leave();
      stop();
      say(format.state(store.get(), 'ended', now()));
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, {once: true});
  });
