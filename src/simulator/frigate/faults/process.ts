/** Faults of Frigate's own processes and services. Numbers: recordings of main-stop, rec-kill, db-lock-brief; notes of nginx-stop, manager-stop, go2rtc-stop. */
import {every, once, type Fault, type FaultContext, type LogLine, type Span} from '../fault.js';
import {bracketed} from '../lines.js';
import {minorOf, type Site} from '../site.js';
import {crashLoop, recordWatchdog} from './camera.js';

const forever = {from: 0, to: Infinity};

const isApi = (path: string): boolean => path.startsWith('/api') || path.startsWith('/ws');

const main: Fault = {
  name: 'main-stop',
  summary: "Frigate's main process hangs: the API accepts and never answers, nothing is recorded",
  cure: 'restart',
  ignoresTerm: true,
  frozenAfter: 0,
  // The static page is nginx' alone: a probe on `/` sees nothing of it.
  door: (path) => (isApi(path) ? 'silent' : 'open'),
  recordingStops: () => forever,
};

const nginx: Fault = {
  name: 'nginx-stop',
  summary: 'nginx hangs: port 5000 accepts and never answers, recording goes on',
  cure: 'restart',
  door: () => 'silent',
  nginxAlone: true,
};

const manager: Fault = {
  name: 'manager-stop',
  summary:
    'the multiprocessing manager hangs: stats stand still at healthy values, nothing is recorded, the API answers in ms',
  cure: 'restart',
  ignoresTerm: true,
  frozenAfter: 0,
  recordingStops: () => forever,
};

const recorder: Fault = {
  name: 'rec-kill',
  summary: 'the recorder process exited: stats are healthy except for its missing pid, nothing is recorded',
  cure: 'restart',
  missing: (context) => (context.elapsed < 9 ? [] : ['frigate.recording_manager']),
  recordingStops: () => forever,
  mount: (path, healthy, context) =>
    path === '/tmp/cache'
      ? {...healthy, free: Math.max(0, healthy.free - Math.round(context.elapsed * 0.12) / 10)}
      : healthy,
  // 0.16.4 and 0.14.1 said nothing in 250 s; 0.17.2 logs only for a camera with a record input of its own.
  log: function* (context, span) {
    if (minorOf(context.run.version) < 17) return;
    for (const camera of context.run.site.cameras) yield* recordWatchdog(camera, context, span, 109);
  },
};

/** Nobody restarts it up to 0.17 (frigate/watchdog.py); everything else goes on. */
const ofItsOwn = (name: 'embeddings-kill' | 'audio-kill', title: string, work: string): Fault => ({
  name,
  summary: `the process ${title} exited: only its missing pid shows it, and there is no ${work}`,
  cure: 'restart',
  missing: (context) => (context.elapsed < 9 ? [] : [title]),
});

const embeddings = ofItsOwn(
  'embeddings-kill',
  'frigate.embeddings_manager',
  'semantic search, face recognition and licence plates',
);
const audio = ofItsOwn('audio-kill', 'frigate.audio_manager', 'audio detection');

/** As recorded on 0.17.2, shortened to the frames that say what happened. */
const lockedTraceback: readonly string[] = [
  'Exception in thread Thread-7 (read):',
  'Traceback (most recent call last):',
  '  File "/opt/venv/lib/python3.11/site-packages/peewee.py", line 3322, in execute_sql',
  '    cursor.execute(sql, params or ())',
  'sqlite3.OperationalError: database is locked',
  '',
  'During handling of the above exception, another exception occurred:',
  '',
  'Traceback (most recent call last):',
  '  File "/usr/lib/python3.11/threading.py", line 1038, in _bootstrap_inner',
  '    self.run()',
  '  File "/opt/frigate/frigate/comms/inter_process.py", line 47, in read',
  '    response = self._dispatcher(topic, value)',
  '  File "/opt/frigate/frigate/comms/dispatcher.py", line 115, in handle_insert_many_recordings',
  '    Recordings.insert_many(payload).execute()',
  '  File "/opt/venv/lib/python3.11/site-packages/playhouse/sqliteq.py", line 88, in lastrowid',
  '    raise self._exc',
  'peewee.OperationalError: database is locked',
];

const locked: Fault = {
  name: 'db-lock-brief',
  summary:
    'the database was locked for 90 s: the reader thread ended with an exception, stats no longer change, nothing is recorded any more',
  cure: 'restart',
  ignoresTerm: true,
  frozenAfter: 75,
  recordingStops: () => forever,
  log: (context, span) =>
    once(
      context.since,
      lockedTraceback.map((text, index) => [65 + index * 0.0002, text] as const),
      span,
    ),
};

