import assert from 'node:assert/strict';
import {instant, minutes, rfc3339, later, seconds, type Instant} from '../../src/core/time.js';
import type {FrigateStatus} from '../../src/outcome/fleet.js';
import type {DeepHealth, DeepHealthList, FrigateDetail, FrigateList} from '../../src/http/schemas/types.js';
import {FLEET_NOW, frigateOf, snapshotOf, staticFrigate, unobserved} from '../support/fleet.js';
import {httpStage, TOKENS, tokenAccess, type HttpStage} from './stage.js';

const SCENARIOS = [
  'healthy',
  'one-camera-down',
  'subnet-down',
  'coral-stuck',
  'disk-full',
  'oom-loop',
  'node-down',
  'breaker-open',
  'go2rtc-hung',
  'unschedulable',
];

const every = async (): Promise<readonly FrigateStatus[]> => [
  ...(await Promise.all(SCENARIOS.map((name) => frigateOf(name)))),
  unobserved('fresh'),
  staticFrigate('attic'),
];

describe('the routes', () => {
  let stage: HttpStage;
  before(async () => {
    stage = httpStage(await every());
  });
  after(() => stage.app.close());

  it('lists what discovery found', async () => {
    const body = (await stage.get('/api/instances')) as {instances: ReadonlyArray<Record<string, unknown>>};
    assert.equal(body.instances.length, SCENARIOS.length + 2);
    assert.deepEqual(
      body.instances.find(({id}) => id === 'fresh.frigate'),
      {
        id: 'fresh.frigate',
        namespace: 'fresh',
        name: 'frigate',
        kind: 'StatefulSet',
        url: null,
        foundBy: 'image',
        stale: true,
        lastError: 'list statefulsets.apps: HTTP 503',
        status: 'unknown',
        cause: null,
        since: rfc3339(FLEET_NOW),
      },
    );
  });

  it('answers /metrics to everybody, with what was handed in, and counts each answer by its route', async () => {
    const metrics = {contentType: 'text/plain; version=0.0.4; charset=utf-8', write: () => Promise.resolve('up 1\n')};
    const other = httpStage([unobserved('fresh')], {metrics, access: tokenAccess()});
    const response = await other.ask('GET', '/metrics');
    assert.deepEqual(
      [response.status, response.headers.get('content-type'), await response.text()],
      [200, metrics.contentType, 'up 1\n'],
    );
    await other.ask('GET', '/api/v1/frigates/fresh/frigate', {token: TOKENS.reader});
    await other.ask('GET', '/no/such/route');
    assert.deepEqual(other.answers, ['/metrics GET 200', '/api/v1/frigates/:namespace/:name GET 200', '/* GET 404']);
    other.app.close();
    assert.equal((await stage.ask('GET', '/metrics')).status, 404);
  });

  it('says how they were found', async () => {
    const body = (await stage.get('/api/instances/discovery-info')) as Record<string, unknown>;
    assert.equal(body['mode'], 'auto');
    assert.deepEqual(body['namespaces'], []);
    assert.deepEqual(body['cache'], {
      age_seconds: 12,
      ttl_seconds: 30,
      last_relist: rfc3339(instant(FLEET_NOW - 12_000)),
    });
    assert.equal((body['services'] as unknown[]).length, SCENARIOS.length + 2);
  });

  it('relists on request', async () => {
    const response = await stage.ask('POST', '/api/instances/refresh');
    assert.equal(response.status, 202);
    assert.equal(stage.control.refreshed, 1);
  });

  it('gives the blocks of a healthy Frigate', async () => {
    const body = (await stage.get('/api/quality/deep-health/healthy.frigate')) as DeepHealth;
    assert.equal(body.status, 'healthy');
    assert.equal(body.failureType, null);
    assert.equal(body.video.available, true);
    assert.equal(body.video.fresh, true);
    assert.equal(body.video.cameras.length, 7);
    assert.ok(body.video.cameras.every(({quality, last_segment}) => quality === 'good' && last_segment !== null));
    assert.ok((body.video.estimated_frame_rate ?? 0) > 4);
    assert.deepEqual(body.audio, {...body.audio, available: null, estimated_level: null});
    assert.ok((body.performance.frigate_cpu ?? 0) > 0);
    assert.equal(body.performance.load_average, null);
    assert.equal(body.performance.detectors.length, 1);
    assert.ok(body.performance.processes.length > 0);
    assert.ok(body.network.transports.some(({status}) => status === 'alive'));
    assert.equal(body.kubernetes?.workload.name, 'frigate');
    assert.ok(body.kubernetes.pod?.startsWith('frigate-'));
    assert.deepEqual(body.recommendations, []);
  });

  it('gives each cause its failure type and its steps', async () => {
    const {instances} = (await stage.get('/api/quality/deep-health')) as DeepHealthList;
    const types = new Map(instances.map(({instanceId, failureType}) => [instanceId, failureType]));
    assert.deepEqual(
      ['healthy', 'one-camera-down', 'subnet-down', 'disk-full', 'oom-loop', 'node-down', 'breaker-open', 'fresh'].map(
        (name) => types.get(`${name}.frigate`),
      ),
      [null, 'network', 'network', 'network', 'process', 'network', 'process', null],
    );
    const down = instances.find(({instanceId}) => instanceId === 'one-camera-down.frigate');
    assert.ok(down);
    assert.equal(down.recommendations[0]?.check, 'FRG-501');
    assert.ok(down.recommendations[0].steps.length > 0);
    assert.equal(down.video.cameras.find(({name}) => name === 'backyard')?.quality, 'none');
    const oom = instances.find(({instanceId}) => instanceId === 'oom-loop.frigate');
    assert.equal(oom?.kubernetes?.last_exit?.reason, 'OOMKilled');
    assert.equal(instances.find(({instanceId}) => instanceId === 'static.attic')?.kubernetes, null);
  });

  it('says the worst status of all', async () => {
    const {status} = (await stage.get('/api/quality/deep-health')) as DeepHealthList;
    assert.equal(status, 'unhealthy');
    const calm = httpStage([await frigateOf('healthy')]);
    assert.equal(((await calm.get('/api/quality/deep-health')) as DeepHealthList).status, 'healthy');
    const none = httpStage([]);
    assert.equal(((await none.get('/api/quality/deep-health')) as DeepHealthList).status, 'unknown');
  });

  it('tells the restarts and whether each helped', async () => {
    const body = (await stage.get('/api/quality/recovery-status')) as {
      instances: ReadonlyArray<{
        instanceId: string;
        attempts: ReadonlyArray<{outcome: string; rule: string}>;
        breaker: unknown;
        budget: unknown;
      }>;
    };
    const open = body.instances.find(({instanceId}) => instanceId === 'breaker-open.frigate');
    assert.deepEqual(open?.budget, {limit_per_hour: 2, used_last_hour: 2, limit_per_day: 6, used_last_day: 2});
    assert.equal((open.breaker as {state: string}).state, 'open');
    assert.ok(open.attempts.length >= 2);
    const stuck = body.instances.find(({instanceId}) => instanceId === 'coral-stuck.frigate');
    assert.deepEqual(
      stuck?.attempts.map(({rule}) => rule),
      ['R-12'],
    );
    assert.equal(body.instances.find(({instanceId}) => instanceId === 'fresh.frigate')?.budget, null);
  });

  it('lists every Frigate in one line', async () => {
    const {frigates} = (await stage.get('/api/v1/frigates')) as FrigateList;
    const row = frigates.find(({namespace}) => namespace === 'one-camera-down');
    assert.deepEqual([row?.health, row?.cause, row?.cameras], ['degraded', 'camera', {on: 7, delivering: 6}]);
    assert.equal(row?.decision?.rule, 'R-04');
  });

  it('shows one Frigate in full', async () => {
    const body = (await stage.get('/api/v1/frigates/breaker-open/frigate')) as FrigateDetail;
    assert.equal(body.repair?.rule, 'R-09');
    assert.equal(body.repair.ruleTitle, 'breaker');
    assert.ok(body.repair.unblock.length > 0);
    assert.ok(body.problems.some(({primary, steps, evidence}) => primary && steps.length > 0 && evidence.length > 0));
    assert.ok(body.camerasInDetail.every(({trend}) => trend.length === 80));
    assert.ok(body.restarts.length > 0);
    assert.ok(body.timeline.length > 0);
    assert.ok(body.incident);
    assert.deepEqual(body.may, {recover: true});
    const fresh = (await stage.get('/api/v1/frigates/fresh/frigate')) as FrigateDetail;
    assert.deepEqual([fresh.repair, fresh.problems, fresh.judgedAt], [null, [], null]);
    assert.deepEqual(((await stage.get('/api/v1/frigates/static/attic')) as FrigateDetail).may, {recover: false});
  });

  it('shows report, history and incidents', async () => {
    for (const name of SCENARIOS) await stage.get(`/api/v1/frigates/${name}/frigate`);
    const report = (await stage.get('/api/v1/frigates/healthy/frigate/report')) as Record<string, unknown>;
    assert.deepEqual([report['apiVersion'], report['kind']], ['frigate-health.io/v1', 'CheckReport']);
    assert.equal((await stage.ask('GET', '/api/v1/frigates/fresh/frigate/report')).status, 409);
    const history = (await stage.get('/api/v1/frigates/coral-stuck/frigate/history')) as {
      restarts: unknown[];
      decisions: unknown[];
    };
    assert.equal(history.restarts.length, 1);
    assert.ok(history.decisions.length > 0);
    const {incidents} = (await stage.get('/api/v1/incidents')) as {incidents: ReadonlyArray<{instanceId: string}>};
    assert.ok(incidents.some(({instanceId}) => instanceId === 'subnet-down.frigate'));
  });

  it('answers 404 and 405 as problems', async () => {
    for (const path of [
      '/api/quality/deep-health/no.such',
      '/api/v1/frigates/no/such',
      '/api/nothing',
      '/api/v1/frigates/healthy/../../x',
    ])
      assert.equal((await stage.ask('GET', path)).status, 404, path);
    const response = await stage.ask('DELETE', '/api/instances');
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'GET, HEAD');
    assert.equal((await stage.ask('HEAD', '/api/instances')).status, 200);
  });

  it('sends secure headers with every answer, and no cookie', async () => {
    for (const path of ['/health', '/api/instances', '/api/nothing']) {
      const {headers} = await stage.ask('GET', path, {headers: {Origin: 'https://elsewhere.example'}});
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('set-cookie'), null);
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });
});

