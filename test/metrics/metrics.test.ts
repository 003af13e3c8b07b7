import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {instant, minutes} from '../../src/core/time.js';
import {CONTENT_TYPE, FAMILIES, metricsPage} from '../../src/metrics/metrics.js';
import {MOST_CAMERAS, type CameraChoice} from '../../src/metrics/frigate-facts.js';
import type {FleetSnapshot, FrigateStatus} from '../../src/outcome/fleet.js';
import {PREFIX} from '../../src/report/exposition.js';
import {renderPrometheus} from '../../src/report/prometheus.js';
import {HEALTH_CLASSES} from '../../src/report/status-families.js';
import {readExposition, valuesOf, type ReadFamily} from '../support/exposition.js';
import {ownFindings} from '../support/own-checks.js';
import {
  daemonOf,
  FLEET_STARTED,
  fleetOf,
  judgedFrigate,
  notJudged,
  renamed,
  SCENARIO_NAMES,
} from '../support/judged-fleet.js';

const textOf = async (snapshot: FleetSnapshot, cameras: CameraChoice = 'all', skip: readonly string[] = []) => {
  let text = '';
  for await (const part of metricsPage({cameras, skipCameras: new Set(skip)}, null).write(snapshot)) text += part;
  return text;
};

const read = async (
  frigates: readonly FrigateStatus[],
  cameras: CameraChoice = 'all',
  changes: Partial<FleetSnapshot> = {},
): Promise<ReadonlyMap<string, ReadFamily>> => readExposition(await textOf(fleetOf(frigates, changes), cameras));

/** The same Frigate with a changed snapshot. */
const withCameras = (frigate: FrigateStatus, names: readonly string[]): FrigateStatus => {
  const {judged} = frigate;
  assert.ok(judged);
  const {stats} = judged.observation.frigate;
  assert.ok(stats.known);
  const {snapshot} = stats.value;
  const [first] = snapshot.cameras;
  assert.ok(first);
  const cameras = names.map((name) => ({...first, name}));
  return {
    ...frigate,
    judged: {
      ...judged,
      observation: {
        ...judged.observation,
        frigate: {
          ...judged.observation.frigate,
          stats: {known: true, value: {...stats.value, snapshot: {...snapshot, cameras}}},
        },
      },
    },
  };
};

