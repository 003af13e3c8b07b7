/** What `watch` tells of an incident, and how often: each trouble once, none twice within a minute, and nothing that a start or a lost source explains. */
import assert from 'node:assert/strict';
import {known, unknown} from '../../src/core/known.js';
import type {Observation} from '../../src/core/observation/observation.js';
import {earlier, instant, minutes, seconds, type Duration} from '../../src/core/time.js';
import type {LiveObservation} from '../../src/usecases/watch/live.js';
import type {LogLine} from '../../src/usecases/watch/watch-state.js';
import {changeTracker} from '../../src/tui/view/change-tracker.js';
import type {Change} from '../../src/tui/view/changes.js';
import {viewOf} from '../../src/tui/view/view.js';
import {
  aCamera,
  ago,
  aContainer,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aReading,
  now,
} from '../support/observation.js';
import {aLook, lost, type LookOptions} from './live.js';

const policy = aPolicy();
const down = {cameraFps: 0, processFps: 0, skippedFps: 0, detectionFps: 0};
const NAMES = ['back', 'front', 'garage'];

/** A Frigate with these cameras down. */
const withDown = (cameras: readonly string[], changes: Parameters<typeof anObservation>[0] = {}): Observation =>
  anObservation({
    ...changes,
    frigate: {
      stats: known(
        aReading({cameras: NAMES.map((name, index) => aCamera(name, cameras.includes(name) ? down : {}, index))}),
      ),
      history: known([]),
      ...changes.frigate,
    },
  });

/** The same observation so long after. */
const at = (later: Duration, live: LiveObservation): LiveObservation => ({
  ...live,
  at: instant(now + later),
  localClock: instant(now + later),
});

/** What is told of these observations, one after the other. */
const told = (...lives: readonly LiveObservation[]): ReadonlyArray<readonly Change[]> => {
  const tracker = changeTracker();
  return lives.map((live) => tracker.next(viewOf(live, policy)));
};

const briefly = (changes: readonly Change[] = []): readonly string[] =>
  changes.map(({kind, subject, from, to}) => `${kind} ${subject} ${from ?? '-'} > ${to}`);

const line = (second: number, signature: LogLine['signature'], text: string, camera = 'back'): LogLine => ({
  at: instant(now + second * 1000),
  signature,
  camera,
  text,
});

describe('what is told of a verdict', () => {
  it('is each change of what it says, also where the health stays the same', () => {
    const two = NAMES.slice(0, 2);
    const [, one, more, same] = told(
      aLook(withDown([])),
      aLook(withDown(['back'])),
      aLook(withDown(two)),
      at(seconds(30), aLook(withDown(two))),
    );
    const verdicts = (changes: readonly Change[] = []): readonly unknown[] =>
      changes.filter(({kind}) => kind === 'verdict').map(({from, to, detail}) => ({from, to, detail}));
    assert.equal(verdicts(one).length, 1);
    const [verdict] = (more ?? []).filter(({kind}) => kind === 'verdict');
    assert.equal(verdict?.from, null, 'the health is what it was');
    for (const name of two) assert.match(verdict.detail, new RegExp(name));
    assert.deepEqual(verdicts(same), []);
  });

  it('is not that the wording of the same fact has changed', () => {
    const live = aLook(withDown(['back']));
    const reworded = {
      ...live,
      judgement: {
        ...live.judgement,
        diagnosis: {...live.judgement.diagnosis, summary: 'back delivers no frames for 14 s'},
      },
    };
    assert.deepEqual(briefly(told(live, reworded)[1]), []);
  });
});

