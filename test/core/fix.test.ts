import assert from 'node:assert/strict';
import {fixOfScript, fixWithin, lineOf, note, run, scriptOf, type Fix} from '../../src/core/fix.js';

const fix: Fix = [note('Show the outbox:'), run('kubectl frigate-health state'), note('Then correct the host.')];

describe('the steps of a fix', () => {
  it('are a script whose texts are comments', () =>
    assert.equal(scriptOf(fix), '# Show the outbox:\nkubectl frigate-health state\n# Then correct the host.'));

  it('are the same again when they are read from the script', () => assert.deepEqual(fixOfScript(scriptOf(fix)), fix));

  it('are commands where an older state has lines without a mark', () =>
    assert.deepEqual(fixOfScript('df -h\n\nlook at the disk'), [run('df -h'), run('look at the disk')]));

  it('are one line behind an error', () => {
    assert.equal(lineOf(fix), 'Show the outbox: kubectl frigate-health state  # Then correct the host.');
    assert.equal(lineOf([run('date'), run('id')]), 'date; id');
    assert.equal(lineOf([]), '');
  });

  it('are cut between two steps, never inside one', () => {
    assert.deepEqual(fixWithin(fix, 47), fix.slice(0, 2));
    assert.deepEqual(fixWithin(fix, 46), fix.slice(0, 1));
    assert.deepEqual(fixWithin(fix, 5), []);
  });
});
