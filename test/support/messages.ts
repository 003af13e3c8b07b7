/** What a check says, pinned apart from what it decides: one golden file for each check, made from its table of cases. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {becauseText, type Because} from '../../src/core/because.js';
import type {Finding} from '../../src/core/finding.js';
import type {Fix} from '../../src/core/fix.js';

const folder = path.join(import.meta.dirname, '..', 'core', 'checks', 'messages');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** The code of a reason: the id of a check, the code of an unknown, of a setup or of missing evidence. */
export const reasonOf = (because: Because | null): string | null => {
  switch (because?.kind) {
    case undefined:
      return null;
    case 'check':
      return because.id;
    case 'unknown':
      return because.why.code;
    case 'not-applicable':
    case 'inconclusive':
    case 'no-restart':
      return because.why;
    case 'transports':
    case 'settling':
    case 'not-judged':
    case 'bug':
      return because.kind;
  }
};

/** The commands of a fix, one a line. */
export const commandsOf = (fix: Fix | null | undefined): string =>
  (fix ?? []).flatMap((step) => ('command' in step ? [step.command] : [])).join('\n');

const wordsOf = ({status, summary, because, fix}: Finding): string =>
  [
    `${status}: ${summary}`,
    ...(because === null || because.kind === 'check' ? [] : [`    because ${becauseText(because)}`]),
    ...(fix ?? []).map((step) => `    ${'command' in step ? `$ ${step.command}` : step.text}`),
  ].join('\n');

/** Compares every distinct message with the golden file of the check. */
export const assertMessages = (name: string, findings: readonly Finding[]): void => {
  const text = `${[...new Set(findings.map(wordsOf))].join('\n\n')}\n`;
  const file = path.join(folder, `${name}.txt`);
  if (update) {
    assert.equal(process.env['CI'], undefined, 'golden files are not rewritten in CI');
    fs.mkdirSync(folder, {recursive: true});
    fs.writeFileSync(file, text);
  }
  assert.equal(text, fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '', 'UPDATE_GOLDEN=1 writes it again');
};
