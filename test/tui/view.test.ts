import assert from 'node:assert/strict';
import {known, unknown, notReadYet} from '../../src/core/known.js';
import {instant, milliseconds, minutes, seconds, since, type Duration} from '../../src/core/time.js';
import type {LogLine} from '../../src/usecases/watch/watch-state.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aContainer,
  aDetector,
  aHistory,
  ago,
  aMount,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aReading,
  aSnapshot,
  aTermination,
  now,
} from '../support/observation.js';
import {aRestart} from '../support/decision.js';
import {camerasOf, sortCameras} from '../../src/tui/view/cameras.js';
import {earlierThan, type Change} from '../../src/tui/view/changes.js';
import {viewOf} from '../../src/tui/view/view.js';
import {detectorsOf} from '../../src/tui/view/detectors.js';
import {freshnessOf} from '../../src/tui/view/freshness.js';
import {podView} from '../../src/tui/view/pod.js';
import {mountsOf} from '../../src/tui/view/storage.js';
import {outputModeFor, type Circumstances} from '../../src/tui/mode.js';
import {aLook, lost} from './live.js';
import {changesBetween, INTERVAL} from './snapshots.js';

const policy = aPolicy();

describe('the row of a camera', () => {
  const stateOf = (
    changes: Parameters<typeof aCamera>[1],
    config: Parameters<typeof aCameraConfig>[1] = {},
    given = policy,
  ): string => {
    const cameras = [aCamera('front', changes), aCamera('back'), aCamera('garage')];
    const look = aLook(
      anObservation({
        frigate: {
          stats: known(aReading({cameras})),
          config: known(
            aConfig({cameras: [aCameraConfig('front', config), aCameraConfig('back'), aCameraConfig('garage')]}),
          ),
        },
      }),
    );
    return camerasOf(look, given).find(({name}) => name === 'front')?.state ?? '';
  };
  const cases: ReadonlyArray<
    readonly [
      when: string,
      state: string,
      camera: Parameters<typeof aCamera>[1],
      config?: Parameters<typeof aCameraConfig>[1],
    ]
  > = [
    ['frames flow', 'live', {}],
    ['no frames come', 'no frames', {cameraFps: 0, processFps: 0}],
    ['frames are few', 'slow', {cameraFps: 3, processFps: 3}],
    ['nearly all frames are skipped', 'skipping', {skippedFps: 4.9, processFps: 0.2}],
    ['it is disabled', 'off', {cameraFps: 0}, {enabled: false}],
    ['its rate is no number', 'unknown', {cameraFps: null}],
  ];
  for (const [when, state, camera, config] of cases)
    it(`says "${state}" when ${when}`, () => assert.equal(stateOf(camera, config ?? {}), state));

  it('says that it is excluded when the settings say so', () =>
    assert.equal(stateOf({cameraFps: 0}, {}, aPolicy({skipCameras: new Set(['front'])})), 'excluded'));

  it('is sorted worst first, equal ones by name, in every order the same set', () => {
    const rows = camerasOf(
      aLook(
        anObservation({
          frigate: {
            stats: known(
              aReading({cameras: [aCamera('b', {cameraFps: 0}), aCamera('a'), aCamera('c', {skippedFps: 1})]}),
            ),
          },
        }),
      ),
      policy,
    );
    const named = (sort: Parameters<typeof sortCameras>[1]): string =>
      sortCameras(rows, sort)
        .map(({name}) => name)
        .join(' ');
    assert.equal(
      named('name'),
      [...rows]
        .map(({name}) => name)
        .sort()
        .join(' '),
    );
    assert.match(named('fps'), /^b /);
    assert.match(named('skipped'), /^c /);
  });
});

describe('the row of a detector', () => {
  it('tells its limit, its new processes and how long an inference takes', () => {
    const at = ago(seconds(8));
    const history = aHistory(6, (step) => ({detectors: [aDetector('coral', {pid: step < 3 ? 250 : 251})]}));
    const look = aLook(
      anObservation({
        frigate: {
          history: known(history),
          stats: known(
            aReading({lastUpdated: at, detectors: [aDetector('coral', {detectionStart: at / 1000 - 13, pid: 252})]}),
          ),
        },
      }),
      {},
    );
    const [row] = detectorsOf(look, aPolicy({inferenceLimits: new Map([['coral', 30]])}));
    assert.ok(row);
    assert.deepEqual([row.limit, row.pidChanges, Math.round(row.busy ?? 0), row.type], [30, 1, 13, 'edgetpu']);
  });
});

