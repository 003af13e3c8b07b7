import assert from 'node:assert/strict';
import {wantsAscii, wantsColour} from '../../src/cli/colour.js';
import type {ColourChoice, Environment} from '../../src/cli/colour.js';

describe('whether to colour', () => {
  const cases: ReadonlyArray<readonly [choice: ColourChoice, env: Environment, isTerminal: boolean, colour: boolean]> =
    [
      ['auto', {}, true, true],
      ['auto', {}, false, false],
      ['always', {NO_COLOR: '1', TERM: 'dumb'}, false, true],
      ['never', {FORCE_COLOR: '1'}, true, false],
      ['auto', {NO_COLOR: '1'}, true, false],
      ['auto', {NO_COLOR: ''}, true, true],
      ['auto', {NO_COLOR: '1', FORCE_COLOR: '1'}, true, false],
      ['auto', {FORCE_COLOR: '1'}, false, true],
      ['auto', {FORCE_COLOR: ''}, false, true],
      ['auto', {FORCE_COLOR: '0'}, true, false],
      ['auto', {FORCE_COLOR: 'false'}, true, false],
      ['auto', {FORCE_COLOR: '1', TERM: 'dumb'}, false, true],
      ['auto', {TERM: 'dumb'}, true, false],
      ['auto', {TERM: 'xterm-256color'}, true, true],
    ];
  for (const [choice, env, isTerminal, colour] of cases) {
    it(`--color=${choice} ${JSON.stringify(env)} on ${isTerminal ? 'a terminal' : 'a pipe'}: ${String(colour)}`, () =>
      assert.equal(wantsColour(choice, env, isTerminal), colour));
  }
});

describe('whether to write ASCII only', () => {
  const cases: ReadonlyArray<readonly [asked: boolean, env: Environment, ascii: boolean]> = [
    [true, {LANG: 'en_US.UTF-8'}, true],
    [false, {LANG: 'en_US.UTF-8'}, false],
    [false, {LANG: 'C.utf8'}, false],
    [false, {}, false],
    [false, {LANG: 'C'}, true],
    [false, {LC_ALL: 'POSIX', LANG: 'en_US.UTF-8'}, true],
    [false, {LC_ALL: '', LC_CTYPE: 'de_DE.UTF-8', LANG: 'C'}, false],
    [false, {TERM: 'linux', LANG: 'en_US.UTF-8'}, true],
    [false, {TERM: 'dumb', LANG: 'en_US.UTF-8'}, true],
  ];
  for (const [asked, env, ascii] of cases)
    it(`asked ${String(asked)}, ${JSON.stringify(env)}: ${String(ascii)}`, () =>
      assert.equal(wantsAscii(asked, env), ascii));
});
