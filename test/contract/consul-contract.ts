/** What the client and its writer rely on in Consul: one suite, over the double and over a real agent. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {minutes, seconds} from '../../src/core/time.js';
import {consulClient, type ConsulClient, type ServiceRegistration} from '../../src/consul/client.js';
import {publish} from '../../src/consul/publish.js';
import type {ConsulOptions} from '../../src/consul/options.js';
import {serviceIdOf} from '../../src/consul/wanted.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {fleetOf, judgedFrigate, renamed} from '../support/judged-fleet.js';

export interface ConsulStage {
  readonly url: () => string;
  /** The token that may write; `null`: none is asked for. */
  readonly token: () => string | null;
  /** The agent forgets everything, as a restarted one without data does. */
  readonly forget: () => Promise<void>;
}

/** As /v1/health/service answers. */
export interface HealthEntry {
  readonly Service: {
    readonly ID: string;
    readonly Address: string;
    readonly Port: number;
    readonly Tags: readonly string[];
    readonly Meta: Readonly<Record<string, string>>;
  };
  readonly Checks: ReadonlyArray<{
    readonly CheckID: string;
    readonly Status: string;
    readonly Output: string;
    readonly Notes?: string;
  }>;
}

const live = (): AbortSignal => new AbortController().signal;

export const optionsOf = (stage: ConsulStage, changes: Partial<ConsulOptions> = {}): ConsulOptions => ({
  url: stage.url(),
  token: stage.token,
  service: 'frigate',
  ttl: minutes(1),
  whenWeDie: 'critical',
  address: 'pod',
  port: 5000,
  cluster: null,
  self: {id: 'pod-0', address: '192.0.2.9', port: 8080},
  random: () => 0,
  onRequest: () => undefined,
  ...changes,
});

export const clientOf = (stage: ConsulStage, token: () => string | null = stage.token): ConsulClient =>
  consulClient({url: stage.url(), token, timers: processTimers, onRequest: () => undefined});

const aService = (id: string, changes: Partial<ServiceRegistration> = {}): ServiceRegistration => ({
  ID: id,
  Name: 'frigate',
  Address: '192.0.2.1',
  Port: 5000,
  Tags: ['nvr'],
  Meta: {'managed-by': 'frigate-health'},
  Checks: [{CheckID: `${id}:health`, Name: 'Frigate health', TTL: '60s', Status: 'passing'}],
  ...changes,
});

