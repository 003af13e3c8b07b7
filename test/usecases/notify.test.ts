/** `notify --test` and `--demo`, and the heartbeat of a pass, against a receiver on loopback. */
import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {unknown} from '../../src/core/known.js';
import {demoConnection} from '../../src/cli/demo.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {CommandFailure} from '../../src/outcome/failure.js';
import type {Context} from '../../src/pass/context.js';
import {exitOfTest, renderPreview, renderTest} from '../../src/report/notify.js';
import {previewChannels, testChannels} from '../../src/usecases/notify.js';
import {runCron} from '../../src/usecases/run-cron.js';
import type {Settings} from '../../src/settings/settings.js';
import {channelsOf} from '../notify/notices.js';
import {httpSink, type HttpSink} from '../notify/sinks.js';
import {aSettings, FakeWorld} from '../support/fake-world.js';

const plain = {colour: false, ascii: true, columns: null};

const contextOf = (settings: Partial<Settings>, fake = new FakeWorld(), lines: string[] = []): Context => {
  const given = aSettings(settings);
  const {cluster, clock} = fake.world(given);
  return {
    settings: given,
    open: () => Promise.resolve({cluster, clock, close: () => Promise.resolve()}),
    timers: processTimers,
    signal: new AbortController().signal,
    stdout: (text) => void lines.push(text),
    warn: () => undefined,
    version: '0.1.0',
  };
};

describe('notify', () => {
  let sink: HttpSink;
  before(async () => {
    sink = await httpSink();
  });
  after(() => sink[Symbol.asyncDispose]());
  beforeEach(() => {
    sink.received.length = 0;
    sink.answer = {status: 200};
  });

  it('--test sends one to each channel, whatever its least severity, and says what each answered', async () => {
    const channels = channelsOf(
      `ntfy+http://${sink.host}/cams#least=critical gotify+http://hidden-token@${sink.host} ntfy+http://127.0.0.1:9/x#name=away`,
    );
    const results = await testChannels(contextOf({channels}));
    assert.deepEqual(
      results.map(({channel, delivered}) => [channel, delivered]),
      [
        ['ntfy', true],
        ['gotify', true],
        ['away', false],
      ],
    );
    assert.equal(sink.received.length, 2);
    assert.equal(exitOfTest(results), 1);
    const text = await renderTest(results, 'text', plain);
    assert.match(text, /\[OK\] ntfy {3}sent: HTTP 200 \(critical incidents only\)/);
    assert.match(text, /\[!!\] away {3}not sent: ntfy \(127\.0\.0\.1:9\)/);
    assert.equal(exitOfTest(results.slice(0, 2)), 0);
    assert.equal((JSON.parse(await renderTest(results, 'json', plain)) as {kind: string}).kind, 'NotifyTest');
  });

  it('without a channel it says what to set', async () => {
    await assert.rejects(
      testChannels(contextOf({})),
      (error) => error instanceof CommandFailure && error.exitCode === 64,
    );
  });

  it('--demo sends nothing, shows every kind where none is set, and no secret of those that are', async () => {
    const all = await previewChannels(contextOf({}));
    assert.equal(all.length, 9);
    const channels = channelsOf(`gotify+http://hidden-token@${sink.host}`);
    const own = await renderPreview(await previewChannels(contextOf({channels})), 'text', plain);
    assert.match(own, /^gotify would be sent:\nPOST http:\/\/127/);
    assert.ok(!own.includes('hidden-token'));
    assert.equal(sink.received.length, 0);
  });
});

describe('the heartbeat of run-cron', () => {
  let sink: HttpSink;
  before(async () => {
    sink = await httpSink();
  });
  after(() => sink[Symbol.asyncDispose]());
  beforeEach(() => {
    sink.received.length = 0;
    sink.answer = {status: 200};
  });

  const cron = async (
    scenario: string,
    {dryRun = false, change = {}}: {dryRun?: boolean; change?: Partial<Cluster>} = {},
  ): Promise<{exitCode: number; log: string}> => {
    const lines: string[] = [];
    const connection = await demoConnection(scenario, 'frigate-health-state', processTimers);
    assert.ok('cluster' in connection);
    const context: Context = {
      ...contextOf({heartbeatUrl: `http://${sink.host}/ping/0f1e2d3c4b5a`}, new FakeWorld(), lines),
      open: () => Promise.resolve({...connection, cluster: {...connection.cluster, ...change}}),
    };
    return {...(await runCron(context, {dryRun})), log: lines.join('')};
  };
  const paths = (): readonly string[] => sink.received.map(({path}) => path);

  it('says that the duty was done, also where Frigate is not well', async () => {
    const {exitCode, log} = await cron('coral-stuck');
    assert.deepEqual([exitCode, paths()], [0, ['/ping/0f1e2d3c4b5a']], log);
    assert.match(log, /"event":"heartbeat.sent".*"duty":"done"/);
  });

  it('says /fail where the pass could not do its duty', async () => {
    const lost = unknown('timeout', 'configmaps: no answer');
    const {exitCode} = await cron('healthy', {change: {readConfigMap: () => Promise.resolve(lost)}});
    assert.notEqual(exitCode, 0);
    assert.deepEqual(paths(), ['/ping/0f1e2d3c4b5a/fail']);
  });

  it('changes no exit code where its own call fails, and shows no part of its address', async () => {
    sink.answer = {status: 500, body: 'at /ping/0f1e2d3c4b5a'};
    const {exitCode, log} = await cron('healthy');
    assert.equal(exitCode, 0);
    assert.match(log, /"event":"heartbeat.failed"/);
    assert.ok(!log.includes('0f1e2d3c4b5a'), log);
  });

  it('is not called by a dry run, which is a person and not the CronJob', async () => {
    await cron('healthy', {dryRun: true});
    assert.deepEqual(paths(), []);
  });
});
