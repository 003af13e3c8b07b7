/** The contract of `Cluster`: one suite for the real cluster and for the simulator, so that the one cannot lie about the other. */
import assert from 'node:assert/strict';
import {PAUSED_REASON, PAUSED_UNTIL} from '../../src/core/pause.js';
import {setTimeout as wait} from 'node:timers/promises';
import type {Known, UnknownReason} from '../../src/core/known.js';
import type {Permission} from '../../src/core/observation/observation.js';
import type {Pod} from '../../src/core/observation/pod.js';
import type {Workload} from '../../src/core/observation/workload.js';
import {SERVE_LABELS} from '../../src/core/serving.js';
import {instant} from '../../src/core/time.js';
import type {Cluster, RestartPatch} from '../../src/kubernetes/cluster.js';
import {isRefusedInPod} from '../../src/kubernetes/pod-connection.js';
import {commandsOf} from '../support/messages.js';
import {allRights} from './rights.js';
import type {RestartedScene, RunningScene, Scene, Stage} from './stage.js';

const within = (milliseconds = 10_000): AbortSignal => AbortSignal.timeout(milliseconds);

const valueOf = <T>(known: Known<T>): T => {
  assert.ok(known.known, known.known ? '' : `${known.why.code}: ${known.why.message}`);
  return known.value;
};

const find = async (cluster: Cluster, namespace: string, {name, kind}: Scene): Promise<Workload> => {
  const search = valueOf(await cluster.findWorkload({namespace, name, kind, podSelector: null, exact: true}, within()));
  assert.ok(search.found === 'one', `found ${search.found}`);
  return search.workload;
};

const podsOf = async (cluster: Cluster, namespace: string, scene: Scene): Promise<readonly Pod[]> =>
  valueOf(await cluster.listPods(await find(cluster, namespace, scene), within()));

const patchOf = (workload: Workload, change: Partial<RestartPatch> = {}): RestartPatch => ({
  kind: workload.kind,
  namespace: workload.namespace,
  name: workload.name,
  uid: workload.uid,
  expectedAttempt: workload.attempt,
  attempt: `attempt-${Math.random().toString(36).slice(2)}`,
  restartedAt: instant(Date.UTC(2026, 0, 2, 3, 4, 5)),
  generation: workload.generation,
  annotated: workload.annotated,
  dryRun: false,
  ...change,
});

/** Tries until it holds; for what the cluster's controllers take a moment to do. */
const eventually = async <T>(look: () => Promise<T>, holds: (value: T) => boolean, what: string): Promise<T> => {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    assert.ok(Date.now() < deadline, `${what} did not come about: ${JSON.stringify(value).slice(0, 400)}`);
    await wait(200);
  }
};

const describeFinding = (stage: Stage, given: () => {cluster: Cluster; running: RunningScene}): void => {
  const {namespace} = stage;

  it('finds a Deployment by its name alone and reads its template', async () => {
    const {cluster, running} = given();
    const search = valueOf(
      await cluster.findWorkload({namespace, name: running.name, kind: null, podSelector: null}, within()),
    );
    assert.ok(search.found === 'one');
    assert.equal(search.workload.kind, 'Deployment');
    assert.equal(search.workload.template.containerName, 'frigate');
    assert.equal(search.workload.strategy, 'Recreate');
    assert.equal(search.workload.attempt, null);
    assert.equal(search.workload.desiredReplicas, 1);
    assert.equal(search.workload.revisions.length, 1);
  });

  it('says none for a name that is not there, when exactly that one is wanted', async () => {
    const search = valueOf(
      await given().cluster.findWorkload(
        {namespace, name: 'no-such-thing', kind: null, podSelector: null, exact: true},
        within(),
      ),
    );
    assert.equal(search.found, 'none');
  });

  it('says several when discovery sees more than one, and one when a selector narrows it', async () => {
    const {cluster, running} = given();
    const all = valueOf(await cluster.findWorkload({namespace, name: null, kind: null, podSelector: null}, within()));
    assert.equal(all.found, 'several');
    const narrowed = valueOf(
      await cluster.findWorkload({namespace, name: null, kind: null, podSelector: `scene=${running.name}`}, within()),
    );
    assert.ok(narrowed.found === 'one');
    assert.equal(narrowed.workload.name, running.name);
  });

  it('knows the API server’s time after an answer', async () => {
    const {cluster} = given();
    await cluster.readConfigMap(namespace, 'none', within());
    const time = cluster.serverTime();
    assert.ok(time !== null && Math.abs(time - Date.now()) < 60_000);
  });
};

