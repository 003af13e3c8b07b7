/** Cameras that are away, and the processes that Frigate keeps for each camera. Numbers: recordings of cam-hang, cams-gone, cap-stop, cap-kill; notes of cams-net, proc-stop, proc-kill. */
import {every, type Fault, type FaultContext, type LogLine, type Rates, type Span} from '../fault.js';
import {bracketed, noNewSegments, unprocessed} from '../lines.js';
import {hashOf, type SimulatedCamera, type Site} from '../site.js';

/** The camera that was chosen in the measurements: the one with a record input of its own. */
const chosenCamera = (site: Site): readonly string[] => [
  (site.cameras.find((camera) => camera.separateRecordInput) ?? site.cameras[0])?.name ?? '',
];

const allCameras = (site: Site): readonly string[] => site.cameras.map((camera) => camera.name);

const urlOf = (camera: SimulatedCamera): string => `rtsp://${camera.host}:${camera.port}/cam`;

const concerned = (context: FaultContext): readonly SimulatedCamera[] =>
  context.run.site.cameras.filter((camera) => camera.enabled && context.cameras.has(camera.name));

const forever = {from: 0, to: Infinity};

/** ffmpeg ends, its watchdog says so and starts another one, over and over. `reason` is what ffmpeg itself said. */
export const crashLoop = function* (
  camera: SimulatedCamera,
  span: Span,
  timing: {readonly first: number; readonly period: number},
  reason: readonly string[],
): Generator<LogLine> {
  const reach = {from: span.from - 12, to: span.to};
  for (const lost of every(timing.period, timing.first, reach)) {
    const found = lost + 9.7;
    const lines: readonly LogLine[] = [
      {
        at: lost,
        text: bracketed(lost, 'frigate.video', 'ERROR', `${camera.name}: Unable to read frames from ffmpeg process.`),
      },
      {
        at: lost + 0.001,
        text: bracketed(
          lost,
          'frigate.video',
          'ERROR',
          `${camera.name}: ffmpeg process is not running. exiting capture thread...`,
        ),
      },
      {
        at: found,
        text: bracketed(
          found,
          `watchdog.${camera.name}`,
          'ERROR',
          `Ffmpeg process crashed unexpectedly for ${camera.name}.`,
        ),
      },
      {
        at: found + 0.0005,
        text: bracketed(
          found,
          `watchdog.${camera.name}`,
          'ERROR',
          'The following ffmpeg logs include the last 100 lines prior to exit.',
        ),
      },
      ...reason.map((text, index) => ({
        at: found + 0.001 + index * 0.0005,
        text: bracketed(found, `ffmpeg.${camera.name}.detect`, 'ERROR', text),
      })),
      {at: found + 0.005, text: bracketed(found, `watchdog.${camera.name}`, 'INFO', 'Restarting ffmpeg...')},
    ];
    for (const line of lines) if (line.at >= span.from && line.at < span.to) yield line;
  }
};

/** The watchdog of a record input of its own; a single input is never watched in any version (0.12 to 0.17). */
export const recordWatchdog = function* (
  camera: SimulatedCamera,
  context: FaultContext,
  span: Span,
  first: number,
  period = 10,
): Generator<LogLine> {
  if (!camera.separateRecordInput) return;
  for (const at of every(period, context.since + first, span)) {
    const turn = Math.round((at - context.since - first) / period);
    yield {
      at,
      text: bracketed(
        at,
        `watchdog.${camera.name}`,
        'ERROR',
        noNewSegments(context.run.version, camera.name, turn % 2 === 0),
      ),
    };
  }
};

/** The source is silent but its TCP connection stands: ffmpeg's own 10 s end it (rates over the 10 s window, then the watchdog's zero). */
const fallingSilent = (healthy: Rates, context: FaultContext): Rates => {
  if (context.fromStart) return {camera: 0, process: 0, skipped: 0, detection: 0};
  const kept = healthy.detection > 0 ? 0.3 : 0;
  if (context.elapsed < 8) return healthy;
  if (context.elapsed < 30) return {camera: 0.1, process: 0.1, skipped: 0, detection: kept > 0 ? 0.1 : 0};
  return {camera: context.elapsed < 45 ? 0.3 : 0, process: 0.3, skipped: 0, detection: kept};
};

/** ffmpeg is running in about two of three snapshots while it waits for its timeout. */
const ffmpegComesAndGoes = (context: FaultContext): readonly string[] =>
  context.elapsed < 25
    ? []
    : concerned(context)
        .filter((camera) => hashOf(`${camera.name}/${context.index}`) % 3 === 0)
        .map((camera) => `ffmpeg:${camera.name}`);

const newFfmpegs =
  (period: number) =>
  (_camera: SimulatedCamera, context: FaultContext): number =>
    Math.floor(context.elapsed / period);

const hang: Fault = {
  name: 'cam-hang',
  summary: 'one camera is silent while its TCP connection stands',
  cure: 'none',
  cameras: chosenCamera,
  rates: (_camera, healthy, context) => fallingSilent(healthy, context),
  missing: ffmpegComesAndGoes,
  ffmpegGeneration: newFfmpegs(20),
  recordingStops: () => forever,
  log: function* (context, span) {
    for (const camera of concerned(context)) {
      yield* crashLoop(camera, span, {first: context.since + 30, period: 20}, [
        `${urlOf(camera)}: Connection timed out`,
      ]);
      yield* recordWatchdog(camera, context, span, 120, 20);
    }
  },
};

