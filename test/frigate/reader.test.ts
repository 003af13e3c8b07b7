import assert from 'node:assert/strict';
import {FakeTimers} from '../support/fake-timers.js';
import {known, unknown} from '../../src/core/known.js';
import type {Transport, TransportReply} from '../../src/frigate/frigate.js';
import {createReader} from '../../src/frigate/reader.js';
import type {FrigateAccess} from '../../src/frigate/open.js';
import {milliseconds} from '../../src/core/time.js';
import {at} from './fixtures.js';
import {execResult, fakeCluster, silence, targetAt, TIMEOUT} from './fakes.js';

const NOW = at('2026-11-23T03:00:00.700Z');
const timers = new FakeTimers();
/** Of a pass that goes on. */
const signal = (): AbortSignal => new AbortController().signal;

const answer = (status: number, body: unknown): TransportReply => ({
  kind: 'answer',
  status,
  headers: new Map(),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  latency: milliseconds(3),
});

const reading = (
  reply: (path: string, signal: AbortSignal) => TransportReply | Promise<TransportReply>,
  exec?: FrigateAccess['exec'],
  apiTimeout = TIMEOUT,
) => {
  const paths: string[] = [];
  const transport: Transport = {
    via: 'proxy',
    setUp: milliseconds(0),
    get: (path, options) => {
      paths.push(path);
      return Promise.resolve(reply(path, options.signal));
    },
    close: () => undefined,
  };
  const cluster = fakeCluster(exec === undefined ? {} : {exec});
  return {
    paths,
    cluster,
    reader: createReader({cluster, target: targetAt(5000), transport, timers, apiTimeout, alive: true}),
  };
};

const silent = (of: AbortSignal): Promise<TransportReply> =>
  new Promise((resolve) =>
    of.addEventListener(
      'abort',
      () => resolve({kind: 'no-answer', reached: true, how: 'silent', detail: 'no answer'}),
      {once: true},
    ),
  );

describe('the history', () => {
  it('asks for the keys that are needed', async () => {
    const {reader, paths} = reading(() => answer(200, []));
    assert.deepEqual(await reader.history(signal()), known([]));
    assert.deepEqual(paths, ['/api/stats/history?keys=service,cameras,detectors']);
  });

  it('is unknown before 0.14, and says so', async () => {
    const history = await reading(() => answer(404, '')).reader.history(signal());
    assert.deepEqual(history, unknown('not-found', 'GET /api/stats/history: no history before 0.14'));
  });

  it('is forbidden where 0.18 wants an administrator', async () => {
    const history = await reading(() => answer(403, '')).reader.history(signal());
    assert.equal(history.known ? '' : history.why.code, 'forbidden');
  });
});

describe('the newest segment', () => {
  it('always asks with after and before, the camera encoded', async () => {
    const {reader, paths} = reading(() => answer(200, []));
    const found = await reader.newestSegment('front door/ü', NOW, signal());
    assert.deepEqual(paths, ['/api/front%20door%2F%C3%BC/recordings?after=1795399200&before=1795406400']);
    assert.deepEqual(found, known({found: 'none', after: at('2026-11-23T02:00:00Z')}));
  });

  it('is the row that ends last, wherever it stands', async () => {
    const rows = [
      {start_time: 100, end_time: 110},
      {start_time: 130.5, end_time: 140.5},
      {start_time: 115, end_time: 125},
      {start_time: 'x'},
      {start_time: 300, end_time: 200},
    ];
    const found = await reading(() => answer(200, rows)).reader.newestSegment('front', NOW, signal());
    assert.deepEqual(found, known({found: 'one', segment: {end: 140_500, length: 10_000}}));
  });

  for (const [what, body] of [
    ['a failure', {success: false, message: 'x'}],
    ['rows of another kind', [{id: 1}]],
    ['HTML', '<html>'],
  ] as const) {
    it(`is garbled for ${what}`, async () => {
      const found = await reading(() => answer(200, body)).reader.newestSegment('front', NOW, signal());
      assert.equal(found.known ? '' : found.why.code, 'garbled');
    });
  }

  it('is unknown when Frigate fails over it (a malformed database)', async () => {
    const found = await reading(() => answer(500, '')).reader.newestSegment('front', NOW, signal());
    assert.deepEqual(found, unknown('server-error', 'GET /api/front/recordings: HTTP 500'));
  });
});

