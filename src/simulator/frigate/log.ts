/** The log of one life of Frigate: its start, and what its faults make it say. Sorted by true time. */
import {every, type LogLine, type Run, type Span} from './fault.js';
import {bracketed, s6Stamp} from './lines.js';
import {
  activeFaults,
  apiStart,
  clockOffset,
  containerEnd,
  inSafeMode,
  servicesStart,
  startOf,
  uptimeStart,
} from './run.js';
import {fullVersion, minorOf} from './site.js';
import {detectorTitle} from './titles.js';

/** The start of 0.17.2 as recorded; older ones differ in words that no pattern asks for. */
const startLines = (run: Run): LogLine[] => {
  const start = servicesStart(run);
  const up = uptimeStart(run);
  const cameras = inSafeMode(run) ? [] : run.site.cameras.filter((camera) => camera.enabled);
  const maintainer = minorOf(run.version) >= 17 ? 'frigate.camera.maintainer' : 'frigate.app';
  // Written when they are said: a start that never comes so far has no time for them.
  const lines: ReadonlyArray<{readonly at: number; readonly text: () => string}> = [
    {at: start + 0.6, text: () => '[INFO] Starting NGINX...'},
    {at: start + 0.7, text: () => '[INFO] Preparing Frigate...'},
    {at: start + 2.6, text: () => '[INFO] Preparing new go2rtc config...'},
    {at: start + 2.8, text: () => '[INFO] Starting Frigate...'},
    {at: start + 3.8, text: () => '[INFO] Starting go2rtc...'},
    {
      at: start + 3.81,
      text: () =>
        `${new Date((start + 3.81) * 1000).toISOString().slice(11, 23)} INF go2rtc platform=linux/amd64 revision= version=1.9.10`,
    },
    {
      at: start + 3.82,
      text: () => `${new Date((start + 3.82) * 1000).toISOString().slice(11, 23)} INF [rtsp] listen addr=:8554`,
    },
    {
      at: start + 7.9,
      text: () =>
        bracketed(start + 7.9, 'frigate.util.config', 'INFO', 'Checking if frigate config needs migration...'),
    },
    {
      at: start + 8.8,
      text: () => bracketed(start + 8.8, 'frigate.app', 'INFO', `Starting Frigate (${fullVersion[run.version]})`),
    },
    {at: start + 8.9, text: () => bracketed(start + 8.9, 'peewee_migrate.logs', 'INFO', 'Starting migrations')},
    {at: up - 2.9, text: () => bracketed(up - 2.9, 'peewee_migrate.logs', 'INFO', 'There is nothing to migrate')},
    {at: up - 1.2, text: () => bracketed(up - 1.2, 'frigate.app', 'INFO', 'Recording process started: 353')},
    ...run.site.detectors.flatMap((detector) =>
      detector.type === 'edgetpu'
        ? [
            {
              at: up - 0.9,
              text: () =>
                bracketed(up - 0.9, 'frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'Attempting to load TPU as usb'),
            },
            {
              at: up + 1.8,
              text: () => bracketed(up + 1.8, 'frigate.detectors.plugins.edgetpu_tfl', 'INFO', 'TPU found'),
            },
          ]
        : [],
    ),
    ...(minorOf(run.version) <= 16
      ? run.site.detectors.map((detector) => ({
          at: up - 0.95,
          text: () =>
            bracketed(
              up - 0.95,
              detectorTitle(run.version, detector.name).replace('frigate.', ''),
              'INFO',
              'Starting detection process: 416',
            ),
        }))
      : []),
    ...cameras.flatMap((camera, index) => [
      {
        at: up + index * 0.01,
        text: () => bracketed(up, maintainer, 'INFO', `Camera processor started for ${camera.name}: ${1000 + index}`),
      },
      {
        at: up + 0.5 + index * 0.01,
        text: () => bracketed(up, maintainer, 'INFO', `Capture process started for ${camera.name}: ${2000 + index}`),
      },
    ]),
    ...(minorOf(run.version) >= 15
      ? [
          {at: up + 2.7, text: () => bracketed(up + 2.7, 'frigate.api.fastapi_app', 'INFO', 'Starting FastAPI app')},
          {at: up + 3, text: () => bracketed(up + 3, 'frigate.api.fastapi_app', 'INFO', 'FastAPI started')},
        ]
      : []),
  ];
  return lines.filter(({at}) => Number.isFinite(at)).map(({at, text}) => ({at, text: text()}));
};

/** nginx' line about each request of an open browser page; those of the statistics are not logged (nginx.conf). */
const viewLines = (run: Run, span: Span): LogLine[] => {
  const {viewedEvery} = run.site;
  if (viewedEvery === undefined) return [];
  return [...every(viewedEvery, apiStart(run), span)].map((at) => ({
    at,
    text: `192.168.20.2 - - [${new Date(Math.floor(at) * 1000).toISOString()}] "GET /api/events?limit=25 HTTP/1.1" 200 4821 "-" "Mozilla/5.0" "-" request_time="0.004"`,
  }));
};

/** Lines of the run within the span, oldest first. Nothing is said before the start, after `span.to` or after the end of the container. */
export const logLines = (run: Run, span: Span): readonly LogLine[] => {
  const end = Math.min(containerEnd(run)?.at ?? Infinity, run.endedAt === undefined ? Infinity : run.endedAt / 1000);
  const shown: Span = {from: Math.max(span.from, startOf(run)), to: Math.min(span.to, end)};
  if (shown.to <= shown.from) return [];
  const lines = [
    ...startLines(run).filter((line) => line.at >= shown.from && line.at < shown.to),
    ...viewLines(run, shown),
  ];
  for (const {fault, context} of activeFaults(run, shown.to)) {
    if (fault.log !== undefined) lines.push(...fault.log(context, shown));
  }
  return lines.sort((a, b) => a.at - b.at);
};

/** What TERM makes an orderly Frigate say. */
export const farewell = (run: Run, at: number): readonly string[] => {
  const clock = at + clockOffset(run, at);
  return [
    bracketed(clock, 'frigate.app', 'INFO', 'Stopping...'),
    bracketed(clock, 'frigate.watchdog', 'INFO', 'Exiting watchdog...'),
    bracketed(clock, 'frigate.stats.emitter', 'INFO', 'Exiting stats emitter...'),
    '[INFO] Service Frigate exited with code 0 (by signal 0)',
  ];
};

/** The line as it stands in the container's stdout. */
export const printed = (line: LogLine): string => `${s6Stamp(line.at)}  ${line.text}`;
