/**
 * Steps of a start that may take long, as Frigate and its services log them. Sources: the tags v0.12.1 to v0.18.0-beta1 of
 * blakeblackshear/frigate; peewee_migrate's router for the migrations. An unknown long step is recognised by its progress alone
 * (core/checks/evidence/start.ts).
 */
import type {StartStepKind} from '../../core/observation/log.js';

export interface StartStepWording {
  readonly kind: StartStepKind;
  /** Stands in every line that the pattern matches (search.ts). */
  readonly literal: string;
  readonly pattern: RegExp;
  /** Where the line is written. */
  readonly source: string;
  readonly ends?: true;
}

export const START_STEPS: readonly StartStepWording[] = [
  {
    kind: 'model-build',
    literal: 'service trt-model-prepare',
    pattern: /s6-rc: info: service trt-model-prepare: starting/,
    source: 's6-rc, images for TensorRT 0.12 to 0.15',
  },
  {
    kind: 'model-build',
    literal: 'service trt-model-prepare',
    pattern: /s6-rc: info: service trt-model-prepare successfully started/,
    source: 's6-rc, images for TensorRT 0.12 to 0.15',
    ends: true,
  },
  {
    kind: 'model-build',
    literal: 'Generating the following TRT Models',
    pattern: /Generating the following TRT Models:/,
    source: 'docker/tensorrt/detector/rootfs/etc/s6-overlay/s6-rc.d/trt-model-prepare/run, 0.12 to 0.17',
  },
  {
    kind: 'model-build',
    literal: 'This may take a few minutes',
    pattern: /Generating \S+\.trt\. This may take a few minutes/,
    source: 'the same, 0.13 to 0.17',
  },
  {
    kind: 'model-build',
    literal: 'AMD/ROCm: compiling the model',
    pattern: /: AMD\/ROCm: compiling the model/,
    source: 'frigate/detectors/plugins/rocm.py, 0.14 and 0.15',
  },
  {
    kind: 'model-build',
    literal: 'AMD/ROCm: saving parsed model',
    pattern: /: AMD\/ROCm: saving parsed model into/,
    source: 'frigate/detectors/plugins/rocm.py, 0.14 and 0.15',
  },
  {
    kind: 'model-build',
    literal: ' to RKNN format',
    pattern: /: Converting \S+ to RKNN format/,
    source: 'frigate/util/rknn_converter.py, 0.17 and 0.18',
  },
  {
    kind: 'driver-install',
    literal: 'PyTorch not found, attempting',
    pattern: /: PyTorch not found, attempting to install/,
    source: 'frigate/util/rknn_converter.py, 0.17 and 0.18',
  },
  {
    kind: 'model-download',
    literal: 'Downloading model file from',
    pattern: /: Downloading model file from:/,
    source: 'frigate/util/downloader.py, 0.15 to 0.18',
  },
  {
    kind: 'model-download',
    literal: 'Downloading complete: ',
    pattern: /: Downloading complete: /,
    source: 'frigate/util/downloader.py, 0.15 to 0.18',
    ends: true,
  },
  {
    kind: 'model-download',
    literal: 'Model ZIP downloaded to ',
    pattern: /: Model ZIP downloaded to \S+\. Extracting/,
    source: 'frigate/detectors/plugins/memryx.py, 0.17 and 0.18',
  },
  {
    kind: 'migration',
    literal: 'Starting migrations',
    pattern: /: Starting migrations/,
    source: 'peewee_migrate/router.py, 0.8 to 0.18',
  },
  {
    kind: 'migration',
    literal: 'There is nothing to migrate',
    pattern: /There is nothing to migrate/,
    source: 'peewee_migrate/router.py, 0.8 to 0.18',
    ends: true,
  },
  {
    kind: 'migration',
    literal: 'INFO    : Migrate "',
    pattern: /: Migrate "\d{3}_\w+"/,
    source: 'peewee_migrate/router.py, 0.8 to 0.18',
  },
  {
    kind: 'migration',
    literal: 'INFO    : Done ',
    pattern: /: Done \d{3}_\w+/,
    source: 'peewee_migrate/router.py, 0.8 to 0.18',
    ends: true,
  },
  {
    kind: 'vacuum',
    literal: 'Running database vacuum',
    pattern: /: Running database vacuum/,
    source: 'frigate/app.py, 0.13 to 0.18',
  },
  {
    kind: 'backup',
    literal: 'Making backup of DB',
    pattern: /: Making backup of DB before migrations/,
    source: 'frigate/app.py, 0.14 to 0.18',
  },
  {
    kind: 'file-move',
    literal: '[INFO] Migrating ',
    pattern: /\[INFO\] Migrating .+ (?:to|from) /,
    source: 'docker/main/rootfs/etc/s6-overlay/s6-rc.d/{prepare,frigate}/run, 0.13 to 0.18',
  },
  {
    kind: 'file-move',
    literal: 'Migrating export file names',
    pattern: /: Migrating export file names/,
    source: 'frigate/util/config.py, 0.14 to 0.18',
  },
];

/**
 * The lines that only a Frigate writes whose start is over: nothing that takes long comes between them and its API. Flask, which
 * served it up to 0.14, writes nothing when it begins; the capture processes are the last but a few things that start before it, with
 * the database open. From 0.17 they start beside it and prove nothing.
 */
export const START_ENDS: ReadonlyArray<Omit<StartStepWording, 'kind' | 'ends'>> = [
  {
    literal: 'INFO    : FastAPI started',
    pattern: /frigate\.api\.fastapi_app +INFO +: FastAPI started$/,
    source: 'frigate/api/fastapi_app.py, 0.15 to 0.18',
  },
  {
    literal: 'Capture process started for ',
    pattern: /frigate\.app +INFO +: Capture process started for \S+: \d+$/,
    source: 'frigate/app.py, 0.8 to 0.16',
  },
];