describe('go2rtc', () => {
  it('tells which streams are connected', async () => {
    const body = {
      front: {producers: [{url: 'rtsp://x', medias: ['video'], receivers: [{bytes: 5}]}], consumers: []},
      back: {producers: [{url: 'rtsp://y'}]},
      empty: {producers: null},
      odd: null,
      several: {producers: [{url: 'a'}, {url: 'b', receivers: [{}]}]},
    };
    const streams = await reading(() => answer(200, body)).reader.go2rtc(signal());
    assert.ok(streams.known && 'streams' in streams.value);
    assert.deepEqual(streams.value.streams, [
      {name: 'back', connected: false},
      {name: 'empty', connected: false},
      {name: 'front', connected: true, consumers: 0},
      {name: 'odd', connected: false},
      {name: 'several', connected: true},
    ]);
  });

  it('that is silent is hung, after a deadline of its own', async () => {
    const enough = milliseconds(1000);
    assert.deepEqual(
      await timers.finish(reading((_, of) => silent(of), undefined, enough).reader.go2rtc(signal())),
      known({hung: true, after: enough}),
    );
  });

  it('that is silent because the pass ends is unknown', async () => {
    const streams = await timers.finish(reading((_, of) => silent(of)).reader.go2rtc(timers.timeout(milliseconds(30))));
    assert.equal(streams.known, false);
  });

  it('that answers badly is unknown', async () => {
    const streams = await reading(() =>
      answer(500, {success: false, message: 'Error fetching stream data'}),
    ).reader.go2rtc(signal());
    assert.equal(streams.known ? '' : streams.why.code, 'server-error');
  });
});

describe('the backend behind nginx', () => {
  for (const [what, exitCode, stderr, expected] of [
    ['answers', 0, '', 'answers'],
    ['refuses', 7, 'curl: (7) Failed to connect to 127.0.0.1 port 5001', 'refused'],
    ['is silent', 28, 'curl: (28) Operation timed out', 'silent'],
    ['cannot be asked', 127, '', 'unknown'],
  ] as const) {
    it(`${what}: ${expected}`, async () => {
      const {reader, cluster} = reading(
        () => answer(200, {}),
        () => Promise.resolve(execResult(exitCode, exitCode === 0 ? 'HTTP/1.1 200 OK\r\n\r\n0.18.0' : '', stderr)),
      );
      const backend = await reader.backend(signal());
      assert.equal(backend.known ? backend.value : 'unknown', expected);
      assert.match(cluster.asked[0] ?? '', /http:\/\/127\.0\.0\.1:5001\/version$/);
    });
  }
});

