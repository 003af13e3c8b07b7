/** The simulated Frigate against the signs that were measured on real ones (0.17.2, 0.16.4, 0.14.1). Times: seconds after the fault. */
import assert from 'node:assert/strict';
import {assess} from '../../src/core/checks/assess.js';
import {known} from '../../src/core/known.js';
import {emptyBaselines} from '../../src/core/state/baselines.js';
import {instant, milliseconds} from '../../src/core/time.js';
import {parseConfig} from '../../src/frigate/parse/config.js';
import {parseJson} from '../../src/frigate/parse/json.js';
import {readSnapshot} from '../../src/frigate/parse/stats.js';
import {faults} from '../../src/simulator/frigate/faults/catalogue.js';
import type {FaultName, Run} from '../../src/simulator/frigate/fault.js';
import {answer} from '../../src/simulator/frigate/http.js';
import {logLines, printed} from '../../src/simulator/frigate/log.js';
import {segmentsBetween} from '../../src/simulator/frigate/recording.js';
import {containerEnd, ignoresTerm} from '../../src/simulator/frigate/run.js';
import {measuredSite, type FrigateVersion} from '../../src/simulator/frigate/site.js';
import {aContainer, anObservation, aPod, aPolicy} from '../support/observation.js';

const START = 1_795_400_000;
const FAULT = START + 600;
const none: ReadonlyMap<string, never[]> = new Map();

const runWith = (fault: FaultName | null, version: FrigateVersion = '0.17.2', since = FAULT): Run => ({
  site: measuredSite,
  version,
  startedAt: instant(START * 1000),
  recordedBefore: none,
  faults: fault === null ? [] : [{name: fault, since: instant(since * 1000)}],
});

interface Stats {
  cameras: Record<
    string,
    {
      camera_fps: number;
      process_fps: number;
      skipped_fps: number;
      detection_fps: number;
      pid: number;
      capture_pid: number;
      ffmpeg_pid: number;
    }
  >;
  detectors: Record<string, {inference_speed: number; detection_start: number; pid: number}>;
  detection_fps: number;
  cpu_usages: Record<string, {cmdline?: string}>;
  processes: Record<string, {pid: number}>;
  service: {
    last_updated: number;
    uptime: number;
    version: string;
    latest_version: string;
    storage: Record<string, {free: number; mount_type: string}>;
  };
}

const get = (run: Run, path: string, after: number): unknown => {
  const reply = answer(run, path, FAULT + after);
  if (reply.kind !== 'reply') throw new assert.AssertionError({message: `${path} was ${reply.kind}`});
  assert.equal(reply.status, 200);
  return JSON.parse(reply.body);
};

const statsAt = (run: Run, after: number): Stats => get(run, '/api/stats', after) as Stats;
const cameraAt = (run: Run, name: string, after: number): Stats['cameras'][string] =>
  statsAt(run, after).cameras[name]!;
const rates = (run: Run, name: string, after: number): number[] => {
  const camera = cameraAt(run, name, after);
  return [camera.camera_fps, camera.process_fps, camera.skipped_fps, camera.detection_fps];
};
/** Ages of the newest segments by camera, seconds; Infinity: none in the last hour. */
const ages = (run: Run, after: number): Record<string, number> =>
  Object.fromEntries(
    measuredSite.cameras.map((camera) => {
      const now = FAULT + after;
      return [camera.name, now - (segmentsBetween(run, camera, now - 3600, now, now).at(-1)?.end ?? -Infinity)];
    }),
  );
const log = (run: Run, from: number, to: number): string[] =>
  logLines(run, {from: FAULT + from, to: FAULT + to}).map((line) => line.text);
const firstAt = (run: Run, pattern: RegExp): number | null => {
  const line = logLines(run, {from: FAULT, to: FAULT + 300}).find((one) => pattern.test(one.text));
  return line === undefined ? null : line.at - FAULT;
};
const near = (actual: number | null, expected: number, by = 12): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= by, `${String(actual)} is not near ${expected}`);
const missing = (run: Run, after: number): string[] => {
  const stats = statsAt(run, after);
  const pids = [
    ...Object.entries(stats.cameras).flatMap(
      ([name, camera]) =>
        [
          [`pid ${name}`, camera.pid],
          [`capture_pid ${name}`, camera.capture_pid],
        ] as const,
    ),
    ...Object.entries(stats.detectors).map(([name, detector]) => [`detector ${name}`, detector.pid] as const),
    ...Object.entries(stats.processes).map(([name, process]) => [`process ${name}`, process.pid] as const),
  ];
  return pids.filter(([, pid]) => stats.cpu_usages[String(pid)] === undefined).map(([name]) => name);
};