const describePods = (
  stage: Stage,
  given: () => {cluster: Cluster; running: RunningScene; statefulSet: Scene; daemonSet: Scene},
): void => {
  for (const which of ['running', 'statefulSet', 'daemonSet'] as const) {
    it(`walks the owner chain to the one current pod (${which})`, async () => {
      const {cluster} = given();
      const pods = await podsOf(cluster, stage.namespace, given()[which]);
      assert.equal(pods.length, 1);
      const [pod] = pods;
      assert.equal(pod?.phase, 'Running');
      assert.equal(pod.current, true);
      assert.equal(pod.frigate?.name, 'frigate');
      assert.equal(pod.frigate.state.phase, 'running');
      assert.ok(pod.frigate.id !== null && pod.ip !== null && pod.nodeName !== null);
    });
  }

  for (const which of ['running', 'statefulSet', 'daemonSet'] as const) {
    it(`locates the same workload with the same pods at once (${which})`, async () => {
      const {cluster} = given();
      const {name, kind} = given()[which];
      const {search, pods} = await cluster.locate(
        {namespace: stage.namespace, name, kind: null, podSelector: null, exact: true},
        within(),
      );
      const found = valueOf(search);
      assert.ok(found.found === 'one');
      assert.equal(found.workload.kind, kind);
      const apart = await podsOf(cluster, stage.namespace, given()[which]);
      assert.deepEqual(
        valueOf(pods).map(({uid, current}) => [uid, current]),
        apart.map(({uid, current}) => [uid, current]),
      );
    });
  }

  it('lists the same pods a second time, when nothing is remembered any more', async () => {
    const {cluster, running} = given();
    const workload = await find(cluster, stage.namespace, running);
    const first = valueOf(await cluster.listPods(workload, within()));
    const second = valueOf(await cluster.listPods(workload, within()));
    assert.deepEqual(
      second.map(({uid, current}) => [uid, current]),
      first.map(({uid, current}) => [uid, current]),
    );
  });

  it('reads the node of the pod with its resources as numbers', async () => {
    const {cluster, running} = given();
    const [pod] = await podsOf(cluster, stage.namespace, running);
    const node = valueOf(await cluster.readNode(pod?.nodeName ?? '', within()));
    assert.equal(node.conditions.find(({type}) => type === 'Ready')?.status, 'True');
    assert.ok((node.allocatable.get('memory') ?? 0) > 1024 ** 2);
    assert.ok((node.allocatable.get('cpu') ?? 0) > 0);
    assert.equal(node.unschedulable, false);
  });

  it('answers not-found for a node, and null for a CronJob, that is not there', async () => {
    const {cluster} = given();
    const node = await cluster.readNode('no-such-node', within());
    assert.ok(!node.known && node.why.code === 'not-found');
    assert.equal(valueOf(await cluster.readCronJob(stage.namespace, 'no-such-job', within())), null);
  });

  it('reads the working set and the CPU time of a container, or says that there is no metrics API', async () => {
    const {cluster, running} = given();
    const [pod] = await podsOf(cluster, stage.namespace, running);
    const use = await cluster.readMemoryUse(
      {namespace: stage.namespace, pod: pod?.name ?? '', container: pod?.frigate?.name ?? ''},
      within(),
    );
    if (use.known) {
      assert.ok(use.value.workingSet > 0 && use.value.source === 'metrics-api');
      assert.ok((use.value.cores ?? -1) >= 0);
    } else assert.equal(use.why.code, 'not-found');
  });

  it('reads a CronJob', async () => {
    const {cluster} = given();
    const template = {
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{name: 'check', image: 'localhost/busybox:1', imagePullPolicy: 'Never', command: ['true']}],
          },
        },
      },
    };
    await stage.apply({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {name: 'checker', namespace: stage.namespace},
      spec: {schedule: '0 0 1 1 *', suspend: true, jobTemplate: template},
    });
    const cronJob = valueOf(await cluster.readCronJob(stage.namespace, 'checker', within()));
    assert.deepEqual([cronJob?.schedule, cronJob?.suspended, cronJob?.lastScheduled], ['0 0 1 1 *', true, null]);
  });

  it('reads the settings of the daemon by its labels, whatever it is called; none is no error', async () => {
    const {cluster} = given();
    assert.equal(valueOf(await cluster.readDaemon(stage.namespace, within())), null);
    const selector = {...SERVE_LABELS, 'app.kubernetes.io/instance': 'watcher'};
    const serve = {
      name: 'serve',
      image: 'localhost/busybox:1',
      imagePullPolicy: 'Never',
      args: ['serve'],
      env: [
        {name: 'FRIGATE_HC_MODE', value: 'observe'},
        {name: 'FRIGATE_HC_NOTIFY', valueFrom: {secretKeyRef: {name: 'channels', key: 'urls'}}},
      ],
      envFrom: [{configMapRef: {name: 'more'}}],
    };
    await stage.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'watcher', namespace: stage.namespace, labels: selector},
      spec: {
        replicas: 0,
        selector: {matchLabels: selector},
        template: {
          metadata: {labels: selector},
          spec: {containers: [{name: 'proxy', image: 'localhost/busybox:1', imagePullPolicy: 'Never'}, serve]},
        },
      },
    });
    const daemon = valueOf(await cluster.readDaemon(stage.namespace, within()));
    assert.ok(daemon !== null);
    assert.equal(daemon.name, 'watcher');
    assert.deepEqual([...daemon.environment.values], [['FRIGATE_HC_MODE', 'observe']]);
    assert.deepEqual([...daemon.environment.references], [['FRIGATE_HC_NOTIFY', 'Secret channels']]);
    assert.deepEqual(daemon.environment.imports, ['ConfigMap more']);
  });

  it('reads claims by name and leaves out those that are not there', async () => {
    const {cluster} = given();
    await stage.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {name: 'recordings', namespace: stage.namespace},
      spec: {accessModes: ['ReadWriteOnce'], storageClassName: 'none', resources: {requests: {storage: '1Gi'}}},
    });
    const claims = valueOf(await cluster.listClaims(stage.namespace, ['recordings', 'missing'], within()));
    assert.deepEqual(claims, [{name: 'recordings', accessModes: ['ReadWriteOnce'], phase: 'Pending'}]);
  });

  it('lists events of the workload and its pod, and of nobody else', async () => {
    const {cluster, running} = given();
    const workload = await find(cluster, stage.namespace, running);
    const events = await eventually(
      async () => valueOf(await cluster.listEvents(workload, within())),
      (list) => list.some(({object}) => object.kind === 'Pod'),
      'an event of the pod',
    );
    assert.deepEqual(
      events.filter(({object}) => !object.name.startsWith(running.name)),
      [],
    );
  });
};

