import assert from 'node:assert/strict';
import {processTimers} from '../../src/cli/timers.js';
import {known, unknown} from '../../src/core/known.js';
import {minutes, rfc3339} from '../../src/core/time.js';
import {resetBreaker, resetIn} from '../../src/usecases/reset-breaker.js';
import {restartIn, type RestartOptions} from '../../src/usecases/restart/restart.js';
import {runPass} from '../../src/pass/run-pass.js';
import {showStateIn} from '../../src/usecases/state.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';
import {CommandFailure} from '../../src/outcome/failure.js';
import {progressText} from '../../src/core/rollout/wording.js';
import {exitOfRestart} from '../../src/outcome/restart-result.js';
import {renderReset, resetQuestion} from '../../src/report/reset-breaker.js';
import {renderRestart} from '../../src/report/restart.js';
import {renderStateText} from '../../src/report/state-text.js';
import {aState} from '../support/decision.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';
import {ago, aWorkload, now} from '../support/observation.js';

const STATE = 'frigate-health-state';
const plain = {colour: false, ascii: false, columns: null};
const signal = (): AbortSignal => AbortSignal.timeout(5000);
const pass = (fake: FakeWorld) => runPass(fake.world(), {request: null, dryRun: false}, aJournal().journal, signal());
const wish = (changes: Partial<RestartOptions> = {}): RestartOptions => ({
  kind: null,
  who: 'alice',
  reason: 'please',
  force: false,
  dryRun: false,
  wait: null,
  onProgress: () => undefined,
  ...changes,
});

const dead = (): FakeWorld => {
  const fake = new FakeWorld();
  fake.frigate = deadApi();
  return fake;
};

