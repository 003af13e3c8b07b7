/** The rights that looking needs are those of the workload that was found, whatever its kind; over real sockets against the simulated cluster. */
import assert from 'node:assert/strict';
import type {Right} from '../../src/core/observation/observation.js';
import type {WorkloadKind} from '../../src/core/observation/workload.js';
import {known} from '../../src/core/known.js';
import {seconds} from '../../src/core/time.js';
import type {Rule} from '../../src/demo/cluster/access.js';
import {findScenario} from '../../src/demo/scenarios.js';
import {startWorld, type World} from '../../src/demo/world.js';
import {runCheck} from '../../src/pass/check.js';
import type {Context} from '../../src/pass/context.js';
import {rightsToLook} from '../../src/pass/rights.js';
import {watch} from '../../src/pass/watch.js';
import type {CheckReport} from '../../src/report/report.js';
import {connectAs} from '../contract/simulated-workloads.js';
import {aSettings} from '../support/fake-world.js';

const ruleOf = ({verb, group, resource, name, namespace}: Right): Rule => ({
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

const contextOf = async (world: World, user: string): Promise<Context> => {
  const cluster = await connectAs(world.cluster, user);
  const clock = {now: () => world.clock.now(), monotonic: () => performance.now()};
  return {
    settings,
    signal: AbortSignal.timeout(20_000),
    stdout: () => undefined,
    warn: () => undefined,
    version: '0.0.0',
    open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
  };
};

const permissions = async (
  world: World,
  kind: WorkloadKind,
  given: readonly Right[],
  named: WorkloadKind | null,
): Promise<CheckReport['checks'][number] | undefined> => {
  const user = `${kind}-${given.length}-${String(named)}`;
  world.cluster.access.grant(user, given.map(ruleOf));
  const report = await runCheck(await contextOf(world, user), {
    kind: named,
    allNamespaces: false,
    only: [],
    skip: [],
    failOn: 'warning',
    wait: null,
    told: () => undefined,
  });
  return report.checks.find(({id}) => id === 'FRG-102');
};

for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
  const resource = plurals[kind];
  const revisions = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';

  describe(`the rights to look at a ${kind}`, function () {
    this.timeout(30_000);
    let world: World;
    before(async () => {
      const healthy = findScenario('healthy');
      assert.ok(healthy);
      world = await startWorld(healthy, {installation: {kind}});
    });
    after(() => world.close());

    const needed = rightsToLook(settings, 'frigate', kind, null);

    it('are enough for check where the kind is named', async () => {
      const found = await permissions(world, kind, needed, kind);
      assert.deepEqual([found?.status, found?.summary], ['ok', 'Every right that this command needs is there']);
    });

    for (const gone of [`get ${resource}`, `list ${revisions}`]) {
      it(`hold ${gone}, and check names it where it is missing`, async () => {
        const rest = needed.filter(({verb, resource: of}) => `${verb} ${of}` !== gone);
        assert.equal(rest.length, needed.length - 1);
        const found = await permissions(world, kind, rest, kind);
        const [verb, of] = gone.split(' ');
        assert.deepEqual(
          [found?.status, found?.summary],
          ['critical', `1 right missing: ${verb} ${of}.apps${verb === 'get' ? ' "frigate"' : ''} in frigate`],
        );
      });
    }

    it('are those that check reviews where it found the kind by itself', async () => {
      const asked: Right[][] = [];
      const context = await contextOf(world, 'demo');
      const gate = await context.open();
      assert.ok(!('fix' in gate));
      const cluster = {
        ...gate.cluster,
        missingRights: (rights: readonly Right[]) => {
          asked.push([...rights]);
          return Promise.resolve(known([]));
        },
      };
      await runCheck(
        {...context, open: () => Promise.resolve({...gate, cluster})},
        {kind: null, allNamespaces: false, only: [], skip: [], failOn: 'warning', wait: null, told: () => undefined},
      );
      assert.deepEqual(asked, [needed]);
    });

    it('are those that watch reviews', async () => {
      const context = await contextOf(world, 'demo');
      const gate = await context.open();
      assert.ok(!('fix' in gate));
      const ending = new AbortController();
      const asked = await new Promise<readonly Right[]>((resolve, reject) => {
        const cluster = {
          ...gate.cluster,
          missingRights: (rights: readonly Right[]) => {
            resolve(rights);
            return Promise.resolve(known([]));
          },
        };
        watch(
          {...context, signal: ending.signal, open: () => Promise.resolve({...gate, cluster})},
          {kind: null, interval: seconds(2), random: () => 0.5},
          () => undefined,
        ).then((watching) => ending.signal.addEventListener('abort', () => void watching.close()), reject);
      });
      ending.abort();
      assert.deepEqual(asked, needed);
    });
  });
}
