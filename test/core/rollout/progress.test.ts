import assert from 'node:assert/strict';
import {progressOf, type Progress, type RolloutObservation} from '../../../src/core/rollout/progress.js';
import {progressText} from '../../../src/core/rollout/wording.js';
import {scriptOf} from '../../../src/core/fix.js';
import type {Container, Pod} from '../../../src/core/observation/pod.js';
import {seconds} from '../../../src/core/time.js';
import {aContainer, ago, anEvent, aPod, aTemplate, aTermination, aWorkload, now} from '../../support/observation.js';

const old = aPod({name: 'old', uid: 'old'});
const fresh = (container: Partial<Container> = {}, pod: Partial<Pod> = {}): Pod =>
  aPod({name: 'new', uid: 'new', createdAt: ago(seconds(30)), frigate: aContainer(container), ...pod});
const look = (changes: Partial<RolloutObservation>): RolloutObservation => ({
  workload: aWorkload(),
  flags: ' --context home -n frigate',
  pods: [fresh()],
  events: [],
  oldPods: new Set(['old']),
  sentAt: ago(seconds(40)),
  now,
  api: {cameras: 3, delivering: 3},
  expectedCameras: 3,
  ...changes,
});
const waiting = (reason: string, message: string | null = null): Partial<Container> => ({
  state: {phase: 'waiting', reason, message},
});
const ended = (exit: Parameters<typeof aTermination>[0], restartCount: number): Partial<Container> => ({
  state: waiting('CrashLoopBackOff').state!,
  last: aTermination(exit),
  restartCount,
});

const cases: ReadonlyArray<
  readonly [name: string, changes: Partial<RolloutObservation>, kind: Progress['kind'], text: RegExp]
