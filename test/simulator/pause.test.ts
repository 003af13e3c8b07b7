/** A pause over the wire of the simulated API server: seen at once by check, watch and state, and gone with `resume`. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {hours, milliseconds} from '../../src/core/time.js';
import type {Context} from '../../src/pass/context.js';
import {render} from '../../src/report/render.js';
import {runCheck} from '../../src/usecases/check.js';
import {pauseFrigate} from '../../src/usecases/pause.js';
import {showState} from '../../src/usecases/state.js';
import {aSettings} from '../support/fake-world.js';
import type {Simulator} from '../../src/simulator/simulator.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {stageOf} from '../usecases/watch/stage.js';

const options = {
  kind: null,
  allNamespaces: false,
  only: [],
  skip: [],
  failOn: 'warning',
  wait: null,
  onProgress: () => undefined,
} as const;
const clusterOf = async ({cluster: {url}}: Simulator): Promise<Cluster> => {
  const cluster = await connect({server: url, token: 'token-demo', env: {}, preferInCluster: false}, processTimers);
  assert.ok(!isConnectError(cluster));
  return cluster;
};

const request = {kind: null, reason: 'new switch', by: 'alice'};

describe('a pause, seen from everywhere', () => {
  it('is shown by check, watch and state while it lasts, and rolls nothing out', async () => {
    await using stage = await stageOf('coral-stuck');
    const context: Context = {
      settings: aSettings({apiTimeout: milliseconds(10_000)}),
      open: async () => ({
        cluster: await clusterOf(stage.world),
        clock: {...processTimers, now: () => stage.world.clock.now()},
        close: () => Promise.resolve(),
      }),
      timers: processTimers,
      signal: new AbortController().signal,
      stdout: () => undefined,
      warn: () => undefined,
      version: '0.0.0',
    };
    await stage.shows(({view}) => view !== null && view.live.judgement.diagnosis.health !== 'unknown');
    const {pause} = await pauseFrigate(context, {...request, length: hours(2)});
    assert.equal(pause?.reason, 'new switch (alice)');

    await stage.shows(({view}) => view?.live.judgement.decision.reason.code === 'paused');
    const [report] = await runCheck(context, options);
    assert.ok(report);
    assert.deepEqual([report.summary.health, report.decision.rule, report.decision.action], ['paused', 'R-01', 'none']);
    assert.match(report.diagnosis.summary, /^Frigate is paused until .*: new switch \(alice\)$/);
    const text = await render(report, 'text', {colour: false, ascii: true, columns: null});
    assert.match(text, /paused until/);
    assert.equal((await showState(context, {history: 5})).pause?.reason, 'new switch (alice)');

    await pauseFrigate(context, {...request, length: null});
    await stage.shows(({view}) => view !== null && view.live.judgement.decision.reason.code !== 'paused');
    assert.notEqual((await runCheck(context, options))[0]?.summary.health, 'paused');
  });
});