const describeContainers = (
  stage: Stage,
  given: () => {cluster: Cluster; running: RunningScene; restarted: RestartedScene},
): void => {
  const {namespace} = stage;
  const address = async (): Promise<{namespace: string; pod: string; container: string}> => {
    const [pod] = await podsOf(given().cluster, namespace, given().running);
    return {namespace, pod: pod?.name ?? '', container: 'frigate'};
  };
  const limit = 8 * 1024 * 1024;

  it('runs a command and gives its output and exit code 0', async () => {
    const {succeeds} = given().running.commands;
    const result = valueOf(await given().cluster.exec(await address(), succeeds.command, {signal: within(), limit}));
    assert.deepEqual([result.exitCode, result.stdout.toString()], [0, succeeds.stdout]);
  });

  it('gives the exit code of a command that fails, and its standard error apart', async () => {
    const {fails} = given().running.commands;
    const result = valueOf(await given().cluster.exec(await address(), fails.command, {signal: within(), limit}));
    assert.deepEqual(
      [result.exitCode, result.stdout.length, result.stderr.toString()],
      [fails.exitCode, 0, fails.stderr],
    );
  });

  it('gives a large output whole, and says too-large over the limit', async () => {
    const {large} = given().running.commands;
    const whole = valueOf(await given().cluster.exec(await address(), large.command, {signal: within(), limit}));
    assert.equal(whole.stdout.length, large.bytes);
    const cut = await given().cluster.exec(await address(), large.command, {signal: within(), limit: 1000});
    assert.ok(!cut.known && cut.why.code === 'too-large');
  });

  it('ends a command that hangs at its deadline', async () => {
    const begun = Date.now();
    const result = await given().cluster.exec(await address(), given().running.commands.hangs, {
      signal: within(500),
      limit,
    });
    assert.ok(!result.known && result.why.code === 'timeout');
    assert.ok(Date.now() - begun < 3000);
  });

  it('tells a command that is not in the image from one that failed', async () => {
    const result = await given().cluster.exec(await address(), given().running.commands.notThere, {
      signal: within(),
      limit,
    });
    assert.ok(!result.known && result.why.code === 'failed');
    assert.match(result.why.message, /not found|no such file/i);
  });

  it('says not-found for an exec into a pod that is not there', async () => {
    const result = await given().cluster.exec({namespace, pod: 'no-such-pod', container: 'frigate'}, ['true'], {
      signal: within(),
      limit,
    });
    assert.ok(!result.known && result.why.code === 'not-found');
  });

  const readLog = async (
    change: {since?: number; previous?: boolean; follow?: boolean; tailLines?: number},
    until: (text: string) => boolean = () => false,
    pod?: string,
  ): Promise<string> => {
    const target = await address();
    const request = {
      ...target,
      pod: pod ?? target.pod,
      since: change.since === undefined ? null : instant(change.since),
      previous: change.previous ?? false,
      follow: change.follow ?? false,
      tailLines: change.tailLines ?? null,
    };
    let text = '';
    for await (const chunk of valueOf(await given().cluster.openLog(request, within()))) {
      text += chunk.toString();
      if (until(text)) break;
    }
    return text;
  };

  it('reads the log from its first line with the kubelet’s timestamps', async () => {
    const text = await readLog({});
    assert.match(text.split('\n')[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z /);
    assert.ok(text.split('\n')[0]?.includes(given().running.log.first), text.slice(0, 200));
  });

  it('leaves out what was before sinceTime, and gives only the last lines', async () => {
    const text = await readLog({since: Date.now() + 3_600_000});
    assert.equal(text, '');
    assert.equal((await readLog({tailLines: 1})).trim().split('\n').length, 1);
  });

  it('follows the log until the reader has had enough', async () => {
    const {repeats} = given().running.log;
    const text = await readLog({follow: true, tailLines: 0}, (read) => read.split(repeats).length > 2);
    assert.ok(text.split(repeats).length > 2);
  });

  it('ends a followed log by the signal, with an error, so that it is not taken for the whole', async () => {
    const target = await address();
    const leave = new AbortController();
    const log = valueOf(
      await given().cluster.openLog(
        {...target, since: null, previous: false, follow: true, tailLines: 0},
        leave.signal,
      ),
    );
    const reading = (async () => {
      for await (const chunk of log) assert.ok(chunk.length > 0);
    })();
    leave.abort();
    await assert.rejects(reading);
  });

  it('reads the log of the life before, and says so when there was none', async () => {
    const {restarted, cluster} = given();
    const [pod] = await podsOf(cluster, namespace, restarted);
    assert.ok((await readLog({previous: true}, undefined, pod?.name)).includes(restarted.firstLife));
    const none = await cluster.openLog(
      {...(await address()), since: null, previous: true, follow: false, tailLines: null},
      within(),
    );
    assert.ok(!none.known && none.why.message.includes('previous terminated container'));
  });

  it('reaches the pod through the proxy and gives any status of its own', async () => {
    const {cluster, running} = given();
    const {pod} = await address();
    const reply = valueOf(
      await cluster.proxyGet(namespace, pod, running.web.port, running.web.path, {signal: within(), limit}),
    );
    assert.equal(reply.status, 200);
    assert.ok(reply.body.toString().includes(running.web.contains));
    const missing = valueOf(
      await cluster.proxyGet(namespace, pod, running.web.port, running.web.missingPath, {signal: within(), limit}),
    );
    assert.equal(missing.status, 404);
  });

  it('tells a refused connection inside the pod from a proxy that fails', async () => {
    const {cluster, running} = given();
    const {pod} = await address();
    const refused = await cluster.proxyGet(namespace, pod, running.web.closedPort, '/', {signal: within(), limit});
    assert.ok(!refused.known && isRefusedInPod(refused.why), refused.known ? '' : refused.why.message);
    const nobody = await cluster.proxyGet(namespace, 'no-such-pod', running.web.port, '/', {signal: within(), limit});
    assert.ok(!nobody.known && nobody.why.code === 'not-found');
  });

  it('bounds what it reads through the proxy', async () => {
    const {cluster, running} = given();
    const reply = await cluster.proxyGet(namespace, (await address()).pod, running.web.port, running.web.path, {
      signal: within(),
      limit: 1,
    });
    assert.ok(!reply.known && reply.why.code === 'too-large');
  });

  it('forwards a TCP connection', async () => {
    const {cluster, running} = given();
    const connection = valueOf(await cluster.forwardPort(namespace, (await address()).pod, running.web.port, within()));
    connection.write(`GET ${running.web.path} HTTP/1.0\r\nHost: frigate\r\n\r\n`);
    let text = '';
    for await (const chunk of connection) text += String(chunk);
    assert.match(text, /^HTTP\/1\.\d 200/);
    assert.ok(text.includes(running.web.contains));
  });

  it('destroys a forwarded connection to a closed port with the reason', async () => {
    const {cluster, running} = given();
    const connection = valueOf(
      await cluster.forwardPort(namespace, (await address()).pod, running.web.closedPort, within()),
    );
    await assert.rejects(async () => {
      for await (const chunk of connection) assert.fail(`read ${String(chunk)}`);
    }, /connection refused in the pod/);
  });

  it('ends a forwarded connection by the signal', async () => {
    const {cluster, running} = given();
    const leave = new AbortController();
    const connection = valueOf(
      await cluster.forwardPort(namespace, (await address()).pod, running.web.port, leave.signal),
    );
    leave.abort();
    await assert.rejects(async () => {
      for await (const chunk of connection) assert.fail(`read ${String(chunk)}`);
    });
  });
};

const describeConfigMaps = (stage: Stage, given: () => {cluster: Cluster}): void => {
  const {namespace} = stage;

  it('creates, reads and replaces a ConfigMap under its own name and label', async () => {
    const {cluster} = given();
    assert.equal(valueOf(await cluster.readConfigMap(namespace, 'state-a', within())), null);
    const created = await cluster.createConfigMap(namespace, 'state-a', new Map([['state', '1']]), within());
    assert.ok(created.kind === 'done', created.kind);
    const replaced = await cluster.replaceConfigMap(created.value, new Map([['state', '2']]), within());
    assert.ok(replaced.kind === 'done', replaced.kind);
    const read = valueOf(await cluster.readConfigMap(namespace, 'state-a', within()));
    assert.deepEqual([...(read?.data ?? [])], [['state', '2']]);
    assert.equal(read?.labels.get('app.kubernetes.io/managed-by'), 'frigate-health');
    assert.equal(read.managers.at(-1)?.name, 'frigate-health');
    assert.equal(read.uid, created.value.uid);
    assert.notEqual(read.resourceVersion, created.value.resourceVersion);
  });

  it('answers a conflict to the second of two creations', async () => {
    const {cluster} = given();
    const outcomes = await Promise.all(
      [1, 2].map((text) => cluster.createConfigMap(namespace, 'state-b', new Map([['n', String(text)]]), within())),
    );
    assert.deepEqual(outcomes.map(({kind}) => kind).sort(), ['conflict', 'done']);
  });

  it('lets exactly one of many runners win a compare-and-swap', async () => {
    const {cluster} = given();
    const created = await cluster.createConfigMap(namespace, 'state-c', new Map(), within());
    assert.ok(created.kind === 'done');
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => cluster.replaceConfigMap(created.value, new Map([['n', String(n)]]), within())),
    );
    assert.deepEqual(outcomes.map(({kind}) => kind).sort(), ['conflict', 'conflict', 'conflict', 'conflict', 'done']);
  });

  it('answers a conflict when the ConfigMap was deleted, or deleted and made anew, in between', async () => {
    const {cluster} = given();
    const created = await cluster.createConfigMap(namespace, 'state-d', new Map(), within());
    assert.ok(created.kind === 'done');
    await stage.delete('ConfigMap', 'state-d');
    assert.equal((await cluster.replaceConfigMap(created.value, new Map([['n', '1']]), within())).kind, 'conflict');
    assert.equal((await cluster.createConfigMap(namespace, 'state-d', new Map(), within())).kind, 'done');
    assert.equal((await cluster.replaceConfigMap(created.value, new Map([['n', '1']]), within())).kind, 'conflict');
  });

  it('keeps what somebody else has in the ConfigMap, and says how to get past one that is immutable', async () => {
    const {cluster} = given();
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: 'state-f', namespace},
      data: {n: '1'},
      binaryData: {blob: 'AAECAw=='},
    };
    await stage.apply(manifest);
    const first = valueOf(await cluster.readConfigMap(namespace, 'state-f', within()));
    assert.ok(first);
    const second = await cluster.replaceConfigMap(first, new Map([['n', '2']]), within());
    assert.ok(second.kind === 'done', JSON.stringify(second));
    assert.deepEqual(second.value.foreign, {binaryData: {blob: 'AAECAw=='}});

    await stage.apply({...manifest, metadata: {name: 'state-g', namespace}, immutable: true});
    const fixed = valueOf(await cluster.readConfigMap(namespace, 'state-g', within()));
    assert.ok(fixed);
    const refused = await cluster.replaceConfigMap(fixed, new Map([['n', '2']]), within());
    assert.ok(refused.kind === 'refused', refused.kind);
    assert.deepEqual(
      [refused.why.code, refused.why.fix?.[0]],
      ['misconfigured', {command: `kubectl -n ${namespace} delete configmap state-g`}],
    );
  });

  it('is refused a name that Kubernetes does not take', async () => {
    const outcome = await given().cluster.createConfigMap(namespace, 'Not_A_Name', new Map(), within());
    assert.ok(outcome.kind === 'refused');
    assert.match(outcome.why.message, /422/);
  });
};

