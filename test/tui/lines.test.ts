/** The faces without a screen: of the built program on pipes, and as pure functions. */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {instant, type Instant} from '../../src/core/time.js';
import {anObservation, now} from '../support/observation.js';
import {ownFindings} from '../support/own-checks.js';
import {HEARTBEAT, jsonFormat, runLines, textFormat} from '../../src/tui/line-mode.js';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import {aLook, looks} from './live.js';
import {asciiDisplay, display, snapshotOf, storeFedBy} from './snapshots.js';
import {program, root} from './terminal.js';

const every = (work: () => void, milliseconds: number): (() => void) => {
  const timer = setInterval(work, milliseconds / 100);
  return () => clearInterval(timer);
};

const drawn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe('line mode', () => {
  interface Writing {
    readonly show: (live: LiveObservation) => void;
    readonly written: readonly string[];
    /** The wall clock of line mode. */
    readonly clock: {time: Instant};
    readonly end: () => Promise<void>;
  }

  /** Lines of a healthy Frigate. */
  const begin = async (): Promise<Writing> => {
    const clock = {time: now};
    const time = (): Instant => clock.time;
    const {store, show} = storeFedBy({now: time});
    const ending = new AbortController();
    const written: string[] = [];
    const done = runLines({
      store,
      format: textFormat(asciiDisplay),
      write: (text) => written.push(text),
      now: time,
      signal: ending.signal,
      every,
    });
    show(aLook());
    await drawn();
    return {
      show,
      written,
      clock,
      end: async () => {
        ending.abort();
        await done;
      },
    };
  };

  it('writes which checks of the user’s own fail from the beginning, and each change of them', async () => {
    const {show, written, end} = await begin();
    const own = (broker: 'up' | 'down'): LiveObservation => aLook(anObservation(), {custom: ownFindings(broker)});
    show(own('down'));
    await drawn();
    show(own('up'));
    await drawn();
    await end();
    assert.deepEqual(
      written.filter((text) => text.includes(' check X-')).map((text) => text.replace(/^\S+ /, '').trimEnd()),
      [
        'check X-broker critical  broker:1883: the connection is refused',
        'check X-door-fps warning  GET /api/stats: /cameras/door/camera_fps is 2.5 (expected >= 4)',
        'check X-broker critical -> ok  broker:1883 accepts clients',
        'check X-sensors warning  sensors:80: the connection is refused',
        'check X-automations warning  http://ha:8123: the connection is refused',
      ],
    );
  });

  it('writes what it is at the beginning, each change, that it still looks, and the end', async () => {
    const {show, written, clock, end} = await begin();
    show(looks['critical']!());
    await drawn();
    clock.time = instant(now + HEARTBEAT);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await end();
    assert.match(written[0] ?? '', /^2026-10-10T03:00:00Z started {2}\+ HEALTHY/);
    assert.ok(written.includes('2026-10-10T03:00:00Z camera back live -> no frames  0.0 fps\n'), written.join(''));
    assert.equal(written.filter((text) => text.includes(' unchanged ')).length, 1, written.join(''));
    assert.match(written.at(-1) ?? '', /^2026-10-10T03:01:00Z ended {2}x DEGRADED/);
    assert.ok(
      written.every((text) => /^[\x20-\x7e]+\n$/.test(text)),
      'one line of ASCII each',
    );
  });

  it('still says that it looks when the clock is stepped back', async () => {
    const {written, clock, end} = await begin();
    clock.time = instant(now - 60 * HEARTBEAT);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await end();
    assert.equal(written.filter((text) => text.includes(' unchanged ')).length, 1, written.join(''));
  });

  it('writes one JSON object a line with the same facts', () => {
    const format = jsonFormat();
    const state = JSON.parse(format.state(snapshotOf('critical'), 'still', now)) as Record<string, unknown>;
    assert.deepEqual(
      [state['event'], state['health'], state['cause'], state['action'], state['rule'], state['live']],
      ['still', 'degraded', 'network', 'alert', 'R-04', true],
    );
    const change = JSON.parse(
      format.change({
        at: now,
        kind: 'camera',
        subject: 'a\nb',
        status: 'critical',
        from: 'live',
        to: 'no frames',
        detail: '',
      }),
    ) as Record<string, unknown>;
    assert.deepEqual(
      [change['time'], change['event'], change['kind'], change['subject']],
      ['2026-10-10T03:00:00Z', 'change', 'camera', 'a\nb'],
    );
  });

  it('writes how many similar lines were left out', () => {
    const change = {
      at: now,
      kind: 'log' as const,
      subject: 'back',
      status: 'info' as const,
      from: null,
      to: 'camera-unreachable',
      detail: 'Connection refused',
      similar: 41,
    };
    assert.equal(
      textFormat(display).change(change),
      '2026-10-10T03:00:00Z log back camera-unreachable  Connection refused (and 41 similar)\n',
    );
    assert.equal((JSON.parse(jsonFormat().change(change)) as {readonly similar: number}).similar, 41);
  });

  it('keeps hostile names on one line', () => {
    assert.equal(
      textFormat(display).change({
        at: now,
        kind: 'camera',
        subject: 'a\n\u001b[31mb',
        status: 'ok',
        from: null,
        to: 'live',
        detail: '',
      }),
      '2026-10-10T03:00:00Z camera a b live\n',
    );
  });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('watch on a pipe', function () {
  this.timeout(40_000);
  before(() => assert.ok(existsSync(path.join(root, 'dist/main.js')), 'build it first: npm run build'));

  /** Runs until `enough` says so of the output, then sends the signal. */
  const run = (
    words: readonly string[],
    {
      enough,
      signal,
      closeAfter,
    }: {readonly enough: (stdout: string) => boolean; readonly signal?: NodeJS.Signals; readonly closeAfter?: boolean},
  ): Promise<Ended> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program, 'watch', ...words], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm-256color', LANG: 'C.UTF-8'},
      });
      let stdout = '';
      let stderr = '';
      let acted = false;
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        if (acted || !enough(stdout)) return;
        acted = true;
        if (closeAfter === true) child.stdout.destroy();
        if (signal !== undefined) setTimeout(() => child.kill(signal), closeAfter === true ? 1500 : 0);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      child.on('close', (code) => resolve({code, stdout, stderr}));
    });
  const hasBegun = (stdout: string): boolean => /started|begun/.test(stdout);

  it('writes lines without an escape, and the last one at SIGTERM', async () => {
    const {code, stdout, stderr} = await run(['--demo=one-camera-down'], {enough: hasBegun, signal: 'SIGTERM'});
    assert.deepEqual([code, stderr], [143, '']);
    assert.doesNotMatch(stdout, /\u001b/);
    assert.match(stdout, /^\S+Z started {2}× DEGRADED/);
    assert.match(stdout.trimEnd().split('\n').at(-1) ?? '', /^\S+Z ended {2}× DEGRADED/);
  });

  it('ends with 130 at SIGINT', async () => {
    assert.equal((await run(['--demo=healthy'], {enough: hasBegun, signal: 'SIGINT'})).code, 130);
  });

  it('writes JSON lines with -o jsonl', async () => {
    const {stdout} = await run(['--demo=subnet-down', '-o', 'jsonl'], {enough: hasBegun, signal: 'SIGTERM'});
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as {readonly event: string; readonly health: string});
    assert.deepEqual([lines[0]?.event, lines.at(-1)?.event, lines[0]?.health], ['begun', 'ended', 'degraded']);
  });

  it('is quiet when its reader has gone', async () => {
    const {code, stderr} = await run(['--demo=healthy'], {enough: hasBegun, signal: 'SIGTERM', closeAfter: true});
    assert.deepEqual([code, stderr], [143, '']);
  });

  it('shows one picture with --once and ends; with --exit-code as check would', async () => {
    const {code, stdout, stderr} = await run(['--demo=one-camera-down', '--once', '--exit-code'], {
      enough: () => false,
    });
    assert.deepEqual([code, stderr], [2, '']);
    assert.match(stdout, /× DEGRADED[^]*backyard +× no frames/);
    assert.doesNotMatch(stdout, /\u001b/);
  });

  it('tells with --once what check would: the questions that the answers raised have been answered', async () => {
    for (const [scenario, told] of [
      ['go2rtc-hung', /DEGRADED {2}go2rtc does not respond/],
      ['disk-hang', /FRG-606/],
    ] as const) {
      const {stdout} = await run([`--demo=${scenario}`, '--once'], {enough: () => false});
      assert.match(stdout, told);
      assert.doesNotMatch(stdout, /is not known \(FRG-606\)/);
    }
  });

  it('finds the one Frigate of the cluster with -A', async () => {
    const {code, stdout} = await run(['--demo=healthy', '-A', '--once'], {enough: () => false});
    assert.equal(code, 0);
    assert.match(stdout, /√ HEALTHY/);
  });

  it('names the Frigates where there are several and no screen to choose on', async () => {
    const {code, stdout, stderr} = await run(['--demo=fleet', '-A'], {enough: () => false});
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(
      stderr,
      /There are several Frigates: deployment\/frigate in cabin, deployment\/frigate in frigate, deployment\/frigate in workshop/,
    );
  });

  for (const [words, says] of [
    [['--poll=soon'], /--poll=soon is not a duration/],
    [['pod/x'], /does not name a workload/],
    [['--demo=nowhere'], /There is no scenario nowhere/],
    [['--kubeconfig', '/nonexistent'], /does not exist/],
  ] as const) {
    it(`ends with 64 and one message for ${words.join(' ')}`, async () => {
      const {code, stdout, stderr} = await run([...words], {enough: () => false});
      assert.deepEqual([code, stdout], [64, '']);
      assert.match(stderr, says);
    });
  }
});