describe('the mount probe', () => {
  const probe = (exec: FrigateAccess['exec']) => reading(() => answer(200, {}), exec);
  const judged: ReadonlyArray<readonly [what: string, exitCode: number, stderr: string, expected: string]> = [
    ['an answer', 0, '', 'answered'],
    ['the end of its time', 124, '', 'silent'],
    [
      'a stale handle',
      1,
      "stat: cannot read file system information for '/media/frigate/recordings': Stale file handle",
      'stale-handle',
    ],
    [
      'a directory that is not there yet',
      1,
      "stat: cannot read file system information for '/media/frigate/recordings': No such file or directory",
      'answered',
    ],
    [
      'a device that answers with errors',
      1,
      "stat: cannot read file system information for '/media/frigate/recordings': Input/output error",
      'io',
    ],
    [
      'a mount without its server',
      1,
      "stat: cannot read file system information for '/media/frigate/recordings': Transport endpoint is not connected",
      'mount-gone',
    ],
    [
      'an error that no list knows',
      1,
      "stat: cannot read file system information for '/media/frigate/recordings': Structure needs cleaning",
      'unknown error',
    ],
    ['a missing stat', 127, '', 'unknown'],
    ['a failing timeout', 125, 'timeout: fork failed', 'unknown'],
  ];
  for (const [what, exitCode, stderr, expected] of judged) {
    it(`takes ${what} for ${expected}`, async () => {
      const {reader, cluster} = probe(() => Promise.resolve(execResult(exitCode, '', stderr)));
      const outcome = await reader.mountProbe(signal());
      const said = !outcome.known
        ? 'unknown'
        : !outcome.value.answered
          ? 'silent'
          : outcome.value.error === undefined
            ? 'answered'
            : outcome.value.error.kind.replace('unknown', 'unknown error');
      assert.equal(said, expected);
      assert.deepEqual(cluster.asked, ['timeout 5 stat -f /media/frigate/recordings']);
    });
  }

  it('is unknown when exec is forbidden', async () => {
    const outcome = await reading(() => answer(200, {})).reader.mountProbe(signal());
    assert.equal(outcome.known ? '' : outcome.why.code, 'forbidden');
  });

  it('blames the mount when even timeout hangs while another exec answers', async () => {
    const outcome = await probe((_, command) =>
      Promise.resolve(command[0] === 'echo' ? execResult(0, 'here\n') : unknown('timeout', 'exec: deadline')),
    ).reader.mountProbe(signal());
    assert.ok(outcome.known && !outcome.value.answered);
    assert.match(outcome.value.detail, /another exec answers/);
  });

  it('is unknown when no exec answers', async () => {
    const outcome = await probe(() => Promise.resolve(unknown('timeout', 'exec: deadline'))).reader.mountProbe(
      signal(),
    );
    assert.equal(outcome.known ? '' : outcome.why.code, 'timeout');
  });

  it('ends with the pass', async () => {
    const outcome = await timers.finish(
      probe((_, __, options) => silence(options.signal)).reader.mountProbe(timers.timeout(milliseconds(30))),
    );
    assert.equal(outcome.known, false);
  });
});

describe('the mounts', () => {
  const table =
    (...rows: readonly string[]): FrigateAccess['exec'] =>
    () =>
      Promise.resolve(execResult(0, `${rows.join('\n')}\n`));
  const read = async (exec: FrigateAccess['exec']) => {
    const mounts = await reading(() => answer(200, {}), exec).reader.mounts(signal());
    assert.ok(mounts.known);
    return new Map(mounts.value.map((mount) => [mount.path, mount]));
  };

  it('say for each path what it lies on', async () => {
    const mounts = await read(
      table(
        'overlay / overlay rw,relatime,lowerdir=/a 0 0',
        'tmpfs /dev/shm tmpfs rw,size=262144k 0 0',
        'nas:/frigate /media/frigate nfs4 ro,vers=4.2 0 0',
        '/dev/sda1 /media/frigate/clips ext4 rw 0 0',
        '/dev/sdb /config ext4 rw,errors=remount-ro 0 0',
        'proc /proc proc rw 0 0',
      ),
    );
    assert.deepEqual(mounts.get('/media/frigate/recordings'), {
      path: '/media/frigate/recordings',
      source: 'nas:/frigate',
      type: 'nfs4',
      readOnly: true,
    });
    assert.deepEqual(mounts.get('/media/frigate/clips'), {
      path: '/media/frigate/clips',
      source: '/dev/sda1',
      type: 'ext4',
      readOnly: false,
    });
    assert.deepEqual(mounts.get('/tmp/cache'), {
      path: '/tmp/cache',
      source: 'overlay',
      type: 'overlay',
      readOnly: false,
    });
    assert.equal(mounts.get('/config')?.readOnly, false);
    assert.equal(mounts.has('/proc'), false);
  });

  it('take the later one of two on the same point, and read octal blanks', async () => {
    const mounts = await read(
      table(
        'overlay / overlay rw 0 0',
        'a /media/frigate ext4 rw 0 0',
        'b /media/frigate xfs ro 0 0',
        'c /media/frigate\\040two zfs rw 0 0',
      ),
    );
    assert.equal(mounts.get('/media/frigate/recordings')?.type, 'xfs');
  });

  it('are unknown when the table is none', async () => {
    const mounts = await reading(
      () => answer(200, {}),
      () => Promise.resolve(execResult(1, '', 'cat: Permission denied')),
    ).reader.mounts(signal());
    assert.equal(mounts.known ? '' : mounts.why.code, 'garbled');
  });
});
