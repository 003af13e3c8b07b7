import assert from 'node:assert/strict';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import {checkOf} from '../../../src/core/checks/catalogue.js';
import {run} from '../../../src/core/fix.js';
import {rolloutOf, type Rollout} from '../../../src/core/checks/workload/frg-204-rollout-settled.js';
import type {Finding} from '../../../src/core/finding.js';
import type {Signature} from '../../../src/core/observation/log.js';
import type {Container, Pod} from '../../../src/core/observation/pod.js';
import type {PodTemplate, Workload, WorkloadSearch} from '../../../src/core/observation/workload.js';
import {days, hours, minutes, seconds} from '../../../src/core/time.js';
import {
  aContainer,
  ago,
  aLog,
  aMemory,
  memoryUsed,
  aNode,
  aMount,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aProbe,
  aReading,
  aSnapshot,
  aTally,
  aTermination,
  aWorkload,
  settled,
  usagesOf,
  withContainer,
  withPods,
  withTemplate,
  withWorkload,
  type ObservationChanges,
} from '../../support/observation.js';
import {aFinding, assertFinding, checkContext, tableOf, type Expected} from '../../support/context.js';

const searched = (value: WorkloadSearch) => anObservation({workload: known(value)});

tableOf('FRG-201', [
  {when: 'one is found', observation: anObservation(), status: 'ok'},
  {
    when: 'none is found',
    observation: searched({found: 'none', searchedFor: 'deployment/frigate in frigate'}),
    status: 'critical',
    cause: 'workload',
    cure: 'none',
  },
  {
    when: 'several are found',
    observation: searched({
      found: 'several',
      candidates: [
        {kind: 'StatefulSet', namespace: 'b', name: 'nvr'},
        {kind: 'Deployment', namespace: 'a', name: 'frigate', replicas: 0},
      ],
    }),
    status: 'critical',
    command:
      /^kubectl frigate-health check -n a deployment\/frigate\nkubectl frigate-health check -n b statefulset\/nvr\nkubectl frigate-health watch -A$/,
  },
  {
    when: "no container of it is Frigate's",
    observation: searched({
      found: 'no-container',
      candidate: {kind: 'Deployment', namespace: 'a', name: 'frigate-notify'},
      containers: ['notify'],
    }),
    status: 'critical',
  },
  {
    when: 'it could not be looked for',
    observation: anObservation({workload: unknown('forbidden', 'deployments: 403')}),
    status: 'unknown',
    because: 'forbidden',
  },
  {
    when: 'the API server is away',
    observation: anObservation({apiServer: unknown('unreachable', 'refused')}),
    status: 'skipped',
    because: 'FRG-101',
  },
]);

const pending = (changes: Partial<Pod> = {}, rest: ObservationChanges = {}) =>
  withPods([aPod({phase: 'Pending', frigate: null, createdAt: ago(minutes(2)), ...changes})], rest);
const waiting = (reason: string, message: string | null = null): Partial<Container> => ({
  ready: false,
  id: null,
  state: {phase: 'waiting', reason, message},
});
const creating = aContainer(waiting('ContainerCreating'));

