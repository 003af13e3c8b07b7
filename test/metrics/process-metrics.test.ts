import assert from 'node:assert/strict';
import {metricsPage} from '../../src/metrics/metrics.js';
import {PROCESS_NAMES, PROCESS_TABLE, processMetrics} from '../../src/metrics/process-metrics.js';
import {readExposition, valuesOf} from '../support/exposition.js';
import {fleetOf} from '../support/judged-fleet.js';

describe('the metrics of the process', () => {
  it('count what the parts of the daemon do, before the series of the fleet', async () => {
    const metrics = processMetrics();
    metrics.polled('answered', 0.02);
    metrics.polled('silent', 2);
    metrics.pollLagged(0.001);
    metrics.kubernetesRequested('patch', 'deployments', 409);
    metrics.watchRestarted('pods');
    metrics.stateWritten('conflict');
    metrics.alertSent('ntfy', 'delivered');
    metrics.consulRequested('not_found');
    metrics.httpRequested('/api/v1/frigates', 'GET', 200);
    let text = '';
    for await (const part of metricsPage({cameras: 'all', skipCameras: new Set()}, metrics).write(fleetOf([])))
      text += part;
    const families = readExposition(text);
    assert.deepEqual(valuesOf(families, 'frigate_health_polls_total', 'result'), {answered: 1, silent: 1});
    assert.deepEqual(valuesOf(families, 'frigate_health_kubernetes_requests_total', 'verb', 'resource', 'code'), {
      'patch deployments 409': 1,
    });
    const duration = families.get('frigate_health_poll_duration_seconds');
    assert.equal(duration?.type, 'histogram');
    assert.equal(duration.series.find(({labels}) => labels.get('le') === '0.05')?.value, 1);
    assert.equal(duration.series.find(({name}) => name.endsWith('_count'))?.value, 2);
    for (const {name} of Object.values(PROCESS_TABLE)) assert.ok((families.get(name)?.series.length ?? 0) > 0, name);
    for (const name of PROCESS_NAMES) assert.ok(families.has(name), name);
    assert.ok(families.has('frigate_health_build_info'));
  });
});
