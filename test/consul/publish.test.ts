import assert from 'node:assert/strict';
import type {CheckStatus, ConsulAnswer, ConsulClient, ServiceRegistration} from '../../src/consul/client.js';
import type {ConsulOptions} from '../../src/consul/options.js';
import {publish, type ConsulPublisher} from '../../src/consul/publish.js';
import {serviceIdOf} from '../../src/consul/wanted.js';
import {minutes, seconds} from '../../src/core/time.js';
import type {FleetSnapshot, FrigateStatus} from '../../src/outcome/fleet.js';
import {FakeFleet} from '../support/fake-fleet.js';
import {FakeTimers, settled} from '../support/fake-timers.js';
import {daemonOf, fleetOf, judgedFrigate, renamed} from '../support/judged-fleet.js';

/** An agent as plain data: what it holds, every write, and whether it is there. */
class Agent implements ConsulClient {
  readonly services = new Map<
    string,
    {registration: ServiceRegistration; status: CheckStatus; maintenance: string | null}
  >();
  readonly calls: string[] = [];
  failure: Exclude<ConsulAnswer<never>, {kind: 'done'}> | null = null;
  /** Called before each call is answered. */
  onCall: () => void = () => undefined;

  readonly #answer = <T>(call: string, value: () => ConsulAnswer<T>): Promise<ConsulAnswer<T>> => {
    this.calls.push(call);
    this.onCall();
    return Promise.resolve(this.failure ?? value());
  };

  register = (registration: ServiceRegistration) =>
    this.#answer<null>(`register ${registration.ID}`, () => {
      const before = this.services.get(registration.ID);
      this.services.set(registration.ID, {
        registration,
        status: registration.Checks[0]!.Status,
        maintenance: before?.maintenance ?? null,
      });
      return {kind: 'done', value: null};
    });

  deregister = (id: string) =>
    this.#answer<null>(`deregister ${id}`, () =>
      this.services.delete(id) ? {kind: 'done', value: null} : {kind: 'not-found'},
    );

  updateCheck = (checkId: string, status: CheckStatus) =>
    this.#answer<null>(`update ${checkId} ${status}`, () => {
      const service = this.services.get(checkId.replace(/:health$/, ''));
      if (service === undefined) return {kind: 'not-found'};
      service.status = status;
      return {kind: 'done', value: null};
    });

  setMaintenance = (id: string, reason: string | null) =>
    this.#answer<null>(`maintenance ${id} ${reason === null ? 'off' : 'on'}`, () => {
      const service = this.services.get(id);
      if (service === undefined) return {kind: 'not-found'};
      service.maintenance = reason;
      return {kind: 'done', value: null};
    });

  servicesWith = (key: string, value: string) =>
    this.#answer('services', () => ({
      kind: 'done' as const,
      value: [...this.services.values()]
        .filter(({registration}) => registration.Meta[key] === value)
        .map(({registration: {ID, Name, Meta}}) => ({id: ID, name: Name, meta: Meta})),
    }));

  instancesOf = () => this.#answer('instances', () => ({kind: 'done' as const, value: {instances: [], index: '1'}}));

  /** The calls since the last time. */
  taken(): readonly string[] {
    return this.calls.splice(0);
  }
}

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

const standby: Partial<FleetSnapshot> = {
  daemon: daemonOf({leader: {leads: false, identity: 'a', holder: 'b'}}),
};