const describeRestart = (
  stage: Stage,
  given: () => {cluster: Cluster; target: Scene; statefulSet: Scene; daemonSet: Scene},
): void => {
  const {namespace} = stage;
  const look = (): Promise<Workload> => find(given().cluster, namespace, given().target);
  /** With Recreate the old pod is deleted before there is a newer ReplicaSet: until then it is the current one, being deleted. */
  const rolledOut = (): Promise<unknown> =>
    eventually(
      () => podsOf(given().cluster, namespace, given().target),
      (list) =>
        list.length === 1 &&
        list[0]?.current === true &&
        list[0].deletingSince === null &&
        list[0].frigate?.state.phase === 'running',
      'one current pod',
    );

  it('changes nothing in a dry run', async () => {
    const before = await look();
    const outcome = await given().cluster.restart(patchOf(before, {dryRun: true}), within());
    assert.ok(outcome.kind === 'done', JSON.stringify(outcome));
    const after = await look();
    assert.deepEqual([after.generation, after.attempt], [before.generation, null]);
  });

  it('restarts a workload whose template has no annotations yet, then one that has', async () => {
    const {cluster} = given();
    const first = await cluster.restart(patchOf(await look(), {attempt: 'one'}), within());
    assert.ok(first.kind === 'done', JSON.stringify(first));
    assert.deepEqual([first.value.attempt, first.value.restartedAt], ['one', Date.UTC(2026, 0, 2, 3, 4, 5)]);
    const second = await cluster.restart(
      patchOf(await look(), {attempt: 'two', restartedAt: instant(Date.UTC(2026, 0, 2, 4))}),
      within(),
    );
    assert.ok(second.kind === 'done', JSON.stringify(second));
    assert.equal((await look()).attempt, 'two');
  });

  it('answers a conflict that names the attempt, when another runner was there before', async () => {
    const {cluster} = given();
    const before = await look();
    for (const expectedAttempt of ['one', null]) {
      const outcome = await cluster.restart(patchOf(before, {expectedAttempt}), within());
      assert.ok(outcome.kind === 'conflict', outcome.kind);
      assert.match(outcome.why, /attempt is two/);
    }
    assert.equal((await look()).generation, before.generation);
  });

  it('answers a conflict when somebody changed the workload since it was seen, though he left no attempt', async () => {
    const before = await look();
    const outcome = await given().cluster.restart(patchOf(before, {generation: before.generation - 1}), within());
    assert.ok(outcome.kind === 'conflict', outcome.kind);
    assert.match(outcome.why, /it was changed in the meantime/);
    assert.equal((await look()).generation, before.generation);
  });

  it('answers a conflict that names the uid, when the workload is another one now', async () => {
    const outcome = await given().cluster.restart(
      patchOf(await look(), {uid: '00000000-0000-0000-0000-000000000000'}),
      within(),
    );
    assert.ok(outcome.kind === 'conflict', outcome.kind);
    assert.match(outcome.why, /another object/);
  });

  it('answers a conflict for a workload that is gone', async () => {
    const outcome = await given().cluster.restart(patchOf(await look(), {name: 'no-such-thing'}), within());
    assert.ok(outcome.kind === 'refused' && outcome.why.code === 'not-found', JSON.stringify(outcome));
  });

  it('sets and takes away annotations of the workload itself, and rolls nothing out', async () => {
    const {cluster} = given();
    await rolledOut();
    const before = await look();
    const {kind, namespace, name, uid} = before;
    const set = await cluster.annotate(
      {
        kind,
        namespace,
        name,
        uid,
        annotations: new Map([
          [PAUSED_UNTIL, '2026-01-02T05:00:00Z'],
          [PAUSED_REASON, 'why'],
        ]),
      },
      within(),
    );
    assert.ok(set.kind === 'done', JSON.stringify(set));
    assert.deepEqual(set.value.pause, {until: '2026-01-02T05:00:00Z', reason: 'why'});
    const after = await look();
    // A Deployment counts a change of its own annotations as a generation too; nothing is rolled out for it.
    assert.deepEqual([after.pause, after.restartedAt], [set.value.pause, before.restartedAt]);
    assert.equal(after.revisions.length, before.revisions.length);
    const taken = await cluster.annotate(
      {
        kind,
        namespace,
        name,
        uid,
        annotations: new Map([
          [PAUSED_UNTIL, null],
          [PAUSED_REASON, null],
        ]),
      },
      within(),
    );
    assert.ok(taken.kind === 'done', JSON.stringify(taken));
    assert.equal((await look()).pause, null);
  });

  it('annotates no other object of the same name', async () => {
    const {kind, namespace, name} = await look();
    const outcome = await given().cluster.annotate(
      {kind, namespace, name, uid: 'another', annotations: new Map([[PAUSED_UNTIL, '2026-01-02T05:00:00Z']])},
      within(),
    );
    assert.equal(outcome.kind, 'conflict', JSON.stringify(outcome));
    assert.equal((await look()).pause, null);
  });

  it('lets exactly one of many runners restart', async () => {
    const before = await look();
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((n) => given().cluster.restart(patchOf(before, {attempt: `race-${n}`}), within())),
    );
    assert.deepEqual(outcomes.map(({kind}) => kind).sort(), ['conflict', 'conflict', 'conflict', 'done']);
    assert.equal((await look()).generation, before.generation + 1);
  });

  it('shows the new pod as current after the restart, and no pod of an old revision as such', async () => {
    await rolledOut();
    assert.ok((await look()).revisions.length >= 2);
  });

  for (const which of ['statefulSet', 'daemonSet'] as const) {
    it(`restarts a ${which} by the same patch`, async () => {
      const {cluster} = given();
      const workload = await find(cluster, namespace, given()[which]);
      const outcome = await cluster.restart(patchOf(workload, {attempt: 'one'}), within());
      assert.ok(outcome.kind === 'done', JSON.stringify(outcome));
      assert.equal(outcome.value.attempt, 'one');
    });
  }
};

