import assert from 'node:assert/strict';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import {openPorts} from '../../src/pass/open-ports.js';
import {runPass} from '../../src/pass/run-pass.js';
import {FakeTimers} from '../support/fake-timers.js';
import {aJournal, aSettings} from '../support/fake-world.js';
import {milliseconds, minutes} from '../../src/core/time.js';

/** They stand still: no deadline passes, however slow the machine is. */
const timers = new FakeTimers();
const never = new AbortController().signal;

describe('a healthy pass over real sockets', () => {
  it('takes eleven requests and one for each camera: ten, and the memory used of its limit', async () => {
    const scenario = findScenario('healthy');
    assert.ok(scenario);
    const world = await startSimulator(scenario, {
      pace: 'still',
      startAt: Date.UTC(2026, 9, 10, 3, 10) as never,
      metrics: 'present',
    });
    const cluster = await connect(
      {
        server: world.cluster.url,
        token: 'token-demo',
        kubeconfig: null,
        env: {HOME: '/nonexistent'},
        preferInCluster: false,
      },
      timers,
    );
    assert.ok(!isConnectError(cluster));
    const clock = timers.showing(() => world.clock.now());
    const context = {
      settings: aSettings({apiTimeout: milliseconds(5000)}),
      signal: never,
      stdout: () => undefined,
      warn: () => undefined,
      timers,
      version: '0.0.0',
      open: () => Promise.resolve({cluster, clock, close: () => world.close()}),
    };
    const opened = await openPorts(context, 'a test');
    try {
      for (const pass of [1, 2, 3]) {
        await world.clock.advance(minutes(5));
        world.cluster.forgetRequests();
        const {judgement, end} = await runPass(
          opened.ports,
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
            [18, 7],
            asked.join('\n'),
          );
      }
    } finally {
      await opened.close();
    }
  });
});
