/** The screen driven by keys through streams of our own. */
import assert from 'node:assert/strict';
import chalk from 'chalk';
import {render} from 'ink';
import {createElement} from 'react';
import {known} from '../../src/core/known.js';
import {aCamera, anObservation, aReading} from '../support/observation.js';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import {App} from '../../src/tui/components/App.js';
import type {Store} from '../../src/tui/store.js';
import {themeNamed} from '../../src/tui/theme.js';
import type {Effect} from '../../src/tui/ui.js';
import {aLook, target} from './live.js';
import {display, storeFedBy} from './snapshots.js';
import {FakeStdin, FakeStdout, settled} from './streams.js';

/** Longer than Ink waits. */
const ESCAPE_WAIT = 60;

interface Stage {
  readonly stdout: FakeStdout;
  readonly stdin: FakeStdin;
  readonly store: Store;
  readonly effects: Effect[];
  readonly press: (...keys: readonly string[]) => Promise<string>;
  readonly show: (live: LiveObservation) => Promise<string>;
  stops: number;
}

const withDown = (name: string): LiveObservation =>
  aLook(
    anObservation({
      frigate: {
        stats: known(
          aReading({
            cameras: ['back', 'front', 'garage'].map((camera, index) =>
              aCamera(camera, camera === name ? {cameraFps: 0, processFps: 0, detectionFps: 0} : {}, index),
            ),
          }),
        ),
      },
    }),
  );

