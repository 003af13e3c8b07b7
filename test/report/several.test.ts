import assert from 'node:assert/strict';
import fc from 'fast-check';
import {checkReportList, worstExitCode} from '../../src/outcome/check-report-list.js';
import {EXIT} from '../../src/outcome/exit-code.js';
import {render, renderAll} from '../../src/report/render.js';
import type {Style} from '../../src/report/style.js';
import {samples} from './reports.js';

const plain: Style = {colour: false, ascii: false, columns: 100};
const two = [samples.healthy, samples['one-critical']];

describe('the reports of several Frigates as one document', () => {
  it('is in a text each page, and what they come to in all at the end', async () => {
    const pages = await Promise.all(two.map((report) => render(report, 'text', plain)));
    assert.equal(
      await renderAll(two, 'text', plain),
      `${pages.join('\n')}\n2 Frigates: 1 unhealthy, 1 healthy. Exit code 2.\n`,
    );
  });

  it('names no exit code where all are well', async () => {
    const text = await renderAll([samples.healthy, samples.healthy], 'short', plain);
    assert.equal(text.trimEnd().split('\n').at(-1), '2 Frigates: 2 healthy.');
  });

  it('is as JSON a list in the shape of Kubernetes, with the worst exit code; one report stands alone', async () => {
    assert.deepEqual(JSON.parse(await renderAll(two, 'json', plain)), {
      apiVersion: 'frigate-health.io/v1',
      kind: 'CheckReportList',
      summary: {exitCode: 2, health: {healthy: 1, unhealthy: 1}},
      items: await Promise.all(
        two.map(async (report): Promise<unknown> => JSON.parse(await render(report, 'json', plain))),
      ),
    });
    assert.deepEqual(
      JSON.parse(await renderAll([samples.healthy], 'json', plain)),
      JSON.parse(await render(samples.healthy, 'json', plain)),
    );
  });

  it('is as JSON lines a line for each', async () => {
    const lines = (await renderAll(two, 'jsonl', plain)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as {kind: string}).kind),
      ['CheckReport', 'CheckReport'],
    );
  });

  it('is for JUnit a suite for each, under the sums', async () => {
    const xml = await renderAll(two, 'junit', plain);
    const sizes = [...xml.matchAll(/<testsuites? name="[^"]*" tests="(\d+)"/g)].map((match) => Number(match[1]));
    assert.equal(sizes.length, 3);
    assert.equal(sizes[0], (sizes[1] ?? 0) + (sizes[2] ?? 0));
  });

  it('has for Prometheus one head for each family, or the whole file would be refused', async () => {
    const heads = (await renderAll(two, 'prometheus', plain)).split('\n').filter((line) => line.startsWith('# TYPE'));
    assert.equal(new Set(heads).size, heads.length);
    assert.ok(heads.length > 10);
  });

  it('comes to the worst exit code in any order: no result is worse than a bad one', () => {
    const order = [
      EXIT.ok,
      EXIT.warning,
      EXIT.unknown,
      EXIT.waitRanOut,
      EXIT.critical,
      EXIT.forbidden,
      EXIT.unreachable,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...order), {minLength: 1, maxLength: 6}), (codes) => {
        const worst = order[Math.max(...codes.map((code) => order.indexOf(code)))];
        assert.equal(worstExitCode(codes), worst);
      }),
    );
    assert.equal(worstExitCode([]), EXIT.ok);
    assert.deepEqual(checkReportList([]).summary.health, {});
  });
});
