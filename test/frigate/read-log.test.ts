import assert from 'node:assert/strict';
import {known, unknown, type Known} from '../../src/core/known.js';
import type {LogEvidence} from '../../src/core/observation/log.js';
import {readLog} from '../../src/frigate/log/read.js';
import type {LogRequest} from '../../src/kubernetes/cluster.js';
import {at, LOG_BEGIN, stamped} from './fixtures.js';

const STUCK = 'frigate.watchdog               INFO    : Detection appears to be stuck. Restarting detection process...';
const question = {
  namespace: 'frigate',
  pod: 'frigate-0',
  container: 'frigate',
  since: LOG_BEGIN,
  to: at('2026-11-24T00:00:00Z'),
  previous: false,
};

/** Never comes. */
const hanging = new Promise<never>(() => undefined);

const read = async (
  chunks: (signal: AbortSignal) => AsyncIterable<Buffer>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{log: Known<LogEvidence>; request: LogRequest | null}> => {
  let request: LogRequest | null = null;
  const log = await readLog(
    {
      openLog: (asked, of) => {
        request = asked;
        return Promise.resolve(known(chunks(of)));
      },
    },
    question,
    signal,
  );
  return {log, request};
};

describe('reading a log', () => {
  it('asks for the window and reads it to its end', async () => {
    const {log, request} = await read(async function* () {
      yield await Promise.resolve(stamped([STUCK]));
      yield stamped([STUCK]);
    });
    assert.deepEqual(request, {
      namespace: 'frigate',
      pod: 'frigate-0',
      container: 'frigate',
      since: LOG_BEGIN,
      previous: false,
      follow: false,
      tailLines: null,
    });
    assert.ok(log.known);
    assert.equal(log.value.complete, true);
    assert.equal(log.value.tallies.get('detector-stuck')?.count, 2);
  });

  it('that is empty is known: nothing was said', async () => {
    const {log} = await read(async function* () {
      await Promise.resolve();
    });
    assert.ok(log.known);
    assert.deepEqual([log.value.bytes, log.value.complete, log.value.tallies.size], [0, true, 0]);
  });

  it('that cannot be opened is unknown', async () => {
    const log = await readLog(
      {openLog: () => Promise.resolve(unknown('server-error', 'get pods/log: 500'))},
      question,
      new AbortController().signal,
    );
    assert.deepEqual(log, unknown('server-error', 'get pods/log: 500'));
  });

  it('that hangs ends at the deadline with what was read, incomplete', async () => {
    const deadline = new AbortController();
    const {log} = await read(async function* () {
      yield stamped([STUCK]);
      deadline.abort();
      await hanging;
    }, deadline.signal);
    assert.ok(log.known);
    assert.deepEqual([log.value.complete, log.value.tallies.get('detector-stuck')?.count], [false, 1]);
  });

  it('that hangs from the beginning is unknown, never clean', async () => {
    const deadline = new AbortController();
    const {log} = await read(async function* () {
      deadline.abort();
      await hanging;
      yield Buffer.alloc(0);
    }, deadline.signal);
    assert.equal(log.known ? '' : log.why.code, 'timeout');
  });

  it('that breaks off is incomplete, and unknown when nothing came before', async () => {
    const partly = await read(async function* () {
      yield await Promise.resolve(stamped([STUCK]));
      throw new Error('socket hang up');
    });
    assert.equal(partly.log.known && partly.log.value.complete, false);
    const nothing = await read(async function* () {
      await Promise.resolve();
      yield* [];
      throw new Error('reset by rtsp://u:s3cr3t@x');
    });
    assert.ok(!nothing.log.known);
    assert.equal(nothing.log.why.code, 'failed');
    assert.doesNotMatch(nothing.log.why.message, /s3cr3t/);
  });

  it('that never pauses still ends at the deadline', async () => {
    const block = stamped(Array.from({length: 2000}, () => 'calm'));
    const deadline = new AbortController();
    // As a timer would: it comes to its turn only when the reader lets the event loop go on.
    setImmediate(() => deadline.abort());
    const {log} = await read(async function* () {
      for (;;) yield await Promise.resolve(block);
    }, deadline.signal);
    assert.equal(log.known && log.value.complete, false);
  });
});