const network: Fault = {
  name: 'cams-net',
  summary: 'packets to the cameras are dropped: a switch, a cable, a subnet',
  cure: 'none',
  cameras: allCameras,
  rates: (_camera, healthy, context) => fallingSilent(healthy, context),
  missing: ffmpegComesAndGoes,
  ffmpegGeneration: newFfmpegs(15),
  recordingStops: () => forever,
  log: function* (context, span) {
    for (const camera of concerned(context)) {
      if (camera.throughGo2rtc) {
        for (const at of every(30, context.since + 6, span)) {
          yield {
            at,
            text: `${new Date(at * 1000).toISOString().slice(11, 23)} WRN github.com/AlexxIT/go2rtc/internal/streams/producer.go:170 > error="read tcp 10.42.0.7:41230->${camera.host}:${camera.port}: i/o timeout" url=rtsp://${camera.host}:${camera.port}/cam`,
          };
        }
      }
      yield* crashLoop(camera, span, {first: context.since + 26, period: 20}, [
        `${urlOf(camera)}: Connection timed out`,
      ]);
    }
  },
};

const gone: Fault = {
  name: 'cams-gone',
  summary: 'the cameras refuse connections',
  cure: 'none',
  cameras: allCameras,
  rates: (camera, healthy, context) => {
    if (context.fromStart) return {camera: 0, process: 0, skipped: 0, detection: 0};
    if (camera.throughGo2rtc) {
      if (context.elapsed < 10) return healthy;
      if (context.elapsed < 45)
        return {
          camera: context.elapsed < 30 ? 0.1 : 0.3,
          process: context.elapsed < 30 ? 0.1 : 0.3,
          skipped: 0,
          detection: context.elapsed < 30 ? 0.2 : 0.6,
        };
      return {camera: 0, process: 0.3, skipped: 0, detection: 0.6};
    }
    // Only camera_fps is reset: the others keep their last value for ever (Frigate 0.17.2).
    return {camera: 0, process: 5.2, skipped: 0, detection: healthy.detection > 0 ? 5.4 : 0};
  },
  missing: (context) =>
    concerned(context)
      .filter((camera) => !camera.throughGo2rtc || context.elapsed > 25)
      .map((camera) => `ffmpeg:${camera.name}`),
  ffmpegGeneration: newFfmpegs(10),
  recordingStops: () => forever,
  log: function* (context, span) {
    for (const camera of concerned(context)) {
      const refused = camera.throughGo2rtc
        ? [
            'method DESCRIBE failed: 404 Not Found',
            `rtsp://127.0.0.1:8554/${camera.name}: Server returned 404 Not Found`,
          ]
        : [
            `[tcp @ 0x558d6e8e5d80] Connection to tcp://${camera.host}:${camera.port}?timeout=10000000 failed: Connection refused`,
            `${urlOf(camera)}: Connection refused`,
          ];
      if (camera.throughGo2rtc) {
        for (const at of every(10, context.since + 12, span)) {
          yield {
            at,
            text: `${new Date(at * 1000).toISOString().slice(11, 23)} WRN [rtsp] error="streams: dial tcp ${camera.host}:${camera.port}: connect: connection refused" stream=${camera.name}`,
          };
        }
      }
      yield* crashLoop(camera, span, {first: context.since + (camera.throughGo2rtc ? 28 : 0.4), period: 10}, refused);
    }
  },
};

const frozen = (camera: SimulatedCamera, _healthy: Rates, context: FaultContext): Rates => context.frozenRates(camera);

/** The recorder waits for frames of that camera that no process handles. */
const unprocessedLog = (after: number) =>
  function* (context: FaultContext, span: Span): Generator<LogLine> {
    for (const camera of concerned(context)) {
      for (const at of every(10, context.since + after, span)) {
        yield {
          at,
          text: bracketed(at, 'frigate.record.maintainer', 'WARNING', unprocessed(context.run.version, camera.name)),
        };
      }
    }
  };

const captureStopped: Fault = {
  name: 'cap-stop',
  summary: 'the capture process of one camera hangs: its numbers stand still at healthy values for ever',
  cure: 'restart',
  ignoresTerm: true,
  cameras: chosenCamera,
  rates: frozen,
  // 0.0 in every snapshot, 0.3 before (recording of cap-stop).
  cpu: (title, context) => (concerned(context).some((camera) => title === `frigate.capture:${camera.name}`) ? 0 : null),
  recordingStops: () => forever,
  log: unprocessedLog(77),
};

const captureKilled: Fault = {
  ...captureStopped,
  name: 'cap-kill',
  summary: 'the capture process of one camera exited: its numbers stay at healthy values for ever',
  missing: (context) =>
    context.elapsed < 6
      ? []
      : concerned(context).flatMap((camera) => [`frigate.capture:${camera.name}`, `ffmpeg:${camera.name}`]),
  log: unprocessedLog(70),
};

const processStopped: Fault = {
  name: 'proc-stop',
  summary: 'the process of one camera hangs: every frame is skipped while its own rates keep healthy values',
  cure: 'restart',
  ignoresTerm: true,
  cameras: chosenCamera,
  rates: (camera, healthy, context) => {
    const last = context.frozenRates(camera);
    return {
      camera: healthy.camera,
      process: last.process,
      skipped: context.elapsed < 10 ? Math.round(healthy.camera * context.elapsed) / 10 : healthy.camera,
      detection: last.detection,
    };
  },
  recordingStops: () => forever,
  log: unprocessedLog(72),
};

const processKilled: Fault = {
  ...processStopped,
  name: 'proc-kill',
  summary: 'the process of one camera exited: every frame is skipped while its own rates keep healthy values',
  missing: (context) =>
    context.elapsed < 6 ? [] : concerned(context).map((camera) => `frigate.process:${camera.name}`),
};

export const cameraFaults: readonly Fault[] = [
  hang,
  network,
  gone,
  captureStopped,
  captureKilled,
  processStopped,
  processKilled,
];
