/**
 * A recorder that logs errors: with any text, as often as the source writes them, and threads or containers that end with one.
 * frigate/record/maintainer.py (v0.13.2, v0.17.2): an error while one segment is stored is two lines for that segment; one that
 * leaves `move_files`, such as the directory that cannot be made, ends the turn of all cameras and comes every 5 s.
 */
import {every, once, type Fault, type FaultContext, type LogLine, type Span} from '../fault.js';
import {bracketed} from '../lines.js';
import {minorOf, type SimulatedCamera} from '../site.js';

const forever = {from: 0, to: Infinity};

const loggerOf = (context: FaultContext): string =>
  minorOf(context.run.version) >= 13 ? 'frigate.record.maintainer' : 'frigate.record';

const concerned = (context: FaultContext): readonly SimulatedCamera[] =>
  context.run.site.cameras.filter((camera) => camera.enabled && context.cameras.has(camera.name));

const folderOf = (camera: SimulatedCamera, at: number): string => {
  const iso = new Date(at * 1000).toISOString();
  return `/media/frigate/recordings/${iso.slice(0, 10)}/${iso.slice(11, 13)}/${camera.name}`;
};

const stamp = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, '');

/** Names of segments: `garden@20261123041512+0000.mp4` from 0.13 on, without a zone before. */
const cacheFile = (context: FaultContext, camera: SimulatedCamera, at: number): string =>
  minorOf(context.run.version) >= 13
    ? `/tmp/cache/${camera.name}@${stamp(at)}+0000.mp4`
    : `/tmp/cache/${camera.name}-${stamp(at)}.mp4`;

const within = (lines: readonly LogLine[], span: Span): readonly LogLine[] =>
  lines.filter(({at}) => at >= span.from && at < span.to);

/** Each segment of each camera: where it was to be stored, and what came of it. `{path}` in the text is its folder. */
export const unstored = function* (
  context: FaultContext,
  span: Span,
  text: string,
  period: number,
): Generator<LogLine> {
  const cameras = concerned(context);
  const logger = loggerOf(context);
  for (const [index, camera] of cameras.entries()) {
    const reach = {from: span.from - 1, to: span.to};
    for (const at of every(period, context.since + 2 + (index * period) / cameras.length, reach)) {
      yield* within(
        [
          {
            at,
            text: bracketed(
              at,
              logger,
              'ERROR',
              `Unable to store recording segment ${cacheFile(context, camera, at - 11)}`,
            ),
          },
          {
            at: at + 0.0004,
            text: bracketed(at, logger, 'ERROR', text.replaceAll('{path}', folderOf(camera, at - 11))),
          },
        ],
        span,
      );
    }
  }
};

/** Each turn of the maintainer ends with the error of the first segment that it takes up. */
export const failingTurns = function* (
  context: FaultContext,
  span: Span,
  text: string,
  period: number,
): Generator<LogLine> {
  const cameras = concerned(context);
  const logger = loggerOf(context);
  for (const at of every(period, context.since + 3, {from: span.from - 1, to: span.to})) {
    const camera = cameras[Math.round((at - context.since - 3) / period) % Math.max(1, cameras.length)];
    if (camera === undefined) return;
    yield* within(
      [
        {at, text: bracketed(at, logger, 'ERROR', 'Error occurred when attempting to maintain recording cache')},
        {at: at + 0.0004, text: bracketed(at, logger, 'ERROR', text.replaceAll('{path}', folderOf(camera, at - 11)))},
      ],
      span,
    );
  }
};

/** blakeblackshear/frigate#5355, #9581: a database of a newer version after a downgrade. */
const recordError: Fault = {
  name: 'record-error',
  summary:
    'no segment can be stored: two lines for each, with an error of any text (default: NOT NULL constraint failed)',
  cure: 'none',
  recordingStops: () => forever,
  log: (context, span) =>
    unstored(
      context,
      span,
      context.fault.detail ?? 'NOT NULL constraint failed: recordings.segment_size',
      context.fault.every ?? 10,
    ),
};

/** blakeblackshear/frigate#1516, #9039: a media folder of another owner. */
const maintainerError: Fault = {
  name: 'maintainer-error',
  summary:
    'every turn of the recorder ends with an error of any text (default: Permission denied), nothing is recorded',
  cure: 'none',
  recordingStops: () => forever,
  log: (context, span) =>
    failingTurns(
      context,
      span,
      context.fault.detail ?? "[Errno 13] Permission denied: '{path}'",
      context.fault.every ?? 5,
    ),
};

const inputOutput = "OSError: [Errno 5] Input/output error: '/media/frigate/recordings'";

/** The thread of the recorder ended with an exception: its process keeps running (its main thread waits), and nothing is recorded. */
const threadCrash: Fault = {
  name: 'thread-crash',
  summary:
    'the thread of the recorder ended with an exception of any text: its process keeps running, nothing is recorded any more',
  cure: 'restart',
  recordingStops: () => forever,
  log: (context, span) =>
    once(
      context.since,
      [
        'Exception in thread recording_maintainer:',
        'Traceback (most recent call last):',
        '  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner',
        '    self.run()',
        '  File "/opt/frigate/frigate/record/maintainer.py", line 698, in run',
        '    self.config_subscriber.check_for_updates()',
        context.fault.detail ?? inputOutput,
      ].map((text, index) => [1 + index * 0.0002, text] as const),
      span,
    ),
};

/** Seconds of a start until Frigate makes its folders (frigate/app.py: right after `Starting Frigate`), and until the container has ended. */
const MAKES_FOLDERS = 8.82;
const ENDED = 8.89;

/** blakeblackshear/frigate#19505: the media disk answers with errors, and Frigate ends while it makes its folders. */
const crashError: Fault = {
  name: 'crash-error',
  summary:
    'Frigate ends at each start with a traceback whose last line is of any text (default: Input/output error of the recordings)',
  cure: 'none',
  end: (context) => ({after: context.fromStart ? ENDED : 1, exitCode: 1, reason: 'Error'}),
  log: (context, span) =>
    once(
      context.since + (context.fromStart ? MAKES_FOLDERS : 0.2),
      [
        'Traceback (most recent call last):',
        '  File "<frozen runpy>", line 198, in _run_module_as_main',
        '  File "<frozen runpy>", line 88, in _run_code',
        '  File "/opt/frigate/frigate/__main__.py", line 119, in <module>',
        '    main()',
        '  File "/opt/frigate/frigate/app.py", line 137, in ensure_dirs',
        '    os.makedirs(d)',
        context.fault.detail ?? inputOutput,
        '[INFO] Service Frigate exited with code 1 (by signal 0)',
      ].map((text, index) => [index * 0.0002, text] as const),
      span,
    ),
};

export const recorderFaults: readonly Fault[] = [recordError, maintainerError, threadCrash, crashError];