describe('what is told of the same trouble of one object', () => {
  it('is one line of the log a minute, the last of several, and how many were left out', () => {
    const lines = [
      line(1, 'camera-crashed', 'Ffmpeg process crashed unexpectedly for back.'),
      line(1, 'camera-unreachable', 'Connection refused'),
      line(11, 'camera-crashed', 'Ffmpeg process crashed unexpectedly for back.'),
      line(11, 'camera-unreachable', 'Connection refused'),
      line(71, 'camera-crashed', 'Ffmpeg process crashed unexpectedly for back.'),
    ];
    const upTo = (count: number, options: LookOptions = {}): LiveObservation =>
      aLook(anObservation(), {lines: lines.slice(0, count), ...options});
    const [, first, second, third] = told(upTo(0), upTo(2), at(seconds(11), upTo(4)), at(seconds(71), upTo(5)));
    assert.deepEqual(
      [first, second, third].map((changes) => changes?.map(({detail, similar}) => ({detail, similar}))),
      [
        [{detail: 'Connection refused', similar: 1}],
        [],
        [{detail: 'Ffmpeg process crashed unexpectedly for back.', similar: 2}],
      ],
    );
  });

  it('does not hide the trouble of another camera, nor another trouble', () => {
    const lines = [
      line(1, 'camera-crashed', 'crashed'),
      line(1, 'camera-crashed', 'crashed', 'front'),
      line(1, 'no-new-segments', 'none'),
    ];
    const [, changes] = told(aLook(), aLook(anObservation(), {lines}));
    assert.deepEqual(briefly(changes), [
      'log back - > camera-crashed',
      'log front - > camera-crashed',
      'log back - > no-new-segments',
    ]);
  });

  it('is an event of Kubernetes once, however often it is counted', () => {
    const counted = (count: number): LiveObservation =>
      at(
        minutes(count),
        aLook(anObservation({events: known([anEvent('MissingClusterDNS', 'no cluster DNS', {count})])})),
      );
    const [, ...changes] = told(aLook(), counted(1), counted(2), counted(3));
    assert.deepEqual(changes.map(briefly), [['kubernetes Pod/frigate-7bc659b5f5-flbt6 - > MissingClusterDNS'], [], []]);
  });

  it('is a camera that comes and goes once a minute, and in the end what it is', () => {
    const [one, none] = [aLook(withDown(['back'])), aLook(withDown([]))];
    const cameras = told(
      none,
      at(seconds(1), one),
      at(seconds(11), none),
      at(seconds(21), one),
      at(seconds(31), one),
      at(seconds(62), one),
    ).map((changes) => briefly(changes).filter((text) => text.startsWith('camera')));
    assert.deepEqual(cameras, [
      [],
      ['camera back live > no frames'],
      ['camera back no frames > live'],
      [],
      [],
      ['camera back live > no frames'],
    ]);
  });

  it('is told again when the clock was stepped', () => {
    const [one, none] = [aLook(withDown(['back'])), aLook(withDown([]))];
    const [, , , again] = told(none, one, none, {...one, localClock: earlier(now, minutes(60))});
    assert.ok(briefly(again).includes('camera back live > no frames'));
  });
});

describe('what is told of a pod that ends and of one that starts', () => {
  const why = unknown('unreachable', 'connection refused');
  const dead = withDown(['back']);
  const ending = {...dead, pods: known([aPod({deletingSince: now})])};
  const starting = anObservation({
    pods: known([
      aPod({frigate: aContainer({state: {phase: 'running', startedAt: ago(seconds(2))}}), createdAt: ago(seconds(5))}),
    ]),
    frigate: {
      liveness: (['proxy', 'exec'] as const).map((via) => ({
        via,
        verdict: 'dead' as const,
        how: 'silent' as const,
        detail: 'no answer',
      })),
      stats: why,
      history: why,
      config: why,
    },
  });
  const states = (changes: readonly Change[] | undefined): readonly string[] =>
    briefly(changes).filter((text) => /^(camera|check)/.test(text));

  it('is no camera that lives again while its pod is terminating', () => {
    const view = viewOf(aLook(ending), policy);
    assert.deepEqual(
      view.cameras.map(({name, state}) => ({name, state})),
      NAMES.map((name) => ({name, state: 'stopped'})),
    );
    const [, , over, back] = told(aLook(withDown([])), aLook(dead), aLook(ending), aLook(withDown([])));
    assert.deepEqual(
      states(over).filter((text) => text.startsWith('camera')),
      [],
    );
    assert.ok(states(back).includes('camera back no frames > live'));
  });

  it('is nothing of checks that are not known while Frigate does not answer, and nothing when they come back as they were', () => {
    const silent = aLook(starting, {sources: {frigate: lost('connection refused')}});
    assert.equal(silent.judgement.diagnosis.health, 'starting');
    assert.ok(silent.judgement.findings.some(({id, status}) => id === 'FRG-301' && status === 'critical'));
    const [, during, after] = told(aLook(), silent, at(seconds(40), aLook()));
    assert.deepEqual({during: states(during), after: states(after)}, {during: [], after: []});
    assert.ok(briefly(during).includes('verdict health healthy > starting'));
  });

  it('is what a start leaves behind', () => {
    const silent = aLook(starting, {sources: {frigate: lost('connection refused')}});
    const [, , after] = told(aLook(), silent, at(seconds(40), aLook(dead)));
    assert.ok(states(after).includes('check FRG-501 ok > critical'), states(after).join('; '));
  });
});
