/** Faults that are told by whoever ended or goes on with an error: what is written decides, beside the same picture without it. */
import assert from 'node:assert/strict';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {LogEvidence} from '../../../src/core/observation/log.js';
import type {Pod} from '../../../src/core/observation/pod.js';
import {hours, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {LogScanner} from '../../../src/frigate/log/scan.js';
import {assertFinding, findingOf, type Expected} from '../../support/context.js';
import {
  aCamera,
  aConfig,
  aContainer,
  aDetector,
  ago,
  aHistory,
  aMemory,
  anEvent,
  anObservation,
  aPod,
  aPodOfAge,
  aReading,
  aSegment,
  aSnapshot,
  aTemplate,
  aTermination,
  aProbe,
  aWorkload,
  cameraNames,
  now,
  usagesOf,
  type ObservationChanges,
} from '../../support/observation.js';

const python = (logger: string, message: string): string =>
  `[2026-10-10 02:59:00] ${logger.padEnd(30)} ERROR   : ${message}`;

/** The evidence of a log with these lines, the last of them this long ago, one each 10 ms. */
const logOf = (since: Duration, ...lines: readonly string[]): LogEvidence => {
  const scanner = new LogScanner({since: ago(minutes(10)), to: now});
  const text = lines
    .map((line, index) => `${new Date(ago(since) - 10 * (lines.length - 1 - index)).toISOString()} ${line}\n`)
    .join('');
  scanner.push(Buffer.from(text));
  return scanner.finish(true);
};

const restart = {status: 'critical', cure: 'restart'} as const;
const none = {status: 'critical', cure: 'none'} as const;

describe('a detector of another machine', () => {
  const memory = aMemory({
    idleDetectorPasses: 5,
    baselines: [{detector: 'coral', version: '0.17.2', inference: 20, samples: 40, since: ago(hours(24))}],
  });
  const tooFast = (log?: LogEvidence): ObservationChanges => ({
    ...(log === undefined ? {} : {log: known(log)}),
    frigate: {
      stats: known(
        aReading({
          detectors: [aDetector('coral', {inferenceSpeed: 1})],
          cameras: cameraNames.map((name) => aCamera(name, {detectionFps: 0})),
        }),
      ),
      history: notAsked(),
    },
  });
  const refused = logOf(
    seconds(10),
    python('frigate.detectors.plugins.deepstack', 'Error calling deepstack API: [Errno 111] Connection refused'),
  );

  it('that answers without working is restarted where it says nothing', () =>
    assertFinding(findingOf('FRG-403', anObservation(tooFast()), {memory}), restart));
  it('is no case for a restart where it reports that nobody answers it', () => {
    const finding = findingOf('FRG-403', anObservation(tooFast(refused)), {memory});
    assertFinding(finding, none);
    assert.match(finding.summary, /Error calling deepstack API/);
  });
});

describe('a container whose services never began', () => {
  const refuses: ObservationChanges = {
    pods: known([aPodOfAge(minutes(3))]),
    frigate: {
      liveness: (['proxy', 'exec'] as const).map((via) => ({via, verdict: 'dead', how: 'refused', detail: 'refused'})),
      backend: known('refused'),
      stats: unknown('unreachable', 'GET /api/stats: connection refused'),
      history: unknown('unreachable', 'GET /api/stats/history: connection refused'),
      config: unknown('unreachable', 'GET /api/config: connection refused'),
    },
  };
  const said = logOf(
    minutes(2),
    "[ERROR] Trying to migrate the database path, but '/config' is not a mountpoint",
    's6-rc: warning: unable to start service prepare: command exited 1',
  );

  it('is neither starting nor hung', () => {
    const finding = findingOf('FRG-301', anObservation({...refuses, log: known(said)}));
    assertFinding(finding, {...none, cause: 'config', immediate: true});
    assert.match(finding.summary, /is not a mountpoint; s6-rc: warning/);
  });
  it('stays so when the line has left the log', () => {
    const latched = [
      {
        signature: 'services-not-started',
        containerId: 'containerd://c1',
        at: ago(minutes(2)),
        sample: 'x; s6-rc: warning: unable to start service prepare: command exited 1',
      },
    ];
    assertFinding(findingOf('FRG-301', anObservation(refuses), {memory: aMemory({latched})}), none);
  });
});

describe('processes that ended', () => {
  const stats = (): ObservationChanges['frigate'] => {
    const usages = usagesOf(aSnapshot()).filter(({pid}) => pid < 400 || pid >= 500);
    return {stats: known(aReading({usages})), history: known(aHistory())};
  };
  const failed = (exception: string): LogEvidence =>
    logOf(
      minutes(3),
      'Process frigate.capture:front:',
      'Traceback (most recent call last):',
      '  File "/opt/frigate/frigate/video.py", line 95, in start_or_restart_ffmpeg',
      exception,
    );
  const given = (log: LogEvidence) => anObservation({log: known(log), frigate: stats() ?? {}});

  it('are started again by a restart', () =>
    assertFinding(findingOf('FRG-304', anObservation({frigate: stats() ?? {}})), restart));
  it('are not where they report what their successors meet', () => {
    const finding = findingOf(
      'FRG-304',
      given(failed("FileNotFoundError: [Errno 2] No such file or directory: '/usr/lib/ffmpeg/5.0/bin/ffmpeg'")),
    );
    assertFinding(finding, none);
  });
  it('are where what they report may have been once', () =>
    assertFinding(findingOf('FRG-304', given(failed("KeyError: 'front'"))), restart));
});

describe('a thread that ended with an error of the database', () => {
  const ended = (exception: string) =>
    anObservation({
      log: known(
        logOf(
          minutes(3),
          'Exception in thread Thread-7 (read):',
          'Traceback (most recent call last):',
          '  File "/usr/local/lib/python3.11/dist-packages/peewee.py", line 3322, in execute_sql',
          exception,
        ),
      ),
    });
  const expected: ReadonlyArray<readonly [exception: string, expected: Expected]> = [
    ['peewee.OperationalError: database is locked', {...restart, cause: 'process'}],
    ['peewee.OperationalError: database or disk is full', {...none, cause: 'storage'}],
    ['peewee.OperationalError: attempt to write a readonly database', {...none, cause: 'storage'}],
    ['sqlite3.DatabaseError: database disk image is malformed', {...none, cause: 'storage'}],
    ['playhouse.sqliteq.ResultTimeout: results not ready, timed out.', {...restart, cause: 'process'}],
  ];
  for (const [exception, expects] of expected)
    it(`is ${expects.cure === 'restart' ? 'started again' : 'not started again'} by a restart: ${exception}`, () =>
      assertFinding(findingOf('FRG-605', ended(exception)), expects));
});

describe('a backlog of the recorder', () => {
  const keepUp = cameraNames.map(
    (name) =>
      `[2026-10-10 02:59:00] frigate.record.maintainer      WARNING : Unable to keep up with recording segments in cache for ${name}. Keeping the 6 most recent segments out of 7 and discarding the rest...`,
  );
  const segments = new Map(cameraNames.map((name) => [name, aSegment(minutes(5))]));
  const died = [
    'Exception in thread detected_frames_processor:',
    'Traceback (most recent call last):',
    '  File "/opt/frigate/frigate/object_processing.py", line 910, in run',
    "KeyError: '1695438453.7-abcdef'",
  ];
  const given = (...lines: readonly string[]) => {
    const scanner = new LogScanner({since: ago(minutes(10)), to: now});
    const text = lines.map((line, index) => {
      const since = index < lines.length - keepUp.length ? minutes(5) : seconds(20);
      return `${new Date(ago(since) + index).toISOString()} ${line}\n`;
    });
    scanner.push(Buffer.from(text.join('')));
    return anObservation({log: known(scanner.finish(true)), frigate: {segments}});
  };

  it('is that of a recorder which does not keep up', () =>
    assertFinding(findingOf('FRG-601', given(...keepUp)), {...none, cause: 'storage'}));
  it('is the work of nobody where a thread ended when the recording stopped', () =>
    assertFinding(findingOf('FRG-601', given(...died, ...keepUp)), {...restart, cause: 'recording'}));
});

describe('cameras without frames', () => {
  const down = (log: LogEvidence, names: readonly string[] = cameraNames) =>
    anObservation({
      log: known(log),
      frigate: {
        stats: known(
          aReading({cameras: cameraNames.map((name) => aCamera(name, names.includes(name) ? {cameraFps: 0} : {}))}),
        ),
        history: notAsked(),
        config: known(aConfig()),
      },
    });
  const all = (text: (name: string) => string): LogEvidence =>
    logOf(seconds(20), ...cameraNames.map((name) => python(`ffmpeg.${name}.detect`, text(name))));
  const causes: ReadonlyArray<readonly [what: string, text: (name: string) => string, cause: Expected['cause']]> = [
    ['whose decoder fails', () => 'Device creation failed: -5.', 'node'],
    ['that may not open the render device', () => "Cannot open '/dev/dri/renderD128': Permission denied", 'node'],
    ['that reject the login', () => 'method DESCRIBE failed: 401 Unauthorized', 'camera'],
    ['whose go2rtc in the pod refuses', (name) => `rtsp://127.0.0.1:8554/${name}: Connection refused`, 'config'],
    ['that refuse', (name) => `rtsp://192.0.2.1:554/${name}: Connection refused`, 'network'],
    ['of which nothing is known', () => 'Non-monotonous DTS in output stream 0:0', 'network'],
  ];
  for (const [what, text, cause] of causes)
    it(`${what} are a matter of ${String(cause)}`, () =>
      assertFinding(findingOf('FRG-501', down(all(text))), {...none, cause: cause ?? null}));
  it('have no common error where one of them says something else', () => {
    const log = all((name) => (name === 'back' ? 'Connection timed out' : 'Device creation failed: -5.'));
    assertFinding(findingOf('FRG-501', down(log)), {...none, cause: 'network'});
  });
  it('quote what ffmpeg of the only one says', () => {
    const log = logOf(seconds(20), python('ffmpeg.back.detect', 'Server returned 401 Unauthorized'));
    const finding = findingOf('FRG-501', down(log, ['back']));
    assert.match(String(finding.evidence[0]?.value), /401 Unauthorized/);
  });
});

describe('pods that Kubernetes rejects, evicts or does not call ready', () => {
  const gone = (index: number, reason: string, message: string, age: Duration): Pod =>
    aPod({
      uid: `gone-${index}`,
      name: `gone-${index}`,
      phase: 'Failed',
      reason,
      message,
      createdAt: ago(age),
      frigate: null,
    });
  const LOST = 'Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices';

  it('are told with the reason of the newest', () => {
    const pods = known([
      gone(1, 'Evicted', 'The node was low on resource: memory. ', hours(3)),
      gone(2, 'UnexpectedAdmissionError', LOST, minutes(1)),
    ]);
    const finding = findingOf('FRG-202', anObservation({pods}));
    assertFinding(finding, {...none, cause: 'node'});
    assert.match(finding.summary, /UnexpectedAdmissionError: .*no healthy devices present/);
  });

  const evicted = (count: number, age: Duration) =>
    anObservation({
      pods: known([
        aPodOfAge(age),
        ...Array.from({length: count}, (_, index) =>
          gone(index, 'Evicted', 'Usage of EmptyDir volume "cache" exceeds the limit "1Gi". ', hours(index + 1)),
        ),
      ]),
    });
  it('are a warning when they were evicted three times in a day', () => {
    assertFinding(findingOf('FRG-203', evicted(2, minutes(20))), {status: 'ok'});
    assertFinding(findingOf('FRG-203', evicted(3, minutes(20))), {status: 'warning', cause: 'config'});
    assertFinding(findingOf('FRG-203', evicted(3, hours(7))), {status: 'ok'});
  });

  const unready = (age: Duration, alive: boolean) =>
    anObservation({
      pods: known([
        aPod({
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'ContainersNotReady',
              message: 'containers with unready status: [vpn]',
              lastTransition: ago(age),
            },
          ],
        }),
      ]),
      frigate: alive
        ? {}
        : {liveness: (['proxy', 'exec'] as const).map((via) => ({via, verdict: 'dead', how: 'silent', detail: 'x'}))},
    });
  it('are a warning when Frigate works and its pod is not ready', () => {
    assertFinding(findingOf('FRG-202', unready(minutes(11), true)), {status: 'warning', cause: 'workload'});
    assertFinding(findingOf('FRG-202', unready(minutes(9), true)), {status: 'ok'});
    assertFinding(findingOf('FRG-202', unready(minutes(11), false)), {status: 'ok'});
  });

  it('end by the probe that the kubelet names', () => {
    const container = aContainer({
      restartCount: 4,
      ready: false,
      state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null},
      last: aTermination({exitCode: 137, finishedAt: ago(minutes(1))}),
    });
    const finding = findingOf(
      'FRG-203',
      anObservation({
        pods: known([aPod({frigate: container})]),
        workload: known({found: 'one', workload: aWorkload({template: aTemplate({startupProbe: aProbe()})})}),
        events: known([anEvent('Killing', 'Container frigate failed startup probe, will be restarted')]),
      }),
    );
    assertFinding(finding, {...none, cause: 'config', evidence: ['killed by=startup probe']});
  });
});
