/** Detectors whose device is lost, that log their problem, or that are replaced now and then. */
import {every, once, type Fault, type FaultContext, type LogLine, type Span} from '../fault.js';
import {bracketed} from '../lines.js';
import type {SimulatedDetector} from '../site.js';
import {isHanging, killLines, silentDetector, starved} from './detector.js';

/** A register that reads as all ones: no device answers any more. The driver makes an impossible temperature of it. */
const LOST = -89.4;

const deviceLost: Fault = {
  name: 'det-device-lost',
  summary: 'the device of the detector is lost: its detector is silent, its temperature impossible (below -40 °C)',
  cure: 'none',
  ignoresTerm: true,
  ...silentDetector,
  temperature: (detector, context) => (isHanging(detector, context) ? LOST : null),
};

/** Seconds between two replacements: each pass that is so far from the last one sees another pid. */
const REPLACED_EVERY = 600;

const periodOf = (context: FaultContext): number => context.fault.every ?? REPLACED_EVERY;

/** Frigate finds it stuck, kills it, and the next one works for minutes. Without a history of stats (up to 0.13) only its pid shows it. */
const replaced: Fault = {
  name: 'det-replaced',
  summary: 'one detector is replaced every ten minutes and works in between: its pid differs in every pass',
  cure: 'none',
  detector: (detector: SimulatedDetector, healthy, context) =>
    isHanging(detector, context)
      ? {...healthy, generation: 1 + Math.floor(context.elapsed / periodOf(context))}
      : healthy,
  log: function* (context: FaultContext, span: Span): Generator<LogLine> {
    const [detector] = context.run.site.detectors;
    if (detector === undefined) return;
    for (const replacedAt of every(periodOf(context), context.since, {from: span.from - 60, to: span.to + 60})) {
      const stuckAt = replacedAt - 30;
      if (stuckAt >= context.since) yield* once(stuckAt, killLines(context.run.version, detector, stuckAt, 1900), span);
    }
  },
};

/** frigate/detectors/plugins/hailo8l.py (0.16+), frigate/detectors/detection_runners.py (0.17+), and the library of the Coral. */
const ownWords = (detector: SimulatedDetector, at: number, detail: string | undefined): string => {
  const text = (logger: string, own: string): string => bracketed(at, logger, 'ERROR', detail ?? own);
  switch (detector.type) {
    case 'hailo8l':
      return text('frigate.detectors.plugins.hailo8l', 'Timeout waiting for inference results for request 4711');
    case 'openvino':
      return text(
        'frigate.detectors.detection_runners',
        'Error during OpenVINO inference: [GPU] clFlush, error code: -5',
      );
    case 'edgetpu':
      return detail ?? 'F driver/usb/usb_driver.cc:857] transfer on tag 2 failed. Abort. Deadline exceeded';
    default:
      return text(`detector.${detector.name}`, 'CUDA failure 999: unknown error');
  }
};

const speaking: Fault = {
  name: 'det-error',
  summary: 'the detector writes an error of its own, of any text, instead of every detection',
  cure: 'none',
  rates: (camera, healthy, context) => starved(camera, healthy, context, Math.min(1, context.elapsed / 10)),
  detector: silentDetector.detector,
  log: function* (context, span) {
    const [detector] = context.run.site.detectors;
    if (detector === undefined) return;
    // A Hailo waits 1 s for the results of a request (`response_store.get(request_id, timeout=1.0)`).
    for (const at of every(context.fault.every ?? 1, context.since + 2, span))
      yield {at, text: ownWords(detector, at, context.fault.detail)};
  },
};

export const deviceFaults: readonly Fault[] = [deviceLost, replaced, speaking];
