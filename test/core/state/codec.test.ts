import assert from 'node:assert/strict';
import fc from 'fast-check';
import {decodeState, freshState} from '../../../src/core/state/codec.js';
import {encodeState, LARGEST_DOCUMENT} from '../../../src/core/state/encode.js';
import {decodeLegacy, encodeLegacy} from '../../../src/core/state/legacy.js';
import type {OutboxEntry, State} from '../../../src/core/state/state.js';
import {instant, minutes} from '../../../src/core/time.js';
import {aRestart, aState, aStreak} from '../../support/decision.js';
import {ago, aMemory, now} from '../../support/observation.js';

const full: State = aState({
  target: {kind: 'Deployment', namespace: 'frigate', name: 'frigate', uid: 'u'},
  streak: aStreak(),
  restarts: [aRestart({phase: 'helped'}), aRestart({id: 'a2', phase: 'intended', settledAt: null})],
  breaker: {
    state: 'open',
    until: now,
    why: 'full',
    failures: 1,
    reset: {at: ago(minutes(9)), by: 'alice', reason: null},
    coolDownUntil: null,
  },
  incident: {
    id: 'i1',
    since: ago(minutes(9)),
    cause: 'detector',
    worst: 'critical',
    stage: 'restart',
    findings: ['FRG-403'],
    joined: [{id: 'FRG-403', at: now}],
    cameras: ['front'],
    quiet: [{what: 'FRG-501', since: now}],
    faults: [{at: now, summary: 'hung'}],
    summary: 'hung',
    told: true,
    lastAlertAt: now,
    quietSince: null,
    ack: null,
    quietPasses: 0,
    quietLast: null,
    unobserved: [],
    alerts: 2,
  },
  outbox: [
    {
      key: 'i1-began-1',
      kind: 'began',
      at: now,
      incident: {
        id: 'i1',
        since: now,
        cause: 'detector',
        summary: 'hung',
        worst: 'critical',
        faults: [{at: now, summary: 'hung'}],
      },
      health: 'unhealthy',
      action: 'restart',
      rule: 'R-12',
      reason: 'r',
      liftedBy: null,
      unblock: [{text: 'find the cause'}, {command: 'kubectl frigate-health reset-breaker'}],
      findings: [{id: 'FRG-403', status: 'critical', summary: 's', evidence: ['a 1'], fix: null, cure: 'restart'}],
      attempt: 'a2',
      deliveries: [],
      tries: 1,
      lastTry: now,
      lastError: 'refused',
      deliveredAt: null,
    },
  ],
  lastPass: {at: now, by: 'x', result: 'restart R-12'},
  standing: [{what: 'FRG-403', since: now, last: now, count: 2, interrupted: false}],
  memory: aMemory({
    cameras: [{name: 'front', delivering: true}],
    lastRates: [{name: 'front', rates: [5, null, 0, 1]}],
    latched: [{signature: 'database-thread-died', containerId: 'c', at: now, sample: 'l'}],
  }),
  decisions: [{at: now, health: 'unhealthy', action: 'restart', rule: 'R-12', reason: 'r'}],
});

