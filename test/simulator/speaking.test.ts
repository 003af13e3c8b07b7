/** Components that speak: recorder, detector, go2rtc, a mount that fails at once, and what was switched off. Times: seconds after the start. */
import assert from 'node:assert/strict';
import {containerEnd} from '../../src/simulator/frigate/run.js';
import {measuredSite, type FrigateVersion, type Site} from '../../src/simulator/frigate/site.js';
import {AFTER, ages, json, log, reply, runOf, stats, timesOf} from './runs.js';

const versions: readonly FrigateVersion[] = ['0.12.1', '0.13.2', '0.14.1', '0.16.4', '0.17.2'];
const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => Math.round(time - times[index]!));
const nothingRecorded = (run: ReturnType<typeof runOf>, at: number): boolean =>
  Object.values(ages(run, at)).every((age) => age > at - AFTER - 15);

describe('errors of the recorder', () => {
  for (const version of versions) {
    it(`record-error on ${version}: two lines for each segment of each camera, cameras fine (report 4)`, () => {
      const run = runOf('record-error', {version});
      const logger = version === '0.12.1' ? 'frigate.record' : 'frigate.record.maintainer';
      const lines = log(run, AFTER, AFTER + 20);
      assert.equal(lines.length, 2 * 2 * 3);
      assert.match(
        lines[0]!,
        new RegExp(`\\] ${logger} +ERROR +: Unable to store recording segment /tmp/cache/front[@-]\\d{14}`),
      );
      assert.match(
        lines[1]!,
        new RegExp(`\\] ${logger} +ERROR +: NOT NULL constraint failed: recordings\\.segment_size$`),
      );
      assert.ok(nothingRecorded(run, AFTER + 300));
      if (version !== '0.12.1') assert.ok(stats(run, AFTER + 100).cameras['back']!.camera_fps >= 5);
    });
  }

  it('maintainer-error: every 5 s, with a folder in it (report 5)', () => {
    const run = runOf('maintainer-error');
    assert.deepEqual(
      new Set(gaps(timesOf(run, /Error occurred when attempting to maintain recording cache/, AFTER, AFTER + 100))),
      new Set([5]),
    );
    assert.match(
      log(run, AFTER, AFTER + 10)[1]!,
      /frigate\.record\.maintainer +ERROR +: \[Errno 13\] Permission denied: '\/media\/frigate\/recordings\/\d{4}-\d\d-\d\d\/\d\d\/front'$/,
    );
    assert.ok(nothingRecorded(run, AFTER + 300));
  });

  for (const text of [
    "[Errno 107] Transport endpoint is not connected: '{path}'",
    "[Errno 122] Disk quota exceeded: '{path}'",
    "[Errno 24] Too many open files: '{path}'",
    "'back'",
    'no such table: recordings',
    'unable to open database file',
  ]) {
    it(`says whatever it is told (report 5b): ${text}`, () => {
      for (const name of ['record-error', 'maintainer-error'] as const) {
        const said = log(runOf(name, {detail: text, every: 30}), AFTER, AFTER + 60);
        const own = said.filter((line) => line.includes(text.replace("'{path}'", '')));
        assert.ok(own.length > 0 && own.length * 2 === said.length, said.join('\n'));
        assert.ok(said.every((line) => !line.includes('{path}')));
      }
    });
  }

  it('thread-crash: a traceback once; the process of the recorder lives', () => {
    const run = runOf('thread-crash');
    assert.deepEqual(
      log(run, AFTER, AFTER + 600).at(-1),
      "OSError: [Errno 5] Input/output error: '/media/frigate/recordings'",
    );
    const seen = stats(run, AFTER + 120);
    assert.ok(seen.cpu_usages[String(seen.processes['recording']!.pid)] !== undefined);
    assert.ok(nothingRecorded(run, AFTER + 300));
  });

  it('crash-error: exit 1 nine seconds after each start, the path on its last line but one (report 9)', () => {
    const run = runOf('crash-error', {fromStart: true});
    const end = containerEnd(run)!;
    assert.deepEqual([Math.round(end.after), end.exitCode, end.reason], [9, 1, 'Error']);
    assert.deepEqual(log(run, 0, 60).slice(-2), [
      "OSError: [Errno 5] Input/output error: '/media/frigate/recordings'",
      '[INFO] Service Frigate exited with code 1 (by signal 0)',
    ]);
  });
});