const describeCircumstances = (
  stage: Stage,
  given: () => {cluster: Cluster; scenes: Readonly<Record<string, Scene>>; restarted: RestartedScene},
): void => {
  const {namespace} = stage;
  const pods = (scene: string): Promise<readonly Pod[]> => podsOf(given().cluster, namespace, given().scenes[scene]!);
  const workload = (scene: string): Promise<Workload> => find(given().cluster, namespace, given().scenes[scene]!);

  it('sees an OOM kill as such', async () => {
    const seen = await eventually(
      () => pods('oomKilled'),
      ([pod]) =>
        pod?.frigate?.last?.reason === 'OOMKilled' ||
        (pod?.frigate?.state.phase === 'terminated' && pod.frigate.state.reason === 'OOMKilled'),
      'OOMKilled',
    );
    assert.ok((seen[0]?.frigate?.restartCount ?? 0) >= 0);
    assert.ok(((await workload('oomKilled')).template.memoryLimit ?? 0) > 0);
  });

  it('sees a crash loop with the exit code of the last life', async () => {
    const [pod] = await eventually(
      () => pods('crashLoop'),
      ([first]) => first?.frigate?.state.phase === 'waiting' && first.frigate.state.reason === 'CrashLoopBackOff',
      'CrashLoopBackOff',
    );
    assert.equal(
      pod?.frigate?.last?.exitCode,
      (given().scenes['crashLoop'] as Scene & {readonly exitCode: number}).exitCode,
    );
    assert.ok(pod.frigate.restartCount >= 1);
  });

  it('sees an image that cannot be pulled, and its event', async () => {
    const [pod] = await eventually(
      () => pods('imagePullFailure'),
      ([first]) => first?.frigate?.state.phase === 'waiting' && /ImagePull/.test(first.frigate.state.reason),
      'ImagePull',
    );
    assert.equal(pod?.phase, 'Pending');
    const found = await workload('imagePullFailure');
    const events = await eventually(
      async () => valueOf(await given().cluster.listEvents(found, within())),
      (list) => list.some(({type}) => type === 'Warning'),
      'a warning',
    );
    assert.ok(events.some(({reason}) => reason === 'Failed'));
  });

  it('sees a pod that no node takes, with the scheduler’s words', async () => {
    const [pod] = await eventually(
      () => pods('unschedulable'),
      ([first]) => first?.conditions.some(({type, status}) => type === 'PodScheduled' && status === 'False') === true,
      'unschedulable',
    );
    const condition = pod?.conditions.find(({type}) => type === 'PodScheduled');
    assert.equal(condition?.reason, 'Unschedulable');
    assert.match(condition.message ?? '', /nodes are available/);
    assert.deepEqual([pod?.frigate, pod?.nodeName], [null, null]);
  });

  it('sees a paused rollout', async () => {
    assert.equal((await workload('pausedRollout')).paused, true);
  });

  it('sees a rollout past its deadline', async () => {
    const stuck = await eventually(
      () => workload('stuckRollout'),
      ({conditions}) => conditions.some(({reason}) => reason === 'ProgressDeadlineExceeded'),
      'ProgressDeadlineExceeded',
    );
    assert.equal(stuck.conditions.find(({type}) => type === 'Progressing')?.status, 'False');
  });

  it('sees a workload that is scaled to nothing', async () => {
    assert.equal((await workload('scaledToNothing')).desiredReplicas, 0);
    assert.deepEqual(await pods('scaledToNothing'), []);
  });

  it('sees the end of a life that is over in a pod that lives on', async () => {
    const [pod] = await podsOf(given().cluster, namespace, given().restarted);
    assert.equal(pod?.frigate?.last?.exitCode, given().restarted.exitCode);
    assert.equal(pod.frigate.state.phase, 'running');
    assert.equal(pod.frigate.restartCount, 1);
  });
};