const versions: readonly FrigateVersion[] = ['0.14.1', '0.16.4', '0.17.2'];

describe('a healthy simulated Frigate', () => {
  for (const version of versions) {
    it(`looks as ${version} did`, () => {
      const run = runWith(null, version);
      const stats = statsAt(run, 0);
      assert.deepEqual(Object.keys(stats.cameras).sort(), ['back', 'front', 'garage']);
      for (const camera of Object.values(stats.cameras))
        assert.ok(camera.camera_fps >= 5 && camera.camera_fps <= 5.1 && camera.skipped_fps <= 0.2);
      assert.equal(stats.cameras['garage']!.detection_fps, 0);
      assert.deepEqual(missing(run, 0), []);
      assert.equal('camera_fps' in stats, version === '0.17.2');
      assert.equal('embeddings' in stats.processes, version === '0.17.2');
      assert.equal('logger' in stats.processes, version === '0.14.1');
      assert.ok(
        Object.values(stats.cpu_usages).some(
          (usage) => usage.cmdline?.trim() === `frigate.detector${version === '0.17.2' ? ':' : '.'}cpu1`,
        ),
      );
      assert.ok(Object.values(ages(run, 0)).every((age) => age >= 0 && age <= 15));
    });
  }

  it('shows a snapshot of up to 21 s, never older', () => {
    const run = runWith(null);
    const seen = Array.from({length: 200}, (_, second) => FAULT + second - statsAt(run, second).service.last_updated);
    assert.ok(
      Math.max(...seen) <= 21 && Math.max(...seen) > 12 && Math.min(...seen) >= 0,
      `${Math.min(...seen)} … ${Math.max(...seen)}`,
    );
  });

  it('never repeats the four rates of a camera six times', () => {
    const history = get(runWith(null), '/api/stats/history?keys=cameras', 1800) as Array<Pick<Stats, 'cameras'>>;
    assert.equal(history.length, 80);
    for (const name of ['front', 'back', 'garage']) {
      const rows = history.map((one) => JSON.stringify(one.cameras[name]));
      for (let index = 5; index < rows.length; index += 1)
        assert.ok(new Set(rows.slice(index - 5, index + 1)).size > 1);
    }
  });

  it('gives only the keys asked for in its history, 15 s apart', () => {
    const history = get(runWith(null), '/api/stats/history?keys=service,detectors', 0) as Stats[];
    assert.deepEqual(Object.keys(history[0]!).sort(), ['detectors', 'service']);
    for (let index = 2; index < history.length; index += 1)
      assert.equal(history[index]!.service.last_updated - history[index - 1]!.service.last_updated, 15);
  });

  it('starts: refused, 500 of nginx, then zeros and an inference of exactly 10.0', () => {
    const run = runWith(null);
    assert.equal(answer(run, '/api/stats', START + 2).kind, 'refused');
    const starting = answer(run, '/api/stats', START + 10);
    assert.equal(starting.kind === 'reply' && starting.status, 500);
    const before = answer(runWith(null, '0.13.2'), '/api/stats', START + 10);
    assert.equal(before.kind === 'reply' && before.status, 502);
    const fresh = statsAt(run, START + 17 - FAULT);
    assert.equal(fresh.cameras['front']!.camera_fps, 0);
    assert.equal(fresh.detectors['cpu1']!.inference_speed, 10);
    assert.ok(statsAt(run, START + 45 - FAULT).cameras['front']!.camera_fps >= 5);
  });

  it('has its cameras at the top level up to 0.12, and never a skipped frame there', () => {
    const stats = get(runWith('det-stop', '0.12.1'), '/api/stats', 60) as Record<string, {skipped_fps?: number}>;
    assert.equal(stats['front']!.skipped_fps, 0);
    assert.equal('cameras' in stats, false);
    assert.ok('%Cpu(s):' in (stats['cpu_usages'] as object));
    const history = answer(runWith(null, '0.12.1'), '/api/stats/history', FAULT);
    assert.equal(history.kind === 'reply' && history.status, 404);
  });

  it('writes its log as s6 and python do', () => {
    const lines = logLines(runWith(null), {from: START, to: FAULT}).map(printed);
    assert.ok(
      lines.some((line) =>
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} {2}\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] frigate\.app {20}INFO {4}: Starting Frigate \(0\.17\.2-3d4dd3a\)$/.test(
          line,
        ),
      ),
      lines.join('\n'),
    );
  });

  it('gives the hour before its start to a request for recordings without after and before (0.15+)', () => {
    const rows = get(runWith(null), '/api/back/recordings', 0) as unknown[];
    assert.deepEqual(rows, []);
    assert.ok(
      (get(runWith(null), `/api/back/recordings?after=${FAULT - 100}&before=${FAULT}`, 0) as unknown[]).length >= 9,
    );
  });
});

