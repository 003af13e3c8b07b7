import assert from 'node:assert/strict';
import {earlier, minutes, seconds, type Instant} from '../../src/core/time.js';
import {known} from '../../src/core/known.js';
import {runPass, type Pass, type PassOptions} from '../../src/pass/run-pass.js';
import {dutyOf} from '../../src/usecases/run-cron.js';
import {DOCUMENT_KEY} from '../../src/pass/state-store.js';
import {aJournal, aSettings, deadApi, FakeWorld} from '../support/fake-world.js';
import {aState} from '../support/decision.js';
import {aCamera, aFrigate, aHistory, aPolicy, aReading, cameraNames} from '../support/observation.js';

const STATE = 'frigate-health-state';
const once = async (fake: FakeWorld, options: Partial<PassOptions> = {}, settings = aSettings()): Promise<Pass> =>
  runPass(
    fake.world(settings),
    {request: null, dryRun: false, ...options},
    aJournal().journal,
    AbortSignal.timeout(5000),
  );

/** Passes five minutes apart; the world's Frigate looks fresh in each. */
const passes = async (
  fake: FakeWorld,
  count: number,
  each: (index: number) => void = () => undefined,
): Promise<Pass[]> => {
  const results: Pass[] = [];
  for (let index = 0; index < count; index += 1) {
    each(index);
    results.push(await once(fake));
    fake.advance(minutes(5));
  }
  return results;
};

const dead = (): FakeWorld => {
  const fake = new FakeWorld();
  fake.frigate = deadApi();
  return fake;
};

/** A healthy Frigate whose snapshot is of this moment. */
const freshAt = (at: Instant): ReturnType<typeof aFrigate> => {
  const lastUpdated = (at - 8000) as Instant;
  return aFrigate({
    stats: known(aReading({lastUpdated}, at)),
    history: known(aHistory(20, () => ({}), lastUpdated)),
    segments: new Map(),
  });
};

