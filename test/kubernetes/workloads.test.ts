import assert from 'node:assert/strict';
import type {Workload} from '../../src/core/observation/workload.js';
import type {WorkloadQuery} from '../../src/kubernetes/cluster.js';
import {grants} from '../../src/kubernetes/granted-permissions.js';
import type {FakeApiServer, Handler} from './fake-api-server.js';
import {clientOf, fakeApiServer, json, status} from './fake-api-server.js';

const within = (): AbortSignal => AbortSignal.timeout(5000);
const NS = '/apis/apps/v1/namespaces/home';

const podTemplate = (container: Record<string, unknown> = {}, annotations?: Record<string, string>): unknown => ({
  metadata: {labels: {app: 'frigate'}, creationTimestamp: null, ...(annotations === undefined ? {} : {annotations})},
  spec: {
    containers: [
      {name: 'sidecar', image: 'busybox'},
      {name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.2', ...container},
    ],
    volumes: [
      {name: 'shm', emptyDir: {medium: 'Memory', sizeLimit: '256Mi'}},
      {name: 'media', persistentVolumeClaim: {claimName: 'recordings'}},
      {name: 'usb', hostPath: {path: '/dev/bus/usb'}},
    ],
    nodeSelector: {'kubernetes.io/hostname': 'nuc'},
    tolerations: [{key: 'nvr', operator: 'Exists'}],
  },
});

interface Shape {
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
  readonly annotations?: Record<string, string>;
  readonly generation?: number;
  readonly container?: Record<string, unknown>;
}

const workload = ({
  kind = 'Deployment',
  name = 'frigate',
  uid = 'd1',
  spec = {},
  status: state,
  annotations,
  container,
  generation = 2,
}: Shape = {}): Record<string, unknown> => ({
  kind,
  apiVersion: 'apps/v1',
  metadata: {name, namespace: 'home', uid, resourceVersion: '7', generation, creationTimestamp: '2026-01-01T00:00:00Z'},
  spec: {
    replicas: 1,
    selector: {matchLabels: {app: 'frigate'}},
    template: podTemplate(container, annotations),
    ...spec,
  },
  status: state ?? {observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1},
});

const replicaSet = (hash: string, revision: number, createdAt: string, owner = 'd1'): unknown => ({
  metadata: {
    name: `frigate-${hash}`,
    uid: `rs-${hash}`,
    creationTimestamp: createdAt,
    labels: {'pod-template-hash': hash},
    annotations: {'deployment.kubernetes.io/revision': String(revision)},
    ownerReferences: [{kind: 'Deployment', name: 'frigate', uid: owner, controller: true}],
  },
});

const pod = (
  name: string,
  owner: {kind: string; name: string; uid: string},
  labels: Record<string, string>,
  change: Record<string, unknown> = {},
): unknown => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: {app: 'frigate', ...labels},
    ownerReferences: [{...owner, controller: true}],
    ...(change['metadata'] as object | undefined),
  },
  spec: {nodeName: 'nuc', containers: [{name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.2'}]},
  status: change['status'] ?? {
    phase: 'Running',
    podIP: '10.0.0.9',
    containerStatuses: [
      {
        name: 'frigate',
        ready: true,
        restartCount: 0,
        image: 'x',
        containerID: 'containerd://1',
        state: {running: {startedAt: '2026-01-01T00:00:01Z'}},
        lastState: {},
      },
    ],
  },
});

/** Answers GETs by path; what is not there is a 404. */
const serving =
  (objects: Readonly<Record<string, unknown>>): Handler =>
  ({url}, response) => {
    const found = objects[url.split('?')[0] ?? ''];
    if (typeof found === 'number') json(response, found, status(found, `status ${found}`));
    else if (found === undefined) json(response, 404, status(404, 'not found'));
    else json(response, 200, found);
  };

const list = (kind: string, ...items: readonly unknown[]): unknown => ({
  kind: `${kind}List`,
  apiVersion: 'v1',
  metadata: {},
  items,
});

const query = (change: Partial<WorkloadQuery> = {}): WorkloadQuery => ({
  namespace: 'home',
  name: 'frigate',
  kind: null,
  podSelector: null,
  ...change,
});

const paths = (fake: FakeApiServer): readonly string[] => fake.asked.map(({url}) => url.split('?')[0] ?? '').sort();

describe('the search for the workload', () => {
  it('takes two requests for a Deployment by name, and one more for its pods', async () => {
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/deployments/frigate`]: workload(),
        [`${NS}/replicasets`]: list(
          'ReplicaSet',
          replicaSet('aaaaa', 1, '2026-01-01T00:00:00Z'),
          replicaSet('bbbbb', 3, '2026-01-02T00:00:00Z'),
          replicaSet('ccccc', 2, '2026-01-03T00:00:00Z'),
          replicaSet('zzzzz', 9, '2026-01-09T00:00:00Z', 'other'),
        ),
        '/api/v1/namespaces/home/pods': list(
          'Pod',
          pod(
            'frigate-bbbbb-1',
            {kind: 'ReplicaSet', name: 'frigate-bbbbb', uid: 'rs-bbbbb'},
            {'pod-template-hash': 'bbbbb'},
          ),
        ),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one');
    assert.deepEqual(paths(fake), [`${NS}/deployments/frigate`, `${NS}/replicasets`]);
    assert.deepEqual(
      search.value.workload.revisions,
      ['2026-01-03', '2026-01-02', '2026-01-01'].map((day) => Date.parse(day)),
    );
    const pods = await talking.cluster.listPods(search.value.workload, within());
    assert.ok(pods.known);
    assert.deepEqual(
      pods.value.map(({name, current}) => [name, current]),
      [['frigate-bbbbb-1', true]],
    );
    assert.equal(fake.asked.length, 3);
  });

  it('goes on to StatefulSet and DaemonSet, and takes a StatefulSet’s update revision for its newest', async () => {
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/replicasets`]: list('ReplicaSet'),
        [`${NS}/statefulsets/frigate`]: workload({
          kind: 'StatefulSet',
          uid: 's1',
          status: {observedGeneration: 2, replicas: 1, updateRevision: 'frigate-new'},
          spec: {updateStrategy: {type: 'OnDelete'}, volumeClaimTemplates: [{metadata: {name: 'config'}}]},
        }),
        [`${NS}/controllerrevisions`]: list('ControllerRevision'),
        '/api/v1/namespaces/home/pods': list(
          'Pod',
          pod(
            'frigate-0',
            {kind: 'StatefulSet', name: 'frigate', uid: 's1'},
            {'controller-revision-hash': 'frigate-new'},
          ),
          pod('other-0', {kind: 'StatefulSet', name: 'other', uid: 's2'}, {'controller-revision-hash': 'other-1'}),
        ),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one');
    const {workload: found} = search.value;
    assert.deepEqual(
      [found.kind, found.strategy, found.template.claims],
      ['StatefulSet', 'OnDelete', ['recordings', 'config-frigate-0']],
    );
    const pods = await talking.cluster.listPods(found, within());
    assert.deepEqual(pods.known ? pods.value.map(({name, current}) => [name, current]) : pods, [['frigate-0', true]]);
  });

  it('says several when a Deployment scaled to nothing stands beside a StatefulSet of its name', async () => {
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/deployments/frigate`]: workload({spec: {replicas: 0}}),
        [`${NS}/replicasets`]: list('ReplicaSet'),
        [`${NS}/statefulsets/frigate`]: workload({kind: 'StatefulSet', uid: 's1'}),
        [`${NS}/controllerrevisions`]: list('ControllerRevision'),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'several', JSON.stringify(search));
    assert.deepEqual(
      search.value.candidates.map(({kind, name, replicas}) => ({kind, name, replicas})),
      [
        {kind: 'Deployment', name: 'frigate', replicas: 0},
        {kind: 'StatefulSet', name: 'frigate', replicas: 1},
      ],
    );
  });

  const everything = {
    [`${NS}/replicasets`]: list('ReplicaSet'),
    [`${NS}/controllerrevisions`]: list('ControllerRevision'),
    [`${NS}/deployments`]: list('Deployment', workload({name: 'nvr'})),
    [`${NS}/statefulsets`]: list('StatefulSet'),
    [`${NS}/daemonsets`]: list('DaemonSet'),
  };

  it('falls back to discovery for a default name without a hit, and never for a name that was given', async () => {
    await using fake = await fakeApiServer(serving(everything));
    await using talking = clientOf(fake);
    const found = await talking.cluster.findWorkload(query(), within());
    assert.ok(found.known && found.value.found === 'one');
    assert.equal(found.value.workload.name, 'nvr');
    const exact = await talking.cluster.findWorkload(query({exact: true}), within());
    assert.deepEqual(exact.known && exact.value.found, 'none');
  });

  it('with a name that was given takes no other workload in any namespace, and that one among several', async () => {
    const lists = {
      '/apis/apps/v1/replicasets': list('ReplicaSet'),
      '/apis/apps/v1/controllerrevisions': list('ControllerRevision'),
      '/apis/apps/v1/deployments': list(
        'Deployment',
        workload({name: 'nvr'}),
        workload({name: 'frigate', uid: 'other'}),
      ),
      '/apis/apps/v1/statefulsets': list('StatefulSet'),
      '/apis/apps/v1/daemonsets': list('DaemonSet'),
    };
    await using fake = await fakeApiServer(serving({...everything, ...lists}));
    await using talking = clientOf(fake);
    const anywhere = async (name: string) => {
      const search = await talking.cluster.findWorkload(query({namespace: null, name, exact: true}), within());
      return search.known && search.value.found === 'one'
        ? search.value.workload.name
        : search.known && search.value.found;
    };

    assert.deepEqual([await anywhere('nvr'), await anywhere('frigat')], ['nvr', 'none']);
  });

  const blind: ReadonlyArray<readonly [string, Record<string, unknown>, Partial<WorkloadQuery>, string]> = [
    ['the named Deployment may not be read', {[`${NS}/deployments/frigate`]: 403}, {}, 'forbidden'],
    [
      'one of the kinds may not be listed in a discovery',
      {...everything, [`${NS}/daemonsets`]: 403},
      {name: null},
      'forbidden',
    ],
    ['the label selector is invalid', everything, {name: null, podSelector: 'app in'}, 'failed'],
    ['the Deployment is not whole', {[`${NS}/deployments/frigate`]: {...workload(), spec: {}}}, {}, 'garbled'],
    [
      'a list has an item that is not whole',
      {...everything, [`${NS}/deployments`]: list('Deployment', {})},
      {name: null},
      'garbled',
    ],
  ];
  for (const [what, objects, change, code] of blind) {
    it(`is unknown, never none, when ${what}`, async () => {
      await using fake = await fakeApiServer(serving(objects));
      await using talking = clientOf(fake);
      const search = await talking.cluster.findWorkload(query(change), within());
      assert.ok(!search.known && search.why.code === code, JSON.stringify(search));
    });
  }

  it('finds the workload without the right to see its revisions, and then knows its pods by name', async () => {
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/deployments/frigate`]: workload(),
        [`${NS}/replicasets`]: 403,
        '/api/v1/namespaces/home/pods': list(
          'Pod',
          pod(
            'frigate-bbbbb-1',
            {kind: 'ReplicaSet', name: 'frigate-bbbbb', uid: 'rs-b'},
            {'pod-template-hash': 'bbbbb'},
          ),
          pod(
            'frigate-notify-ccccc-1',
            {kind: 'ReplicaSet', name: 'frigate-notify-ccccc', uid: 'rs-n'},
            {'pod-template-hash': 'ccccc'},
          ),
          pod('frigate-snapshot-1', {kind: 'Job', name: 'frigate-snapshot', uid: 'j'}, {}),
        ),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one');
    assert.deepEqual(search.value.workload.revisions, []);
    const pods = await talking.cluster.listPods(search.value.workload, within());
    assert.deepEqual(pods.known ? pods.value.map(({name, current}) => [name, current]) : pods, [
      ['frigate-bbbbb-1', null],
    ]);
  });

  it('tells pods of an old revision, and nothing while the controller has not seen the newest template', async () => {
    const objects = {
      [`${NS}/deployments/frigate`]: workload(),
      [`${NS}/replicasets`]: list(
        'ReplicaSet',
        replicaSet('aaaaa', 1, '2026-01-01T00:00:00Z'),
        replicaSet('bbbbb', 2, '2026-01-02T00:00:00Z'),
      ),
      '/api/v1/namespaces/home/pods': list(
        'Pod',
        ...['aaaaa', 'bbbbb', 'ddddd'].map((hash) =>
          pod(
            `frigate-${hash}-1`,
            {kind: 'ReplicaSet', name: `frigate-${hash}`, uid: `rs-${hash}`},
            {'pod-template-hash': hash},
          ),
        ),
      ),
    };
    const currents = async (changed: Record<string, unknown>): Promise<unknown> => {
      await using fake = await fakeApiServer(serving({...objects, ...changed}));
      await using talking = clientOf(fake);
      const search = await talking.cluster.findWorkload(query(), within());
      assert.ok(search.known && search.value.found === 'one');
      const pods = await talking.cluster.listPods(search.value.workload, within());
      return pods.known ? pods.value.map(({current}) => current) : pods;
    };
    assert.deepEqual(await currents({}), [false, true, null]);
    assert.deepEqual(await currents({[`${NS}/deployments/frigate`]: workload({status: {observedGeneration: 1}})}), [
      null,
      null,
      null,
    ]);
  });
});