describe('restart by a person', () => {
  it('is refused by the rule that refuses the automatic one, names evidence and what unblocks it, and changes nothing', async () => {
    const fake = dead();
    const end = await restartIn(fake.world(), wish(), signal());
    const text = await renderRestart(end, 'text', plain);

    assert.deepEqual([end.kind, exitOfRestart(end), fake.rollouts.length, fake.maps.size], ['refused', 10, 0, 0]);
    assert.equal(end.kind === 'refused' && end.decision.reason.code, 'state-fresh');
    assert.match(text, /Refused by R-02: /);
    assert.match(text, /FRG-301 critical/);
    assert.match(text, /^ {4}unblock /m);
    assert.match(text, /Nothing was changed/);
    // Nothing passes R-02, so that a person without a CronJob would stand there.
    assert.match(
      text,
      /first {5}kubectl frigate-health run-cron --context test -n frigate --mode=observe  # a pass that stores a state and restarts nothing/,
    );
  });

  it('names, where force would pass, the command for this very Frigate', async () => {
    const fake = new FakeWorld();
    await pass(fake);
    const text = await renderRestart(await restartIn(fake.world(), wish(), signal()), 'text', plain);
    assert.match(
      text,
      /or {8}kubectl frigate-health restart --context test -n frigate deployment\/frigate --force --reason "…"/,
    );
  });

  for (const call of ['findWorkload', 'readConfigMap'] as const) {
    it(`is not permitted, instead of refused by a rule, to whom ${call} is forbidden`, async () => {
      const fake = dead();
      fake.interfere = (each) => (each === call ? 'refuse' : 'pass');
      await assert.rejects(
        restartIn(fake.world(), wish({force: true}), signal()),
        (error) => error instanceof CommandFailure && error.exitCode === 77,
      );
      assert.deepEqual([fake.rollouts.length, fake.maps.size], [0, 0]);
    });
  }

  it('is told that the cluster cannot be reached', async () => {
    const fake = dead();
    const world = fake.world();
    const lost = unknown('unreachable', 'connect ECONNREFUSED');
    const cluster = {
      ...world.cluster,
      serverTime: () => null,
      locate: () => Promise.resolve({search: lost, pods: lost}),
    };
    await assert.rejects(
      restartIn({...world, cluster}, wish({force: true}), signal()),
      (error) => error instanceof CommandFailure && error.exitCode === 69,
    );
  });

  it('says so where the notification was sent and the state could not be stored: it may come again', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    // The intent, what became of it, and then what was sent.
    const before = fake.calls.filter((call) => call === 'replaceConfigMap').length;
    fake.interfere = (call, count) => (call === 'replaceConfigMap' && count === before + 3 ? 'refuse' : 'pass');
    const end = await restartIn(fake.world(), wish(), signal());

    assert.deepEqual([fake.rollouts.length, fake.mails.length], [1, 1]);
    assert.equal(end.kind === 'restarted' && end.unstored, '403 forbidden');
    assert.match(
      await renderRestart(end, 'text', plain),
      /The notification was sent, but the state could not be updated/,
    );
    assert.equal(exitOfRestart(end), 0);
  });

  it('is done where the automatic would do it, and counted with who and why', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    const end = await restartIn(fake.world(), wish(), signal());

    assert.deepEqual([end.kind, exitOfRestart(end), fake.rollouts.length], ['restarted', 0, 1]);
    const {restarts} = await showStateIn(fake.world(), {history: 10}, signal());
    assert.deepEqual(
      restarts.map(({who, phase, reason}) => [who, phase, reason.startsWith('please')]),
      [['alice', 'acted', true]],
    );
  });

  it('with force passes the other rules on a healthy Frigate, and fills the breaker like any other', async () => {
    const fake = new FakeWorld();
    await pass(fake);
    const end = await restartIn(fake.world(), wish({force: true, reason: 'new configuration'}), signal());

    assert.deepEqual([end.kind, fake.rollouts.length], ['restarted', 1]);
    assert.equal((await showStateIn(fake.world(), {history: 10}, signal())).breaker.usedThisHour, 1);
  });

  it('with force is still refused without a sound state or a target', async () => {
    const fake = new FakeWorld();
    fake.put(STATE, {[DOCUMENT_KEY]: JSON.stringify({...aState(), schema: 99})});
    const end = await restartIn(fake.world(), wish({force: true}), signal());

    assert.deepEqual(
      [end.kind, end.kind === 'refused' && end.decision.rule, fake.rollouts.length],
      ['refused', 'R-02', 0],
    );
  });

  it('as a dry run asks the server and stores nothing', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    const stored = fake.maps.get(STATE);
    const end = await restartIn(fake.world(), wish({dryRun: true}), signal());

    assert.deepEqual(
      [end.kind, exitOfRestart(end), fake.rollouts.length, fake.maps.get(STATE)],
      ['dry-run', 0, 0, stored],
    );
    assert.ok(fake.calls.includes('restart'));
  });

  for (const at of ['replaceConfigMap', 'restart'] as const) {
    it(`that loses the race is told to be somebody else's (${at})`, async () => {
      const fake = dead();
      await pass(fake);
      fake.advance(minutes(5));
      fake.interfere = (call) => (call === at ? 'conflict' : 'pass');
      const end = await restartIn(fake.world(), wish(), signal());

      assert.deepEqual([end.kind, exitOfRestart(end), fake.rollouts.length], ['conflict', 75, 0]);
    });
  }

  for (const [call, answer, exitCode] of [
    ['replaceConfigMap', 'refuse', 77],
    ['restart', 'refuse', 77],
    ['replaceConfigMap', 'fail', 69],
  ] as const) {
    it(`that the API server does not do ends with why: ${call} ${answer} is ${exitCode}, in every format`, async () => {
      const fake = dead();
      await pass(fake);
      fake.advance(minutes(5));
      fake.interfere = (each) => (each === call ? answer : 'pass');
      const end = await restartIn(fake.world(), wish(), signal());

      assert.deepEqual([end.kind, exitOfRestart(end), fake.rollouts.length], ['failed', exitCode, 0]);
      assert.match(await renderRestart(end, 'text', plain), /^× Not restarted: /);
      assert.equal((JSON.parse(await renderRestart(end, 'json', plain)) as {exitCode: number}).exitCode, exitCode);
    });
  }

  it('as a dry run that is not permitted ends with 77', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    fake.interfere = (each) => (each === 'restart' ? 'refuse' : 'pass');
    const end = await restartIn(fake.world(), wish({dryRun: true}), signal());
    assert.deepEqual([end.kind, exitOfRestart(end)], ['dry-run', 77]);
  });

  it('followed to the end says that Frigate is back', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    fake.afterRestart = new FakeWorld().frigate;
    const told: string[] = [];
    const end = await restartIn(
      fake.world(),
      wish({wait: minutes(1), onProgress: (step) => told.push(progressText(step))}),
      signal(),
    );

    assert.equal(exitOfRestart(end), 0);
    assert.match(
      await renderRestart(end, 'text', plain),
      /Frigate is running again in frigate-1: 3 of 3 cameras deliver frames/,
    );
    assert.equal(told.length, 1);
  });
});

