import assert from 'node:assert/strict';
import {runCheck} from '../../src/pass/check.js';
import {unknown, type Unknown} from '../../src/core/known.js';
import {findScenario} from '../../src/demo/scenarios.js';
import {startWorld} from '../../src/demo/world.js';
import type {CheckOptions, Context} from '../../src/pass/context.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import type {CheckReport} from '../../src/report/report.js';
import {isSettings, load} from '../../src/settings/load.js';
import {breakerInWords} from '../../src/report/words.js';
import {connectAs} from '../contract/simulated-workloads.js';
import {aSettings, FakeWorld} from '../support/fake-world.js';

const options: CheckOptions = {
  kind: null,
  allNamespaces: true,
  only: [],
  skip: [],
  failOn: 'warning',
  wait: null,
  told: () => undefined,
};

const contextOf = (fake: FakeWorld, workloadGiven: boolean): Context => {
  const {cluster, clock} = fake.world();
  return {
    settings: aSettings({workload: 'frigat', workloadGiven}),
    open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
    signal: AbortSignal.timeout(5000),
    stdout: () => undefined,
    warn: () => undefined,
    version: '0.0.0',
  };
};

describe('check in every namespace', () => {
  const names: ReadonlyArray<readonly [string, boolean, string | null, boolean]> = [
    ['takes no other workload for a name that was given', true, 'frigat', true],
    ['discovers the workload where no name was given', false, null, false],
  ];
  for (const [what, given, name, exact] of names) {
    it(what, async () => {
      const fake = new FakeWorld();
      fake.interfere = (call) => (call === 'findWorkload' ? 'fail' : 'pass');
      await runCheck(contextOf(fake, given), {...options, kind: 'StatefulSet'});

      assert.deepEqual(fake.queries[0], {namespace: null, name, kind: 'StatefulSet', podSelector: null, exact});
    });
  }
});

describe('check in every namespace, over real sockets', function () {
  this.timeout(30_000);
  const lookAt = async (name: string, namespace: string): Promise<CheckReport> => {
    const scenario = findScenario(name);
    assert.ok(scenario);
    const world = await startWorld(scenario);
    try {
      const cluster = await connectAs(world.cluster, 'demo');
      const clock = {now: () => world.clock.now(), monotonic: () => performance.now()};
      return await runCheck(
        {
          settings: aSettings({namespace}),
          open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
          signal: AbortSignal.timeout(20_000),
          stdout: () => undefined,
          warn: () => undefined,
          version: '0.0.0',
        },
        options,
      );
    } finally {
      await world.close();
    }
  };

  it('looks at the one Frigate of the cluster, wherever it is', async () => {
    const report = await lookAt('healthy', 'elsewhere');
    assert.deepEqual(
      [report.metadata.namespace, report.metadata.target?.name, report.summary.health],
      ['frigate', 'frigate', 'healthy'],
    );
  });

  it('does not call a fleet healthy because of the one in the own namespace: it names all, and how to look at each', async () => {
    const report = await lookAt('fleet', 'frigate');
    const found = report.checks.find(({id}) => id === 'FRG-201');
    assert.deepEqual([report.summary.exitCode, found?.status, report.metadata.target], [2, 'critical', null]);
    assert.match(found?.summary ?? '', /^3 workloads could be meant: /);
    assert.deepEqual(
      found?.fix?.split('\n').map((line) => line.replace(/ --context \S+/, '')),
      [
        'kubectl frigate-health check -n cabin deployment/frigate',
        'kubectl frigate-health check -n frigate deployment/frigate',
        'kubectl frigate-health check -n workshop deployment/frigate',
        'kubectl frigate-health watch -A  # all of them on one screen',
      ],
    );
  });
});

describe('the namespace in the settings of a report', () => {
  const origin = async (
    given: string | null,
    world: Partial<Pick<Cluster, 'defaultNamespace' | 'inCluster'>>,
    allNamespaces = false,
  ): Promise<readonly [string, string] | null> => {
    const fake = new FakeWorld();
    const {cluster, clock} = fake.world();
    const unseen = (): Promise<Unknown> => Promise.resolve(unknown('forbidden', '403'));
    const settings = load({
      flags: {},
      env: given === null ? {} : {FRIGATE_HC_NAMESPACE: given},
      readFile: () => null,
      otherVariables: [],
    });
    assert.ok(isSettings(settings));
    const report = await runCheck(
      {
        settings,
        open: () =>
          Promise.resolve({
            cluster: {...cluster, openLog: unseen, exec: unseen, proxyGet: unseen, forwardPort: unseen, ...world},
            clock,
            close: () => Promise.resolve(),
          }),
        signal: AbortSignal.timeout(5000),
        stdout: () => undefined,
        warn: () => undefined,
        version: '0.0.0',
      },
      {...options, allNamespaces},
    );
    const found = report.settings.find(({name}) => name === 'FRIGATE_HC_NAMESPACE');
    return found === undefined ? null : [found.value, found.origin];
  };
  const cases: ReadonlyArray<readonly [string, Parameters<typeof origin>, readonly [string, string]]> = [
    ['was named', ['cams', {defaultNamespace: 'other'}], ['cams', 'env FRIGATE_HC_NAMESPACE']],
    ['is that of the context', [null, {defaultNamespace: 'cams'}], ['cams', 'kubeconfig context']],
    ['is that of the pod', [null, {defaultNamespace: 'cams', inCluster: true}], ['cams', 'pod']],
    ['is the one that nearly everybody uses', [null, {defaultNamespace: null}], ['frigate', 'default']],
    ['is where Frigate was found', ['cams', {defaultNamespace: 'other'}, true], ['frigate', 'flag --all-namespaces']],
  ];
  for (const [what, given, says] of cases)
    it(`${what}, and says so`, async () => assert.deepEqual(await origin(...given), says));
});

describe('check without the remembered state', () => {
  it('says that breaker and streak are not known, and not that nothing was restarted', async () => {
    const fake = new FakeWorld();
    fake.interfere = (call) => (call === 'findWorkload' || call === 'readConfigMap' ? 'fail' : 'pass');
    const report = await runCheck(contextOf(fake, false), {...options, allNamespaces: false});

    assert.deepEqual(report.decision.breaker, {
      state: 'unknown',
      used: 0,
      limit: 2,
      until: null,
      why: 'the remembered state was not read',
    });
    assert.match(breakerInWords(report.decision), /^Breaker and failures in a row are not known/);
  });
});
