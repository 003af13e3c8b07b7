import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {mustBeBuilt, run} from './program.js';

const deploy = path.resolve(import.meta.dirname, '../../deploy');

describe('alerts, as a process without a cluster', () => {
  before(mustBeBuilt);

  for (const [file, written] of [
    ['rules', 'monitoring/alerts/health-rules.yml'],
    ['scrape-config', 'monitoring/scrape-config.yml'],
    ['alertmanager', 'monitoring/alertmanager.yml'],
    ['dashboard', 'dashboards/service-health.json'],
  ] as const)
    it(`${file} prints ${written}`, async () => {
      const {code, stdout, stderr} = await run(['alerts', file]);
      assert.deepEqual({code, stderr}, {code: 0, stderr: ''});
      assert.equal(stdout, readFileSync(path.join(deploy, written), 'utf8'));
    });

  it('refuses what it has no file for', async () => {
    const {code, stdout} = await run(['alerts', 'everything']);
    assert.deepEqual({code, stdout}, {code: 64, stdout: ''});
  });
});
