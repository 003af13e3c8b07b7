/** The simulated API server: the answers of a real Kubernetes 1.34, recorded with kubectl get --raw and curl. */
import assert from 'node:assert/strict';
import {connect} from 'node:net';
import WebSocket from 'ws';
import {instant, minutes} from '../../src/core/time.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import type {Scenario} from '../../src/simulator/scenarios/scenario.js';
import {startSimulator, type Simulator, type SimulatorOptions} from '../../src/simulator/simulator.js';
import {conditionOf, type Answered} from './shapes.js';

interface Answer {
  status: number;
  body: Answered;
  text: string;
  headers: Headers;
}

const NOW = instant(Date.parse('2026-11-23T04:00:00Z'));
const MINUTE = 60_000;
let world: Simulator;

const open = async (scenario: string | Scenario = 'healthy', options: SimulatorOptions = {}): Promise<Simulator> => {
  const chosen = typeof scenario === 'string' ? findScenario(scenario)! : scenario;
  world = await startSimulator(chosen, {pace: 'still', startAt: NOW, ...options});
  return world;
};

const ask = async (path: string, init: RequestInit & {user?: string} = {}): Promise<Answer> => {
  const response = await fetch(`${world.cluster.url}${path}`, {
    ...init,
    headers: {authorization: `Bearer token-${init.user ?? 'demo'}`, ...(init.headers as Record<string, string>)},
  });
  const text = await response.text();
  let body = {} as Answered;
  try {
    body = JSON.parse(text) as Answered;
  } catch {
    // Not every answer is JSON.
  }
  return {status: response.status, body, text, headers: response.headers};
};

const send = (
  method: string,
  path: string,
  body: unknown,
  type = 'application/json',
  headers: Record<string, string> = {},
): Promise<Answer> => ask(path, {method, body: JSON.stringify(body), headers: {'content-type': type, ...headers}});

const NS = '/api/v1/namespaces/frigate';
const APPS = '/apis/apps/v1/namespaces/frigate';
const pods = async (): Promise<Answered[]> => (await ask(`${NS}/pods`)).body.items;
const podName = async (): Promise<string> => (await pods())[0]!.metadata.name;

interface Frames {
  protocol: string;
  frames: Buffer[];
  status: Answered;
  closed: number | null;
  refused: number | null;
}

/** Milliseconds for what ends by itself. */
const LONGEST = 8000;

