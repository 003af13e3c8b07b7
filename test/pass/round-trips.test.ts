import assert from 'node:assert/strict';
import {findScenario} from '../../src/demo/scenarios.js';
import {startWorld} from '../../src/demo/world.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import {openWorld} from '../../src/pass/open-world.js';
import {runPass} from '../../src/pass/run-pass.js';
import {aJournal, aSettings} from '../support/fake-world.js';
import {milliseconds, minutes} from '../../src/core/time.js';

describe('a healthy pass over real sockets', () => {
  it('takes ten requests and one for each camera', async () => {
    const scenario = findScenario('healthy');
    assert.ok(scenario);
    const world = await startWorld(scenario, {pace: 'still', startAt: Date.UTC(2026, 9, 10, 3, 10) as never});
    const cluster = await connect({
      server: world.cluster.url,
      token: 'token-demo',
      kubeconfig: null,
      env: {HOME: '/nonexistent'},
      preferInCluster: false,
    });
    assert.ok(!isConnectError(cluster));
    const clock = {now: () => world.clock.now(), monotonic: () => performance.now()};
    const context = {
      settings: aSettings({apiTimeout: milliseconds(5000)}),
      signal: AbortSignal.timeout(9000),
      stdout: () => undefined,
      warn: () => undefined,
      version: '0.0.0',
      open: () => Promise.resolve({cluster, clock, close: () => world.close()}),
    };
    const opened = await openWorld(context, 'a test');
    try {
      for (const pass of [1, 2, 3]) {
        await world.clock.advance(minutes(5));
        world.cluster.forgetRequests();
        const {judgement, end} = await runPass(
          opened.world,
          {request: null, dryRun: false},
          aJournal().journal,
          context.signal,
        );
        assert.deepEqual(
          [judgement.diagnosis.health, end.kind],
          ['healthy', 'done'],
          JSON.stringify(judgement.diagnosis),
        );
        const asked = world.cluster.requests.map(({method, path}) => `${method} ${path.replace(/\?.*/, '')}`);
        // The first one reviews its rights and looks for a state that was there before.
        if (pass > 1)
          assert.deepEqual(
            [asked.length, asked.filter((one) => one.endsWith('/recordings')).length],
            [17, 7],
            asked.join('\n'),
          );
      }
    } finally {
      await opened.close();
    }
  });
});
