/** Checks of the user's own in every use case that runs passes, over real sockets: what fails shows in each, and is asked once. */
import assert from 'node:assert/strict';
import {createServer, type AddressInfo, type Server} from 'node:net';
import {processTimers} from '../../src/cli/timers.js';
import {findScenario} from '../../src/simulator/scenarios/scenarios.js';
import {startSimulator, type Simulator} from '../../src/simulator/simulator.js';
import type {Context} from '../../src/pass/context.js';
import {CustomProbes} from '../../src/pass/custom-probes.js';
import {milliseconds, seconds} from '../../src/core/time.js';
import {parseChecks} from '../../src/settings/checks-file.js';
import type {CheckReport} from '../../src/outcome/check-report.js';
import {bundleIn} from '../../src/usecases/bundle/bundle.js';
import {openPorts} from '../../src/pass/open-ports.js';
import {runCheck} from '../../src/usecases/check.js';
import {runCron} from '../../src/usecases/run-cron.js';
import {connectAs} from '../contract/simulated-workloads.js';
import {aSettings} from '../support/fake-world.js';
import {aTerm, Stage} from './serve/stage.js';
import {stageOf} from './watch/stage.js';

/** Counts who connects. */
class Dependency {
  asked = 0;
  readonly #server: Server = createServer((socket) => {
    this.asked += 1;
    socket.on('error', () => undefined).destroy();
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One that works, two that fail of which one depends on the other, and both kinds that read the observation. */
const fileFor = (port: number, every = '30s'): string => `
- {id: X-works, title: works, kind: tcp, host: 127.0.0.1, port: ${port}, every: ${every}}
- {id: X-broker, title: broker, kind: tcp, host: 127.0.0.1, port: 1, severity: critical, fix: start it}
- {id: X-behind, title: behind, kind: tcp, host: 127.0.0.1, port: 1, dependsOn: [X-broker]}
- {id: X-version, title: version, kind: stats, pointer: /service/version, expect: "!= none"}
- {id: X-uptime, title: uptime, kind: stats, pointer: /service/uptime, expect: "< 0"}
- {id: X-lines, title: lines, kind: log, pattern: '(ERROR|WARNING) .*backyard'}
- {id: X-cabin, title: cabin, kind: stats, pointer: /service/uptime, expect: ">= 0", frigate: cabin/frigate}
`;

const EXPECTED = [
  'X-works ok',
  'X-broker critical',
  'X-behind skipped',
  'X-version ok',
  'X-uptime warning',
  'X-lines warning',
];

const probesFor = (port: number, every?: string): CustomProbes => {
  const parsed = parseChecks('checks.yaml', fileFor(port, every));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return new CustomProbes(parsed.checks, processTimers);
};

const own = ({checks}: CheckReport): readonly string[] =>
  checks.filter(({category}) => category === 'custom').map(({id, status}) => `${id} ${status}`);

describe('checks of the user’s own', function () {
  this.timeout(60_000);
  let dependency: Dependency;
  let port: number;
  let world: Simulator | null = null;
  beforeEach(async () => {
    dependency = new Dependency();
    port = await dependency.listen();
  });
  afterEach(async () => {
    await world?.close();
    world = null;
    await dependency.close();
  });

  const contextOf = async (scenario: string, custom: CustomProbes, written: string[] = []): Promise<Context> => {
    const found = findScenario(scenario);
    assert.ok(found);
    const started = await startSimulator(found);
    world = started;
    const cluster = await connectAs(started.cluster, 'demo');
    return {
      settings: aSettings({apiTimeout: milliseconds(10_000)}),
      custom,
      open: () =>
        Promise.resolve({
          cluster,
          clock: {...processTimers, now: () => started.clock.now()},
          close: () => Promise.resolve(),
        }),
      signal: AbortSignal.timeout(50_000),
      stdout: (text) => written.push(text),
      warn: () => undefined,
      timers: processTimers,
      version: '0.0.0',
    };
  };
  const options = {
    kind: null,
    allNamespaces: false,
    only: [],
    skip: [],
    failOn: 'warning',
    wait: null,
    onProgress: () => undefined,
  } as const;

  it('stand in the report of check and count towards its exit code', async () => {
    const [report] = await runCheck(await contextOf('one-camera-down', probesFor(port)), options);
    assert.ok(report);
    assert.deepEqual(own(report), EXPECTED);
    assert.deepEqual([report.summary.health, report.summary.exitCode], ['degraded', 2]);
    assert.equal(report.checks.find(({id}) => id === 'X-behind')?.because, 'X-broker');
  });

  it('are asked once by check -A, whatever the number of Frigates, and read of each', async () => {
    const reports = await runCheck(await contextOf('fleet', probesFor(port)), {...options, allNamespaces: true});
    assert.deepEqual(
      reports.map(({metadata}) => metadata.namespace),
      ['cabin', 'frigate', 'workshop'],
    );
    assert.equal(dependency.asked, 1);
    for (const report of reports) assert.deepEqual(own(report).slice(0, 3), EXPECTED.slice(0, 3));
    assert.deepEqual(
      reports.map((report) => own(report).filter((one) => one.startsWith('X-cabin'))),
      [['X-cabin ok'], [], []],
      'one that names a Frigate stands in its report alone',
    );
    assert.ok(own(reports[1]!).includes('X-uptime warning'));
  });

  it('are not asked more often than they want while check --wait observes several', async () => {
    const context = await contextOf('fleet', probesFor(port, '1h'));
    await runCheck(context, {...options, allNamespaces: true, wait: seconds(6)});
    assert.equal(dependency.asked, 1);
  });

  it('are lines of the journal of run-cron, which did its duty all the same', async () => {
    const written: string[] = [];
    const {exitCode} = await runCron(await contextOf('one-camera-down', probesFor(port), written), {dryRun: false});
    const lines = written.map(
      (line) => JSON.parse(line) as {event: string; check: string; status: string; fix?: string},
    );
    const found = lines.filter(({event}) => event === 'custom.check');
    assert.deepEqual(
      found.map(({check, status}) => `${check} ${status}`),
      EXPECTED,
    );
    assert.equal(found[1]?.fix, 'start it');
    assert.deepEqual([exitCode, dependency.asked], [0, 1]);
  });

  it('stand in the report of bundle', async () => {
    const {ports} = await openPorts(await contextOf('one-camera-down', probesFor(port)), 'bundle');
    const {report} = await bundleIn(ports, {kind: null}, AbortSignal.timeout(50_000));
    assert.deepEqual(own(report), EXPECTED);
  });

  it('are rows and events of watch, and stand in its report', async () => {
    await using stage = await stageOf('one-camera-down', null, probesFor(port));
    const {watching, store, shows} = stage;
    await shows(({view}) =>
      EXPECTED.every((expected) => view?.checks.some(({id, status}) => `${id} ${status}` === expected) === true),
    );
    await shows(({changes}) => changes.some(({subject, to}) => subject === 'X-broker' && to === 'critical'));
    const report = watching.report();
    assert.ok(report !== null);
    assert.deepEqual(own(report), EXPECTED);
    assert.ok(store.get().changes.every(({subject}) => subject !== 'X-works' && subject !== 'X-behind'));
  });

  it('stand in the report of each Frigate of serve, where none of them asks', async () => {
    const custom = probesFor(port);
    const stage = new Stage(['cabin', 'frigate']);
    stage.wrap = (ports) => ({...ports, custom});
    const ending = new AbortController();
    await custom.ask(ending.signal);
    stage.engine(aTerm(), ending.signal);
    await stage.timers.advance(seconds(30));
    const reports = [...stage.store.current.frigates.values()].map(({judged}) => judged?.report());
    ending.abort();
    assert.equal(reports.length, 2);
    for (const report of reports) {
      assert.ok(report);
      assert.deepEqual(own(report).slice(0, 3), EXPECTED.slice(0, 3));
    }
    assert.equal(dependency.asked, 1);
  });
});