const dial = (path: string, protocols: string[], forMs = LONGEST, toSend?: Buffer): Promise<Frames> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${world.cluster.url.replace('http', 'ws')}${path}`, protocols, {
      headers: {authorization: 'Bearer token-demo'},
    });
    const seen: Frames = {protocol: '', frames: [], status: {} as Answered, closed: null, refused: null};
    const done = (): void => {
      clearTimeout(timer);
      socket.terminate();
      // What comes after is not what was seen.
      resolve({...seen});
    };
    const timer = setTimeout(done, forMs);
    socket.on('open', () => {
      seen.protocol = socket.protocol;
      if (toSend !== undefined) socket.send(toSend);
    });
    socket.on('unexpected-response', (_request, response) => {
      seen.refused = response.statusCode ?? 0;
      done();
    });
    socket.on('message', (data: Buffer) => {
      seen.frames.push(data);
      if (data[0] === 3) seen.status = JSON.parse(data.subarray(1).toString()) as Answered;
    });
    socket.on('close', (code) => {
      seen.closed = code;
      done();
    });
    socket.on('error', () => undefined);
  });

const exec = async (
  command: string[],
  options: {pod?: string; container?: string; protocols?: string[]; forMs?: number} = {},
): Promise<Frames & {stdout: string; stderr: string}> => {
  const pod = options.pod ?? (await podName());
  const query = [
    ...command.map((word) => `command=${encodeURIComponent(word)}`),
    'stdout=true',
    'stderr=true',
    ...(options.container === undefined ? [] : [`container=${options.container}`]),
  ].join('&');
  const frames = await dial(
    `${NS}/pods/${pod}/exec?${query}`,
    options.protocols ?? ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    options.forMs,
  );
  const channel = (number: number): string =>
    Buffer.concat(frames.frames.filter((frame) => frame[0] === number).map((frame) => frame.subarray(1))).toString();
  return {...frames, stdout: channel(1), stderr: channel(2)};
};

describe('the simulated API server', () => {
  afterEach(async () => {
    await world.close();
  });

  describe('objects', () => {
    it("answers 404 with the Status of a real one, and the world's time as Date", async () => {
      await open();
      const answer = await ask(`${NS}/pods/nope`);
      assert.equal(answer.status, 404);
      assert.deepEqual(answer.body, {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'pods "nope" not found',
        reason: 'NotFound',
        details: {name: 'nope', kind: 'pods'},
        code: 404,
      });
      assert.equal(answer.headers.get('date'), 'Mon, 23 Nov 2026 04:00:00 GMT');
      await world.clock.advance(5 * MINUTE);
      assert.equal((await ask('/version')).headers.get('date'), 'Mon, 23 Nov 2026 04:05:00 GMT');
      assert.equal((await ask('/foo')).text, '404 page not found\n');
    });

    it('keeps resource versions: create, refuse a second, replace under a precondition, refuse an old one', async () => {
      await open();
      const made = await send('POST', `${NS}/configmaps?fieldManager=frigate-health`, {
        metadata: {name: 'a'},
        data: {k: 'v'},
      });
      assert.equal(made.status, 201);
      const again = await send('POST', `${NS}/configmaps`, {metadata: {name: 'a'}, data: {}});
      assert.deepEqual(
        [again.status, again.body.reason, again.body.message],
        [409, 'AlreadyExists', 'configmaps "a" already exists'],
      );
      const {uid, resourceVersion} = made.body.metadata;
      const written = await send('PUT', `${NS}/configmaps/a`, {
        metadata: {name: 'a', uid, resourceVersion},
        data: {k: 'w'},
      });
      assert.equal(written.status, 200);
      assert.notEqual(written.body.metadata.resourceVersion, resourceVersion);
      const stale = await send('PUT', `${NS}/configmaps/a`, {metadata: {name: 'a', resourceVersion}, data: {k: 'x'}});
      assert.deepEqual([stale.status, stale.body.reason], [409, 'Conflict']);
      assert.equal(
        stale.body.message,
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      );
      const other = await send('PUT', `${NS}/configmaps/a`, {metadata: {name: 'a', uid: 'x'}, data: {k: 'x'}});
      assert.match(other.body.message, /Precondition failed: UID in precondition: x/);
      assert.equal(
        (await send('PUT', `${NS}/configmaps/zz`, {metadata: {name: 'zz', resourceVersion: '5'}, data: {}})).status,
        404,
      );
      const same = await send('PUT', `${NS}/configmaps/a`, {metadata: {name: 'a'}, data: {k: 'w'}});
      assert.equal(same.body.metadata.resourceVersion, written.body.metadata.resourceVersion);
    });

    it('says in managedFields who wrote what: the parameter, or the first word of the user agent', async () => {
      await open();
      await send('POST', `${NS}/configmaps?fieldManager=frigate-health`, {
        metadata: {name: 'a'},
        data: {k: 'v', l: '1'},
      });
      await world.clock.advance(1000);
      const answer = await send(
        'PUT',
        `${NS}/configmaps/a`,
        {metadata: {name: 'a'}, data: {k: 'w', l: '1'}},
        'application/json',
        {'user-agent': 'kustomize-controller/v1.2 (linux)'},
      );
      const fields = answer.body.metadata.managedFields;
      assert.deepEqual(
        fields.map((entry) => [entry.manager, entry.time, Object.keys(entry.fieldsV1['f:data'] ?? {})]),
        [
          ['frigate-health', '2026-11-23T04:00:00Z', ['f:l']],
          ['kustomize-controller', '2026-11-23T04:00:01Z', ['f:k']],
        ],
      );
    });

    it('lists without kinds, by labels and fields, page by page', async () => {
      await open();
      const all = await ask(
        `${NS}/pods?labelSelector=${encodeURIComponent('app.kubernetes.io/name in (frigate,other),!job')}`,
      );
      assert.equal(all.body.kind, 'PodList');
      assert.equal(all.body.items.length, 1);
      assert.equal('kind' in all.body.items[0]!, false);
      assert.equal((await ask(`${NS}/pods?labelSelector=app%3Dother`)).body.items.length, 0);
      assert.equal((await ask(`${NS}/pods?fieldSelector=spec.nodeName%3Dnuc-1`)).body.items.length, 1);
      assert.equal((await ask(`${NS}/pods?fieldSelector=status.phase!%3DRunning`)).body.items.length, 0);
      const wrong = await ask(`${NS}/pods?fieldSelector=foo%3Dbar`);
      assert.deepEqual([wrong.status, wrong.body.message], [400, 'field label not supported: foo']);
      assert.equal((await ask(`${NS}/pods?labelSelector=a%20b%20c`)).status, 400);
      for (const name of ['a', 'b', 'c']) await send('POST', `${NS}/configmaps`, {metadata: {name}, data: {}});
      const first = await ask(`${NS}/configmaps?limit=2`);
      assert.deepEqual([first.body.items.length, first.body.metadata.remainingItemCount], [2, 1]);
      const token = first.body.metadata.continue;
      const rest = await ask(`${NS}/configmaps?limit=2&continue=${token}`);
      assert.deepEqual(
        rest.body.items.map((item: Answered) => item.metadata.name),
        ['c'],
      );
      world.cluster.store.compact();
      const late = await ask(`${NS}/configmaps?limit=2&continue=${token}`);
      assert.deepEqual([late.status, late.body.reason], [410, 'Expired']);
    });

    it('applies a JSON Patch whole or not at all: a failed test is 422, and null stands for an absent key', async () => {
      await open();
      const path = `${APPS}/deployments/frigate`;
      const before = (await ask(path)).body;
      const patch = (operations: unknown, query = ''): Promise<Answer> =>
        send('PATCH', `${path}${query}`, operations, 'application/json-patch+json');
      for (const operations of [
        [{op: 'test', path: '/metadata/uid', value: 'x'}],
        [{op: 'add', path: '/spec/template/metadata/annotations/foo', value: 'x'}],
        [{op: 'test', path: '/spec/template/metadata/annotations/x', value: null}],
        [
          {op: 'replace', path: '/spec/replicas', value: 2},
          {op: 'remove', path: '/spec/nope'},
        ],
      ]) {
        const answer = await patch(operations);
        assert.deepEqual(
          [answer.status, answer.body.message, answer.body.reason],
          [422, 'the server rejected our request due to an error in our request', 'Invalid'],
        );
      }
      assert.equal(
        (await patch([{op: 'test', path: '/spec/template/metadata/annotations', value: null}], '?dryRun=All')).status,
        200,
      );
      assert.deepEqual((await ask(path)).body, before);
      const good = await patch([
        {op: 'test', path: '/metadata/uid', value: before.metadata.uid},
        {op: 'add', path: '/metadata/labels/a~1b', value: 'c'},
      ]);
      assert.equal(good.body.metadata.labels['a/b'], 'c');
    });

    it('refuses what a real one refuses: an old version in a patch, another media type, a selector that no longer matches', async () => {
      await open();
      const path = `${APPS}/deployments/frigate`;
      const stale = await send('PATCH', path, {metadata: {resourceVersion: '1'}}, 'application/merge-patch+json');
      assert.deepEqual(
        [stale.status, stale.body.details],
        [409, {name: 'frigate', group: 'apps', kind: 'deployments'}],
      );
      assert.equal((await send('PATCH', path, {}, 'application/json')).status, 415);
      const labels = await send(
        'PATCH',
        path,
        {spec: {template: {metadata: {labels: {'app.kubernetes.io/name': 'zz'}}}}},
        'application/merge-patch+json',
      );
      assert.equal(labels.status, 422);
      assert.match(labels.body.message, /`selector` does not match template `labels`/);
    });

    it('does nothing in a dry run', async () => {
      await open();
      const before = world.cluster.store.version;
      const made = await send('POST', `${NS}/configmaps?dryRun=All`, {metadata: {name: 'b'}, data: {}});
      assert.equal(made.status, 201);
      assert.equal('resourceVersion' in made.body.metadata, false);
      const patched = await send(
        'PATCH',
        `${APPS}/deployments/frigate?dryRun=All`,
        {spec: {replicas: 0}},
        'application/merge-patch+json',
      );
      assert.equal(patched.body.spec.replicas, 0);
      assert.equal((await ask(`${NS}/pods/${await podName()}?dryRun=All`, {method: 'DELETE'})).status, 200);
      assert.equal(world.cluster.store.version, before);
    });

    it('deletes under a precondition', async () => {
      await open();
      await send('POST', `${NS}/configmaps`, {metadata: {name: 'a'}, data: {}});
      assert.equal((await send('DELETE', `${NS}/configmaps/a`, {preconditions: {uid: 'x'}})).status, 409);
      assert.equal((await ask(`${NS}/configmaps/a`, {method: 'DELETE'})).body.status, 'Success');
    });

    it('tells a watch what stands, what changes, a bookmark at its end, and 410 for what is forgotten', async () => {
      await open();
      const watch = ask(`${NS}/configmaps?watch=1&allowWatchBookmarks=true&timeoutSeconds=1`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await send('POST', `${NS}/configmaps`, {metadata: {name: 'a', labels: {x: 'y'}}, data: {}});
      await send('PATCH', `${NS}/configmaps/a`, {data: {k: 'v'}}, 'application/merge-patch+json');
      await ask(`${NS}/configmaps/a`, {method: 'DELETE'});
      const events = (await watch).text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Answered);
      assert.deepEqual(
        events.map((event) => event.type),
        ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'],
      );
      assert.equal(events[0]!.object.kind, 'ConfigMap');
      world.cluster.store.compact();
      const gone = JSON.parse(
        (await ask(`${NS}/configmaps?watch=1&resourceVersion=1&timeoutSeconds=1`)).text,
      ) as Answered;
      assert.deepEqual([gone.type, gone.object.code, gone.object.reason], ['ERROR', 410, 'Expired']);
    });
  });

  describe('rights', () => {
    it('asks for a token, refuses by rule in the words of RBAC, and says the same in a review', async () => {
      await open();
      assert.equal((await ask(`${NS}/pods`, {headers: {authorization: 'Bearer nonsense'}})).status, 401);
      world.cluster.access.grant('bob', [{verbs: ['get'], groups: ['apps'], resources: ['deployments']}]);
      const refused = await ask(`${NS}/pods`, {user: 'bob'});
      assert.equal(
        refused.body.message,
        'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "frigate"',
      );
      assert.equal(
        (await ask('/api/v1/nodes/nuc-1', {user: 'bob'})).body.message,
        'nodes "nuc-1" is forbidden: User "bob" cannot get resource "nodes" in API group "" at the cluster scope',
      );
      assert.equal(
        (await ask(`${NS}/pods/x/log`, {headers: {'impersonate-user': 'bob'}})).body.message,
        'pods "x" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "frigate"',
      );
      const review = (attributes: Record<string, string>): Promise<Answer> =>
        ask('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          method: 'POST',
          user: 'bob',
          body: JSON.stringify({spec: {resourceAttributes: attributes}}),
        });
      assert.deepEqual(
        [
          (await review({verb: 'get', group: 'apps', resource: 'deployments'})).body.status,
          (await review({verb: 'get', resource: 'pods', subresource: 'log'})).body.status,
        ],
        [{allowed: true}, {allowed: false}],
      );
      const rules = await ask('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
        method: 'POST',
        user: 'bob',
        body: JSON.stringify({spec: {namespace: 'frigate'}}),
      });
      assert.deepEqual(rules.body.status.resourceRules, [
        {verbs: ['get'], apiGroups: ['apps'], resources: ['deployments']},
      ]);
      const giveBack = world.cluster.access.deny({resource: 'nodes'});
      assert.equal((await ask('/api/v1/nodes/nuc-1')).status, 403);
      giveBack();
      assert.equal((await ask('/api/v1/nodes/nuc-1')).status, 200);
    });
  });

  describe('rollouts', () => {
    const restart = (): Promise<Answer> =>
      send(
        'PATCH',
        `${APPS}/deployments/frigate`,
        {spec: {template: {metadata: {annotations: {'kubectl.kubernetes.io/restartedAt': '2026-11-23T04:00:00Z'}}}}},
        'application/merge-patch+json',
      );

    it('Recreate: the old pod ends first, then a new one comes with a fresh Frigate, and the fault is gone', async () => {
      await open('detector-silent');
      const old = (await pods())[0]!;
      const patched = await restart();
      assert.deepEqual([patched.body.metadata.generation, patched.body.status.observedGeneration], [2, 1]);
      const [ending, ...others] = await pods();
      assert.equal(others.length, 0);
      assert.equal(ending!.metadata.deletionTimestamp, '2026-11-23T04:00:30Z');
      const during = (await ask(`${APPS}/deployments/frigate`)).body;
      assert.equal(during.status.observedGeneration, 2);
      assert.equal(during.status.updatedReplicas, undefined);
      assert.equal(conditionOf(during, 'Progressing').reason, 'ReplicaSetUpdated');
      await world.clock.advance(90_000);
      const fresh = (await pods())[0]!;
      assert.notEqual(fresh.metadata.uid, old.metadata.uid);
      assert.notEqual(fresh.status.containerStatuses[0].containerID, old.status.containerStatuses[0].containerID);
      const {status} = (await ask(`${APPS}/deployments/frigate`)).body;
      assert.deepEqual(
        [status.updatedReplicas, status.readyReplicas, status.availableReplicas, status.replicas],
        [1, 1, 1, 1],
      );
      const sets = (await ask(`${APPS}/replicasets`)).body.items;
      assert.deepEqual(sets.map((set) => set.spec.replicas).sort(), [0, 1]);
      const stats = (await ask(`${NS}/pods/${fresh.metadata.name}:5000/proxy/api/stats`)).body;
      assert.ok(stats.cameras['front_door']!.process_fps >= 4.9, JSON.stringify(stats.cameras['front_door']));
    });

    it('a cause that stays comes back in the new pod', async () => {
      const healthy = findScenario('healthy')!;
      await open({...healthy, happenings: [{ago: minutes(20), what: 'fault', fault: 'det-stop', stays: true}]});
      await restart();
      await world.clock.advance(3 * MINUTE);
      const stats = (await ask(`${NS}/pods/${await podName()}:5000/proxy/api/stats`)).body;
      assert.ok(stats.cameras['front_door']!.process_fps <= 0.3);
    });

    for (const kind of ['StatefulSet', 'DaemonSet'] as const) {
      it(`${kind}: the pod is deleted and made anew under a new revision`, async () => {
        await open('healthy', {installation: {kind}});
        const old = (await pods())[0]!;
        if (kind === 'StatefulSet') assert.equal(old.metadata.name, 'frigate-0');
        const path = `${APPS}/${kind.toLowerCase()}s/frigate`;
        await send(
          'PATCH',
          path,
          {spec: {template: {metadata: {annotations: {a: 'b'}}}}},
          'application/merge-patch+json',
        );
        await world.clock.advance(MINUTE);
        const fresh = await pods();
        assert.equal(fresh.length, 1);
        assert.notEqual(fresh[0]!.metadata.uid, old.metadata.uid);
        assert.equal((await ask(`${APPS}/controllerrevisions`)).body.items.length, 2);
        assert.equal((await ask(path)).body.status.observedGeneration, 2);
      });
    }

    it('RollingUpdate with an exclusive device waits for ever: the new pod cannot be placed', async () => {
      await open('unschedulable', {installation: {strategy: 'RollingUpdate'}});
      await world.cluster.repair();
      const list = await pods();
      assert.ok(list.some((pod) => pod.status.phase === 'Pending'));
      await world.clock.advance(11 * MINUTE);
      assert.equal(conditionOf((await ask(`${APPS}/deployments/frigate`)).body, 'Available').status, 'False');
    });

    it('scales to nothing and pauses', async () => {
      await open();
      await send('PATCH', `${APPS}/deployments/frigate`, {spec: {replicas: 0}}, 'application/merge-patch+json');
      await world.clock.advance(MINUTE);
      assert.deepEqual(await pods(), []);
      await send(
        'PATCH',
        `${APPS}/deployments/frigate`,
        {spec: {replicas: 1, paused: true}},
        'application/merge-patch+json',
      );
      assert.equal(
        conditionOf((await ask(`${APPS}/deployments/frigate`)).body, 'Progressing').reason,
        'DeploymentPaused',
      );
    });

    it('kills a Frigate that ignores TERM only at the end of its grace', async () => {
      await open('capture-frozen');
      await restart();
      await world.clock.advance(20_000);
      assert.equal((await pods())[0]!.metadata.deletionTimestamp, '2026-11-23T04:00:30Z');
      await world.clock.advance(15_000);
      assert.equal((await pods())[0]!.metadata.deletionTimestamp, undefined);
    });
  });

  describe('the way to the pod', () => {
    it('proxies: any answer of Frigate, 503 for a refused port, 404 without the pod, 301 without a path', async () => {
      await open();
      const pod = await podName();
      const version = await ask(`${NS}/pods/${pod}:5000/proxy/api/version`);
      assert.deepEqual([version.status, version.text, version.headers.get('server')], [200, '0.17.2-3d4dd3a', 'nginx']);
      const refused = await ask(`${NS}/pods/${pod}:5001/proxy/x`);
      assert.equal(refused.status, 503);
      assert.match(
        refused.body.message,
        /^error trying to reach service: dial tcp [\d.]+:5001: connect: connection refused$/,
      );
      assert.equal((await ask(`${NS}/pods/nope:5000/proxy/x`)).status, 404);
      assert.equal((await ask(`${NS}/pods/${pod}:5000/proxy`, {redirect: 'manual'})).status, 301);
      assert.equal((await ask(`${NS}/pods/http:${pod}:5000/proxy/nope`)).status, 200);
      assert.equal((await ask(`${NS}/pods/${pod}:5000/proxy/api/nope`)).status, 404);
    });

    it('answers directly on the address of the pod', async () => {
      await open();
      const ip = (await pods())[0]!.status.podIP;
      assert.equal(await (await fetch(`http://${ip}:${world.directPort}/api/version`)).text(), '0.17.2-3d4dd3a');
      await world.cluster.fault('det-kill');
      await world.clock.advance(12_500);
      const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
        connect(world.directPort, ip).on('error', resolve),
      );
      assert.equal(error.code, 'ECONNREFUSED');
    });

    it('runs commands: frames, streams, exit codes, protocols', async () => {
      await open();
      const hello = await exec(['sh', '-c', 'echo hi; nope']);
      assert.deepEqual([hello.protocol, hello.stdout, hello.closed], ['v5.channel.k8s.io', 'hi\n', 1000]);
      assert.match(hello.stderr, /not found/);
      const seven = await exec(['sh', '-c', 'exit 7'], {protocols: ['v4.channel.k8s.io']});
      assert.deepEqual(seven.status, {
        metadata: {},
        status: 'Failure',
        message: 'command terminated with non-zero exit code: error executing command [sh -c exit 7], exit code 7',
        reason: 'NonZeroExitCode',
        details: {causes: [{reason: 'ExitCode', message: '7'}]},
      });
      assert.deepEqual((await exec(['echo', 'a'])).status, {metadata: {}, status: 'Success'});
      assert.equal((await exec(['nope'])).status.reason, 'InternalError');
      assert.equal((await exec(['ls'], {container: 'zz'})).refused, 400);
      assert.equal((await exec(['ls'], {pod: 'nope'})).refused, 404);
      assert.equal((await exec(['ls'], {protocols: ['v1.foo']})).refused, 403);
      assert.equal(
        (await ask(`${NS}/pods/${await podName()}/exec?command=ls`)).body.message,
        'Upgrade request required',
      );
    });

    it('has a curl with the flags and the exit codes of the real one', async () => {
      await open();
      const curl = (...args: string[]): ReturnType<typeof exec> => exec(['curl', ...args]);
      assert.equal((await curl('-s', 'http://127.0.0.1:5000/api/version')).stdout, '0.17.2-3d4dd3a');
      assert.equal(
        (await curl('-sS', '-m', '10', '-o', '/dev/null', '-w', '%{http_code}', '127.0.0.1:5000/api/nope')).stdout,
        '404',
      );
      assert.match(
        (await curl('-sSi', '-m10', '127.0.0.1:5000/api/version')).stdout,
        /^HTTP\/1\.1 200 OK\r\n[^]*Date: [^]*\r\n\r\n0\.17\.2/,
      );
      assert.match(
        (await curl('-s', '-D', '-', '-H', 'Cookie: session=1', '--max-time=5', '127.0.0.1:5000/api/version')).stdout,
        /^HTTP\/1\.1 200/,
      );
      assert.match((await curl('-sS', '-f', '127.0.0.1:5000/api/nope')).status.message, /exit code 22/);
      const refused = await curl('-sS', '127.0.0.1:5999/');
      assert.match(refused.stderr, /^curl: \(7\) Failed to connect to 127\.0\.0\.1 port 5999/);
      await world.cluster.fault('main-stop');
      const silent = await curl('-sS', '-m', '10', '127.0.0.1:5000/api/version');
      assert.match(silent.stderr, /^curl: \(28\) Operation timed out/);
      assert.deepEqual(silent.status.details.causes, [{reason: 'ExitCode', message: '28'}]);
    });

    it('shows mounts as they are, and hangs where a mount hangs', async () => {
      await open('disk-hang');
      assert.match(
        (await exec(['cat', '/proc/mounts'])).stdout,
        /^192\.168\.1\.5:\/export\/frigate \/media\/frigate nfs4 rw/m,
      );
      const hanging = await exec(['timeout', '5', 'stat', '-f', '/media/frigate/recordings'], {forMs: 300});
      assert.deepEqual([hanging.status, hanging.closed], [{}, null]);
      await world.close();
      await open('healthy');
      assert.match((await exec(['timeout', '5', 'stat', '-f', '/media/frigate/recordings'])).stdout, /Type: ext4/);
      await world.cluster.fault('disk-hang');
      assert.match(
        (await exec(['timeout', '5', 'stat', '-f', '/media/frigate/recordings'])).status.message,
        /exit code 124/,
      );
      await world.cluster.repair();
      await world.cluster.fault('disk-ro');
      assert.match((await exec(['cat', '/proc/mounts'])).stdout, /^\/dev\/sdb1 \/media\/frigate ext4 ro/m);
    });

    it('forwards a port: two bytes of port on both channels, then bytes; refused on the error channel', async () => {
      await open();
      const pod = await podName();
      const request = Buffer.concat([Buffer.from([0]), Buffer.from('GET /api/version HTTP/1.0\r\n\r\n')]);
      const forwarded = await dial(`${NS}/pods/${pod}/portforward?ports=5000`, ['v4.channel.k8s.io'], LONGEST, request);
      assert.deepEqual(
        forwarded.frames.slice(0, 2).map((frame) => [...frame]),
        [
          [0, 0x88, 0x13],
          [1, 0x88, 0x13],
        ],
      );
      assert.match(
        Buffer.concat(forwarded.frames.slice(2).map((frame) => frame.subarray(1))).toString(),
        /200 OK[^]*0\.17\.2-3d4dd3a$/,
      );
      const refused = await dial(`${NS}/pods/${pod}/portforward?ports=5001`, ['v4.channel.k8s.io']);
      assert.match(refused.frames.at(-1)!.subarray(1).toString(), /127\.0\.0\.1:5001: connect: connection refused/);
      assert.equal(refused.frames.at(-1)![0], 1);
    });

    it("needs the name of a container where there are two, and finds Frigate's", async () => {
      await open('healthy', {installation: {sidecar: true}});
      const pod = await podName();
      const unnamed = await ask(`${NS}/pods/${pod}/log`);
      assert.equal(
        unnamed.body.message,
        `a container name must be specified for pod ${pod}, choose one of: [config-sync frigate]`,
      );
      assert.equal((await exec(['ls'])).refused, 400);
      assert.equal((await exec(['echo', 'x'], {container: 'frigate'})).stdout, 'x\n');
    });
  });

  describe('logs', () => {
    it('gives the window asked for, with the stamps of the kubelet', async () => {
      await open('coral-stuck');
      const pod = await podName();
      const log = await ask(`${NS}/pods/${pod}/log?container=frigate&timestamps=true&sinceSeconds=600`);
      const lines = log.text.trim().split('\n');
      assert.ok(lines.filter((line) => line.includes('appears to be stuck')).length >= 8);
      for (const line of lines)
        assert.match(line, /^2026-11-23T0[34]:\d\d:\d\d\.\d{9}Z \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} {2}/);
      assert.ok(lines.every((line) => line >= '2026-11-23T03:50:00'));
      assert.deepEqual([...lines].sort(), lines);
      const since = await ask(`${NS}/pods/${pod}/log?timestamps=true&sinceTime=2026-11-23T03:58:00Z`);
      assert.ok(since.text.length < log.text.length && since.text.length > 0);
      assert.equal((await ask(`${NS}/pods/${pod}/log?tailLines=2`)).text.trim().split('\n').length, 2);
      assert.equal((await ask(`${NS}/pods/${pod}/log?limitBytes=100`)).text.length, 100);
      assert.equal(
        (await ask(`${NS}/pods/${pod}/log?previous=true`)).body.message,
        `previous terminated container "frigate" in pod "${pod}" not found`,
      );
    });

    it('keeps the log of the container before', async () => {
      await open('crash-loop');
      const previous = await ask(`${NS}/pods/${await podName()}/log?previous=true`);
      assert.match(previous.text, /Detection appears to have stopped\. Exiting Frigate/);
    });

    it('follows: new lines come as the world moves', async () => {
      await open('healthy');
      const stop = new AbortController();
      const response = await fetch(`${world.cluster.url}${NS}/pods/${await podName()}/log?follow=true&tailLines=0`, {
        headers: {authorization: 'Bearer token-demo'},
        signal: stop.signal,
      });
      await world.cluster.fault('cams-gone');
      await world.clock.advance(MINUTE);
      const reader = response.body!.getReader();
      let text = '';
      while (!text.includes('Connection refused'))
        text += Buffer.from((await reader.read()).value ?? new Uint8Array()).toString();
      stop.abort();
      assert.match(text, /Ffmpeg process crashed unexpectedly/);
    });

    it('carries a hundred megabytes when it has to', async () => {
      await open('coral-stuck', {logMegabytes: 100});
      const response = await fetch(
        `${world.cluster.url}${NS}/pods/${await podName()}/log?timestamps=true&sinceSeconds=600`,
        {headers: {authorization: 'Bearer token-demo'}},
      );
      let bytes = 0;
      for await (const chunk of response.body! as ReadableStream<Uint8Array>) bytes += chunk.length;
      assert.ok(bytes > 90 * 1024 * 1024 && bytes < 115 * 1024 * 1024, String(bytes));
    }).timeout(20_000);
  });

  describe('its own faults', () => {
    const path = `${NS}/configmaps/frigate-health-state`;
    const broken = (promise: Promise<unknown>): Promise<void> => assert.rejects(promise);

    it('breaks as told: status, reset, cut body, page of a proxy, garbage, silence, latency', async () => {
      await open();
      const {disruptions} = world.cluster;
      const match = ({path: asked}: {path: string}): boolean => asked.startsWith(`${NS}/pods`);
      disruptions.add({match, answer: {status: 429}, times: 1});
      const throttled = await ask(`${NS}/pods`);
      assert.deepEqual(
        [throttled.status, throttled.headers.get('retry-after'), throttled.body.reason],
        [429, '1', 'TooManyRequests'],
      );
      for (const answer of ['reset', 'cut-body'] as const) {
        disruptions.add({match, answer, times: 1});
        await broken(ask(`${NS}/pods`));
      }
      disruptions.add({match, answer: 'html', times: 1});
      assert.match((await ask(`${NS}/pods`)).text, /^<html>/);
      disruptions.add({match, answer: 'garbage', times: 1});
      assert.equal((await ask(`${NS}/pods`)).text.length, 10 * 1024 * 1024);
      disruptions.add({match, answer: 'silence', times: 1});
      await broken(ask(`${NS}/pods`, {signal: AbortSignal.timeout(150)}));
      disruptions.add({match, answer: {latency: 80}, times: 1});
      const began = performance.now();
      await ask(`${NS}/pods`);
      assert.ok(performance.now() - began >= 75);
      assert.equal((await ask(`${NS}/pods`)).status, 200);
    });

    it('applies and then says nothing of it', async () => {
      await open();
      world.cluster.disruptions.add({match: ({method}) => method === 'PATCH', answer: 'apply-then-reset', times: 1});
      await broken(
        send('PATCH', `${APPS}/deployments/frigate`, {metadata: {labels: {x: 'y'}}}, 'application/merge-patch+json'),
      );
      assert.equal((await ask(`${APPS}/deployments/frigate`)).body.metadata.labels['x'], 'y');
      assert.deepEqual(
        world.cluster.requests.map(({method, status, user}) => [method, status, user]),
        [
          ['PATCH', -1, 'demo'],
          ['GET', 200, 'demo'],
        ],
      );
      world.cluster.forgetRequests();
      assert.equal((await ask(path)).status, 404);
      assert.equal(world.cluster.requests.length, 1);
    });

    it('disturbs exec: no status, half of the output, no close', async () => {
      await open();
      const disturb = (answer: 'silence' | 'partial' | 'no-close' | 'cut-body'): void =>
        void world.cluster.disruptions.add({match: ({path: asked}) => asked.includes('/exec'), answer, times: 1});
      disturb('silence');
      assert.deepEqual((await exec(['echo', 'x'], {forMs: 200})).frames, []);
      disturb('partial');
      const partial = await exec(['echo', 'hello'], {forMs: 200});
      assert.deepEqual([partial.stdout, partial.status, partial.closed], ['hel', {}, null]);
      disturb('no-close');
      const open2 = await exec(['echo', 'hello'], {forMs: 200});
      assert.deepEqual([open2.stdout, open2.status.status, open2.closed], ['hello\n', 'Success', null]);
      disturb('cut-body');
      assert.notEqual((await exec(['echo', 'hello'])).closed, 1000);
    });
  });
});
