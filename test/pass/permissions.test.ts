import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {hours, minutes, type Duration} from '../../src/core/time.js';
import {known, unknown, type Unknown} from '../../src/core/known.js';
import {encodeState} from '../../src/core/state/encode.js';
import type {Permission} from '../../src/core/observation/observation.js';
import {
  reviewIsDue,
  permissionsFor,
  type PermissionsFor,
  type PermissionsReviewed,
} from '../../src/pass/permissions.js';
import {dutyOf, runCron} from '../../src/usecases/run-cron.js';
import {runPass} from '../../src/pass/run-pass.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';
import {aState} from '../support/decision.js';
import {aJournal, aSettings, FakeWorld} from '../support/fake-world.js';
import {now} from '../support/observation.js';

const rights = (changes: Partial<PermissionsFor> = {}): readonly string[] =>
  permissionsFor({
    namespace: 'nvr',
    workload: {resource: 'deployments', name: 'frigate'},
    stateName: 'state',
    cronJobName: null,
    via: 'auto',
    mode: 'act',
    ...changes,
  }).map(({verb, resource, name}) => `${verb} ${resource}${name === null ? '' : `/${name}`}`);

describe('the table of rights', () => {
  it('lets only the acting mode patch, and only the one workload', () => {
    const patches = (mode: PermissionsFor['mode']): readonly string[] =>
      rights({mode, workload: {resource: 'statefulsets', name: 'nvr'}}).filter((right) => right.startsWith('patch'));
    assert.deepEqual([patches('view'), patches('observe'), patches('act')], [[], [], ['patch statefulsets/nvr']]);
  });

  it('lets nobody write who only looks', () => {
    assert.deepEqual(
      rights({mode: 'view'}).filter((right) => !/^(get|list) /.test(right)),
      [],
    );
  });

  it('lets only those look at the CronJob who are told its name', () => {
    const of = (cronJobName: string | null): readonly string[] =>
      rights({mode: 'view', cronJobName}).filter((right) => right.includes('cronjobs'));
    assert.deepEqual([of(null), of('frigate-health')], [[], ['get cronjobs/frigate-health']]);
  });

  it('never names a right twice', () => {
    for (const via of ['auto', 'direct', 'proxy', 'exec', 'port-forward'] as const) {
      const all = rights({via});
      assert.equal(new Set(all).size, all.length, via);
    }
  });

  it('holds pods/exec only where exec is chosen', () => {
    const with_ = (via: PermissionsFor['via']): boolean => rights({via}).some((right) => right.includes('pods/exec'));
    assert.deepEqual((['auto', 'direct', 'proxy', 'exec', 'port-forward'] as const).filter(with_), ['exec']);
  });

  it('changes only the two ConfigMaps of this tool', () => {
    assert.deepEqual(
      rights().filter((right) => right.startsWith('update')),
      ['update configmaps/state', 'update configmaps/state-guard'],
    );
  });
});

