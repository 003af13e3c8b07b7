import assert from 'node:assert/strict';
import {CHECK_IDS} from '../../src/core/check-table.js';
import {stripVTControlCharacters} from 'node:util';
import fc from 'fast-check';
import {parse} from 'yaml';
import type {Status} from '../../src/core/finding.js';
import {FORMATS, render, renderValue} from '../../src/report/render.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {widthOf} from '../../src/report/layout.js';
import {checkReportJsonSchema, checkReportSchema} from '../../src/report/schema.js';
import {check, healthy, report, samples} from './reports.js';

const text = fc.string({unit: 'binary', maxLength: 60});
const status: fc.Arbitrary<Status> = fc.constantFrom('ok', 'info', 'warning', 'critical', 'unknown', 'skipped');

const checks = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom(...CHECK_IDS),
      status,
      summary: text,
      steps: fc.array(fc.oneof(fc.record({command: text}), fc.record({text})), {maxLength: 3}),
      because: fc.option(text),
      evidence: fc.array(
        fc.record({
          name: text,
          value: fc.oneof(text, fc.double({noNaN: true, noDefaultInfinity: true}), fc.boolean(), fc.constant(null)),
        }),
        {maxLength: 3},
      ),
    }),
    {selector: ({id}) => id, maxLength: 12},
  )
  .map((found) => found.map(({id, status: worst, ...rest}) => check(id, worst, rest)));

const reports: fc.Arbitrary<CheckReport> = fc
  .record({
    checks,
    folded: fc.array(fc.record({id: fc.constantFrom(...CHECK_IDS), under: fc.constantFrom(...CHECK_IDS)}), {
      maxLength: 6,
    }),
    primary: fc.uniqueArray(fc.constantFrom(...CHECK_IDS), {maxLength: 3}),
    summary: text,
    cluster: text,
  })
  .map(({checks: found, folded, primary, summary, cluster}) =>
    report(found, {
      diagnosis: {cause: null, summary, primary, folded},
      metadata: {...healthy.metadata, context: cluster},
    }),
  );

const look = {colour: false, ascii: false, columns: 80};

describe('any report', () => {
  it('has the exit code of its summary in every format', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        const json = JSON.parse(await render(any, 'json', look)) as CheckReport;
        const yaml = parse(await render(any, 'yaml', look)) as CheckReport;
        assert.equal(json.summary.exitCode, any.summary.exitCode);
        assert.equal(yaml.summary.exitCode, any.summary.exitCode);
        if (any.summary.exitCode === 0) return;
        for (const format of ['text', 'wide', 'short'] as const) {
          assert.ok(
            (await render(any, format, {...look, columns: null})).includes(`Exit code ${any.summary.exitCode}.`),
            format,
          );
        }
      }),
    );
  });

  it('validates against the published schema', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        checkReportSchema.parse(JSON.parse(await render(any, 'json', look)));
      }),
    );
    for (const sample of Object.values(samples)) checkReportSchema.parse(sample);
  });

  it('has no byte of 0x80 or more in ASCII, and no escape without colour', async () => {
    await fc.assert(
      fc.asyncProperty(reports, fc.constantFrom('text', 'wide', 'short'), async (any, format) => {
        const ascii = await render(any, format, {...look, ascii: true});
        assert.match(ascii, /^[\x20-\x7E\n]*$/);
        assert.ok(!(await render(any, format, look)).includes('\u001b'));
      }),
    );
  });

  it('says the same with and without colour', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        assert.equal(
          stripVTControlCharacters(await render(any, 'text', {...look, colour: true})),
          await render(any, 'text', look),
        );
      }),
    );
  });

  it('shows in junit what is no character to XML as one that is unknown', async () => {
    const xml = await render(
      {...healthy, errors: [{code: 'unknown', message: 'a\ufffeb\uffffc', fix: null}]},
      'junit',
      look,
    );

    assert.match(xml, /message="a\ufffdb\ufffdc"/);
  });

  it('is well-formed XML as junit, with a case for each check, whatever the texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        const xml = await render(any, 'junit', look);
        assert.match(xml, /^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u, 'characters that XML 1.0 knows');
        const open: string[] = [];
        const rest = xml.replace(
          /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
          (_, end: string | undefined, name: string | undefined, __, alone: string) => {
            if (name === undefined) return '';
            if (end === '/') assert.equal(open.pop(), name);
            else if (alone !== '/') open.push(name);
            return '';
          },
        );
        assert.deepEqual(open, []);
        assert.doesNotMatch(rest, /[<>]|&(?!(?:amp|lt|gt|quot);)/);
        assert.equal(xml.split('<testcase ').length - 1, any.checks.length + any.errors.length);
        assert.equal(
          xml.split('<failure ').length - 1,
          any.checks.filter(({status: worst}) => worst === 'critical' || worst === 'warning').length,
        );
      }),
    );
  });

  it('is what Prometheus reads, whatever the texts hold, with no series twice', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        const lines = (await render(any, 'prometheus', look)).split('\n');
        assert.equal(lines.pop(), '');
        const series = lines.filter((line) => !line.startsWith('# '));
        for (const line of series)
          assert.match(
            line,
            /^frigate_health_[a-z_]+(?:\{[a-z_]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\]|\\[\\"n])*")*\})? -?[0-9.e+-]+$/u,
          );
        const named = series.map((line) => line.replace(/ \S+$/, ''));
        assert.equal(new Set(named).size, named.length);
        const counted = series
          .filter((line) => line.startsWith('frigate_health_checks{'))
          .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
        assert.equal(counted, any.errors.length > 0 ? 0 : any.checks.length);
        const statuses = series.filter((line) => line.startsWith('frigate_health_status{'));
        assert.deepEqual(
          statuses.filter((line) => line.endsWith(' 1')),
          statuses.filter((line) => line.includes(`status="${any.summary.health}"`)),
          'one status holds',
        );
      }),
    );
  });

  it('is one line of JSON as jsonl, the same as in json', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        const line = await render(any, 'jsonl', look);
        assert.equal(line.indexOf('\n'), line.length - 1);
        assert.deepEqual(JSON.parse(line), JSON.parse(await render(any, 'json', look)));
      }),
    );
  });

  it('shows nothing unseen in JSON and YAML, and means the same', async () => {
    const unseen = fc.constantFrom(
      '\u202e',
      '\u2066',
      '\u200b',
      '\u0085',
      '\u009b',
      '\u007f',
      '\u2028',
      '\ufeff',
      '\u{e0041}',
      '\u00ad',
    );
    const named = fc
      .tuple(fc.string({maxLength: 5}), unseen, fc.string({unit: 'grapheme', maxLength: 5}))
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(named, named, async (name, key) => {
        const value = {[key]: name, list: [name, `${name}\n${name}`], number: 1};
        for (const [format, read] of [
          ['json', JSON.parse],
          ['yaml', parse],
        ] as ReadonlyArray<readonly ['json' | 'yaml', (text: string) => unknown]>) {
          const shown = await renderValue(value, format);
          assert.doesNotMatch(shown, /[\p{Cf}\u007f-\u009f\u2028\u2029]/u, format);
          assert.deepEqual(read(shown), value, format);
        }
      }),
    );
  });

  it('tells every problem exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(reports, async (any) => {
        const rendered = await render(any, 'text', {...look, columns: null});
        for (const {id, status: worst} of any.checks) {
          const told = rendered
            .split('\n')
            .filter(
              (line) =>
                line.startsWith(`× ${id} `) ||
                line.startsWith(`! ${id} `) ||
                line.startsWith(`? ${id} `) ||
                new RegExp(`^ {4}(explains  | {10})${id} \\w+: `).test(line),
            ).length;
          assert.equal(
            told,
            worst === 'critical' || worst === 'warning' || worst === 'unknown' ? 1 : 0,
            `${id} ${worst}\n${rendered}`,
          );
        }
      }),
    );
  });

  it('never shows a planted secret, in any format', async () => {
    for (const format of FORMATS) {
      const rendered = await render(samples.hostile, format, {...look, columns: null});
      assert.ok(!rendered.includes('hunter2'), format);
      assert.equal(rendered.includes('10.0.0.9'), format !== 'short' && format !== 'prometheus', format);
    }
  });
});

