import assert from 'node:assert/strict';
import type {CustomId, ReportedId} from '../../../src/core/check-table.js';
import type {CustomAnswer, CustomCheck, CustomProbe, ReadProbe} from '../../../src/core/custom/custom-check.js';
import {judgeCustom} from '../../../src/core/custom/judge.js';
import {holds, isFinal} from '../../../src/core/custom/judge-answer.js';
import type {Status} from '../../../src/core/finding.js';
import {milliseconds, minutes, seconds} from '../../../src/core/time.js';

const took = milliseconds(3);
const tcp: CustomProbe = {kind: 'tcp', host: 'nas', port: 445};

const aCheck = (id: CustomId, changes: Partial<CustomCheck> = {}): CustomCheck => ({
  id,
  title: 'a dependency',
  every: seconds(30),
  timeout: seconds(5),
  severity: 'warning',
  frigate: null,
  dependsOn: [],
  fix: 'call somebody',
  probe: tcp,
  ...changes,
});

const refused: CustomAnswer = {reached: false, how: 'refused', detail: 'connect ECONNREFUSED', took};
const reached = (status: number | null = null, value?: string | number): CustomAnswer => ({
  reached: true,
  status,
  took,
  ...(value === undefined ? {} : {value}),
});

const one = (probe: CustomProbe, answer: CustomAnswer): string => {
  const [finding] = judgeCustom([aCheck('X-a', {probe})], new Map([['X-a', answer]]), new Map());
  return `${finding?.status ?? ''}: ${finding?.summary ?? ''}`;
};

describe('a check of the user’s own', () => {
  const http: CustomProbe = {kind: 'http', url: 'http://u:pw@h/x?token=t', status: [], pointer: null, expect: null};
  const load: CustomProbe = {...http, pointer: '/load', expect: {operator: '<', value: 80}};
  const fps: ReadProbe = {kind: 'stats', pointer: '/cameras/front/camera_fps', expect: {operator: '>=', value: 4}};
  const errors: ReadProbe = {
    kind: 'log',
    pattern: 'ERROR .*token=abc',
    window: minutes(10),
    expect: {operator: '<', value: 3},
  };
  const unseen: CustomAnswer = {reached: false, how: 'not-observed', detail: 'GET /api/stats: HTTP 500', took};
  const login = {tls: false, user: '', password: ''};
  for (const [what, probe, answer, expected] of [
    ['http', http, reached(204), 'ok: http://***@h/x answers'],
    ['http, a bad status', http, reached(503), 'warning: http://***@h/x answers with status 503 (expected 200 to 299)'],
    ['http, a value', load, reached(200, 79), 'ok: http://***@h/x: /load is 79'],
    ['http, a bad value', load, reached(200, '80'), 'warning: http://***@h/x: /load is "80" (expected < 80)'],
    ['http, no value', load, reached(200), 'unknown: http://***@h/x: there is no single value at /load'],
    ['tcp', tcp, reached(), 'ok: nas:445 accepts connections'],
    ['tcp, refused', tcp, refused, 'warning: nas:445: the connection is refused'],
    ['tcp, silent', tcp, {...refused, how: 'timeout'}, 'warning: nas:445: no answer within 5s'],
    ['redis', {kind: 'redis', host: 'r', port: 1, ...login}, reached(null, '+PONG'), 'ok: r:1 answers PING'],
    [
      'redis, no login',
      {kind: 'redis', host: 'r', port: 1, ...login},
      reached(null, '-NOAUTH'),
      'warning: r:1 does not answer PING: -NOAUTH',
    ],
    [
      'mqtt, a bad password',
      {kind: 'mqtt', host: 'm', port: 1, ...login},
      reached(4),
      'warning: m:1 refuses this client: user or password is wrong',
    ],
    [
      'rtsp, a login',
      {kind: 'rtsp', host: '::1', port: 1, path: '/', tls: false},
      reached(401),
      'ok: [::1]:1 answers OPTIONS',
    ],
    [
      'prometheus, away',
      {kind: 'prometheus', url: 'http://p', query: 'up', expect: {operator: '==', value: 1}},
      refused,
      'unknown: http://p: the connection is refused',
    ],
    ['stats', fps, reached(null, 5), 'ok: GET /api/stats: /cameras/front/camera_fps is 5'],
    [
      'stats, too few',
      fps,
      reached(null, 3.5),
      'warning: GET /api/stats: /cameras/front/camera_fps is 3.5 (expected >= 4)',
    ],
    [
      'stats without that value',
      fps,
      reached(),
      'unknown: GET /api/stats: there is no single value at /cameras/front/camera_fps',
    ],
    ['stats that are not known', fps, unseen, 'unknown: GET /api/stats: not known'],
    ['log', errors, reached(null, 2), 'ok: 2 lines in 10m match ERROR .*token=***'],
    ['log, too many', errors, reached(null, 3), 'warning: 3 lines in 10m match ERROR .*token=*** (expected < 3)'],
    [
      'log, read in part',
      errors,
      {reached: true, status: null, value: 1, partial: true, took},
      'unknown: 1 line in 10m match ERROR .*token=*** so far (expected < 3)',
    ],
    [
      'log, read in part and already too many',
      errors,
      {reached: true, status: null, value: 7, partial: true, took},
      'warning: 7 lines in 10m match ERROR .*token=*** (expected < 3)',
    ],
  ] as const)
    it(`judges ${what}`, () => {
      assert.equal(one(probe, answer), expected);
    });

  it('compares numbers as numbers, and anything else only for being the same', () => {
    assert.ok(holds({operator: '==', value: 1}, '1.0'));
    assert.ok(holds({operator: '!=', value: 'ok'}, 'bad'));
    assert.ok(!holds({operator: '<', value: 5}, 'many'));
    assert.ok(!holds({operator: '>=', value: 5}, null));
  });

  it('takes a part of a count only where no further line changes the result', () => {
    for (const [operator, counts] of [
      ['<', [false, false, true, true]],
      ['<=', [false, false, false, true]],
      ['>', [false, false, false, true]],
      ['>=', [false, false, true, true]],
      ['==', [false, false, false, true]],
      ['!=', [false, false, false, true]],
    ] as const)
      assert.deepEqual(
        [0, 1, 2, 3].map((count) => isFinal({operator, value: 2}, count)),
        counts,
        operator,
      );
  });

  it('that reads from Frigate is skipped where Frigate itself is the fault', () => {
    const checks = [aCheck('X-fps', {probe: fps}), aCheck('X-errors', {probe: errors})];
    const found = judgeCustom(
      checks,
      new Map([
        ['X-fps', unseen],
        ['X-errors', unseen],
      ]),
      new Map([
        ['FRG-202', 'critical'],
        ['FRG-301', 'skipped'],
      ]),
    );
    assert.deepEqual(
      found.map(({status, because}) => [status, because?.kind === 'check' ? because.id : null]),
      [
        ['skipped', 'FRG-301'],
        ['skipped', 'FRG-202'],
      ],
    );
  });

  it('is not known until it was asked, and blocks nothing meanwhile', () => {
    const checks = [aCheck('X-a'), aCheck('X-b', {dependsOn: ['X-a']})];
    const found = judgeCustom(checks, new Map([['X-b', reached()]]), new Map());
    assert.deepEqual(
      found.map(({status}) => status),
      ['unknown', 'ok'],
    );
  });
});