tableOf('FRG-202', [
  {when: 'a pod lives', observation: anObservation(), status: 'ok'},
  {
    when: 'the workload is scaled to 0',
    observation: withWorkload({desiredReplicas: 0}, {pods: known([])}),
    status: 'info',
    command: /scale deployment\/frigate --replicas=1/,
  },
  {
    when: 'no node matches a DaemonSet',
    observation: withWorkload({kind: 'DaemonSet', desiredReplicas: 0}, {pods: known([])}),
    status: 'info',
    command: /describe daemonset/,
  },
  {
    when: 'no node takes the pod',
    status: 'critical',
    cause: 'workload',
    cure: 'none',
    normalAtStart: false,
    observation: pending({
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available: 1 Insufficient gpu.',
          lastTransition: null,
        },
      ],
    }),
  },
  {
    when: 'no node takes the pod because of a taint',
    status: 'critical',
    cause: 'workload',
    cure: 'none',
    normalAtStart: false,
    command: /^kubectl get nodes .*TAINTS:/,
    observation: pending({
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
          lastTransition: null,
        },
      ],
    }),
  },
  {
    when: 'its image cannot be pulled',
    observation: pending({frigate: aContainer(waiting('ImagePullBackOff', 'not found'))}),
    status: 'critical',
    cause: 'config',
    normalAtStart: false,
  },
  {
    when: 'the image of an init container cannot be pulled',
    observation: pending({initContainers: [aContainer({name: 'seed', image: 'seed:1', ...waiting('ErrImagePull')})]}),
    status: 'critical',
    cause: 'config',
  },
  {
    when: 'a ConfigMap of it is missing',
    observation: pending({frigate: aContainer(waiting('CreateContainerConfigError', 'configmap "frigate" not found'))}),
    status: 'critical',
    cause: 'config',
  },
  {
    when: 'an init container crashes',
    observation: pending({
      initContainers: [aContainer({name: 'copy-config', ...waiting('CrashLoopBackOff'), last: aTermination()})],
    }),
    status: 'critical',
    cause: 'config',
    command: /logs frigate-7bc659b5f5-flbt6 -c copy-config/,
  },
  {
    when: 'an init container still runs',
    observation: pending({initContainers: [aContainer({name: 'copy-config', ready: false})]}),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'an init container is done and Frigate is being made',
    observation: pending({
      frigate: creating,
      initContainers: [
        aContainer({name: 'copy', state: {phase: 'terminated', ...aTermination({exitCode: 0, reason: 'Completed'})}}),
      ],
    }),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'a volume does not mount',
    observation: pending(
      {frigate: creating},
      {events: known([anEvent('FailedMount', 'MountVolume.SetUp failed: timeout')])},
    ),
    status: 'critical',
    cause: 'storage',
    normalAtStart: false,
  },
  {
    when: 'a volume hangs on another node',
    observation: pending({frigate: creating}, {events: known([anEvent('FailedAttachVolume', 'Multi-Attach error')])}),
    status: 'critical',
    cause: 'storage',
  },
  {
    when: 'events about another pod do not count',
    observation: pending(
      {frigate: creating},
      {events: known([anEvent('FailedMount', 'x', {object: {kind: 'Pod', name: 'other', uid: 'other'}})])},
    ),
    status: 'critical',
    cause: 'workload',
    normalAtStart: true,
  },
  {
    when: 'a sidecar among its init containers runs on, as it has to',
    observation: pending({frigate: creating, initContainers: [aContainer({name: 'vpn'})]}),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'one pod after another fails before it runs',
    observation: withPods([
      aPod({uid: 'gone', phase: 'Failed', reason: 'Evicted', createdAt: ago(minutes(9))}),
      aPod({phase: 'Pending', frigate: creating, createdAt: ago(minutes(2))}),
    ]),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'its image is being pulled',
    observation: pending({frigate: creating}, {events: known([anEvent('Pulling', 'Pulling image', {type: 'Normal'})])}),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'it is being made for longer than the grace',
    observation: pending({frigate: creating, createdAt: ago(minutes(11))}),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'there is no pod at all',
    observation: withPods([]),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'there is none at all between the pods of a restart',
    observation: withWorkload({restartedAt: ago(minutes(1))}, {pods: known([])}),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'there is none at all long after a restart',
    observation: withWorkload({restartedAt: ago(minutes(11))}, {pods: known([])}),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'only dead pods are left after a restart',
    observation: withWorkload({restartedAt: ago(minutes(1))}, {pods: known([aPod({phase: 'Unknown'})])}),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'a quota forbids the pod',
    observation: withWorkload(
      {
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: 'exceeded quota',
            lastTransition: null,
          },
        ],
      },
      {pods: known([])},
    ),
    status: 'critical',
  },
  {
    when: 'only dead pods are left',
    observation: withPods([aPod({uid: '1', phase: 'Failed', reason: 'Evicted'}), aPod({uid: '2', phase: 'Unknown'})]),
    status: 'critical',
  },
  {
    when: 'the old pod is still ending',
    observation: withPods([aPod({deletingSince: ago(seconds(40))})]),
    status: 'critical',
    normalAtStart: true,
  },
  {
    when: 'the old pod has been ending for longer than the grace',
    observation: withPods([aPod({deletingSince: ago(minutes(30))})]),
    status: 'critical',
    normalAtStart: false,
  },
  {
    when: 'two pods of one revision live',
    observation: withPods([aPod(), aPod({uid: 'twin', name: 'frigate-twin'})]),
    status: 'critical',
    cure: 'none',
    command: /--replicas=1/,
  },
  {
    when: 'an older pod runs on during a rollout',
    observation: withPods([aPod(), aPod({uid: 'old', current: false})]),
    status: 'info',
  },
  {
    when: 'two pods of unknown revision live while a rollout is under way',
    observation: withWorkload(
      {currentReplicas: 2},
      {pods: known([aPod({current: null}), aPod({uid: 'b', current: null})])},
    ),
    status: 'info',
  },
  {
    when: 'two pods of unknown revision live and all has settled',
    observation: withPods([aPod({current: null}), aPod({uid: 'b', current: null})]),
    status: 'critical',
  },
  {
    when: 'the pods could not be listed (B-06)',
    observation: anObservation({pods: unknown('forbidden', 'pods: 403')}),
    status: 'unknown',
    because: 'forbidden',
  },
  {
    when: 'there is no workload',
    observation: searched({found: 'none', searchedFor: 'x'}),
    status: 'skipped',
    because: 'FRG-201',
  },
]);

