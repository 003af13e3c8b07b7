import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {parse} from 'yaml';
import {FAMILIES} from '../../src/metrics/metrics.js';
import {dashboard, dashboardExpressions} from '../../src/metrics/monitoring/dashboard.js';
import {alertRules, metricsIn} from '../../src/metrics/monitoring/rules.js';
import {PROCESS_NAMES, PROCESS_TABLE} from '../../src/metrics/process-metrics.js';
import {PREFIX} from '../../src/report/exposition.js';
import {alertFile, monitoringFiles, monitorManifests} from '../../src/usecases/alerts.js';
import {runInstall} from '../../src/usecases/install/install.js';
import {RULE_CASES} from '../support/rule-cases.js';

const exported = new Map<string, readonly string[]>([
  ...FAMILIES.map(({name, labels}) => [`${PREFIX}${name}`, labels] as const),
  ...Object.values(PROCESS_TABLE).map(({name, labelNames}) => [name, labelNames] as const),
  ...PROCESS_NAMES.map((name) => [name, []] as const),
]);

/** Labels in matchers, `by (…)` and `on (…)`. */
const labelsIn = (expression: string): readonly string[] => [
  ...[...expression.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
  ...[...expression.matchAll(/\b(?:by|on) \(([a-z_, ]+)\)/g)].flatMap(([, labels = '']) => labels.split(', ')),
];

/** Of the scrape, or of every series of a Frigate. */
const ALWAYS = new Set(['job', 'namespace', 'pod', 'instance', 'frigate_namespace', 'frigate']);

const holdsTo = (expression: string): void => {
  const metrics = metricsIn(expression);
  const known = new Set(metrics.flatMap((metric) => exported.get(metric) ?? []));
  for (const metric of metrics) assert.ok(exported.has(metric), `${metric} is not exported: ${expression}`);
  for (const label of labelsIn(expression))
    assert.ok(ALWAYS.has(label) || known.has(label), `no metric has the label ${label}: ${expression}`);
};

describe('the alert rules', () => {
  it('name only metrics and labels that are exported', () => {
    for (const {expr} of alertRules()) holdsTo(expr);
  });

  it('have a name of their own, a firing and a quiet case each', () => {
    const names = alertRules().map(({alert}) => alert);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(Object.keys(RULE_CASES).sort(), [...names].sort());
    for (const {quiet} of Object.values(RULE_CASES)) assert.ok(quiet.length > 0);
  });

  it('use in their texts only labels that their expression leaves', () => {
    for (const {alert, expr, summary, description} of alertRules()) {
      const left = new Set(
        [...expr.matchAll(/\bby \(([a-z_, ]+)\)/g)].flatMap(([, labels = '']) => labels.split(', ')),
      );
      for (const [, label = ''] of `${summary} ${description}`.matchAll(/\$labels\.(\w+)/g))
        assert.ok(left.has(label) || (alert === 'ServiceDown' && label === 'job'), `${alert}: ${label}`);
    }
  });

  it('are not restarted by another leader: every series of a Frigate is aggregated over the replicas', () => {
    for (const {alert, expr} of alertRules())
      if (alert !== 'ServiceDown')
        assert.equal(expr.split(/\b(?:max|sum) by \(/).length - 1, metricsIn(expr).length, alert);
  });

  it('ask for as many leaders as there are shards, of the job that was named', () => {
    const text = alertFile('rules', 'nvr', {job: 'other', leaders: 3});
    assert.match(text, /leader\) != 3/);
    assert.match(text, /up\{job="other"\} == 0 or absent\(up\{job="other"\}\)/);
    assert.doesNotMatch(text, /job="frigate-health"/);
  });
});

describe('the dashboard', () => {
  it('names only metrics and labels that are exported', () => {
    for (const expression of dashboardExpressions()) holdsTo(expression);
    for (const expression of dashboardExpressions()) assert.match(expression, /frigate_health_|up\{/);
  });

  it('has panels that do not lie on each other, within 24 columns', () => {
    const {panels} = dashboard() as {
      panels: ReadonlyArray<{id: number; title: string; gridPos: {x: number; y: number; w: number; h: number}}>;
    };
    assert.equal(new Set(panels.map(({id}) => id)).size, panels.length);
    const taken = new Map<string, string>();
    for (const {title, gridPos} of panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.equal(taken.get(`${x} ${y}`), undefined, title);
          taken.set(`${x} ${y}`, title);
        }
    }
  });

  it('has rows for uptime, health, dependencies, cameras, detectors and restarts', () => {
    const {panels} = dashboard() as {panels: ReadonlyArray<{type: string; title: string}>};
    assert.deepEqual(
      panels.filter(({type}) => type === 'row').map(({title}) => title),
      ['Uptime', 'Health', 'Dependencies', 'Cameras', 'Detectors and memory', 'Restarts'],
    );
  });
});

describe('the monitors of the Prometheus Operator', () => {
  it('scrape the port http of the pods of serve under the job that the rules name', () => {
    const [monitor, rule] = monitorManifests('nvr') as [
      {
        kind: string;
        metadata: {namespace: string};
        spec: {jobLabel: string; selector: {matchLabels: object}; podMetricsEndpoints: {port: string}[]};
      },
      {kind: string; spec: {groups: {rules: object[]}[]}},
    ];
    assert.equal(monitor.kind, 'PodMonitor');
    assert.equal(monitor.metadata.namespace, 'nvr');
    assert.deepEqual(monitor.spec.selector.matchLabels, {[monitor.spec.jobLabel]: 'frigate-health'});
    assert.equal(monitor.spec.podMetricsEndpoints[0]?.port, 'http');
    assert.equal(rule.kind, 'PrometheusRule');
    assert.deepEqual(rule.spec, parse(alertFile('rules', 'nvr')));
  });
});

describe('install --monitor', () => {
  const run = (namespace: string | null) =>
    runInstall(
      {
        flags: namespace === null ? {} : {namespace},
        env: {},
        otherVariables: [],
        image: null,
        schedule: null,
        smtpSecret: null,
        notifySecret: null,
        version: '0.1.0',
      },
      {
        kind: null,
        check: false,
        permissions: false,
        monitor: true,
        serve: null,
        format: null,
        open: () => Promise.resolve({kind: 'unreachable', message: 'no cluster', fix: []} as never),
        signal: new AbortController().signal,
        warn: (line) => assert.fail(line),
      },
    );

  it('prints the monitor and the rules for the namespace that was named, and asks no cluster', async () => {
    const {content, exitCode} = await run('nvr');
    assert.equal(exitCode, 0);
    assert.ok(typeof content === 'string');
    const kinds = content
      .split('---\n')
      .map((document) => parse(document) as {kind: string; metadata: {namespace: string}});
    assert.deepEqual(
      kinds.map(({kind, metadata}) => `${kind} in ${metadata.namespace}`),
      ['PodMonitor in nvr', 'PrometheusRule in nvr'],
    );
  });

  it('takes the documented namespace where none is known', async () => {
    const {content} = await run(null);
    assert.ok(typeof content === 'string' && content.includes('namespace: frigate\n'));
  });
});

describe('deploy/monitoring and deploy/dashboards', () => {
  const deploy = path.resolve(import.meta.dirname, '../../deploy');

  it('hold what the program prints, and nothing else (npm run deploy)', () => {
    const files = monitoringFiles();
    for (const [name, text] of files) assert.equal(readFileSync(path.join(deploy, name), 'utf8'), text, name);
    const there = ['monitoring', 'dashboards'].flatMap((folder) =>
      readdirSync(path.join(deploy, folder), {withFileTypes: true, recursive: true})
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(deploy, path.join(entry.parentPath, entry.name))),
    );
    assert.deepEqual(there.sort(), [...files.keys()].sort());
  });
});
