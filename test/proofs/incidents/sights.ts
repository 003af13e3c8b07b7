/** What several incidents look like: built of the same healthy Frigate as the tests. */
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {CameraStats, Snapshot} from '../../../src/core/observation/frigate.js';
import {hours, milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aContainer,
  ago,
  aHistory,
  anEvent,
  aNode,
  aPod,
  aReading,
  aSegment,
  aTermination,
  cameraNames,
  type ObservationChanges,
} from '../../support/observation.js';

/** Statistics and their history with the same change in every snapshot since the outage began. */
export const statistics = (since: Duration, change: (age: Duration) => Partial<Snapshot>): ObservationChanges => {
  const step = seconds(15);
  const count = 20;
  const newest = seconds(8);
  return {
    frigate: {
      stats: known(aReading(change(newest))),
      history: known(
        aHistory(count, (index) => {
          const age = newest + (count - 1 - index) * step;
          return age <= since ? change(milliseconds(age)) : {};
        }),
      ),
    },
  };
};

/** The same before and after; only these cameras (all of them, where none is named) deliver nothing. */
export const camerasAway = (
  since: Duration,
  away: readonly string[] = cameraNames,
  all: readonly string[] = cameraNames,
  rest: Partial<Snapshot> = {},
): ObservationChanges =>
  statistics(since, (age) => ({
    ...rest,
    cameras: all.map((name, index) =>
      away.includes(name)
        ? aCamera(name, {cameraFps: 0, processFps: 0, skippedFps: 0, detectionFps: 0, ffmpegPid: 0}, index)
        : moving(aCamera(name, {}, index), age),
    ),
  }));

/** Rates wander a little, as real ones do. */
export const moving = (camera: CameraStats, age: Duration): CameraStats => {
  const drift = (Math.floor(age / seconds(15)) % 3) / 10;
  return {
    ...camera,
    cameraFps: (camera.cameraFps ?? 0) - drift,
    processFps: Math.max(0, (camera.processFps ?? 0) - drift),
  };
};

/** Every camera that moves asks for the detector and gets nothing (a still one asks for nothing). */
export const starved = (age: Duration): readonly CameraStats[] =>
  cameraNames.map((name) => {
    const drift = (Math.floor(age / seconds(15)) % 3) / 10;
    return name === 'garage'
      ? moving(aCamera(name), age)
      : aCamera(name, {cameraFps: 5.1 - drift, processFps: 0, skippedFps: 5 - drift, detectionFps: 0});
  });

/** The recordings of these cameras end where the outage began; those of the others go on. */
export const recordedUntil = (
  since: Duration,
  cameras: readonly string[] = cameraNames,
  all: readonly string[] = cameraNames,
): ObservationChanges['frigate'] => ({
  segments: new Map(
    all.map((name) => [
      name,
      cameras.includes(name)
        ? since < hours(1)
          ? aSegment(since)
          : known({found: 'none', after: ago(hours(1))})
        : aSegment(seconds(12)),
    ]),
  ),
});

/** A house with these cameras, each from an address of its own. */
export const house = (
  names: readonly string[],
  hostOf: (name: string, index: number) => string = (_, index) => `192.0.2.${20 + index}`,
): NonNullable<ObservationChanges['frigate']> => ({
  config: known(
    aConfig({
      cameras: names.map((name, index) =>
        aCameraConfig(name, {hosts: [hostOf(name, index)], throughGo2rtc: false, separateRecordInput: false}),
      ),
      go2rtcStreams: [],
    }),
  ),
  stats: known(aReading({cameras: names.map((name, index) => aCamera(name, {}, index))})),
  history: known(
    aHistory(20, (step) => ({
      cameras: names.map((name, index) => moving(aCamera(name, {}, index), seconds(15 * step))),
    })),
  ),
  segments: new Map(names.map((name) => [name, aSegment(seconds(12))])),
  go2rtc: notAsked(),
});

const silence = unknown('unreachable', 'GET /api/stats: no answer');

/** Nothing answers, on any path. */
export const apiDead = (how: 'refused' | 'silent' | 'http-status', detail = how as string): ObservationChanges => ({
  frigate: {
    liveness: (['proxy', 'exec'] as const).map((via) => ({via, verdict: 'dead', how, detail})),
    stats: silence,
    history: silence,
    config: silence,
    segments: new Map(),
    go2rtc: notAsked(),
  },
});

/** There is no container that could be asked. */
export const nobodyThere: NonNullable<ObservationChanges['frigate']> = {
  liveness: (['proxy', 'exec'] as const).map((via) => ({via, verdict: 'unknown', why: 'the container does not run'})),
  stats: silence,
  history: silence,
  config: silence,
  segments: new Map(),
  go2rtc: notAsked(),
};

/** The node of the pod does not report any more, and nothing on it can be asked. */
export const nodeAway: ObservationChanges = {
  node: known(
    aNode({
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransition: ago(minutes(3)),
        },
      ],
    }),
  ),
  frigate: nobodyThere,
};

/** A container that ends again and again; the kubelet waits five minutes between two starts. */
export const crashLoop = (
  since: Duration,
  exit: {readonly exitCode: number; readonly reason?: string},
  podAge: Duration = minutes(2 * 1440),
): ObservationChanges => {
  const restartCount = 4 + Math.floor(since / minutes(5));
  return {
    pods: known([
      aPod({
        createdAt: ago(podAge),
        frigate: aContainer({
          restartCount,
          ready: false,
          state: {
            phase: 'waiting',
            reason: 'CrashLoopBackOff',
            message: 'back-off 5m0s restarting failed container=frigate',
          },
          last: aTermination({
            exitCode: exit.exitCode,
            reason: exit.reason ?? 'Error',
            startedAt: ago(minutes(4)),
            finishedAt: ago(minutes(2)),
          }),
        }),
      }),
    ]),
    events: known([anEvent('BackOff', 'Back-off restarting failed container', {count: restartCount})]),
    frigate: nobodyThere,
  };
};