describe('the state document', () => {
  it('reads samples of resources with and without what older versions did not keep', () => {
    const old = {at: now, use: [20, 1, 40, 26, null]} as const;
    const read = (resources: readonly unknown[]): unknown => {
      const document = JSON.parse(encodeState(aState())) as {memory: object};
      return decodeState(JSON.stringify({...document, memory: {...document.memory, resources}})).state.memory.resources;
    };
    assert.deepEqual(read([old]), [old]);
    assert.deepEqual(read([{...old, work: [62.5, null]}]), [{...old, work: [62.5, null]}]);
    assert.deepEqual(read([{...old, work: 'fast'}]), [old]);
  });

  it('comes back as it went', () => {
    assert.deepEqual(decodeState(encodeState(full)), {state: full, problems: [], lost: false, newer: false});
    assert.deepEqual(decodeState(encodeState(freshState)), {
      state: freshState,
      problems: [],
      lost: false,
      newer: false,
    });
  });

  it('of a version that kept no steps beside its sentences is read whole', () => {
    const old = {...full, outbox: full.outbox.map((entry) => ({...entry, liftedBy: 'a person', unblock: undefined}))};
    const {state, problems} = decodeState(JSON.stringify(old));
    assert.deepEqual(problems, []);
    assert.deepEqual(
      state.outbox.map(({liftedBy, unblock}) => ({liftedBy, unblock})),
      [{liftedBy: 'a person', unblock: []}],
    );
  });

  it('of a version that knew no other evidence of a start than an answer is read whole', () => {
    const start = {containerId: 'containerd://c1', workedAt: now, step: null, workLoggedAt: null};
    const {state, problems, lost} = decodeState(JSON.stringify({...full, memory: {...full.memory, start}}));
    assert.deepEqual([problems, lost], [[], false]);
    assert.deepEqual(state.memory.start, {...start, shownAt: null, failure: null, cpu: null});
    const shown = {
      ...full,
      memory: {
        ...full.memory,
        start: {
          ...start,
          workedAt: null,
          shownAt: now,
          failure: {at: now, text: "KeyError: 'x'", cause: 'process'} as const,
          cpu: {at: now, busyAt: null, idleSince: now},
        },
      },
    };
    assert.deepEqual(decodeState(encodeState(shown)).state.memory.start, shown.memory.start);
  });

  it('of a newer schema is not touched', () => {
    const {newer, lost} = decodeState(JSON.stringify({...full, schema: 2}));

    assert.deepEqual([newer, lost], [true, true]);
  });

  const corruptions: ReadonlyArray<readonly [string, string]> = [
    ['nothing', ''],
    ['no JSON', '{"schema":1,'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['no schema', '{}'],
    ['a schema of words', JSON.stringify({...full, schema: 'one'})],
    ['restarts of words', JSON.stringify({...full, restarts: 'none'})],
    ['no restarts', JSON.stringify({...full, restarts: undefined})],
    ['a restart without a time', JSON.stringify({...full, restarts: [{...aRestart(), at: 'yesterday'}]})],
    ['a restart at no date', JSON.stringify({...full, restarts: [{...aRestart(), at: 1e300}]})],
    ['a breaker of words', JSON.stringify({...full, breaker: 'closed'})],
    ['a breaker that does not exist', JSON.stringify({...full, breaker: {...full.breaker, state: 'ajar'}})],
    ['no breaker', JSON.stringify({...full, breaker: undefined})],
  ];
  for (const [name, document] of corruptions) {
    it(`with ${name} is read as far as it goes, told, and taken for lost, so that a full cool-down holds`, () => {
      const {problems, lost} = decodeState(document);

      assert.ok(problems.length > 0);
      assert.equal(lost, true);
    });
  }

  it('keeps the sound restarts beside a corrupt one', () => {
    const {state} = decodeState(JSON.stringify({...full, restarts: [{}, aRestart({id: 'kept'})]}));

    assert.deepEqual(
      state.restarts.map(({id}) => id),
      ['kept'],
    );
  });

  it('with a corrupt part loses that part only, and is taken for lost: more may be spoilt than shows', () => {
    const {state, problems, lost} = decodeState(
      JSON.stringify({...full, incident: 7, decisions: 'x', memory: {...full.memory, baselines: 'x'}}),
    );

    assert.deepEqual(
      [state.incident, state.decisions, state.restarts.length, lost, problems.length],
      [null, [], 2, true, 3],
    );
  });

  it('never throws and never weakens a limit, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(full)), (junk, key) => {
        const {state, lost} = decodeState(JSON.stringify({...full, [key]: junk}));
        assert.ok(
          lost ||
            state.restarts.length === full.restarts.length ||
            (Array.isArray(junk) && key === 'restarts' && junk.length === 0),
        );
      }),
      {numRuns: 2000},
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        decodeState(text);
      }),
      {numRuns: 1000},
    );
  });

  it('stays under 64 KiB with the old keys for any content', () => {
    const long = 'ü'.repeat(300);
    const entry = (index: number): OutboxEntry => ({
      ...full.outbox[0]!,
      key: `k${index}`,
      reason: long,
      unblock: Array.from({length: 4}, () => ({text: long})),
      findings: Array.from({length: 8}, () => ({
        id: 'FRG-501' as const,
        status: 'critical' as const,
        summary: long,
        evidence: Array.from({length: 6}, () => long.slice(0, 140)),
        fix: long,
        cure: 'none' as const,
      })),
    });
    const huge: State = {
      ...full,
      outbox: Array.from({length: 32}, (_, index) => entry(index)),
      decisions: Array.from({length: 50}, () => ({...full.decisions[0]!, reason: long})),
      restarts: Array.from({length: 64}, (_, index) => aRestart({id: `a${index}`, reason: long})),
      memory: aMemory({
        lastRates: Array.from({length: 512}, (_, index) => ({name: `${long}${index}`, rates: [1, 2, 3, 4] as const})),
        cameras: Array.from({length: 512}, (_, index) => ({name: `${long}${index}`, delivering: true})),
      }),
    };
    const document = encodeState(huge);
    const decoded = decodeState(document);

    assert.ok(Buffer.byteLength(document) <= LARGEST_DOCUMENT, String(Buffer.byteLength(document)));
    assert.equal(decoded.state.restarts.length, 64);
    assert.equal(decoded.lost, false);
  });
});