const ended = (
  changes: Parameters<typeof aTermination>[0],
  container: Partial<Container> = {},
  rest: ObservationChanges = {},
) =>
  withContainer({restartCount: 1, last: aTermination({finishedAt: ago(minutes(20)), ...changes}), ...container}, rest);
const crashing = {
  state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off 40s'},
  ready: false,
} as const;
const inPreviousLog = (signature: Signature, sample: string) => ({
  previousLog: known(aLog({[signature]: {...aTally(1), sample}})),
});
const unhealthy = anEvent(
  'Unhealthy',
  'Liveness probe failed: Get "http://10.0.0.7:5000/api/version": context deadline exceeded',
  {count: 3},
);
const liveness = {
  events: known([
    unhealthy,
    anEvent('Killing', 'Container frigate failed liveness probe, will be restarted', {type: 'Normal'}),
  ]),
};
const counted = (...counts: ReadonlyArray<readonly [minutesAgo: number, count: number]>) =>
  aMemory({restartCounts: counts.map(([past, count]) => ({at: ago(minutes(past)), podUid: 'pod-uid', count}))});

const exitsAt = (...minutesAgo: readonly number[]) => ({
  ...counted([90, 0]),
  exits: minutesAgo.map((length) => ({at: ago(minutes(length)), words: 'exit code 1 (Error)', reboot: false})),
});

