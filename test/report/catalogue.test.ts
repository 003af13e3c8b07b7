import assert from 'node:assert/strict';
import type {Check} from '../../src/core/checks/check.js';
import {checkPages} from '../../scripts/docs/check-pages.js';
import {renderExplanation, renderList} from '../../src/report/catalogue.js';

const one: Check = {
  id: 'FRG-401',
  title: 'inference speed',
  category: 'detectors',
  cause: 'detector',
  worst: 'critical',
  needs: ['FRG-301'],
  docs: {
    what: 'How long a detector takes for one frame, and why that matters.',
    limits: 'Warning … critical ≥ 100 ms.',
    cure: 'A restart cures it.',
    next: 'Look at the device.',
    source: 'Frigate 0.16, stats.py',
  },
  fix: () => [],
  judge: () => ({status: 'ok', summary: 'fine'}),
};
const look = {colour: false, ascii: false, columns: 60};

describe('the catalogue for readers', () => {
  it('lists id, category, cause and title of each check', async () => {
    assert.equal(
      await renderList([one], 'text', look),
      'ID       CATEGORY   CAUSE      CHECK\nFRG-401  detectors  detector   inference speed\n',
    );
  });

  it('explains a check with its limits, its cure and its source', async () => {
    const page = await renderExplanation(one, 'text', look);
    for (const part of [
      'FRG-401 inference speed',
      'needs FRG-301',
      'What a restart does\nA restart cures it.',
      'Frigate 0.16, stats.py',
    ])
      assert.ok(page.includes(part), part);
    assert.match(await renderExplanation(one, 'text', {...look, ascii: true}), /^[\x20-\x7E\n]*$/);
  });

  it('explains under the headings of its page, and ends with what to type', async () => {
    const page = await renderExplanation(one, 'text', look);
    const headings = [...(checkPages([one]).get('FRG-401.md') ?? '').matchAll(/^## (.*)$/gm)].map(
      ([, heading = '']) => heading,
    );
    assert.equal(headings.length, 4);
    for (const heading of headings) assert.ok(page.includes(`\n\n${heading}\n`), heading);
    assert.match(page, /\nkubectl frigate-health check --only FRG-401\n/);
  });

  it('says of a format that shows findings that it has none, and never answers in another', async () => {
    for (const format of ['junit', 'prometheus'] as const) {
      await assert.rejects(renderList([one], format, look), {exitCode: 64});
      await assert.rejects(renderExplanation(one, format, look), {exitCode: 64});
    }
  });

  it('gives both as one JSON document', async () => {
    assert.deepEqual(
      (JSON.parse(await renderList([one], 'json', look)) as {id: string}[]).map(({id}) => id),
      ['FRG-401'],
    );
    assert.equal(
      (JSON.parse(await renderExplanation(one, 'json', look)) as {docs: {cure: string}}).docs.cure,
      'A restart cures it.',
    );
  });
});