describe('what is read of a workload and its pods', () => {
  const found = async (shape: Shape): Promise<Workload> => {
    await using fake = await fakeApiServer(
      serving({[`${NS}/deployments/frigate`]: workload(shape), [`${NS}/replicasets`]: list('ReplicaSet')}),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one', JSON.stringify(search));
    return search.value.workload;
  };

  it('is the template with numbers and Kubernetes’ defaults', async () => {
    const {template} = await found({
      container: {
        resources: {limits: {memory: '4Gi', cpu: '1500m', 'gpu.intel.com/i915': '1'}, requests: {'squat.ai/coral': 1}},
        volumeMounts: [{name: 'shm', mountPath: '/dev/shm/'}],
        livenessProbe: {httpGet: {path: '/api/version', port: 'http'}},
        readinessProbe: {tcpSocket: {port: 5000}, timeoutSeconds: 5},
      },
    });
    assert.deepEqual([template.memoryLimit, template.cpuLimit], [4 * 1024 ** 3, 1.5]);
    assert.deepEqual(
      [...template.devices],
      [
        ['squat.ai/coral', 1],
        ['gpu.intel.com/i915', 1],
      ],
    );
    assert.deepEqual(template.sharedMemory, {medium: 'Memory', sizeLimit: 256 * 1024 ** 2});
    assert.deepEqual(template.livenessProbe, {
      path: '/api/version',
      port: 'http',
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
    });
    assert.deepEqual(
      [template.readinessProbe?.port, template.readinessProbe?.timeoutSeconds, template.startupProbe],
      ['5000', 5, null],
    );
    assert.deepEqual(
      [template.claims, template.hostPaths, template.sidecars],
      [['recordings'], ['/dev/bus/usb'], ['sidecar']],
    );
    assert.deepEqual(template.tolerations, [{key: 'nvr', operator: 'Exists', value: null, effect: null}]);
  });

  const strategies: ReadonlyArray<readonly [Record<string, unknown>, string, number | null]> = [
    [{strategy: {type: 'Recreate'}}, 'Recreate', null],
    [{strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1}}}, 'RollingUpdate', 1],
    [{strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '25%'}}}, 'RollingUpdate', 0],
    [{strategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: '100%'}}}, 'RollingUpdate', 1],
    [{}, 'RollingUpdate', 0],
  ];
  for (const [spec, strategy, maxUnavailable] of strategies) {
    it(`is the strategy ${JSON.stringify(spec)} as ${strategy}, ${maxUnavailable} unavailable`, async () => {
      const workloadFound = await found({spec});
      assert.deepEqual([workloadFound.strategy, workloadFound.maxUnavailable], [strategy, maxUnavailable]);
    });
  }

  it('is the last restart and its attempt from the template’s annotations', async () => {
    const restarted = await found({
      annotations: {'kubectl.kubernetes.io/restartedAt': '2026-01-02T03:04:05Z', 'frigate-health.io/attempt': 'a7'},
    });
    assert.deepEqual([restarted.restartedAt, restarted.attempt], [Date.parse('2026-01-02T03:04:05Z'), 'a7']);
    const odd = await found({annotations: {'kubectl.kubernetes.io/restartedAt': 'yesterday'}});
    assert.deepEqual([odd.restartedAt, odd.attempt], [null, null]);
  });

  it('is the state of Frigate’s container, whatever the phase of its pod', async () => {
    const owner = {kind: 'ReplicaSet', name: 'frigate-bbbbb', uid: 'rs-bbbbb'};
    const labels = {'pod-template-hash': 'bbbbb'};
    const given = (name: string, state: Record<string, unknown>, metadata: Record<string, unknown> = {}): unknown =>
      pod(name, owner, labels, {status: state, metadata});
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/deployments/frigate`]: workload(),
        [`${NS}/replicasets`]: list('ReplicaSet', replicaSet('bbbbb', 1, '2026-01-01T00:00:00Z')),
        '/api/v1/namespaces/home/pods': list(
          'Pod',
          given('evicted', {phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.'}),
          given('ghost', {
            phase: 'Running',
            containerStatuses: [
              {
                name: 'frigate',
                restartCount: 3,
                state: {terminated: {exitCode: 137, reason: 'ContainerStatusUnknown'}},
              },
            ],
          }),
          given('oom', {
            phase: 'Running',
            containerStatuses: [
              {
                name: 'frigate',
                restartCount: 4,
                state: {waiting: {reason: 'CrashLoopBackOff'}},
                lastState: {
                  terminated: {
                    exitCode: 137,
                    reason: 'OOMKilled',
                    startedAt: '2026-01-01T00:00:00Z',
                    finishedAt: '2026-01-01T00:01:00Z',
                  },
                },
              },
            ],
          }),
          given('pending', {
            phase: 'Pending',
            conditions: [
              {type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available'},
            ],
          }),
          given('leaving', {phase: 'Running'}, {deletionTimestamp: '2026-01-01T00:00:09Z'}),
          given('odd', {phase: 'Dancing'}),
        ),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one');
    const pods = await talking.cluster.listPods(search.value.workload, within());
    assert.ok(pods.known);
    const [evicted, ghost, oom, pending, leaving, odd] = pods.value;
    assert.deepEqual([evicted?.phase, evicted?.reason, evicted?.frigate], ['Failed', 'Evicted', null]);
    assert.deepEqual(
      [ghost?.frigate?.state.phase, ghost?.frigate?.state.phase === 'terminated' && ghost.frigate.state.reason],
      ['terminated', 'ContainerStatusUnknown'],
    );
    assert.deepEqual(oom?.frigate?.state, {phase: 'waiting', reason: 'CrashLoopBackOff', message: null});
    assert.deepEqual(
      [oom.frigate.last?.reason, oom.frigate.last?.exitCode, oom.frigate.last?.signal, oom.frigate.restartCount],
      ['OOMKilled', 137, 0, 4],
    );
    assert.equal(pending?.conditions[0]?.reason, 'Unschedulable');
    assert.equal(leaving?.deletingSince, Date.parse('2026-01-01T00:00:09Z'));
    assert.equal(odd?.phase, 'Unknown');
  });

  it('are the events of the last hour about it, its ReplicaSets, pods and claims, oldest first', async () => {
    const event = (
      kind: string,
      name: string,
      lastTimestamp: string,
      change: Record<string, unknown> = {},
    ): unknown => ({
      metadata: {creationTimestamp: lastTimestamp},
      involvedObject: {kind, name},
      type: 'Warning',
      reason: 'R',
      message: name,
      lastTimestamp,
      ...change,
    });
    const now = new Date();
    const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();
    await using fake = await fakeApiServer(
      serving({
        [`${NS}/deployments/frigate`]: workload(),
        [`${NS}/replicasets`]: list('ReplicaSet'),
        '/api/v1/namespaces/home/events': list(
          'Event',
          event('Pod', 'frigate-7bc659b5f5-flbt6', ago(1)),
          event('Deployment', 'frigate', ago(5)),
          event('ReplicaSet', 'frigate-7bc659b5f5', ago(4)),
          event('PersistentVolumeClaim', 'recordings', ago(3)),
          event('Pod', 'frigate-7bc659b5f5-flbt6', ago(2), {
            lastTimestamp: null,
            eventTime: ago(2),
            series: {count: 9, lastObservedTime: ago(2)},
          }),
          event('Pod', 'frigate-notify-7bc659b5f5-flbt6', ago(1)),
          event('Pod', 'frigate-0', ago(1)),
          event('Deployment', 'frigate-notify', ago(1)),
          event('PersistentVolumeClaim', 'other', ago(1)),
          event('Pod', 'frigate-7bc659b5f5-flbt6', ago(90)),
        ),
      }),
    );
    await using talking = clientOf(fake);
    const search = await talking.cluster.findWorkload(query(), within());
    assert.ok(search.known && search.value.found === 'one');
    const events = await talking.cluster.listEvents(search.value.workload, within());
    assert.ok(events.known);
    assert.deepEqual(
      events.value.map(({object, count}) => [object.kind, count]),
      [
        ['Deployment', 1],
        ['ReplicaSet', 1],
        ['PersistentVolumeClaim', 1],
        ['Pod', 9],
        ['Pod', 1],
      ],
    );
  });
});

describe('the restart', () => {
  const patch = {
    kind: 'Deployment',
    namespace: 'home',
    name: 'frigate',
    uid: 'd1',
    expectedAttempt: null,
    attempt: 'a1',
    restartedAt: Date.parse('2026-01-02T03:04:05Z') as never,
    generation: 2,
    annotated: true,
    dryRun: false,
  } as const;
  const done = workload({annotations: {'frigate-health.io/attempt': 'a1'}});
  const rejected = status(422, 'the server rejected our request due to an error in our request');

  const attempt = async (
    handler: Handler,
    change: Record<string, unknown> = {},
    deadline: AbortSignal = within(),
  ): Promise<{
    outcome: Awaited<ReturnType<ReturnType<typeof clientOf>['cluster']['restart']>>;
    asked: FakeApiServer['asked'];
  }> => {
    await using fake = await fakeApiServer(handler);
    await using talking = clientOf(fake);
    return {outcome: await talking.cluster.restart({...patch, ...change}, deadline), asked: fake.asked};
  };
  const patches = (asked: FakeApiServer['asked']): readonly unknown[] =>
    asked.filter(({method}) => method === 'PATCH').map(({body}) => JSON.parse(body) as unknown);

  it('is one JSON Patch that tests uid, generation and attempt and touches two annotations alone', async () => {
    const {outcome, asked} = await attempt((_, response) => json(response, 200, done), {expectedAttempt: 'a0'});
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(patches(asked), [
      [
        {op: 'test', path: '/metadata/uid', value: 'd1'},
        {op: 'test', path: '/metadata/generation', value: 2},
        {op: 'test', path: '/spec/template/metadata/annotations/frigate-health.io~1attempt', value: 'a0'},
        {
          op: 'add',
          path: '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt',
          value: '2026-01-02T03:04:05Z',
        },
        {op: 'add', path: '/spec/template/metadata/annotations/frigate-health.io~1attempt', value: 'a1'},
      ],
    ]);
    assert.equal(asked[0]?.headers['content-type'], 'application/json-patch+json');
    assert.equal(asked[0].url, `${NS}/deployments/frigate?fieldManager=frigate-health`);
  });

  it('asks for a dry run as such', async () => {
    const {asked} = await attempt((_, response) => json(response, 200, done), {dryRun: true});
    assert.match(asked[0]?.url ?? '', /[?&]dryRun=All/);
  });

  it('makes the annotation map where there is none, under the precondition that there is none', async () => {
    const {outcome, asked} = await attempt((_, response) => json(response, 200, done), {annotated: false});
    assert.equal(outcome.kind, 'done');
    assert.deepEqual(patches(asked), [
      [
        {op: 'test', path: '/metadata/uid', value: 'd1'},
        {op: 'test', path: '/metadata/generation', value: 2},
        {op: 'test', path: '/spec/template/metadata/annotations', value: null},
        {
          op: 'add',
          path: '/spec/template/metadata/annotations',
          value: {'kubectl.kubernetes.io/restartedAt': '2026-01-02T03:04:05Z', 'frigate-health.io/attempt': 'a1'},
        },
      ],
    ]);
  });

  const rejections: ReadonlyArray<readonly [string, Record<string, unknown> | number, string, RegExp]> = [
    ['another object of the name', workload({uid: 'd2'}), 'conflict', /another object now \(uid d2, expected d1\)/],
    [
      'another attempt',
      workload({annotations: {'frigate-health.io/attempt': 'b9'}}),
      'conflict',
      /last attempt is b9, expected none/,
    ],
    [
      'a rollout of somebody who knows no attempts',
      workload({annotations: {'kubectl.kubernetes.io/restartedAt': 'x'}, generation: 3}),
      'conflict',
      /it was changed in the meantime \(generation 3, expected 2\)/,
    ],
    ['a workload that is gone', 404, 'conflict', /deleted in the meantime/],
    ['a template that admission refuses', workload({annotations: {other: 'x'}}), 'refused', /rejected our request/],
    ['a look that fails', 403, 'refused', /rejected our request/],
  ];
  for (const [what, look, kind, says] of rejections) {
    it(`is ${kind} after a 422 because of ${what}, with no second patch`, async () => {
      const {outcome, asked} = await attempt(({method}, response) =>
        method === 'PATCH'
          ? json(response, 422, rejected)
          : typeof look === 'number'
            ? json(response, look, status(look, 'x'))
            : json(response, 200, look),
      );
      assert.equal(outcome.kind, kind);
      assert.match(JSON.stringify(outcome), says);
      assert.equal(patches(asked).length, 1);
    });
  }

  const doubts: ReadonlyArray<readonly [string, Handler]> = [
    ['silence', () => undefined],
    ['a reset', (_, __, request) => request.socket.resetAndDestroy()],
    ['a 500', (_, response) => json(response, 500, status(500, 'etcd'))],
    ['HTML', (_, response) => response.end('<html>')],
    ['an answer without our attempt', (_, response) => json(response, 200, workload())],
    [
      'an answer with another attempt',
      (_, response) => json(response, 200, workload({annotations: {'frigate-health.io/attempt': 'b'}})),
    ],
  ];
  for (const [what, handler] of doubts) {
    it(`is in doubt after ${what}, and sent once`, async () => {
      const deadline = new AbortController();
      const heard: Handler = (...asked) => {
        handler(...asked);
        if (what === 'silence') deadline.abort();
      };
      const {outcome, asked} = await attempt(heard, {}, deadline.signal);
      assert.equal(outcome.kind, 'in-doubt');
      assert.equal(asked.length, 1);
    });
  }
});

describe('rights', () => {
  const rule = {verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'], resourceNames: []};
  const right = {verb: 'get', group: '', resource: 'pods', namespace: 'home', name: null};
  const cases: ReadonlyArray<
    readonly [string, Partial<typeof rule> | {resourceNames: string[]}, Partial<typeof right> | {name: string}, boolean]
  > = [
    ['the same', {}, {}, true],
    ['another verb', {}, {verb: 'delete'}, false],
    ['any verb', {verbs: ['*']}, {verb: 'delete'}, true],
    ['another group', {apiGroups: ['apps']}, {}, false],
    ['any group', {apiGroups: ['*']}, {group: 'apps'}, true],
    ['a subresource that is named', {}, {resource: 'pods/log'}, true],
    ['a subresource that is not named', {}, {resource: 'pods/exec'}, false],
    ['any resource', {resources: ['*']}, {resource: 'pods/exec'}, true],
    ['that subresource of any', {resources: ['*/exec']}, {resource: 'pods/exec'}, true],
    ['one name, for all', {resourceNames: ['a']}, {}, false],
    ['one name, for it', {resourceNames: ['a']}, {name: 'a'}, true],
    ['one name, for another', {resourceNames: ['a']}, {name: 'b'}, false],
  ];
  for (const [what, granted, wanted, holds] of cases)
    it(`a rule for ${what} ${holds ? 'grants' : 'does not grant'} it`, () =>
      assert.equal(grants({...rule, ...granted}, {...right, ...wanted}), holds));

  const wanted = [right, {...right, verb: 'delete'}, {...right, resource: 'nodes', namespace: null}];
  const reviews =
    (rules: unknown, allowed: (attributes: {verb: string; resource: string}) => boolean): Handler =>
    ({url, body}, response) => {
      const {spec} = JSON.parse(body) as {spec: {resourceAttributes: {verb: string; resource: string}}};
      if (url.endsWith('/selfsubjectaccessreviews'))
        json(response, 201, {kind: 'SelfSubjectAccessReview', status: {allowed: allowed(spec.resourceAttributes)}});
      else if (typeof rules === 'number') json(response, rules, status(rules, 'x'));
      else json(response, 201, {kind: 'SelfSubjectRulesReview', status: rules});
    };

  it('are asked once for a namespace, and singly only where the rules do not grant them', async () => {
    await using fake = await fakeApiServer(
      reviews({resourceRules: [rule], incomplete: true}, ({resource}) => resource === 'nodes'),
    );
    await using talking = clientOf(fake);
    const missing = await talking.cluster.missingPermissions(wanted, within());
    assert.ok(missing.known);
    assert.deepEqual(
      missing.value.map(({verb}) => verb),
      ['delete'],
    );
    assert.equal(fake.asked.length, 3);
  });

  it('are asked singly where the cluster knows no rules review', async () => {
    await using fake = await fakeApiServer(reviews(404, () => false));
    await using talking = clientOf(fake);
    const missing = await talking.cluster.missingPermissions(wanted, within());
    assert.deepEqual(missing.known && missing.value.length, 3);
  });

  it('never take a RoleBinding’s rule for a right to cluster-scoped resources', async () => {
    await using fake = await fakeApiServer(
      reviews({resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]}, () => false),
    );
    await using talking = clientOf(fake);
    const missing = await talking.cluster.missingPermissions(wanted, within());
    assert.ok(missing.known);
    assert.deepEqual(
      missing.value.map(({resource}) => resource),
      ['nodes'],
    );
  });

  it('are unknown when the review fails', async () => {
    await using fake = await fakeApiServer((_, response) => json(response, 403, status(403, 'no')));
    await using talking = clientOf(fake);
    assert.equal((await talking.cluster.missingPermissions(wanted, within())).known, false);
  });
});
