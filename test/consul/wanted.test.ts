import assert from 'node:assert/strict';
import {consulUrl, type ServiceInstance} from '../../src/consul/client.js';
import {followInstances, targetsOf} from '../../src/consul/discover.js';
import type {ConsulOptions} from '../../src/consul/options.js';
import {CHECK_STATUS, wantedOf} from '../../src/consul/wanted.js';
import {minutes, seconds} from '../../src/core/time.js';
import type {FrigateStatus, FrigateTarget} from '../../src/outcome/fleet.js';
import {FakeTimers} from '../support/fake-timers.js';
import {judgedFrigate, notJudged, renamed, SCENARIO_NAMES} from '../support/judged-fleet.js';

const options: ConsulOptions = {
  url: 'http://consul',
  token: () => null,
  service: 'frigate',
  ttl: minutes(1),
  whenWeDie: 'keep',
  address: 'pod',
  port: 5000,
  cluster: null,
  self: {id: 'pod-0', address: '192.0.2.9', port: 8080},
  random: () => 0,
  onRequest: () => undefined,
};

describe('what Consul shall hold of a Frigate', () => {
  let healthy: FrigateStatus;

  before(async function () {
    this.timeout(60_000);
    healthy = renamed(await judgedFrigate('healthy'), 'nvr');
  });

  it('is for every scenario a check with a reason of at most 512 bytes', async function () {
    this.timeout(120_000);
    for (const name of SCENARIO_NAMES) {
      const frigate = await judgedFrigate(name);
      const wanted = wantedOf(frigate, options);
      assert.equal(wanted.status, CHECK_STATUS[frigate.health], name);
      assert.ok(wanted.output.startsWith(`${frigate.health}: `), wanted.output);
      assert.ok(Buffer.byteLength(wanted.output) <= 512, name);
      assert.notEqual(wanted.registration.Address, '', name);
    }
  });

  it('keeps its bound in bytes and shows no secret', () => {
    const {judged} = healthy;
    assert.ok(judged);
    const summary = `rtsp://admin:hunter2@192.0.2.1/ ${'日'.repeat(600)}`;
    const {output} = wantedOf({...healthy, judged: {...judged, diagnosis: {...judged.diagnosis, summary}}}, options);
    assert.ok(Buffer.byteLength(output) <= 512);
    assert.doesNotMatch(output, /hunter2/);
  });

  it('cuts nobody off whose health is not known', () => {
    assert.deepEqual(CHECK_STATUS, {
      healthy: 'passing',
      degraded: 'warning',
      starting: 'warning',
      unknown: 'warning',
      unhealthy: 'critical',
      paused: 'warning',
    });
    const wanted = wantedOf(notJudged(healthy), options);
    assert.deepEqual([wanted.status, wanted.output, wanted.maintenance], ['warning', 'unknown: not judged yet', null]);
  });

  it('is reached where it was asked for', () => {
    const address = (choice: ConsulOptions['address']): string =>
      wantedOf(healthy, {...options, address: choice}).registration.Address;
    assert.match(address('pod'), /^\d+\.\d+\.\d+\.\d+$/);
    assert.equal(address('service'), 'frigate.nvr.svc');
    const node = wantedOf(healthy, options).registration.Meta['node'] ?? '';
    assert.equal(address('node'), node);
    assert.equal(address('{name}.{namespace}.{node}.example'), `frigate.nvr.${node}.example`);
    assert.equal(wantedOf(notJudged(healthy), options).registration.Address, 'frigate.nvr.svc', 'no pod is known');
  });

  it('of a static Frigate is where its URL says', () => {
    const at = (url: string): string => {
      const {Address, Port} = wantedOf(
        {...notJudged(healthy), target: {...healthy.target, kind: 'url', url}},
        options,
      ).registration;
      return `${Address} ${Port}`;
    };
    assert.equal(at('http://192.0.2.7:5000'), '192.0.2.7 5000');
    assert.equal(at('https://nvr.example'), 'nvr.example 443');
  });
});

