import assert from 'node:assert/strict';
import {Tail} from '../../src/pass/tail.js';

const tailOf = (...chunks: ReadonlyArray<string | Buffer>): Tail => {
  const tail = new Tail();
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  return tail;
};

describe('the tail of a log', () => {
  it('is its last lines, however the chunks fall', () => {
    const text = Buffer.from('one\ntwo\n\nKüche\n');
    for (let at = 0; at <= text.length; at += 1)
      assert.deepEqual(tailOf(text.subarray(0, at), text.subarray(at)).lines(2), ['two', 'Küche']);
  });

  it('of a line of any length keeps the lines after it, and no piece of it', () => {
    const tail = new Tail();
    for (let index = 0; index < 400; index += 1) tail.add(Buffer.from(index === 0 ? 'password=' : 'x'.repeat(65_536)));
    assert.deepEqual(tail.lines(15), []);
    tail.add(Buffer.from('\nlast words\n'));
    assert.deepEqual(tail.lines(15), ['last words']);
  });

  it('keeps little of much', () => {
    const line = `${'y'.repeat(1000)}\n`;
    const tail = tailOf(...Array.from({length: 5000}, () => line));
    assert.deepEqual(tail.lines(2), [line.trim(), line.trim()]);
    assert.ok(tail.lines(Infinity).length < 300, String(tail.lines(Infinity).length));
  });
});