const throughGo2rtc = (site: Site): readonly string[] =>
  site.cameras.filter((camera) => camera.throughGo2rtc).map((camera) => camera.name);

const restreamLog = function* (context: FaultContext, span: Span): Generator<LogLine> {
  for (const camera of context.run.site.cameras.filter((one) => context.cameras.has(one.name))) {
    const url = `rtsp://127.0.0.1:8554/${camera.name}`;
    yield* crashLoop(
      camera,
      {from: span.from, to: Math.min(span.to, context.since + 120)},
      {first: context.since + 32, period: 20},
      [`${url}: Connection timed out`],
    );
    yield* crashLoop(
      camera,
      {from: Math.max(span.from, context.since + 120), to: span.to},
      {first: context.since + 132, period: 20},
      [`${url}: Invalid data found when processing input`],
    );
  }
};

const go2rtc: Fault = {
  name: 'go2rtc-stop',
  summary: 'go2rtc hangs and is not restarted: the cameras that it streams deliver nothing',
  cure: 'restart',
  cameras: throughGo2rtc,
  hangingGo2rtc: true,
  rates: (_camera, healthy, context) => {
    if (context.fromStart) return {camera: 0, process: 0, skipped: 0, detection: 0};
    if (context.elapsed < 20) return healthy;
    return {
      camera: context.elapsed < 50 ? 0.1 : 0,
      process: 0.3,
      skipped: 0,
      detection: healthy.detection > 0 ? 0.3 : 0,
    };
  },
  ffmpegGeneration: (_camera, context) => Math.floor(context.elapsed / 20),
  recordingStops: () => forever,
  log: restreamLog,
};

/** Line by line what a start of 0.17.2 on a big database says; the API comes only after the vacuum. */
const migration: Fault = {
  name: 'starting',
  summary: 'Frigate starts for minutes: a migration and a vacuum of its database',
  cure: 'none',
  slowStart: 420,
  log: (context, span) =>
    once(
      context.since,
      [
        [10, bracketed(context.since + 10, 'peewee_migrate.logs', 'INFO', 'Starting migrations')],
        [11, bracketed(context.since + 11, 'frigate.app', 'INFO', 'Making backup of DB before migrations...')],
        [40, bracketed(context.since + 40, 'peewee_migrate.logs', 'INFO', 'Migrate "026_add_notification_tokens"')],
        [41, bracketed(context.since + 41, 'frigate.app', 'INFO', 'Running database vacuum')],
      ],
      span,
    ),
};

/** As reported of 0.10 on Kubernetes: a column that stands already. Nothing gets past it, so the container ends at each start. */
const migrationFails: Fault = {
  name: 'migration-fails',
  summary: 'a migration of the database fails: Frigate ends with exit code 1 at each start',
  cure: 'none',
  end: () => ({after: 11, exitCode: 1, reason: 'Error'}),
  log: (context, span) =>
    once(
      context.since,
      [
        [9, bracketed(context.since + 9, 'peewee_migrate.logs', 'INFO', 'Migrate "006_add_motion_active_objects"')],
        [9.1, "add_column ('recordings', 'objects', <IntegerField: Recordings.objects>)"],
        [9.2, 'duplicate column name: objects'],
        [10, '[INFO] Service Frigate exited with code 1 (by signal 0)'],
      ],
      span,
    ),
};

const noMemory: Fault = {
  name: 'oom',
  summary: 'the memory limit is below what Frigate needs: the kernel kills it at each start',
  cure: 'none',
  end: (context) => ({
    after: context.fromStart ? 32 + 6 * (Math.floor(context.run.startedAt / 1000) % 3) : 9,
    exitCode: 137,
    reason: 'OOMKilled',
  }),
  // Nothing of memory in the log.
  log: (context, span) => {
    const end = context.fromStart ? 31 : 8;
    return once(
      context.since,
      [
        [end, '[INFO] Service Frigate exited with code 256 (by signal 9)'],
        [end + 0.01, 'exit with signal: terminated'],
        [end + 0.03, '[INFO] Service NGINX exited with code 0 (by signal 0)'],
      ],
      span,
    );
  },
  rates: (_camera, healthy, context) =>
    context.fromStart ? {camera: 0, process: 0, skipped: 0, detection: 0} : healthy,
};

/** As reported of leaks (#6174, #3301, #10650): percent of the limit an hour, a working day until the kernel ends it. */
const LEAK = 6;

const memoryLeak: Fault = {
  name: 'mem-leak',
  summary:
    'the main process leaks memory: the use rises to the limit in some hours, the kernel kills it, and the leak starts again',
  cure: 'none',
  leaked: ({elapsed}) => (elapsed / 3600) * LEAK,
  end: ({run: {site}}) => ({after: ((100 - site.memoryPercent) / LEAK) * 3600, exitCode: 137, reason: 'OOMKilled'}),
};

