import assert from 'node:assert/strict';
import fc from 'fast-check';
import {parseHistory, readSnapshot} from '../../src/frigate/parse/stats.js';
import {parseJson} from '../../src/frigate/parse/json.js';
import {fixtureNames, readFixture} from './fixtures.js';
import type {Snapshot} from '../../src/core/observation/frigate.js';

const snapshotOf = (value: unknown): Snapshot => {
  const snapshot = readSnapshot(value);
  assert.ok(snapshot.known, snapshot.known ? '' : snapshot.why.message);
  return snapshot.value;
};

/** What stands in each fixture: version, cameras with camera_fps, detectors with inference_speed, rows of cpu_usages, mounts. */
interface Expected {
  readonly version: string | null;
  readonly cameras: Readonly<Record<string, number | null>>;
  readonly detectors: Readonly<Record<string, number | null>>;
  readonly usages: number | null;
  readonly mounts: number;
}
const expect = (
  version: string | null,
  cameras: Expected['cameras'],
  detectors: Expected['detectors'],
  usages: number | null = null,
  mounts = 0,
): Expected => ({version, cameras, detectors, usages, mounts});

const twoCpus = {cpu1: 91.43, cpu2: 84.99};
const fixtures: Readonly<Record<string, Expected>> = {
  'docs-v0.11.1.json': expect('0.10.1-8883709', {back: 5}, {coral: 10.48}, null, 4),
  'docs-v0.14.1.json': expect('0.10.1-8883709', {back: 5}, {coral: 10.48}, null, 4),
  'docs-v0.8.4.json': expect('0.8.0-8883709', {back: 5}, {coral: 10.48}, null, 4),
  'fixture-frigate-e2e-v0.18.json': expect('0.15.0-test', {backyard: 5, front_door: 5, garage: 5}, {cpu: 75.5}, 1, 2),
  'fixture-frigate-v0.11.1.json': expect('0.10.1', {front_door: 0}, twoCpus, null, 4),
  'fixture-frigate-v0.17.2.json': expect('0.10.1', {front_door: 0}, twoCpus, null, 4),
  'fixture-frigate-web-v0.10.1.json': expect('0.8.1-d376f6b', {front: 5, side: 6.9}, {coral: 8.94}),
  'fixture-frigate-web-v0.13.2.json': expect('0.8.1-d376f6b', {front: 5, side: 6.9}, {coral: 8.94}, 6),
  'fixture-frigate-ws-v0.18.json': expect('0.16.0', {back_door: 5, front_door: 5, garage: 5}, {cpu: 10}),
  'fixture-hass-v2.3.json': expect('0.8.4-09a4d6d', {front_door: 4.1}, twoCpus, null, 4),
  'fixture-hass-v3.0.0.json': expect('0.8.4-09a4d6d', {front_door: 4.1}, twoCpus, null, 4),
  'fixture-hass-v4.0.0.json': expect('0.8.4-09a4d6d', {front_door: 4.1}, twoCpus, 3, 4),
  'fixture-hass-v5.0.0.json': expect('0.8.4-09a4d6d', {front_door: 4.1}, twoCpus, 3, 4),
  'fixture-hass-v5.3.0.json': expect('0.8.4-09a4d6d', {front_door: 4.1}, twoCpus, 3, 4),
  'measured-0.14.1.json': expect('0.14.1-f4f3cfa', {back: 5.1, front: 5.1, garage: 5}, {cpu1: 2.21}, 14, 4),
  'measured-0.16.4.json': expect('0.16.4-4131252', {back: 5, front: 5, garage: 5}, {cpu1: 4.3}, 13, 4),
  'measured-0.17.2.json': expect('0.17.2-3d4dd3a', {back: 5.1, front: 5, garage: 5}, {cpu1: 4.01}, 14, 4),
  'mock-0.17-shape-wrong-layout.json': expect('0.17.1', {backyard: 5, front_door: 5}, {cpu: 45.3}, null, 1),
  'mock-0.18-amd-openvino.json': expect('0.18.0', {}, {ov: 42.4, ov_1: 42.1}),
  'mock-high-skip.json': expect(null, {back_yard: 5, garage: 5}, {coral: 15}),
  'mock-no-frames.json': expect(null, {front_door: 0}, {coral: 15}),
  'real-0.10-coral.json': expect(null, {cam1: 5.1, cam2: 5.1}, {coral: 8.99}),
  'real-0.12-detect-disabled-mix.json': expect(
    null,
    {cam1: 5, cam2: 5, cam3: 5.1, cam4: 5, cam5: 5, cam6: 5, cam7: 5.1, cam8: 5.1},
    {},
  ),
  'real-0.12-one-dead-of-two.json': expect(null, {cam1: 6, cam2: 0}, {}, 7),
  'real-0.12-tensorrt-2cams.json': expect(null, {cam1: 5.1, cam2: 5}, {}),
  'real-0.12b-10cams.json': expect(
    null,
    {cam1: 10.6, cam2: 14.2, cam3: 20.1, cam4: 10.5, cam5: 10.1, cam6: 2.5, cam7: 4.8, cam8: 20, cam9: 20.1},
    {},
  ),
  'real-0.12rc2-cpu-header-row.json': expect(null, {camera_1: 5.1}, {}, 1),
  'real-0.13-backlog-but-fine-fps.json': expect(null, {cam1: 7.1, cam2: 7.1}, {}),
  'real-0.13-saturated-multi.json': expect(null, {cam1: 5.1, cam2: 5.1, cam3: 5}, {}),
  'real-0.14-detector-first-minute.json': expect(null, {}, {coral: 10}),
  'real-0.14.1-cpu-saturated.json': expect('0.14.1-f4f3cfa', {cam1: 5.2, cam2: 5}, {cpu: 351.51}, 17, 4),
  'real-0.15-no-frames-coral-sentinel.json': expect(null, {cam1: 0}, {coral: 10}, 4),
  'real-0.16-skip100.json': expect(null, {cam1: 5}, {}),
  'real-0.16.2-coral-amd.json': expect('0.16.2-4d58206', {cam1: 5.1}, {coral: 6.25}, null, 1),
  'real-0.17.2-openvino-npu-baseline.json': expect(
    '0.17.2-3d4dd3a',
    {cam1: 2.1, cam2: 2.1, cam3: 2.1, cam4: 5.3, cam5: 5.1},
    {ov: 6.56},
  ),
  'real-0.17.2-queue-stranded.json': expect('0.17.2-3d4dd3a', {}, {spark: null}),
  'real-0.17.2-zmq-wedged-toofast.json': expect(
    '0.17.2-3d4dd3a',
    {cam1: 5, cam2: 6, cam3: 5, cam4: 6, cam5: 5.1},
    {spark: 0.58},
  ),
  'real-0.5-jetson.json': expect(null, {cam1: 2.6}, {coral: 53.97}),
  'real-0.8-ui-frozen-but-healthy.json': expect(
    null,
    {cam1: 2.5, cam2: 2.3, cam3: 2.7, cam4: 4},
    {coral: 9.66},
    null,
    3,
  ),
  'real-0.9.4-cpu-complete.json': expect('0.9.4-26ae608', {cam1: 5.1, cam2: 5}, {cpu1: 127.66, cpu2: 125.56}, null, 4),
};