describe('what was switched off at run time', () => {
  interface Config {
    cameras: Record<
      string,
      {
        enabled: boolean;
        enabled_in_config?: boolean;
        record: {enabled: boolean; enabled_in_config: boolean};
        detect: {enabled: boolean; enabled_in_config?: boolean};
      }
    >;
  }
  const configAt = (run: ReturnType<typeof runOf>, at: number): Config => json(run, '/api/config', at) as Config;

  for (const version of versions) {
    it(`recording on ${version}: off beside enabled_in_config, one line of the dispatcher, no segment (report 6)`, () => {
      const run = runOf('record-off', {version, cameras: ['back']});
      assert.equal(configAt(run, AFTER - 10).cameras['back']!.record.enabled, true);
      const {cameras} = configAt(run, AFTER + 60);
      assert.deepEqual([cameras['back']!.record.enabled, cameras['back']!.record.enabled_in_config], [false, true]);
      assert.equal(cameras['front']!.record.enabled, true);
      assert.deepEqual(
        log(run, AFTER, AFTER + 600).map((line) => line.slice(22)),
        ['frigate.comms.dispatcher       INFO    : Turning off recordings for back'],
      );
      const aged = ages(run, AFTER + 300);
      assert.ok(aged['back']! > 280 && aged['front']! <= 15);
    });
  }

  it('detection: frames flow, nothing is detected, recording goes on; no version has enabled_in_config for it (report 7)', () => {
    for (const version of versions) {
      const run = runOf('detect-off', {version});
      const {detect} = configAt(run, AFTER + 60).cameras['front']!;
      assert.deepEqual([detect.enabled, 'enabled_in_config' in detect], [false, false]);
      assert.ok(ages(run, AFTER + 300)['front']! <= 15);
      assert.match(
        log(run, AFTER, AFTER + 60)[0]!,
        /frigate\.comms\.dispatcher +INFO +: Turning off detection for front$/,
      );
      if (version === '0.12.1') continue;
      const front = stats(run, AFTER + 60).cameras['front']!;
      assert.ok(front.camera_fps >= 5 && front.process_fps >= 4.9);
      assert.equal(front.detection_fps, 0);
      assert.equal(front.detection_enabled, version === '0.13.2' ? 0 : false);
    }
  });

  it('a camera (0.16 and later): off beside enabled_in_config, its rates stand still, its pids stay, its ffmpeg is gone', () => {
    for (const version of ['0.16.4', '0.17.2'] as const) {
      const run = runOf('camera-off', {version, cameras: ['back']});
      const {enabled, enabled_in_config: inConfig} = configAt(run, AFTER + 60).cameras['back']!;
      assert.deepEqual([enabled, inConfig], [false, true]);
      const [one, two] = [stats(run, AFTER + 60), stats(run, AFTER + 400)];
      assert.ok(one.cameras['back']!.camera_fps >= 5);
      assert.deepEqual(one.cameras['back'], two.cameras['back']);
      assert.ok(two.cpu_usages[String(two.cameras['back']!.capture_pid)] !== undefined);
      assert.equal(two.cpu_usages[String(two.cameras['back']!.ffmpeg_pid)], undefined);
      assert.ok(ages(run, AFTER + 300)['back']! > 280);
      assert.match(log(run, AFTER, AFTER + 60)[0]!, /Turning off camera back$/);
    }
    const before = runOf('camera-off', {version: '0.14.1', cameras: ['back']});
    assert.equal(configAt(before, AFTER + 60).cameras['back']!.enabled, true);
    assert.deepEqual(log(before, AFTER, AFTER + 600), []);
  });

  it('by a retained message: again some seconds after each start', () => {
    const run = runOf('record-off', {fromStart: true});
    assert.deepEqual(timesOf(run, /Turning off recordings for (front|back|garage)$/, 0, 600), [13, 13, 13]);
    assert.ok(Object.values(ages(run, 300)).every((age) => age === Infinity));
  });
});

