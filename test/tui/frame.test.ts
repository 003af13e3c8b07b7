/** The frame as a terminal takes it: never taller, never wider, whatever stands in it (Gemini's flicker detector as a property). */
import assert from 'node:assert/strict';
import chalk from 'chalk';
import fc from 'fast-check';
import {renderToString} from 'ink';
import {createElement} from 'react';
import {known, unknown} from '../../src/core/known.js';
import {freshState} from '../../src/core/state/codec.js';
import type {Incident} from '../../src/core/state/state.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aHistory,
  anObservation,
  aReading,
  aSegment,
  now,
} from '../support/observation.js';
import {seconds} from '../../src/core/time.js';
import {Lines} from '../../src/tui/components/Lines.js';
import {frameLines, furthestScroll} from '../../src/tui/frame.js';
import {asciiGlyphs, sparkline, unicodeGlyphs} from '../../src/tui/glyphs.js';
import {PANELS} from '../../src/tui/keys.js';
import {problemLines, problemsOf} from '../../src/tui/panels/problems.js';
import {rowKeys} from '../../src/tui/panels/rows.js';
import {clipLine, columnsOf, fitLine, lineColumns, shown, wrapText, type Line} from '../../src/tui/text.js';
import {themeNamed} from '../../src/tui/theme.js';
import {firstUi, type Mode, type Ui} from '../../src/tui/ui.js';
import {aLook, looks} from './live.js';
import {asciiDisplay, aSnapshot, options, display, snapshotOf, textOf} from './snapshots.js';
import {Terminal} from './xterm.js';

/** The rows that a terminal of this size shows after the text was written; fails when one was wrapped or the screen scrolled. */
const onTerminal = async (text: string, rows: number, columns: number): Promise<readonly string[]> => {
  const terminal = new Terminal({rows: rows + 2, cols: columns, allowProposedApi: true});
  await new Promise<void>((resolve) => {
    terminal.write(text.replaceAll('\n', '\r\n'), resolve);
  });
  const buffer = terminal.buffer.active;
  assert.equal(buffer.baseY, 0, 'the screen scrolled');
  const lines = Array.from({length: buffer.length}, (_, row) => buffer.getLine(row)!);
  assert.ok(
    lines.every((one) => !one.isWrapped),
    'a line is wider than the screen',
  );
  return lines.map((one) => one.translateToString(true));
};

const hostile = fc.oneof(
  fc.constantFrom(
    'camera\u001b[31m',
    'a\u202eb',
    '門の前',
    '👨‍👩‍👧',
    '⚠️',
    '',
    ' ',
    'x'.repeat(300),
    'é̂̂',
    '1️⃣',
    '\u200bzero',
    'a\r\nb',
    '🇩🇪',
    'ﷺ',
    '가각간',
    '門、庭。「北」ㄅ㌀',
    '\u{1da00}x',
    'की',
    'อู่',
    'soft\u00adhyphen',
  ),
  fc.string({unit: 'binary', maxLength: 40}),
  fc.string({maxLength: 12}),
);

const worldOf = (names: readonly string[]): ReturnType<typeof aLook> => {
  const unique = [...new Set(names)];
  const cameras = unique.map((name, index) => aCamera(name, {cameraFps: index % 3 === 0 ? 0 : 5}, index));
  return aLook(
    anObservation({
      frigate: {
        stats: known(aReading({cameras, version: unique[0] ?? null})),
        history: known(aHistory(3, () => ({cameras}))),
        config: known(aConfig({cameras: unique.map((name) => aCameraConfig(name, {hosts: [name]}))})),
        segments: new Map(unique.map((name) => [name, aSegment(seconds(9))])),
      },
    }),
  );
};

const modes: ReadonlyArray<(name: string) => Mode> = [
  () => ({kind: 'browse'}),
  () => ({kind: 'help', offset: 3}),
  (name) => ({kind: 'filter', draft: name}),
  (name) => ({kind: 'detail', of: {panel: 'cameras', key: name}, offset: 0}),
  () => ({kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 100}),
  (name) => ({kind: 'confirm', action: 'restart', typed: name}),
  () => ({kind: 'busy', action: 'reset-breaker'}),
];