describe('the signs of each fault', () => {
  for (const version of versions) {
    it(`det-stop on ${version}: moving cameras starve, nothing in the log, recordings go on`, () => {
      const run = runWith('det-stop', version);
      const [camera, process, skipped, detection] = rates(run, 'front', 60);
      assert.ok(camera! >= 5 && process! >= 0.1 && process! <= 0.2 && skipped! >= 4.8);
      assert.equal(detection, version === '0.17.2' ? 0 : 0.2);
      assert.deepEqual(rates(run, 'garage', 60).map(Math.round), [5, 5, 0, 0]);
      const [at30, at200] = [statsAt(run, 30).detectors['cpu1']!, statsAt(run, 200).detectors['cpu1']!];
      assert.equal(at30.inference_speed, at200.inference_speed);
      assert.equal(at30.detection_start, 0);
      assert.equal(at30.pid, at200.pid);
      assert.deepEqual(missing(run, 60), []);
      assert.deepEqual(log(run, 0, 250), []);
      assert.ok(Object.values(ages(run, 240)).every((age) => age <= 15));
    });
  }

  it('det-stop-busy: one stuck snapshot at most, five lines, a new pid, and well again', () => {
    const run = runWith('det-stop-busy');
    const own = (get(run, '/api/stats/history?keys=detectors,service', 200) as Stats[]).filter(
      (one) => one.service.last_updated >= FAULT,
    );
    const stuck = own.filter(
      (one) =>
        one.detectors['cpu1']!.detection_start > 0 &&
        one.service.last_updated - one.detectors['cpu1']!.detection_start > 10,
    );
    assert.ok(stuck.length <= 1);
    near(firstAt(run, /Detection appears to be stuck/), 16, 1);
    near(firstAt(run, /Force killing/), 46, 1);
    near(firstAt(run, /Detection process has exited/), 46, 1);
    assert.notEqual(own[0]!.detectors['cpu1']!.pid, own.at(-1)!.detectors['cpu1']!.pid);
    assert.ok(rates(run, 'front', 30)[1]! <= 0.2);
    assert.ok(rates(run, 'front', 120)[1]! >= 4.9);
  });

  it('coral-stuck: more than two stuck events in ten minutes, the pid changes at least three times in an hour', () => {
    const run = runWith('coral-stuck');
    const lines = log(run, 0, 600);
    assert.ok(lines.filter((line) => line.includes('appears to be stuck')).length >= 8);
    assert.equal(
      lines.filter((line) => line.includes("didn't exit. Force killing")).length,
      lines.filter((line) => line.includes('has exited...')).length,
    );
    const pids = (get(run, '/api/stats/history?keys=detectors', 900) as Stats[]).map(
      (one) => one.detectors['cpu1']!.pid,
    );
    assert.ok(new Set(pids).size >= 4);
  });

  it('det-slow: inference over 100 ms, moving cameras skip, segments go on, nothing in the log', () => {
    const run = runWith('det-slow');
    const {inference_speed: inference} = statsAt(run, 60).detectors['cpu1']!;
    assert.ok(inference >= 100 && inference <= 185);
    const [, process, skipped, detection] = rates(run, 'front', 60);
    assert.ok(process! <= 2 && skipped! >= 3 && detection! >= 1.5);
    assert.deepEqual(log(run, 0, 250), []);
    assert.ok(ages(run, 200)['front']! <= 15);
  });

  it('det-kill: a snapshot without the pid, then refused; the container ends with 143', () => {
    const run = runWith('det-kill');
    near(firstAt(run, /Detection appears to have stopped\. Exiting Frigate\.\.\./), 10, 1);
    assert.deepEqual(containerEnd(run), {after: 12, exitCode: 143, reason: 'Error', at: FAULT + 12});
    assert.equal(answer(run, '/api/stats', FAULT + 14).kind, 'refused');
    const aligned = runWith('det-kill', '0.17.2', START + 12 + 10 + 15 * 20 - 5);
    const stats = answer(aligned, '/api/stats', START + 12 + 10 + 15 * 20 + 5);
    const seen = JSON.parse(stats.kind === 'reply' ? stats.body : '{}') as Stats;
    assert.equal(seen.cpu_usages[String(seen.detectors['cpu1']!.pid)], undefined);
  });

  it('det-kill-loop: 200 with zeros and 10.0 at uptime 2 to 4, then refused', () => {
    const run = runWith('det-kill-loop', '0.17.2', START);
    const seen = answer(run, '/api/stats', START + 17);
    const stats = JSON.parse(seen.kind === 'reply' ? seen.body : '{}') as Stats;
    assert.equal(stats.service.uptime, 4);
    assert.ok(Object.values(stats.cameras).every((camera) => camera.camera_fps === 0));
    assert.equal(stats.detectors['cpu1']!.inference_speed, 10);
    assert.equal(answer(run, '/api/stats', START + 23).kind, 'refused');
  });

  for (const name of ['cap-stop', 'cap-kill'] as const) {
    for (const version of versions) {
      it(`${name} on ${version}: numbers frozen at healthy values for ever, only that camera's segments stop`, () => {
        const run = runWith(name, version);
        const rows = (get(run, '/api/stats/history?keys=cameras,service', 280) as Stats[]).filter(
          (one) => one.service.last_updated > FAULT + 1,
        );
        assert.ok(rows.length >= 16);
        const own = new Set(
          rows.map((one) =>
            [
              one.cameras['back']!.camera_fps,
              one.cameras['back']!.process_fps,
              one.cameras['back']!.skipped_fps,
              one.cameras['back']!.detection_fps,
            ].join('/'),
          ),
        );
        assert.equal(own.size, 1);
        assert.ok(rows[0]!.cameras['back']!.camera_fps >= 5);
        assert.deepEqual(missing(run, 60), name === 'cap-kill' ? ['capture_pid back'] : []);
        const aged = ages(run, 200);
        assert.ok(aged['back']! > 195 && aged['front']! <= 15 && aged['garage']! <= 15);
        near(
          firstAt(
            run,
            version === '0.14.1'
              ? /Unable to keep up with recording segments in cache for back/
              : /Too many unprocessed recording segments in cache for back/,
          ),
          74,
          5,
        );
      });
    }
  }

  for (const name of ['proc-stop', 'proc-kill'] as const) {
    it(`${name}: skipped equals camera while process and detection keep healthy values`, () => {
      const run = runWith(name);
      const [camera, process, skipped, detection] = rates(run, 'back', 60);
      assert.equal(skipped, camera);
      assert.ok(process! >= 4.9 && detection! >= 4.5);
      assert.deepEqual(missing(run, 60), name === 'proc-kill' ? ['pid back'] : []);
      near(firstAt(run, /Too many unprocessed recording segments in cache for back/), 72, 2);
    });
  }

  it('cam-hang: 0.1, 0.3, 0.0; process and detection stay; ffmpeg comes and goes with new pids', () => {
    const run = runWith('cam-hang');
    assert.ok(rates(run, 'back', 5)[0]! >= 5);
    assert.deepEqual(rates(run, 'back', 100), [0, 0.3, 0, 0.3]);
    assert.ok(rates(run, 'front', 100)[0]! >= 5);
    assert.notEqual(cameraAt(run, 'back', 60).ffmpeg_pid, cameraAt(run, 'back', 160).ffmpeg_pid);
    near(firstAt(run, /back: Unable to read frames from ffmpeg process\./), 30, 2);
    near(firstAt(run, /Ffmpeg process crashed unexpectedly for back\./), 40, 2);
    near(firstAt(run, /No new valid recording segments were created for back in the last 120s/), 120, 2);
    assert.deepEqual(
      log(run, 0, 300).filter((line) => line.includes('No frames received')),
      [],
    );
    assert.deepEqual(missing(run, 100), []);
  });

  it('cams-gone: zeros while process and detection keep their last values; refused per camera, 404 through go2rtc', () => {
    const run = runWith('cams-gone');
    assert.deepEqual(rates(run, 'back', 60), [0, 5.2, 0, 5.4]);
    assert.deepEqual(rates(run, 'garage', 60), [0, 5.2, 0, 0]);
    assert.deepEqual(rates(run, 'front', 80), [0, 0.3, 0, 0.6]);
    const lines = log(run, 0, 60);
    assert.ok(lines.some((line) => line.includes('rtsp://10.77.4.1:8562/cam: Connection refused')));
    assert.ok(lines.some((line) => line.includes('Server returned 404 Not Found')));
    assert.ok(lines.some((line) => /WRN \[rtsp\] error="streams: dial tcp .*" stream=front/.test(line)));
    const stats = statsAt(run, 100);
    for (const camera of Object.values(stats.cameras))
      assert.equal(stats.cpu_usages[String(camera.ffmpeg_pid)], undefined);
  });

  it('cams-net: all cameras fall to 0.1, then 0.0, with time-outs and no "No frames received"', () => {
    const run = runWith('cams-net');
    for (const name of ['front', 'back', 'garage']) assert.equal(rates(run, name, 80)[0], 0);
    const lines = log(run, 0, 120);
    assert.ok(lines.some((line) => line.includes('i/o timeout')));
    assert.ok(lines.some((line) => line.includes('Connection timed out')));
    assert.ok(!lines.some((line) => line.includes('No frames received')));
  });

  for (const [name, api, page, recorded] of [
    ['main-stop', 'silent', 'reply', false],
    ['nginx-stop', 'silent', 'silent', true],
  ] as const) {
    it(`${name}: the API is ${api}, the page ${page}, recording ${recorded ? 'goes on' : 'stops'}, nothing in the log`, () => {
      const run = runWith(name);
      assert.equal(answer(run, '/api/stats', FAULT + 10).kind, api);
      assert.equal(answer(run, '/api/version', FAULT + 10).kind, api);
      assert.equal(answer(run, '/', FAULT + 10).kind, page);
      assert.ok(Object.values(ages(run, 200)).every((age) => (recorded ? age <= 15 : age > 195)));
      assert.deepEqual(log(run, 0, 250), []);
    });
  }

  it('manager-stop: frozen at once at healthy numbers with 200, all recordings stop, nothing in the log', () => {
    const run = runWith('manager-stop');
    const [before, later] = [statsAt(run, 10), statsAt(run, 250)];
    assert.equal(before.service.last_updated, later.service.last_updated);
    assert.ok(later.service.last_updated <= FAULT);
    assert.ok(later.cameras['front']!.camera_fps >= 5);
    assert.ok(Object.values(ages(run, 200)).every((age) => age > 195));
    assert.deepEqual(log(run, 0, 250), []);
  });

  for (const [fault, name, site, words] of [
    [
      'embeddings-kill',
      'embeddings',
      {...measuredSite, enrichments: ['face_recognition', 'lpr'] as const},
      'Process embeddings of Frigate not running: no face recognition, licence plates',
    ],
    [
      'audio-kill',
      'audio_detector',
      {...measuredSite, audio: true},
      'Process audio_detector of Frigate not running: no audio detection',
    ],
  ] as const)
    it(`${fault}: only the pid of ${name} is missing, and FRG-306 names it`, () => {
      const run = {...runWith(fault), site};
      assert.deepEqual(missing(run, 60), [`process ${name}`]);
      assert.ok(Object.values(ages(run, 200)).every((age) => age < 30));
      const body = (path: string): Buffer => {
        const reply = answer(run, path, FAULT + 60);
        assert.ok(reply.kind === 'reply');
        return Buffer.from(reply.body);
      };
      const read = parseJson('stats', body('/api/stats'));
      assert.ok(read.known);
      const snapshot = readSnapshot(read.value, 'stats');
      assert.ok(snapshot.known);
      const at = instant((FAULT + 60) * 1000);
      const started = aPod({frigate: aContainer({state: {phase: 'running', startedAt: run.startedAt}})});
      const findings = assess(
        anObservation({
          at,
          localClock: at,
          apiServer: known({date: at}),
          pods: known([started]),
          frigate: {
            stats: known({snapshot: snapshot.value, date: at, latency: milliseconds(3)}),
            config: parseConfig(body('/api/config')),
          },
        }),
        emptyBaselines,
        aPolicy(),
      );
      const found = findings.find(({id}) => id === 'FRG-306');
      assert.deepEqual([found?.status, found?.cure, found?.summary], ['warning', 'none', words]);
      assert.equal(findings.find(({id}) => id === 'FRG-304')?.status, 'ok');
    });

  for (const version of versions) {
    it(`rec-kill on ${version}: only the pid of the recorder is missing`, () => {
      const run = runWith('rec-kill', version);
      assert.deepEqual(missing(run, 60), ['process recording']);
      assert.ok(rates(run, 'back', 60)[0]! >= 5);
      assert.ok(Object.values(ages(run, 200)).every((age) => age > 195));
      const lines = log(run, 0, 250);
      if (version === '0.17.2') {
        near(
          firstAt(run, /No new valid recording segments were created for back in the last 120s\. Restarting/),
          109,
          1,
        );
        assert.ok(lines.every((line) => line.includes('back')));
      } else assert.deepEqual(lines, []);
      const free = (after: number): number => statsAt(run, after).service.storage['/tmp/cache']!.free;
      assert.ok(free(290) < free(20) - 2);
    });
  }

  it('db-lock-brief: well for 75 s, then frozen for ever; the traceback of the reader thread', () => {
    const run = runWith('db-lock-brief');
    assert.ok(statsAt(run, 70).service.last_updated > FAULT + 30);
    assert.equal(statsAt(run, 120).service.last_updated, statsAt(run, 900).service.last_updated);
    near(firstAt(run, /^Exception in thread Thread-7 \(read\):$/), 65, 1);
    assert.ok(log(run, 60, 70).includes('peewee.OperationalError: database is locked'));
    assert.ok(Object.values(ages(run, 60)).every((age) => age > 55));
  });

  for (const [version, cleaned] of [
    ['0.17.2', 154],
    ['0.16.4', 112],
  ] as const) {
    it(`disk-full on ${version}: free 0, raw ENOSPC lines, then a thin recovery after ${cleaned} s`, () => {
      const run = runWith('disk-full', version);
      assert.equal(statsAt(run, 60).service.storage['/media/frigate/recordings']!.free, 0);
      const free = statsAt(run, 260).service.storage['/media/frigate/recordings']!.free;
      assert.ok(free >= 0.2 && free <= 0.5);
      near(
        firstAt(
          run,
          /^Could not write header for output file #0 \(incorrect codec parameters \?\): No space left on device$/,
        ),
        2,
        4,
      );
      near(firstAt(run, /Unable to keep up with recording segments in cache for front/), 61, 1);
      near(firstAt(run, /Less than 1 hour of recording space left/), cleaned, 1);
      near(firstAt(run, /Could not clear 11\.27 MB/), cleaned, 1);
      assert.ok(ages(run, 100)['front']! > 95);
      assert.ok(ages(run, 220)['front']! <= 15);
    });
  }

  it('disk-hang: frozen at once, record watchdog after 112 s; a new pod never opens its API', () => {
    const run = runWith('disk-hang');
    assert.ok(statsAt(run, 100).service.last_updated <= FAULT);
    near(firstAt(run, /No new valid recording segments were created for back/), 112, 1);
    const next = answer({...run, startedAt: instant((FAULT + 300) * 1000)}, '/api/stats', FAULT + 900);
    assert.equal(next.kind === 'reply' && next.status, 500);
  });

  it('disk-ro: nothing in stats but the segment age; the raw line of ffmpeg', () => {
    const run = runWith('disk-ro');
    assert.ok(statsAt(run, 60).service.storage['/media/frigate/recordings']!.free > 2000);
    near(firstAt(run, /^\/media\/frigate\/recordings\/.*\.mp4: Read-only file system$/), 8, 4);
    near(firstAt(run, /Unable to keep up/), 248, 1);
    assert.ok(ages(run, 200)['back']! > 195);
  });

  it('cache-full: cameras with one input are dead, the one with a record input of its own lives, nothing is recorded', () => {
    const run = runWith('cache-full');
    assert.equal(statsAt(run, 30).service.storage['/tmp/cache']!.free, 0);
    assert.equal(rates(run, 'front', 60)[0], 0);
    assert.equal(rates(run, 'garage', 60)[0], 0);
    assert.ok(rates(run, 'back', 60)[0]! >= 5);
    assert.ok(Object.values(ages(run, 200)).every((age) => age > 195));
    assert.ok(log(run, 0, 60).some((line) => /ffmpeg\.front\.detect.*No space left on device/.test(line)));
    assert.ok(
      log(run, 0, 60).some((line) =>
        /Invalid or missing video stream in segment \/tmp\/cache\/.*\.mp4\. Discarding\./.test(line),
      ),
    );
  });

  it('go2rtc-stop: only the camera through go2rtc is gone, its API is silent, nobody restarts it', () => {
    const run = runWith('go2rtc-stop');
    assert.equal(rates(run, 'front', 90)[0], 0);
    assert.ok(rates(run, 'back', 90)[0]! >= 5);
    assert.deepEqual(missing(run, 90), []);
    assert.equal(answer(run, '/api/go2rtc/streams', FAULT + 60).kind, 'silent');
    assert.ok(log(run, 0, 100).some((line) => line.includes('rtsp://127.0.0.1:8554/front: Connection timed out')));
    assert.ok(!log(run, 0, 300).some((line) => line.includes('not responding to ping')));
  });

  it('oom: exit 137 OOMKilled again and again, nothing of memory in the log', () => {
    const run = runWith('oom');
    assert.equal(containerEnd(run)?.exitCode, 137);
    assert.equal(containerEnd(run)?.reason, 'OOMKilled');
    assert.ok(log(run, 0, 20).some((line) => line === '[INFO] Service Frigate exited with code 256 (by signal 9)'));
    assert.ok(containerEnd({...run, startedAt: instant((FAULT + 60) * 1000)}) !== null);
  });

  it('mem-leak: the main process alone grows, to the limit in hours, and begins anew in the next container', () => {
    const run = runWith('mem-leak');
    const memory = (of: Run, after: number): {main: number; all: number} => {
      const rows = Object.entries(
        (get(of, '/api/stats', after) as {cpu_usages: Record<string, {mem: string}>}).cpu_usages,
      ).filter(([pid]) => /^\d+$/.test(pid));
      return {
        main: Number(rows.find(([pid]) => pid === '124')![1].mem),
        all: rows.reduce((sum, [, {mem}]) => sum + Number(mem), 0),
      };
    };
    const healthy = runWith(null);
    for (const [after, leaked] of [
      [60, 0.1],
      [60 + 5 * 3600, 30.1],
    ] as const) {
      assert.ok(
        Math.abs(memory(run, after).main - memory(healthy, after).main - leaked) < 0.2,
        `${after}: ${memory(run, after).main}`,
      );
      assert.ok(
        Math.abs(memory(run, after).all - memory(healthy, after).all - leaked) < 0.2,
        `${after}: ${memory(run, after).all}`,
      );
    }
    const end = containerEnd(run)!;
    assert.deepEqual([end.exitCode, end.reason], [137, 'OOMKilled']);
    assert.ok(end.at - FAULT > 10 * 3600 && end.at - FAULT < 15 * 3600, String(end.at - FAULT));
    const next = {...run, startedAt: instant((FAULT + 3600) * 1000)};
    const begunAnew = {...healthy, startedAt: next.startedAt};
    assert.ok(Math.abs(memory(next, 3600 + 300).main - memory(begunAnew, 3600 + 300).main) < 1);
  });

  it('the memory of a healthy Frigate fills up, and comes and goes by a few percent', () => {
    const run = runWith(null);
    const all = (hour: number): number =>
      Object.entries(
        (get(run, '/api/stats', hour * 3600) as {cpu_usages: Record<string, {mem: string}>}).cpu_usages,
      ).reduce((sum, [pid, {mem}]) => sum + (/^\d+$/.test(pid) ? Number(mem) : 0), 0);
    const hours = Array.from({length: 48}, (_, hour) => all(hour + 5));
    assert.ok(
      Math.max(...hours) - Math.min(...hours) > 4 && Math.max(...hours) - Math.min(...hours) < 10,
      hours.join(' '),
    );
    assert.ok(
      Math.abs(hours.reduce((sum, value) => sum + value, 0) / 48 - measuredSite.memoryPercent) < 1,
      hours.join(' '),
    );
  });

  it('bad-config: safe mode in the next container: no camera, a detector nobody configured, 10.0', () => {
    const run = {...runWith('bad-config'), startedAt: instant((FAULT + 5) * 1000)};
    const stats = statsAt(run, 120);
    assert.deepEqual(stats.cameras, {});
    assert.deepEqual(Object.keys(stats.detectors), ['cpu']);
    assert.equal(stats.detectors['cpu']!.inference_speed, 10);
    assert.equal(stats.service.latest_version, 'unknown');
    assert.equal((get(run, '/api/config', 120) as {safe_mode: boolean}).safe_mode, true);
    const lines = log(run, 0, 60);
    assert.ok(lines.includes('Starting Frigate in safe mode.'));
    assert.ok(lines.some((line) => line.includes('Safe mode enabled, skipping storage maintenance')));
  });

  it('clock: last_updated 81 to 87 s in the future, one absurd snapshot, nothing in the log', () => {
    const run = runWith('clock');
    for (const after of [60, 120, 240]) {
      const ahead = statsAt(run, after).service.last_updated - (FAULT + after);
      assert.ok(ahead >= 69 && ahead <= 90, String(ahead));
    }
    const history = (get(run, '/api/stats/history?keys=cameras,service', 200) as Stats[]).filter(
      (one) => one.cameras['back']!.camera_fps > 40,
    );
    assert.ok(history.length <= 1);
    assert.deepEqual(log(run, 0, 250), []);
  });

  it('clock-back: last_updated 90 to 110 s old and advancing, rates beyond reason for 90 s', () => {
    const run = runWith('clock-back');
    const [one, two] = [statsAt(run, 60), statsAt(run, 120)];
    assert.equal(two.service.last_updated - one.service.last_updated, 60);
    assert.ok(FAULT + 60 - one.service.last_updated >= 90 && FAULT + 60 - one.service.last_updated <= 111);
    assert.ok(rates(run, 'back', 60)[1]! > 40 && rates(run, 'back', 60)[3]! > 80);
    assert.ok(rates(run, 'back', 150)[1]! < 6);
  });

  it('starting: 500 for seven minutes, with the lines of a migration', () => {
    const run = runWith('starting', '0.17.2', START);
    const early = answer(run, '/api/version', START + 300);
    assert.equal(early.kind === 'reply' && early.status, 500);
    const late = answer(run, '/api/version', START + 440);
    assert.equal(late.kind === 'reply' && late.status, 200);
    assert.ok(
      logLines(run, {from: START, to: START + 300}).some((line) => line.text.includes('Running database vacuum')),
    );
  });
});

