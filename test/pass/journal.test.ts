import assert from 'node:assert/strict';
import {journalLine} from '../../src/pass/journal.js';

const HEAD = {time: '2026-11-23T12:00:00Z', event: 'decided', pass: 'p-1'} as const;

describe('a line of the journal', () => {
  it('hides secrets wherever they stand, and leaves everything else as it is', () => {
    const line = journalLine(HEAD, {
      reason: 'ffmpeg: rtsp://viewer:hunter2@10.0.0.7:554/main: 401',
      count: 2,
      sure: false,
      none: null,
      folded: ['GET /api/config?token=hunter2', {deep: ['Authorization: Bearer hunter2']}],
      fix: 'kubectl -n frigate auth can-i get pods/log',
    });
    assert.ok(!line.includes('hunter2'), line);
    assert.deepEqual(JSON.parse(line), {
      ...HEAD,
      reason: 'ffmpeg: rtsp://***@10.0.0.7:554/main: 401',
      count: 2,
      sure: false,
      none: null,
      folded: ['GET /api/config?token=***', {deep: ['Authorization: ***']}],
      fix: 'kubectl -n frigate auth can-i get pods/log',
    });
  });

  it('is one line, whatever a message holds', () => {
    assert.equal(journalLine(HEAD, {reason: 'a\nb\u2028c\u202ed'}).split(/[\n\u2028\u202e]/).length, 1);
  });
});
