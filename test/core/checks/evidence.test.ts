/** What is seen decides: errors that components report, starts that make progress, and how soon a stopped recorder is found. */
import assert from 'node:assert/strict';
import {CURABLE_ERRORS, isCurable} from '../../../src/core/checks/evidence/error-causes.js';
import {startStepText} from '../../../src/core/checks/evidence/start.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {FrigateObservation, Snapshot} from '../../../src/core/observation/frigate.js';
import type {ErrorReport, LogEvidence} from '../../../src/core/observation/log.js';
import {hours, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {LogScanner} from '../../../src/frigate/log/scan.js';
import {cases, found} from '../../support/frigate-cases.js';
import {
  aCamera,
  aConfig,
  aContainer,
  aDetector,
  aFrigate,
  ago,
  aHistory,
  aLog,
  anObservation,
  aPod,
  aPodOfAge,
  aReading,
  aSegment,
  aSnapshot,
  aTally,
  aTermination,
  cameraNames,
  now,
  usagesOf,
  withWorkload,
  type ObservationChanges,
} from '../../support/observation.js';

const python = (logger: string, message: string): string =>
  `[2026-10-10 02:59:00] ${logger.padEnd(30)} ERROR   : ${message}`;

/** The evidence of a log with these lines, each this long ago. */
const logOf = (...lines: ReadonlyArray<readonly [since: Duration, line: string]>): LogEvidence => {
  const scanner = new LogScanner({since: ago(minutes(10)), to: now});
  scanner.push(Buffer.from(lines.map(([since, line]) => `${new Date(ago(since)).toISOString()} ${line}\n`).join('')));
  return scanner.finish(true);
};

const allOf = (age: Duration, length = seconds(10)): FrigateObservation['segments'] =>
  new Map(cameraNames.map((name) => [name, aSegment(age, length)]));

const unrecorded = (age: Duration, more: ObservationChanges = {}) =>
  anObservation({...more, frigate: {segments: allOf(age), ...more.frigate}});

const blocked = {status: 'critical', cure: 'restart', cause: 'recording'} as const;
const FOLDER = '/media/frigate/recordings/2026-10-10/02/front';

describe('FRG-601: nothing is recorded at all', () => {
  const mixed = new Map(allOf(seconds(95))).set('front', aSegment(seconds(85)));
  cases(
    'FRG-601',
    [
      {
        it: 'is no outage at exactly three segments and a minute',
        given: unrecorded(seconds(90)),
        expect: {status: 'warning'},
      },
      {it: 'is critical after 91 s with segments of 10 s', given: unrecorded(seconds(91)), expect: blocked},
      {
        it: 'waits for three segments of a minute, and a minute',
        given: anObservation({frigate: {segments: allOf(seconds(239), seconds(60))}}),
        expect: {status: 'ok'},
      },
      {
        it: 'is no outage while one camera is recorded',
        given: anObservation({frigate: {segments: mixed}}),
        expect: {status: 'warning'},
      },
      {
        it: 'waits for the first segments of a young container',
        given: unrecorded(seconds(100), {pods: known([aPodOfAge(seconds(175))])}),
        expect: {status: 'ok'},
      },
      {
        it: 'is a recorder that works where it says that it does not keep up',
        given: unrecorded(seconds(100), {
          log: known(aLog({'backlog-slow-storage': aTally(6, {last: ago(seconds(20))})})),
        }),
        expect: {status: 'critical', cure: 'none', cause: 'storage', because: 'recorder-lags'},
      },
    ],
    'FRG-601-all',
  );
});

describe('what the recorder reports', () => {
  const texts: ReadonlyArray<readonly [text: string, cause: string]> = [
    [`[Errno 13] Permission denied: '${FOLDER}'`, 'storage'],
    [`[Errno 107] Transport endpoint is not connected: '${FOLDER}'`, 'storage'],
    [`[Errno 122] Disk quota exceeded: '${FOLDER}'`, 'storage'],
    [`[Errno 2] No such file or directory: '${FOLDER}'`, 'storage'],
    [`[Errno 19] No such device: '${FOLDER}'`, 'storage'],
    [`[Errno 24] Too many open files: '${FOLDER}'`, 'recording'],
    [`[Errno 112] Host is down: '${FOLDER}'`, 'storage'],
    [`[Errno 121] Remote I/O error: '${FOLDER}'`, 'storage'],
    [`[Errno 110] Connection timed out: '${FOLDER}'`, 'storage'],
    ["KeyError: 'front'", 'recording'],
    ['Ledger of segments refused by policy 7', 'recording'],
  ];
  for (const [text, cause] of texts) {
    for (const logger of ['frigate.record.maintainer', 'frigate.record']) {
      it(`is quoted, and nothing is restarted: ${logger}: ${text}`, () => {
        const log = logOf(
          [seconds(80), python(logger, 'Unable to store recording segment /tmp/cache/front@20261010025900+0000.mp4')],
          [seconds(80), python(logger, text)],
          [seconds(20), python(logger, text)],
        );
        const finding = found('FRG-601', unrecorded(seconds(100), {log: known(log)}));
        assert.deepEqual([finding.status, finding.cure, finding.cause], ['critical', 'none', cause], finding.summary);
        assert.ok(finding.summary.includes(text.slice(0, 40)), finding.summary);
        assert.ok(
          finding.evidence.some(({name, value}) => name === 'log' && String(value).includes(text.slice(0, 40))),
        );
      });
    }
  }

  const recorder = (text: string, since = seconds(20)): readonly [Duration, string] => [
    since,
    python('frigate.record.maintainer', text),
  ];
  const none = {status: 'critical', cure: 'none'} as const;
  cases(
    'FRG-601',
    [
      {
        it: 'does not count from before the last segment',
        given: unrecorded(seconds(100), {log: known(logOf(recorder('an error', seconds(200))))}),
        expect: blocked,
      },
      {
        it: 'is not what another part of Frigate reports',
        given: unrecorded(seconds(100), {log: known(logOf([seconds(20), python('frigate.api', 'no such event')]))}),
        expect: blocked,
      },
      {
        it: 'is that of a raw traceback in its code',
        given: unrecorded(seconds(100), {
          log: known(
            logOf(
              [seconds(20), 'Traceback (most recent call last):'],
              [seconds(20), '  File "/opt/frigate/frigate/record/maintainer.py", line 698, in run'],
              [seconds(20), 'frigate.util.Odd: nobody knows this'],
            ),
          ),
        }),
        expect: none,
      },
      {
        it: 'is a restart where it waits for the writer of the database: one is known to cure that',
        given: unrecorded(seconds(100), {log: known(logOf(recorder('results not ready, timed out')))}),
        expect: blocked,
      },
      {
        it: 'is none where anything unknown is reported beside what a restart cures',
        given: unrecorded(seconds(100), {
          log: known(logOf(recorder('results not ready, timed out'), recorder('an error that nobody knows'))),
        }),
        expect: none,
      },
      {
        it: 'masks secrets in what it quotes',
        given: unrecorded(seconds(100), {log: known(logOf(recorder('rtsp://user:hunter2@192.0.2.7/front failed')))}),
        expect: none,
      },
    ],
    'FRG-601-reported',
  );

  it('masks what it quotes', () => {
    const log = logOf(recorder('rtsp://user:hunter2@192.0.2.7/front failed'));
    const finding = found('FRG-601', unrecorded(seconds(100), {log: known(log)}));
    assert.ok(!JSON.stringify(finding).includes('hunter2'));
  });

  it('is a restart after a thread that died of a database lock, whose last words are no sign of life', () => {
    const log = logOf(
      [seconds(90), 'Exception in thread Thread-7 (read):'],
      [seconds(90), 'Traceback (most recent call last):'],
      [seconds(90), '  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner'],
      [seconds(90), 'peewee.OperationalError: database is locked'],
    );
    const finding = found('FRG-601', unrecorded(seconds(100), {log: known(log)}));
    assert.deepEqual([finding.status, finding.cure], ['critical', 'restart'], finding.summary);
  });

  it('is cured by a restart only where the list says so, with a source for each', () => {
    for (const {source} of CURABLE_ERRORS) assert.ok(source.length > 20);
    const report: ErrorReport = {
      component: 'recorder',
      camera: null,
      kind: 'unknown',
      path: null,
      count: 1,
      first: now,
      last: now,
      sample: '',
    };
    assert.equal(
      isCurable(report, () => true),
      false,
    );
    assert.equal(
      isCurable({...report, kind: 'database-locked'}, () => false),
      false,
    );
    assert.equal(
      isCurable({...report, kind: 'disk-full', path: '/media/frigate/recordings'}, () => true),
      false,
    );
  });
});

describe('FRG-605: what is reported of the database', () => {
  const reported = (text: string, age: Duration, times = 1) =>
    unrecorded(age, {
      log: known(
        logOf(
          ...Array.from(
            {length: times},
            (_, index) => [seconds(20 + index), python('frigate.record.maintainer', text)] as const,
          ),
        ),
      ),
    });
  cases(
    'FRG-605',
    [
      {
        it: 'is critical for a column that this version does not write, while nothing is recorded (report 4)',
        given: reported('NOT NULL constraint failed: recordings.segment_size', seconds(100)),
        expect: {status: 'critical', cure: 'none', cause: 'storage'},
      },
      ...['no such column: t1.segment_size', 'no such table: recordings', 'unable to open database file'].map(
        (text) => ({
          it: `is critical while nothing is recorded: ${text}`,
          given: reported(text, seconds(100)),
          expect: {status: 'critical', cure: 'none', cause: 'storage'} as const,
        }),
      ),
      {
        it: 'is a warning while recording goes on',
        given: reported('no such column: t1.data', seconds(12)),
        expect: {status: 'warning', cure: 'none'},
      },
      {
        it: 'is ok for one row that was rejected',
        given: reported('UNIQUE constraint failed: event.id', seconds(12)),
        expect: {status: 'ok'},
      },
      {
        it: 'is a warning for rows that are rejected again and again',
        given: reported('UNIQUE constraint failed: event.id', seconds(12), 3),
        expect: {status: 'warning'},
      },
    ],
    'FRG-605-reported',
  );
});

describe('FRG-606: a mount that answers with an error', () => {
  cases(
    'FRG-606',
    [
      {
        it: 'is critical, and its words are quoted (report 8)',
        given: unrecorded(seconds(100), {
          frigate: {
            mountProbe: known({
              answered: true,
              error: {kind: 'stale-handle', detail: "stat: '/media/frigate/recordings': Stale file handle"},
            }),
          },
        }),
        expect: {status: 'critical', cure: 'none', cause: 'storage'},
      },
      {
        it: 'is critical for an error that no list knows',
        given: unrecorded(seconds(100), {
          frigate: {
            mountProbe: known({answered: true, error: {kind: 'unknown', detail: 'stat: Structure needs cleaning'}}),
          },
        }),
        expect: {status: 'critical', cure: 'none', cause: 'storage'},
      },
    ],
    'FRG-606-error',
  );
});

describe('FRG-203: the last error before the end', () => {
  const ended = (...lines: readonly string[]) =>
    anObservation({
      pods: known([
        aPod({
          frigate: aContainer({
            restartCount: 5,
            ready: false,
            state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off'},
            last: aTermination({finishedAt: ago(seconds(30))}),
          }),
        }),
      ]),
      previousLog: known(logOf(...lines.map((line) => [seconds(30), line] as const))),
    });
  const traceback = (last: string): readonly string[] => [
    'Traceback (most recent call last):',
    '  File "/opt/frigate/frigate/app.py", line 137, in ensure_dirs',
    last,
    '[INFO] The go2rtc service exited with code 0 (by signal 0)',
  ];
  cases(
    'FRG-203',
    [
      {
        it: 'is quoted, with the cause that its path gives (report 9)',
        given: ended(...traceback("OSError: [Errno 5] Input/output error: '/media/frigate/recordings'")),
        expect: {status: 'critical', cure: 'none', cause: 'storage'},
      },
      {
        it: 'is quoted where nothing is known of it',
        given: ended(...traceback("KeyError: 'detectors'")),
        expect: {status: 'critical', cause: 'workload'},
      },
      {
        it: 'is none where only other services ended',
        given: ended('[INFO] The go2rtc service exited with code 1 (by signal 0)'),
        expect: {status: 'critical', cause: 'workload'},
      },
    ],
    'FRG-203-error',
  );
});

const starving = (
  detector: Parameters<typeof aDetector>[1],
  runs = 0,
  version = '0.17.2-3b4a1cf',
): Partial<Snapshot> => ({
  version,
  cameras: cameraNames.map((name) =>
    name === 'garage' ? aCamera(name) : aCamera(name, {processFps: 0, skippedFps: 5, detectionFps: runs}),
  ),
  detectors: [aDetector('coral', detector)],
});

const hung = (
  detector: Parameters<typeof aDetector>[1],
  {
    runs = 0,
    version = '0.17.2-3b4a1cf',
    cpu = null as number | null,
    ...more
  }: ObservationChanges & {runs?: number; version?: string; cpu?: number | null} = {},
) => {
  const changes = starving(detector, runs, version);
  const usages = usagesOf(aSnapshot(changes)).flatMap((row) =>
    row.pid !== 250 ? [row] : cpu === null ? [{...row, cpu: null}] : [{...row, cpu}],
  );
  return anObservation({
    ...more,
    frigate: {
      stats: known(aReading({...changes, usages})),
      history: known(aHistory(20, () => changes)),
      ...more.frigate,
    },
  });
};

describe('FRG-403 and FRG-404: a detector that does nothing', () => {
  const silent = {status: 'critical', cure: 'restart', cause: 'detector', normalAtStart: false} as const;
  const starting = {status: 'critical', cure: 'restart', normalAtStart: true} as const;
  const aged = (age: Duration): ObservationChanges => ({pods: known([aPodOfAge(age)])});
  const building = {
    kind: 'model-build',
    at: ago(minutes(40)),
    text: 'AMD/ROCm: compiling the model',
    ended: false,
  } as const;
  cases(
    'FRG-403',
    [
      {it: 'is hung where it worked before and says nothing', given: hung({inferenceSpeed: 9.5}), expect: silent},
      {
        it: 'is starting where no inference was ever finished and it uses CPU, for hours',
        given: hung({inferenceSpeed: 10}, {...aged(hours(3)), cpu: 387}),
        expect: {...starting, immediate: true},
      },
      {
        it: 'is starting for half an hour without CPU',
        given: hung({inferenceSpeed: 10}, {...aged(minutes(29)), cpu: 0}),
        expect: starting,
      },
      {
        it: 'stands still after half an hour without CPU',
        given: hung({inferenceSpeed: 10}, {...aged(minutes(30)), cpu: 0}),
        expect: silent,
      },
      {
        it: 'stands still after an hour where its CPU is not known',
        given: hung({inferenceSpeed: 10}, aged(minutes(60))),
        expect: silent,
      },
      {
        it: 'is starting for longer than that in a known step',
        given: hung({inferenceSpeed: 10}, {...aged(hours(3)), log: known(aLog({}, {startStep: building}))}),
        expect: starting,
      },
      {
        it: 'is no silence where it reports an error of its own',
        given: hung(
          {inferenceSpeed: 9.5},
          {
            log: known(
              logOf([seconds(10), python('frigate.detectors.plugins.hailo8l', 'Timeout waiting for results')]),
            ),
          },
        ),
        expect: {status: 'critical', cure: 'none', cause: 'detector'},
      },
      {
        it: 'is silent again ten minutes after its last error',
        given: hung(
          {inferenceSpeed: 9.5},
          {log: known(logOf([minutes(9), python('frigate.detectors.plugins.hailo8l', 'Timeout waiting for results')]))},
        ),
        expect: silent,
      },
    ],
    'FRG-403-evidence',
  );
  cases(
    'FRG-404',
    [
      ...(['0.17.2-3b4a1cf', '0.16.4-8e5b4c1', '0.14.1-f4f3cfa'] as const).map((version) => ({
        it: `is a lost device at an impossible temperature on ${version}, whatever runs it still counts (report 19)`,
        given: hung({temperature: -89.4}, {runs: version.startsWith('0.17') ? 0 : 0.2, version}),
        expect: {status: 'critical', cure: 'none', cause: 'node'} as const,
      })),
      {
        it: 'is what the detector itself reports of its device',
        given: hung(
          {},
          {
            log: known(
              logOf([
                seconds(10),
                python('frigate.detectors.detection_runners', 'OpenVINO: [GPU] clFlush, error code: -5'),
              ]),
            ),
          },
        ),
        expect: {status: 'critical', cure: 'none', cause: 'node'},
      },
    ],
    'FRG-404-evidence',
  );
});

describe('FRG-503: ffmpeg that was replaced', () => {
  /** Another ffmpeg in each of four snapshots, the last of them this long ago. */
  const replaced = (last: Duration) => {
    const history = aHistory(60, (step) => {
      const age = 8 + 15 * (59 - step);
      const changes = Math.max(0, Math.min(5, 5 - Math.ceil((age - last / 1000) / 15)));
      return {cameras: cameraNames.map((name) => aCamera(name, name === 'front' ? {ffmpegPid: 900 + changes} : {}))};
    });
    return anObservation({
      frigate: {stats: known(aReading({cameras: history.at(-1)!.cameras})), history: known(history)},
    });
  };
  cases(
    'FRG-503',
    [
      {
        it: 'is a warning while it goes on',
        given: replaced(seconds(60)),
        expect: {status: 'warning', cameras: ['front']},
      },
      {
        it: 'is over three minutes after the last time',
        given: replaced(minutes(5)),
        expect: {status: 'info', cameras: ['front']},
      },
    ],
    'FRG-503-over',
  );
});

describe('FRG-504 and FRG-801: go2rtc', () => {
  const dark = (changes: Partial<FrigateObservation>, more: ObservationChanges = {}) =>
    anObservation({
      ...more,
      frigate: {
        ...aFrigate(),
        stats: known(aReading({cameras: [aCamera('back'), aCamera('front', {cameraFps: 0}), aCamera('garage')]})),
        history: notAsked(),
        ...changes,
      },
    });
  const streams = (consumers: number | undefined) =>
    known({
      streams: [{name: 'front', connected: false, ...(consumers === undefined ? {} : {consumers})}],
      latency: seconds(0.1),
    });
  cases(
    'FRG-504',
    [
      {
        it: 'accuses nobody while nobody asks for the stream',
        given: dark({go2rtc: streams(0)}),
        expect: {status: 'info'},
      },
      {
        it: 'is the camera while somebody asks',
        given: dark({go2rtc: streams(1)}),
        expect: {status: 'warning', cause: 'camera'},
      },
      {
        it: 'is the camera where go2rtc answered 404 to its ffmpeg',
        given: dark(
          {go2rtc: streams(0)},
          {log: known(aLog({'camera-unreachable': aTally(3, {cameras: new Map([['front', 3]])})}))},
        ),
        expect: {status: 'warning', cause: 'camera'},
      },
      {
        it: 'is the camera where go2rtc does not say who asks',
        given: dark({go2rtc: streams(undefined)}),
        expect: {status: 'warning'},
      },
    ],
    'FRG-504-asked',
  );
  const dead = unknown('server-error', 'GET /api/go2rtc/streams: HTTP 500');
  cases(
    'FRG-801',
    [
      {
        it: 'is told as what it is: a program that cannot be executed (report 20)',
        given: dark(
          {go2rtc: dead},
          {
            log: known(
              logOf([seconds(5), './run: line 79: /config/go2rtc: cannot execute binary file: Exec format error']),
            ),
          },
        ),
        expect: {status: 'critical', cure: 'none', cause: 'config', cameras: ['front']},
      },
      {
        it: 'is critical without a word of its own',
        given: dark({go2rtc: dead}),
        expect: {status: 'critical', cure: 'none', cause: 'process'},
      },
      {
        it: 'is unknown while its cameras deliver',
        given: anObservation({frigate: {go2rtc: dead}}),
        expect: {status: 'unknown'},
      },
      {
        it: 'is unknown where the question could not be asked',
        given: dark({go2rtc: unknown('timeout', 'no answer')}),
        expect: {status: 'unknown'},
      },
    ],
    'FRG-801-dead',
  );
  it('explains its cameras', () => {
    const finding = found('FRG-501', dark({go2rtc: dead, config: known(aConfig({cameras: aConfig().cameras}))}));
    assert.ok(finding.cameras.includes('front'));
  });
});

describe('FRG-204: a rollout that waits for a long start', () => {
  const stuck = withWorkload({
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'timed out',
        lastTransition: ago(minutes(30)),
      },
    ],
    updatedReplicas: 1,
    availableReplicas: 0,
  });
  const silent = unknown('unreachable', 'no answer');
  const starting = (age: Duration) =>
    anObservation({
      workload: stuck.workload,
      pods: known([aPodOfAge(age)]),
      frigate: {stats: silent, history: silent, config: silent, liveness: []},
    });
  cases(
    'FRG-204',
    [
      {it: 'is no failure of the rollout', given: starting(minutes(40)), expect: {status: 'info'}},
      {it: 'is stuck when the start stands still', given: starting(minutes(61)), expect: {status: 'critical'}},
    ],
    'FRG-204-start',
  );
});

describe('the words of a long step', () => {
  for (const [kind, text, words] of [
    ['model-build', 'Generating yolov7-320.trt. This may take a few minutes.', 'building models (yolov7-320)'],
    [
      'model-build',
      'Generating the following TRT Models: yolov7-320,yolov7x-640',
      'building models (yolov7-320,yolov7x-640)',
    ],
    ['model-build', 's6-rc: info: service trt-model-prepare: starting', 'building models'],
    ['model-build', 'Converting yolo_nas_s to RKNN format', 'building models (yolo_nas_s)'],
    ['migration', 'Migrate "012_add_segment_size"', 'migrating the database (012_add_segment_size)'],
    ['vacuum', 'Running database vacuum', 'compacting the database'],
  ] as const) {
    it(`${text}: ${words}`, () => {
      assert.equal(startStepText({kind, text}), words);
    });
  }
});
