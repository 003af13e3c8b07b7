import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {CameraConfig, FrigateConfig} from '../../src/core/observation/frigate.js';
import {inputAddress, parseConfig} from '../../src/frigate/parse/config.js';

const parse = (value: unknown): FrigateConfig => {
  const config = parseConfig(Buffer.from(JSON.stringify(value)));
  assert.ok(config.known, config.known ? '' : config.why.message);
  return config.value;
};

const cameraOf = (camera: unknown): CameraConfig => {
  const [only] = parse({cameras: {front: camera}}).cameras;
  assert.ok(only);
  return only;
};

const input = (path: string, ...roles: readonly string[]) => ({path, roles});

describe('the configuration', () => {
  it('reads a camera of 0.17', () => {
    const camera = cameraOf({
      enabled: true,
      enabled_in_config: true,
      detect: {enabled: true, fps: 5, width: 320},
      record: {enabled: true, enabled_in_config: true, continuous: {days: 3}, motion: {days: 7}},
      ffmpeg: {
        inputs: [input('rtsp://127.0.0.1:8554/front', 'detect'), input('rtsp://*:*@10.0.0.5:554/main', 'record')],
      },
    });
    assert.deepEqual(camera, {
      name: 'front',
      enabled: true,
      detectEnabled: true,
      detectFps: 5,
      recordEnabled: true,
      continuous: true,
      hosts: ['10.0.0.5', '127.0.0.1'],
      throughGo2rtc: true,
      go2rtcStream: 'front',
      separateRecordInput: true,
      switchedOff: [],
    });
  });

  const retention: ReadonlyArray<readonly [what: string, record: unknown, continuous: boolean]> = [
    ['0.17 continuous days', {continuous: {days: 1}}, true],
    ['0.17 part of a day', {continuous: {days: 0.5}}, true],
    ['0.17 without continuous days', {continuous: {days: 0}, motion: {days: 10}}, false],
    ['0.16 all', {retain: {days: 3, mode: 'all'}}, true],
    ['0.16 motion', {retain: {days: 3, mode: 'motion'}}, false],
    ['0.16 no days', {retain: {days: 0, mode: 'all'}}, false],
    ['0.9 days', {retain_days: 2}, true],
    ['nothing said', {}, false],
    ['nonsense', {continuous: {days: 'x'}}, false],
  ];
  for (const [what, record, continuous] of retention) {
    it(`keeps everything with ${what}: ${continuous}`, () => assert.equal(cameraOf({record}).continuous, continuous));
  }

  const enabled: ReadonlyArray<readonly [camera: object, enabled: boolean]> = [
    [{}, true],
    [{enabled: false}, false],
    [{enabled: true, enabled_in_config: false}, false],
    [{enabled: false, enabled_in_config: true}, false],
    [{enabled: true, enabled_in_config: null}, true],
  ];
  for (const [camera, expected] of enabled)
    it(`takes ${JSON.stringify(camera)} for ${expected ? 'enabled' : 'disabled'}`, () =>
      assert.equal(cameraOf(camera).enabled, expected));

  it('records only where an input has the role', () => {
    assert.equal(
      cameraOf({record: {enabled: true}, ffmpeg: {inputs: [input('rtsp://a/x', 'detect')]}}).recordEnabled,
      false,
    );
    assert.equal(
      cameraOf({record: {enabled: true}, ffmpeg: {inputs: [input('rtsp://a/x', 'detect', 'record')]}})
        .separateRecordInput,
      false,
    );
  });

  const addresses: ReadonlyArray<readonly [path: string, host: string | null, port?: number]> = [
    ['rtsp://10.0.0.5:554/main', '10.0.0.5', 554],
    ['rtsp://*:*@10.0.0.5/main', '10.0.0.5'],
    ['rtsp://admin:p@ss/w:0rd#1@cam.local:554/main', 'cam.local', 554],
    ['rtsp://cam.local/path@home', 'cam.local'],
    ['rtsp://CAM:554', 'cam', 554],
    ['http://[fe80::1]:8080/x', 'fe80::1', 8080],
    ['ffmpeg:rtsp://u:p@10.0.0.5/x', '10.0.0.5'],
    ['/dev/video0', null],
    ['', null],
    ['rtsp://', null],
    ['rtsp://user:pass@', null],
  ];
  for (const [path, host, port] of addresses) {
    it(`finds ${host ?? 'no host'} in "${path}"`, () => {
      const address = inputAddress(path);
      assert.deepEqual(
        address === null ? null : {host: address.host, port: address.port},
        host === null ? null : {host, port: port ?? null},
      );
    });
  }

  const streams: ReadonlyArray<readonly [path: string, stream: string | null]> = [
    ['rtsp://127.0.0.1:8554/front', 'front'],
    ['rtsp://localhost:8554/front?video=copy', 'front'],
    ['rtsp://127.0.0.1:8554/front%20door', 'front door'],
    ['rtsp://127.0.0.1:8554/100%', '100%'],
    ['http://127.0.0.1:1984/api/stream.mp4?src=front', 'front'],
    ['http://127.0.0.1:1984/api/stream.mp4', null],
    ['rtsp://127.0.0.1:8554', null],
    ['rtsp://10.0.0.5:8554/front', null],
  ];
  for (const [path, stream] of streams) {
    it(`finds ${stream === null ? 'no stream of go2rtc' : `the stream ${stream}`} in "${path}"`, () =>
      assert.equal(cameraOf({ffmpeg: {inputs: [input(path, 'detect')]}}).go2rtcStream, stream));
  }

  it('never takes a piece of a password for the host', () => {
    const character = fc.constantFrom(...'abc019:/?#@!$&*+-.'.split(''));
    fc.assert(
      fc.property(fc.array(character, {minLength: 1, maxLength: 10}), (characters) => {
        const address = inputAddress(`rtsp://admin:S${characters.join('')}E@cam.local:554/x`);
        assert.equal(address?.host, 'cam.local');
      }),
    );
  });

  it('reads what is not about cameras', () => {
    const config = parse({
      safe_mode: true,
      cameras: {},
      detectors: {coral: {type: 'edgetpu', device: 'usb'}, odd: null},
      mqtt: {enabled: true, host: 'x'},
      go2rtc: {streams: {b: ['rtsp://x'], a: 'rtsp://y'}},
    });
    assert.deepEqual(config, {
      safeMode: true,
      cameras: [],
      detectors: new Map([
        ['coral', 'edgetpu'],
        ['odd', 'unknown'],
      ]),
      go2rtcStreams: ['a', 'b'],
      enrichments: [],
      mqttEnabled: true,
      mqttHost: 'x',
    });
  });

  it('knows of no safe mode and no go2rtc before they were there', () => {
    assert.deepEqual(parse({cameras: {}}), {
      safeMode: false,
      cameras: [],
      detectors: new Map(),
      go2rtcStreams: [],
      enrichments: [],
      mqttEnabled: false,
    });
  });

  it('knows which enrichments are enabled, whatever stands there', () => {
    const enrichments = (given: object): unknown => parse({cameras: {}, ...given}).enrichments;
    assert.deepEqual(
      enrichments({
        semantic_search: {enabled: true},
        face_recognition: {enabled: true},
        lpr: {enabled: true},
        classification: {bird: {enabled: false}, custom: {gate: {}}},
      }),
      ['semantic search', 'face recognition', 'licence plates', 'classification'],
    );
    for (const odd of [null, 'yes', [], {enabled: 'yes'}])
      assert.deepEqual(
        enrichments({semantic_search: odd, face_recognition: odd, lpr: odd, classification: odd}),
        [],
        JSON.stringify(odd),
      );
  });

  for (const body of ['[]', '"x"', '{}', '{"success":false}', '<html>', '{"cameras":[]}']) {
    it(`calls ${body} garbled`, () => {
      const config = parseConfig(Buffer.from(body));
      assert.equal(config.known ? '' : config.why.code, 'garbled');
    });
  }

  it('never throws, whatever stands in a camera', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (cameras, rest) => {
        const config = parseConfig(
          Buffer.from(JSON.stringify({cameras, detectors: rest, go2rtc: rest, mqtt: rest, safe_mode: rest})),
        );
        assert.equal(typeof config.known, 'boolean');
      }),
    );
  });
});
