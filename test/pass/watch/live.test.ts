/** How soon the screen shows what happens, and what it shows while the cluster cannot be seen; over real sockets against the simulated cluster. */
import assert from 'node:assert/strict';
import {markDeleted} from '../../../src/demo/cluster/deletion.js';
import {asPod} from '../../../src/demo/cluster/objects.js';
import {findScenario} from '../../../src/demo/scenarios.js';
import {startWorld, type World} from '../../../src/demo/world.js';
import {connect, isConnectError} from '../../../src/kubernetes/connect.js';
import {watch, type Watching} from '../../../src/pass/watch.js';
import {milliseconds, seconds} from '../../../src/core/time.js';
import {createStore, type Snapshot, type Store} from '../../../src/tui/store.js';
import {aPolicy} from '../../support/observation.js';
import {aSettings} from '../../support/fake-world.js';

/** As on the screen. */
const GAP = 250;
const TICK = 500;
const POLL = seconds(2);

interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly watching: Watching;
  readonly store: Store;
  /** Milliseconds until a snapshot holds it. */
  readonly shows: (holds: (snapshot: Snapshot) => boolean, limit?: number) => Promise<number>;
  /** Every judgement so far. */
  readonly judged: Set<unknown>;
}

const stageOf = async (name = 'healthy'): Promise<Stage> => {
  const scenario = findScenario(name);
  assert.ok(scenario);
  const world = await startWorld(scenario);
  const cluster = await connect({server: world.cluster.url, token: 'token-demo', kubeconfig: null, env: {HOME: '/nonexistent'}, preferInCluster: false});
  assert.ok(!isConnectError(cluster));
  const clock = {now: () => world.clock.now(), monotonic: () => performance.now()};
  const policy = aPolicy();
  const store = createStore({policy, interval: POLL, gap: GAP, now: clock.now, later: (work, length) => {
    const timer = setTimeout(work, length);
    return () => clearTimeout(timer);
  }});
  const ending = new AbortController();
  const context = {
    settings: aSettings({apiTimeout: milliseconds(10_000), policy}), signal: ending.signal, stdout: () => undefined, warn: () => undefined, version: '0.0.0',
    open: () => Promise.resolve({cluster, clock, close: () => world.close()}),
  };
  const judged = new Set<unknown>();
  const watching = await watch(context, {kind: null, interval: POLL, random: () => 0.5}, (live) => {
    judged.add(live.judgement);
    store.receive(live);
  });
  const ticking = setInterval(() => store.tick(), TICK);
  const shows = (holds: (snapshot: Snapshot) => boolean, limit = 15_000): Promise<number> => new Promise((resolve, reject) => {
    const begun = performance.now();
    const look = (): void => {
      if (!holds(store.get())) return;
      done();
      resolve(performance.now() - begun);
    };
    const leave = store.subscribe(look);
    const timer = setTimeout(() => {
      done();
      const {freshness, view} = store.get();
      reject(new Error(`it was never shown: ${JSON.stringify({freshness, pod: view?.pod, sources: view?.live.board.sources})}`));
    }, limit);
    const done = (): void => {
      leave();
      clearTimeout(timer);
    };
    look();
  });
  return {
    world, watching, store, shows, judged,
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      store.close();
      await watching.close();
    },
  };
};

const isWell = ({view, freshness}: Snapshot): boolean => view?.live.complete === true && view.live.judgement.diagnosis.health === 'healthy' && freshness.live;

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
    const took = await stage.shows(({view}) => view !== null && (view.pod.state === 'terminating' || view.pod.pod !== before));
    assert.ok(took < 1000, `${took.toFixed(0)} ms until a pod that ends is shown`);
    await stage.shows(({view}) => view !== null && view.pod.pod !== before && view.pod.pod !== null);
    assert.ok(stage.store.get().changes.some(({kind}) => kind === 'pod'), 'it is told as an event');
    // The new one starts: its numbers are its own, and it is not asked more and more rarely.
    await stage.shows(({freshness, view}) => freshness.live && view?.live.board.frigate.stats.known === true && view.live.board.frigate.podUid !== pod.metadata.uid, 45_000);
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
      Object.assign(status, {ready: false, restartCount: 1, state: {terminated: {reason: 'OOMKilled', exitCode: 137, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T01:00:00Z', containerID: 'containerd://dead'}}});
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
    assert.ok(stage.store.get().changes.some(({kind, subject, to}) => kind === 'source' && subject === 'frigate' && to === 'lost'), 'it is told as an event');
    // Two ways, ten seconds each.
    await stage.shows(({view}) => view?.checks.some(({id, status}) => id === 'FRG-301' && status === 'critical') === true, 30_000);
  });

  it('shows that the API server is gone and since when, and goes on when it is back', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    const back = stage.world.cluster.disruptions.add({match: () => true, answer: 'reset'});
    stage.world.cluster.cut();
    const lost = await stage.shows(({freshness}) => freshness.troubles.some((trouble) => /^workload and pods not seen since \d\d:\d\d:\d\dZ, again in /.test(trouble)));
    assert.ok(lost < 1000, `${lost.toFixed(0)} ms until a lost API server is shown`);
    const stale = await stage.shows(({freshness}) => !freshness.live);
    assert.ok(stale < 5000, `${stale.toFixed(0)} ms until Frigate's numbers are called old`);
    await stage.shows(({view}) => view?.live.judgement.findings.some(({id, status}) => id === 'FRG-101' && status === 'critical') === true);
    back();
    await stage.shows((snapshot) => isWell(snapshot) && snapshot.freshness.troubles.length === 0, 45_000);
    const sources = stage.store.get().changes.filter(({kind, subject}) => kind === 'source' && subject === 'cluster').map(({to}) => to);
    assert.deepEqual(sources, ['lost', 'seen']);
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
    await stage.shows(({view}) => view?.live.board.sources.cluster.live === false);
    await stage.shows(isWell);
    assert.deepEqual(stage.store.get().freshness.troubles, []);
  });

  it('asks Frigate one question at a time and never faster than it was told', async () => {
    await using stage = await stageOf();
    await stage.shows(isWell);
    stage.world.cluster.forgetRequests();
    await new Promise((resolve) => setTimeout(resolve, 6500));
    const polls = stage.world.cluster.requests.filter(({path}) => path.includes('/proxy/api/stats') && !path.includes('history')).length;
    assert.ok(polls >= 2 && polls <= 5, `${polls} polls in 6.5 s`);
    assert.equal(stage.world.cluster.requests.filter(({method}) => method !== 'GET' && method !== 'POST').length, 0, 'nothing is written');
    assert.ok(stage.world.cluster.requests.filter(({method}) => method === 'POST').every(({path}) => path.includes('selfsubject')), 'only rights are reviewed');
  });
});