const configValidation: readonly string[] = [
  '*************************************************************',
  '*************************************************************',
  '***    Your config file is not valid!                     ***',
  '***    Please check the docs at                           ***',
  '***    https://docs.frigate.video/configuration/          ***',
  '*************************************************************',
  '***    Config Validation Errors                           ***',
  '*************************************************************',
  '',
  'Line #  : 17',
  'Key     : cameras -> front -> detect -> fps',
  'Value   : five',
  'Message : Input should be a valid integer, unable to parse string as an integer',
  '',
  '*************************************************************',
  '***    End Config Validation Errors                       ***',
  '*************************************************************',
  'Starting Frigate in safe mode.',
];

const badConfig: Fault = {
  name: 'bad-config',
  summary: 'the configuration is not valid: Frigate runs in safe mode without any camera',
  cure: 'none',
  safeMode: true,
  // Somebody edits the file and restarts Frigate in place: it takes effect with the next container.
  end: (context) => (context.fromStart ? null : {after: 1, exitCode: 0, reason: 'Completed'}),
  recordingStops: () => forever,
  log: (context, span) =>
    context.fromStart
      ? [
          ...once(
            context.since,
            configValidation.map((text, index) => [9 + index * 0.0003, text] as const),
            span,
          ),
          ...once(
            context.since,
            [
              [
                9.2,
                bracketed(
                  context.since + 9,
                  'frigate.storage',
                  'INFO',
                  'Safe mode enabled, skipping storage maintenance',
                ),
              ],
              [
                9.3,
                bracketed(
                  context.since + 9,
                  'frigate.events.cleanup',
                  'INFO',
                  'Safe mode enabled, skipping event cleanup',
                ),
              ],
              [
                9.4,
                bracketed(
                  context.since + 9,
                  'frigate.record.cleanup',
                  'INFO',
                  'Safe mode enabled, skipping recording cleanup',
                ),
              ],
            ],
            span,
          ),
          ...[...every(5, context.since + 14, span)].flatMap((at) => [
            {
              at,
              text: bracketed(
                at,
                'frigate.record.maintainer',
                'ERROR',
                'Error occurred when attempting to maintain recording cache',
              ),
            },
            {at: at + 0.001, text: bracketed(at, 'frigate.record.maintainer', 'ERROR', "'back'")},
          ]),
        ]
      : [],
};

/** A camera of 5 fps shows 49 for one snapshot: its window of 10 s jumped. */
const forward: Fault = {
  name: 'clock',
  summary: "Frigate's clock is 90 s ahead",
  cure: 'itself',
  clockOffset: 90,
  rates: (camera, healthy, context) =>
    context.elapsed > 12 || context.fromStart || camera.throughGo2rtc
      ? healthy
      : {
          camera: 49.1,
          process: camera.scene === 'still' ? 13.7 : 5.5,
          skipped: camera.scene === 'still' ? 35.5 : 43.6,
          detection: healthy.detection,
        },
};

const backward: Fault = {
  name: 'clock-back',
  summary: "Frigate's clock is 90 s behind",
  cure: 'itself',
  clockOffset: -90,
  rates: (camera, healthy, context) => {
    if (context.elapsed > 90 || context.fromStart) return healthy;
    const first = camera.name === context.run.site.cameras[0]?.name;
    return {
      camera: first ? 21.4 : healthy.camera,
      process: 45.7,
      skipped: 0,
      detection: camera.scene === 'still' ? 0 : 83.9,
    };
  },
  ffmpegGeneration: (_camera, context) => (context.elapsed > 30 ? 1 : 0),
  log: (context, span) =>
    once(
      context.since,
      context.run.site.cameras.map((camera): readonly [number, string] => {
        const after = camera.throughGo2rtc ? 46 : 27;
        const said = camera.throughGo2rtc
          ? `${camera.name} exceeded fps limit. Exiting ffmpeg...`
          : `No frames received from ${camera.name} in 20 seconds. Exiting ffmpeg...`;
        // The bracket holds Frigate's time, 90 s behind the stamp of s6.
        return [after, bracketed(context.since + after - 90, `watchdog.${camera.name}`, 'INFO', said)];
      }),
      span,
    ),
};

export const processFaults: readonly Fault[] = [
  main,
  nginx,
  manager,
  embeddings,
  audio,
  recorder,
  locked,
  go2rtc,
  migration,
  migrationFails,
  noMemory,
  memoryLeak,
  badConfig,
  forward,
  backward,
];