describe('reset-breaker', () => {
  const locked = (): FakeWorld => {
    const fake = dead();
    fake.put(
      STATE,
      {
        [DOCUMENT_KEY]: JSON.stringify(
          aState({
            breaker: {...aState().breaker, state: 'locked', why: '3 restarts in a row did not help', failures: 3},
          }),
        ),
      },
      'frigate-health',
    );
    return fake;
  };

  it('closes and unlocks, says what it changed, and leaves who and why', async () => {
    const fake = locked();
    const outcome = await resetIn(fake.world(), {by: 'alice', reason: 'new Coral'}, signal());
    const report = await showStateIn(fake.world(), {history: 10}, signal());

    assert.match(
      await renderReset(outcome, 'text', plain),
      /was locked \(3 restarts in a row did not help\) and is now closed/,
    );
    assert.deepEqual(
      [report.breaker.state, report.breaker.reset],
      ['closed', {at: rfc3339(now), by: 'alice', reason: 'new Coral'}],
    );
    assert.match(report.decisions.at(-1)?.reason ?? '', /breaker reset by alice: new Coral/);
  });

  it('never causes a restart by itself: the next pass begins its streak anew', async () => {
    const fake = locked();
    await resetIn(fake.world(), {by: 'alice', reason: null}, signal());
    await pass(fake);

    assert.equal(fake.rollouts.length, 0);
  });

  it('keeps the history, so that the limit of the hour holds on, and says so', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    for (const reason of ['one', 'two']) await restartIn(fake.world(), wish({force: true, reason}), signal());
    const outcome = await resetIn(fake.world(), {by: 'alice', reason: null}, signal());

    assert.equal(fake.rollouts.length, 2);
    assert.match(await renderReset(outcome, 'text', plain), /The restart limit still applies until/);
  });

  it('loses nothing that a runner stores in between', async () => {
    const fake = locked();
    let raced = false;
    fake.interfere = (call) => {
      if (call !== 'replaceConfigMap' || raced) return 'pass';
      raced = true;
      fake.put(
        STATE,
        {
          [DOCUMENT_KEY]: JSON.stringify(
            aState({
              breaker: {...aState().breaker, state: 'locked', failures: 3},
              lastPass: {at: now, by: 'the runner in between', result: 'hold'},
            }),
          ),
        },
        'frigate-health',
      );
      return 'pass';
    };
    await resetIn(fake.world(), {by: 'alice', reason: null}, signal());
    const report = await showStateIn(fake.world(), {history: 10}, signal());

    assert.deepEqual([report.breaker.state, report.lastPass?.by], ['closed', 'the runner in between']);
  });

  it('of a state that was lost reads the restarts off the workload first, and its cool-down holds on', async () => {
    const fake = dead();
    fake.workload = aWorkload({
      attempt: 'a2',
      restartedAt: ago(minutes(10)),
      revisions: [ago(minutes(10)), ago(minutes(25))],
    });
    fake.put(STATE, {[DOCUMENT_KEY]: '{"schema":1'}, 'frigate-health');
    await resetIn(fake.world(), {by: 'alice', reason: null}, signal());
    const report = await showStateIn(fake.world(), {history: 10}, signal());
    assert.deepEqual([report.breaker.usedThisHour, report.breaker.state], [2, 'open']);
    for (const length of [5, 5, 5]) {
      await pass(fake);
      fake.advance(minutes(length));
    }
    assert.equal(fake.rollouts.length, 0);
  });

  it('asks with what would be closed and where, after the state was read, and does nothing without consent', async () => {
    const fake = locked();
    const {cluster, clock} = fake.world();
    const context = {
      settings: aSettings({}),
      open: () =>
        Promise.resolve({cluster: {...cluster, close: () => undefined}, clock, close: () => Promise.resolve()}),
      signal: signal(),
      stdout: () => undefined,
      warn: () => undefined,
      timers: processTimers,
      version: '0.0.0',
    };
    const asked: string[] = [];
    const no = new CommandFailure('refused', 'no');
    await assert.rejects(
      resetBreaker(context, {by: 'alice', reason: null}, (standing) => {
        asked.push(resetQuestion(standing));
        return Promise.reject(no);
      }),
      no,
    );

    assert.deepEqual(asked, [
      'The breaker in frigate/frigate-health-state (context test) is locked: 3 restarts in a row did not help. Close it and count failures from 0 again?',
    ]);
    assert.deepEqual(
      fake.calls.filter((call) => /create|replace/.test(call)),
      [],
    );
    assert.equal((await resetBreaker(context, {by: 'alice', reason: null}, null)).before.state, 'locked');
  });

  it('says that a closed breaker was closed already, and where to look, with this very cluster', async () => {
    const fake = new FakeWorld();
    await pass(fake);
    const text = await renderReset(await resetIn(fake.world(), {by: 'alice', reason: null}, signal()), 'text', plain);
    assert.match(text, /^√ The breaker in frigate\/frigate-health-state was already closed; /);
    assert.match(text, /kubectl frigate-health state --context test -n frigate\n$/);
  });

  it('leaves no state where nothing is remembered: mostly that is the wrong namespace', async () => {
    const fake = new FakeWorld();
    await assert.rejects(resetIn(fake.world(), {by: 'alice', reason: null}, signal()), {
      exitCode: 10,
      message: 'There is no state in frigate/frigate-health-state, so there is no breaker to close',
    });
    assert.equal(fake.maps.size, 0);
  });

  it('without the right to write ends in 77', async () => {
    const fake = locked();
    fake.interfere = (call) => (call === 'replaceConfigMap' ? 'refuse' : 'pass');

    await assert.rejects(resetIn(fake.world(), {by: 'alice', reason: null}, signal()), {
      kind: 'forbidden',
      exitCode: 77,
    });
  });
});