describe('the address of Consul', () => {
  it('is a URL or host and port', () => {
    assert.equal(consulUrl('127.0.0.1:8500'), 'http://127.0.0.1:8500');
    assert.equal(consulUrl('https://consul.example'), 'https://consul.example');
    for (const wrong of ['', 'http://', 'ftp://a', 'http://a/b', 'http://a?b', 'http://user:pass@a', 'a b'])
      assert.equal(consulUrl(wrong), null, wrong);
  });
});

describe('Frigates that Consul knows', () => {
  const instance = {id: 'Shed', name: 'frigate', address: '192.0.2.5', port: 5000, meta: {}};

  it('are workloads where their meta data names one, in the words of our registrations', () => {
    const named = (id: string, workload: string, namespace = 'nvr'): ServiceInstance => ({
      ...instance,
      id,
      meta: {'k8s-namespace': namespace, 'k8s-workload': workload},
    });
    assert.deepEqual(
      targetsOf([
        named('a', 'statefulset/frigate'),
        named('b', 'deployment/cabin', 'barn'),
        named('again', 'deployment/frigate'),
        // What is not a workload's name leads to the address.
        named('c', 'cronjob/frigate'),
        named('d', 'deployment/../../secrets'),
        named('e', 'deployment/frigate', 'a.b'),
      ]).map(({id, kind, url, foundBy}) => [id, kind, url, foundBy]),
      [
        ['barn.cabin', 'Deployment', null, 'consul'],
        ['nvr.frigate', 'StatefulSet', null, 'consul'],
        ['static.c', 'url', 'http://192.0.2.5:5000', 'consul'],
        ['static.d', 'url', 'http://192.0.2.5:5000', 'consul'],
        ['static.e', 'url', 'http://192.0.2.5:5000', 'consul'],
      ],
    );
  });

  it('whose address is hostile are no target', () => {
    for (const address of ['evil/path', 'a@b', 'a b', '', 'x'.repeat(3000), 'a?b', 'a#b'])
      assert.deepEqual(targetsOf([{...instance, address}]), [], address.slice(0, 20));
  });

  it('are targets with a URL, but for those that this program registered', () => {
    assert.deepEqual(
      targetsOf([
        {...instance, meta: {scheme: 'https'}},
        {...instance, id: 'ours', meta: {'managed-by': 'frigate-health'}},
        {...instance, id: '///'},
        {...instance, id: 'v6', address: '2001:db8::1'},
      ]).map(({id, url}) => [id, url]),
      [
        ['static.shed', 'https://192.0.2.5:5000'],
        ['static.v6', 'http://[2001:db8::1]:5000'],
      ],
    );
  });

  it('are kept and marked stale while Consul is away, and waited for by the last index', async () => {
    const timers = new FakeTimers();
    const ending = new AbortController();
    const asked: (string | null)[] = [];
    const lists: (readonly FrigateTarget[])[] = [];
    const answers = [
      {kind: 'done' as const, value: {instances: [instance], index: '7'}},
      {kind: 'away' as const, message: 'ECONNREFUSED'},
      {kind: 'done' as const, value: {instances: [], index: '3'}},
    ];
    const client = {
      instancesOf: (_: string, blocking: {readonly index: string} | null, signal: AbortSignal) => {
        asked.push(blocking?.index ?? null);
        const answer = answers.shift();
        if (answer !== undefined) return Promise.resolve(answer);
        // The next change never comes.
        return new Promise<{kind: 'away'; message: string}>((resolve) =>
          signal.addEventListener('abort', () => resolve({kind: 'away', message: 'aborted'})),
        );
      },
    };
    const following = followInstances(client, 'frigate', (targets) => lists.push(targets), {
      timers,
      random: () => 0,
      signal: ending.signal,
    });
    await timers.advance(seconds(5));
    assert.deepEqual(asked, [null, '7', null, '3']);
    assert.deepEqual(
      lists.map((targets) => targets.map(({id, stale, lastError}) => [id, stale, lastError])),
      [[['static.shed', false, null]], [['static.shed', true, 'ECONNREFUSED']], []],
    );
    ending.abort();
    await following;
    assert.equal(lists.length, 3, 'the end is no failure');
  });
});