describe('the review of the rights', () => {
  const seen = (
    passed: Duration,
    changes: Parameters<typeof aState>[0] = {},
    reading: PermissionsReviewed['recalledState']['reading'] = 'sound',
  ): Pick<PermissionsReviewed, 'recalledState' | 'at'> => {
    const at = (Math.floor(now / hours(1)) * hours(1) + minutes(30)) as typeof now;
    const lastPass = {at: (at - passed) as typeof now, by: 'a test', result: 'healthy'};
    return {
      at,
      recalledState: {
        state: aState({lastPass, ...changes}),
        reading,
        soundness: known({name: 's', problems: [], missing: false, newer: false, wipedBy: null}),
        map: null,
        guard: null,
        setAside: null,
      },
    };
  };
  const standing = [{what: 'FRG-102', since: now, last: now, count: 1, interrupted: false}];
  const cases: ReadonlyArray<
    readonly [when: string, due: boolean, seen: Pick<PermissionsReviewed, 'recalledState' | 'at'>]
  > = [
    ['in a calm pass', false, seen(minutes(5))],
    ['in the first pass of an hour', true, seen(minutes(31))],
    ['in the first pass of all', true, seen(minutes(5), {lastPass: null})],
    ['after the state was lost', true, seen(minutes(5), {}, 'wiped')],
    ['as long as a right is missing', true, seen(minutes(5), {standing})],
  ];
  for (const [when, due, given] of cases)
    it(`is ${due ? '' : 'not '}due ${when}`, () => assert.equal(reviewIsDue(given), due));

  const missing: Permission = {
    verb: 'patch',
    group: 'apps',
    resource: 'deployments',
    namespace: 'frigate',
    name: 'frigate',
  };

  it('makes a pass fail its duty before the right is needed, and names it', async () => {
    const fake = new FakeWorld();
    const world = fake.world();
    const outcome = await runPass(
      {...world, cluster: {...world.cluster, missingPermissions: () => Promise.resolve(known([missing]))}},
      {request: null, dryRun: false},
      aJournal().journal,
      AbortSignal.timeout(5000),
    );
    assert.equal(dutyOf(outcome), 77);
    assert.match(
      outcome.judgement.findings.find(({id}) => id === 'FRG-102')?.summary ?? '',
      /patch deployments\.apps "frigate" in frigate/,
    );
  });

  for (const [what, recalledState, patches] of [
    ['is a StatefulSet', null, ['patch statefulsets']],
    ['was not found, and was a DaemonSet before', 'DaemonSet', ['patch daemonsets']],
    ['was never found', null, []],
  ] as const) {
    it(`asks for the right to patch no other kind where the workload ${what}`, async () => {
      const fake = new FakeWorld();
      const world = fake.world();
      if (recalledState !== null)
        fake.put(
          'frigate-health-state',
          Object.fromEntries([
            [
              DOCUMENT_KEY,
              encodeState(aState({target: {kind: recalledState, namespace: 'frigate', name: 'frigate', uid: 'u'}})),
            ],
          ]),
        );
      fake.workload = {...fake.workload, kind: 'StatefulSet'};
      fake.interfere = (call) => (call === 'findWorkload' && what !== 'is a StatefulSet' ? 'refuse' : 'pass');
      const asked: Permission[] = [];
      await runPass(
        {
          ...world,
          cluster: {
            ...world.cluster,
            missingPermissions: (rights) => {
              asked.push(...rights);
              return Promise.resolve(known([]));
            },
          },
        },
        {request: null, dryRun: false},
        aJournal().journal,
        AbortSignal.timeout(5000),
      );
      assert.deepEqual(
        asked.filter(({verb}) => verb === 'patch').map(({verb, resource}) => `${verb} ${resource}`),
        patches,
      );
      assert.deepEqual(
        asked
          .filter(({verb, group}) => verb === 'get' && group === 'apps')
          .map(({resource}) => resource)
          .sort(),
        ['daemonsets', 'deployments', 'statefulsets'],
      );
    });
  }

  it('tells each missing right on a line of run-cron, with the command that adds it', async () => {
    const lines: string[] = [];
    const fake = new FakeWorld();
    const {cluster, clock} = fake.world();
    const unseen = (): Promise<Unknown> => Promise.resolve(unknown('forbidden', '403'));
    const gate = {
      cluster: {
        ...cluster,
        openLog: unseen,
        exec: unseen,
        proxyGet: unseen,
        forwardPort: unseen,
        missingPermissions: () => Promise.resolve(known([missing])),
      },
      clock,
      close: () => Promise.resolve(),
    };
    const {exitCode} = await runCron(
      {
        settings: aSettings(),
        open: () => Promise.resolve(gate),
        signal: new AbortController().signal,
        stdout: (line) => lines.push(line),
        warn: () => undefined,
        timers: processTimers,
        version: '0',
      },
      {dryRun: true},
    );
    const warning = lines
      .map((line) => JSON.parse(line) as {event: string; check?: string; missing?: unknown})
      .find(({event}) => event === 'warning');
    assert.equal(exitCode, 77);
    // A dry run never patches, so that this right is none of its needs; what the API server says is missing is told all the same.
    assert.deepEqual([warning?.check, warning?.missing], ['FRG-102', ['patch deployments.apps "frigate" in frigate']]);
  });
});
