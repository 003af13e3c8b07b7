/** How soon the screen shows what happens, and what it shows while the cluster cannot be seen; over real sockets against the simulated cluster. */
import assert from 'node:assert/strict';
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {markDeleted} from '../../../src/simulator/control-plane/deletion.js';
import {asPod} from '../../../src/simulator/api/objects.js';
import {isWell, stageOf} from './stage.js';

describe('a live look', function () {
  this.timeout(60_000);

  it('shows within a second that a pod is being deleted, and then the one that takes its place', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    const before = stage.store.get().view?.pod.pod;
    const {store} = stage.world.cluster;
    const [pod] = store.list('pods', 'frigate');
    assert.ok(pod !== undefined);
    markDeleted(store, asPod(pod), stage.world.clock.now());
    const took = await stage.shows(
      ({view}) => view !== null && (view.pod.state === 'terminating' || view.pod.pod !== before),
    );
    assert.ok(took < 1000, `${took.toFixed(0)} ms until a pod that ends is shown`);
    await stage.shows(({view}) => view !== null && view.pod.pod !== before && view.pod.pod !== null);
    assert.ok(
      stage.store.get().changes.some(({kind}) => kind === 'pod'),
      'it is told as an event',
    );
    // The new one starts: its numbers are its own, and it is not asked more and more rarely.
    await stage.shows(
      ({freshness, view}) =>
        freshness.live &&
        view?.live.watchState.frigate.stats.known === true &&
        view.live.watchState.frigate.podUid !== pod.metadata.uid,
      45_000,
    );
  });

  it('shows within a second that a container died', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    const {store} = stage.world.cluster;
    const [pod] = store.list('pods', 'frigate');
    assert.ok(pod !== undefined);
    store.update('pods', 'frigate', pod.metadata.name, (object) => {
      const [status] = asPod(object).status.containerStatuses ?? [];
      assert.ok(status !== undefined);
      Object.assign(status, {
        ready: false,
        restartCount: 1,
        state: {
          terminated: {
            reason: 'OOMKilled',
            exitCode: 137,
            startedAt: '2026-01-01T00:00:00Z',
            finishedAt: '2026-01-01T01:00:00Z',
            containerID: 'containerd://dead',
          },
        },
      });
    });
    const took = await stage.shows(({view}) => view?.pod.state.includes('OOMKilled') === true);
    assert.ok(took < 1000, `${took.toFixed(0)} ms until a dead container is shown`);
  });

  it('shows within five seconds that the API hangs, long before it counts as dead, and then that it does', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    await stage.world.cluster.fault('main-stop');
    const took = await stage.shows(({freshness}) => !freshness.live && freshness.silentFor !== null);
    assert.ok(took < 5000, `${took.toFixed(0)} ms until silence is shown`);
    assert.ok(
      stage.store
        .get()
        .changes.some(({kind, subject, to}) => kind === 'source' && subject === 'frigate' && to === 'lost'),
      'it is told as an event',
    );
    // Two ways, ten seconds each.
    await stage.shows(
      ({view}) => view?.checks.some(({id, status}) => id === 'FRG-301' && status === 'critical') === true,
      30_000,
    );
  });

  it('shows that the API server is gone and since when, and goes on when it is back', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    const back = stage.world.cluster.disruptions.add({match: () => true, answer: 'reset'});
    stage.world.cluster.cut();
    const lost = await stage.shows(({freshness}) =>
      freshness.troubles.some((trouble) =>
        /^workload and pods: no answer since \d\d:\d\d:\d\dZ, retry in /.test(trouble),
      ),
    );
    assert.ok(lost < 1000, `${lost.toFixed(0)} ms until a lost API server is shown`);
    const stale = await stage.shows(({freshness}) => !freshness.live);
    assert.ok(stale < 5000, `${stale.toFixed(0)} ms until Frigate's numbers are called old`);
    await stage.shows(
      ({view}) =>
        view?.live.judgement.findings.some(({id, status}) => id === 'FRG-101' && status === 'critical') === true,
    );
    back();
    await stage.shows((snapshot) => isWell(snapshot) && snapshot.freshness.troubles.length === 0, 45_000);
    const sources = stage.store
      .get()
      .changes.filter(({kind, subject}) => kind === 'source' && subject === 'cluster')
      .map(({to}) => to);
    assert.deepEqual(sources, ['lost', 'available']);
  });

  it('tells that its credentials have expired and what the plugin says, and goes on when somebody has signed in again', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'frigate-health-expiry-'));
    const plugin = path.join(folder, 'plugin');
    const runs = path.join(folder, 'runs');
    const answers = (line: string): void => {
      writeFileSync(plugin, `#!/bin/sh\necho run >> ${runs}\n${line}\n`);
      chmodSync(plugin, 0o755);
    };
    const token = (user: string): string =>
      `echo '${JSON.stringify({apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: {token: `token-${user}`}})}'`;
    const runsSoFar = (): number => readFileSync(runs, 'utf8').trim().split('\n').length;
    const kubeconfigOf = (server: string): string => {
      const file = path.join(folder, 'kubeconfig');
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'sso',
          clusters: [{name: 'c', cluster: {server}}],
          contexts: [{name: 'sso', context: {cluster: 'c', user: 'me', namespace: 'frigate'}}],
          users: [{name: 'me', user: {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: plugin}}}],
        }),
      );
      return file;
    };
    try {
      answers(token('demo'));
      await using stage = await stageOf('healthy', kubeconfigOf);
      await stage.shows(isWell);
      assert.equal(runsSoFar(), 1);
      const valid = stage.world.cluster.disruptions.add({match: () => true, answer: {status: 401}});
      answers('echo "the session has expired: sign in again" >&2; exit 1');
      stage.world.cluster.cut();
      const told = await stage.shows(({freshness}) =>
        freshness.troubles.some((trouble) =>
          /credential plugin \S+ failed: the session has expired: sign in again/.test(trouble),
        ),
      );
      assert.ok(told < 3000, `${told.toFixed(0)} ms until it is told`);
      await stage.shows(({freshness, view}) => !freshness.live && view?.live.judgement.diagnosis.health === 'unknown');
      const before = runsSoFar();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      assert.ok(runsSoFar() - before <= 25, `the plugin was run ${runsSoFar() - before} times in 5 s`);
      assert.equal(stage.store.get().freshness.live, false);
      valid();
      answers(token('demo'));
      await stage.shows((snapshot) => isWell(snapshot) && snapshot.freshness.troubles.length === 0, 45_000);
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  });

  it('judges a calm Frigate seldom, and shows all the while how fresh its numbers are', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    stage.judged.clear();
    stage.world.cluster.forgetRequests();
    const from = stage.world.clock.now();
    while (stage.world.clock.now() - from < 20_000) {
      assert.ok(stage.store.get().freshness.live, stage.store.get().freshness.text);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const polls = stage.world.cluster.requests.filter(({path}) => path.endsWith('/proxy/api/stats')).length;
    // At least each five seconds, and at once for new numbers: those of 15 s and what comes with them.
    assert.ok(stage.judged.size >= 2 && stage.judged.size <= 9, `${stage.judged.size} judgements in 20 s`);
    assert.ok(polls > 6, `${polls} polls`);
  });

  it('follows on where the right to watch is taken away: it asks instead, and says so', async () => {
    await using stage = await stageOf();
    stage.world.cluster.disruptions.add({match: ({path}) => path.includes('watch=1'), answer: {status: 403}});
    await stage.shows(({view}) => view?.live.watchState.sources.cluster.live === false);
    await stage.shows(isWell);
    assert.deepEqual(stage.store.get().freshness.troubles, []);
  });

  it('asks for the CPU time of a container whose start lasts longer than usual, which Frigate itself cannot tell', async () => {
    await using stage = await stageOf('model-build', null, null, {metrics: 'present'});
    await stage.shows(({view}) => view?.live.watchState.cpuUse.known === true, 20_000);
  });

  it('asks Frigate one question at a time and never faster than it was told', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    stage.world.cluster.forgetRequests();
    await new Promise((resolve) => setTimeout(resolve, 6500));
    const polls = stage.world.cluster.requests.filter(
      ({path}) => path.includes('/proxy/api/stats') && !path.includes('history'),
    ).length;
    assert.ok(polls >= 2 && polls <= 5, `${polls} polls in 6.5 s`);
    assert.equal(
      stage.world.cluster.requests.filter(({method}) => method !== 'GET' && method !== 'POST').length,
      0,
      'nothing is written',
    );
    assert.ok(
      stage.world.cluster.requests
        .filter(({method}) => method === 'POST')
        .every(({path}) => path.includes('selfsubject')),
      'only rights are reviewed',
    );
  });
});
