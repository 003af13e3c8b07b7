import assert from 'node:assert/strict';
import fc from 'fast-check';
import {KEYS, KEYS_OF_LIST, keysFor, PANELS} from '../../src/tui/keys.js';
import {namesOfKeys, type PressedKey} from '../../src/tui/pressed-keys.js';
import {keyDocumentation} from '../../src/tui/panels/help.js';
import {firstUi, press, type Effect, type Scene, type Ui} from '../../src/tui/ui.js';
import {readFileSync} from 'node:fs';
import path from 'node:path';

const scene = (changes: Partial<Scene> = {}): Scene => ({
  allowActions: true,
  severalFrigates: false,
  page: 5,
  workloadName: 'frigate',
  furthest: () => 7,
  rows: (panel) => (panel === 'repair' ? [] : ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']),
  ...changes,
});

const type = (
  keys: readonly string[],
  given: Scene = scene(),
  ui: Ui = firstUi,
): {readonly ui: Ui; readonly effects: readonly Effect[]} => {
  const effects: Effect[] = [];
  let current = ui;
  for (const key of keys) {
    const step = press(current, key, given);
    current = step.ui;
    if (step.effect !== null) effects.push(step.effect);
  }
  return {ui: current, effects};
};

const letters = (text: string): readonly string[] => Array.from(text);

describe('the keys', () => {
  it('go to panels by number and by tab, around the end', () => {
    for (const [index, panel] of PANELS.entries()) assert.equal(type([String(index + 1)]).ui.panel, panel);
    assert.equal(type(['tab']).ui.panel, 'detectors');
    assert.equal(type(['shift+tab']).ui.panel, 'events');
    assert.equal(type(['tab', 'tab', 'h']).ui.panel, 'detectors');
  });

  it('move the selection within the rows', () => {
    const at = (...keys: readonly string[]): string | null => type(keys).ui.selection.cameras.key;
    assert.deepEqual(
      [at('down'), at('j', 'j', 'k'), at('up'), at('pagedown'), at('G'), at('G', 'down'), at('G', 'g')],
      ['b', 'b', 'a', 'f', 'j', 'j', 'a'],
    );
  });

  it('hold on to the selected row when rows change places, and stay in place when it goes', () => {
    const {ui} = type(['down', 'down']);
    assert.equal(type(['down'], scene({rows: () => ['c', 'a', 'b']}), ui).ui.selection.cameras.key, 'a');
    assert.equal(type(['down'], scene({rows: () => ['x', 'y', 'z', 'q']}), ui).ui.selection.cameras.key, 'q');
    assert.equal(type(['down'], scene({rows: () => []}), ui).ui.selection.cameras.key, null);
  });

  it('follow the newest line of the log until a line is chosen, and again after G', () => {
    assert.equal(type(['6', 'up']).ui.selection.log.key, 'i');
    assert.equal(type(['6', 'up', 'G']).ui.selection.log.key, null);
  });

  it('filter while it is typed, keep it with enter, drop it with escape', () => {
    assert.deepEqual(type(['/', 'f', 'r', 'x', 'backspace']).ui.mode, {kind: 'filter', draft: 'fr'});
    assert.equal(type(['/', 'f', 'r']).ui.filter.cameras, 'fr');
    const kept = type(['/', 'q', 'enter']).ui;
    assert.deepEqual([kept.filter.cameras, kept.mode.kind], ['q', 'browse']);
    assert.equal(type(['/', 'q', 'enter', 'escape']).ui.filter.cameras, '');
    assert.equal(type(['/', 'q', 'escape']).ui.filter.cameras, '');
  });

  it('go back to the list with escape where there are several Frigates, but first out of everything else', () => {
    const several = scene({severalFrigates: true});
    assert.equal(press(firstUi, 'escape', scene()).effect, null);
    assert.deepEqual(press(firstUi, 'escape', several).effect, {kind: 'quit', how: 'quit'});
    const filtered: Ui = {...firstUi, filter: {...firstUi.filter, cameras: 'gar'}};
    const cleared = press(filtered, 'escape', several);
    assert.deepEqual([cleared.effect, cleared.ui.filter.cameras], [null, '']);
    const opened: Ui = {...firstUi, mode: {kind: 'detail', of: {panel: 'cameras', key: 'back'}, offset: 0}};
    const closed = press(opened, 'escape', several);
    assert.deepEqual([closed.effect, closed.ui.mode.kind], [null, 'browse']);
  });

  it('open what is selected, scroll in it and come back', () => {
    const opened = type(['down', 'enter', 'down', 'down']).ui;
    assert.deepEqual(opened.mode, {kind: 'detail', of: {panel: 'cameras', key: 'b'}, offset: 2});
    assert.equal(type(['escape'], scene(), opened).ui.mode.kind, 'browse');
    assert.equal(type(['4', 'enter']).ui.mode.kind, 'browse');
    assert.equal(type(['enter'], scene({rows: () => []})).ui.mode.kind, 'browse');
  });

  it('open a line of the log and an event: the newest where none was chosen', () => {
    assert.deepEqual(type(['6', 'enter']).ui.mode, {kind: 'detail', of: {panel: 'log', key: 'j'}, offset: 0});
    assert.deepEqual(type(['7', 'up', 'enter']).ui.mode, {kind: 'detail', of: {panel: 'events', key: 'i'}, offset: 0});
  });

  it('scroll what is read to its end and no further, so that one key up moves it again', () => {
    const offset = (...keys: readonly string[]): number | null => {
      const {mode, selection, panel} = type(keys).ui;
      return mode.kind === 'help' || mode.kind === 'detail'
        ? mode.offset
        : panel === 'repair'
          ? selection.repair.index
          : null;
    };
    for (const begin of [['?'], ['enter'], ['4']]) {
      assert.equal(offset(...begin, ...Array.from({length: 30}, () => 'down'), 'up'), 6, begin.join());
      assert.deepEqual(
        [
          offset(...begin, 'G'),
          offset(...begin, 'pagedown'),
          offset(...begin, 'pagedown', 'pagedown', 'k'),
          offset(...begin, 'G', 'g'),
          offset(...begin, 'up'),
        ],
        [7, 5, 6, 0, 0],
        begin.join(),
      );
    }
    // It has become shorter since.
    const {ui} = type(['?', 'G']);
    assert.deepEqual(type(['up'], scene({furthest: () => 3}), ui).ui.mode, {kind: 'help', offset: 2});
  });

  it('change no list behind an open detail, and do nothing that is not known there', () => {
    const opened = type(['down', 'enter'], scene({severalFrigates: true})).ui;
    for (const key of ['s', '/', 'x', 'backspace', 'G', 'end', 'g']) {
      const {ui, effects} = type([key], scene({severalFrigates: true}), opened);
      assert.deepEqual(
        [effects, ui.sort, ui.selection, ui.filter, ui.mode.kind],
        [[], opened.sort, opened.selection, opened.filter, 'detail'],
        key,
      );
    }
    assert.deepEqual(
      type(['r', 'y', 'p'], scene(), opened).effects.map(({kind}) => kind),
      ['refresh', 'copy'],
    );
    assert.equal(type(['tab'], scene(), opened).ui.panel, 'detectors');
  });

  it('ask over what is, never over a picture that is held still', () => {
    const {ui} = type(['p', 'R']);
    assert.deepEqual([ui.paused, ui.mode.kind], [false, 'confirm']);
  });

  it('cancel when the workload has gone while its name was typed', () => {
    const asked = type(['R', ...letters('frigate')]).ui;
    const {ui, effects} = type(['enter'], scene({workloadName: null}), asked);
    assert.deepEqual([ui.mode.kind, effects], ['browse', []]);
    assert.match(ui.message ?? '', /not exactly one workload any more/);
    const other = type(['enter'], scene({workloadName: 'frigate-2'}), asked);
    assert.deepEqual(other.effects, []);
  });

  it('sort the cameras in turn and nothing else', () => {
    assert.deepEqual(
      ['s', 's', 's', 's', 's'].map((_, index, keys) => type(keys.slice(0, index + 1)).ui.sort),
      ['name', 'fps', 'skipped', 'recording', 'state'],
    );
    assert.equal(type(['2', 's']).ui.sort, 'state');
  });

  it('act only after the name was typed exactly', () => {
    assert.deepEqual(type(['R', ...letters('frigate'), 'enter']).effects, [{kind: 'act', action: 'restart'}]);
    assert.deepEqual(type(['B', ...letters('frigate'), 'enter']).effects, [{kind: 'act', action: 'reset-breaker'}]);
    for (const typed of ['', 'frigat', 'frigate2', 'FRIGATE', 'y', 'yes'])
      assert.deepEqual(type(['R', ...letters(typed), 'enter']).effects, [], typed);
    assert.deepEqual(type(['R', ...letters('frigate'), 'escape']).effects, []);
    assert.deepEqual(
      type(['r', ...letters('frigate'), 'enter'])
        .effects.map(({kind}) => kind)
        .includes('act'),
      false,
    );
  });

  it('cannot act without --allow-actions, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('R', 'B', ...letters('frigate'), 'enter', 'escape', '1', '/', '?', 'p'), {
          maxLength: 40,
        }),
        (keys) => {
          assert.ok(type(keys, scene({allowActions: false})).effects.every(({kind}) => kind !== 'act'));
        },
      ),
      {numRuns: 500},
    );
  });

  it('act on nothing while there is no single workload', () => {
    const {ui, effects} = type(['R'], scene({workloadName: null}));
    assert.deepEqual([ui.mode.kind, effects], ['browse', []]);
    assert.match(ui.message ?? '', /not exactly one workload/);
  });

  it('hear nothing but Ctrl-C while an act is under way', () => {
    const busy = type(['R', ...letters('frigate'), 'enter']).ui;
    assert.deepEqual(type(['R', 'q', 'enter', '5'], scene(), busy).effects, []);
    assert.deepEqual(type(['ctrl+c'], scene(), busy).effects, [{kind: 'quit', how: 'interrupt'}]);
  });

  it('leave from everywhere with Ctrl-C', () => {
    for (const before of [[], ['/'], ['?'], ['enter'], ['R']])
      assert.deepEqual(type([...before, 'ctrl+c']).effects, [{kind: 'quit', how: 'interrupt'}]);
  });

  it('never throw, and never leave a state that cannot be drawn', () => {
    const any = fc.oneof(
      fc.constantFrom(...KEYS.flatMap(({keys}) => keys)),
      fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
    );
    fc.assert(
      fc.property(fc.array(any, {maxLength: 60}), fc.array(fc.string(), {maxLength: 5}), (keys, rows) => {
        const {ui} = type(keys, scene({rows: () => rows}));
        assert.ok(PANELS.includes(ui.panel));
        assert.ok(Object.values(ui.selection).every(({index}) => index >= 0));
      }),
    );
  });
});

