/** What several Frigates have in common, and how many of them may be restarted. */
import assert from 'node:assert/strict';
import {known, unknown} from '../../../src/core/known.js';
import {minutes, later, type Instant} from '../../../src/core/time.js';
import type {CauseClass} from '../../../src/core/finding.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import {instanceId, type FleetIncident, type FrigateStatus, type InstanceId} from '../../../src/outcome/fleet.js';
import {fleetIncidents, FleetSafety} from '../../../src/usecases/serve/fleet-safety.js';
import {decide} from '../../../src/core/decide.js';
import {aState, aStreak, anInput, critical} from '../../support/decision.js';
import {ago, aCameraConfig, aConfig, anObservation, aNode, aWorkload, now} from '../../support/observation.js';

const decision = decide(anInput({state: aState()}));

const aStatus = (
  name: string,
  cause: CauseClass | null,
  observation: Observation = anObservation(),
  findings = [critical('FRG-501', {cause: 'network', cameras: ['barn']})],
): readonly [InstanceId, FrigateStatus] => {
  const id = instanceId(name, 'frigate');
  return [
    id,
    {
      target: {
        id,
        namespace: name,
        name: 'frigate',
        kind: 'Deployment',
        url: null,
        foundBy: 'labels',
        stale: false,
        lastError: null,
      },
      judged: {
        at: now,
        observation,
        findings,
        diagnosis: {health: 'unhealthy', cause, summary: 's', primary: ['FRG-501'], folded: [], cure: 'none'},
        decision,
        state: aState(),
        report: () => assert.fail('nobody asks for it'),
      },
      health: 'unhealthy',
      since: now,
      changes: [],
      trend: [],
      filling: [],
    },
  ];
};

const onNode = (name: string): Observation => anObservation({node: known(aNode({name}))});
const withCamera = (host: string): Observation =>
  anObservation({frigate: {config: known(aConfig({cameras: [aCameraConfig('barn', {hosts: [host]})]}))}});
const onServer = (source: string): Observation =>
  anObservation({
    frigate: {mounts: known([{path: '/media/frigate/recordings', source, type: 'nfs4', readOnly: false}])},
  });
const withoutApi = anObservation({apiServer: unknown('unreachable', 'no route')});