describe('the row of a mount', () => {
  it('forecasts when it is full from what was seen', () => {
    const filling = aHistory(130, (step) => ({
      mounts: ['/tmp/cache', '/dev/shm'].map((path) =>
        aMount(path, {total: 10_000, used: 100 + step * 10, free: 9900 - step * 10}),
      ),
    }));
    const look = aLook(
      anObservation({
        frigate: {
          history: known(filling),
          stats: known(
            aReading({
              mounts: ['/tmp/cache', '/dev/shm'].map((path) => aMount(path, {total: 10_000, used: 1400, free: 700})),
            }),
          ),
        },
      }),
    );
    const [shm, row] = mountsOf(look);
    assert.ok(
      row?.forecast.kind === 'full-in' && row.forecast.time > minutes(10) && row.forecast.time < minutes(30),
      JSON.stringify(row),
    );
    assert.deepEqual([shm?.path, shm?.forecast.kind], ['/dev/shm', 'unknown'], 'never of /dev/shm');
  });

  it('stands first where something is wrong with it', () => {
    const mounts = [aMount('/a'), aMount('/media/frigate/recordings', {total: 1000, used: 1000, free: 0})];
    const look = aLook(anObservation({frigate: {stats: known(aReading({mounts}))}}));
    assert.deepEqual(
      mountsOf(look).map(({path, status, forecast}) => [path, status, forecast.kind]),
      [
        ['/media/frigate/recordings', 'critical', 'full'],
        ['/a', 'ok', 'unknown'],
      ],
    );
  });

  it('calls steady what does not fill, and nothing what was seen too shortly', () => {
    const steady = aHistory(130, () => ({mounts: [aMount('/a')]}));
    assert.equal(
      mountsOf(
        aLook(anObservation({frigate: {history: known(steady), stats: known(aReading({mounts: [aMount('/a')]}))}})),
      )[0]?.forecast.kind,
      'steady',
    );
    assert.equal(
      mountsOf(
        aLook(
          anObservation({
            frigate: {
              history: known(aHistory(110, () => ({mounts: [aMount('/a')]}))),
              stats: known(aReading({mounts: [aMount('/a')]})),
            },
          }),
        ),
      )[0]?.forecast.kind,
      'unknown',
    );
  });
});

describe('the view of the pod', () => {
  it('tells the last exit and the restarts', () => {
    const container = aContainer({
      restartCount: 4,
      last: aTermination({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(minutes(5))}),
    });
    const view = podView(aLook(anObservation({pods: known([aPod({frigate: container})])})));
    assert.deepEqual([view.restarts, view.lastExit, view.status], [4, 'OOMKilled, exit code 137, 02:55:00Z', 'ok']);
  });

  it('still shows a pod that ends', () => {
    const view = podView(aLook(anObservation({pods: known([aPod({deletingSince: now})])})));
    assert.deepEqual([view.pod, view.state], ['frigate-7bc659b5f5-flbt6', 'terminating']);
  });
});