describe('state', () => {
  it('shows a state that is not there yet', async () => {
    const text = renderStateText(await showStateIn(new FakeWorld().world(), {history: 10}, signal()), plain);

    assert.match(
      text,
      /there is no state yet: no pass has stored one; kubectl frigate-health check --context test -n frigate --only FRG-105 shows/,
    );
  });

  it('says that no Frigate is there, instead of only that nothing is remembered', async () => {
    const world = new FakeWorld().world();
    const findWorkload = () =>
      Promise.resolve(known({found: 'none' as const, searchedFor: 'labels and image in namespace frigate'}));
    const text = renderStateText(
      await showStateIn({...world, cluster: {...world.cluster, findWorkload}}, {history: 10}, signal()),
      plain,
    );
    assert.match(text, /× state +no Frigate workload found \(labels and image in namespace frigate\)/);
  });

  it("shows the old tool's ConfigMap, and says what is wrong with a corrupt one", async () => {
    const fake = new FakeWorld();
    fake.put(STATE, {consecutive_failures: '1', last_restart_times: String(now / 1000 - 600)});
    const old = await showStateIn(fake.world(), {history: 10}, signal());
    assert.deepEqual([old.breaker.usedThisHour, old.restarts[0]?.who], [1, 'the old checker']);

    fake.put(STATE, {[DOCUMENT_KEY]: '{"schema":1'});
    const corrupt = await showStateIn(fake.world(), {history: 10}, signal());
    assert.match(renderStateText(corrupt, plain), /the state is not a JSON object; set aside/);
  });

  it('shows restarts with whether each helped, the incident and the age of the last pass', async () => {
    const fake = dead();
    await pass(fake);
    fake.advance(minutes(5));
    await pass(fake);
    fake.advance(minutes(20));
    const report = await showStateIn(fake.world(aSettings()), {history: 10}, signal());
    const text = renderStateText(report, plain);

    assert.equal(report.lastPass?.overdue, true);
    assert.match(text, /sent; not known yet whether it helped; cause process, rule R-12, by automatic/);
    assert.match(
      text,
      /20m ago by a test: restart R-12: unhealthy; overdue: kubectl frigate-health check --context test -n frigate --only FRG-105 shows why/,
    );
    assert.match(text, /× incident/);
  });

  it('names no findings of an incident that has none: a person restarted a healthy Frigate', async () => {
    const fake = new FakeWorld();
    await pass(fake);
    await restartIn(fake.world(), wish({force: true}), signal());
    const text = renderStateText(await showStateIn(fake.world(), {history: 10}, signal()), plain);
    assert.match(text, /incident +since .* \(\w+\);/);
  });

  it('shows no password that a remembered reason or a refusal carries', async () => {
    const fake = dead();
    const reason = 'no frames from rtsp://viewer:hunter2@10.0.7.21/stream';
    fake.put(
      STATE,
      {
        [DOCUMENT_KEY]: JSON.stringify(
          aState({decisions: [{at: now, health: 'degraded', action: 'alert', rule: 'R-04', reason}]}),
        ),
      },
      'frigate-health',
    );
    const text = renderStateText(await showStateIn(fake.world(), {history: 10}, signal()), plain);
    assert.match(text, /no frames from rtsp:/);
    const refused = await renderRestart(
      {
        kind: 'refused',
        decision: {rule: 'R-04', reason: {code: 'health-unknown', summary: reason, fix: []}},
        evidence: [],
        again: 'kubectl frigate-health restart',
        first: null,
      },
      'text',
      plain,
    );
    assert.match(refused, /no frames from rtsp:/);
    assert.doesNotMatch(`${text}${refused}`, /hunter2/);
  });

  it('writes nothing', async () => {
    const fake = dead();
    await showStateIn(fake.world(), {history: 10}, signal());

    assert.deepEqual(
      fake.calls.filter((call) => /create|replace|restart|send/.test(call)),
      [],
    );
  });

  it('looks for the workload of a name that was given and for no other one', async () => {
    const exact = async (workloadGiven: boolean) => {
      const fake = new FakeWorld();
      await showStateIn(fake.world(aSettings({workload: 'frigat', workloadGiven})), {history: 1}, signal());
      return fake.queries.map((query) => [query.name, query.exact]);
    };

    assert.deepEqual([await exact(true), await exact(false)], [[['frigat', true]], [['frigat', false]]]);
  });
});