tableOf('FRG-203', [
  {
    when: 'it ended twice before in this day: that is no accident any more',
    observation: ended({reason: 'Error', exitCode: 1}),
    memory: exitsAt(900, 300),
    status: 'warning',
    cause: 'workload',
  },
  {
    when: 'it ended once before in this day',
    observation: ended({reason: 'Error', exitCode: 1}),
    memory: exitsAt(300),
    status: 'info',
  },
  {
    when: 'its node rebooted: 255 Unknown and another boot id',
    observation: ended({reason: 'Unknown', exitCode: 255}, {}, {node: known(aNode({bootId: 'boot-2'}))}),
    memory: {...counted([90, 0]), bootId: 'boot-1'},
    status: 'info',
  },
  {
    when: 'it ended with 255 Unknown on a node that did not reboot',
    observation: ended({reason: 'Unknown', exitCode: 255}, {}, {node: known(aNode({bootId: 'boot-1'}))}),
    memory: {...counted([90, 0]), bootId: 'boot-1'},
    status: 'info',
  },
  {when: 'it never ended', observation: anObservation(), status: 'ok', evidence: ['restarts=0']},
  {
    when: 'it was OOMKilled 20 min ago',
    observation: ended({reason: 'OOMKilled', exitCode: 137}, {restartCount: 4}),
    status: 'critical',
    cause: 'memory',
    cure: 'none',
    immediate: true,
    memory: counted([30, 3]),
    evidence: ['exit_code=137', 'reason=OOMKilled', 'restarts=4', 'memory limit=4096'],
    evidenceAt: ago(minutes(20)),
    command: /set resources -n frigate deployment\/frigate -c frigate --limits=memory=6144Mi/,
  },
  {
    when: 'it was OOMKilled without a limit',
    observation: ended(
      {reason: 'OOMKilled', exitCode: 137},
      {},
      {workload: withTemplate({memoryLimit: null}).workload},
    ),
    status: 'critical',
    cause: 'memory',
    command: /SystemOOM/,
  },
  {
    when: 'it was OOMKilled this very second',
    observation: ended({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(seconds(0))}),
    status: 'critical',
  },
  {
    when: 'it was OOMKilled an hour ago to the second',
    observation: ended({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(hours(1))}),
    memory: counted([90, 0]),
    status: 'critical',
  },
  {
    when: 'it was OOMKilled 5 hours ago',
    observation: ended({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(hours(5))}),
    memory: counted([90, 1]),
    status: 'warning',
    cause: 'memory',
    immediate: false,
  },
  {
    when: 'it was OOMKilled two days ago',
    observation: ended({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(days(2))}),
    memory: counted([90, 1]),
    status: 'ok',
  },
  {
    when: 'it was killed with 137, which alone is no OOM',
    observation: ended({reason: 'Error', exitCode: 137}),
    status: 'info',
  },
  {
    when: 'it ended a moment ago and does not run again yet',
    observation: ended({reason: 'Error', exitCode: 137, finishedAt: ago(seconds(2))}, waiting('ContainerCreating')),
    status: 'warning',
  },
  {
    when: 'it ended itself with 0',
    observation: ended({reason: 'Completed', exitCode: 0}),
    status: 'info',
  },
  {
    when: 'its detector died and it ended with 143',
    observation: ended(
      {exitCode: 143},
      {},
      inPreviousLog('detector-stopped', 'Detection appears to have stopped. Exiting Frigate...'),
    ),
    status: 'info',
  },
  {
    when: 'its single restart is an hour old to the second',
    observation: ended({finishedAt: ago(hours(1))}),
    memory: counted([90, 0]),
    status: 'info',
  },
  {
    when: 'its single restart is 2 hours old',
    observation: ended({finishedAt: ago(hours(2))}),
    memory: counted([90, 1]),
    status: 'ok',
  },
  {
    when: 'the liveness probe had it killed',
    observation: ended({exitCode: 137}, {}, liveness),
    status: 'info',
    evidence: ['killed by=liveness probe', `probe=${unhealthy.message}`],
  },
  {
    when: 'a liveness probe fails but killed nothing',
    observation: ended({exitCode: 1}, {}, {events: known([unhealthy])}),
    status: 'info',
  },
  {
    when: 'the liveness probe killed it 2 hours ago, which explains no exit of now',
    observation: ended(
      {exitCode: 1},
      {},
      {
        events: known([
          anEvent('Killing', 'Container frigate failed liveness probe, will be restarted', {lastSeen: ago(hours(2))}),
        ]),
      },
    ),
    status: 'info',
  },
  {
    when: 'its end has no time and the count rose',
    observation: ended({finishedAt: null}, {restartCount: 2}),
    memory: counted([90, 1]),
    status: 'info',
    evidence: ['restarts in the last hour=1'],
  },
  {
    when: 'its end has no time and the count stands',
    observation: ended({finishedAt: null}, {restartCount: 2}),
    memory: counted([90, 2]),
    status: 'ok',
  },
  {
    when: 'it has ended and nobody knows when',
    observation: withContainer({ready: false, state: {phase: 'terminated', ...aTermination({finishedAt: null})}}),
    status: 'warning',
  },
  {
    when: 'the restart count rose by 3 within the hour',
    observation: ended({}, {restartCount: 7}),
    memory: counted([90, 4], [50, 5], [10, 6]),
    status: 'critical',
    immediate: true,
    cure: 'none',
  },
  {
    when: 'the restart count rose by 2 within the hour',
    observation: ended({}, {restartCount: 6}),
    memory: counted([90, 4], [10, 5]),
    status: 'info',
    immediate: false,
  },
  {
    when: 'the restart count rose by 4 while no pass ran for a day',
    observation: ended({}, {restartCount: 4}),
    memory: counted([26 * 60, 0]),
    status: 'info',
    immediate: false,
    evidence: ['restarts in the last hour=1'],
  },
  {
    when: 'it was restarted 4 times yesterday while no pass ran',
    observation: ended({finishedAt: ago(hours(20))}, {restartCount: 4}),
    memory: counted([26 * 60, 0]),
    status: 'ok',
  },
  {
    when: "another pod's count was higher",
    observation: ended({}, {restartCount: 3}),
    memory: aMemory({restartCounts: [{at: ago(minutes(90)), podUid: 'other', count: 0}]}),
    status: 'info',
  },
  {
    when: 'a young pod was restarted 3 times',
    observation: withPods([
      aPod({
        createdAt: ago(minutes(30)),
        frigate: aContainer({restartCount: 3, last: aTermination({finishedAt: ago(minutes(2))})}),
      }),
    ]),
    status: 'critical',
    immediate: true,
  },
  {
    when: 'it waits in CrashLoopBackOff',
    observation: ended({}, {...crashing, restartCount: 9}),
    status: 'critical',
    immediate: true,
    cure: 'none',
    command: /logs frigate-7bc659b5f5-flbt6 -c frigate --previous/,
  },
  {
    when: 'it crashes for memory',
    observation: ended({reason: 'OOMKilled', exitCode: 137}, crashing),
    status: 'critical',
    cause: 'memory',
  },
  {
    when: 'it crashes by the liveness probe',
    observation: ended({exitCode: 137}, crashing, liveness),
    status: 'critical',
    cause: 'config',
  },
  {
    when: 'it crashes for its configuration',
    observation: ended({}, crashing, inPreviousLog('config-invalid', '*** Your config file is not valid! ***')),
    status: 'critical',
    cause: 'config',
    evidence: ['log=*** Your config file is not valid! ***'],
  },
  {
    when: 'it crashes for a missing detector',
    observation: ended({}, crashing, inPreviousLog('detector-device-missing', 'No EdgeTPU was detected')),
    status: 'critical',
    cause: 'node',
  },
  {
    when: 'its image is gone after a restart',
    observation: withContainer({...waiting('ImagePullBackOff', 'not found'), restartCount: 1, last: aTermination()}),
    status: 'critical',
    immediate: true,
    cause: 'config',
  },
  {
    when: 'it ended a moment ago',
    observation: withContainer({
      ready: false,
      state: {phase: 'terminated', ...aTermination({finishedAt: ago(seconds(5))})},
    }),
    status: 'warning',
  },
  {
    when: 'it ended long ago and nobody starts it',
    observation: withContainer({
      ready: false,
      state: {phase: 'terminated', ...aTermination({finishedAt: ago(minutes(20))})},
    }),
    status: 'critical',
  },
  ...[137, 143].map((exitCode) => ({
    when: `it ended with ${exitCode} by a restart of ours`,
    status: 'ok' as const,
    observation: ended(
      {exitCode, finishedAt: ago(minutes(18))},
      {},
      {workload: withWorkload({restartedAt: ago(minutes(20)), attempt: 'a1'}).workload},
    ),
  })),
  {
    when: 'it was OOMKilled during a restart of ours',
    observation: ended(
      {reason: 'OOMKilled', exitCode: 137, finishedAt: ago(minutes(18))},
      {},
      {workload: withWorkload({restartedAt: ago(minutes(20)), attempt: 'a1'}).workload},
    ),
    status: 'critical',
  },
  {
    when: 'it ended with 137 long after a restart of ours',
    observation: ended(
      {exitCode: 137},
      {},
      {workload: withWorkload({restartedAt: ago(hours(3)), attempt: 'a1'}).workload},
    ),
    status: 'info',
  },
  {
    when: 'it ended with 137 after a restart that was not ours',
    observation: ended(
      {exitCode: 137, finishedAt: ago(minutes(18))},
      {},
      {workload: withWorkload({restartedAt: ago(minutes(20))}).workload},
    ),
    status: 'info',
  },
  {when: 'Frigate is paused', observation: withWorkload({desiredReplicas: 0}, {pods: known([])}), status: 'skipped'},
  {when: 'the pod is Pending', observation: pending(), status: 'skipped', because: 'FRG-202'},
  {
    when: 'the pods are not known',
    observation: anObservation({pods: unknown('timeout', 'pods')}),
    status: 'skipped',
    because: 'FRG-202',
  },
]);