describe('a frame', () => {
  const level = chalk.level;
  before(() => {
    chalk.level = 0;
  });
  after(() => {
    chalk.level = level;
  });

  it('has exactly the rows of the terminal and no line wider than it, whatever cameras are called and whatever is open', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostile, {maxLength: 12}),
        fc.integer({min: 1, max: 60}),
        fc.integer({min: 1, max: 200}),
        fc.constantFrom(...PANELS),
        fc.constantFrom(...modes),
        fc.boolean(),
        fc.boolean(),
        async (names, rows, columns, panel, mode, ascii, stale) => {
          const snapshot = aSnapshot(worldOf(names));
          const ui: Ui = {...firstUi, panel, mode: mode(names[0] ?? ''), message: names[1] ?? null};
          const drawn = frameLines(
            stale
              ? {...snapshot, freshness: {live: false, text: '! old data', silentFor: null, troubles: names}}
              : snapshot,
            ui,
            rows,
            columns,
            {...options, workloadName: names[0] ?? null},
            ascii ? asciiDisplay : display,
          );
          assert.equal(drawn.length, rows);
          const text = renderToString(createElement(Lines, {lines: drawn, rows, columns, styles: themeNamed('mono')}), {
            columns,
          });
          await onTerminal(text, rows, columns);
          if (ascii) assert.match(text, /^[\n\x20-\x7e]*$/);
        },
      ),
      {
        numRuns: 60,
        // A wide side panel of an old observation in ASCII: cut by a mark that is none.
        examples: [[[], 30, 100, 'cameras', modes[0]!, true, true]],
      },
    );
  });

  for (const name of Object.keys(looks)) {
    it(`of the look "${name}" fits terminals of every step`, async () => {
      for (const [rows, columns] of [
        [1, 1],
        [1, 200],
        [9, 39],
        [10, 40],
        [19, 70],
        [20, 70],
        [29, 100],
        [30, 100],
        [60, 250],
      ] as const) {
        const lines = frameLines(snapshotOf(name), firstUi, rows, columns, options, display);
        assert.equal(lines.length, rows);
        for (const one of lines) assert.ok(lineColumns(one) <= columns, textOf([one]));
        await onTerminal(textOf(lines), rows, columns);
      }
    });
  }

  it('says the health, the rule and that there is no answer even in one line', () => {
    const stale = {
      ...snapshotOf('critical'),
      freshness: {live: false, text: '! old data, 12s', silentFor: null, troubles: []},
    };
    assert.match(
      textOf(frameLines(stale, firstUi, 3, 200, options, display)),
      /^! old data, 12s × DEGRADED .* ALERT R-04/,
    );
    const silent = {...stale, freshness: {...stale.freshness, silentFor: seconds(4)}};
    assert.match(
      textOf(frameLines(silent, firstUi, 3, 200, options, display)),
      /^\? NO ANSWER {2}Frigate has not answered for 4s; before: DEGRADED, back, garage/,
    );
  });

  it('says of a silent Frigate that it is silent, not what it was before, until it counts as dead', () => {
    const banner = (name: string): string =>
      textOf(
        frameLines(
          {
            ...snapshotOf(name),
            freshness: {live: false, text: '! no answer for 4s', silentFor: seconds(4), troubles: []},
          },
          firstUi,
          24,
          80,
          options,
          display,
        ),
      ).split('\n')[1] ?? '';
    assert.equal(banner('ok'), '? NO ANSWER  Frigate has not answered for 4s; before: HEALTHY, Frigate does its');
    // The verdict rests on the silence already.
    assert.match(banner('unknown'), /^× [A-Z]+ {2}API server unreachable/);
  });

  it('tells what is wrong in whole sentences with the fix where the cameras leave room for it', () => {
    const text = textOf(frameLines(snapshotOf('critical'), firstUi, 40, 120, options, display));
    assert.match(
      text,
      /WHAT IS WRONG 1[^]*× FRG-501 back, garage deliver no frames[^]*explains FRG-601: [^]*kubectl logs/,
    );
    assert.doesNotMatch(textOf(frameLines(snapshotOf('ok'), firstUi, 40, 120, options, display)), /WHAT IS WRONG/);
    assert.doesNotMatch(
      textOf(frameLines(snapshotOf('many'), firstUi, 40, 120, options, display)),
      /WHAT IS WRONG/,
      '200 cameras leave no room',
    );
  });

  it('keeps the mounts beside the cameras in an incident: what the banner says already gives way', () => {
    const live = looks['critical']!();
    const {recalledState} = live.watchState;
    assert.ok(recalledState !== null);
    const [restarted] = recalledState.state.restarts;
    assert.ok(restarted !== undefined);
    const incident: Incident = {
      id: 'i',
      since: now,
      cause: 'network',
      worst: 'critical',
      stage: 'critical',
      findings: ['FRG-501'],
      summary: 'back, garage deliver no frames',
      told: true,
      lastAlertAt: now,
      joined: [],
      cameras: ['back', 'garage'],
      quiet: [],
      faults: [],
      quietSince: null,
      ack: null,
      alerts: 1,
    };
    const state = {
      ...recalledState.state,
      restarts: [restarted, {...restarted, id: 'b'}, {...restarted, id: 'c'}],
      incident,
    };
    const text = textOf(
      frameLines(
        aSnapshot({...live, watchState: {...live.watchState, recalledState: {...recalledState, state}}}),
        firstUi,
        40,
        120,
        options,
        display,
      ),
    );
    assert.match(text, /│ incident[^]*│ history[^]*│ STORAGE[^]*│ \/tmp\/cache/);
    assert.doesNotMatch(text, /next step/);
    assert.match(textOf(frameLines(snapshotOf('critical'), firstUi, 60, 200, options, display)), /next step/);
  });

  it('tells the fix of the first problem before none of any', () => {
    const {view} = snapshotOf('critical');
    assert.ok(view !== null);
    const problems = [...problemsOf(snapshotOf('critical')), ...problemsOf(snapshotOf('many'))];
    const roomy = textOf(problemLines(problems, 100, 100, display)).split('\n');
    for (let height = 1; height <= roomy.length; height += 1) {
      const lines = textOf(problemLines(problems, 100, height, display)).split('\n');
      assert.ok(lines.length <= height);
      for (const problem of problems.slice(0, height))
        assert.ok(
          lines.some((one) => one.includes(problem.check.id)),
          `${problem.check.id} in ${height} lines`,
        );
      if (height >= 8)
        assert.ok(
          lines.some((one) => one.includes('kubectl logs')),
          lines.join('\n'),
        );
    }
  });

  it('leaves the graph of the selected row upright: reversed, no frames would look like all of them', () => {
    const row = frameLines(snapshotOf('critical'), firstUi, 40, 120, options, display).find((one) =>
      one[0]?.text.startsWith('back'),
    );
    assert.ok(row !== undefined);
    const graph = row.filter(({text}) => /[▁-█]/.test(text));
    assert.deepEqual(
      graph.map(({inverse}) => inverse),
      [undefined],
    );
    assert.ok(row.filter(({text}) => /back|no frames/.test(text)).every(({inverse}) => inverse === true));
  });

  it('names only keys that do what they say: letters are text while a name or a filter is typed', () => {
    const bar = (mode: Mode): string =>
      textOf(frameLines(snapshotOf('critical'), {...firstUi, mode}, 24, 80, options, display))
        .split('\n')
        .at(-1) ?? '';
    assert.equal(bar({kind: 'confirm', action: 'restart', typed: ''}), 'enter ok  escape cancel  ctrl+c quit');
    assert.equal(bar({kind: 'filter', draft: 'a'}), 'enter apply  escape clear  ctrl+c quit');
    const narrow = textOf(
      frameLines(
        snapshotOf('critical'),
        {...firstUi, mode: {kind: 'confirm', action: 'restart', typed: ''}},
        12,
        40,
        options,
        display,
      ),
    )
      .split('\n')
      .at(-1);
    assert.equal(narrow, 'enter ok  escape cancel  ctrl+c quit');
    assert.equal(bar({kind: 'busy', action: 'restart'}), 'ctrl+c quit');
    assert.equal(bar({kind: 'help', offset: 0}), 'any other key close  ctrl+c quit');
    const detail = bar({kind: 'detail', of: {panel: 'cameras', key: 'back'}, offset: 0});
    assert.match(detail, /^escape back {2}\? help .* q quit$/);
    assert.doesNotMatch(detail, /filter|sort|enter/);
  });

  it('does not say of a camera in trouble that nothing speaks against it', () => {
    const skipping = aCamera('back', {processFps: 0.2, skippedFps: 4.8});
    const live = aLook(
      anObservation({frigate: {stats: known(aReading({cameras: [skipping, aCamera('front'), aCamera('garage')]}))}}),
    );
    const {view} = aSnapshot(live);
    assert.ok(view !== null);
    // As when one cause explains everything: the verdict names the detector and no camera.
    const snapshot = {
      ...aSnapshot(live),
      view: {
        ...view,
        cameras: view.cameras.map((row) => ({...row, findings: []})),
        live: {
          ...live,
          judgement: {
            ...live.judgement,
            diagnosis: {...live.judgement.diagnosis, health: 'unhealthy' as const, summary: 'the detector hangs'},
          },
        },
      },
    };
    const text = (name: string): string =>
      textOf(
        frameLines(
          snapshot,
          {...firstUi, mode: {kind: 'detail', of: {panel: 'cameras', key: name}, offset: 0}},
          40,
          80,
          options,
          display,
        ),
      );
    assert.match(text('back'), /skipping[^]*no check names it; the verdict: the detector hangs/);
    assert.match(text('back'), /detections a\n +second|detections\n +a second/, 'no number is cut off');
    assert.match(text('front'), /no check reports a problem/);
  });

  it('shows what is typed before an act at every size, and asks in words', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 60}),
        fc.integer({min: 12, max: 200}),
        fc.constantFrom('restart' as const, 'reset-breaker' as const),
        fc.constantFrom(...Object.keys(looks)),
        (rows, columns, action, state) => {
          const text = textOf(
            frameLines(
              snapshotOf(state),
              {...firstUi, mode: {kind: 'confirm', action, typed: 'frig'}},
              rows,
              columns,
              options,
              display,
            ),
          );
          assert.match(text, /frig█/);
          if (columns >= 20) assert.match(text, /Re(start|set)/);
        },
      ),
      {numRuns: 300},
    );
  });

  it('tells before a restart what the guards say now, and how to get past them', () => {
    const asked = (state: string, action: 'restart' | 'reset-breaker'): string =>
      textOf(
        frameLines(
          snapshotOf(state),
          {...firstUi, mode: {kind: 'confirm', action, typed: ''}},
          40,
          120,
          options,
          display,
        ),
      );
    assert.match(
      asked('critical', 'restart'),
      /Rule R-04 would refuse it now: a restart does not cure it[^]*To unblock: repair the\s+cause[^]*kubectl frigate-health restart [^]*--force\s+--reason/,
    );
    assert.match(asked('critical', 'reset-breaker'), /The breaker is closed\./);
    const live = looks['critical']!();
    const passing = {
      ...live,
      judgement: {
        ...live.judgement,
        decision: {
          ...live.judgement.decision,
          action: 'restart' as const,
          rule: 'R-12' as const,
          reason: {code: 'restart', summary: 'the detector hangs', findings: ['FRG-403'], request: null} as const,
        },
      },
    };
    assert.match(
      textOf(
        frameLines(
          aSnapshot(passing),
          {...firstUi, mode: {kind: 'confirm', action: 'restart', typed: ''}},
          40,
          120,
          options,
          display,
        ),
      ),
      /The rules allow it now: the detector hangs \(FRG-403\)\./,
    );
  });

  it('lets every line of the help and of a detail be reached by scrolling, and tells where one is', () => {
    for (const [rows, columns] of [
      [24, 80],
      [40, 120],
      [10, 40],
      [6, 60],
    ] as const) {
      for (const mode of [
        {kind: 'help', offset: 0},
        {kind: 'detail', of: {panel: 'checks', key: 'FRG-501'}, offset: 0},
      ] as const) {
        const snapshot = snapshotOf('critical');
        const furthest = furthestScroll(snapshot, {...firstUi, mode}, rows, columns, options, display);
        const frames = Array.from({length: furthest + 1}, (_, offset) =>
          textOf(frameLines(snapshot, {...firstUi, mode: {...mode, offset}}, rows, columns, options, display)),
        );
        const all = frames.join('\n').replaceAll(/\s+/g, ' ');
        for (const word of mode.kind === 'help'
          ? ['?', 'ctrl+z', 'ctrl+c']
          : ['what it is', 'Recent events', 'what to do'])
          assert.ok(all.includes(word), `${word} at ${rows}×${columns}`);
        if (furthest > 0 && rows >= 10) assert.match(frames[0] ?? '', /lines 1-\d+ of \d+/);
        assert.equal(
          textOf(
            frameLines(snapshot, {...firstUi, mode: {...mode, offset: furthest + 50}}, rows, columns, options, display),
          ),
          frames.at(-1),
        );
      }
    }
  });

  it('shows the whole of a line of the log that is too long for its row', () => {
    const text = `watchdog.back ERROR : ${'a very long story '.repeat(20)}with an end`;
    const live = aLook(anObservation(), {lines: [{at: now, signature: 'camera-crashed', camera: 'back', text}]});
    const ui: Ui = {
      ...firstUi,
      panel: 'log',
      mode: {kind: 'detail', of: {panel: 'log', key: rowKeys('log', aSnapshot(live), firstUi)[0] ?? ''}, offset: 0},
    };
    assert.match(textOf(frameLines(aSnapshot(live), ui, 24, 80, options, display)), /with\s+an\s+end/);
    assert.doesNotMatch(
      textOf(frameLines(aSnapshot(live), {...firstUi, panel: 'log'}, 24, 80, options, display)),
      /with\s+an\s+end/,
    );
    assert.match(
      textOf(frameLines(aSnapshot(aLook()), ui, 24, 80, options, display)),
      /this log line does not exist any more/,
    );
  });

  it('shows the events once', () => {
    const text = textOf(frameLines(snapshotOf('critical'), {...firstUi, panel: 'events'}, 24, 80, options, display));
    assert.equal(text.split('\n').filter((one) => one.includes('BackOff')).length, 1);
  });

  it('shows the cameras on a small terminal too, below what is wrong', () => {
    assert.match(
      textOf(frameLines(snapshotOf('ok'), firstUi, 12, 40, options, display)),
      /PROBLEMS 0[^]*CAMERA[^]*back +√ live/,
    );
    assert.match(
      textOf(frameLines(snapshotOf('critical'), firstUi, 18, 40, options, display)),
      /FRG-501[^]*CAMERA[^]*back +× no frames/,
    );
    assert.match(
      textOf(frameLines(snapshotOf('critical'), firstUi, 6, 60, options, display)),
      /DEGRADED[^\n]*\n× FRG-501/,
    );
  });

  it('calls what every start looks like no catastrophe while Frigate starts', () => {
    const live = aLook();
    const silent = live.judgement.findings.map((finding) =>
      finding.id === 'FRG-301' ? {...finding, status: 'critical' as const, normalAtStart: true} : finding,
    );
    const banner = (health: 'starting' | 'unhealthy', findings = silent): string =>
      textOf(
        frameLines(
          aSnapshot({
            ...live,
            judgement: {...live.judgement, findings, diagnosis: {...live.judgement.diagnosis, health}},
          }),
          firstUi,
          24,
          80,
          options,
          display,
        ),
      ).split('\n')[1] ?? '';
    assert.match(banner('starting'), /^! STARTING/);
    assert.match(banner('unhealthy'), /^× UNHEALTHY/);
    assert.match(
      banner(
        'starting',
        silent.map((finding) => ({...finding, normalAtStart: false})),
      ),
      /^× STARTING/,
    );
  });

  it('claims nothing that is not known: no pod, no limit, a closed breaker', () => {
    const panel = (state: string, snapshot = snapshotOf(state)): string =>
      textOf(frameLines(snapshot, {...firstUi, panel: 'repair'}, 40, 120, options, display));
    assert.match(
      panel('unknown'),
      /pod +\? not known[^]*cpu +old: 0\.7 cores \(limit not known\)[^]*memory +not known/,
    );
    assert.doesNotMatch(panel('unknown'), /no pod|no limit/);
    assert.match(panel('critical'), /cpu +0\.7 cores \(no limit\)/);
    const forbidden = unknown('forbidden', 'get configmaps frigate-health-state: HTTP 403');
    const observation = anObservation({state: forbidden});
    const live = aLook(observation, {
      watchState: {
        recalledState: {
          state: freshState,
          reading: 'unreadable',
          soundness: forbidden,
          map: null,
          guard: null,
          setAside: null,
        },
      },
    });
    const text = panel('', aSnapshot(live));
    assert.match(text, /breaker +\? not known: get configmaps frigate-health-state: HTTP 403/);
    assert.doesNotMatch(text, /closed|0 of 2/);
  });

  it('cuts no part of the first line in two while the place still fits', () => {
    for (let columns = 60; columns <= 140; columns += 1) {
      const [first = ''] = textOf(frameLines(snapshotOf('ok'), firstUi, 24, columns, options, display)).split('\n');
      assert.match(first, /homelab\/cameras {2}Deployment\/frigate/);
      assert.doesNotMatch(first, /…/, first);
    }
  });

  it('always names the way out, and no key by half', () => {
    for (let columns = 40; columns <= 130; columns += 1) {
      const bar =
        textOf(frameLines(snapshotOf('ok'), firstUi, 24, columns, options, display))
          .split('\n')
          .at(-1) ?? '';
      assert.match(bar, /q quit$/);
      assert.doesNotMatch(bar, /…/);
    }
  });

  it('widens the graphs where the names leave room, and keeps the column that their scale is named after', () => {
    for (const columns of [80, 110, 120, 160, 250]) {
      const titles =
        textOf(frameLines(snapshotOf('ok'), firstUi, 40, columns, options, display))
          .split('\n')
          .find((one) => one.startsWith('CAMERA ')) ?? '';
      assert.match(titles, /STATE +FPS TARGET 0 TO TARGET/, `${columns} columns`);
    }
  });

  it('never shows old data as live', () => {
    for (const [rows, columns] of [
      [12, 40],
      [24, 80],
      [40, 120],
    ] as const) {
      const text = textOf(frameLines(snapshotOf('unknown'), firstUi, rows, columns, options, display));
      assert.match(text, /old data/);
      assert.doesNotMatch(text, /√ live|live \d\d:/);
    }
    for (const [panel, key] of [
      ['cameras', 'back'],
      ['detectors', 'coral'],
    ] as const) {
      const text = textOf(
        frameLines(
          snapshotOf('unknown'),
          {...firstUi, mode: {kind: 'detail', of: {panel, key}, offset: 0}},
          40,
          120,
          options,
          display,
        ),
      );
      assert.match(text, /\? was (live|ok)\n! old data, 12s, retry in 4s: these are the last known values/);
      assert.doesNotMatch(text, /√ (live|ok)/);
    }
    const asleep = {
      ...snapshotOf('ok'),
      freshness: {live: false, text: '! old data, 1h', silentFor: null, troubles: []},
    };
    for (const rows of [1, 12, 24]) {
      const text = textOf(frameLines(asleep, firstUi, rows, 80, options, display));
      assert.match(text, /\? WAS HEALTHY/);
      assert.doesNotMatch(text, /√ HEALTHY/);
    }
  });

  it('shows key hints only where keys can be read', () => {
    const bar = (canType: boolean): string =>
      textOf(frameLines(snapshotOf('ok'), firstUi, 24, 80, {...options, canType}, display))
        .split('\n')
        .at(-1) ?? '';
    assert.match(bar(true), /\? help/);
    assert.equal(bar(false), 'no keys: the input is not a terminal');
  });

  it('names the actions only where they are allowed', () => {
    const bar = (allowActions: boolean): string =>
      textOf(frameLines(snapshotOf('ok'), firstUi, 40, 120, {...options, allowActions}, display));
    assert.match(bar(true), /R restart/);
    assert.doesNotMatch(bar(false), /R restart/);
  });
});