describe('stats of every version', () => {
  it('has an expectation for each fixture', () =>
    assert.deepEqual(Object.keys(fixtures).sort(), fixtureNames('stats')));

  for (const [name, expected] of Object.entries(fixtures)) {
    it(`reads ${name}`, () => {
      const json = parseJson('stats', readFixture('stats', name));
      assert.ok(json.known);
      const snapshot = snapshotOf(json.value);
      assert.equal(snapshot.version, expected.version);
      assert.deepEqual(
        Object.fromEntries(snapshot.cameras.map((camera) => [camera.name, camera.cameraFps])),
        expected.cameras,
      );
      assert.deepEqual(
        Object.fromEntries(snapshot.detectors.map((detector) => [detector.name, detector.inferenceSpeed])),
        expected.detectors,
      );
      assert.equal(snapshot.usages?.length ?? null, expected.usages);
      assert.equal(snapshot.mounts.length, expected.mounts);
      assert.deepEqual(snapshot.unreadable, name.includes('queue-stranded') ? ['detectors.spark.inference_speed'] : []);
    });
  }

  it('reads every value of a measured 0.17.2', () => {
    const snapshot = snapshotOf(JSON.parse(readFixture('stats', 'measured-0.17.2.json').toString()));
    assert.deepEqual(snapshot.cameras[0], {
      name: 'back',
      cameraFps: 5.1,
      processFps: 5.1,
      skippedFps: 0,
      detectionFps: 5.1,
      detectionEnabled: true,
      pid: 618,
      capturePid: 675,
      ffmpegPid: 713,
      expectedFps: null,
    });
    assert.deepEqual(snapshot.detectors, [
      {name: 'cpu1', inferenceSpeed: 4.01, detectionStart: 0, pid: 417, temperature: null},
    ]);
    assert.equal(snapshot.lastUpdated, 1_795_399_892_000);
    assert.equal(snapshot.uptime, 71_000);
    assert.equal(snapshot.systemCpu, 86.9);
    assert.equal(snapshot.systemMemory, 22.8);
    assert.deepEqual([...snapshot.processes.keys()], ['recording', 'review_segment', 'go2rtc', 'embeddings']);
    assert.equal(snapshot.usages?.find(({pid}) => pid === 417)?.command, 'frigate.detector:cpu1');
    assert.equal(snapshot.mounts.find(({path}) => path === '/media/frigate/recordings')?.type, 'ext4');
  });

  it('takes the temperature of the one Coral from the one device (0.8 to 0.17)', () => {
    const snapshot = snapshotOf(JSON.parse(readFixture('stats', 'real-0.16.2-coral-amd.json').toString()));
    assert.equal(snapshot.detectors[0]?.temperature, 40.05);
  });
});