const exceeded = [
  {
    type: 'Progressing',
    status: 'False' as const,
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "frigate-x" has timed out progressing.',
    lastTransition: null,
  },
];
const updating = [
  {type: 'Progressing', status: 'True' as const, reason: 'ReplicaSetUpdated', message: null, lastTransition: null},
];

describe('how a rollout stands', () => {
  const cases: ReadonlyArray<readonly [string, Partial<Workload>, Rollout]> = [
    ['all counters agree', {}, 'settled'],
    ['the controller has not seen the change', {generation: 8}, 'under-way'],
    ['the new pod is not made yet', {updatedReplicas: 0}, 'under-way'],
    ['an old pod still ends', {currentReplicas: 2}, 'under-way'],
    ['the new pod is not available yet', {availableReplicas: 0, conditions: updating}, 'under-way'],
    [
      'the pod failed after the rollout was done',
      {availableReplicas: 0, readyReplicas: 0, conditions: settled},
      'settled',
    ],
    ['its deadline has passed', {updatedReplicas: 0, conditions: exceeded}, 'stuck'],
    ['it is paused', {paused: true, updatedReplicas: 0}, 'paused'],
    ['OnDelete waits', {kind: 'StatefulSet', strategy: 'OnDelete', updatedReplicas: 0}, 'waiting'],
    ['OnDelete has nothing to wait for', {kind: 'StatefulSet', strategy: 'OnDelete'}, 'settled'],
    ['the controller reports no generation', {observedGeneration: null}, 'settled'],
  ];
  for (const [when, workload, rollout] of cases)
    it(`is ${rollout} when ${when}`, () => assert.equal(rolloutOf(aWorkload(workload)), rollout));
});

tableOf('FRG-204', [
  {when: 'it has settled', observation: anObservation(), status: 'ok'},
  {
    when: 'a rollout is under way',
    observation: withWorkload({updatedReplicas: 0, revisions: [ago(minutes(2))]}),
    status: 'info',
  },
  {
    when: 'a rollout is stuck',
    observation: withWorkload({conditions: exceeded}),
    status: 'critical',
    cause: 'workload',
    cure: 'none',
    command: /rollout undo deployment\/frigate/,
  },
  {
    when: "a StatefulSet's rollout is older than 10 min",
    observation: withWorkload({kind: 'StatefulSet', updatedReplicas: 0, revisions: [ago(minutes(11))]}),
    status: 'critical',
  },
  {
    when: "a StatefulSet's rollout is 10 min old",
    observation: withWorkload({kind: 'StatefulSet', updatedReplicas: 0, revisions: [ago(minutes(10))]}),
    status: 'info',
  },
  {
    when: 'a StatefulSet was restarted and its controller has not seen it: the last revision is that of the rollout before',
    observation: withWorkload({kind: 'StatefulSet', generation: 8, revisions: [ago(hours(6))]}),
    status: 'info',
  },
  {
    when: 'a restart has no revision yet',
    observation: withWorkload({generation: 8, restartedAt: ago(minutes(1)), revisions: [ago(hours(6))]}),
    status: 'info',
  },
  {
    when: 'it is paused and holds back nothing',
    observation: withWorkload({paused: true}),
    status: 'info',
    command: /rollout resume deployment\/frigate/,
  },
  {
    when: 'it is paused and holds back a change',
    observation: withWorkload({paused: true, updatedReplicas: 0}),
    status: 'warning',
    cause: 'workload',
  },
  {
    when: 'it is paused before the controller saw the change',
    observation: withWorkload({paused: true, generation: 8}),
    status: 'warning',
  },
  {
    when: 'OnDelete holds back a change',
    observation: withWorkload({kind: 'StatefulSet', strategy: 'OnDelete', updatedReplicas: 0}),
    status: 'warning',
    command: /delete pod -l 'app=frigate'/,
  },
  {
    when: 'the workload is not known',
    observation: anObservation({workload: unknown('timeout', 'deployments')}),
    status: 'skipped',
    because: 'FRG-201',
  },
]);