describe('the metrics of the fleet', () => {
  let all: readonly FrigateStatus[] = [];

  before(async function () {
    this.timeout(120_000);
    for (const name of SCENARIO_NAMES) await judgedFrigate(name);
    all = await Promise.all(SCENARIO_NAMES.map(judgedFrigate));
  });

  it('are what Prometheus reads, for every scenario, alone and all together', async () => {
    for (const frigate of all) await read([frigate]);
    const families = await read(all);
    const frigates = new Set(
      (families.get('frigate_health_info')?.series ?? []).map(({labels}) => labels.get('frigate_namespace')),
    );
    assert.deepEqual([...frigates].sort(), [...SCENARIO_NAMES].sort());
  });

  it('have for each Frigate one status that holds, the one of its snapshot', async () => {
    const families = await read(all);
    const series = families.get('frigate_health_status')?.series ?? [];
    assert.equal(series.length, all.length * HEALTH_CLASSES.length);
    const holding = series.filter(({value}) => value === 1);
    assert.deepEqual(
      Object.fromEntries(holding.map(({labels}) => [labels.get('frigate_namespace'), labels.get('status')])),
      Object.fromEntries(all.map(({target, health}) => [target.namespace, health])),
    );
    for (const {labels} of series) assert.ok(!labels.has('cause'), 'a change of cause is no new series of the status');
    assert.ok(new Set(all.map(({health}) => health)).size >= 4, 'the scenarios show several classes');
  });

  it('describe every family in the table and hold to its labels', async () => {
    const families = await read(all);
    const table = new Map(FAMILIES.map((family) => [`${PREFIX}${family.name}`, family]));
    for (const [name, {type, series}] of families) {
      const family = table.get(name);
      assert.ok(family, name);
      assert.equal(type, family.type);
      for (const {labels} of series)
        for (const label of labels.keys())
          assert.ok(['frigate_namespace', 'frigate', ...family.labels].includes(label), `${name} has ${label}`);
    }
    for (const {name, type, help} of FAMILIES) {
      assert.equal(type === 'counter', name.endsWith('_total'), name);
      assert.match(help, /\.$|[;:] [^.]+$/, name);
    }
  });

  it('keep no label value of the snapshot before', async () => {
    const page = metricsPage({cameras: 'all', skipCameras: new Set()}, null);
    const write = async (snapshot: FleetSnapshot): Promise<ReadonlyMap<string, ReadFamily>> => {
      let text = '';
      for await (const part of page.write(snapshot)) text += part;
      return readExposition(text);
    };
    const sick = renamed(await judgedFrigate('detector-silent'), 'nvr');
    const well = renamed(await judgedFrigate('healthy'), 'nvr');
    const before = await write(fleetOf([sick]));
    assert.equal(before.get('frigate_health_cause')?.series.length, 1);
    const after = await write(fleetOf([well]));
    assert.equal(after.has('frigate_health_cause'), false);
    assert.equal(after.has('frigate_health_check_failing'), false);
    assert.deepEqual(await write(fleetOf([])), await read([]));
  });

  it('hold what a check exports, with the same values', async () => {
    for (const frigate of all) {
      const report = frigate.judged?.report();
      assert.ok(report);
      if (report.checks.length === 0 || report.metadata.target === null) continue;
      const families = await read([frigate]);
      for (const [name, {series}] of readExposition(renderPrometheus([report]))) {
        // A check names the namespace of the simulated cluster, says what only a check has, and while Frigate starts is milder.
        if (
          name.startsWith('frigate_health_check') ||
          ['frigate_health_info', 'frigate_health_last_judged_timestamp_seconds'].includes(name)
        )
          continue;
        const values = new Set(
          (families.get(name)?.series ?? []).map(({labels, value}) =>
            JSON.stringify([...[...labels].filter(([label]) => label !== 'frigate_namespace'), value]),
          ),
        );
        for (const {labels, value} of series)
          assert.ok(
            values.has(JSON.stringify([...[...labels].filter(([label]) => label !== 'frigate_namespace'), value])),
            `${frigate.target.namespace}: ${name} ${JSON.stringify([...labels])} ${value}`,
          );
      }
    }
  });

  it('give no age: they are the same however late they are read', async () => {
    const text = await textOf(fleetOf(all));
    assert.equal(text, await textOf(fleetOf(all, {at: instant(FLEET_STARTED + minutes(30))})));
    assert.doesNotMatch(text, /^# TYPE \S*_(?:age|since|ago)\S* /m);
  });

  it('of a Frigate that nobody judged are its status unknown and nothing that would be old', async () => {
    const families = await read([notJudged(await judgedFrigate('healthy'))]);
    assert.equal(valuesOf(families, 'frigate_health_status', 'status')['unknown'], 1);
    for (const name of [
      'checks',
      'breaker',
      'camera_up',
      'last_judged_timestamp_seconds',
      'snapshot_timestamp_seconds',
    ])
      assert.equal(families.has(`frigate_health_${name}`), false, name);
  });

  it('of a replica that does not lead are only its own', async () => {
    const families = await read(all, 'all', {
      daemon: daemonOf({leader: {leads: false, identity: 'b', holder: 'frigate-health-0'}}),
    });
    assert.deepEqual(valuesOf(families, 'frigate_health_leader'), {'': 0});
    for (const [name, {series}] of families) for (const {labels} of series) assert.ok(!labels.has('frigate'), name);
    assert.equal(families.has('frigate_health_targets'), false);
  });

  it('of checks of the user’s own name one that fails where others depend on it', async () => {
    const own = new Set(['X-door-fps', 'X-plates']);
    const families = async (broker: 'up' | 'down'): Promise<ReadonlyMap<string, ReadFamily>> => {
      const findings = ownFindings(broker);
      const healthy = await judgedFrigate('healthy');
      assert.ok(healthy.judged);
      return read([{...healthy, judged: {...healthy.judged, custom: findings.filter(({id}) => own.has(id))}}], 'none', {
        daemon: daemonOf({custom: findings.filter(({id}) => !own.has(id))}),
      });
    };
    const failing = (all: ReadonlyMap<string, ReadFamily>): readonly string[] =>
      Object.entries(valuesOf(all, 'frigate_health_custom_check_status', 'check', 'status'))
        .filter(([labels, value]) => value === 1 && / (warning|critical)$/.test(labels))
        .map(([labels]) => labels);
    const down = await families('down');
    assert.deepEqual(failing(down), ['X-broker critical']);
    assert.equal(down.get('frigate_health_custom_check_status')?.series.length, 6 * 6);
    assert.deepEqual(failing(await families('up')), ['X-sensors warning', 'X-automations warning']);
    assert.deepEqual(valuesOf(down, 'frigate_health_check_failing', 'check', 'severity'), {'X-door-fps warning': 1});
  });

  it('of notifications are one series for each channel, and none without a channel', async () => {
    const healthy = await judgedFrigate('healthy');
    assert.ok(healthy.judged);
    assert.equal((await read([healthy])).has('frigate_health_alerts_pending'), false);
    const waiting = new Map([
      ['mail', 0],
      ['ntfy', 2],
    ]);
    const families = await read([{...healthy, judged: {...healthy.judged, waiting}}]);
    assert.deepEqual(valuesOf(families, 'frigate_health_alerts_pending', 'channel'), {mail: 0, ntfy: 2});
  });

  it('forecast when the first file system is full, and nothing for one that does not fill', async () => {
    const healthy = await judgedFrigate('healthy');
    const {judged} = healthy;
    assert.ok(judged);
    const {stats} = judged.observation.frigate;
    assert.ok(stats.known);
    const {mounts} = stats.value.snapshot;
    const [recordings] = mounts.filter(({path: where}) => where.endsWith('recordings'));
    assert.ok(recordings?.free !== null && recordings?.used !== null);
    const {free = 0, used = 0} = recordings ?? {};
    // A tenth of what is free in an hour: full in ten.
    const at = (ago: number, change: number) => ({
      at: instant(judged.at - ago),
      mounts: mounts.map((mount) => (mount === recordings ? {...mount, used: (used ?? 0) - change} : mount)),
    });
    const forecast = async (filling: FrigateStatus['filling']): Promise<number | undefined> =>
      valuesOf(await read([{...healthy, filling}]), 'frigate_health_exhausted_timestamp_seconds', 'resource')[
        'storage'
      ];
    const full = await forecast([at(minutes(60), (free ?? 0) / 10), at(0, 0)]);
    assert.ok(full !== undefined && Math.abs(full - (judged.at + minutes(600)) / 1000) < 1, String(full));
    assert.equal(await forecast([at(minutes(60), 0), at(0, 0)]), undefined);
    assert.equal(await forecast([]), undefined);
  });

  it('count breakers by kind, never a series for each Frigate', async () => {
    const families = await read([]);
    assert.deepEqual(valuesOf(families, 'frigate_health_dependency_breakers', 'dependency', 'state'), {
      'frigate closed': 0,
      'frigate half-open': 0,
      'frigate open': 1,
      'kubernetes closed': 1,
      'kubernetes half-open': 0,
      'kubernetes open': 0,
    });
    assert.deepEqual(valuesOf(families, 'frigate_health_component_status', 'component', 'status'), {
      'judge degraded': 1,
      'judge healthy': 0,
      'judge unhealthy': 0,
      'kubernetes_api degraded': 0,
      'kubernetes_api healthy': 1,
      'kubernetes_api unhealthy': 0,
    });
  });

  it('show an invented failure until it ends', async () => {
    const until = instant(FLEET_STARTED + minutes(1));
    const during = await read([], 'all', {daemon: daemonOf({debugFailureUntil: until})});
    assert.deepEqual(valuesOf(during, 'frigate_health_debug_failure'), {'': 1});
    const after = await read([], 'all', {at: until, daemon: daemonOf({debugFailureUntil: until})});
    assert.deepEqual(valuesOf(after, 'frigate_health_debug_failure'), {'': 0});
  });

  describe('of cameras', () => {
    it('say which one is down', async () => {
      const down = await judgedFrigate('one-camera-down');
      const families = await read([down]);
      const up = valuesOf(families, 'frigate_health_camera_up', 'camera');
      const failing = new Set(
        down.judged?.findings.flatMap(({status, cameras}) =>
          status === 'warning' || status === 'critical' ? cameras : [],
        ),
      );
      assert.ok(failing.size > 0);
      assert.deepEqual(
        Object.keys(up).filter((camera) => up[camera] === 0),
        [...failing],
      );
    });

    it('are all, those with a fault, or none', async () => {
      const down = await judgedFrigate('one-camera-down');
      const cameras = (families: ReadonlyMap<string, ReadFamily>): number =>
        families.get('frigate_health_camera_up')?.series.length ?? 0;
      assert.ok(cameras(await read([down], 'all')) > 1);
      assert.equal(cameras(await read([down], 'failing')), 1);
      assert.equal(cameras(await read([down], 'none')), 0);
      assert.equal(cameras(await read([await judgedFrigate('healthy')], 'failing')), 0);
    });

    it('leave out those that are not judged', async () => {
      const healthy = await judgedFrigate('healthy');
      const names = Object.keys(valuesOf(await read([healthy]), 'frigate_health_camera_up', 'camera'));
      const [skipped = ''] = names;
      const families = readExposition(await textOf(fleetOf([healthy]), 'all', [skipped]));
      assert.deepEqual(
        Object.keys(valuesOf(families, 'frigate_health_camera_up', 'camera')),
        names.filter((name) => name !== skipped),
      );
    });

    it('are bounded; the rest is counted', async () => {
      const many = withCameras(
        await judgedFrigate('healthy'),
        Array.from({length: 70}, (_, index) => `c${index}`),
      );
      const families = await read([many]);
      assert.equal(families.get('frigate_health_camera_up')?.series.length, MOST_CAMERAS);
      assert.deepEqual(valuesOf(families, 'frigate_health_cameras_omitted'), {'': 70 - MOST_CAMERAS});
    });

    it('are readable whatever their names hold', async () => {
      const healthy = await judgedFrigate('healthy');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.string({unit: 'binary', maxLength: 30}), {maxLength: 6}), async (names) => {
          const families = await read([withCameras(healthy, [...names, 'a\nb', 'a b', 'say "x" \\ {y="z"} 1'])]);
          const cameras = Object.keys(valuesOf(families, 'frigate_health_camera_up', 'camera'));
          assert.ok(cameras.includes('say "x" \\ {y="z"} 1'));
          assert.equal(
            cameras.filter((name) => name === 'a b').length,
            1,
            'two names that are shown alike are one series',
          );
        }),
        {numRuns: 25},
      );
    });
  });

  describe('of restarts', () => {
    const restart = {
      cause: 'detector',
      rule: 'R-12',
      who: 'automatic',
      reason: 'a test',
      findings: [],
      at: FLEET_STARTED,
    } as const;
    const withRestarts = (
      frigate: FrigateStatus,
      restarts: ReadonlyArray<{
        readonly id: string;
        readonly phase: 'acted' | 'helped' | 'did-not-help';
        readonly settledAt: number | null;
      }>,
    ): FrigateStatus => {
      assert.ok(frigate.judged);
      return {
        ...frigate,
        judged: {
          ...frigate.judged,
          state: {
            ...frigate.judged.state,
            restarts: restarts.map(({id, phase, settledAt}) => ({
              ...restart,
              id,
              phase,
              settledAt: settledAt === null ? null : instant(settledAt),
            })),
          },
        },
      };
    };

    it('are counted once each, from when this process started, and never fewer', async () => {
      const healthy = await judgedFrigate('healthy');
      const page = metricsPage({cameras: 'none', skipCameras: new Set()}, null);
      const counts = async (
        restarts: Parameters<typeof withRestarts>[1],
      ): Promise<Readonly<Record<string, number>>> => {
        let text = '';
        for await (const part of page.write(fleetOf([withRestarts(healthy, restarts)]))) text += part;
        return valuesOf(readExposition(text), 'frigate_health_restarts_total', 'outcome');
      };
      const old = {id: 'old', phase: 'helped', settledAt: FLEET_STARTED - minutes(90)} as const;
      const none = {helped: 0, did_not_help: 0, abandoned: 0, unjudged: 0};
      assert.deepEqual(await counts([old, {id: 'a', phase: 'acted', settledAt: null}]), none);
      const settled = {id: 'a', phase: 'helped', settledAt: FLEET_STARTED} as const;
      assert.deepEqual(await counts([old, settled]), {...none, helped: 1});
      assert.deepEqual(await counts([settled]), {...none, helped: 1});
      assert.deepEqual(await counts([settled, {...settled, id: 'b', phase: 'did-not-help'}]), {
        ...none,
        helped: 1,
        did_not_help: 1,
      });
      assert.deepEqual(await counts([]), {...none, helped: 1, did_not_help: 1}, 'the state forgot them');
    });
  });

  it('are written in parts, between which the event loop has a turn', async () => {
    const healthy = await judgedFrigate('healthy');
    const many = Array.from({length: 1000}, (_, index) => renamed(healthy, `nvr-${index}`));
    const page = metricsPage({cameras: 'all', skipCameras: new Set()}, null);
    let turns = 0;
    let isCounting = true;
    const count = (): void => {
      turns += 1;
      if (isCounting) setImmediate(count);
    };
    setImmediate(count);
    const parts: string[] = [];
    let before = -1;
    for await (const part of page.write(fleetOf(many))) {
      assert.ok(turns > before, 'a turn since the part before');
      before = turns;
      parts.push(part);
    }
    isCounting = false;
    const text = parts.join('');
    assert.ok(text.length > 2_000_000);
    for (const part of parts) assert.ok(part.length < 2 * 32 * 1024, `${part.length} characters at once`);
    const perFrigate = [...readExposition(text).values()].filter(({series}) => series[0]?.labels.has('frigate'));
    assert.ok(turns >= (perFrigate.length * many.length) / 50, 'no more than 50 Frigates of one family without a turn');
  });

  it('name their format', () => {
    assert.equal(CONTENT_TYPE, 'text/plain; version=0.0.4; charset=utf-8');
  });
});
