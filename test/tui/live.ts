/** Looks at a world for the tests of the screen, made from observations. */
import {run} from '../../src/core/fix.js';
import {known, notAsked, unknown} from '../../src/core/known.js';
import type {Observation} from '../../src/core/observation/observation.js';
import {aState} from '../support/decision.js';
import {FakeWorld} from '../support/fake-world.js';
import {ownFindings} from '../support/own-checks.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aDetector,
  aHistory,
  ago,
  aLog,
  anEvent,
  anObservation,
  aPolicy,
  aReading,
  aSegment,
  now,
} from '../support/observation.js';
import type {State} from '../../src/core/state/state.js';
import {instant, minutes, seconds, type Instant} from '../../src/core/time.js';
import {
  emptyWatchState,
  type WatchState,
  type LogLine,
  type SourceName,
  type SourceState,
  filledWith,
} from '../../src/usecases/watch/watch-state.js';
import {liveObservation, type LiveObservation, type WatchedTarget} from '../../src/usecases/watch/live.js';

export const target: WatchedTarget = {
  context: {kind: 'kubeconfig', name: 'homelab'},
  namespace: 'cameras',
  workload: 'frigate',
  version: '1.0.0',
};

const answered: SourceState = {answeredAt: now, askedAt: null, trouble: null, live: true};

export const lost = (message = 'no answer', changes: Partial<SourceState> = {}): SourceState => ({
  answeredAt: ago(seconds(12)),
  askedAt: null,
  live: true,
  trouble: {since: ago(seconds(10)), why: unknown('timeout', message).why, attempts: 3, retryAt: instant(now + 4000)},
  ...changes,
});

export interface LookOptions {
  readonly state?: Partial<State>;
  readonly watchState?: Partial<WatchState>;
  readonly sources?: Partial<Record<SourceName, SourceState>>;
  readonly lines?: readonly LogLine[];
  readonly before?: LiveObservation | null;
  /** What checks of the user's own come to. */
  readonly custom?: LiveObservation['custom'];
}

/** The watchState on which feeds would have written this observation. */
export const aWatchState = (
  observation: Observation = anObservation(),
  {state = {}, watchState = {}, sources = {}, lines = []}: LookOptions = {},
): WatchState => {
  const {frigate} = observation;
  return {
    ...emptyWatchState,
    sources: {
      cluster: answered,
      node: answered,
      events: answered,
      state: answered,
      frigate: answered,
      log: answered,
      ...sources,
    },
    located: {search: observation.workload, pods: observation.pods},
    node: observation.node,
    events: observation.events,
    claims: observation.claims,
    cronJob: observation.cronJob,
    missingPermissions: observation.missingPermissions,
    recalledState: {
      state: aState(state),
      reading: 'sound',
      soundness: observation.state,
      map: null,
      guard: null,
      setAside: null,
    },
    frigate: {
      liveness: frigate.liveness,
      stats: frigate.stats,
      backend: frigate.backend,
      via: observation.via,
      podUid: 'pod-uid',
      asked: null,
    },
    lastStats: frigate.stats.known ? {reading: frigate.stats.value, answeredAt: now} : null,
    history: frigate.history,
    trend: frigate.history.known ? frigate.history.value : [],
    filling: frigate.history.known ? filledWith([], frigate.history.value) : [],
    config: frigate.config,
    segments: frigate.segments,
    go2rtc: frigate.go2rtc,
    mounts: frigate.mounts,
    mountProbe: frigate.mountProbe,
    log: observation.log,
    previousLog: observation.previousLog,
    memoryUse: observation.memoryUse ?? notAsked(),
    lines,
    ...watchState,
  };
};

/** The same look as `watch` would have of it. */
export const aLook = (observation: Observation = anObservation(), options: LookOptions = {}): LiveObservation => {
  const world = new FakeWorld();
  world.now = observation.at;
  return {
    ...liveObservation(aWatchState(observation, options), world.world(), target, options.before ?? null),
    complete: true,
    custom: options.custom ?? [],
  };
};

