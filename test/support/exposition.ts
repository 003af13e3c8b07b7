/** A strict reader of Prometheus' text format: what it takes, Prometheus takes; anything else fails the test. */
import assert from 'node:assert/strict';

export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

const labelsOf = (text: string): ReadonlyMap<string, string> => {
  const labels = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const found = LABEL.exec(rest);
    assert.ok(found, `not a label: ${rest}`);
    const [whole, name = '', value = ''] = found;
    assert.ok(!labels.has(name), `label ${name} twice`);
    labels.set(
      name,
      value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
    rest = rest.slice(whole.length);
  }
  return labels;
};

/** Histograms' parts belong to the family that was declared. */
const familyOf = (name: string, families: ReadonlyMap<string, unknown>): string =>
  families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');

/** Each family once, its lines together, each series once. */
export const readExposition = (text: string): ReadonlyMap<string, ReadFamily> => {
  const families = new Map<string, {type: string; help: string; series: Series[]}>();
  const seen = new Set<string>();
  let current = '';
  assert.ok(text.endsWith('\n'), 'the last line ends');
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const head = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (head !== null) {
      const [, what, name = '', rest = ''] = head;
      if (what === 'HELP') {
        assert.ok(!families.has(name), `family ${name} twice`);
        families.set(name, {type: '', help: rest, series: []});
      } else {
        assert.match(rest, /^(?:gauge|counter|histogram|summary)$/);
        const family = families.get(name);
        assert.ok(family !== undefined && family.type === '' && family.series.length === 0, `TYPE of ${name}`);
        family.type = rest;
      }
      current = name;
      continue;
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const [, name = '', labels = '', number = ''] = sample;
    const family = familyOf(name, families);
    assert.equal(family, current, `${line} stands apart from its family`);
    const key = line.slice(0, line.lastIndexOf(' '));
    assert.ok(!seen.has(key), `series twice: ${key}`);
    seen.add(key);
    assert.match(number, /^(?:[+-]?Inf|nan|-?[0-9.]+(?:e[+-]?[0-9]+)?)$/i, line);
    const value = Number(number.replace(/^([+-]?)Inf$/, '$1Infinity'));
    families.get(family)?.series.push({name, labels: labelsOf(labels), value});
  }
  return families;
};

/** The values of one metric, by the label values that are asked for. */
export const valuesOf = (
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  ...labels: readonly string[]
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (families.get(name)?.series ?? []).map((series) => [
      labels.map((label) => series.labels.get(label) ?? '').join(' '),
      series.value,
    ]),
  );