describe('what the catalogue of faults says', () => {
  const measured: ReadonlyArray<readonly [FaultName, 'restart' | 'new-pod' | 'none' | 'itself']> = [
    ['det-stop', 'restart'],
    ['det-stop-busy', 'itself'],
    ['det-slow', 'restart'],
    ['det-kill', 'itself'],
    ['det-kill-loop', 'none'],
    ['cap-stop', 'restart'],
    ['cap-kill', 'restart'],
    ['proc-stop', 'restart'],
    ['proc-kill', 'restart'],
    ['cam-hang', 'none'],
    ['cams-gone', 'none'],
    ['cams-net', 'none'],
    ['main-stop', 'restart'],
    ['nginx-stop', 'restart'],
    ['manager-stop', 'restart'],
    ['rec-kill', 'restart'],
    ['db-lock-brief', 'restart'],
    ['go2rtc-stop', 'restart'],
    ['disk-full', 'none'],
    ['disk-hang', 'none'],
    ['disk-ro', 'none'],
    ['cache-full', 'new-pod'],
    ['oom', 'none'],
    ['mem-leak', 'none'],
    ['bad-config', 'none'],
  ];
  for (const [name, cure] of measured) {
    it(`${name}: a restart ${cure === 'restart' ? 'cures' : cure === 'new-pod' ? 'cures by its new pod' : cure === 'itself' ? 'is not needed' : 'does not help'}`, () => {
      assert.equal(faults.find((fault) => fault.name === name)?.cure, cure);
    });
  }

  it('names each fault once, with a line for people', () => {
    assert.equal(new Set(faults.map((fault) => fault.name)).size, faults.length);
    for (const fault of faults) assert.ok(fault.summary.length > 20);
  });

  it('lets a stopped process ignore TERM, and a healthy Frigate obey it', () => {
    assert.equal(ignoresTerm(runWith('det-stop'), FAULT + 10), true);
    assert.equal(ignoresTerm(runWith('rec-kill'), FAULT + 10), false);
    assert.equal(ignoresTerm(runWith(null), FAULT), false);
  });

  it('gives the same answer to the same question, whole or in pieces', () => {
    for (const fault of faults) {
      const run = runWith(fault.name);
      const whole = logLines(run, {from: FAULT, to: FAULT + 200}).map(printed);
      const pieces = Array.from({length: 20}, (_, index) =>
        logLines(run, {from: FAULT + index * 10, to: FAULT + index * 10 + 10}).map(printed),
      ).flat();
      assert.deepEqual(pieces, whole, fault.name);
    }
  });
});
