/** What others rely on is never taken away unseen: command-snapshot.json is what was promised, the program is what there is. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {surface, surfaceText} from '../../scripts/docs/surface.js';

const promised = readFileSync(path.resolve(import.meta.dirname, '../../command-snapshot.json'), 'utf8');

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths of what stands in `before` and not, or otherwise, in `after`; additions are no matter. */
const takenAway = (before: unknown, after: unknown, at = ''): readonly string[] => {
  if (isFields(before))
    return Object.entries(before).flatMap(([name, value]) =>
      takenAway(value, isFields(after) ? after[name] : undefined, `${at}/${name}`),
    );
  if (Array.isArray(before)) {
    const left = Array.isArray(after) ? after.map((item) => JSON.stringify(item)) : [];
    return before.flatMap((item) => (left.includes(JSON.stringify(item)) ? [] : [`${at}: ${JSON.stringify(item)}`]));
  }
  return before === after ? [] : [`${at}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
};

const changed = (change: (copy: Record<string, Record<string, unknown>>) => void): readonly string[] => {
  const copy = JSON.parse(promised) as Record<string, Record<string, unknown>>;
  change(copy);
  return takenAway(JSON.parse(promised), copy);
};

describe('what others rely on', () => {
  it('has lost nothing: no command, flag, variable, option, exit code, setting, check or field of the JSON', () => {
    assert.deepEqual(
      takenAway(JSON.parse(promised), JSON.parse(JSON.stringify(surface()))),
      [],
      'a removal needs a new major version (docs/releasing.md); then: npm run snapshot',
    );
  });

  it('is written down: npm run snapshot', () => {
    assert.equal(promised, surfaceText(), 'something was added: npm run snapshot');
  });

  const removals: ReadonlyArray<readonly [what: string, says: RegExp, change: Parameters<typeof changed>[0]]> = [
    ['a command', /\/commands\/check\/flags/, (copy) => delete copy['commands']!['check']],
    ['an exit code', /\/exitCodes\/refused: 10 became undefined/, (copy) => delete copy['exitCodes']!['refused']],
    ['the number of an exit code', /\/exitCodes\/usage: 64 became 2/, (copy) => (copy['exitCodes']!['usage'] = 2)],
    ['a check', /\/checks: "FRG-101"/, (copy) => (copy['checks'] as unknown as string[]).shift()],
    [
      'a field of the JSON',
      /\/checkReport\/properties\/summary/,
      (copy) => delete (copy['checkReport']!['properties'] as Record<string, unknown>)['summary'],
    ],
  ];
  for (const [what, says, change] of removals) {
    it(`would be missed: ${what}`, () => assert.ok(changed(change).some((line) => says.test(line))));
  }
});
