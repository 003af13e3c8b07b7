import assert from 'node:assert/strict';
import {checkVariables, type VariableFlag} from '../../src/cli/variables.js';
import {CommandFailure} from '../../src/outcome/failure.js';

const flags: Readonly<Record<string, VariableFlag>> = {
  'dry-run': {type: 'boolean', env: 'FRIGATE_HC_DRY_RUN'},
  output: {type: 'option', char: 'o', env: 'FRIGATE_HC_OUTPUT', options: ['text', 'json']},
  reason: {type: 'option', env: 'FRIGATE_HC_REASON'},
  list: {type: 'boolean'},
};

const end = (env: Readonly<Record<string, string>>, argv: readonly string[] = []): string | null => {
  try {
    checkVariables(flags, argv, env);
    return null;
  } catch (error) {
    assert.ok(error instanceof CommandFailure && error.exitCode === 64);
    return error.message;
  }
};

describe('the variables of flags', () => {
  const cases: ReadonlyArray<
    readonly [env: Readonly<Record<string, string>>, argv: readonly string[], says: string | null]
  > = [
    [{}, [], null],
    [{FRIGATE_HC_DRY_RUN: 'true'}, [], null],
    [{FRIGATE_HC_DRY_RUN: 'YES'}, [], null],
    [{FRIGATE_HC_DRY_RUN: '0'}, [], null],
    [{FRIGATE_HC_DRY_RUN: ''}, [], null],
    // oclif would take these for a no, and restart.
    [
      {FRIGATE_HC_DRY_RUN: 'on'},
      [],
      'FRIGATE_HC_DRY_RUN="on" is not allowed for this command: it must be true or false.',
    ],
    [
      {FRIGATE_HC_DRY_RUN: 'ture'},
      [],
      'FRIGATE_HC_DRY_RUN="ture" is not allowed for this command: it must be true or false.',
    ],
    [{FRIGATE_HC_DRY_RUN: 'on'}, ['--dry-run'], null],
    [
      {FRIGATE_HC_OUTPUT: 'junit'},
      [],
      'FRIGATE_HC_OUTPUT="junit" is not allowed for this command: it must be one of text, json.',
    ],
    [{FRIGATE_HC_OUTPUT: 'junit'}, ['-o', 'text'], null],
    [{FRIGATE_HC_OUTPUT: 'junit'}, ['--output=json'], null],
    [
      {FRIGATE_HC_OUTPUT: 'junit'},
      ['--', '--output=json'],
      'FRIGATE_HC_OUTPUT="junit" is not allowed for this command: it must be one of text, json.',
    ],
    [{FRIGATE_HC_REASON: 'on'}, [], null],
  ];
  for (const [env, argv, says] of cases)
    it(`${JSON.stringify(env)} with ${argv.join(' ') || 'no flag'}: ${says ?? 'goes on'}`, () =>
      assert.equal(end(env, argv), says));
});