describe('a pass', () => {
  it('over a healthy Frigate changes nothing but its own state', async () => {
    const fake = new FakeWorld();
    const {judgement, end} = await once(fake);

    assert.deepEqual(
      [judgement.diagnosis.health, judgement.decision.action, end.kind],
      ['healthy', 'none', 'done'],
      JSON.stringify(judgement.findings.filter(({status}) => status !== 'ok')),
    );
    assert.deepEqual(
      [fake.rollouts.length, fake.mails.length, [...fake.maps.keys()]],
      [0, 0, [STATE, `${STATE}-guard`]],
    );
  });

  it('restarts a hung Frigate in the second pass that sees it, once, and tells it', async () => {
    const fake = dead();
    const results = await passes(fake, 2);

    assert.deepEqual(
      results.map(({judgement: {decision}}) => decision.rule),
      ['R-02', 'R-12'],
    );
    assert.equal(fake.rollouts.length, 1);
    assert.equal(fake.mails.length, 1);
  });

  it('stores the intent before it acts, and that it acted afterwards', async () => {
    const fake = dead();
    await passes(fake, 2);

    const order = fake.calls.filter(
      (call) => call === 'createConfigMap' || call === 'replaceConfigMap' || call === 'restart' || call === 'send',
    );
    assert.deepEqual(order, [
      'createConfigMap',
      'createConfigMap',
      'replaceConfigMap',
      'restart',
      'replaceConfigMap',
      'send',
      'replaceConfigMap',
    ]);
  });

  it('remembers that the restart helped', async () => {
    const fake = dead();
    fake.afterRestart = freshAt(fake.now);
    const results = await passes(fake, 18, () => {
      if (fake.rollouts.length > 0) fake.frigate = freshAt(fake.now);
    });

    assert.equal(fake.rollouts.length, 1);
    assert.equal(results.at(-1)?.state.restarts.at(-1)?.phase, 'helped');
    assert.deepEqual(fake.mails.length, 2, 'began and ended');
  });

  it('gives up after the first restart that did not help in an incident, and says so once', async () => {
    const fake = dead();
    await passes(fake, 12 * 12);

    assert.equal(fake.rollouts.length, 1);
    assert.equal(fake.mails.filter((mail) => /R-10/.test(mail.text)).length, 1);
    assert.ok(fake.mails.some((mail) => /did not help/.test(mail.text) && /reset-breaker/.test(mail.text)));
  });

  it('in a dry run decides, tells and remembers, but does not act', async () => {
    const fake = dead();
    await once(fake, {dryRun: true});
    fake.advance(minutes(5));
    const {
      judgement: {decision},
    } = await once(fake, {dryRun: true});

    assert.deepEqual(
      {rule: decision.rule, code: decision.reason.code, rollouts: fake.rollouts.length},
      {rule: 'R-11', code: 'dry-run', rollouts: 0},
    );
  });

  it('in the mode observe does the same', async () => {
    const fake = dead();
    const settings = aSettings({policy: aPolicy({mode: 'observe'})});
    await once(fake, {}, settings);
    fake.advance(minutes(5));

    assert.equal((await once(fake, {}, settings)).judgement.decision.rule, 'R-11');
    assert.equal(fake.rollouts.length, 0);
  });

  it('stops when somebody else wrote the state meanwhile', async () => {
    const fake = dead();
    await passes(fake, 1);
    fake.interfere = (call) => (call === 'replaceConfigMap' ? 'conflict' : 'pass');
    const {end} = await once(fake);

    assert.deepEqual([end.kind, fake.rollouts.length], ['conflict', 0]);
  });

  it('leaves the state of a newer version alone', async () => {
    const fake = dead();
    fake.put(STATE, {[DOCUMENT_KEY]: JSON.stringify({...aState(), schema: 99})});
    const {judgement, end} = await once(fake);

    assert.deepEqual(
      [judgement.decision.rule, end.kind, fake.rollouts.length, fake.calls.includes('replaceConfigMap')],
      ['R-02', 'failed', 0, false],
    );
  });

  it('keeps a corrupt document under another key', async () => {
    const fake = new FakeWorld();
    fake.put(STATE, {[DOCUMENT_KEY]: '{"schema":1,"restarts":'});
    await once(fake);

    assert.equal(fake.maps.get(STATE)?.data.get('set-aside.txt'), '{"schema":1,"restarts":');
    assert.ok((fake.maps.get(STATE)?.data.get(DOCUMENT_KEY) ?? '').startsWith('{"schema":1,"target"'));
  });

  it('does its duty whatever the health of Frigate, and says when it could not', async () => {
    const cases: ReadonlyArray<readonly [string, (fake: FakeWorld) => void, number]> = [
      [
        'a dead Frigate',
        (fake) => {
          fake.frigate = deadApi();
        },
        0,
      ],
      [
        'no right to read the state',
        (fake) => {
          fake.interfere = (call) => (call === 'readConfigMap' ? 'refuse' : 'pass');
        },
        77,
      ],
      [
        'a silent API server',
        (fake) => {
          fake.interfere = (call) => (call === 'findWorkload' ? 'fail' : 'pass');
        },
        69,
      ],
      [
        'no right to write the state',
        (fake) => {
          fake.interfere = (call) => (call === 'createConfigMap' ? 'refuse' : 'pass');
        },
        77,
      ],
      [
        'no way to Frigate',
        (fake) => {
          fake.interfere = (call) => (call === 'openFrigate' ? 'fail' : 'pass');
        },
        3,
      ],
    ];
    for (const [name, prepare, code] of cases) {
      const fake = new FakeWorld();
      prepare(fake);
      assert.equal(dutyOf(await once(fake)), code, name);
    }
  });
});

