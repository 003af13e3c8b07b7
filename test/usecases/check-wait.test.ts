import assert from 'node:assert/strict';
import {known, type Known} from '../../src/core/known.js';
import type {FrigateObservation} from '../../src/core/observation/frigate.js';
import type {Pod} from '../../src/core/observation/pod.js';
import type {Workload, WorkloadSearch} from '../../src/core/observation/workload.js';
import {hours, minutes, seconds} from '../../src/core/time.js';
import type {WaitProgress} from '../../src/outcome/check-report.js';
import type {CheckOptions} from '../../src/pass/context.js';
import type {PassPorts} from '../../src/pass/ports.js';
import {render} from '../../src/report/render.js';
import {waitLine} from '../../src/report/waiting.js';
import {checkIn} from '../../src/usecases/check.js';
import {FakeTimers} from '../support/fake-timers.js';
import {FakeWorld} from '../support/fake-world.js';
import {
  aCamera,
  aContainer,
  aFrigate,
  ago,
  aPod,
  aPodOfAge,
  aReading,
  aSnapshot,
  aTermination,
  aWorkload,
  now,
} from '../support/observation.js';

interface Stage {
  readonly search?: Known<WorkloadSearch>;
  readonly workload?: Partial<Workload>;
  readonly pods: readonly Pod[];
  readonly frigate?: FrigateObservation;
  /** Whether Frigate's API answers. */
  readonly answers?: boolean;
}

const options = (changes: Partial<CheckOptions> = {}): CheckOptions => ({
  kind: null,
  allNamespaces: false,
  only: [],
  skip: [],
  failOn: 'critical',
  wait: minutes(3),
  onProgress: () => undefined,
  ...changes,
});

/** One stage for each observation; the last one stays. */
const checked = async (stages: readonly Stage[], changes: Partial<CheckOptions> = {}, log = '') => {
  const fake = new FakeWorld();
  const timers = new FakeTimers();
  const steps: WaitProgress[] = [];
  let looks = 0;
  let current: Stage = {pods: []};
  const ports = fake.world();
  const world: PassPorts = {
    ...ports,
    clock: timers.showing(() => now),
    cluster: {
      ...ports.cluster,
      locate: () => {
        current = stages[Math.min(looks, stages.length - 1)]!;
        looks += 1;
        if (current.frigate !== undefined) fake.frigate = current.frigate;
        fake.interfere = (call) => (call === 'openFrigate' && current.answers === false ? 'fail' : 'pass');
        const workload = aWorkload(current.workload);
        return Promise.resolve({
          search: current.search ?? known({found: 'one' as const, workload}),
          pods: known(current.pods),
        });
      },
      openLog: () => Promise.resolve(known(Readable([`2026-10-10T02:59:00Z ${log}\n`]))),
    },
  };
  const report = await timers.finish(
    checkIn(world, options({...changes, onProgress: (step) => steps.push(step)}), new AbortController().signal),
  );
  return {report, steps, looks};
};

async function* Readable(chunks: readonly string[]): AsyncIterable<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

const old = aPod({name: 'old', uid: 'old'});
const ending = aPod({...old, deletingSince: ago(seconds(4))});
const running: Stage = {pods: [aPodOfAge(seconds(30), {name: 'new', uid: 'new'})]};
const creating: Stage = {pods: [aPod({name: 'new', uid: 'new', frigate: null, phase: 'Pending', createdAt: now})]};
const failing = (frigate: Parameters<typeof aContainer>[0], pod: Partial<Pod> = {}): Stage => ({
  pods: [aPod({name: 'new', uid: 'new', createdAt: ago(minutes(1)), frigate: aContainer(frigate), ...pod})],
  answers: false,
});
const waiting = (reason: string, message: string | null = null) => ({
  state: {phase: 'waiting' as const, reason, message},
});