describe('freshness', () => {
  const of = (changes: Parameters<typeof aLook>[1], later = 0): ReturnType<typeof freshnessOf> =>
    freshnessOf(aLook(anObservation(), changes), instant(now + later), INTERVAL);
  const seen = {answeredAt: now, askedAt: null, trouble: null, live: true};
  const cases: ReadonlyArray<
    readonly [when: string, fresh: ReturnType<typeof freshnessOf>, live: boolean, text: RegExp]
  > = [
    ['it was just seen', of({}), true, /^live 03:00:00Z$/],
    ['two polls are late', of({}, 5000), true, /^live/],
    ['three polls were missed', of({}, 9500), false, /^! old data, 9s$/],
    [
      'a question has had no answer for 3 s',
      of({sources: {frigate: {...seen, askedAt: now}}}, 4200),
      false,
      /^! no answer for 4s/,
    ],
    [
      'a question has been open for less than an answer may take',
      of({sources: {frigate: {...seen, askedAt: now}}}, 1900),
      true,
      /^live/,
    ],
    ['a poll failed', of({sources: {frigate: lost()}}), false, /^! old data, 12s, retry in 4s$/],
    ['a poll failed and the next one is due', of({sources: {frigate: lost()}}, 5000), false, /retrying/],
    ['nothing was ever seen', of({sources: {frigate: lost('x', {answeredAt: null})}}), false, /^! no data yet/],
    [
      'Frigate does not run',
      of({
        sources: {
          frigate: {
            ...lost(),
            trouble: {since: now, why: unknown('not-asked', 'it does not run').why, attempts: 1, retryAt: null},
          },
        },
      }),
      false,
      /^! Frigate does not run, data 12s old$/,
    ],
    ['the clock was stepped back', of({}, -60_000), true, /^live/],
  ];
  for (const [when, fresh, live, text] of cases) {
    it(`is ${live ? 'live' : 'old'} when ${when}`, () => {
      assert.equal(fresh.live, live);
      assert.match(fresh.text, text);
    });
  }

  it('gives a Frigate that is slow at every question the time that it takes', () => {
    const slow = {reading: {...aReading(), latency: milliseconds(4000)}, answeredAt: now};
    const asked = {frigate: {...seen, askedAt: now}};
    assert.equal(of({sources: asked, watchState: {lastStats: slow}}, 6000).silentFor, null);
    assert.equal(of({sources: asked, watchState: {lastStats: slow}}, 8000).silentFor, 8000);
    assert.equal(of({sources: asked}, 2000).silentFor, 2000);
  });

  it('names every other source that is lost, since when and when it is tried again', () => {
    const {troubles, live} = of({
      sources: {node: lost('get nodes node-a: HTTP 403'), log: lost('the log stream broke')},
    });
    assert.ok(live);
    assert.deepEqual(troubles, [
      'node: no answer since 02:59:48Z, retry in 4s: get nodes node-a: HTTP 403',
      'log: no answer since 02:59:48Z, retry in 4s: the log stream broke',
    ]);
  });
});

describe('what happened before the first look', () => {
  const line = (ago_: Duration, text: string): LogLine => ({
    at: ago(ago_),
    signature: 'camera-crashed',
    camera: 'back',
    text,
  });
  const events = known([
    anEvent('BackOff', 'old', {lastSeen: ago(minutes(61))}),
    anEvent('Killing', 'Stopping container frigate', {type: 'Normal', lastSeen: ago(minutes(9))}),
    anEvent('Odd', 'without a time', {lastSeen: null}),
  ]);

  it('is told oldest first, not older than an hour, events and lines of the log together', () => {
    const told = earlierThan(
      aLook(anObservation({events}), {lines: [line(minutes(12), 'crashed'), line(minutes(2), 'crashed again')]}),
    );
    assert.deepEqual(
      told.map(({kind, to, status, at}) => [kind, to, status, since(at, now)]),
      [
        ['log', 'camera-crashed', 'info', minutes(12)],
        ['kubernetes', 'Killing', 'info', minutes(9)],
        ['log', 'camera-crashed', 'info', minutes(2)],
      ],
    );
  });

  it('keeps the newest dozen', () => {
    const lines = Array.from({length: 100}, (_, index) => line(seconds(200 - index), String(index)));
    assert.deepEqual(
      earlierThan(aLook(anObservation(), {lines})).map(({detail}) => detail),
      lines.slice(-12).map(({text}) => text),
    );
  });
});

