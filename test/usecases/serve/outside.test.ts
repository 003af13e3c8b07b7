/** A Frigate outside Kubernetes in `serve`: observed at its URL, judged with what there is, notified, never restarted. */
import assert from 'node:assert/strict';
import {known, unknown} from '../../../src/core/known.js';
import {earlier, minutes, seconds, type Instant} from '../../../src/core/time.js';
import {instanceId, type FrigateTarget, type JudgedFrigate} from '../../../src/outcome/fleet.js';
import {controlOver} from '../../../src/usecases/serve/control.js';
import type {Discovery} from '../../../src/usecases/serve/discovery.js';
import type {Engine} from '../../../src/usecases/serve/engine.js';
import {stateNameFor} from '../../../src/usecases/serve/state-name.js';
import type {FakeWorld} from '../../support/fake-world.js';
import {aFrigate, aHistory, aReading} from '../../support/observation.js';
import {aTerm, Stage} from './stage.js';

const URL_OF_IT = 'http://192.168.1.9:5000';
const ID = instanceId('static', 'frigate');

const target: FrigateTarget = {
  id: ID,
  namespace: 'static',
  name: 'frigate',
  kind: 'url',
  url: URL_OF_IT,
  foundBy: 'targets-file',
  stale: false,
  lastError: null,
};

const living = (world: FakeWorld): void => {
  Object.defineProperty(world, 'frigate', {
    configurable: true,
    get: () => {
      const lastUpdated = (Math.floor(world.now / 15_000) * 15_000) as Instant;
      const {stats, ...rest} = aFrigate({
        stats: known(aReading({lastUpdated}, world.now)),
        history: known(aHistory(20, () => ({}), lastUpdated)),
        segments: new Map(
          ['front', 'back', 'garage'].map((name) => [
            name,
            known({found: 'one', segment: {end: earlier(world.now, seconds(12)), length: seconds(10)}}),
          ]),
        ),
      });
      return {...rest, stats, liveness: [{via: 'url', verdict: 'alive', latency: 12}]};
    },
  });
};

/** Its port refuses, and there is no second way to it. */
const refusing = (world: FakeWorld): void => {
  Object.defineProperty(world, 'frigate', {
    configurable: true,
    get: () =>
      aFrigate({
        liveness: [{via: 'url', verdict: 'dead', how: 'refused', detail: 'connect ECONNREFUSED'}],
        stats: unknown('unreachable', 'GET /api/stats: connect ECONNREFUSED'),
      }),
  });
};

describe('a Frigate outside Kubernetes', () => {
  let ending: AbortController;
  let stage: Stage;
  let engine: Engine;

  beforeEach(() => {
    ending = new AbortController();
    stage = new Stage(['static']);
    stage.wrap = (ports) => ({
      ...ports,
      outside: {url: URL_OF_IT},
      cluster: {
        ...ports.cluster,
        locate: () => assert.fail('its workload was looked for'),
        openLog: () => assert.fail('its log was opened'),
        missingPermissions: () => assert.fail('permissions for its workload were reviewed'),
      },
    });
    Object.defineProperty(stage, 'targets', {value: [target]});
    stage.store.setTargets([target]);
    living(stage.world(ID));
    engine = stage.engine(aTerm(), ending.signal);
  });
  afterEach(() => ending.abort());

  const judged = (): JudgedFrigate => stage.store.current.frigates.get(ID)?.judged ?? assert.fail('not judged');

  it('is healthy, and no finding complains of what nobody can ask there', async () => {
    await stage.timers.advance(minutes(3));
    const {diagnosis, findings, decision, observation} = judged();
    assert.deepEqual([diagnosis.health, decision.action], ['healthy', 'none']);
    assert.deepEqual(
      findings.filter(({status}) => status === 'unknown').map(({id}) => id),
      [],
    );
    const skipped = findings.filter(({because}) => because?.kind === 'not-applicable').map(({id}) => id);
    for (const id of ['FRG-101', 'FRG-102', 'FRG-105', 'FRG-151', 'FRG-201', 'FRG-202', 'FRG-205'] as const)
      assert.ok(skipped.includes(id), id);
    for (const id of ['FRG-301', 'FRG-302', 'FRG-501', 'FRG-601'] as const)
      assert.notEqual(findings.find((finding) => finding.id === id)?.because?.kind, 'check', `${id} is judged`);
    assert.equal(findings.find(({id}) => id === 'FRG-301')?.status, 'ok');
    assert.equal(observation.workload.known, false);
  });

  it('is unhealthy when it refuses, notified once, by its URL, and never restarted', async () => {
    await stage.timers.advance(minutes(3));
    refusing(stage.world(ID));
    await stage.timers.advance(seconds(10));
    assert.equal(judged().diagnosis.health, 'unhealthy');
    await stage.timers.advance(minutes(20));
    const {decision, findings} = judged();
    assert.deepEqual([decision.action, decision.rule, decision.reason.code], ['alert', 'R-01', 'outside-kubernetes']);
    const world = stage.world(ID);
    assert.equal(world.rollouts.length, 0);
    assert.equal(world.mails.length, 1);
    const [mail] = world.mails;
    assert.match(mail?.subject ?? '', /^\[critical\] static\/frigate: Frigate API does not respond/);
    assert.match(mail?.text ?? '', /curl -s http:\/\/192\.168\.1\.9:5000\/api\/stats/);
    assert.doesNotMatch(mail?.text ?? '', /kubectl/);
    const steps = findings.flatMap(({status, fix}) => (status === 'critical' ? (fix ?? []) : []));
    assert.ok(steps.length > 0 && steps.every((step) => !('command' in step)), JSON.stringify(steps));
    living(world);
    await stage.timers.advance(minutes(40));
    assert.match(world.mails.at(-1)?.subject ?? '', /^\[resolved\] static\/frigate/);
  });

  it('keeps its state under a name of its own, in the namespace of serve', async () => {
    await stage.timers.advance(minutes(3));
    assert.equal(judged().state.target, null);
    const ports = stage.world(ID).world();
    // Whatever else is there: the name of no other Frigate in that namespace can be the same.
    for (const siblings of [0, 3])
      assert.equal(await stateNameFor(ports, target, siblings, ending.signal), 'frigate-health-state.url.frigate');
  });

  it('is not restarted for a person either', async () => {
    const control = controlOver({
      engine: () => engine,
      leader: () => ({leads: true, identity: 'a', holder: 'a', address: null, error: null, lastAt: null}),
      discovery: {targets: new Map([[ID, target]]), refresh: () => undefined} as unknown as Discovery,
      store: stage.store,
      clock: stage.timers,
    });
    const outcome = await control.recover(ID, {by: 'rita', reason: 'try', force: true, idempotencyKey: null});
    assert.deepEqual(outcome, {kind: 'not-restartable', url: URL_OF_IT});
  });

  it('is another one at another URL: nothing of the first is kept running', async () => {
    await stage.timers.advance(minutes(1));
    const before = engine.loopOf(ID);
    engine.setTargets([{...target, url: 'http://192.168.1.10:5000'}]);
    await stage.timers.advance(seconds(10));
    assert.notEqual(engine.loopOf(ID), before);
  });

  it('has a report that is valid and ends as its health does', async () => {
    await stage.timers.advance(minutes(3));
    const {summary, metadata} = judged().report();
    assert.deepEqual([summary.exitCode, metadata.target], [0, null]);
  });
});
