/** The built program on a real terminal: what it shows, what it writes, and how it leaves. */
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import path from 'node:path';
import {hasPty, Pty, root} from './terminal.js';

const CALM = 10_000;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const onTerminals = (): Mocha.Suite =>
  describe('watch on a terminal', function () {
    this.timeout(60_000);
    let pty: Pty | null = null;
    const begin = (words: readonly string[] = [], options: ConstructorParameters<typeof Pty>[1] = {}): Pty => {
      pty = new Pty(['watch', '--demo=healthy', ...words], options);
      return pty;
    };
    before(() => assert.ok(existsSync(path.join(root, 'dist/main.js')), 'build it first: npm run build'));
    afterEach(() => {
      pty?.kill();
      pty = null;
    });

    it('shows the cameras on the alternate screen, and leaves three lines on the main one', async () => {
      const own = begin();
      await own.shows(/√ HEALTHY[^]*front_door +√ live/);
      assert.ok(own.onAlternateScreen);
      own.type('q');
      const {code, text, raw, alternate, cursorHidden} = await own.end();
      assert.deepEqual(
        {code, raw, alternate, cursorHidden},
        {code: 0, raw: false, alternate: false, cursorHidden: false},
      );
      assert.match(
        text,
        /^√ HEALTHY {2}Frigate does its job\nAutomatic repair would do nothing \(R-04\)[^]*\nwatched demo\/frigate Deployment\/frigate for [\d.]+\w( \d+s)?, \d+ changes?/,
      );
    });

    const ends: ReadonlyArray<readonly [how: string, end: (own: Pty) => void, code: number]> = [
      ['Ctrl-C', (own) => own.type('\u0003'), 130],
      ['SIGINT', (own) => own.signal('SIGINT'), 130],
      ['SIGTERM', (own) => own.signal('SIGTERM'), 143],
      ['SIGHUP', (own) => own.signal('SIGHUP'), 129],
    ];
    for (const [how, end, expected] of ends) {
      it(`restores the terminal and tells the summary after ${how}`, async () => {
        const own = begin();
        await own.shows(/√ HEALTHY/);
        end(own);
        const {code, text, raw, alternate, cursorHidden} = await own.end();
        assert.deepEqual(
          {code, raw, alternate, cursorHidden},
          {code: expected, raw: false, alternate: false, cursorHidden: false},
        );
        assert.match(text, /watched demo\/frigate/);
      });
    }

    // A bug in the middle of everything, from outside of the program.
    const bugs: ReadonlyArray<readonly [what: string, code: string]> = [
      ['an exception', 'process.on("SIGUSR2", () => { throw new Error("a bug of ours"); })'],
      ['an unhandled rejection', 'process.on("SIGUSR2", () => void Promise.reject(new Error("a bug of ours")))'],
    ];
    for (const [what, code] of bugs) {
      it(`restores the terminal after ${what}, and says what it was`, async () => {
        const own = begin([], {env: {NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`}});
        await own.shows(/√ HEALTHY/);
        own.signal('SIGUSR2');
        const ended = await own.end();
        assert.deepEqual([ended.raw, ended.alternate, ended.cursorHidden], [false, false, false]);
        assert.ok(ended.code !== 0 && ended.code !== null && ended.code < 128, String(ended.code));
        assert.match(ended.text, /a bug of ours/);
      });
    }

    it('ends when its terminal is gone', async () => {
      const own = begin();
      await own.shows(/√ HEALTHY/);
      const {pid} = own;
      own.kill();
      for (let turn = 0; isAlive(pid); turn += 1) {
        assert.ok(turn < 100, 'it runs on without a terminal');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });

    const stops: ReadonlyArray<readonly [by: string, stop: (terminal: ReturnType<typeof begin>) => void]> = [
      ['from outside', (terminal) => terminal.signal('SIGTSTP')],
      ['with Ctrl-Z', (terminal) => terminal.type('\u001a')],
    ];
    for (const [by, stop] of stops) {
      it(`leaves the screen when it is stopped ${by}, and comes back`, async () => {
        const own = begin();
        await own.shows(/√ HEALTHY/);
        stop(own);
        assert.doesNotMatch(await own.suspended(), /CAMERAS/);
        own.signal('SIGCONT');
        await own.shows(/√ HEALTHY[^]*CAMERAS/);
        assert.ok(own.onAlternateScreen);
        own.type('q');
        assert.equal((await own.end()).code, 0);
      });
    }

    it('takes the terminal again after a stop that nobody can hear', async () => {
      const own = begin();
      await own.shows(/√ HEALTHY/);
      own.signal('SIGSTOP');
      // What a shell does with the terminal of a job that stopped.
      own.settings('sane');
      own.signal('SIGCONT');
      for (let turn = 0; !/-icanon/.test(own.settings('-a')); turn += 1) {
        assert.ok(turn < 100, 'keys would wait for the end of a line');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      own.type('5');
      await own.shows(/5 CHECKS/);
      own.type('q');
      const {code, raw} = await own.end();
      assert.deepEqual([code, raw], [0, false]);
    });

    it('follows the size of the terminal without leftovers', async () => {
      const own = begin([], {rows: 40, columns: 120});
      await own.shows(/REPAIR[^]*STORAGE/);
      own.resize(12, 40);
      const small = await own.shows(/PROBLEMS 0/);
      assert.doesNotMatch(small, /STORAGE|EVENTS/);
      own.resize(24, 80);
      const medium = await own.shows(/1 CAMERAS 7[^]*EVENTS/);
      assert.doesNotMatch(medium, /PROBLEMS/);
    });

    it('stays calm: at most 400 bytes for a look at which nothing has changed (docs/testing.md, "Benchmarks")', async () => {
      const own = begin(['--poll=1s']);
      await own.shows(/√ HEALTHY/);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const before = own.bytes.length;
      await new Promise((resolve) => setTimeout(resolve, CALM));
      const perLook = (own.bytes.length - before) / (CALM / 1000);
      assert.ok(perLook <= 400, `${perLook.toFixed(0)} bytes for each look`);
    });

    it('writes no colour under NO_COLOR, and still shows what is selected', async () => {
      const own = begin([], {env: {NO_COLOR: '1'}});
      await own.shows(/√ HEALTHY/);
      assert.doesNotMatch(own.bytes, /\u001b\[(3[0-7]|9[0-7]|38|48)[;m]/);
      assert.match(own.bytes, /\u001b\[7m/);
    });

    it('writes ASCII alone with --ascii', async () => {
      const own = begin(['--ascii']);
      await own.shows(/\+ HEALTHY/);
      assert.doesNotMatch(own.bytes, /[^\x00-\x7f]/);
    });

    it('leaves the last picture on the screen with --no-alt-screen', async () => {
      const own = begin(['--no-alt-screen']);
      await own.shows(/√ HEALTHY/);
      assert.equal(own.onAlternateScreen, false);
      assert.doesNotMatch(own.bytes, /\u001b\[\?1049h/);
      own.type('q');
      assert.equal((await own.end()).code, 0);
    });

    it('ends with the exit code of check when it is asked to', async () => {
      pty = new Pty(['watch', '--demo=one-camera-down', '--exit-code']);
      await pty.shows(/× DEGRADED/);
      pty.type('q');
      assert.equal((await pty.end()).code, 2);
    });

    it('restarts by capital letter and typed name, through the guards, and shows the new pod', async () => {
      pty = new Pty(['watch', '--demo=detector-silent', '--allow-actions'], {rows: 40, columns: 120});
      await pty.shows(/× UNHEALTHY/);
      pty.type('R');
      await pty.shows(/Type the name of the workload, frigate/);
      pty.type('frigate\r');
      await pty.shows(/restart: restart sent/);
      await pty.shows(/budget {4}hour 1 \(max 2\)/);
    });

    it('tells the refusal with its rule', async () => {
      pty = new Pty(['watch', '--demo=breaker-open', '--allow-actions'], {rows: 40, columns: 120});
      await pty.shows(/breaker +open/);
      pty.type('R');
      await pty.shows(/Type the name/);
      pty.type('frigate\r');
      await pty.shows(/restart: refused by R-/);
    });

    it('lists several Frigates first, goes into one with enter, and back with escape to where one was', async () => {
      const own = (pty = new Pty(['watch', '--demo=fleet', '-A'], {rows: 30, columns: 110}));
      await own.shows(
        /3 Frigates[^]*cabin\/frigate +× degraded[^]*frigate\/frigate +√ healthy[^]*workshop\/frigate +× unhealthy/,
      );
      own.type('\u001a');
      assert.doesNotMatch(await own.suspended(), /3 Frigates/, 'Ctrl-Z leaves the list too');
      own.signal('SIGCONT');
      await own.shows(/3 Frigates/);
      own.type('jj\r');
      await own.shows(/demo\/workshop[^]*× UNHEALTHY[^]*1 CAMERAS 4/);
      own.type('\u001b');
      await own.shows(/3 Frigates[^]*workshop\/frigate +× unhealthy/);
      own.type('\r');
      await own.shows(/demo\/workshop[^]*× UNHEALTHY/);
      own.type('q');
      await own.shows(/3 Frigates/);
      own.type('q');
      const {code, raw, alternate} = await own.end();
      assert.deepEqual({code, raw, alternate}, {code: 0, raw: false, alternate: false});
    });

    it('shows within five seconds that a Frigate hangs that hung from the beginning', async () => {
      const own = (pty = new Pty(['watch', '--demo=api-dead']));
      const begun = performance.now();
      await own.shows(/\? NO ANSWER {2}Frigate has not answered/);
      assert.ok(performance.now() - begun < 6000, 'five seconds, and one for the start');
      await own.shows(/× UNHEALTHY {2}Frigate API does not respond/, 30_000);
    });
  });

// No pseudo terminal, no test: what it would show is shown where there is one (Linux, and so CI).
if (hasPty) onTerminals();