> = [
  [
    'the controller has not seen it',
    {workload: aWorkload({observedGeneration: 6}), pods: [old]},
    'waiting',
    /controller has not processed/,
  ],
  [
    'the old pod ends',
    {pods: [aPod({...old, deletingSince: ago(seconds(5))})]},
    'waiting',
    /old pod old is terminating/,
  ],
  ['the old pod is gone', {pods: []}, 'waiting', /new pod is not created yet/],
  [
    'the new pod is being prepared',
    {pods: [aPod({name: 'new', uid: 'new', frigate: null})]},
    'waiting',
    /being created/,
  ],
  ['the container is created', {pods: [fresh(waiting('ContainerCreating'))]}, 'waiting', /is starting/],
  ['the API does not answer yet', {api: null}, 'waiting', /API does not answer yet/],
  ['cameras are still missing', {api: {cameras: 3, delivering: 1}}, 'waiting', /1 of 3 cameras/],
  [
    'not one camera is back, and none was seen before',
    {api: {cameras: 7, delivering: 0}, expectedCameras: 0},
    'waiting',
    /0 of 7 cameras/,
  ],
  ['Frigate has no cameras', {api: {cameras: 0, delivering: 0}, expectedCameras: 0}, 'done', /0 of 0 cameras/],
  ['everything is back', {}, 'done', /Frigate is running again in new: 3 of 3/],
  [
    'one end that may pass',
    {
      pods: [fresh({state: {phase: 'running', startedAt: now}, last: aTermination({exitCode: 1}), restartCount: 1})],
      api: null,
    },
    'waiting',
    /API does not answer yet/,
  ],

  [
    'out of memory',
    {
      pods: [fresh(ended({exitCode: 137, reason: 'OOMKilled'}, 4))],
      workload: aWorkload({template: aTemplate({memoryLimit: 256 * 2 ** 20})}),
    },
    'failed',
    /container failed permanently \(exit_code=137, oom_killed=true, reason=OOMKilled, restarts=4\): it needs more memory than its limit of 256 MiB/,
  ],
  [
    'out of memory without a limit',
    {
      pods: [fresh(ended({exitCode: 137, reason: 'OOMKilled'}, 1))],
      workload: aWorkload({template: aTemplate({memoryLimit: null})}),
    },
    'failed',
    /no memory limit is set/,
  ],
  [
    'an error',
    {pods: [fresh(ended({exitCode: 1}, 3))]},
    'failed',
    /exit_code=1, oom_killed=false, reason=CrashLoopBackOff, restarts=3\): Frigate ended with an error/,
  ],
  ['not executable', {pods: [fresh(ended({exitCode: 126}, 3))]}, 'failed', /cannot be executed/],
  ['not found', {pods: [fresh(ended({exitCode: 127}, 3))]}, 'failed', /not found/],
  [
    'killed',
    {pods: [fresh(ended({exitCode: 137, reason: 'Error'}, 3))]},
    'failed',
    /oom_killed=false.*it was killed \(SIGKILL\)/,
  ],
  ['a crash', {pods: [fresh(ended({exitCode: 139}, 3))]}, 'failed', /segmentation fault/],
  ['ended', {pods: [fresh(ended({exitCode: 143}, 3))]}, 'failed', /SIGTERM/],
  [
    'an image that cannot be pulled',
    {pods: [fresh(waiting('ImagePullBackOff', 'Back-off pulling image'))]},
    'failed',
    /cannot start: ImagePullBackOff/,
  ],
  [
    'a place that does not exist',
    {
      pods: [
        fresh(
          {},
          {
            frigate: null,
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: '0/1 nodes are available',
                lastTransition: now,
              },
            ],
          },
        ),
      ],
    },
    'failed',
    /no node can run the new pod: 0\/1 nodes/,
  ],
  [
    'a place that the old pod still takes',
    {
      pods: [
        aPod({...old, deletingSince: ago(seconds(30))}),
        fresh(
          {},
          {
            frigate: null,
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: 'Insufficient squat.ai/coral',
                lastTransition: now,
              },
            ],
          },
        ),
      ],
    },
    'waiting',
    /resources of the old pod \(old\)/,
  ],
  [
    'a volume that the old pod still holds',
    {
      pods: [aPod({...old, deletingSince: ago(seconds(30))}), fresh(waiting('ContainerCreating'))],
      events: [
        anEvent('FailedAttachVolume', 'Multi-Attach error for volume', {
          object: {kind: 'Pod', name: 'new', uid: 'new'},
        }),
      ],
    },
    'waiting',
    /resources of the old pod/,
  ],
  [
    'a volume that does not come',
    {
      pods: [fresh(waiting('ContainerCreating'))],
      events: [
        anEvent('FailedMount', 'timed out waiting for the condition', {object: {kind: 'Pod', name: 'new', uid: 'new'}}),
      ],
    },
    'failed',
    /volume of the new pod cannot be mounted/,
  ],
  [
    'a StatefulSet that waits for a deletion',
    {workload: aWorkload({kind: 'StatefulSet', strategy: 'OnDelete'}), pods: [old]},
    'failed',
    /OnDelete/,
  ],
];

describe('the progress of a restart', () => {
  for (const [name, changes, kind, text] of cases) {
    it(`${kind}: ${name}`, () => {
      const progress = progressOf(look(changes));

      assert.equal(progress.kind, kind, progressText(progress));
      assert.match(progressText(progress), text);
      if (progress.kind === 'failed') assert.match(scriptOf(progress.fix), /^kubectl --context home -n frigate /);
    });
  }

  it('gives scheduling and volumes a moment before it calls them hopeless', () => {
    const unschedulable = {
      conditions: [
        {type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message: 'x', lastTransition: now},
      ],
      frigate: null,
    };

    assert.equal(progressOf(look({pods: [fresh({}, {...unschedulable, createdAt: ago(seconds(3))})]})).kind, 'waiting');
  });

  it('says what to set when the memory does not suffice', () => {
    const progress = progressOf(
      look({
        pods: [fresh(ended({exitCode: 137, reason: 'OOMKilled'}, 1))],
        workload: aWorkload({template: aTemplate({memoryLimit: 256 * 2 ** 20})}),
      }),
    );

    assert.equal(
      progress.kind === 'failed' && scriptOf(progress.fix),
      'kubectl --context home -n frigate set resources deployment/frigate -c frigate --limits=memory=512Mi',
    );
  });
});