/** Each call with the right that it cannot do without. */
const calls: ReadonlyArray<{
  readonly name: string;
  readonly needs: string;
  readonly call: (
    cluster: Cluster,
    workload: Workload,
    pod: string,
    running: RunningScene,
  ) => Promise<{known: boolean} | {kind: string; why?: unknown}>;
}> = [
  {
    name: 'findWorkload',
    needs: 'get deployments',
    call: (cluster, {namespace, name}) =>
      cluster.findWorkload({namespace, name, kind: null, podSelector: null}, within()),
  },
  {
    name: 'discovery',
    needs: 'list daemonsets',
    call: (cluster, {namespace}) =>
      cluster.findWorkload({namespace, name: null, kind: null, podSelector: null}, within()),
  },
  {name: 'listPods', needs: 'list pods', call: (cluster, workload) => cluster.listPods(workload, within())},
  {
    name: 'locate',
    needs: 'list pods',
    call: async (cluster, {namespace, name}) =>
      (await cluster.locate({namespace, name, kind: null, podSelector: null}, within())).pods,
  },
  {name: 'readNode', needs: 'get nodes', call: (cluster) => cluster.readNode('any', within())},
  {name: 'listEvents', needs: 'list events', call: (cluster, workload) => cluster.listEvents(workload, within())},
  {
    name: 'listClaims',
    needs: 'list persistentvolumeclaims',
    call: (cluster, {namespace}) => cluster.listClaims(namespace, ['any'], within()),
  },
  {
    name: 'readCronJob',
    needs: 'get cronjobs',
    call: (cluster, {namespace}) => cluster.readCronJob(namespace, 'any', within()),
  },
  {
    name: 'readDaemon',
    needs: 'list deployments',
    call: (cluster, {namespace}) => cluster.readDaemon(namespace, within()),
  },
  {
    name: 'openLog',
    needs: 'get pods/log',
    call: (cluster, {namespace}, pod) =>
      cluster.openLog(
        {namespace, pod, container: 'frigate', since: null, previous: false, follow: false, tailLines: 1},
        within(),
      ),
  },
  {
    name: 'exec',
    needs: 'get pods/exec',
    call: (cluster, {namespace}, pod, {commands}) =>
      cluster.exec({namespace, pod, container: 'frigate'}, commands.succeeds.command, {signal: within(), limit: 1000}),
  },
  {
    name: 'proxyGet',
    needs: 'get pods/proxy',
    call: (cluster, {namespace}, pod, {web}) =>
      cluster.proxyGet(namespace, pod, web.port, web.path, {signal: within(), limit: 1000}),
  },
  {
    name: 'forwardPort',
    needs: 'get pods/portforward',
    call: (cluster, {namespace}, pod, {web}) => cluster.forwardPort(namespace, pod, web.port, within()),
  },
  {
    name: 'readConfigMap',
    needs: 'get configmaps',
    call: (cluster, {namespace}) => cluster.readConfigMap(namespace, 'any', within()),
  },
  {
    name: 'createConfigMap',
    needs: 'create configmaps',
    call: (cluster, {namespace}) => cluster.createConfigMap(namespace, 'any', new Map(), within()),
  },
  {
    name: 'restart',
    needs: 'patch deployments',
    call: (cluster, workload) => cluster.restart(patchOf(workload, {dryRun: true}), within()),
  },
  {
    name: 'annotate',
    needs: 'patch deployments',
    call: (cluster, {kind, namespace, name, uid}) =>
      cluster.annotate({kind, namespace, name, uid, annotations: new Map([[PAUSED_REASON, null]])}, within()),
  },
];