describe('the health of the daemon', () => {
  const healthAt = async (
    stage: HttpStage,
    path = '/health',
  ): Promise<{status: number; body: Record<string, unknown>}> => {
    const response = await stage.ask('GET', path);
    return {status: response.status, body: (await response.json()) as Record<string, unknown>};
  };

  it('has exactly the documented fields', async () => {
    const {status, body} = await healthAt(httpStage([]));
    assert.equal(status, 200);
    assert.deepEqual(body, {
      status: 'healthy',
      timestamp: rfc3339(FLEET_NOW),
      service: 'frigate-health',
      version: '0.1.0',
      checks: {kubernetes_api: 'healthy', discovery: 'healthy', polls: 'healthy', judge: 'healthy', state: 'healthy'},
      metadata: {uptime_seconds: 3600, last_error: null},
    });
  });

  it('is the same whatever a Frigate does', async () => {
    const stage = httpStage([await frigateOf('breaker-open')]);
    assert.equal((await healthAt(stage)).body['status'], 'healthy');
  });

  it('is degraded with 200 while a dependency is away', async () => {
    const stage = httpStage([]);
    const {daemon} = stage.fleet.current;
    stage.fleet.publish({
      daemon: {
        ...daemon,
        components: {...daemon.components, kubernetes_api: {status: 'degraded', error: 'no answer', lastAt: FLEET_NOW}},
      },
    });
    const {status, body} = await healthAt(stage);
    assert.deepEqual([status, body['status']], [200, 'degraded']);
    assert.deepEqual(body['metadata'], {uptime_seconds: 3600, last_error: 'kubernetes_api: no answer'});
  });

  it('is unhealthy with 503 when the judge stands, by its own word or without one', async () => {
    const said = httpStage([]);
    const {daemon} = said.fleet.current;
    const judge = {status: 'unhealthy', error: '3 of 3 Frigates were not judged for 30 s', lastAt: FLEET_NOW} as const;
    said.fleet.publish({daemon: {...daemon, components: {...daemon.components, judge}}});
    assert.deepEqual(await healthAt(said).then(({status, body}) => [status, body['status']]), [503, 'unhealthy']);

    const stage = httpStage([await frigateOf('healthy')]);
    await stage.timers.advance(seconds(120));
    assert.equal((await healthAt(stage)).status, 200);
    await stage.timers.advance(seconds(1));
    const {status, body} = await healthAt(stage);
    assert.deepEqual([status, body['status']], [503, 'unhealthy']);
    assert.equal((body['checks'] as Record<string, string>)['judge'], 'unhealthy');
    assert.equal((body['checks'] as Record<string, string>)['polls'], 'healthy');
  });

  it('is healthy where there is no Frigate to judge, however long', async () => {
    const stage = httpStage([]);
    const {daemon} = stage.fleet.current;
    const idle = {status: 'healthy', error: null, lastAt: null} as const;
    await stage.timers.advance(minutes(20));
    assert.equal((await healthAt(stage)).status, 200);
    // Nor where the first is still to be judged.
    stage.fleet.publish({daemon: {...daemon, components: {...daemon.components, polls: idle, judge: idle}}});
    stage.fleet.put(unobserved('first'));
    assert.equal((await healthAt(stage)).status, 200);
  });

  it('is not ready until everything was observed, and started at once', async () => {
    const stage = httpStage([]);
    assert.equal((await healthAt(stage, '/ready')).status, 200);
    stage.fleet.publish({daemon: {...stage.fleet.current.daemon, ready: false}});
    const {status, body} = await healthAt(stage, '/ready');
    assert.deepEqual([status, body['status']], [503, 'unhealthy']);
    assert.equal((await healthAt(stage, '/startup')).status, 200);
  });

  it('pretends a failure for 60 s, with 200, only where it is enabled', async () => {
    const off = httpStage([]);
    assert.equal((await off.ask('POST', '/debug/fail')).status, 404);
    assert.deepEqual(off.control.failures, []);
    const on = httpStage([], {debug: true});
    assert.equal((await on.ask('POST', '/debug/fail')).status, 202);
    const until = later(FLEET_NOW, minutes(1));
    assert.deepEqual(on.control.failures, [until]);
    const failing = (debugFailureUntil: Instant | null): void =>
      on.fleet.publish({daemon: {...snapshotOf([]).daemon, debugFailureUntil}});
    failing(until);
    assert.deepEqual([(await healthAt(on)).status, (await healthAt(on)).body['status']], [200, 'unhealthy']);
    await on.timers.advance(seconds(20));
    failing(instant(FLEET_NOW + 10_000));
    assert.equal((await healthAt(on)).body['status'], 'healthy');
  });
});