describe('check --wait during a rollout', () => {
  for (const failOn of ['critical', 'never'] as const)
    it(`does not end while the change is not processed, no pod runs or the API is silent (--fail-on=${failOn})`, async () => {
      const {report, steps, looks} = await checked(
        [
          {pods: [old], workload: {observedGeneration: 6}},
          {pods: [ending], workload: {updatedReplicas: 0}},
          {pods: [], workload: {updatedReplicas: 0}},
          creating,
          {...running, answers: false},
          running,
        ],
        {failOn},
      );

      assert.deepEqual([report.summary.exitCode, looks, report.errors], [0, 6, []]);
      assert.deepEqual(
        steps.map(({progress}) => (progress?.kind === 'waiting' ? progress.why.code : progress?.kind)),
        ['accepted', 'old-pod-terminating', 'pod-not-created', 'pod-creating', 'api-silent'],
      );
      assert.match(waitLine(steps[4]!), /left: .*; Frigate is starting in new; its API does not answer yet$/);
    });

  it('does not end while an old pod still runs beside the new one', async () => {
    const both = {...running, pods: [...running.pods, old], workload: {currentReplicas: 2}};
    const {report, looks} = await checked([both, both, running]);
    assert.deepEqual([report.summary.exitCode, looks], [0, 3]);
  });

  it('runs out with 124 where no pod ever runs, also with --fail-on=never', async () => {
    const {report} = await checked([{pods: [], workload: {updatedReplicas: 0}}], {failOn: 'never'});
    assert.equal(report.summary.exitCode, 124);
  });

  it('does not end while nothing is meant to run', async () => {
    const {report, steps} = await checked([{pods: [], workload: {desiredReplicas: 0, updatedReplicas: 0}}]);
    assert.deepEqual([report.summary.exitCode, steps[0]?.progress], [124, null]);
  });

  it('waits for the cameras of a start, and after it takes one that delivers nothing for a finding', async () => {
    const silent = aCamera('back', {cameraFps: 0, processFps: 0});
    const {cameras} = aSnapshot();
    const frigate = aFrigate({
      stats: known(aReading({cameras: cameras.map((camera) => (camera.name === 'back' ? silent : camera))})),
    });
    const before = await checked([{...running, frigate: aFrigate({stats: known(aReading({cameras: [silent]}))})}], {
      failOn: 'never',
    });
    assert.equal(before.report.summary.exitCode, 124);
    assert.equal(before.steps[0]?.progress?.kind === 'waiting' && before.steps[0].progress.why.code, 'cameras-missing');

    const after = await checked([{pods: [aPod()], frigate}], {failOn: 'never'});
    assert.deepEqual([after.report.summary.exitCode, after.looks], [0, 1]);
  });

  it('does not take one kill for memory of a container that lived long for a crash loop', async () => {
    const {report} = await checked(
      [
        {
          pods: [
            aPod({
              frigate: aContainer({
                restartCount: 1,
                state: {phase: 'running', startedAt: ago(minutes(2))},
                last: aTermination({
                  exitCode: 137,
                  reason: 'OOMKilled',
                  startedAt: ago(hours(20)),
                  finishedAt: ago(minutes(2)),
                }),
              }),
            }),
          ],
        },
      ],
      {failOn: 'never'},
    );
    assert.deepEqual([report.summary.exitCode, report.errors], [0, []]);
  });
});

describe('check --wait ends at once on what time does not cure', () => {
  const unschedulable = {
    type: 'PodScheduled',
    status: 'False' as const,
    reason: 'Unschedulable',
    message: '0/1 nodes are available',
    lastTransition: now,
  };
  const cases: ReadonlyArray<readonly [string, Stage, RegExp]> = [
    [
      'CrashLoopBackOff',
      failing({...waiting('CrashLoopBackOff'), last: aTermination({exitCode: 1}), restartCount: 3}),
      /container failed permanently \(exit_code=1, oom_killed=false, reason=CrashLoopBackOff, restarts=3\)/,
    ],
    [
      'OOMKilled again',
      failing({
        state: {phase: 'running', startedAt: ago(seconds(20))},
        last: aTermination({
          exitCode: 137,
          reason: 'OOMKilled',
          startedAt: ago(minutes(2)),
          finishedAt: ago(seconds(21)),
        }),
        restartCount: 2,
      }),
      /oom_killed=true/,
    ],
    [
      'an image that cannot be pulled',
      failing(waiting('ImagePullBackOff', 'not found')),
      /ImagePullBackOff: not found/,
    ],
    [
      'no node',
      failing(waiting('ContainerCreating'), {phase: 'Pending', frigate: null, conditions: [unschedulable]}),
      /no node can run the new pod: 0\/1 nodes/,
    ],
  ];
  for (const [what, stage, message] of cases)
    it(`${what}: exit 2, the reason and the fix`, async () => {
      const {report, looks} = await checked([stage], {failOn: 'never'}, 'Fatal: rtsp://me:hunter2@cam');
      const [error] = report.errors;

      assert.deepEqual([report.summary.exitCode, looks, error?.code], [2, 1, 'FRG-E-ROLLOUT']);
      assert.match(error?.message ?? '', message);
      assert.match(error?.fix ?? '', /^kubectl --context test -n frigate /);
      if (what.startsWith('CrashLoop')) {
        assert.deepEqual(error?.lastLines, ['Fatal: rtsp://***@cam']);
        const text = await render(report, 'text', {colour: false, ascii: false, columns: null});
        assert.match(text, /last log +Fatal: rtsp:\/\/\*\*\*@cam/);
      }
    });

  it('a workload that was deleted meanwhile', async () => {
    const gone: Stage = {search: known({found: 'none', searchedFor: 'deployment/frigate'}), pods: []};
    const {report, looks} = await checked([creating, gone], {failOn: 'never', only: ['FRG-801']});
    assert.deepEqual([report.summary.exitCode, looks], [2, 2]);
  });
});
