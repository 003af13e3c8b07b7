/**
 * The steps of a start that may take many minutes, as the source of Frigate has them (file and tag beside each). How long they take
 * is chosen: reports mention 4 minutes to several hours.
 */
import type {LogLine} from './fault.js';
import {bracketed} from './lines.js';
import {MAIN} from './titles.js';

/** Percent of one core: what a build on the CPU uses. A GPU build keeps one core busy. */
const ONE_CORE = 99;
const ALL_CORES = 387;

export interface LongStep {
  /**
   * What waits for it. `services`: s6 starts neither nginx nor Frigate, so that the port refuses. `backend`: nginx answers with its
   * own error page. `detector`: the API answers, and no inference was ever made.
   */
  readonly holdsBack: 'services' | 'backend' | 'detector';
  /** Seconds. */
  readonly lasts: number;
  /** The process that works; `detector`: the first detector's. */
  readonly worker: string;
  /** Percent of one core that it uses. */
  readonly cpu: number;
  /** The line that it begins with; `null`: it begins without a word. */
  readonly first: (at: number) => string | null;
  /** What it says later: `[share of its time, text]`. */
  readonly later: ReadonlyArray<readonly [number, (at: number) => string]>;
}

const line =
  (logger: string, message: string) =>
  (at: number): string =>
    bracketed(at, logger, 'INFO', message);

const raw = (text: string) => (): string => text;

const steps = {
  // docker/tensorrt/detector/rootfs/etc/s6-overlay/s6-rc.d/trt-model-prepare/run at v0.13.2; `frigate` depends on it, nginx on `frigate`.
  tensorrt: {
    holdsBack: 'services',
    lasts: 3600,
    worker: 'python3 onnx_to_tensorrt.py -m yolov7-320',
    cpu: ONE_CORE,
    first: raw('s6-rc: info: service trt-model-prepare: starting'),
    later: [
      [0.0005, raw('Generating the following TRT Models: yolov7-320,yolov7x-640')],
      [0.0006, raw('Downloading yolo weights')],
      [0.02, raw('Generating yolov7-320.trt. This may take a few minutes.')],
      [0.4, raw('Generated yolov7-320.trt in 1368 seconds')],
      [0.41, raw('Generating yolov7x-640.trt. This may take a few minutes.')],
      [0.999, raw('Generated yolov7x-640.trt in 2120 seconds')],
      [0.9995, raw('Available tensorrt models:')],
      [0.9997, raw('s6-rc: info: service trt-model-prepare successfully started')],
    ],
  },
  // migrations/012_add_segment_size.py at v0.12.1; blakeblackshear/frigate#5866 and #9581 mention more than an hour.
  migration: {
    holdsBack: 'backend',
    lasts: 4800,
    worker: MAIN,
    cpu: ONE_CORE,
    first: line('peewee_migrate.logs', 'Migrate "012_add_segment_size"'),
    later: [
      [
        0.999,
        line('peewee_migrate.logs', "add_column ('recordings', 'segment_size', <FloatField: Recordings.segment_size>)"),
      ],
      [0.9995, line('peewee_migrate.logs', 'Done 012_add_segment_size')],
    ],
  },
  // frigate/detectors/plugins/rocm.py at v0.14.1.
  migraphx: {
    holdsBack: 'detector',
    lasts: 900,
    worker: 'detector',
    cpu: ALL_CORES,
    first: line('frigate.detectors.plugins.rocm', 'AMD/ROCm: loading model from /config/model_cache/yolov8n.onnx'),
    later: [
      [0.01, line('frigate.detectors.plugins.rocm', 'AMD/ROCm: compiling the model')],
      [
        0.98,
        line(
          'frigate.detectors.plugins.rocm',
          'AMD/ROCm: saving parsed model into /config/model_cache/rocm/yolov8n.mxr',
        ),
      ],
      [0.99, line('frigate.detectors.plugins.rocm', 'AMD/ROCm: model loaded')],
    ],
  },
  // frigate/detectors/plugins/onnx.py at v0.17.2: the same two lines around whatever the provider builds (TensorRT, MIGraphX, OpenVINO).
  onnx: {
    holdsBack: 'detector',
    lasts: 1200,
    worker: 'detector',
    cpu: ALL_CORES,
    first: line('frigate.detectors.plugins.onnx', 'ONNX: loading /config/model_cache/yolov9-s-640.onnx'),
    later: [[0.99, line('frigate.detectors.plugins.onnx', 'ONNX: /config/model_cache/yolov9-s-640.onnx loaded')]],
  },
  // frigate/detectors/plugins/openvino.py at v0.17.2 says nothing before its model is there.
  openvino: {
    holdsBack: 'detector',
    lasts: 300,
    worker: 'detector',
    cpu: ALL_CORES,
    first: () => null,
    later: [[0.99, line('frigate.detectors.plugins.openvino', 'Model has 1 Output Tensors')]],
  },
  // frigate/util/downloader.py at v0.16.4.
  download: {
    holdsBack: 'detector',
    lasts: 900,
    worker: 'detector',
    cpu: 4,
    first: line('frigate.util.downloader', 'Downloading model file from: https://models.example/yolov8s.hef'),
    later: [[0.99, line('frigate.util.downloader', 'Downloading complete: https://models.example/yolov8s.hef')]],
  },
  // A step that no list of words knows: only what it uses shows that it works.
  unknown: {
    holdsBack: 'backend',
    lasts: 2400,
    worker: MAIN,
    cpu: ONE_CORE,
    first: () => null,
    later: [],
  },
} as const satisfies Readonly<Record<string, LongStep>>;

export type LongStepName = keyof typeof steps;

export const longSteps: Readonly<Record<LongStepName, LongStep>> = steps;

const isLongStep = (name: string): name is LongStepName => Object.hasOwn(steps, name);

/** The step of that name, TensorRT's without one; an error where there is none, so that no test runs with a slip of the pen. */
export const longStep = (name = 'tensorrt'): LongStep => {
  if (!isLongStep(name)) throw new Error(`no long step is called ${name}; there are: ${Object.keys(steps).join(', ')}`);
  return longSteps[name];
};

/** What the step says from its beginning on; a step that stands still says its first line alone. */
export const stepLines = (step: LongStep, begins: number, lasts: number, standsStill: boolean): readonly LogLine[] => {
  const first = step.first(begins);
  return [
    ...(first === null ? [] : [{at: begins, text: first}]),
    ...(standsStill
      ? []
      : step.later.map(([share, say]) => ({at: begins + share * lasts, text: say(begins + share * lasts)}))),
  ];
};