describe('graphics cards', () => {
  const gpusOf = (usages: unknown): unknown => snapshotOf({cameras: {}, gpu_usages: usages}).gpus;
  const forms: ReadonlyArray<readonly [version: string, usages: unknown, gpus: unknown]> = [
    [
      '0.12, Intel tells no memory',
      {'intel-vaapi': {gpu: '19 %', mem: '- %'}},
      [{name: 'intel-vaapi', load: 19, memory: null, failed: false}],
    ],
    [
      '0.13, an error in numbers',
      {'intel-qsv': {gpu: -1, mem: -1}},
      [{name: 'intel-qsv', load: null, memory: null, failed: true}],
    ],
    [
      '0.14, an error in empty texts',
      {'nvidia-gpu': {gpu: '', mem: ''}},
      [{name: 'nvidia-gpu', load: null, memory: null, failed: true}],
    ],
    [
      '0.12 to 0.17, an error for ever',
      {'error-gpu': {gpu: '', mem: ''}},
      [{name: 'error-gpu', load: null, memory: null, failed: true}],
    ],
    [
      '0.14, a Raspberry Pi, which nobody can ask',
      {'rpi-v4l2m2m': {gpu: '', mem: ''}},
      [{name: 'rpi-v4l2m2m', load: null, memory: null, failed: false}],
    ],
    [
      '0.15, Intel with its clients',
      {'intel-vaapi': {gpu: '6.1%', mem: '-%', clients: {'713': '3.2%'}}},
      [{name: 'intel-vaapi', load: 6.1, memory: null, failed: false}],
    ],
    [
      '0.17, two cards',
      {'NVIDIA A2': {gpu: '5.00%', mem: '57.0%', enc: '0%', dec: '3%'}, rockchip: {gpu: '3%', mem: '-1%'}},
      [
        {name: 'NVIDIA A2', load: 5, memory: 57, failed: false},
        {name: 'rockchip', load: 3, memory: null, failed: false},
      ],
    ],
    [
      '0.17, a number that the card does not have',
      {'jetson-gpu': {gpu: '-1%', mem: '-%'}},
      [{name: 'jetson-gpu', load: null, memory: null, failed: false}],
    ],
    [
      '0.18, a product name and no temperature',
      {'Intel iGPU': {vendor: 'intel', gpu: '12.0%', mem: '-%', compute: '0.0%', dec: '11.2%', temp: 'None'}},
      [{name: 'Intel iGPU', load: 12, memory: null, failed: false}],
    ],
    [
      '0.18, an error',
      {'intel-gpu': {vendor: 'intel', gpu: '', mem: ''}},
      [{name: 'intel-gpu', load: null, memory: null, failed: true}],
    ],
    ['0.18, in its pause after an error', undefined, []],
    ['something else', 'no', []],
  ];
  for (const [version, usages, gpus] of forms)
    it(`are read as of ${version}`, () => assert.deepEqual(gpusOf(usages), gpus));

  it('never make a snapshot unreadable', () =>
    assert.deepEqual(snapshotOf({cameras: {}, gpu_usages: {card: {gpu: 'abc', mem: {}}}}).unreadable, []));
});

