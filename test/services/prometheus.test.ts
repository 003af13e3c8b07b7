/** Against Prometheus' and Alertmanager's own programs, where they stand (`npm run test:services`). */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {stringify} from 'yaml';
import {metricsPage} from '../../src/metrics/metrics.js';
import {processMetrics} from '../../src/metrics/process-metrics.js';
import {alertRules} from '../../src/metrics/monitoring/rules.js';
import {renderPrometheus} from '../../src/report/prometheus.js';
import {alertFile} from '../../src/usecases/alerts.js';
import {fleetOf, judgedFrigate, SCENARIO_NAMES} from '../support/judged-fleet.js';
import {ruleTests} from '../support/rule-cases.js';
import {program} from './services.js';

describe('promtool', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-promtool-'));
  const promtool = (words: readonly string[], input = ''): {readonly status: number | null; readonly said: string} => {
    const {status, stdout, stderr} = spawnSync(program('FRIGATE_HC_TEST_PROMTOOL'), [...words], {
      input,
      encoding: 'utf8',
    });
    return {status, said: `${stdout}${stderr}`};
  };
  const file = (name: string, text: string): string => {
    const written = path.join(folder, name);
    writeFileSync(written, text);
    return written;
  };

  after(() => rmSync(folder, {recursive: true, force: true}));

  it('finds nothing to say about the metrics of every scenario', async () => {
    const frigates = await Promise.all(SCENARIO_NAMES.map(judgedFrigate));
    let text = '';
    const page = metricsPage({cameras: 'all', skipCameras: new Set()}, processMetrics());
    for await (const part of page.write(fleetOf(frigates))) text += part;
    assert.deepEqual(promtool(['check', 'metrics'], text), {status: 0, said: ''});
    for (const {judged} of frigates) {
      const report = judged?.report();
      if (report !== undefined)
        assert.deepEqual(promtool(['check', 'metrics'], renderPrometheus([report])), {status: 0, said: ''});
    }
  });

  it('takes the rules, and each fires and keeps quiet as its cases say', () => {
    const rules = file('health-rules.yml', alertFile('rules', 'nvr'));
    const checked = promtool(['check', 'rules', rules]);
    assert.equal(checked.status, 0, checked.said);
    const tested = promtool(['test', 'rules', file('tests.yml', stringify(ruleTests(alertRules(), rules)))]);
    assert.equal(tested.status, 0, tested.said);
  });

  it('takes the scrape configuration', () => {
    const checked = promtool(['check', 'config', file('scrape-config.yml', alertFile('scrape-config', 'nvr'))]);
    assert.equal(checked.status, 0, checked.said);
  });

  it('has Alertmanager take its example', () => {
    const {status, stdout, stderr} = spawnSync(
      program('FRIGATE_HC_TEST_AMTOOL'),
      ['check-config', file('alertmanager.yml', alertFile('alertmanager', 'nvr'))],
      {encoding: 'utf8'},
    );
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
});