describe('FRG-205', () => {
  const killed = withContainer({
    last: aTermination({reason: 'OOMKilled', exitCode: 137, finishedAt: ago(minutes(20))}),
  });
  const deadProcess = aFinding('FRG-304', {status: 'critical', cameras: ['back'], evidenceAt: ago(seconds(8))});
  const deadCamera = aFinding('FRG-501', {status: 'warning', cameras: ['back', 'front']});
  const crashed = (unreachable: readonly string[] | null = null) =>
    known(
      aLog({
        'camera-crashed': {...aTally(4), cameras: new Map([['back', 4]])},
        ...(unreachable === null
          ? {}
          : {'camera-unreachable': {...aTally(4), cameras: new Map(unreachable.map((name) => [name, 2]))}}),
      }),
    );
  const cases: ReadonlyArray<readonly [string, ReturnType<typeof anObservation>, readonly Finding[], Expected]> = [
    [
      'the use is small',
      anObservation({memoryUse: memoryUsed(26)}),
      [],
      {status: 'ok', cause: null, evidence: ['memory limit=4096', 'memory used=26']},
    ],
    [
      'no limit is set',
      withTemplate({memoryLimit: null}),
      [],
      {
        status: 'warning',
        cure: 'none',
        cause: 'memory',
        command: /set resources -n frigate deployment\/frigate -c frigate --limits=memory=4Gi/,
      },
    ],
    [
      'the use is over 85 %',
      anObservation({memoryUse: memoryUsed(86)}),
      [],
      {status: 'warning', cure: 'none', command: /6144Mi/},
    ],
    [
      'the use is over 95 % and nothing died',
      anObservation({memoryUse: memoryUsed(96)}),
      [],
      {status: 'warning', cure: 'none'},
    ],
    [
      'the use is over 95 % and a process died',
      anObservation({memoryUse: memoryUsed(96)}),
      [deadProcess],
      {
        status: 'critical',
        cure: 'restart',
        cause: 'memory',
        cameras: ['back'],
        evidenceAt: ago(seconds(8)),
      },
    ],
    [
      'the use is 95 %, just at the limit, and a process died',
      anObservation({memoryUse: memoryUsed(95)}),
      [deadProcess],
      {status: 'critical', cure: 'restart'},
    ],
    ['a process died with memory to spare', anObservation({memoryUse: memoryUsed(26)}), [deadProcess], {status: 'ok'}],
    [
      'a process died after an OOM kill',
      killed,
      [deadProcess],
      {status: 'critical', cure: 'restart', evidence: ['reason=OOMKilled']},
    ],
    [
      'the OOM kill is 2 hours old',
      withContainer({last: aTermination({reason: 'OOMKilled', finishedAt: ago(hours(2))})}),
      [deadProcess],
      {status: 'ok'},
    ],
    [
      'cameras died by their ffmpeg at the limit',
      anObservation({memoryUse: memoryUsed(96), log: crashed()}),
      [deadCamera],
      {status: 'critical', cure: 'restart', cameras: ['back']},
    ],
    [
      'cameras died at the limit and are out of reach',
      anObservation({memoryUse: memoryUsed(96), log: crashed(['back'])}),
      [deadCamera],
      {status: 'warning', cure: 'none'},
    ],
    [
      'cameras died at the limit and an unnamed one is out of reach',
      anObservation({memoryUse: memoryUsed(96), log: crashed([])}),
      [deadCamera],
      {status: 'warning', cure: 'none'},
    ],
    [
      'cameras died at the limit without a word of ffmpeg',
      anObservation({memoryUse: memoryUsed(96)}),
      [deadCamera],
      {status: 'warning', cure: 'none'},
    ],
    [
      'cameras died at the limit and the log is not known',
      anObservation({memoryUse: memoryUsed(96), log: unknown('forbidden', '403')}),
      [deadCamera],
      {status: 'warning', cure: 'none'},
    ],
    ['the numbers are absurd', anObservation({memoryUse: memoryUsed(Number.NaN)}), [deadProcess], {status: 'skipped'}],
    [
      'this account may not ask the metrics API',
      anObservation({memoryUse: unknown('forbidden', '403', [run('kubectl auth can-i get pods.metrics.k8s.io')])}),
      [],
      {status: 'skipped', because: 'forbidden', command: /can-i get pods\.metrics\.k8s\.io/},
    ],
    [
      'Frigate does not answer: its container is measured all the same',
      anObservation({frigate: {stats: unknown('timeout', 'x'), history: notAsked()}}),
      [],
      {status: 'ok', evidence: ['memory used=26']},
    ],
    [
      'the sum of RSS is over the limit and the working set is not: pages that the processes share',
      anObservation({frigate: {stats: known(aReading({usages: usagesOf(aSnapshot(), 20)})), history: notAsked()}}),
      [],
      {status: 'ok', evidence: ['memory used=26']},
    ],
    [
      'the limit is far below what any Frigate needs',
      withTemplate({memoryLimit: 300 * 2 ** 20}, {memoryUse: memoryUsed(7)}),
      [],
      {status: 'warning', command: /--limits=memory=1024Mi/},
    ],
  ];
  const check = checkOf('FRG-205');
  assert.ok(check);
  for (const [when, observation, findings, expected] of cases) {
    it(`is ${expected.status} when ${when}`, () => {
      const context = checkContext(observation, aMemory(), aPolicy(), findings);
      const verdict = check.judge(context);
      const bad = verdict.status === 'warning' || verdict.status === 'critical';
      assertFinding(
        aFinding('FRG-205', {
          ...verdict,
          cure: verdict.cure ?? 'none',
          cause: bad ? (verdict.cause ?? check.cause) : null,
          fix: verdict.fix ?? check.fix(context),
        }),
        expected,
      );
    });
  }
});