describe('the width of text', () => {
  it('is kept, but for commands and single words, which are never cut', async () => {
    for (const columns of [40, 60, 80, 132]) {
      for (const sample of Object.values(samples)) {
        for (const line of (await render(sample, 'text', {...look, columns})).split('\n')) {
          const whole = line.includes('kubectl ') || !line.trim().includes(' ') || /(docs|fix) +\S+( |$)/.test(line);
          assert.ok(whole || widthOf(line) <= columns, `${columns}: ${line}`);
        }
      }
    }
  });

  it('never takes anything from a fix command', async () => {
    for (const columns of [20, 40, 80, null]) {
      const rendered = await render(samples['partly-forbidden'], 'text', {...look, columns});
      for (const {fix, status: worst} of samples['partly-forbidden'].checks) {
        if (fix !== null && worst !== 'ok') assert.ok(rendered.includes(fix));
      }
    }
  });

  const widths: ReadonlyArray<readonly [string, number]> = [
    ['', 0],
    ['abc', 3],
    ['北门', 4],
    ['Küche', 5],
    ['e\u0301', 1],
    ['📷', 2],
  ];
  for (const [sample, width] of widths)
    it(`of ${JSON.stringify(sample)} is ${width}`, () => assert.equal(widthOf(sample), width));
});

describe('the JSON Schema', () => {
  it('is a draft 2020-12 schema that allows later fields and requires the present ones', () => {
    const schema = checkReportJsonSchema() as {
      $schema: string;
      $id: string;
      required: string[];
      properties: Record<string, {additionalProperties?: unknown; required?: string[]}>;
    };
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
    assert.deepEqual([...schema.required].sort(), [
      'apiVersion',
      'checks',
      'decision',
      'diagnosis',
      'errors',
      'kind',
      'metadata',
      'settings',
      'summary',
    ]);
    assert.ok(!JSON.stringify(schema).includes('"additionalProperties":false'));
    assert.deepEqual(schema.properties['decision']!.required, [
      'action',
      'rule',
      'reason',
      'liftedBy',
      'breaker',
      'streak',
    ]);
  });
});