describe('changes', () => {
  const told = (after: ReturnType<typeof aLook>, before = aLook()): readonly string[] =>
    changesBetween(viewOf(before, policy), viewOf(after, policy)).map(
      ({kind, subject, from, to}: Change) => `${kind} ${subject} ${from ?? '-'} > ${to}`,
    );

  it('are none between equal looks', () => assert.deepEqual(told(aLook()), []));

  it('tell health, decision, check and camera of an outage, and its end', () => {
    const down = aLook(
      anObservation({
        frigate: {
          stats: known(
            aReading({
              cameras: [
                aCamera('back', {cameraFps: 0, processFps: 0, detectionFps: 0}),
                aCamera('front'),
                aCamera('garage'),
              ],
            }),
          ),
          history: known([]),
        },
      }),
    );
    const began = told(down);
    for (const expected of [
      'verdict health healthy > degraded',
      'check FRG-501 ok > critical',
      'camera back live > no frames',
    ])
      assert.ok(began.includes(expected), `${expected} in ${began.join('; ')}`);
    assert.ok(told(aLook(), down).includes('camera back no frames > live'));
  });

  it('tell a new pod, a restart of its container and its end', () => {
    assert.ok(
      told(aLook(anObservation({pods: known([aPod({uid: 'other', name: 'frigate-2'})])}))).some((text) =>
        text.startsWith('pod frigate-2'),
      ),
    );
    assert.ok(
      told(aLook(anObservation({pods: known([aPod({frigate: aContainer({restartCount: 1})})])}))).some((text) =>
        text.startsWith('pod '),
      ),
    );
  });

  it('tell of a pod that ends what becomes of it, not that it takes its own place', () => {
    assert.ok(
      told(aLook(anObservation({pods: known([aPod({deletingSince: now})])}))).includes(
        'pod frigate-7bc659b5f5-flbt6 running > terminating',
      ),
    );
  });

  it('tell a source that is lost and found', () => {
    const without = aLook(anObservation(), {sources: {log: lost('the log stream broke')}});
    assert.deepEqual(told(without), ['source log available > lost']);
    assert.deepEqual(told(aLook(), without), ['source log lost > available']);
  });

  it('tell each event of Kubernetes and each line of the log once', () => {
    const event = anEvent('BackOff', 'Back-off');
    const line = {at: now, signature: 'detector-stuck' as const, camera: null, text: 'stuck'};
    const after = aLook(anObservation({events: known([event])}), {lines: [line]});
    assert.deepEqual(told(after), [
      'kubernetes Pod/frigate-7bc659b5f5-flbt6 - > BackOff',
      'log log - > detector-stuck',
    ]);
    assert.deepEqual(told(after, after), []);
    assert.deepEqual(
      told(aLook(anObservation({events: known([event])}), {lines: [line, {...line, at: instant(now + 1)}]}), after),
      ['log log - > detector-stuck'],
    );
  });

  it('tell a restart and what became of it', () => {
    const sent = aLook(anObservation(), {state: {restarts: [aRestart({phase: 'acted'})]}});
    const helped = aLook(anObservation(), {state: {restarts: [aRestart({phase: 'helped'})]}});
    assert.ok(told(sent).includes('state restart - > acted'));
    assert.ok(told(helped, sent).includes('state restart acted > helped'));
  });

  it('say nothing about checks that are still being looked at', () => {
    const looking = aLook(anObservation({frigate: {config: notReadYet}}));
    assert.ok(
      told(looking).every((text) => !text.startsWith('check')),
      told(looking).join('; '),
    );
  });

  it('are told of snapshots, not of polls: the same snapshot says nothing new', () => {
    assert.deepEqual(
      told(
        aLook(anObservation({frigate: {stats: known({snapshot: aSnapshot(), date: now, latency: milliseconds(99)})}})),
      ).filter((text) => !text.includes('FRG-301')),
      [],
    );
  });
});

describe('the face', () => {
  const face = (changes: Partial<Circumstances>): string =>
    outputModeFor({
      output: 'text',
      once: false,
      plain: false,
      stdoutIsTerminal: true,
      env: {TERM: 'xterm-256color'},
      ...changes,
    });
  const cases: ReadonlyArray<readonly [when: string, changes: Partial<Circumstances>, name: string]> = [
    ['a terminal', {}, 'screen'],
    ['a pipe', {stdoutIsTerminal: false}, 'lines'],
    ['CI', {env: {CI: 'true'}}, 'lines'],
    ['CI=false', {env: {CI: 'false'}}, 'screen'],
    ['a dumb terminal', {env: {TERM: 'dumb'}}, 'lines'],
    ['a screen reader', {env: {INK_SCREEN_READER: 'true'}}, 'lines'],
    ['--plain', {plain: true}, 'lines'],
    ['-o jsonl', {output: 'jsonl'}, 'jsonl'],
    ['--once', {once: true, stdoutIsTerminal: false}, 'once'],
  ];
  for (const [when, changes, name] of cases) it(`is ${name} for ${when}`, () => assert.equal(face(changes), name));
});
