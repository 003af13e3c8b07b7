/** A go2rtc that cannot run at all (AlexxIT/go2rtc#902: a binary of another architecture in /config). */
import {every, type Fault, type FaultContext, type LogLine, type Span} from '../fault.js';
import type {Site} from '../site.js';
import {GO2RTC} from '../titles.js';
import {crashLoop} from './camera.js';

const forever = {from: 0, to: Infinity};

const throughGo2rtc = (site: Site): readonly string[] =>
  site.cameras.filter((camera) => camera.throughGo2rtc).map((camera) => camera.name);

/** s6 restarts the service after a second at the earliest; writing its configuration takes one or two (1.2 s in a measured start). */
const PERIOD = 3;

/** The run script and its finish script, docker/main/rootfs/etc/s6-overlay/s6-rc.d/go2rtc at v0.17.2. */
const serviceLog = function* (context: FaultContext, span: Span): Generator<LogLine> {
  for (const at of every(PERIOD, context.since + 1.2, {from: span.from - PERIOD, to: span.to})) {
    const lines: readonly LogLine[] = [
      {at, text: '[INFO] Starting go2rtc...'},
      {at: at + 0.01, text: './run: line 79: /config/go2rtc: cannot execute binary file: Exec format error'},
      {at: at + 0.02, text: '[INFO] The go2rtc service exited with code 126 (by signal 0)'},
      {at: at + 1.1, text: '[INFO] Preparing new go2rtc config...'},
    ];
    for (const line of lines) if (line.at >= span.from && line.at < span.to) yield line;
  }
};

const dead: Fault = {
  name: 'go2rtc-dead',
  summary: 'go2rtc cannot be executed and exits with 126 repeatedly: the cameras that it streams deliver nothing',
  cure: 'none',
  cameras: throughGo2rtc,
  deadGo2rtc: true,
  // Its pid is read once at the start of Frigate.
  missing: () => [GO2RTC],
  rates: (_camera, healthy, context) =>
    context.fromStart
      ? {camera: 0, process: 0, skipped: 0, detection: 0}
      : {camera: 0, process: 5.2, skipped: 0, detection: healthy.detection > 0 ? 5.4 : 0},
  ffmpegGeneration: (_camera, context) => Math.floor(context.elapsed / 10),
  recordingStops: () => forever,
  log: function* (context, span) {
    yield* serviceLog(context, span);
    for (const camera of context.run.site.cameras.filter((one) => context.cameras.has(one.name)))
      yield* crashLoop(camera, span, {first: context.since + 0.4, period: 10}, [
        `rtsp://127.0.0.1:8554/${camera.name}: Connection refused`,
      ]);
  },
};

export const go2rtcFaults: readonly Fault[] = [dead];
