/** The rights that looking needs are those of the workload that was found, whatever its kind; over real sockets against the simulated cluster. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import type {Permission} from '../../src/core/observation/observation.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import {known} from '../../src/core/known.js';
import {seconds} from '../../src/core/time.js';
import type {Rule} from '../../src/simulator/api/access.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../src/simulator/simulator.js';
import {runCheck} from '../../src/usecases/check.js';
import type {Context} from '../../src/pass/context.js';
import {permissionsToObserve} from '../../src/pass/permissions.js';
import {watch} from '../../src/usecases/watch/watch.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {connectAs} from '../contract/simulated-workloads.js';
import {aSettings} from '../support/fake-world.js';

const ruleOf = ({verb, group, resource, name, namespace}: Permission): Rule => ({
  verbs: [verb],
  groups: [group],
  resources: [resource],
  ...(name === null ? {} : {names: [name]}),
  ...(namespace === null ? {} : {namespaces: [namespace]}),
});

const settings = aSettings({via: 'proxy'});
const plurals: Readonly<Record<WorkloadKind, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

const contextOf = async (world: Simulator, user: string): Promise<Context> => {
  const cluster = await connectAs(world.cluster, user);
  const clock = {...processTimers, now: () => world.clock.now()};
  return {
    settings,
    signal: AbortSignal.timeout(20_000),
    stdout: () => undefined,
    warn: () => undefined,
    timers: processTimers,
    version: '0.0.0',
    open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
  };
};

const permissions = async (
  world: Simulator,
  kind: WorkloadKind,
  given: readonly Permission[],
  named: WorkloadKind | null,
): Promise<CheckReport['checks'][number] | undefined> => {
  const user = `${kind}-${given.length}-${String(named)}`;
  world.cluster.access.grant(user, given.map(ruleOf));
  const [report] = await runCheck(await contextOf(world, user), {
    kind: named,
    allNamespaces: false,
    only: [],
    skip: [],
    failOn: 'warning',
    wait: null,
    onProgress: () => undefined,
  });
  return (report?.checks ?? []).find(({id}) => id === 'FRG-102');
};

for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
  const resource = plurals[kind];
  const revisions = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';

  describe(`the rights to look at a ${kind}`, function () {
    this.timeout(30_000);
    let world: Simulator;
    before(async () => {
      const healthy = findScenario('healthy');
      assert.ok(healthy);
      world = await startSimulator(healthy, {installation: {kind}});
    });
    after(() => world.close());

    const needed = permissionsToObserve(settings, 'frigate', kind, null);

    it('are enough for check where the kind is named', async () => {
      const found = await permissions(world, kind, needed, kind);
      assert.equal(found?.status, 'ok');
    });

    for (const gone of [`get ${resource}`, `list ${revisions}`]) {
      it(`hold ${gone}, and check names it where it is missing`, async () => {
        const rest = needed.filter(({verb, resource: of}) => `${verb} ${of}` !== gone);
        assert.equal(rest.length, needed.length - 1);
        const found = await permissions(world, kind, rest, kind);
        const [verb, of] = gone.split(' ');
        assert.deepEqual(
          [found?.status, found?.evidence.map(({value}) => value)],
          ['critical', [`${verb} ${of}.apps${verb === 'get' ? ' "frigate"' : ''} in frigate`]],
        );
      });
    }

    it('are those that check reviews where it found the kind by itself', async () => {
      const asked: Permission[][] = [];
      const context = await contextOf(world, 'demo');
      const gate = await context.open();
      assert.ok(!('fix' in gate));
      const cluster = {
        ...gate.cluster,
        missingPermissions: (rights: readonly Permission[]) => {
          asked.push([...rights]);
          return Promise.resolve(known([]));
        },
      };
      await runCheck(
        {...context, open: () => Promise.resolve({...gate, cluster})},
        {
          kind: null,
          allNamespaces: false,
          only: [],
          skip: [],
          failOn: 'warning',
          wait: null,
          onProgress: () => undefined,
        },
      );
      // The working set is read by exec where there is no metrics API, and exec is permitted or not: reviewed by itself.
      const [reviewed, ...others] = asked;
      assert.deepEqual(reviewed, needed);
      assert.ok(others.flat().every(({resource}) => resource === 'pods/exec'));
    });

    it('are those that watch reviews', async () => {
      const context = await contextOf(world, 'demo');
      const gate = await context.open();
      assert.ok(!('fix' in gate));
      const ending = new AbortController();
      const asked = await new Promise<readonly Permission[]>((resolve, reject) => {
        const cluster = {
          ...gate.cluster,
          missingPermissions: (rights: readonly Permission[]) => {
            resolve(rights);
            return Promise.resolve(known([]));
          },
        };
        watch(
          {...context, signal: ending.signal, open: () => Promise.resolve({...gate, cluster})},
          {kind: null, interval: seconds(2), random: () => 0.5},
        ).then((watching) => ending.signal.addEventListener('abort', () => void watching.close()), reject);
      });
      ending.abort();
      assert.deepEqual(asked, needed);
    });
  });
}
