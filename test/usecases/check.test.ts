import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {runCheck} from '../../src/usecases/check.js';
import {unknown, type Unknown} from '../../src/core/known.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator} from '../../src/simulator/simulator.js';
import type {CheckOptions, Context} from '../../src/pass/context.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {checkReportList} from '../../src/outcome/check-report-list.js';
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
  onProgress: () => undefined,
};

const contextOf = (fake: FakeWorld, workloadGiven: boolean): Context => {
  const {cluster, clock} = fake.world();
  return {
    settings: aSettings({workload: 'frigat', workloadGiven}),
    open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
    signal: AbortSignal.timeout(5000),
    stdout: () => undefined,
    warn: () => undefined,
    timers: processTimers,
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
  const lookAt = async (
    name: string,
    namespace: string,
    settings: Parameters<typeof aSettings>[0] = {},
  ): Promise<readonly CheckReport[]> => {
    const scenario = findScenario(name);
    assert.ok(scenario);
    const world = await startSimulator(scenario);
    try {
      const cluster = await connectAs(world.cluster, 'demo');
      const clock = {...processTimers, now: () => world.clock.now()};
      return await runCheck(
        {
          settings: aSettings({namespace, ...settings}),
          open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
          signal: AbortSignal.timeout(20_000),
          stdout: () => undefined,
          warn: () => undefined,
          timers: processTimers,
          version: '0.0.0',
        },
        options,
      );
    } finally {
      await world.close();
    }
  };

  it('looks at the one Frigate of the cluster, wherever it is', async () => {
    const [report, ...others] = await lookAt('healthy', 'elsewhere');
    assert.ok(report);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [report.metadata.namespace, report.metadata.target?.name, report.summary.health],
      ['frigate', 'frigate', 'healthy'],
    );
  });

  it('reports every Frigate of a fleet by namespace, and takes the worst exit code', async () => {
    const reports = await lookAt('fleet', 'frigate');
    assert.deepEqual(
      reports.map(({metadata, summary}) => [metadata.namespace, metadata.target?.name, summary.health]),
      [
        ['cabin', 'frigate', 'degraded'],
        ['frigate', 'frigate', 'healthy'],
        ['workshop', 'frigate', 'unhealthy'],
      ],
    );
    assert.equal(checkReportList(reports).summary.exitCode, 2);
  });

  it('reports each that has the name which was given', async () => {
    const reports = await lookAt('fleet', 'frigate', {workload: 'frigate', workloadGiven: true});
    assert.equal(reports.length, 3);
  });

  it('says of a name that no Frigate has that it is not there', async () => {
    const reports = await lookAt('fleet', 'frigate', {workload: 'frigat', workloadGiven: true});
    assert.deepEqual(
      reports.map(({metadata, checks}) => [metadata.target, checks.find(({id}) => id === 'FRG-201')?.status]),
      [[null, 'critical']],
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
    const [report] = await runCheck(
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
        timers: processTimers,
        version: '0.0.0',
      },
      {...options, allNamespaces},
    );
    const found = report?.settings.find(({name}) => name === 'FRIGATE_HC_NAMESPACE');
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
    const [report] = await runCheck(contextOf(fake, false), {...options, allNamespaces: false});
    assert.ok(report);

    assert.deepEqual(report.decision.breaker, {
      state: 'unknown',
      used: 0,
      limit: 2,
      until: null,
      why: 'the state was not read',
    });
    assert.match(breakerInWords(report.decision), /^Breaker and failures in a row are not known/);
  });
});
