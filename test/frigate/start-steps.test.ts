/** The long steps of a start, read from lines as each version writes them. */
import assert from 'node:assert/strict';
import type {LogEvidence, StartStep, StartStepKind} from '../../src/core/observation/log.js';
import {instant} from '../../src/core/time.js';
import {LogScanner} from '../../src/frigate/log/scan.js';
import {START_ENDS, START_STEPS} from '../../src/frigate/log/start-steps.js';

const logged = (logger: string, message: string): string =>
  `[2026-11-28 10:00:00] ${logger.padEnd(30)} INFO    : ${message}`;

const evidenceOf = (lines: readonly string[]): LogEvidence => {
  const scanner = new LogScanner({since: null, to: instant(Date.parse('2026-11-29T00:00:00Z'))});
  lines.forEach((line, at) => scanner.push(Buffer.from(`2026-11-28T10:00:${String(at).padStart(2, '0')}Z ${line}\n`)));
  return scanner.finish(true);
};

const stepIn = (lines: readonly string[]): StartStep | null => evidenceOf(lines).startStep;

const lines: ReadonlyArray<readonly [line: string, kind: StartStepKind, ended: boolean]> = [
  ['s6-rc: info: service trt-model-prepare: starting', 'model-build', false],
  ['s6-rc: info: service trt-model-prepare successfully started', 'model-build', true],
  ['Generating the following TRT Models: yolov7-320,yolov7x-640', 'model-build', false],
  ['Generating yolov7-320.trt. This may take a few minutes.', 'model-build', false],
  [logged('frigate.detectors.plugins.rocm', 'AMD/ROCm: compiling the model'), 'model-build', false],
  [
    logged('frigate.detectors.plugins.rocm', 'AMD/ROCm: saving parsed model into /config/model_cache/a.mxr'),
    'model-build',
    false,
  ],
  [
    logged('frigate.util.rknn_converter', 'Converting /config/model.onnx to RKNN format for rk3588'),
    'model-build',
    false,
  ],
  [logged('frigate.util.rknn_converter', 'PyTorch not found, attempting to install...'), 'driver-install', false],
  [
    logged('frigate.util.downloader', 'Downloading model file from: https://example.org/a.onnx'),
    'model-download',
    false,
  ],
  [logged('frigate.util.downloader', 'Downloading complete: https://example.org/a.onnx'), 'model-download', true],
  [
    logged('frigate.detectors.plugins.memryx', 'Model ZIP downloaded to /tmp/a.zip. Extracting...'),
    'model-download',
    false,
  ],
  [logged('peewee_migrate.logs', 'Starting migrations'), 'migration', false],
  [logged('peewee_migrate.logs', 'Migrate "012_add_segment_size"'), 'migration', false],
  [logged('peewee_migrate.logs', 'Done 012_add_segment_size'), 'migration', true],
  [logged('peewee_migrate.logs', 'There is nothing to migrate'), 'migration', true],
  [logged('frigate.app', 'Running database vacuum'), 'vacuum', false],
  [logged('frigate.app', 'Making backup of DB before migrations...'), 'backup', false],
  ["[INFO] Migrating database from '/media/frigate/frigate.db' to '/config' dir...", 'file-move', false],
  [logged('frigate.util.config', 'Migrating export file names...'), 'file-move', false],
];

describe('the long steps of a start', () => {
  for (const [line, kind, ended] of lines) {
    it(`are ${ended ? 'the end of ' : ''}${kind}: ${line}`, () => {
      const step = stepIn([line, '[INFO] Starting NGINX...']);
      assert.deepEqual([step?.kind, step?.ended], [kind, ended]);
    });
  }

  it('are told by the newest line', () => {
    const step = stepIn(lines.slice(0, 4).map(([line]) => line));
    assert.equal(step?.text, 'Generating yolov7-320.trt. This may take a few minutes.');
  });

  it('are none in an ordinary log', () => {
    assert.equal(
      stepIn(['[INFO] Starting Frigate...', logged('frigate.app', 'Starting Frigate (0.17.2-3d4dd3a)')]),
      null,
    );
  });

  it('each have a line above', () => {
    const untested = START_STEPS.filter(({pattern}) => !lines.some(([line]) => pattern.test(line)));
    assert.deepEqual(untested, []);
  });
});

describe('the end of a start', () => {
  const ends: readonly string[] = [
    logged('frigate.api.fastapi_app', 'FastAPI started'),
    logged('frigate.app', 'Capture process started for front_door: 412'),
  ];
  for (const line of ends)
    it(`is shown by: ${line}`, () => {
      assert.equal(evidenceOf(['[INFO] Starting NGINX...', line]).startShown, Date.parse('2026-11-28T10:00:01Z'));
    });

  it('is shown by each of the known lines', () => {
    assert.deepEqual(
      START_ENDS.filter(({pattern}) => !ends.some((line) => pattern.test(line))),
      [],
    );
  });

  for (const line of [
    logged('frigate.api.fastapi_app', 'Starting FastAPI app'),
    // From 0.17 beside the start, and no sign of its end.
    logged('frigate.camera.maintainer', 'Capture process started for front_door: 412'),
    logged('frigate.app', 'Capture process not started for disabled camera front_door'),
    '10.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /?q=FastAPI started HTTP/1.1" 200 5 "-" "-" "-"',
  ])
    it(`is not shown by: ${line}`, () => {
      assert.equal(evidenceOf([line]).startShown, null);
    });
});