const names = (count: number): readonly string[] =>
  Array.from({length: count}, (_, index) => `camera-${String(index + 1).padStart(3, '0')}`);

export const withCameras = (count: number, fps: (index: number) => number): Observation => {
  const cameras = names(count).map((name, index) =>
    aCamera(name, {cameraFps: fps(index), processFps: fps(index)}, index),
  );
  return anObservation({
    frigate: {
      stats: known(aReading({cameras})),
      history: known(aHistory(20, () => ({cameras}))),
      config: known(
        aConfig({
          cameras: names(count).map((name) =>
            aCameraConfig(name, {throughGo2rtc: false, hosts: [`192.0.2.${name.slice(-2)}`]}),
          ),
        }),
      ),
      segments: new Map(names(count).map((name) => [name, aSegment(seconds(9))])),
    },
  });
};

const critical = (): Observation => {
  const down = {cameraFps: 0, processFps: 0, skippedFps: 0, detectionFps: 0};
  const cameras = [aCamera('back', down), aCamera('front'), aCamera('garage', down)];
  return anObservation({
    frigate: {
      stats: known(aReading({cameras, detectors: [aDetector('coral', {inferenceSpeed: 9.8})]})),
      history: known(aHistory(20, (step) => (step < 12 ? {} : {cameras}))),
      segments: new Map([
        ['back', aSegment(minutes(6))],
        ['front', aSegment(seconds(9))],
        ['garage', aSegment(minutes(7))],
      ]),
    },
    log: known(
      aLog({
        'camera-crashed': {
          count: 9,
          cameras: new Map([
            ['back', 5],
            ['garage', 4],
          ]),
        },
      }),
    ),
    events: known([anEvent('BackOff', 'Back-off restarting failed container')]),
  });
};

const criticalLines: readonly LogLine[] = [
  {
    at: ago(minutes(6)),
    signature: 'camera-crashed',
    camera: 'back',
    text: 'watchdog.back ERROR : Ffmpeg process crashed unexpectedly for back.',
  },
  {
    at: ago(minutes(5)),
    signature: 'camera-unreachable',
    camera: 'back',
    text: 'ffmpeg.back.detect ERROR : rtsp://***@192.0.2.14/live: Connection refused',
  },
];

const blind = (): Observation => {
  const why = unknown(
    'unreachable',
    'get deployments.apps frigate in namespace cameras: connect ECONNREFUSED 192.0.2.1:6443',
    [run('kubectl cluster-info')],
  );
  return anObservation({
    apiServer: why,
    workload: why,
    pods: why,
    node: why,
    events: why,
    via: null,
    frigate: {liveness: [], stats: why, history: why, config: why, segments: new Map(), go2rtc: notAsked()},
    log: why,
  });
};

/** What the golden pictures show. */
export const looks: Readonly<Record<string, () => LiveObservation>> = {
  ok: () => aLook(),
  critical: () =>
    aLook(critical(), {
      lines: criticalLines,
      state: {
        lastPass: {at: ago(minutes(3)), by: 'cronjob', result: 'alert R-04: degraded'},
        restarts: [
          {
            id: 'a',
            at: ago(minutes(200)),
            cause: 'detector',
            rule: 'R-12',
            who: 'automatic',
            reason: 'hung',
            findings: [],
            phase: 'helped',
            settledAt: ago(minutes(190)),
          },
        ],
      },
    }),
  unknown: () =>
    aLook(blind(), {
      sources: {
        cluster: lost('get deployments.apps frigate in namespace cameras: connect ECONNREFUSED 192.0.2.1:6443'),
        frigate: lost('GET /api/stats: no way to the pod'),
      },
      watchState: {lastStats: {reading: aReading(), answeredAt: ago(seconds(12))}},
    }),
  own: () => aLook(anObservation(), {custom: ownFindings()}),
  empty: () => ({...aLook(anObservation(), {watchState: emptyWatchState}), complete: false}),
  many: () => aLook(withCameras(200, (index) => (index % 37 === 5 ? 0 : 5.1))),
};

export const policy = aPolicy();
export const clock = (): Instant => now;