export const consulContract = (stage: ConsulStage): void => {
  const health = async (service: string): Promise<readonly HealthEntry[]> => {
    const token = stage.token();
    const response = await fetch(`${stage.url()}/v1/health/service/${service}`, {
      headers: token === null ? {} : {'x-consul-token': token},
    });
    return (await response.json()) as readonly HealthEntry[];
  };

  /** Until it holds: the agent tells its server a moment later. */
  const eventually = async (
    holds: (entries: readonly HealthEntry[]) => boolean,
    service = 'frigate',
  ): Promise<void> => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (holds(await health(service))) return;
      await processTimers.sleep(seconds(0.1), live());
    }
    assert.fail(`it never came to this: ${JSON.stringify(await health(service))}`);
  };

  const statusOf = (entries: readonly HealthEntry[], id: string): string | undefined =>
    entries.find(({Service}) => Service.ID === id)?.Checks.find(({CheckID}) => CheckID === `${id}:health`)?.Status;

  describe('the client', () => {
    it('registers, changes the status, and deregisters', async () => {
      const client = clientOf(stage);
      assert.equal((await client.register(aService('a'), live())).kind, 'done');
      await eventually((entries) => statusOf(entries, 'a') === 'passing');
      assert.equal((await client.updateCheck('a:health', 'critical', 'it is dead', live())).kind, 'done');
      await eventually((entries) => statusOf(entries, 'a') === 'critical');
      const [entry] = await health('frigate');
      assert.deepEqual(
        [entry?.Service.Address, entry?.Service.Port, entry?.Service.Tags],
        ['192.0.2.1', 5000, ['nvr']],
      );
      assert.equal((await client.deregister('a', live())).kind, 'done');
      await eventually((entries) => entries.length === 0);
    });

    it('hears of a check and a service that the agent does not know', async () => {
      const client = clientOf(stage);
      assert.deepEqual(await client.updateCheck('none:health', 'passing', '', live()), {kind: 'not-found'});
      assert.deepEqual(await client.setMaintenance('none', 'a test', live()), {kind: 'not-found'});
      // 404 or 200, by the version: nobody needs to know.
      assert.ok(['done', 'not-found'].includes((await client.deregister('none', live())).kind));
    });

    it('replaces a registration with its checks, and the first status holds at once', async () => {
      const client = clientOf(stage);
      await client.register(aService('a'), live());
      await client.register(
        aService('a', {
          Address: '192.0.2.2',
          Checks: [{CheckID: 'a:other', Name: 'Frigate health', TTL: '60s', Status: 'warning'}],
        }),
        live(),
      );
      await eventually(([entry]) => entry?.Service.Address === '192.0.2.2');
      const [entry] = await health('frigate');
      assert.deepEqual(
        entry?.Checks.filter(({CheckID}) => CheckID.startsWith('a:')).map(
          ({CheckID, Status}) => `${CheckID} ${Status}`,
        ),
        ['a:other warning'],
      );
      await client.deregister('a', live());
    });

    it('puts a service into maintenance with a reason, and out of it', async () => {
      const client = clientOf(stage);
      await client.register(aService('a'), live());
      assert.equal((await client.setMaintenance('a', 'paused: a new disk & more', live())).kind, 'done');
      await eventually(
        ([entry]) =>
          entry?.Checks.some(
            ({CheckID, Status, Notes}) =>
              CheckID === '_service_maintenance:a' && Status === 'critical' && Notes === 'paused: a new disk & more',
          ) === true,
      );
      assert.equal((await client.setMaintenance('a', null, live())).kind, 'done');
      await eventually(([entry]) => entry?.Checks.every(({CheckID}) => !CheckID.startsWith('_')) === true);
      assert.equal((await client.setMaintenance('a', null, live())).kind, 'done', 'also where there is none');
      await client.deregister('a', live());
    });

    it('finds its own services by their meta data', async () => {
      const client = clientOf(stage);
      await client.register(aService('a'), live());
      await client.register(aService('b', {Meta: {'managed-by': 'somebody-else'}}), live());
      const found = await client.servicesWith('managed-by', 'frigate-health', live());
      assert.ok(found.kind === 'done');
      assert.deepEqual(found.value, [{id: 'a', name: 'frigate', meta: {'managed-by': 'frigate-health'}}]);
      await client.deregister('a', live());
      await client.deregister('b', live());
    });

    it('waits for a change of a service and wakes with it', async () => {
      const client = clientOf(stage);
      await client.register(aService('a'), live());
      await eventually((entries) => entries.length === 1);
      const first = await client.instancesOf('frigate', null, live());
      assert.ok(first.kind === 'done');
      assert.deepEqual(first.value.instances, [
        {id: 'a', name: 'frigate', address: '192.0.2.1', port: 5000, meta: {'managed-by': 'frigate-health'}},
      ]);
      let answered = false;
      const blocked = client
        .instancesOf('frigate', {index: first.value.index, wait: seconds(30)}, live())
        .finally(() => (answered = true));
      await processTimers.sleep(seconds(0.3), live());
      assert.equal(answered, false, 'it waits');
      await client.register(aService('a', {Address: '192.0.2.3'}), live());
      const next = await blocked;
      assert.ok(next.kind === 'done');
      assert.notEqual(next.value.index, first.value.index);
      await eventually(([entry]) => entry?.Service.Address === '192.0.2.3');
      await client.deregister('a', live());
      await eventually((entries) => entries.length === 0);
    });
  });

  describe('the writer', () => {
    it('registers itself and each Frigate, writes a change, registers again after the agent forgot, and leaves the Frigates', async () => {
      const healthy = renamed(await judgedFrigate('healthy'), 'nvr');
      const sick = renamed(await judgedFrigate('detector-silent'), 'nvr');
      const fleet = new FakeFleet(fleetOf([healthy]));
      const ending = new AbortController();
      // A short TTL, so that it refreshes within the second.
      const options = optionsOf(stage, {ttl: seconds(3)});
      const writer = publish(clientOf(stage), options, fleet, processTimers, ending.signal);
      const id = serviceIdOf(healthy.target);
      try {
        await eventually((entries) => statusOf(entries, id) === 'passing');
        await eventually(([entry]) => entry?.Service.Tags.includes('leader') === true, 'frigate-health');
        const begun = processTimers.monotonic();
        fleet.put(sick);
        await eventually((entries) => statusOf(entries, id) === 'critical');
        assert.ok(processTimers.monotonic() - begun < 5000);
        const [entry] = await health('frigate');
        assert.match(
          entry?.Checks.find(({CheckID}) => CheckID === `${id}:health`)?.Output ?? '',
          /^unhealthy: .*FRG-\d+.*automatic repair: /,
        );
        await stage.forget();
        await eventually((entries) => statusOf(entries, id) === 'critical');
        await eventually(() => writer.health().status === 'healthy');
      } finally {
        ending.abort();
        await writer.done;
      }
      await eventually((entries) => entries.length === 0, 'frigate-health');
      assert.equal((await health('frigate')).length, 1, 'the Frigates are left to the next leader');
      await clientOf(stage).deregister(id, live());
    });
  });
};