describe('the key table', () => {
  it('gives each key one meaning in each place', () => {
    for (const panel of PANELS) {
      for (const allowActions of [true, false]) {
        const all = keysFor({panel, allowActions, severalFrigates: false}).flatMap(({keys}) => keys);
        assert.equal(new Set(all).size, all.length, `${panel}: ${all.join(' ')}`);
      }
    }
  });

  it('puts dangerous keys on capital letters and behind --allow-actions', () => {
    const acting = KEYS.filter(({acts}) => acts === true);
    assert.deepEqual(
      acting.map(({command}) => command),
      ['restart', 'reset-breaker'],
    );
    assert.ok(acting.every(({keys}) => keys.every((key) => /^[A-Z]$/.test(key))));
  });

  it('gives the list of several Frigates its keys too', () => {
    assert.deepEqual(
      KEYS_OF_LIST.filter(({label}) => label !== null).map(({command}) => command),
      ['open', 'refresh', 'quit'],
    );
    assert.ok(KEYS_OF_LIST.every((binding) => KEYS.includes(binding) && binding.acts !== true));
  });

  it('stands in docs/watch.md', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/watch.md'), 'utf8');
    assert.ok(page.includes(keyDocumentation(KEYS)), 'npm run docs writes it');
  });
});

describe('the names of pressed keys', () => {
  const none: PressedKey = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageUp: false,
    pageDown: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    ctrl: false,
    shift: false,
    tab: false,
    backspace: false,
    delete: false,
    meta: false,
  };
  const cases: ReadonlyArray<readonly [input: string, key: Partial<PressedKey>, names: readonly string[]]> = [
    ['j', {}, ['j']],
    ['', {upArrow: true}, ['up']],
    ['', {return: true}, ['enter']],
    ['c', {ctrl: true}, ['ctrl+c']],
    ['', {tab: true}, ['tab']],
    ['', {tab: true, shift: true}, ['shift+tab']],
    ['', {delete: true}, ['backspace']],
    ['jjk', {}, ['j', 'j', 'k']],
    ['frigate\r', {}, [...letters('frigate'), 'enter']],
    ['\u0000\u0007', {}, []],
    ['', {}, []],
    ['é', {}, ['é']],
  ];
  for (const [input, key, names] of cases)
    it(`are ${names.join(' ') || 'none'} for ${JSON.stringify(input)} ${JSON.stringify(key)}`, () =>
      assert.deepEqual(namesOfKeys(input, {...none, ...key}), names));
});
