/** Snapshots and lines for the tests of the screen. */
import {milliseconds} from '../../src/core/time.js';
import {anObservation, now} from '../support/observation.js';
import type {FrameOptions} from '../../src/tui/frame.js';
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/glyphs.js';
import {penOf, type Pen} from '../../src/tui/panels/pen.js';
import type {Snapshot} from '../../src/tui/store.js';
import type {Line} from '../../src/tui/text.js';
import {changesBetween, type Change} from '../../src/tui/view/changes.js';
import {freshnessOf} from '../../src/tui/view/freshness.js';
import {viewOf} from '../../src/tui/view/view.js';
import type {LiveSight} from '../../src/pass/watch/live.js';
import {aLook, looks, place, policy} from './live.js';

export const INTERVAL = milliseconds(2000);
export const pen: Pen = penOf(unicodeGlyphs, false);
export const asciiPen: Pen = penOf(asciiGlyphs, false);

export const aSnapshot = (live: LiveSight | null, changes: readonly Change[] = []): Snapshot => ({
  view: live === null ? null : viewOf(live, policy),
  freshness:
    live === null ? {live: false, text: 'looking', silentFor: null, troubles: []} : freshnessOf(live, now, INTERVAL),
  changes,
  changeCount: changes.length,
  begun: now,
});

/** A look of the table, with what changed since all was well. */
export const snapshotOf = (name: string): Snapshot => {
  const live = looks[name]!();
  return aSnapshot(
    live,
    live.complete ? changesBetween(viewOf(aLook(anObservation()), policy), viewOf(live, policy)) : [],
  );
};

export const options: FrameOptions = {
  place,
  allowActions: true,
  severalFrigates: false,
  canType: true,
  workloadName: 'frigate',
};

export const textOf = (lines: readonly Line[]): string =>
  lines
    .map((spans) =>
      spans
        .map(({text}) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
