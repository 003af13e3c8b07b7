/** Every scenario starts fast and shows what its title promises. */
import assert from 'node:assert/strict';
import {decodeState} from '../../src/core/state/codec.js';
import {encodeState} from '../../src/core/state/encode.js';
import {instant} from '../../src/core/time.js';
import {findScenario, scenarios} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../src/simulator/simulator.js';
import {conditionOf, type Answered, type ContainerShape, type StatsShape} from './shapes.js';

const NOW = instant(Date.parse('2026-11-23T04:00:00Z'));
const NS = '/api/v1/namespaces/frigate';

interface Sight {
  pods: Answered[];
  node: Answered;
  events: string[];
  /** `silent`, a status, or the parsed stats. */
  stats: StatsShape | number | 'silent';
  log: string;
  /** Age of the newest segment by camera, seconds; null: none in the last hour. */
  ages: Record<string, number | null>;
}

const sightOf = async (world: Simulator): Promise<Sight> => {
  const ask = (path: string): Promise<Response> =>
    fetch(`${world.cluster.url}${path}`, {
      headers: {authorization: 'Bearer token-demo'},
      signal: AbortSignal.timeout(1000),
    });
  const json = async (path: string): Promise<Answered> => (await ask(path)).json() as Promise<Answered>;
  const pods = (await json(`${NS}/pods`)).items;
  const pod = pods.at(-1)?.['metadata'].name as string;
  const now = world.clock.now() / 1000;
  const stats = await ask(`${NS}/pods/${pod}:5000/proxy/api/stats`).then(
    async (reply) => (reply.status === 200 ? (reply.json() as Promise<StatsShape>) : reply.status),
    () => 'silent' as const,
  );
  const ages: Sight['ages'] = {};
  if (typeof stats === 'object') {
    for (const camera of world.scenario.site.cameras) {
      const rows = (await json(
        `${NS}/pods/${pod}:5000/proxy/api/${camera.name}/recordings?after=${now - 3600}&before=${now}`,
      )) as unknown as Array<{end_time: number}>;
      ages[camera.name] = rows.length > 0 ? now - rows.at(-1)!.end_time : null;
    }
  }
  return {
    pods,
    stats,
    ages,
    node: await json('/api/v1/nodes/nuc-1'),
    events: (await json(`${NS}/events`)).items.map((event) => `${event.reason}: ${event.message}`),
    log: await (await ask(`${NS}/pods/${pod}/log?sinceSeconds=600`)).text(),
  };
};

const statusOf = (pod: Answered | undefined): ContainerShape => {
  const status = pod?.status.containerStatuses[0];
  if (status === undefined) throw new assert.AssertionError({message: 'no pod'});
  return status;
};
const statsOf = (sight: Sight): StatsShape => {
  if (typeof sight.stats !== 'object') throw new assert.AssertionError({message: `stats were ${sight.stats}`});
  return sight.stats;
};
const recorded = (sight: Sight): boolean => Object.values(sight.ages).every((age) => age !== null && age <= 20);
const nothingRecorded = (sight: Sight): boolean => Object.values(sight.ages).every((age) => age === null || age > 300);
const cameraFps = (sight: Sight): Record<string, number> =>
  Object.fromEntries(Object.entries(statsOf(sight).cameras).map(([name, camera]) => [name, camera.camera_fps]));
const deadCameras = (sight: Sight): string[] =>
  Object.entries(cameraFps(sight))
    .filter(([, fps]) => fps < 1)
    .map(([name]) => name)
    .sort();