describe('the writer of Consul', () => {
  let healthy: FrigateStatus;
  let sick: FrigateStatus;
  let agent: Agent;
  let fleet: FakeFleet;
  let timers: FakeTimers;
  let ending: AbortController;
  let writer: ConsulPublisher;
  const id = 'frigate-health.nvr.frigate';
  const self = 'frigate-health-pod-0';

  before(async function () {
    this.timeout(60_000);
    healthy = renamed(await judgedFrigate('healthy'), 'nvr');
    sick = renamed(await judgedFrigate('detector-silent'), 'nvr');
    assert.equal(serviceIdOf(healthy.target), id);
  });

  const begin = async (changes: Partial<FleetSnapshot> = {}, more: Partial<ConsulOptions> = {}): Promise<void> => {
    fleet = new FakeFleet(fleetOf([healthy], changes));
    writer = publish(agent, {...options, ...more}, fleet, timers, ending.signal);
    await settled();
  };

  beforeEach(() => {
    agent = new Agent();
    timers = new FakeTimers();
    ending = new AbortController();
  });

  afterEach(async () => {
    ending.abort();
    await timers.finish(writer.done);
    assert.equal(fleet.listeners, 0);
  });

  it('registers this replica and each Frigate with the status that it has', async () => {
    await begin();
    assert.deepEqual(agent.taken(), [
      `register ${self}`,
      `update ${self}:health passing`,
      `maintenance ${self} off`,
      `register ${id}`,
      `update ${id}:health passing`,
      `maintenance ${id} off`,
      'services',
    ]);
    const {registration} = agent.services.get(id)!;
    assert.equal(registration.Name, 'frigate');
    assert.equal(registration.Port, 5000);
    assert.equal(registration.Meta['managed-by'], 'frigate-health');
    assert.equal(registration.Checks[0]?.TTL, '8760h', 'a watcher that is away takes nobody out of DNS');
    assert.equal(registration.Checks[0].DeregisterCriticalServiceAfter, undefined);
    assert.deepEqual(writer.health(), {status: 'healthy', error: null, lastAt: timers.now()});
  });

  it('writes a changed status at once and refreshes after a third of the TTL', async () => {
    await begin();
    agent.taken();
    fleet.put(sick);
    await timers.advance(seconds(0.1));
    assert.deepEqual(agent.taken(), [`update ${id}:health critical`]);
    await timers.advance(seconds(19));
    assert.deepEqual(
      agent.taken().filter((call) => call.includes(id)),
      [],
    );
    await timers.advance(seconds(6));
    assert.deepEqual(
      agent.taken().filter((call) => call.includes(id)),
      [`update ${id}:health critical`],
    );
  });

  it('refreshes its own check more often than its TTL', async () => {
    await begin();
    agent.taken();
    await timers.advance(seconds(30));
    const refreshed = agent.taken().filter((call) => call === `update ${self}:health passing`).length;
    assert.ok(refreshed >= 4, `${refreshed} in 30 s, of a TTL of 15 s`);
  });

  it('has the TTL that was asked for where silence shall be critical', async () => {
    await begin({}, {whenWeDie: 'critical'});
    assert.equal(agent.services.get(id)?.registration.Checks[0]?.TTL, '60s');
  });

  it('puts a paused Frigate into maintenance and takes it out again', async () => {
    await begin();
    fleet.put({...healthy, health: 'paused'});
    await timers.advance(seconds(0.1));
    assert.match(agent.services.get(id)?.maintenance ?? '', /^paused: /);
    fleet.put(healthy);
    await timers.advance(seconds(0.1));
    assert.equal(agent.services.get(id)?.maintenance, null);
    assert.equal(agent.services.get(id)?.status, 'passing');
  });

  it('registers again what the agent does not know any more', async () => {
    await begin();
    agent.services.clear();
    agent.taken();
    await timers.advance(seconds(26));
    assert.ok(agent.taken().includes(`register ${id}`));
    assert.deepEqual([...agent.services.keys()].sort(), [self, id].sort());
  });

  it('registers anew where the address changed, without a wrong status between', async () => {
    await begin({}, {address: '{node}.example'});
    agent.taken();
    const pod = healthy.judged!.observation.pods;
    assert.ok(pod.known);
    fleet.put({
      ...healthy,
      judged: {
        ...healthy.judged!,
        observation: {
          ...healthy.judged!.observation,
          pods: {known: true, value: pod.value.map((each) => ({...each, nodeName: 'other'}))},
        },
      },
    });
    await timers.advance(seconds(0.1));
    assert.equal(agent.taken()[0], `register ${id}`);
    assert.equal(agent.services.get(id)?.registration.Address, 'other.example');
    assert.equal(agent.services.get(id)?.registration.Checks[0]?.Status, 'passing');
  });

  it('backs off while the agent is away, and writes everything when it is back', async () => {
    await begin();
    agent.failure = {kind: 'away', message: 'ECONNREFUSED'};
    agent.taken();
    await timers.advance(minutes(5));
    const tries = agent.taken().length;
    assert.ok(tries >= 10 && tries <= 40, `${tries} requests in 5 minutes`);
    assert.deepEqual([writer.health().status, writer.health().error], ['degraded', 'ECONNREFUSED']);
    fleet.put(sick);
    await settled();
    assert.deepEqual(agent.taken(), [], 'a change is no reason to ask sooner');
    agent.failure = null;
    agent.services.clear();
    await timers.advance(seconds(31));
    assert.equal(agent.services.get(id)?.status, 'critical');
    assert.equal(writer.health().status, 'healthy');
  });

  it('writes no Frigate while it does not lead, only itself', async () => {
    await begin(standby);
    await timers.advance(minutes(2));
    assert.ok(agent.taken().every((call) => call.includes(self)));
    assert.deepEqual(agent.services.get(self)?.registration.Tags, ['standby', 'v0.1.0']);
    fleet.publish({daemon: daemonOf({})});
    await timers.advance(seconds(0.1));
    assert.ok(agent.services.has(id));
    assert.deepEqual(agent.services.get(self)?.registration.Tags, ['leader', 'v0.1.0']);
  });

  it('stops in the middle of a round when it does not lead any more', async () => {
    fleet = new FakeFleet(fleetOf(Array.from({length: 40}, (_, index) => renamed(healthy, `nvr-${index}`))));
    agent.onCall = () => {
      if (agent.calls.filter((call) => call.startsWith('register frigate-health.')).length === 1)
        fleet.current = {...fleet.current, ...standby};
    };
    writer = publish(agent, options, fleet, timers, ending.signal);
    await settled();
    assert.deepEqual(
      agent.calls.filter((call) => !call.includes(self)),
      ['register frigate-health.nvr-0.frigate'],
      'nothing after the call in which it lost the lead',
    );
  });

  it('removes a Frigate that is gone, and what a leader before this one left, but nothing of another cluster', async () => {
    const left = (name: string, meta: Readonly<Record<string, string>>) =>
      agent.register({
        ID: name,
        Name: 'frigate',
        Address: '',
        Port: 1,
        Tags: [],
        Meta: meta,
        Checks: [{CheckID: name, Name: name, TTL: '1s', Status: 'passing'}],
      });
    await left('frigate-health.gone.frigate', {'managed-by': 'frigate-health'});
    await left('frigate-health.far.frigate', {'managed-by': 'frigate-health', cluster: 'far'});
    await left('somebody', {});
    await begin({daemon: daemonOf({ready: false})});
    assert.ok(agent.services.has('frigate-health.gone.frigate'), 'not every Frigate is found yet');
    fleet.publish({daemon: daemonOf({})});
    await timers.advance(seconds(0.1));
    assert.deepEqual([...agent.services.keys()].sort(), ['frigate-health.far.frigate', self, id, 'somebody'].sort());
    fleet.remove(healthy.target.id);
    await timers.advance(seconds(0.1));
    assert.equal(agent.services.has(id), false);
  });

  it('deregisters itself at the end and leaves the Frigates', async () => {
    await begin();
    agent.taken();
    ending.abort();
    await timers.finish(writer.done);
    assert.deepEqual(agent.taken(), [`deregister ${self}`]);
    assert.ok(agent.services.has(id));
  });

  it('says what the agent refuses', async () => {
    agent.failure = {kind: 'refused', message: 'HTTP 403'};
    await begin();
    assert.deepEqual(writer.health(), {status: 'degraded', error: 'HTTP 403', lastAt: null});
  });
});