describe('the screen', () => {
  const level = chalk.level;
  let stage: Stage;
  let end: () => void = () => undefined;

  before(() => {
    chalk.level = 0;
  });
  after(() => {
    chalk.level = level;
  });

  const begin = async ({allowActions = true, rows = 24, columns = 80} = {}): Promise<void> => {
    const stdout = new FakeStdout(rows, columns);
    const stdin = new FakeStdin();
    const {store, show} = storeFedBy();
    const effects: Effect[] = [];
    const {unmount} = render(
      createElement(App, {
        store,
        display,
        styles: themeNamed('mono'),
        options: {target, allowActions, severalFrigates: false, canType: true},
        perform: (effect) => {
          effects.push(effect);
          return Promise.resolve(effect.kind === 'act' ? `${effect.action}: refused by R-09` : null);
        },
        stop: () => {
          stage.stops += 1;
          return Promise.resolve();
        },
        onStop: () => () => undefined,
      }),
      {
        stdout: stdout as unknown as NodeJS.WriteStream,
        stdin: stdin as unknown as NodeJS.ReadStream,
        debug: true,
        exitOnCtrlC: false,
        patchConsole: false,
        interactive: true,
      },
    );
    end = () => {
      unmount();
      store.close();
    };
    await settled();
    stage = {
      stdout,
      stdin,
      store,
      effects,
      stops: 0,
      press: async (...keys) => {
        for (const key of keys) {
          stdin.type(key);
          // A lone escape may be the beginning of an arrow: Ink waits a moment for the rest.
          if (key === '\u001b') await new Promise((resolve) => setTimeout(resolve, ESCAPE_WAIT));
          await settled();
        }
        return stdout.frame;
      },
      show: async (live) => {
        show(live);
        await settled();
        return stdout.frame;
      },
    };
  };
  afterEach(() => end());

  it('is drawn before anything is known, and again when something is', async () => {
    await begin();
    assert.match(stage.stdout.frame, /CONNECTING/);
    assert.match(await stage.show(withDown('none')), /HEALTHY/);
    assert.match(await stage.show(withDown('back')), /× no frames/);
  });

  it('goes from panel to panel, filters and comes back', async () => {
    await begin();
    await stage.show(withDown('back'));
    assert.match(await stage.press('5'), /5 CHECKS/);
    assert.match(await stage.press('\t'), /6 LOG 0 7 events/);
    await stage.press('1');
    const filtered = await stage.press('/', 'gar', '\r');
    assert.match(filtered, /garage/);
    assert.doesNotMatch(filtered, /\n(front|back) /);
    assert.match(await stage.press('\u001b'), /front/);
  });

  it('opens details with enter and closes them with escape', async () => {
    await begin();
    await stage.show(withDown('back'));
    assert.match(await stage.press('\r'), /DETAIL[^]*Camera back/);
    assert.match(await stage.press('\u001b'), /1 CAMERAS/);
    assert.match(await stage.press('?'), /KEYS/);
    assert.match(await stage.press('x'), /1 CAMERAS/);
  });

  it('holds the picture still while paused, gathers what happens, and shows it after', async () => {
    await begin();
    await stage.show(withDown('none'));
    assert.match(await stage.press('p'), /PAUSED/);
    const held = await stage.show(withDown('back'));
    assert.match(held, /HEALTHY/);
    assert.match(held, /PAUSED/);
    assert.match(await stage.press('p'), /× no frames/);
  });

  it('follows the size of the terminal', async () => {
    await begin();
    await stage.show(withDown('back'));
    for (const [rows, columns] of [
      [40, 120],
      [10, 40],
      [3, 20],
      [24, 80],
    ] as const) {
      stage.stdout.resize(rows, columns);
      await settled();
      const lines = stage.stdout.frame.replace(/\n$/, '').split('\n');
      assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
      assert.ok(
        lines.every((line) => line.length <= columns),
        `${rows}×${columns}`,
      );
    }
  });

  it('asks for the name, acts, and tells what the guards said', async () => {
    await begin();
    await stage.show(withDown('none'));
    assert.match(await stage.press('R'), /Type the name of the workload, frigate/);
    assert.match(await stage.press('frigate\r'), /restart: refused by R-09/);
    assert.deepEqual(stage.effects, [{kind: 'act', action: 'restart'}]);
  });

  it('goes on showing what is typed when the terminal shrinks under a question', async () => {
    await begin();
    await stage.show(withDown('none'));
    await stage.press('R', 'fri');
    stage.stdout.resize(3, 28);
    await settled();
    assert.match(stage.stdout.frame, /Restart\? frigate: fri█/);
    assert.match(await stage.press('g'), /frig█/);
    assert.match(await stage.press('\u001b'), /cancelled/);
    assert.deepEqual(stage.effects, []);
  });

  it('shows of a Frigate that falls sick under a question what the guards say then', async () => {
    await begin({rows: 40, columns: 120});
    await stage.show(withDown('none'));
    assert.match(await stage.press('R'), /Rule R-04 would refuse it now: nothing to repair/);
    assert.match(await stage.show(withDown('back')), /Rule R-04 would refuse it now: a restart does not cure it/);
  });

  it('scrolls what is longer than the screen, and hears one key up after many down', async () => {
    await begin();
    await stage.show(withDown('back'));
    const top = await stage.press('?');
    assert.match(top, /lines 1-17 of/);
    const end = await stage.press('G');
    assert.match(end, /ctrl\+z/);
    assert.equal(await stage.press('j', 'j', 'j'), end);
    assert.notEqual(await stage.press('k'), end);
  });

  it('does not know R and B without --allow-actions', async () => {
    await begin({allowActions: false});
    await stage.show(withDown('none'));
    await stage.press('R', 'frigate\r', 'B', 'frigate\r');
    assert.deepEqual(
      stage.effects.filter(({kind}) => kind === 'act'),
      [],
    );
  });

  it('hands on quitting, Ctrl-C, refreshing and copying, and stops with Ctrl-Z', async () => {
    await begin();
    await stage.press('r', 'y', 'q', '\u0003', '\u001a');
    assert.deepEqual(stage.effects, [
      {kind: 'refresh'},
      {kind: 'copy'},
      {kind: 'quit', how: 'quit'},
      {kind: 'quit', how: 'interrupt'},
    ]);
    assert.equal(stage.stops, 1);
  });

  it('sees every key of a burst', async () => {
    await begin();
    await stage.show(withDown('none'));
    assert.match(await stage.press('jj\r'), /Camera garage/);
  });

  it('draws nothing for a look at which a person would see nothing new, and still knows the newest when a key asks', async () => {
    await begin();
    await stage.show(withDown('none'));
    const drawn = stage.stdout.written.length;
    const more = withDown('none');
    const last = more.watchState.lastStats;
    assert.ok(last !== null);
    // On this panel and at this width nothing tells of the host.
    await stage.show({
      ...more,
      watchState: {
        ...more.watchState,
        lastStats: {...last, reading: {...last.reading, snapshot: {...last.reading.snapshot, systemCpu: 77}}},
      },
    });
    assert.equal(stage.stdout.written.length, drawn);
    assert.match(await stage.press('4'), /host 77%/);
  });

  it('calls a picture that is held still by its time, never live', async () => {
    await begin();
    assert.match(await stage.show(withDown('none')), / live \d\d:\d\d:\d\dZ/);
    const held = await stage.press('p');
    assert.match(held, /PAUSED at \d\d:\d\d:\d\dZ/);
    assert.doesNotMatch(held, / live \d/);
  });

  it('draws nothing while nothing happens', async () => {
    await begin();
    const live = withDown('back');
    await stage.show(live);
    const drawn = stage.stdout.written.length;
    for (let turn = 0; turn < 20; turn += 1) {
      stage.store.tick();
      await settled();
    }
    assert.equal(stage.stdout.written.length, drawn);
  });
});