const promises: Readonly<Record<string, (sight: Sight) => void>> = {
  healthy: (sight) => {
    assert.ok(recorded(sight));
    assert.deepEqual(deadCameras(sight), []);
    assert.equal(statsOf(sight).service.storage['/media/frigate/recordings']!.mount_type, 'ext4');
    assert.equal(sight.log, '');
  },
  'coral-stuck': (sight) => assert.ok(sight.log.split('appears to be stuck').length - 1 >= 8),
  'detector-silent': (sight) => {
    assert.equal(sight.log, '');
    assert.ok(statsOf(sight).cameras['gate']!.process_fps <= 0.2 && statsOf(sight).cameras['gate']!.skipped_fps >= 4.8);
    assert.ok(recorded(sight));
  },
  'stats-frozen': (sight) => {
    assert.ok(NOW / 1000 - statsOf(sight).service.last_updated >= 9 * 60);
    assert.ok(nothingRecorded(sight));
  },
  'api-dead': (sight) => assert.equal(sight.stats, 'silent'),
  'one-camera-down': (sight) => {
    assert.deepEqual(deadCameras(sight), ['backyard']);
    assert.match(sight.log, /rtsp:\/\/192\.168\.20\.13:554\/cam: Connection refused/);
    assert.ok(sight.ages['backyard']! > 1000 && sight.ages['gate']! <= 20);
  },
  'subnet-down': (sight) => assert.deepEqual(deadCameras(sight), ['barn', 'gate', 'stable']),
  'disk-full': (sight) => {
    assert.ok(statsOf(sight).service.storage['/media/frigate/recordings']!.free < 1);
    assert.match(sight.log, /Could not clear/);
  },
  'oom-loop': (sight) => {
    const status = statusOf(sight.pods[0]);
    assert.ok(status.restartCount >= 5);
    assert.deepEqual([status.lastState.terminated?.reason, status.lastState.terminated?.exitCode], ['OOMKilled', 137]);
    assert.match(JSON.stringify(status.state), /CrashLoopBackOff|running/);
    assert.ok(sight.events.some((event) => event.startsWith('BackOff: Back-off restarting failed container frigate')));
  },
  'node-down': (sight) => {
    assert.equal(conditionOf(sight.node, 'Ready').status, 'Unknown');
    assert.equal(sight.pods.length, 2);
    assert.ok(sight.pods.some((pod) => pod.metadata.deletionTimestamp !== undefined));
    assert.ok(
      sight.pods.some(
        (pod) =>
          pod.status.phase === 'Pending' &&
          JSON.stringify(pod.status.conditions).includes('node.kubernetes.io/unreachable'),
      ),
    );
    assert.ok(sight.events.some((event) => event.startsWith('NodeNotReady')));
  },
  starting: (sight) => {
    assert.equal(sight.stats, 500);
    assert.match(sight.log, /Running database vacuum/);
  },
  'breaker-open': (sight) => assert.ok(statsOf(sight).cameras['gate']!.process_fps <= 0.2),
  'capture-frozen': (sight) => {
    assert.deepEqual(deadCameras(sight), []);
    assert.ok(sight.ages['driveway']! > 600 && sight.ages['gate']! <= 20);
  },
  'recorder-dead': (sight) => {
    assert.ok(nothingRecorded(sight));
    assert.equal(statsOf(sight).cpu_usages[String(statsOf(sight).processes['recording']!.pid)], undefined);
  },
  'disk-hang': (sight) => {
    assert.ok(nothingRecorded(sight));
    assert.equal(statsOf(sight).service.storage['/media/frigate/recordings']!.mount_type, 'nfs4');
  },
  'safe-mode': (sight) => {
    assert.deepEqual(statsOf(sight).cameras, {});
    assert.equal(statusOf(sight.pods[0]).lastState.terminated?.exitCode, 0);
  },
  unschedulable: (sight) => {
    assert.equal(sight.pods[0]!.status.phase, 'Pending');
    assert.ok(
      sight.events.some((event) =>
        event.startsWith('FailedScheduling: 0/1 nodes are available: 1 Insufficient squat.ai/coral'),
      ),
    );
  },
  'image-pull': (sight) => {
    assert.equal(statusOf(sight.pods[0]).state.waiting?.reason, 'ImagePullBackOff');
    assert.match(sight.log, /trying and failing to pull image/);
  },
  'crash-loop': (sight) => {
    assert.ok(statusOf(sight.pods[0]).restartCount >= 5);
    assert.equal(statusOf(sight.pods[0]).lastState.terminated?.exitCode, 143);
  },
  fleet: (sight) => {
    assert.equal(sight.pods.length, 1);
    assert.deepEqual(deadCameras(sight), []);
  },
  'go2rtc-hung': (sight) => assert.deepEqual(deadCameras(sight), ['front_door']),
  'cache-full': (sight) => {
    assert.equal(statsOf(sight).service.storage['/tmp/cache']!.free, 0);
    assert.ok(cameraFps(sight)['driveway']! >= 5 && cameraFps(sight)['barn'] === 0);
  },
  'model-build': (sight) => {
    assert.equal(sight.stats, 503);
    assert.equal(conditionOf(sight.pods[0]!, 'Ready').status, 'False');
    assert.ok('running' in statusOf(sight.pods[0]).state);
    assert.match(sight.log, /^$|Generat/);
  },
  'port-moved': (sight) => {
    assert.equal(sight.stats, 503);
    assert.equal(conditionOf(sight.pods[0]!, 'Ready').status, 'True');
    assert.equal(sight.log, '');
  },
  'switched-off': (sight) => {
    assert.deepEqual(deadCameras(sight), []);
    assert.ok(sight.ages['barn'] === null && sight.ages['stable']! <= 20);
    assert.equal(statsOf(sight).cameras['barn']!.process_fps >= 4.9, true);
  },
  'stale-mount': (sight) => {
    assert.deepEqual(deadCameras(sight), []);
    assert.ok(nothingRecorded(sight));
    assert.deepEqual(statsOf(sight).service.storage['/media/frigate/recordings'], {});
    assert.match(sight.log, /\[Errno 116\] Stale file handle: '\/media\/frigate\/recordings\//);
  },
};

describe('scenarios', () => {
  it('are all promised something here', () => {
    assert.deepEqual(scenarios.map((scenario) => scenario.name).sort(), Object.keys(promises).sort());
  });

  for (const scenario of scenarios) {
    it(`${scenario.name}: ${scenario.title}`, async () => {
      const world = await startSimulator(scenario, {pace: 'still', startAt: NOW});
      try {
        promises[scenario.name]!(await sightOf(world));
      } finally {
        await world.close();
      }
    });
  }

  it('begin with the state that they need, as the codec writes it', async () => {
    for (const [name, restarts, streak] of [
      ['coral-stuck', 0, 1],
      ['breaker-open', 2, 1],
    ] as const) {
      const world = await startSimulator(findScenario(name)!, {
        pace: 'still',
        startAt: NOW,
        encodeState: (state) => new Map([['state', encodeState(state)]]),
      });
      const map = world.cluster.store.get('configmaps', 'frigate', 'frigate-health-state')!;
      const {state, problems} = decodeState((map['data'] as Answered['data'])['state']!);
      assert.deepEqual(problems, []);
      assert.equal(state.restarts.length, restarts);
      assert.equal(state.streak?.count, streak);
      const pod = world.cluster.store.list('pods', 'frigate')[0]!;
      assert.equal(state.streak.podUid, pod.metadata.uid);
      assert.equal(state.target?.uid, world.cluster.store.get('deployments', 'frigate', 'frigate')!.metadata.uid);
      await world.close();
    }
  });

  it('keep the attempt of the last restart on the workload', async () => {
    const world = await startSimulator(findScenario('breaker-open')!, {pace: 'still', startAt: NOW});
    const {annotations} = (world.cluster.store.get('deployments', 'frigate', 'frigate')!['spec'] as Answered['spec'])
      .template.metadata;
    assert.deepEqual(annotations, {
      'kubectl.kubernetes.io/restartedAt': '2026-11-23T03:34:00Z',
      'frigate-health.io/attempt': 'demo-attempt-2',
    });
    assert.equal(world.cluster.store.list('replicasets').length, 3);
    await world.close();
  });

  it('have several Frigates in namespaces of their own, each with its own cameras and faults', async () => {
    const world = await startSimulator(findScenario('fleet')!, {pace: 'still', startAt: NOW});
    const statsIn = async (namespace: string): Promise<StatsShape> => {
      const [pod, ...others] = world.cluster.store.list('pods', namespace);
      assert.deepEqual([pod === undefined, others], [false, []]);
      return (await (
        await fetch(
          `${world.cluster.url}/api/v1/namespaces/${namespace}/pods/${pod!.metadata.name}:5000/proxy/api/stats`,
          {headers: {authorization: 'Bearer token-demo'}},
        )
      ).json()) as StatsShape;
    };
    const fps = async (namespace: string): Promise<Record<string, number>> =>
      Object.fromEntries(
        Object.entries((await statsIn(namespace)).cameras).map(([name, camera]) => [name, camera.camera_fps]),
      );
    assert.deepEqual([Object.keys(await fps('frigate')).length, Object.keys(await fps('workshop')).length], [7, 4]);
    const cabin = await fps('cabin');
    assert.deepEqual(
      [Object.keys(cabin), cabin['driveway'], (cabin['front_door'] ?? 0) > 4],
      [['front_door', 'driveway'], 0, true],
    );
    await world.close();
  });

  it('take other numbers of cameras', async () => {
    const world = await startSimulator(findScenario('healthy')!, {pace: 'still', startAt: NOW, cameras: 500});
    const sight = await fetch(
      `${world.cluster.url}${NS}/pods/${world.cluster.store.list('pods')[0]!.metadata.name}:5000/proxy/api/stats`,
      {headers: {authorization: 'Bearer token-demo'}},
    );
    assert.equal(Object.keys(((await sight.json()) as StatsShape).cameras).length, 500);
    await world.close();
  });

  it('flow with the time of the machine unless told to stand still', async () => {
    const world = await startSimulator(findScenario('healthy')!);
    const before = world.clock.now();
    assert.ok(Math.abs(before - Date.now()) < 1000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.ok(world.clock.now() - before >= 25);
    await world.close();
  });
});