describe('a media mount that fails at once', () => {
  it('stale-mount: [Errno 116] every 5 s, the paths empty in stats from 0.15, cameras fine (report 8)', () => {
    for (const version of ['0.16.4', '0.17.2'] as const) {
      const run = runOf('stale-mount', {version});
      assert.deepEqual(
        new Set(
          gaps(timesOf(run, /\[Errno 116\] Stale file handle: '\/media\/frigate\/recordings\//, AFTER, AFTER + 100)),
        ),
        new Set([5]),
      );
      const {storage} = stats(run, AFTER + 60).service;
      assert.deepEqual(storage['/media/frigate/recordings'], {});
      assert.ok(storage['/tmp/cache']!.free! > 0);
      assert.ok(stats(run, AFTER + 60).cameras['back']!.camera_fps >= 5);
    }
  });

  it('ends the emitter of 0.14, which catches no such error: its stats stand still', () => {
    const run = runOf('stale-mount', {version: '0.14.1'});
    assert.ok(stats(run, AFTER + 300).service.last_updated <= stats(run, AFTER).service.last_updated);
  });
});

describe('a go2rtc that cannot run', () => {
  const through: Site = {
    ...measuredSite,
    cameras: measuredSite.cameras.map((camera) => ({...camera, throughGo2rtc: true})),
  };

  it('go2rtc-dead: 500 of its streams, exit 126 again and again, all cameras through it lose their frames (report 20)', () => {
    const run = runOf('go2rtc-dead', {site: through});
    assert.equal(reply(run, '/api/go2rtc/streams', AFTER + 60), 500);
    assert.equal(reply(run, '/api/version', AFTER + 60), 200);
    const lines = log(run, AFTER, AFTER + 60);
    assert.ok(lines.some((line) => line.endsWith('cannot execute binary file: Exec format error')));
    assert.ok(
      lines.filter((line) => line === '[INFO] The go2rtc service exited with code 126 (by signal 0)').length >= 15,
    );
    for (const name of ['front', 'back', 'garage']) {
      assert.equal(stats(run, AFTER + 60).cameras[name]!.camera_fps, 0);
      assert.ok(lines.some((line) => line.includes(`rtsp://127.0.0.1:8554/${name}: Connection refused`)));
    }
    const seen = stats(run, AFTER + 60);
    assert.equal(seen.cpu_usages[String(seen.processes['go2rtc']!.pid)], undefined);
  });

  it('leaves the cameras alone that do not come through it', () => {
    const seen = stats(runOf('go2rtc-dead'), AFTER + 60).cameras;
    assert.deepEqual([seen['front']!.camera_fps, seen['back']!.camera_fps >= 5], [0, true]);
  });
});

describe('a detector in trouble', () => {
  const coral = (baseline: number, temperature?: number) => ({
    name: `coral${baseline}`,
    type: 'edgetpu',
    baseline,
    ...(temperature === undefined ? {} : {temperature}),
  });

  it('det-device-lost: silent, and its temperature below -40 °C (report 19)', () => {
    const site: Site = {...measuredSite, detectors: [coral(8, 51.2), coral(9, 49.8)]};
    const run = runOf('det-device-lost', {site});
    assert.deepEqual(stats(run, AFTER - 60).service.temperatures, {apex_0: 51.2, apex_1: 49.8});
    const seen = stats(run, AFTER + 60);
    assert.deepEqual(seen.service.temperatures, {apex_0: -89.4, apex_1: 49.8});
    assert.equal(seen.detectors['coral8']!.detection_start, 0);
    assert.equal(Number(seen.cpu_usages[String(seen.detectors['coral8']!.pid)]!.cpu), 0);
    assert.ok(seen.cameras['front']!.process_fps <= 0.2);
    assert.deepEqual(log(run, AFTER, AFTER + 250), []);
    const later = stats(runOf('det-device-lost', {site, version: '0.18.0'}), AFTER + 60);
    assert.equal(later.detectors['coral8']!.temperature, -89.4);
  });

  it('det-replaced on 0.12: another pid every ten minutes, no history, detections in between (report 18)', () => {
    const site: Site = {...measuredSite, detectors: [coral(8), coral(9)]};
    const run = runOf('det-replaced', {site, version: '0.12.1'});
    const pids = [60, 660, 1260, 1860].map((after) => {
      const seen = json(run, '/api/stats', AFTER + after) as Pick<ReturnType<typeof stats>, 'detectors'>;
      return [seen.detectors['coral8']!.pid, seen.detectors['coral9']!.pid];
    });
    assert.equal(new Set(pids.map(([first]) => first)).size, 4);
    assert.equal(new Set(pids.map(([, second]) => second)).size, 1);
    assert.equal(reply(run, '/api/stats/history', AFTER + 660), 404);
    assert.equal(timesOf(run, /Detection appears to be stuck/, AFTER, AFTER + 1900).length, 3);
  });

  for (const [type, pattern] of [
    [
      'hailo8l',
      /frigate\.detectors\.plugins\.hailo8l +ERROR +: Timeout waiting for inference results for request \d+$/,
    ],
    ['openvino', /frigate\.detectors\.detection_runners +ERROR +: Error during OpenVINO inference: /],
    ['edgetpu', /^F driver\/usb\/usb_driver\.cc:857\] transfer on tag 2 failed\./],
  ] as const) {
    it(`det-error: the words of a detector of type ${type}`, () => {
      const site: Site = {...measuredSite, detectors: [{name: 'own', type, baseline: 8}]};
      const lines = log(runOf('det-error', {site}), AFTER, AFTER + 60);
      assert.ok(lines.length > 50 && lines.every((line) => pattern.test(line)), lines.join('\n'));
      const told = log(runOf('det-error', {site, detail: 'a word nobody knows', every: 20}), AFTER, AFTER + 60);
      assert.ok(told.length === 3 && told.every((line) => line.endsWith('a word nobody knows')));
    });
  }

  it('uses no CPU while it hangs, as measured (3.8 % before, 0.0 in every snapshot after)', () => {
    const seen = stats(runOf('det-stop'), AFTER + 60);
    assert.equal(seen.cpu_usages[String(seen.detectors['cpu1']!.pid)]!.cpu, '0.0');
  });
});