const describeRights = (stage: Stage, given: () => {cluster: Cluster; running: RunningScene}): void => {
  const {namespace} = stage;
  const nameOf = ({verb, resource}: Permission): string => `${verb} ${resource}`;

  for (const {name, needs, call} of calls) {
    it(`${name} without the right to ${needs} is forbidden and says how to look`, async () => {
      const {cluster, running} = given();
      const workload = await find(cluster, namespace, running);
      const [pod] = await podsOf(cluster, namespace, running);
      const rights = allRights(namespace);
      assert.ok(
        rights.some((right) => nameOf(right) === needs),
        needs,
      );
      const poor = await stage.connect(rights.filter((right) => nameOf(right) !== needs));
      try {
        const result = await call(poor, workload, pod?.name ?? '', running);
        const why = 'why' in result ? (result.why as Partial<UnknownReason>) : {};
        assert.equal(why.code, 'forbidden', JSON.stringify(result));
        assert.match(why.message ?? '', /403/);
        assert.match(commandsOf(why.fix), new RegExp(`^kubectl auth can-i ${needs.split(' ')[0]} `));
      } finally {
        poor.close();
      }
    });
  }

  it('names exactly the rights that are missing', async () => {
    const rights = allRights(namespace);
    const taken = new Set(['get pods/log', 'patch statefulsets', 'get nodes']);
    const poor = await stage.connect(rights.filter((right) => !taken.has(nameOf(right))));
    const missing = valueOf(await poor.missingPermissions(rights, within()));
    assert.deepEqual(new Set(missing.map(nameOf)), taken);
    assert.deepEqual(valueOf(await given().cluster.missingPermissions(rights, within())), []);
    poor.close();
  });

  it('works with exactly the rights of the list', async () => {
    const poor = await stage.connect(allRights(namespace));
    const workload = await find(poor, namespace, given().running);
    assert.equal(workload.revisions.length, 1);
    const [pod] = valueOf(await poor.listPods(workload, within()));
    assert.equal(pod?.current, true);
    const ran = valueOf(
      await poor.exec({namespace, pod: pod.name, container: 'frigate'}, given().running.commands.succeeds.command, {
        signal: within(),
        limit: 1000,
      }),
    );
    assert.equal(ran.exitCode, 0);
    poor.close();
  });

  it('knows the pods of a Deployment without the right to list ReplicaSets, but not which is current', async () => {
    const poor = await stage.connect(allRights(namespace).filter((right) => nameOf(right) !== 'list replicasets'));
    const workload = await find(poor, namespace, given().running);
    assert.deepEqual(workload.revisions, []);
    const pods = valueOf(await poor.listPods(workload, within()));
    assert.deepEqual(
      pods.map(({current}) => current),
      [null],
    );
    poor.close();
  });
};

