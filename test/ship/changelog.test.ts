import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import packageFile from '../../package.json' with {type: 'json'};
import {releaseNotes} from '../../scripts/release/changelog.js';

const sample = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- A thing.

## [1.1.0] - 2026-11-01

- Older.

[1.2.0]: https://example.com/1.2.0
`;

describe('the changelog', () => {
  it('gives the notes of the version that is tagged, and of no other', () => {
    assert.deepEqual(releaseNotes(sample, 'v1.2.0', '1.2.0'), {notes: '### Added\n\n- A thing.'});
    assert.deepEqual(releaseNotes(sample, 'v1.1.0', '1.1.0'), {notes: '- Older.'});
  });

  const refused: ReadonlyArray<readonly [what: string, changelog: string, tag: string, version: string, says: RegExp]> =
    [
      ['another tag than the version', sample, 'v1.3.0', '1.2.0', /v1\.3\.0 is not v1\.2\.0/],
      ['a tag without v', sample, '1.2.0', '1.2.0', /not v1\.2\.0/],
      ['a version that it does not tell of', sample, 'v1.3.0', '1.3.0', /no section \[1\.3\.0\]/],
      ['a version without a date', sample.replace(' - 2026-12-01', ''), 'v1.2.0', '1.2.0', /no date/],
      [
        'a version of which nothing is said',
        sample.replace('### Added\n\n- A thing.\n', ''),
        'v1.2.0',
        '1.2.0',
        /empty/,
      ],
    ];
  for (const [what, changelog, tag, version, says] of refused) {
    it(`refuses ${what}`, () => {
      const found = releaseNotes(changelog, tag, version);
      assert.ok('problem' in found && says.test(found.problem), JSON.stringify(found));
    });
  }

  it('of this repository has the form of Keep a Changelog, and tells of what is to come or of this version', () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../CHANGELOG.md'), 'utf8');
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
    assert.equal(headings[0], '[Unreleased]');
    for (const heading of headings.slice(1)) assert.match(heading, /^\[\d+\.\d+\.\d+(-[\w.]+)?\] - \d{4}-\d{2}-\d{2}$/);
    for (const [, kind = ''] of text.matchAll(/^### (.*)$/gm))
      assert.ok(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].includes(kind), kind);
    assert.ok(text.includes(packageFile.version), packageFile.version);
  });
});
