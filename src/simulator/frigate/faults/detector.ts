/** Faults of the detector process. Numbers: recordings of det-stop, det-stop-busy, det-slow, det-kill on 0.17.2 and 0.14.1. */
import {
  every,
  once,
  type DetectorSample,
  type Fault,
  type FaultContext,
  type LogLine,
  type Rates,
  type Span,
} from '../fault.js';
import {healthyDetector} from '../healthy.js';
import {bracketed, forceKilling} from '../lines.js';
import {hashOf, minorOf, round, type FrigateVersion, type SimulatedCamera, type SimulatedDetector} from '../site.js';
import {detectorTitle} from '../titles.js';

/** What a camera shows while its detector does not answer; `share` of the 10 s window lie in the fault. */
export const starved = (camera: SimulatedCamera, healthy: Rates, context: FaultContext, share: number): Rates => {
  if (camera.scene === 'still') return healthy;
  const trickle = 0.1 + 0.1 * (hashOf(`${camera.name}/${Math.floor(context.index / 3)}`) % 2);
  const process = round(healthy.process * (1 - share) + trickle * share);
  // Up to 0.16 a timed-out region still counts as a detection; from 0.17 on it does not.
  const left = minorOf(context.run.version) <= 16 ? 0.2 : 0;
  return {
    camera: healthy.camera,
    process,
    skipped: round(Math.max(0, healthy.camera - process)),
    detection: round(healthy.detection * (1 - share) + left * share),
  };
};

const frozenInference = (detector: SimulatedDetector, context: FaultContext): number =>
  context.fromStart ? 10 : healthyDetector(detector, context.index - Math.ceil(context.elapsed / 15), 0).inference;