describe('the old keys', () => {
  it('fill the breaker and nothing else (B-16)', () => {
    const {state, problems, lost} = decodeLegacy(
      new Map([
        ['consecutive_failures', '1'],
        ['last_restart_times', '1772382613,1772382013'],
        ['alert_sent_for_incident', 'true'],
        ['last_alert_time', '1772382613'],
      ]),
    );

    assert.deepEqual(
      [state.restarts.map(({at}) => at / 1000), state.streak, problems, lost],
      [[1772382013, 1772382613], null, [], false],
    );
  });

  for (const stamps of ['²', '1768699x', 'yesterday', '[object Object]', '-5', '1e9', 'NaN']) {
    it(`with "${stamps}" as a restart are told and taken for lost (B-17, B-19)`, () => {
      const {problems, lost} = decodeLegacy(new Map([['last_restart_times', stamps]]));

      assert.deepEqual([problems.length > 0, lost], [true, true]);
    });
  }

  it('keep the newest restarts of many, wherever they stand', () => {
    const stamps = Array.from({length: 100}, (_, index) => 1_772_382_000 + index);

    assert.deepEqual(
      decodeLegacy(new Map([['last_restart_times', stamps.join(',')]])).state.restarts.at(-1)?.at,
      instant((1_772_382_000 + 99) * 1000),
    );
    assert.equal(decodeLegacy(new Map([['last_restart_times', stamps.join(',')]])).state.restarts.length, 64);
  });

  it('keep a stamp with a fraction (B-19)', () => {
    assert.deepEqual(
      decodeLegacy(new Map([['last_restart_times', '1768699.0']])).state.restarts.map(({at}) => at),
      [1_768_699_000],
    );
  });

  for (const failures of ['', 'abc', '-5', '1.5']) {
    it(`with "${failures}" failures are read on and told (B-17)`, () => {
      assert.deepEqual(decodeLegacy(new Map([['consecutive_failures', failures]])).problems.length, 1);
    });
  }

  it('mirror the state on every write', () => {
    assert.deepEqual(Object.fromEntries(encodeLegacy(full)), {
      consecutive_failures: '1',
      last_restart_times: full.restarts.map(({at}) => at / 1000).join(','),
      alert_sent_for_incident: 'true',
      last_alert_time: String(now / 1000),
    });
  });

  it('survive the way out and back', () => {
    assert.deepEqual(
      decodeLegacy(encodeLegacy(full)).state.restarts.map(({at}) => at),
      full.restarts.map(({at}) => at),
    );
  });
});