/** Runs the whole contract on a stage. */
export const describeCluster = (stage: Stage): void => {
  describe(`the contract of Cluster on ${stage.name}`, function () {
    this.timeout(120_000);
    let cluster: Cluster;
    let running: RunningScene;
    let target: Scene;
    let statefulSet: Scene;
    let daemonSet: Scene;
    let restarted: RestartedScene;
    let scenes: Readonly<Record<string, Scene>>;

    before(async () => {
      await stage.start();
      cluster = await stage.connect();
      const circumstances = [
        'oomKilled',
        'crashLoop',
        'imagePullFailure',
        'unschedulable',
        'pausedRollout',
        'stuckRollout',
        'scaledToNothing',
      ] as const;
      [running, target, statefulSet, daemonSet, restarted, scenes] = await Promise.all([
        stage.running(),
        stage.running(),
        stage.runningStatefulSet(),
        stage.runningDaemonSet(),
        stage.restarted(),
        Promise.all(circumstances.map(async (name) => [name, await stage[name]()] as const)).then(
          Object.fromEntries<Scene>,
        ),
      ]);
    });

    after(async () => {
      cluster.close();
      await stage.stop();
    });

    describe('finding', () => describeFinding(stage, () => ({cluster, running})));
    describe('pods, node and what surrounds them', () =>
      describePods(stage, () => ({cluster, running, statefulSet, daemonSet})));
    describe('commands, logs and connections', () => describeContainers(stage, () => ({cluster, running, restarted})));
    describe('ConfigMaps', () => describeConfigMaps(stage, () => ({cluster})));
    describe('circumstances', () => describeCircumstances(stage, () => ({cluster, scenes, restarted})));
    describe('rights', () => describeRights(stage, () => ({cluster, running})));
    describe('the restart', () => describeRestart(stage, () => ({cluster, target, statefulSet, daemonSet})));
  });
};