describe('a chain of dependencies', () => {
  const chain = [
    aCheck('X-leaf', {dependsOn: ['X-bridge']}),
    aCheck('X-bridge', {dependsOn: ['X-broker']}),
    aCheck('X-broker', {severity: 'info'}),
    aCheck('X-other', {dependsOn: ['FRG-202']}),
  ];
  const answers = (broker: CustomAnswer): ReadonlyMap<string, CustomAnswer> =>
    new Map([
      ['X-leaf', refused],
      ['X-bridge', refused],
      ['X-broker', broker],
      ['X-other', refused],
    ]);
  const said = (broker: CustomAnswer, catalogue: ReadonlyMap<ReportedId, Status> = new Map()): readonly string[] =>
    judgeCustom(chain, answers(broker), catalogue).map(({id, status, because}) =>
      [id, status, because?.kind === 'check' ? because.id : ''].join(' ').trim(),
    );

  it('is skipped behind the one that fails, which is named, whatever its severity', () => {
    assert.deepEqual(said(refused), [
      'X-leaf skipped X-broker',
      'X-bridge skipped X-broker',
      'X-broker info',
      'X-other warning',
    ]);
  });

  it('names the next one when the first works', () => {
    assert.deepEqual(said(reached()), [
      'X-leaf skipped X-bridge',
      'X-bridge warning',
      'X-broker ok',
      'X-other warning',
    ]);
  });

  it('is skipped behind a failing check of the catalogue, not behind a warning of it', () => {
    assert.equal(said(reached(), new Map([['FRG-202', 'critical']])).at(-1), 'X-other skipped FRG-202');
    assert.equal(said(reached(), new Map([['FRG-202', 'warning']])).at(-1), 'X-other warning');
  });

  it('ends in a circle, which no file may hold', () => {
    const circle = [aCheck('X-a', {dependsOn: ['X-b']}), aCheck('X-b', {dependsOn: ['X-a']})];
    assert.equal(judgeCustom(circle, new Map(), new Map()).length, 2);
  });
});
