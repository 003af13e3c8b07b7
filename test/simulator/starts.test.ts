/** Starts that take long, with progress and without it; a moved port; the first snapshot of a start. Times: seconds after the start. */
import assert from 'node:assert/strict';
import {backendAnswer} from '../../src/simulator/frigate/http.js';
import {longSteps, type LongStepName} from '../../src/simulator/frigate/long-steps.js';
import {containerCpuSeconds, processesAt} from '../../src/simulator/frigate/processes.js';
import {ages, json, log, reply, runOf, START, stats, timesOf} from './runs.js';

const MINUTE = 60;
/** Percent of one core that the container used in that minute. */
const cpuIn = (run: ReturnType<typeof runOf>, at: number): number =>
  ((containerCpuSeconds(run, START + at + MINUTE) - containerCpuSeconds(run, START + at)) / MINUTE) * 100;

const build = (detail: LongStepName, version: '0.13.2' | '0.14.1' | '0.17.2' = '0.17.2') =>
  runOf('model-build', {detail, version, fromStart: true});
const hang = (detail: LongStepName) => runOf('start-hangs', {detail, fromStart: true});

describe('a start that takes long', () => {
  it('tensorrt: nothing listens while s6 builds (report 1), then a start as ever', () => {
    const run = build('tensorrt', '0.13.2');
    for (const at of [3, 40 * MINUTE, 59 * MINUTE]) assert.equal(reply(run, '/api/version', at), 'refused');
    assert.deepEqual(log(run, 0, 40 * MINUTE), [
      's6-rc: info: service trt-model-prepare: starting',
      'Generating the following TRT Models: yolov7-320,yolov7x-640',
      'Downloading yolo weights',
      'Generating yolov7-320.trt. This may take a few minutes.',
      'Generated yolov7-320.trt in 1368 seconds',
      'Generating yolov7x-640.trt. This may take a few minutes.',
    ]);
    assert.deepEqual(
      processesAt(run, START + 40 * MINUTE).map(({command}) => command),
      ['s6-svscan /run/service', 'python3 onnx_to_tensorrt.py -m yolov7-320'],
    );
    assert.equal(Math.round(cpuIn(run, 40 * MINUTE)), 99);
    assert.equal(reply(run, '/api/version', 3600 + 8), 502);
    assert.equal(reply(run, '/api/version', 3600 + 20), 200);
    assert.ok(log(run, 3600, 3700).some((line) => line.includes('Starting Frigate (0.13.2')));
  });

  it("migration: nginx's error page for 80 minutes, one line, a core at work (report 2)", () => {
    for (const [version, status] of [
      ['0.13.2', 502],
      ['0.17.2', 500],
    ] as const) {
      const run = build('migration', version);
      assert.equal(reply(run, '/api/version', 79 * MINUTE), status);
      assert.equal(reply(run, '/', 79 * MINUTE), 200);
      assert.match(
        log(run, 0, 70 * MINUTE).at(-1) ?? '',
        /peewee_migrate\.logs +INFO +: Migrate "012_add_segment_size"$/,
      );
      assert.equal(Math.round(cpuIn(run, 40 * MINUTE)), 99);
      assert.equal(reply(run, '/api/version', 81 * MINUTE), 200);
    }
  });

  for (const [step, pattern] of [
    ['migraphx', /AMD\/ROCm: compiling the model$/],
    ['onnx', /ONNX: loading \/config\/model_cache\/yolov9-s-640\.onnx$/],
    ['openvino', null],
    ['download', /Downloading model file from: https:/],
  ] as const) {
    it(`${step}: the API answers, nothing was ever inferred, and the detector's process works`, () => {
      const run = build(step);
      const half = longSteps[step].lasts / 2;
      const seen = stats(run, half);
      const detector = seen.detectors['cpu1']!;
      assert.deepEqual([detector.inference_speed, detector.detection_start], [10, 0]);
      assert.equal(seen.cameras['front']!.detection_fps, 0);
      assert.ok(seen.cameras['front']!.process_fps <= 0.2);
      assert.equal(Number(seen.cpu_usages[String(detector.pid)]!.cpu), longSteps[step].cpu);
      assert.ok(ages(run, half)['front']! <= 15);
      const said = log(run, 0, half).filter((line) => /ONNX|ROCm|Model has|Downloading/.test(line));
      if (pattern === null) assert.deepEqual(said, []);
      else assert.match(said.at(-1) ?? '', pattern);
      const after = stats(run, longSteps[step].lasts + 60);
      assert.notEqual(after.detectors['cpu1']!.inference_speed, 10);
      assert.ok(after.cameras['front']!.process_fps >= 4.9);
    });
  }

  it('an unknown step says nothing, and only the CPU tells that it works', () => {
    const run = build('unknown');
    assert.equal(reply(run, '/api/version', 30 * MINUTE), 500);
    assert.deepEqual(log(run, MINUTE, 30 * MINUTE), []);
    assert.equal(Math.round(cpuIn(run, 20 * MINUTE)), 99);
  });

  for (const step of Object.keys(longSteps) as LongStepName[]) {
    it(`${step} without progress: its first line at most, then silence and no CPU of its own`, () => {
      const run = hang(step);
      const first = longSteps[step].first(START);
      assert.deepEqual(log(run, MINUTE, 3 * 3600), []);
      if (first !== null)
        assert.equal(
          timesOf(run, /Migrate|trt-model-prepare|ROCm: loading|ONNX: loading|Downloading/, 0, MINUTE).length,
          1,
        );
      const {holdsBack} = longSteps[step];
      assert.equal(reply(run, '/api/version', 3 * 3600), {services: 'refused', backend: 500, detector: 200}[holdsBack]);
      const worker = processesAt(run, START + 3 * 3600).find(
        ({command}) => command === (holdsBack === 'detector' ? 'frigate.detector:cpu1' : longSteps[step].worker),
      );
      assert.ok(worker !== undefined && worker.cpuSeconds < 1, JSON.stringify(worker));
    });
  }

  it('never takes CPU time back, whatever ended meanwhile', () => {
    for (const step of Object.keys(longSteps) as LongStepName[]) {
      const run = build(step);
      let last = 0;
      for (let at = 0; at < longSteps[step].lasts + 300; at += 30) {
        const now = containerCpuSeconds(run, START + at);
        assert.ok(now >= last - 0.001, `${step} at ${at}: ${last} → ${now}`);
        last = now;
      }
    }
  });

  it('refuses a step that it does not know', () => {
    assert.throws(
      () => reply(runOf('model-build', {detail: 'tensorflow', fromStart: true}), '/', 60),
      /no long step is called/,
    );
  });
});

