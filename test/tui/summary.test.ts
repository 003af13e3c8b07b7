/** What stays behind on the main screen. */
import assert from 'node:assert/strict';
import {now} from '../support/observation.js';
import {summaryOf} from '../../src/tui/summary.js';
import {place} from './live.js';
import {aSnapshot, pen, snapshotOf} from './snapshots.js';

describe('the summary', () => {
  it('is the verdict, what automatic repair would do, and how long was watched', () => {
    const lines = summaryOf(snapshotOf('critical'), place, now, [], pen);
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? '', /^× DEGRADED /);
    assert.match(lines[1] ?? '', /^Automatic repair would alert a person \(R-04\)/);
    assert.match(lines[2] ?? '', /^watched homelab\/cameras Deployment\/frigate for /);
  });

  it('names what was left under way, and how to learn what became of it', () => {
    assert.match(
      summaryOf(snapshotOf('critical'), place, now, ['restart'], pen)[3] ?? '',
      /^\? left while this was under way: restart; kubectl frigate-health state --context homelab -n cameras tells what became of it$/,
    );
  });

  it('calls nothing well that was not seen, or not seen lately', () => {
    const unseen = summaryOf(aSnapshot(null), place, now, [], pen);
    assert.deepEqual(
      [unseen.at(0), unseen.at(-1)],
      ['? nothing was seen yet', 'kubectl frigate-health check --context homelab -n cameras looks once'],
    );
    const asleep = {
      ...snapshotOf('ok'),
      freshness: {live: false, text: '! old data, 1h', silentFor: null, troubles: []},
    };
    const [verdict, , watched] = summaryOf(asleep, place, now, [], pen);
    assert.match(verdict ?? '', /^\? WAS HEALTHY/);
    assert.match(watched ?? '', /at the end old data, 1h$/);
  });
});