describe('the characters of the screen', () => {
  it('are each one column wide on a terminal', async () => {
    for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
      for (const character of [
        ...Object.values(glyphs.status),
        ...glyphs.levels,
        glyphs.rule,
        glyphs.dash,
        glyphs.more,
        glyphs.cursor,
        glyphs.none,
        glyphs.full,
        glyphs.empty,
      ]) {
        const [row = ''] = await onTerminal(`${character}|`, 1, 4);
        assert.deepEqual([row, columnsOf(character)], [`${character}|`, 1]);
      }
    }
  });

  it('draw a fixed scale: gaps for what is missing, the top for what is over it', () => {
    assert.equal(sparkline([0, 5, null, 10, Number.NaN], 5, 5, unicodeGlyphs), '▁█ █ ');
    assert.equal(sparkline([5, 20, 1], 10, 3, unicodeGlyphs), '▅█▂');
    assert.equal(
      sparkline([5, 4.9, 5.1, 4.7], 5, 4, unicodeGlyphs),
      '████',
      'a frame more or less in ten seconds is nothing to see',
    );
    assert.equal(sparkline([1], 0, 3, asciiGlyphs), '  .');
  });
});

describe('fitting text', () => {
  const anyLine: fc.Arbitrary<Line> = fc.array(
    hostile.map((text) => ({text: shown(text, false), tone: 'plain' as const})),
    {maxLength: 6},
  );

  it('cuts to the width and fills up to it', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({min: 0, max: 80}), (spans, width) => {
        assert.ok(lineColumns(clipLine(spans, width, '…')) <= width);
        assert.equal(lineColumns(fitLine(spans, width, '…')), width);
      }),
    );
  });

  it('wraps without losing a character', () => {
    fc.assert(
      fc.property(
        fc.string({unit: fc.constantFrom('a', 'b', ' ', '-'), maxLength: 200}),
        fc.integer({min: 1, max: 30}),
        (text, width) => {
          const lines = wrapText(text, width);
          assert.ok(
            lines.every((one) => columnsOf(one) <= width),
            JSON.stringify(lines),
          );
          assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
        },
      ),
    );
  });

  it('takes every character for as wide as terminals do, and shows none whose width they disagree about', async () => {
    // Every seventh one of the first three planes: each block many times.
    const texts = Array.from({length: Math.floor(0x31_fe0 / 7)}, (_, index) =>
      shown(`x${String.fromCodePoint(0x20 + index * 7)}y`, false),
    );
    const terminal = new Terminal({rows: texts.length, cols: 10, allowProposedApi: true});
    await new Promise<void>((resolve) => {
      terminal.write(texts.map((text) => `${text}|`).join('\r\n'), resolve);
    });
    const columnOfBar = (row: number): number =>
      Array.from({length: 10}, (_, column) => terminal.buffer.active.getLine(row)?.getCell(column)?.getChars()).indexOf(
        '|',
      );
    const wrong = texts
      .filter((text, row) => columnOfBar(row) > columnsOf(text))
      .map((text) => `${text} ${text.codePointAt(1)?.toString(16) ?? ''}`);
    assert.deepEqual(wrong, []);
  });

  it('shows names without anything that a terminal obeys', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (name, ascii) => assert.doesNotMatch(shown(name, ascii), /[\p{Cc}\p{Cf}]/u)),
    );
  });
});