describe('single values', () => {
  const camera = (value: unknown): {readonly fps: number | null; readonly unreadable: readonly string[]} => {
    const snapshot = snapshotOf({cameras: {front: {camera_fps: value}}});
    return {fps: snapshot.cameras[0]?.cameraFps ?? null, unreadable: snapshot.unreadable};
  };
  const values: ReadonlyArray<readonly [value: unknown, fps: number | null, named: boolean]> = [
    [5, 5, false],
    ['5.1', 5.1, false],
    ['12 %', 12, false],
    ['3.5%', 3.5, false],
    [0, 0, false],
    [null, null, false],
    [undefined, null, false],
    ['', null, false],
    ['-', null, false],
    ['- %', null, false],
    ['None', null, false],
    [-1, null, true],
    ['nan', null, true],
    ['abc', null, true],
    [true, null, true],
    [{}, null, true],
    [[5], null, true],
    ['0x10', null, true],
    [Number.POSITIVE_INFINITY, null, true],
    [Number.NaN, null, true],
  ];
  for (const [value, fps, named] of values) {
    it(`reads camera_fps ${typeof value === 'string' ? `"${value}"` : String(value)} as ${fps}${named ? ' and names it' : ''}`, () => {
      assert.deepEqual(camera(value), {fps, unreadable: named ? ['cameras.front.camera_fps'] : []});
    });
  }

  it('sets aside an inference of hours or a negative one', () => {
    const snapshot = snapshotOf({
      detectors: {a: {inference_speed: 4_476_105_068.97}, b: {inference_speed: -3}, c: {inference_speed: 1e6}},
    });
    assert.deepEqual(
      snapshot.detectors.map(({inferenceSpeed}) => inferenceSpeed),
      [null, null, 1e6],
    );
    assert.deepEqual(snapshot.unreadable, ['detectors.a.inference_speed', 'detectors.b.inference_speed']);
  });

  it('keeps a negative temperature: it is how a lost Coral reads', () => {
    assert.equal(snapshotOf({detectors: {coral: {temperature: -89.25}}}).detectors[0]?.temperature, -89.25);
  });

  it('lists a disabled camera, whose pids are null or 0, as 0.13 does', () => {
    const snapshot = snapshotOf({
      cameras: {off: {camera_fps: 0, capture_pid: null, ffmpeg_pid: 0, pid: null, detection_enabled: 0}},
    });
    assert.deepEqual(snapshot.cameras[0], {
      name: 'off',
      cameraFps: 0,
      processFps: null,
      skippedFps: null,
      detectionFps: null,
      detectionEnabled: false,
      pid: null,
      capturePid: null,
      ffmpegPid: null,
      expectedFps: null,
    });
  });

  it('keeps a camera whose entry is no object, without values and named', () => {
    const snapshot = snapshotOf({cameras: {front: 'gone', back: {camera_fps: 5}}});
    assert.deepEqual(
      snapshot.cameras.map(({name, cameraFps}) => [name, cameraFps]),
      [
        ['back', 5],
        ['front', null],
      ],
    );
    assert.deepEqual(snapshot.unreadable, ['cameras.front']);
  });

  it('ignores replay cameras of 0.18', () => {
    assert.deepEqual(
      snapshotOf({cameras: {_replay_front: {camera_fps: 5}, front: {camera_fps: 5}}}).cameras.map(({name}) => name),
      ['front'],
    );
  });

  it('gives a mount that statvfs failed on without numbers', () => {
    const snapshot = snapshotOf({
      service: {storage: {'/tmp/cache': {}, '/dev/shm': {total: '64.0', used: 1, free: 63, mnt_type: 'tmpfs'}}},
    });
    assert.deepEqual(snapshot.mounts, [
      {path: '/tmp/cache', total: null, used: null, free: null, type: null},
      {path: '/dev/shm', total: 64, used: 1, free: 63, type: 'tmpfs'},
    ]);
  });

  it('says that there are no usages when only the header of top stands there (0.12)', () => {
    assert.equal(snapshotOf({cameras: {}, cpu_usages: {'%Cpu(s):': {cpu: 'id,', mem: '0.2'}}}).usages, null);
  });

  it('takes no last_updated that is no time', () => {
    const snapshot = snapshotOf({service: {last_updated: 12, uptime: -4}});
    assert.equal(snapshot.lastUpdated, null);
    assert.deepEqual(snapshot.unreadable, ['service.uptime', 'service.last_updated']);
  });

  it('accepts safe mode: no cameras are an answer, too', () => assert.deepEqual(snapshotOf({cameras: {}}).cameras, []));
});