export const killLines = (
  version: FrigateVersion,
  detector: SimulatedDetector,
  stuckAt: number,
  pid: number,
): ReadonlyArray<readonly [number, string]> => [
  [0, bracketed(stuckAt, 'frigate.watchdog', 'INFO', 'Detection appears to be stuck. Restarting detection process...')],
  [0.0007, bracketed(stuckAt, 'root', 'INFO', 'Waiting for detection process to exit gracefully...')],
  [30.04, bracketed(stuckAt + 30, 'root', 'INFO', forceKilling(version))],
  [30.05, bracketed(stuckAt + 30, 'root', 'INFO', 'Detection process has exited...')],
  ...(minorOf(version) <= 16
    ? [
        [
          30.1,
          bracketed(stuckAt + 30, `detector.${detector.name}`, 'INFO', `Starting detection process: ${pid}`),
        ] as const,
      ]
    : []),
  ...(detector.type === 'edgetpu'
    ? [
        [
          30.2,
          bracketed(stuckAt + 30, 'frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'Attempting to load TPU as usb'),
        ] as const,
        [33.1, bracketed(stuckAt + 33, 'frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'TPU found')] as const,
      ]
    : [
        [
          30.09,
          bracketed(
            stuckAt + 30,
            'frigate.detectors',
            'WARNING',
            'CPU detectors are not recommended and should only be used for testing or for trial purposes.',
          ),
        ] as const,
      ]),
];

/** The watchdog sees a stuck inference 16 s after it began and has replaced the process 46 s after. */
const VISIBLE = 16;
const REPLACED = 46;
/** Between two hangs of a loop (measured: one about every 70 s). */
const CYCLE = 70;

/** The first detector hangs, as in every measurement; the others go on. */
export const isHanging = (detector: SimulatedDetector, context: FaultContext): boolean =>
  detector.name === context.run.site.detectors[0]?.name;

const busyHang = (
  detector: SimulatedDetector,
  healthy: DetectorSample,
  context: FaultContext,
  phase: number,
  generation: number,
): DetectorSample => {
  if (!isHanging(detector, context)) return healthy;
  if (phase >= REPLACED) return {...healthy, generation: generation + 1};
  return {
    inference: phase < 1 ? healthy.inference : frozenInference(detector, context),
    // The watchdog zeroes it when it acts, so it is visible in one snapshot at most.
    detectionStart: phase < VISIBLE ? context.at - phase : 0,
    generation,
    alive: true,
  };
};

/** How much of the 10 s window of the rates lies in the hang. */
const busyShare = (phase: number): number =>
  phase < REPLACED ? Math.min(1, phase / 10) : Math.max(0, 1 - (phase - REPLACED) / 10);

const killLog = function* (context: FaultContext, span: Span, stuckAt: number, generation: number): Generator<LogLine> {
  const detector = context.run.site.detectors[0];
  if (detector !== undefined)
    yield* once(stuckAt, killLines(context.run.version, detector, stuckAt, 1900 + generation * 37), span);
};

/** What stats show of a detector that hangs between two inferences. Its CPU was 0.0 in every snapshot, 3.8 before. */
export const silentDetector = {
  rates: (camera: SimulatedCamera, healthy: Rates, context: FaultContext): Rates =>
    starved(camera, healthy, context, Math.min(1, context.elapsed / 10)),
  detector: (detector: SimulatedDetector, healthy: DetectorSample, context: FaultContext): DetectorSample =>
    isHanging(detector, context)
      ? {...healthy, inference: frozenInference(detector, context), detectionStart: 0}
      : healthy,
  cpu: (title: string, context: FaultContext): number | null =>
    title === detectorTitle(context.run.version, context.run.site.detectors[0]?.name ?? '') ? 0 : null,
} satisfies Partial<Fault>;

const silent: Fault = {
  name: 'det-stop',
  summary:
    'the detector process hangs between two inferences: nothing in the log, cameras with motion skip every frame',
  cure: 'restart',
  ignoresTerm: true,
  ...silentDetector,
};

const busy: Fault = {
  name: 'det-stop-busy',
  summary: 'the detector hangs inside an inference; Frigate replaces it within 46 s',
  cure: 'itself',
  rates: (camera, healthy, context) => starved(camera, healthy, context, busyShare(context.elapsed)),
  detector: (detector, healthy, context) => busyHang(detector, healthy, context, context.elapsed, 0),
  log: (context, span) => killLog(context, span, context.since + VISIBLE, 0),
};

const stuckLoop: Fault = {
  name: 'coral-stuck',
  summary: 'the detector hangs again and again: Frigate force-kills it about every 70 s, each new one hangs too',
  cure: 'restart',
  ignoresTerm: true,
  rates: (camera, healthy, context) => starved(camera, healthy, context, busyShare(context.elapsed % CYCLE)),
  detector: (detector, healthy, context) =>
    busyHang(detector, healthy, context, context.elapsed % CYCLE, Math.floor(context.elapsed / CYCLE)),
  log: function* (context, span) {
    const reach = {from: span.from - CYCLE, to: span.to};
    for (const stuckAt of every(CYCLE, context.since + VISIBLE, reach)) {
      yield* killLog(context, span, stuckAt, Math.round((stuckAt - context.since - VISIBLE) / CYCLE));
    }
  },
};

const slow: Fault = {
  name: 'det-slow',
  summary:
    'the detector process gets almost no CPU: inference far over its baseline, cameras with motion skip most frames',
  cure: 'restart',
  rates: (camera, healthy, context) => {
    if (camera.scene === 'still' || context.elapsed < 10) return healthy;
    const turn = hashOf(`${camera.name}/${context.index}`);
    const process = round((camera.scene === 'busy' ? 0.8 : 1.4) + (turn % 5) / 10);
    return {
      camera: healthy.camera,
      process,
      skipped: round(healthy.camera - process),
      detection: round(1.7 + (turn % 4) / 10),
    };
  },
  detector: (detector, healthy, context) =>
    context.elapsed < 10 || !isHanging(detector, context)
      ? healthy
      : {
          ...healthy,
          inference: round(102 + (hashOf(`slow/${context.index}`) % 80) + 0.25, 2),
          detectionStart: context.at - 0.1 - (context.index % 5) / 10,
        },
};

/** Seconds of a new container until its detector runs, so that one that exits at each start first shows an uptime of 2 to 4. */
const warmUp = (context: FaultContext): number => (context.fromStart ? 12 : 0);

const stopped = (context: FaultContext, span: Span): LogLine[] =>
  once(
    context.since + warmUp(context),
    [
      [
        10.1,
        bracketed(
          context.since + 10,
          'frigate.watchdog',
          'INFO',
          'Detection appears to have stopped. Exiting Frigate...',
        ),
      ],
      [10.2, bracketed(context.since + 10, 'frigate.app', 'INFO', 'Stopping...')],
      [10.4, bracketed(context.since + 10, 'frigate.watchdog', 'INFO', 'Exiting watchdog...')],
      [10.5, bracketed(context.since + 10, 'frigate.stats.emitter', 'INFO', 'Exiting stats emitter...')],
      [11.9, '[INFO] Service Frigate exited with code 0 (by signal 0)'],
    ],
    span,
  );

/** Container exit 143 without a TERM signal: certsync's or nginx' finish script writes it (measured, item 16). */
const killed = {
  missing: (context: FaultContext) =>
    context.run.site.detectors.slice(0, 1).map((detector) => detectorTitle(context.run.version, detector.name)),
  rates: (camera: SimulatedCamera, healthy: Rates, context: FaultContext) =>
    starved(camera, healthy, context, Math.min(1, context.elapsed / 10)),
  door: (_path: string, context: FaultContext) =>
    context.elapsed > 10.5 + warmUp(context) ? ('refused' as const) : ('open' as const),
  log: stopped,
  end: (context: FaultContext) => ({after: 12 + warmUp(context), exitCode: 143, reason: 'Error' as const}),
};

const kill: Fault = {
  name: 'det-kill',
  summary: 'the detector process exits; Frigate ends the container and starts again',
  cure: 'itself',
  ...killed,
};

const killLoop: Fault = {
  name: 'det-kill-loop',
  summary: 'the detector process exits at each start: crash loop',
  cure: 'none',
  ...killed,
};

export const detectorFaults: readonly Fault[] = [silent, busy, stuckLoop, slow, kill, killLoop];
