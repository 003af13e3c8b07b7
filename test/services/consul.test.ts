/** The contract of the Consul client over a real agent, without and with ACLs; DNS, and an agent that is away. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {Resolver} from 'node:dns/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {processTimers} from '../../src/cli/timers.js';
import {publish} from '../../src/consul/publish.js';
import {discoverConsul} from '../../src/consul/discover.js';
import {serviceIdOf} from '../../src/consul/wanted.js';
import {seconds} from '../../src/core/time.js';
import type {FrigateTarget} from '../../src/outcome/fleet.js';
import {clientOf, consulContract, optionsOf, type ConsulStage} from '../contract/consul-contract.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {fleetOf, judgedFrigate, renamed} from '../support/judged-fleet.js';
import {ConsulAgent} from './consul-agent.js';
import {program} from './services.js';

/** The policy that the documentation gives. */
const MINIMAL_POLICY =
  /```hcl\n([^`]+)```/.exec(readFileSync(path.resolve(import.meta.dirname, '../../docs/consul.md'), 'utf8'))?.[1] ?? '';

const stageOf = (agent: ConsulAgent, token: () => string | null = () => null): ConsulStage => ({
  url: () => agent.http,
  token,
  forget: async () => {
    await agent.end();
    await agent.run();
  },
});

const eventually = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  assert.fail('it never came to this');
};

describe('a real agent of Consul', function () {
  this.timeout(120_000);
  const agent = new ConsulAgent();
  before(() => agent.start());
  after(() => agent.close());

  consulContract(stageOf(agent));

  describe('with a fleet in it', () => {
    const stage = stageOf(agent);
    let fleet: FakeFleet;
    let ending: AbortController;
    let done: Promise<void>;
    let ids: readonly string[] = [];

    before(async () => {
      const healthy = renamed(await judgedFrigate('healthy'), 'nvr');
      const sick = renamed(await judgedFrigate('detector-silent'), 'barn');
      const paused = {...renamed(await judgedFrigate('switched-off'), 'attic'), health: 'paused' as const};
      const unknown = {...healthy, ...renamed(healthy, 'cellar'), judged: null, health: 'unknown' as const};
      const frigates = [healthy, sick, paused, unknown];
      ids = frigates.map(({target}) => serviceIdOf(target));
      fleet = new FakeFleet(fleetOf(frigates));
      ending = new AbortController();
      ({done} = publish(clientOf(stage), optionsOf(stage), fleet, processTimers, ending.signal));
      await eventually(async () => {
        const found = await clientOf(stage).servicesWith('managed-by', 'frigate-health', AbortSignal.timeout(5000));
        return found.kind === 'done' && found.value.length === frigates.length;
      });
    });

    after(async () => {
      ending.abort();
      await done;
      for (const id of ids) await clientOf(stage).deregister(id, AbortSignal.timeout(5000));
    });

    it('is shown by consul catalog services and consul members', () => {
      const consul = (...words: readonly string[]): string =>
        spawnSync(program('FRIGATE_HC_TEST_CONSUL'), [...words, `-http-addr=${agent.http}`], {encoding: 'utf8'}).stdout;
      assert.match(consul('members'), /test-agent .* alive/);
      assert.match(consul('catalog', 'services'), /^frigate\nfrigate-health$/m);
      assert.match(consul('catalog', 'services', '-tags'), /^frigate-health +leader,v0\.1\.0$/m);
    });

    it('resolves by DNS what is healthy or not known, not what is unhealthy or paused', async () => {
      const resolver = new Resolver();
      resolver.setServers([`127.0.0.1:${agent.dns}`]);
      await eventually(async () => (await resolver.resolveSrv('frigate.service.consul')).length === 2);
      const services = await resolver.resolveSrv('frigate.service.consul');
      assert.deepEqual(
        services.map(({port}) => port),
        [5000, 5000],
      );
      const tagged = await resolver.resolveSrv('nvr.frigate.service.consul');
      assert.equal(tagged.length, 1);
      await assert.rejects(resolver.resolveSrv('barn.frigate.service.consul'));
      await assert.rejects(resolver.resolveSrv('attic.frigate.service.consul'));
    });

    it('resolves by dig, where there is one', () => {
      const dig = spawnSync(
        'dig',
        ['@127.0.0.1', '-p', String(agent.dns), '+short', 'nvr.frigate.service.consul', 'SRV'],
        {
          encoding: 'utf8',
        },
      );
      // ENOENT: dig is not installed; the same questions were asked by the resolver above.
      if (dig.error === undefined) assert.match(dig.stdout, /^1 1 5000 /m);
      else assert.match(String(dig.error), /ENOENT/);
    });

    it('is no source of targets for itself, while other instances of the service are', async () => {
      const lists: (readonly FrigateTarget[])[] = [];
      const stop = new AbortController();
      const following = discoverConsul(
        optionsOf(stage),
        'frigate',
        (targets) => lists.push(targets),
        processTimers,
        stop.signal,
      );
      try {
        await eventually(() => lists.at(-1)?.length === 0);
        await clientOf(stage).register(
          {ID: 'Shed NVR', Name: 'frigate', Address: '192.0.2.50', Port: 5000, Tags: [], Meta: {}, Checks: []},
          AbortSignal.timeout(5000),
        );
        await eventually(() => lists.at(-1)?.length === 1);
        const meta = {'k8s-namespace': 'loft', 'k8s-workload': 'statefulset/frigate'};
        await clientOf(stage).register(
          {ID: 'loft', Name: 'frigate', Address: '192.0.2.51', Port: 5000, Tags: [], Meta: meta, Checks: []},
          AbortSignal.timeout(5000),
        );
        await eventually(() => lists.at(-1)?.length === 2);
        assert.deepEqual(
          lists.at(-1)?.map(({id, kind, url}) => [id, kind, url]),
          [
            ['loft.frigate', 'StatefulSet', null],
            ['static.shed-nvr', 'url', 'http://192.0.2.50:5000'],
          ],
        );
        assert.deepEqual(lists.at(-1)?.[1], {
          id: 'static.shed-nvr',
          namespace: 'static',
          name: 'shed-nvr',
          kind: 'url',
          url: 'http://192.0.2.50:5000',
          foundBy: 'consul',
          stale: false,
          lastError: null,
        });
      } finally {
        stop.abort();
        await following;
        for (const id of ['Shed NVR', 'loft']) await clientOf(stage).deregister(id, AbortSignal.timeout(5000));
      }
    });

    it('is complete again after the agent was away, which degrades one part and nothing else', async () => {
      const writer = publish(clientOf(stage), optionsOf(stage, {ttl: seconds(3)}), fleet, processTimers, ending.signal);
      await eventually(() => writer.health().lastAt !== null);
      await agent.end();
      await eventually(() => writer.health().status === 'degraded');
      assert.match(writer.health().error ?? '', /ECONNREFUSED|fetch failed|socket/i);
      await agent.run();
      await eventually(async () => {
        const found = await clientOf(stage).servicesWith('managed-by', 'frigate-health', AbortSignal.timeout(5000));
        return found.kind === 'done' && found.value.length === ids.length && writer.health().status === 'healthy';
      });
    });
  });
});

describe('a real agent of Consul that refuses whoever has no token', function () {
  this.timeout(120_000);
  const agent = new ConsulAgent();
  let token: string | null = null;

  const manage = async (path: string, body: object): Promise<{readonly SecretID: string}> => {
    const response = await fetch(`${agent.http}/v1/acl/${path}`, {
      method: 'PUT',
      headers: {'x-consul-token': 'root-of-the-test'},
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as {readonly SecretID: string};
  };

  /** The policy of docs/consul.md, and a token with it. */
  const allow = async (): Promise<void> => {
    await eventually(async () => {
      const answer = await fetch(`${agent.http}/v1/acl/tokens`, {headers: {'x-consul-token': 'root-of-the-test'}});
      return answer.ok;
    });
    await manage('policy', {Name: 'frigate-health', Rules: MINIMAL_POLICY});
    token = (await manage('token', {Policies: [{Name: 'frigate-health'}]})).SecretID;
  };

  before(async () => {
    await agent.start({acl: {enabled: true, default_policy: 'deny', tokens: {master: 'root-of-the-test'}}});
    await allow();
  });
  after(() => agent.close());

  consulContract({
    url: () => agent.http,
    token: () => token,
    forget: async () => {
      await agent.end();
      await agent.run();
      await allow();
    },
  });

  it('answers 403 without a token, which is no reason to register again', async () => {
    const stage = stageOf(agent);
    const answer = await clientOf(stage, () => null).register(
      {ID: 'a', Name: 'frigate', Address: '192.0.2.1', Port: 5000, Tags: [], Meta: {}, Checks: []},
      AbortSignal.timeout(5000),
    );
    assert.equal(answer.kind, 'refused');
    assert.ok(!answer.message.includes(String(token)));
  });
});