describe('payloads that are no stats', () => {
  const bodies: ReadonlyArray<readonly [what: string, body: string, reason: RegExp]> = [
    ['a JSON string', '"ok"', /a string instead of/],
    ['a list', '[]', /a list instead of/],
    ['null', 'null', /null instead of/],
    ['an empty object', '{}', /an object without cameras/],
    ['a failure in a 200', '{"success":false,"message":"Unauthorized"}', /success: false \(Unauthorized\)/],
    ['a failure that mentions service', '{"success":false,"service":{}}', /success: false/],
    ['HTML', '<html><body>login</body></html>', /not JSON, it begins with "<html>/],
    ['a cut body', '{"cameras":{"front":{"camera_fps":5', /not JSON/],
    ['nothing', '', /an empty answer/],
    ['a literal NaN', '{"cameras":{"front":{"camera_fps":NaN}}}', /literal NaN/],
    ["Python's own notation", "{'cameras': {}}", /not JSON/],
  ];
  for (const [what, body, reason] of bodies) {
    it(`calls ${what} garbled and says why`, () => {
      const json = parseJson('GET /api/stats', Buffer.from(body));
      const outcome = json.known ? readSnapshot(json.value) : json;
      assert.ok(!outcome.known);
      assert.equal(outcome.why.code, 'garbled');
      assert.match(outcome.why.message, reason);
    });
  }

  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(typeof readSnapshot(value).known, 'boolean');
      }),
    );
  });

  it('never lets a number through that is not finite or is negative, whatever stands in a camera', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.record({camera_fps: fc.oneof(fc.double(), fc.string(), fc.jsonValue()), skipped_fps: fc.double()}),
        ),
        (cameras) => {
          for (const camera of snapshotOf({cameras}).cameras) {
            for (const rate of [camera.cameraFps, camera.skippedFps])
              assert.ok(rate === null || (Number.isFinite(rate) && rate >= 0));
          }
        },
      ),
    );
  });

  it('reads one megabyte of 500 cameras', () => {
    const cameras = Object.fromEntries(
      Array.from({length: 500}, (_, index) => [
        `camera_${index}`,
        {
          camera_fps: 5,
          process_fps: 5,
          skipped_fps: 0,
          detection_fps: 1,
          pid: index + 1,
          capture_pid: index + 1000,
          ffmpeg_pid: index + 2000,
          note: 'x'.repeat(2200),
        },
      ]),
    );
    const body = Buffer.from(JSON.stringify({cameras, detectors: {ov: {inference_speed: 8}}}));
    assert.ok(body.length > 1_000_000);
    const json = parseJson('stats', body);
    assert.ok(json.known);
    assert.equal(snapshotOf(json.value).cameras.length, 500);
  });
});

describe('history', () => {
  it('keeps the order and leaves out what is no snapshot', () => {
    const history = parseHistory(
      Buffer.from(
        JSON.stringify([
          {service: {last_updated: 1_795_400_000}, cameras: {front: {camera_fps: 5}}},
          'nonsense',
          {service: {last_updated: 1_795_400_015}, cameras: {front: {camera_fps: 4}}},
        ]),
      ),
    );
    assert.ok(history.known);
    assert.deepEqual(
      history.value.map(({lastUpdated}) => lastUpdated),
      [1_795_400_000_000, 1_795_400_015_000],
    );
    assert.equal(history.value[0]?.usages, null);
  });

  it('is empty right after a start', () => assert.deepEqual(parseHistory(Buffer.from('[]')), {known: true, value: []}));

  it('is garbled when it is no list', () => {
    const history = parseHistory(Buffer.from('{"success":false,"message":"x"}'));
    assert.ok(!history.known);
    assert.equal(history.why.code, 'garbled');
  });
});