const shm = (template: Partial<PodTemplate>, total: number | null = null, free = 500) =>
  withTemplate(template, {
    frigate: {
      stats: known(aReading({mounts: total === null ? [] : [aMount('/dev/shm', {total, free, type: 'tmpfs'})]})),
      history: notAsked(),
    },
  });

tableOf('FRG-206', [
  {when: 'there is plenty', observation: anObservation(), status: 'ok', evidence: ['size=1024']},
  {
    when: "no volume stands there, so the runtime's 64 MiB hold",
    observation: shm({sharedMemory: null}),
    status: 'warning',
    cause: 'memory',
    cure: 'none',
    command: /^kubectl edit -n frigate deployment\/frigate$/,
  },
  {
    when: 'the limit of its volume is too small',
    observation: shm({sharedMemory: {medium: 'Memory', sizeLimit: 80 * 2 ** 20}}),
    status: 'warning',
  },
  {
    when: 'Frigate sees more than the template says',
    observation: shm({sharedMemory: null}, 512),
    status: 'ok',
    evidence: ['size=512'],
  },
  {when: 'its volume is exactly as large as the cameras need', observation: shm({}, 86), status: 'ok'},
  {
    when: 'the node decides on its size',
    observation: shm({sharedMemory: {medium: 'Memory', sizeLimit: null}}),
    status: 'ok',
  },
  {
    when: 'it is nearly full',
    observation: shm({}, 1024, 40),
    status: 'warning',
    evidence: ['free=3.9'],
  },
  {
    when: 'a process ended with a bus error',
    observation: anObservation({
      log: known(aLog({'bus-error': {...aTally(1), sample: 'Fatal Python error: Bus error'}})),
    }),
    status: 'critical',
    immediate: true,
    cure: 'none',
    evidenceAt: ago(minutes(1)),
    evidence: ['log=Fatal Python error: Bus error'],
  },
  {
    when: 'the container before died with a bus error',
    observation: anObservation({previousLog: known(aLog({'bus-error': 1}))}),
    status: 'critical',
  },
  {when: 'it lies on a disk', observation: shm({sharedMemory: {medium: 'disk', sizeLimit: null}}), status: 'info'},
  {
    when: 'neither size nor cameras are known',
    observation: shm({sharedMemory: {medium: 'Memory', sizeLimit: null}}, null),
    status: 'ok',
  },
  {
    when: 'the workload is not known',
    observation: anObservation({workload: unknown('timeout', 'x')}),
    status: 'skipped',
    because: 'FRG-201',
  },
]);

const claim = (accessModes: readonly string[]) => known([{name: 'frigate-config', accessModes, phase: 'Bound'}]);
const rolling = (template: Partial<PodTemplate>, workload: Partial<Workload> = {}, changes: ObservationChanges = {}) =>
  anObservation({
    claims: known([]),
    ...changes,
    workload: withWorkload({
      strategy: 'RollingUpdate',
      maxUnavailable: 0,
      template: {...aWorkload().template, claims: [], ...template},
      ...workload,
    }).workload,
  });

