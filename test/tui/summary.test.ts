/** What stays behind on the main screen. */
import assert from 'node:assert/strict';
import {now} from '../support/observation.js';
import {summaryOf} from '../../src/tui/summary.js';
import {target} from './live.js';
import {aSnapshot, display, snapshotOf} from './snapshots.js';

describe('the summary', () => {
  it('is the verdict, what automatic repair would do, and how long was watched', () => {
    const lines = summaryOf(snapshotOf('critical'), target, now, [], display);
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^× DEGRADED /);
    assert.match(lines[1] ?? '', /^Automatic repair would send an alert \(R-04\)/);
    assert.match(lines[2] ?? '', /^watched homelab\/cameras Deployment\/frigate for /);
  });

  it('names what was left under way, and how to learn what became of it', () => {
    assert.match(
      summaryOf(snapshotOf('critical'), target, now, ['restart'], display)[3] ?? '',
      /^\? watch ended before the restart was answered; for its result: kubectl frigate-health state --context homelab -n cameras$/,
    );
  });

  it('calls nothing well that was not seen, or not seen lately', () => {
    const unseen = summaryOf(aSnapshot(null), target, now, [], display);
    assert.deepEqual(
      [unseen.at(0), unseen.at(-1)],
      ['? no result yet', 'for a single result: kubectl frigate-health check --context homelab -n cameras'],
    );
    const asleep = {
      ...snapshotOf('ok'),
      freshness: {live: false, text: '! old data, 1h', silentFor: null, troubles: []},
    };
    const [verdict, , watched] = summaryOf(asleep, target, now, [], display);
    assert.match(verdict ?? '', /^\? WAS HEALTHY/);
    assert.match(watched ?? '', /at the end: old data, 1h$/);
  });
});