describe('faults of the old checker in the state and the act', () => {
  it('B-10: GitOps puts an old state back again and again: no restart without limit, one alert a day', async () => {
    const fake = dead();
    const old = {consecutive_failures: '0', last_restart_times: '', alert_sent_for_incident: 'false'};
    await passes(fake, 40, (index) => {
      if (index > 0 && index % 2 === 0) {
        fake.maps.delete(STATE);
        fake.put(STATE, old, 'kustomize-controller');
      }
    });

    assert.ok(fake.rollouts.length <= 1, String(fake.rollouts.length));
    assert.ok(fake.mails.length <= 2, fake.mails.map((mail) => mail.text).join('\n'));
    assert.ok(
      fake.mails.some((mail) => mail.text.includes('kustomize-controller')),
      fake.mails.map((mail) => mail.text).join('\n'),
    );
  });

  it('B-11: a failing read of the state writes nothing and restarts nothing, though the breaker is full', async () => {
    const fake = dead();
    await passes(fake, 2);
    const stored = fake.maps.get(STATE);
    fake.interfere = (call) => (call === 'readConfigMap' ? 'fail' : 'pass');
    fake.advance(minutes(30));
    const {judgement} = await once(fake);

    assert.deepEqual([judgement.decision.rule, fake.rollouts.length, fake.maps.get(STATE)], ['R-02', 1, stored]);
  });

  it('B-12: a state that cannot be written never leads to a restart', async () => {
    const fake = dead();
    await passes(fake, 1);
    for (const fate of ['fail', 'refuse', 'conflict'] as const) {
      fake.interfere = (call) => (call === 'replaceConfigMap' ? fate : 'pass');
      await passes(fake, 4);
      assert.equal(fake.rollouts.length, 0, fate);
    }
  });

  it('B-12b: an answer that is lost after the intent was written leads to no second restart', async () => {
    const fake = dead();
    await passes(fake, 1);
    fake.interfere = (call, count) => (call === 'replaceConfigMap' && count === 1 ? 'lost' : 'pass');
    await passes(fake, 2);

    assert.equal(fake.rollouts.length, 0, 'an intent in doubt is no intent, and the next pass waits for it');
    await passes(fake, 6);
    assert.equal(fake.rollouts.length, 1);
  });

  it('B-13: a missing state is made', async () => {
    const fake = new FakeWorld();
    await once(fake);

    assert.ok(fake.maps.has(STATE));
  });

  it('B-13: a state that may not be read ends in 77 and restarts nothing', async () => {
    const fake = dead();
    fake.interfere = (call) => (call === 'readConfigMap' ? 'refuse' : 'pass');
    const results = await passes(fake, 4);

    assert.deepEqual([fake.rollouts.length, results.map(dutyOf)], [0, [77, 77, 77, 77]]);
  });

  it('B-14: three passes at once make one restart', async () => {
    const fake = dead();
    await passes(fake, 1);
    await Promise.all([once(fake), once(fake), once(fake)]);

    assert.deepEqual([fake.rollouts.length, fake.mails.length], [1, 1]);
  });

  it('B-15: a pass that dies right after the restart is not followed by a second one', async () => {
    const fake = dead();
    await passes(fake, 1);
    let died = false;
    fake.interfere = (call) => {
      if (died) return 'fail';
      died ||= call === 'restart';
      return 'pass';
    };
    await passes(fake, 1);
    died = false;
    fake.interfere = () => 'pass';
    await passes(fake, 1);

    assert.equal(fake.rollouts.length, 1);
    assert.equal(fake.maps.get(STATE)?.data.get(DOCUMENT_KEY)?.includes('"phase":"acted"'), true);
  });

  it('a restart whose answer is lost is found by its mark on the workload', async () => {
    const fake = dead();
    await passes(fake, 1);
    fake.interfere = (call) => (call === 'restart' ? 'lost' : 'pass');
    const [pass] = await passes(fake, 1);
    assert.deepEqual([pass?.end.kind, pass?.state.restarts.at(-1)?.phase], ['in-doubt', 'intended']);
    fake.interfere = () => 'pass';
    const [following] = await passes(fake, 1);

    assert.deepEqual([following?.state.restarts.at(-1)?.phase, fake.rollouts.length], ['acted', 1]);
  });

  it('B-17: corrupt values of the old tool do not end the pass', async () => {
    for (const data of [
      {consecutive_failures: ''},
      {consecutive_failures: 'abc'},
      {last_restart_times: '²'},
      {last_alert_time: ''},
    ]) {
      const fake = dead();
      fake.put(STATE, data);
      const results = await passes(fake, 3);

      assert.equal(
        results.every(({end}) => end.kind === 'done'),
        true,
        JSON.stringify(data),
      );
      assert.ok(fake.rollouts.length <= 1);
    }
  });

  it('B-18: restarts in the future keep the breaker closed to restarts for an hour, not for months', async () => {
    const fake = dead();
    fake.put(STATE, {last_restart_times: '4102444800,4102444800'});
    const results = await passes(fake, 16);

    assert.deepEqual(
      results.slice(0, 12).map(({judgement: {decision}}) => decision.action === 'restart'),
      Array.from({length: 12}, () => false),
    );
    assert.equal(fake.rollouts.length, 1);
  });

  it('B-40: an alert that could not be sent is sent later, once', async () => {
    const fake = dead();
    fake.interfere = (call) => (call === 'send' ? 'fail' : 'pass');
    await passes(fake, 3);
    fake.interfere = () => 'pass';
    await passes(fake, 3);

    assert.equal(fake.mails.filter(({id}) => id.includes('-began-')).length, 1);
  });

  it('B-41: a restart that was refused is not called one, and told once', async () => {
    const fake = dead();
    fake.interfere = (call) => (call === 'restart' ? 'refuse' : 'pass');
    const results = await passes(fake, 3);

    assert.deepEqual([fake.rollouts.length, results.map(dutyOf)], [0, [0, 77, 0]]);
    assert.equal(fake.mails.length, 1);
    assert.doesNotMatch(fake.mails[0]!.text, /was restarted/);
  });

  it('a restart that is lost to somebody else is his: the duty is done, and the intent is not forgotten', async () => {
    const fake = dead();
    fake.interfere = (call) => (call === 'restart' ? 'conflict' : 'pass');
    const results = await passes(fake, 2);

    assert.deepEqual([fake.rollouts.length, results.at(-1)?.end.kind, results.map(dutyOf)], [0, 'conflict', [0, 0]]);
    assert.deepEqual(
      results.at(-1)?.state.restarts.map(({phase}) => phase),
      ['abandoned'],
    );
    assert.doesNotMatch(fake.mails.map(({text}) => text).join(), /was restarted/);
  });

  it('losing the state never leads to a restart within an hour of the last one', async () => {
    const fake = dead();
    await passes(fake, 2);
    fake.maps.clear();
    const results = await passes(fake, 11);

    assert.deepEqual(
      [fake.rollouts.length, results.some(({judgement: {decision}}) => decision.action === 'restart')],
      [1, false],
    );
  });

  it('an old document of ours that is put back is recognised by the attempt on the workload', async () => {
    const fake = dead();
    await passes(fake, 1);
    const old = Object.fromEntries(fake.maps.get(STATE)!.data);
    await passes(fake, 1);
    fake.advance(minutes(120));
    fake.put(STATE, old, 'argocd');
    const {judgement, observed} = await once(fake);

    assert.deepEqual([judgement.decision.rule, observed.reading], ['R-02', 'wiped']);
    const {state} = observed.observation;
    assert.deepEqual(state.known && state.value.wipedBy, {by: 'manager', name: 'argocd'});
  });

  it('a second checker with a state of its own is recognised, and not taken for one that overwrites this state', async () => {
    const fake = dead();
    const other = (): Promise<Pass> => once(fake, {}, aSettings({stateName: 'other-state'}));
    await other();
    await passes(fake, 2);
    const {judgement, observed} = await other();
    assert.equal(fake.rollouts.length, 1);
    assert.deepEqual([judgement.decision.rule, observed.reading], ['R-02', 'wiped']);
    const {state} = observed.observation;
    assert.deepEqual(state.known && state.value.wipedBy, {by: 'another-checker'});
  });

  it('B-10: an old document that is put back before each pass is recognised without any attempt, told once a day, and nothing is restarted', async () => {
    const fake = new FakeWorld();
    await once(fake);
    const old = Object.fromEntries(fake.maps.get(STATE)!.data);
    fake.frigate = deadApi();
    const seen: string[] = [];
    for (let index = 0; index < 24; index += 1) {
      fake.advance(minutes(5));
      fake.put(STATE, old, 'argocd');
      const {judgement, observed} = await once(fake);
      seen.push(`${judgement.decision.rule} ${observed.reading}`);
    }

    assert.deepEqual([...new Set(seen)], ['R-05 sound', 'R-02 wiped']);
    assert.deepEqual([fake.rollouts.length, fake.mails.length], [0, 1]);
    assert.match(fake.mails[0]!.text, /argocd/);
  });

  describe('a sick Frigate is notified under a state that is put back before each pass (report 17)', () => {
    const silentDetector = (fake: FakeWorld): void => {
      const cameras = cameraNames.map((name) =>
        name === 'garage' ? aCamera(name) : aCamera(name, {processFps: 0.1, skippedFps: 5, detectionFps: 0}),
      );
      const at = earlier(fake.now, seconds(8));
      const date = fake.now;
      fake.frigate = aFrigate({
        stats: known(aReading({cameras, lastUpdated: at}, date)),
        history: known(aHistory(40, () => ({cameras}), at)),
        segments: new Map(
          cameraNames.map((name) => [
            name,
            known({found: 'one', segment: {end: earlier(fake.now, seconds(12)), length: seconds(10)}}),
          ]),
        ),
      });
    };
    const camerasGone = (fake: FakeWorld): void => {
      const cameras = cameraNames.map((name) => aCamera(name, {cameraFps: 0, processFps: 0, detectionFps: 0}));
      const at = earlier(fake.now, seconds(8));
      fake.frigate = aFrigate({
        stats: known(aReading({cameras, lastUpdated: at}, fake.now)),
        history: known(aHistory(40, () => ({cameras}), at)),
      });
    };
    const rows: ReadonlyArray<readonly [string, (fake: FakeWorld) => void, RegExp]> = [
      ['a detector that hangs', silentDetector, /etector/],
      ['cameras that are gone', camerasGone, /No camera delivers|deliver no frames/],
      ['an API that is dead', (fake) => (fake.frigate = deadApi()), /API does not respond/],
    ];
    for (const [what, sick, says] of rows)
      it(what, async () => {
        const fake = new FakeWorld();
        await once(fake);
        const old = Object.fromEntries(fake.maps.get(STATE)!.data);
        let told = 0;
        for (let pass = 1; pass <= 24; pass += 1) {
          fake.advance(minutes(5));
          fake.put(STATE, old, 'argocd');
          sick(fake);
          await once(fake);
          if (told === 0 && fake.mails.some(({subject, text}) => says.test(`${subject} ${text}`))) told = pass;
        }

        assert.ok(told > 0 && told <= 6, `told in pass ${told}`);
        assert.equal(fake.rollouts.length, 0);
        assert.ok(
          fake.mails.length <= 3,
          `${fake.mails.length} mails: ${fake.mails.map(({subject}) => subject).join(' | ')}`,
        );
      });
  });

  it('B-10: an old document that does not know the attempt, put back before each pass, is told once a day also when it brings an incident and alerts along', async () => {
    const fake = dead();
    await passes(fake, 2);
    const old = Object.fromEntries(fake.maps.get(STATE)!.data);
    fake.advance(minutes(70));
    await once(fake, {dryRun: false, request: {who: 'alice', reason: 'again', force: true}});
    fake.mails.length = 0;
    fake.advance(minutes(60 * 25));
    for (let index = 0; index < 24; index += 1) {
      fake.advance(minutes(5));
      fake.put(STATE, old, 'argocd');
      await once(fake);
    }

    assert.deepEqual([fake.rollouts.length, fake.mails.length], [2, 1]);
  });

  it('a Frigate that falls sick under a state that is put back before each pass is notified once as well', async () => {
    const fake = new FakeWorld();
    await once(fake);
    const old = Object.fromEntries(fake.maps.get(STATE)!.data);
    const pass = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        fake.advance(minutes(5));
        fake.put(STATE, old, 'argocd');
        await once(fake);
      }
    };
    await pass(6);
    assert.equal(fake.mails.length, 1, 'the state that is written over');
    fake.frigate = deadApi();
    await pass(12);

    assert.deepEqual([fake.rollouts.length, fake.mails.length], [0, 2]);
    assert.match(fake.mails[1]!.text, /Frigate API does not respond/);
  });

  it('B-10: an alert that waits in a document which is put back before each pass is not sent again and again', async () => {
    const fake = dead();
    fake.interfere = (call) => (call === 'send' ? 'fail' : 'pass');
    await passes(fake, 2);
    const old = Object.fromEntries(fake.maps.get(STATE)!.data);
    fake.interfere = () => 'pass';
    await passes(fake, 12);
    fake.mails.length = 0;
    for (let index = 0; index < 6; index += 1) {
      fake.advance(minutes(5));
      fake.put(STATE, old, 'argocd');
      await once(fake);
    }

    assert.equal(fake.mails.length, 1);
    assert.match(fake.mails[0]!.text, /argocd/);
  });

  it('a document in which somebody else changed a label or an old key is still ours', async () => {
    const fake = new FakeWorld();
    await once(fake);
    const ours = Object.fromEntries(fake.maps.get(STATE)!.data);
    fake.advance(minutes(60));
    fake.put(STATE, ours, 'kubectl-label');

    assert.equal((await once(fake)).observed.reading, 'sound');
  });
});
