import assert from 'node:assert/strict';
import type {Located} from '../../src/kubernetes/cluster.js';
import type {FakeApiServer, Handler} from './fake-api-server.js';
import {clientOf, fakeApiServer, json, status} from './fake-api-server.js';

const NS = '/apis/apps/v1/namespaces/home';
const PODS = '/api/v1/namespaces/home/pods';
const within = (): AbortSignal => AbortSignal.timeout(5000);

const deployment = {
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: {name: 'frigate', namespace: 'home', uid: 'd1', resourceVersion: '7', generation: 1},
  spec: {
    replicas: 1,
    selector: {matchLabels: {app: 'frigate'}},
    template: {
      metadata: {labels: {app: 'frigate'}},
      spec: {containers: [{name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.2'}]},
    },
  },
  status: {observedGeneration: 1},
};
const replicaSets = {
  kind: 'ReplicaSetList',
  items: [
    {
      metadata: {
        name: 'frigate-bbbbb',
        uid: 'rs',
        labels: {'pod-template-hash': 'bbbbb'},
        annotations: {'deployment.kubernetes.io/revision': '1'},
        ownerReferences: [{kind: 'Deployment', name: 'frigate', uid: 'd1', controller: true}],
      },
    },
  ],
};

const pod = (
  name: string,
  labels: Readonly<Record<string, string>>,
  owner = {kind: 'ReplicaSet', name: 'frigate-bbbbb', uid: 'rs'},
): Record<string, unknown> => ({
  metadata: {name, uid: `uid-${name}`, labels, ownerReferences: [{...owner, controller: true}]},
  spec: {containers: [{name: 'frigate', image: 'ghcr.io/blakeblackshear/frigate:0.17.2'}]},
  status: {phase: 'Running'},
});
const own = pod('frigate-bbbbb-1', {app: 'frigate', 'pod-template-hash': 'bbbbb'});
const podList = (items: readonly unknown[], metadata: Readonly<Record<string, string>> = {}): unknown => ({
  kind: 'PodList',
  metadata,
  items,
});

/** A namespace with Frigate and these answers for its pods: `whole` to a list of all, `selected` to one by selector. */
const home =
  ({
    whole,
    selected = podList([own]),
    named = deployment,
  }: {
    readonly whole: unknown;
    readonly selected?: unknown;
    readonly named?: unknown;
  }): Handler =>
  ({url}, response) => {
    const {pathname, searchParams} = new URL(url, 'http://api');
    const answers = new Map<string, unknown>([
      [`${NS}/deployments/frigate`, named],
      [`${NS}/replicasets`, replicaSets],
      [PODS, searchParams.has('labelSelector') ? selected : whole],
    ]);
    const found = answers.get(pathname);
    if (typeof found === 'number') json(response, found, status(found, `status ${found}`));
    else if (found === undefined) json(response, 404, status(404, 'not found'));
    else json(response, 200, found);
  };

const locate = async (
  handler: Handler,
  namespace: string | null = 'home',
): Promise<{readonly located: Located; readonly asked: FakeApiServer['asked']}> => {
  await using fake = await fakeApiServer(handler);
  await using talking = clientOf(fake);
  return {
    located: await talking.cluster.locate(
      {namespace, name: 'frigate', kind: null, podSelector: null, exact: true},
      within(),
    ),
    asked: fake.asked,
  };
};

const names = ({pods}: Located): unknown =>
  pods.known ? pods.value.map(({name, current}) => [name, current]) : pods.why.code;
const podQuestions = (asked: FakeApiServer['asked']): readonly string[] =>
  asked
    .map(({url}) => url)
    .filter((url) => url.startsWith(PODS))
    .map((url) => url.slice(PODS.length));

describe('locating the workload and its pods', () => {
  it('takes three requests for a Deployment, all of them at once', async () => {
    const waiting: Array<() => void> = [];
    const answer = home({whole: podList([own])});
    const {located, asked} = await locate((one, response, request) => {
      waiting.push(() => answer(one, response, request));
      if (waiting.length === 3) for (const go of waiting) go();
    });
    assert.deepEqual(names(located), [['frigate-bbbbb-1', true]]);
    assert.equal(asked.length, 3);
  });

  it('keeps what the selector and the owner chain agree on, out of everything in the namespace', async () => {
    const {located} = await locate(
      home({
        whole: podList([
          pod('stranger', {app: 'other'}, {kind: 'ReplicaSet', name: 'other-ccccc', uid: 'rs-other'}),
          pod(
            'look-alike',
            {app: 'frigate', 'pod-template-hash': 'ccccc'},
            {kind: 'ReplicaSet', name: 'other-ccccc', uid: 'rs-other'},
          ),
          pod('relabelled', {app: 'debug', 'pod-template-hash': 'bbbbb'}),
          own,
        ]),
      }),
    );
    assert.deepEqual(names(located), [['frigate-bbbbb-1', true]]);
  });

  const fallbacks: ReadonlyArray<readonly [string, unknown]> = [
    ['the namespace holds more pods than are worth reading', podList([pod('other-1', {})], {continue: 'token'})],
    ['a pod that concerns nobody here cannot be read', podList([own, {metadata: {}}])],
  ];
  for (const [what, whole] of fallbacks) {
    it(`asks again by the selector when ${what}`, async () => {
      const {located, asked} = await locate(home({whole}));
      assert.deepEqual(names(located), [['frigate-bbbbb-1', true]]);
      assert.deepEqual(podQuestions(asked), ['?limit=200', '?labelSelector=app%3Dfrigate']);
    });
  }

  it('says why the pods cannot be seen, and asks no second time what is forbidden', async () => {
    const {located, asked} = await locate(home({whole: 403}));
    assert.ok(located.search.known);
    assert.equal(names(located), 'forbidden');
    assert.equal(podQuestions(asked).length, 1);
  });

  it('knows no pods where there is no single workload, or none could be looked for', async () => {
    const {located: none} = await locate(({url}, response) =>
      url.startsWith(PODS) ? json(response, 200, podList([own])) : json(response, 404, status(404, 'not found')),
    );
    assert.deepEqual([none.search.known && none.search.value.found, names(none)], ['none', 'not-asked']);
    const {located: blind} = await locate(home({whole: podList([own]), named: 403}));
    assert.deepEqual([blind.search.known, names(blind)], [false, 'forbidden']);
  });
});