tableOf('FRG-207', [
  {when: 'all is well', observation: anObservation(), status: 'ok'},
  {when: 'there is no probe', observation: withTemplate({livenessProbe: null}), status: 'ok'},
  {
    when: 'the liveness probe gives up within 30 s',
    observation: withTemplate({
      livenessProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3}),
    }),
    status: 'warning',
    cause: 'config',
    cure: 'none',
    evidence: ['liveness probe fails after=30'],
    command: /^kubectl edit -n frigate deployment\/frigate$/,
  },
  {
    when: 'the liveness probe fails after exactly 120 s',
    observation: withTemplate({
      livenessProbe: aProbe({initialDelaySeconds: 90, periodSeconds: 10, failureThreshold: 3}),
    }),
    status: 'ok',
  },
  {
    when: 'a startup probe gives the impatient liveness probe time',
    observation: withTemplate({
      startupProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 30}),
      livenessProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3}),
    }),
    status: 'ok',
  },
  {
    when: 'the startup probe itself is impatient',
    observation: withTemplate({startupProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 6})}),
    status: 'warning',
  },
  {
    when: 'a startup probe that nginx answers hands over to an impatient liveness probe',
    observation: withTemplate({
      startupProbe: aProbe({path: '/', initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 30}),
      livenessProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3}),
    }),
    status: 'warning',
    evidence: ['liveness probe fails after=40'],
  },
  {
    when: 'an impatient probe asks nginx for /',
    observation: withTemplate({
      livenessProbe: aProbe({path: '/', initialDelaySeconds: 30, periodSeconds: 10, failureThreshold: 5}),
    }),
    status: 'ok',
  },
  {
    when: 'an impatient probe only opens a port',
    observation: withTemplate({
      livenessProbe: aProbe({path: null, initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 3}),
    }),
    status: 'ok',
  },
  {
    when: 'an impatient probe runs a command',
    observation: withTemplate({
      livenessProbe: aProbe({path: null, port: null, initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 3}),
    }),
    status: 'warning',
  },
  {when: 'Recreate holds a volume', observation: anObservation({claims: claim(['ReadWriteOnce'])}), status: 'ok'},
  {
    when: 'RollingUpdate holds a ReadWriteOnce volume',
    observation: rolling({}, {}, {claims: claim(['ReadWriteOnce'])}),
    status: 'warning',
    command: /patch -n frigate deployment\/frigate .*Recreate/,
  },
  {
    when: 'RollingUpdate holds a ReadWriteOncePod volume',
    observation: rolling({}, {}, {claims: claim(['ReadWriteOncePod'])}),
    status: 'warning',
  },
  {
    when: 'RollingUpdate shares its volume',
    observation: rolling({}, {}, {claims: claim(['ReadWriteOnce', 'ReadWriteMany'])}),
    status: 'ok',
  },
  {
    when: 'RollingUpdate asks for a device',
    observation: rolling({devices: new Map([['squat.ai/coral', 1]])}),
    status: 'warning',
  },
  {
    when: 'RollingUpdate holds a Coral of the host',
    observation: rolling({hostPaths: ['/dev/bus/usb']}),
    status: 'warning',
  },
  {
    when: 'RollingUpdate shares a render node and a folder',
    observation: rolling({hostPaths: ['/dev/dri', '/dev/dri/renderD128', '/data/frigate', '/dev/shm']}),
    status: 'ok',
  },
  {
    when: "RollingUpdate holds the host's network",
    observation: rolling({hostNetwork: true}),
    status: 'warning',
  },
  {
    when: 'RollingUpdate may do without the old pod',
    observation: rolling({hostPaths: ['/dev/apex_0']}, {maxUnavailable: 1}),
    status: 'warning',
  },
  {
    when: 'a StatefulSet rolls, which deletes first',
    observation: rolling({devices: new Map([['gpu', 1]])}, {kind: 'StatefulSet'}),
    status: 'ok',
  },
  {
    when: 'two things are wrong',
    observation: rolling({
      hostNetwork: true,
      livenessProbe: aProbe({initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3}),
    }),
    status: 'warning',
    command: /edit .*\n.*patch /,
  },
  {
    when: 'the volumes of a RollingUpdate are not known',
    observation: rolling(
      {claims: ['frigate-config']},
      {},
      {claims: unknown('forbidden', 'persistentvolumeclaims: 403')},
    ),
    status: 'unknown',
  },
  {
    when: 'the volumes are not known but Recreate does not care',
    observation: anObservation({claims: unknown('forbidden', '403')}),
    status: 'ok',
  },
  {
    when: 'the workload is not known',
    observation: anObservation({workload: unknown('timeout', 'x')}),
    status: 'skipped',
    because: 'FRG-201',
  },
]);