describe('the port of the API', () => {
  it('moved: the backend on 5001 answers, recording goes on, and the log has no word of it', () => {
    const run = runOf('port-moved', {version: '0.18.0', fromStart: true});
    const behind = backendAnswer(run, '/version', START + 300);
    assert.deepEqual(behind.kind === 'reply' && [behind.status, behind.body], [200, '0.18.0-5f6043a']);
    assert.ok(ages(run, 300)['back']! <= 15);
    assert.deepEqual(log(run, 60, 600), []);
  });

  it('5001 knows nothing of a hung nginx, hangs with the main process, and refuses while Frigate starts', () => {
    assert.equal(backendAnswer(runOf('nginx-stop'), '/version', START + 700).kind, 'reply');
    assert.equal(backendAnswer(runOf('main-stop'), '/version', START + 700).kind, 'silent');
    assert.equal(backendAnswer(build('migration'), '/version', START + 700).kind, 'refused');
  });
});

describe('the first snapshot of a start', () => {
  const absent = (run: ReturnType<typeof runOf>, at: number): string[] => {
    const seen = stats(run, at);
    const named = [
      ...Object.entries(seen.cameras).flatMap(
        ([name, camera]) =>
          [
            [`capture ${name}`, camera.capture_pid],
            [`process ${name}`, camera.pid],
          ] as const,
      ),
      ...Object.entries(seen.detectors).map(([name, {pid}]) => [`detector ${name}`, pid] as const),
      ...Object.entries(seen.processes).map(([name, {pid}]) => [name, pid] as const),
    ];
    return named.filter(([, pid]) => seen.cpu_usages[String(pid)] === undefined).map(([name]) => name);
  };

  it('names pids that its list does not hold, is frozen until uptime 25 s, and the second one is whole', () => {
    const run = runOf('first-snapshot', {fromStart: true});
    const early = absent(run, 17);
    assert.deepEqual(early, ['capture front', 'capture back', 'process back', 'capture garage', 'process garage']);
    assert.equal(stats(run, 17).service.uptime, 4);
    assert.equal(stats(run, 36).service.last_updated, stats(run, 17).service.last_updated);
    assert.deepEqual(absent(run, 36), early);
    assert.equal(stats(run, 42).service.uptime, 25);
    assert.deepEqual(absent(run, 42), []);
  });

  it('is whole in most starts, and in every one up to 0.13, which looks anew at each request', () => {
    assert.deepEqual(absent(runOf(null), 17), []);
    assert.deepEqual(absent(runOf('first-snapshot', {fromStart: true, version: '0.13.2'}), 17), []);
  });
});

describe('0.18', () => {
  it('adds the quality of connections, what each process uses, and lists only processes of Frigate', () => {
    const run = runOf(null, {version: '0.18.0'});
    const seen = json(run, '/api/stats', 600) as {
      cameras: Record<string, Record<string, unknown>>;
      processes: Record<string, {cpu: string | null}>;
      service: object;
      cpu_usages: Record<string, {cmdline: string}>;
    };
    assert.equal(seen.cameras['front']!['connection_quality'], 'excellent');
    assert.equal(seen.cameras['front']!['expected_fps'], 5);
    assert.equal(typeof seen.cameras['front']!['capture_cpu'], 'string');
    assert.equal(typeof seen.processes['recording']!.cpu, 'string');
    assert.equal('temperatures' in seen.service, false);
    assert.equal('frigate.full_system' in seen.cpu_usages, false);
    assert.ok(Object.values(seen.cpu_usages).every(({cmdline}) => !cmdline.startsWith('nginx')));
  });
});
