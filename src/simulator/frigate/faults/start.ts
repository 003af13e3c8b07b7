/** What makes a start different from the one that was measured: long steps, another port, a first snapshot that is too early. */
import type {Fault, FaultContext, FaultState, LogLine, Rates, Span} from '../fault.js';
import {longStep, stepLines, type LongStep} from '../long-steps.js';
import {minorOf, type SimulatedCamera, type SimulatedDetector} from '../site.js';
import {detectorTitle} from '../titles.js';
import {starved} from './detector.js';

/** s6 begins with its oneshots at once; Frigate's main process gets to its migrations, and its detectors to their models, as measured. */
const BEGINS: Readonly<Record<LongStep['holdsBack'], number>> = {services: 0.9, backend: 8.9, detector: 11.1};

const lastsOf = (state: FaultState): number => state.lasts ?? longStep(state.detail).lasts;

const heldBack =
  (what: LongStep['holdsBack'], seconds: (state: FaultState) => number) =>
  (state: FaultState): number =>
    longStep(state.detail).holdsBack === what ? seconds(state) : 0;

/** Seconds of the step that are over; a step that was not there at the start has not begun. */
const worked = (context: FaultContext): number =>
  context.fromStart ? context.elapsed - BEGINS[longStep(context.fault.detail).holdsBack] : -Infinity;

/** The first detector works on its model: nothing was ever inferred. */
const unready = (context: FaultContext, lasts: number): boolean =>
  longStep(context.fault.detail).holdsBack === 'detector' && worked(context) < lasts && context.fromStart;

const firstDetector = (context: FaultContext): SimulatedDetector | undefined => context.run.site.detectors[0];

const workerOf = (context: FaultContext): string => {
  const {worker} = longStep(context.fault.detail);
  const detector = firstDetector(context);
  return worker === 'detector' && detector !== undefined ? detectorTitle(context.run.version, detector.name) : worker;
};

const start = (
  name: 'model-build' | 'start-hangs',
  summary: string,
  lasts: (state: FaultState) => number,
  standsStill: boolean,
): Fault => ({
  name,
  summary,
  // Ending it early makes the next container do the same work from its beginning.
  cure: 'none',
  over: (state) => BEGINS[longStep(state.detail).holdsBack] + lasts(state),
  slowStart: heldBack('backend', lasts),
  servicesLate: heldBack('services', lasts),
  preparing: (state) => (longStep(state.detail).holdsBack === 'services' ? longStep(state.detail).worker : ''),
  cpu: (title, context) =>
    title === workerOf(context) && worked(context) >= 0 && worked(context) < lasts(context.fault)
      ? standsStill
        ? 0
        : longStep(context.fault.detail).cpu
      : null,
  rates: (camera: SimulatedCamera, healthy: Rates, context) =>
    unready(context, lasts(context.fault)) ? starved(camera, healthy, context, 1) : healthy,
  detector: (detector, healthy, context) =>
    unready(context, lasts(context.fault)) && detector.name === firstDetector(context)?.name
      ? {...healthy, inference: 10, detectionStart: 0}
      : healthy,
  log: (context: FaultContext, span: Span): readonly LogLine[] => {
    if (!context.fromStart) return [];
    const step = longStep(context.fault.detail);
    return stepLines(step, context.since + BEGINS[step.holdsBack], lasts(context.fault), standsStill).filter(
      ({at}) => at >= span.from && at < span.to,
    );
  },
});

const modelBuild = start(
  'model-build',
  'a start that takes long and works on it: a model build (tensorrt, migraphx, onnx, openvino), a migration, a download, or a step that no list knows',
  lastsOf,
  false,
);

const startHangs = start(
  'start-hangs',
  'a start that stands still in one of the long steps: its first line, then silence and no CPU, for ever',
  () => Infinity,
  true,
);

/** `127.0.0.1:5000`, `5005`: what `networking.listen.internal` may say (0.18, frigate/config/network.py). */
const address = (text: string): {readonly port: number; readonly local: boolean} => {
  const colon = text.lastIndexOf(':');
  return {port: Number(text.slice(colon + 1)), local: colon > 0 && text.startsWith('127.')};
};

/** blakeblackshear/frigate#21779, #18332: everything is well, and port 5000 refuses. */
const portMoved: Fault = {
  name: 'port-moved',
  summary:
    'nginx listens on another port (0.18 `networking.listen.internal`): 5000 refuses, 127.0.0.1:5001 answers, all is well',
  cure: 'none',
  listens: ({detail}) => address(detail ?? '5005'),
};

/**
 * The first GET of a start finds no snapshot and takes one at uptime 2 to 4 s. In 2 of 10 starts of 0.17.2 it named the capture of all
 * three cameras and two processes more that its own list of processes did not hold yet; it stands until the emitter's first turn.
 */
const firstSnapshot: Fault = {
  name: 'first-snapshot',
  summary: 'the first snapshot of each start names processes that its own list does not hold yet, until the second one',
  cure: 'none',
  missing: (context) =>
    context.fromStart && context.index === 0 && minorOf(context.run.version) >= 14
      ? [
          ...context.run.site.cameras.map(({name}) => `frigate.capture:${name}`),
          ...context.run.site.cameras.slice(-2).map(({name}) => `frigate.process:${name}`),
        ]
      : [],
};

export const startFaults: readonly Fault[] = [modelBuild, startHangs, portMoved, firstSnapshot];