describe('a fleet incident', () => {
  const cases: ReadonlyArray<readonly [what: string, CauseClass, string, readonly Observation[]]> = [
    ['a node', 'node', 'nuc-7', [onNode('nuc-7'), onNode('nuc-7'), onNode('nuc-7')]],
    [
      'a subnet of cameras',
      'network',
      '10.0.7.0/24',
      [withCamera('10.0.7.3'), withCamera('10.0.7.4'), withCamera('10.0.7.5')],
    ],
    ['a storage server', 'storage', 'nas', [onServer('nas:/a'), onServer('nas:/b'), onServer('//nas/c')]],
    ['the API server', 'cluster', 'API server', [withoutApi, withoutApi, withoutApi]],
  ];
  for (const [what, cause, common, observations] of cases) {
    it(`is ${what} that three have in common, and keeps its id and its beginning`, () => {
      const frigates = new Map(observations.map((observation, index) => aStatus(`site-${index}`, cause, observation)));
      const [incident] = fleetIncidents(frigates, [], now);
      assert.deepEqual(
        [incident?.cause, incident?.common, incident?.instances],
        [cause, common, ['site-0.frigate', 'site-1.frigate', 'site-2.frigate']],
      );
      const again = fleetIncidents(frigates, incident === undefined ? [] : [incident], later(now, minutes(5)));
      assert.deepEqual(again, [incident]);
    });

    it(`is none of ${what} that two have in common`, () => {
      const frigates = new Map(
        observations.slice(1).map((observation, index) => aStatus(`site-${index}`, cause, observation)),
      );
      assert.deepEqual(fleetIncidents(frigates, [], now), []);
    });
  }

  it('keeps those whose common thing is not known any more while their cause is the same', () => {
    const names = ['a', 'b', 'c'];
    const fleet = (observation: Observation, cause: CauseClass | null): Map<InstanceId, FrigateStatus> =>
      new Map(names.map((name) => aStatus(name, cause, observation)));
    const first = fleetIncidents(fleet(onServer('nas:/a'), 'storage'), [], now);
    assert.equal(first.length, 1);
    assert.deepEqual(fleetIncidents(fleet(anObservation(), 'storage'), first, later(now, minutes(1))), first);
    assert.deepEqual(fleetIncidents(fleet(anObservation(), 'detector'), first, later(now, minutes(1))), []);
    assert.deepEqual(fleetIncidents(fleet(onServer('other:/a'), 'storage'), first, now)[0]?.common, 'other');
    assert.deepEqual(fleetIncidents(fleet(anObservation(), 'storage'), [], now), []);
  });

  it('ends with the last of them, so that the slow ones begin none of their own, and hands over its notifications', () => {
    const fleet = (...names: readonly string[]): Map<InstanceId, FrigateStatus> =>
      new Map(names.map((name) => aStatus(name, 'node', onNode('nuc-7'))));
    const all = fleet('a', 'b', 'c');
    const holds = (incidents: readonly FleetIncident[], at: Instant): readonly (boolean | null)[] => {
      const safety = new FleetSafety({frigates: () => all, incidents: () => incidents});
      return [...all.keys()].map((id) => {
        const hold = safety.holdFor(id, at);
        return hold?.code === 'fleet-incident' ? hold.notifies : null;
      });
    };
    const first = fleetIncidents(all, [], now);
    const second = fleetIncidents(fleet('b', 'c'), first, later(now, minutes(1)));
    assert.deepEqual(holds(second, now), [null, false, false]);
    const third = fleetIncidents(fleet('c'), second, later(now, minutes(5)));
    assert.deepEqual([third[0]?.id, holds(third, now)], [first[0]?.id, [null, null, false]]);
    const handed = fleetIncidents(fleet('c'), third, later(now, minutes(12)));
    assert.deepEqual(holds(handed, now), [null, null, true]);
    assert.deepEqual(fleetIncidents(fleet(), handed, later(now, minutes(13))), []);
  });

  it('holds no restart back that would help the few that are left', () => {
    const first = fleetIncidents(
      new Map(['a', 'b', 'c'].map((name) => aStatus(name, 'storage', onServer('nas:/a')))),
      [],
      now,
    );
    const [id, status] = aStatus('a', 'storage', onServer('nas:/a'));
    const curable = {
      ...status,
      judged: status.judged && {...status.judged, diagnosis: {...status.judged.diagnosis, cure: 'restart' as const}},
    };
    assert.deepEqual(fleetIncidents(new Map([[id, curable]]), first, later(now, minutes(1))), []);
  });

  it('names a broker by its host, and by the namespace that knows it where it has a short name', () => {
    const config = (mqttHost: string): Observation =>
      anObservation({frigate: {config: known({...aConfig(), mqttEnabled: true, mqttHost})}});
    const lost = [critical('FRG-802', {status: 'warning', cause: 'dependency', cure: 'none'})];
    const named = (mqttHost: string): readonly string[] =>
      fleetIncidents(
        new Map(['a', 'b', 'c'].map((name) => aStatus(name, 'dependency', config(mqttHost), lost))),
        [],
        now,
      ).map(({common}) => common);
    assert.deepEqual(named('192.168.1.7'), ['MQTT broker 192.168.1.7']);
    assert.deepEqual(named('mosquitto'), ['MQTT broker mosquitto.frigate']);
    assert.deepEqual(named('mosquitto.home.svc.cluster.local'), ['MQTT broker mosquitto.home']);
    assert.deepEqual(named('127.0.0.1'), []);
    const quiet = new Map(['a', 'b', 'c'].map((name) => aStatus(name, 'dependency', config('mqtt.example'), [])));
    assert.deepEqual(fleetIncidents(quiet, [], now), []);
  });

  it('is none where three have different nodes', () => {
    const frigates = new Map(['a', 'b', 'c'].map((name) => aStatus(name, 'node', onNode(name))));
    assert.deepEqual(fleetIncidents(frigates, [], now), []);
  });

  it('holds each of its Frigates, of which one notifies', () => {
    const frigates = new Map(['a', 'b', 'c'].map((name) => aStatus(name, 'node', onNode('nuc-7'))));
    const incidents = fleetIncidents(frigates, [], now);
    const safety = new FleetSafety({frigates: () => frigates, incidents: () => incidents});
    const holds = [...frigates.keys()].map((id) => safety.holdFor(id, now));
    assert.deepEqual(
      holds.map((hold) => hold?.code === 'fleet-incident' && hold.notifies),
      [true, false, false],
    );
    const [, hold] = holds;
    const before = {what: 'FRG-403', since: ago(minutes(5)), last: ago(minutes(5)), count: 1, interrupted: false};
    const state = aState({streak: aStreak(), standing: [before]});
    const held = decide(anInput({state, fleet: hold ?? null}));
    assert.deepEqual([held.rule, held.reason.code, held.next.incident], ['R-04', 'fleet-incident', null]);
    const notified = decide(anInput({state, fleet: holds[0] ?? null}));
    assert.notEqual(notified.next.incident, null);
  });
});

describe('the budget of restarts of a fleet', () => {
  const fleetOf = (count: number, restarted: number): Map<InstanceId, FrigateStatus> =>
    new Map(
      Array.from({length: count}, (_, index) =>
        aStatus(
          `site-${index}`,
          'process',
          anObservation({
            workload: known({
              found: 'one',
              workload: aWorkload(index < restarted ? {attempt: `a${index}`, restartedAt: now} : {}),
            }),
          }),
        ),
      ),
    );
  const holdIn = (count: number, restarted: number, at = now): string | null => {
    const frigates = fleetOf(count, restarted);
    const safety = new FleetSafety({frigates: () => frigates, incidents: () => []});
    return safety.holdFor(instanceId(`site-${count - 1}`, 'frigate'), at)?.code ?? null;
  };

  it('is one of a few and one in ten of many, within ten minutes', () => {
    assert.deepEqual([holdIn(3, 0), holdIn(3, 1), holdIn(19, 1)], [null, 'fleet-limit', 'fleet-limit']);
    assert.deepEqual([holdIn(50, 4), holdIn(50, 5)], [null, 'fleet-limit']);
    assert.equal(holdIn(3, 1, later(now, minutes(10))), null);
  });

  it('counts a restart that is on its way, and gives it back when it was none', () => {
    const frigates = fleetOf(3, 0);
    const safety = new FleetSafety({frigates: () => frigates, incidents: () => []});
    safety.reserve(instanceId('site-0', 'frigate'), now);
    assert.equal(safety.holdFor(instanceId('site-1', 'frigate'), now)?.code, 'fleet-limit');
    safety.release(instanceId('site-0', 'frigate'));
    assert.equal(safety.holdFor(instanceId('site-1', 'frigate'), now), null);
  });
});
