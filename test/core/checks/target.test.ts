import assert from 'node:assert/strict';
import fc from 'fast-check';
import {chooseTarget, nodeNameOf, standingOf, type SetAside} from '../../../src/core/observation/target.js';
import type {Pod} from '../../../src/core/observation/pod.js';
import type {Workload} from '../../../src/core/observation/workload.js';
import {days, hours, minutes, seconds} from '../../../src/core/time.js';
import {
  aContainer,
  aPod,
  aTermination,
  aWorkload,
  ago,
  anObservation,
  now,
  withPods,
  withWorkload,
} from '../../support/observation.js';
import {findingOf} from '../../support/context.js';
import {reasonOf} from '../../support/messages.js';
import {known, unknown} from '../../../src/core/known.js';

/** After a hard reboot: phase Running, containers gone. */
const ghost = (name: string): Pod =>
  aPod({
    name,
    uid: `uid-${name}`,
    current: false,
    frigate: aContainer({
      ready: false,
      state: {phase: 'terminated', ...aTermination({reason: 'Unknown', exitCode: 255})},
    }),
  });
/** Its status still names the container that ran in it. */
const evicted = (name: string): Pod =>
  aPod({
    name,
    uid: `uid-${name}`,
    phase: 'Failed',
    reason: 'Evicted',
    current: true,
    frigate: aContainer({ready: false, state: {phase: 'terminated', ...aTermination({exitCode: 137})}}),
  });
const terminating = (name: string): Pod =>
  aPod({name, uid: `uid-${name}`, deletingSince: ago(seconds(20)), current: false});
const living = aPod();

const chosenName = (pods: readonly Pod[], workload = aWorkload()): string | null => {
  const target = chooseTarget(workload, pods);
  return target.chosen ? target.pod.name : null;
};

describe('the standing of a pod', () => {
  const cases: ReadonlyArray<readonly [string, Partial<Pod>, 'live' | 'pending' | SetAside]> = [
    ['runs', {}, 'live'],
    [
      'waits in a crash loop',
      {frigate: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})},
      'live',
    ],
    [
      'has ended and will be started again',
      {frigate: aContainer({state: {phase: 'terminated', ...aTermination()}})},
      'live',
    ],
    ['is not reported by the kubelet yet', {frigate: null}, 'pending'],
    ['is Pending', {phase: 'Pending'}, 'pending'],
    ['is being deleted', {deletingSince: now}, 'terminating'],
    ['is Pending and being deleted', {phase: 'Pending', deletingSince: now}, 'terminating'],
    ['was evicted', {phase: 'Failed', reason: 'Evicted'}, 'evicted'],
    ['failed', {phase: 'Failed'}, 'failed'],
    ['is done', {phase: 'Succeeded'}, 'succeeded'],
    ['is of phase Unknown', {phase: 'Unknown'}, 'lost'],
    ['was lost with its node', {reason: 'NodeLost'}, 'lost'],
    [
      'came back from a crash as Unknown',
      {frigate: aContainer({state: {phase: 'terminated', ...aTermination({reason: 'Unknown'})}})},
      'ghost',
    ],
    [
      'came back from a crash as ContainerStatusUnknown',
      {frigate: aContainer({state: {phase: 'terminated', ...aTermination({reason: 'ContainerStatusUnknown'})}})},
      'ghost',
    ],
  ];
  for (const [what, changes, standing] of cases) {
    it(`is ${standing} when it ${what}`, () => assert.equal(standingOf(aPod(changes)), standing));
  }
});

describe('the node of the pod', () => {
  const pending = aPod({name: 'frigate-new', uid: 'uid-new', phase: 'Pending', nodeName: null, frigate: null});
  const leaving = (nodeName: string | null, createdAt = ago(hours(2))): Pod =>
    aPod({
      name: 'frigate-old',
      uid: `uid-${nodeName}`,
      nodeName,
      createdAt,
      deletingSince: ago(minutes(3)),
      current: false,
    });
  const pinned = aWorkload({
    template: {...aWorkload().template, nodeSelector: new Map([['kubernetes.io/hostname', 'pinned']])},
  });
  const cases: ReadonlyArray<
    readonly [what: string, workload: Workload, pods: readonly Pod[], pod: Pod | null, name: string | null]
  > = [
    ['its own', aWorkload(), [aPod({nodeName: 'here'}), leaving('dead')], aPod({nodeName: 'here'}), 'here'],
    ['the one that it is pinned to', pinned, [pending, leaving('dead')], pending, 'pinned'],
    ['the one that its former pod cannot leave', aWorkload(), [pending, leaving('dead')], pending, 'dead'],
    [
      'the one of the youngest of several that leave',
      aWorkload(),
      [leaving('older', ago(days(2))), pending, leaving('dead'), leaving(null, ago(minutes(9)))],
      pending,
      'dead',
    ],
    ['the one that lost it', aWorkload(), [pending, aPod({nodeName: 'lost', reason: 'NodeLost'})], pending, 'lost'],
    [
      'none, where former pods only left traces',
      aWorkload(),
      [pending, aPod({nodeName: 'elsewhere', phase: 'Failed', reason: 'Evicted'})],
      pending,
      null,
    ],
    ['none without pods', aWorkload(), [], null, null],
  ];
  for (const [what, workload, pods, pod, name] of cases)
    it(`is ${what}`, () => assert.equal(nodeNameOf(workload, pods, pod), name));
});

describe('the choice of the pod', () => {
  it('B-01: a ghost of a crashed node is never the pod, though its name sorts first', () => {
    const pods = [ghost('frigate-5d446f4997-85xgp'), ghost('frigate-5d446f4997-kr2s9'), living];
    assert.equal(chosenName(pods), living.name);
    assert.equal(findingOf('FRG-202', withPods(pods)).status, 'ok');
  });

  it('B-02: an evicted pod that is kept as Failed is never the pod', () => {
    assert.equal(chosenName([evicted('frigate-0000000000-aaaaa'), living]), living.name);
    assert.equal(chosenName([evicted('frigate-0000000000-aaaaa')]), null);
  });

  it('B-03: a terminating pod of a rollout is never the pod', () => {
    assert.equal(chosenName([terminating('frigate-0000000000-aaaaa'), living]), living.name);
    assert.equal(chosenName([terminating('frigate-0000000000-aaaaa')]), null);
  });

  it('B-04: a Pending pod is no pod to ask, and is named with its reason', () => {
    const pending = aPod({
      phase: 'Pending',
      frigate: null,
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes are available',
          lastTransition: null,
        },
      ],
    });
    const target = chooseTarget(aWorkload(), [pending]);
    assert.deepEqual(
      [target.chosen, target.chosen ? null : target.why, target.chosen ? null : target.pod?.name],
      [false, 'pending', pending.name],
    );
    const finding = findingOf('FRG-202', withPods([pending]));
    assert.deepEqual([finding.status, finding.cure], ['critical', 'none']);
    assert.match(finding.summary, /0\/1 nodes are available/);
  });

  it("B-05: a pod with sidecars is judged by Frigate's container alone", () => {
    // The container was found by image when the pod was read; a pod whose Frigate is not reported is not live.
    assert.equal(chosenName([aPod({frigate: null}), living]), living.name);
  });

  it('B-06: pods that could not be listed are unknown, not absent', () => {
    const finding = findingOf('FRG-202', anObservation({pods: unknown('forbidden', 'pods: 403')}));
    assert.deepEqual([finding.status, finding.cure], ['unknown', 'none']);
  });

  it('B-07: a workload scaled to 0 is paused, not broken', () => {
    const finding = findingOf(
      'FRG-202',
      withWorkload({desiredReplicas: 0, updatedReplicas: 0, currentReplicas: 0}, {pods: known([])}),
    );
    assert.equal(finding.status, 'info');
    assert.match(finding.summary, /scaled to 0/);
  });

  it('B-08: two living pods of one revision are told, and neither is judged', () => {
    const twin = aPod({name: 'frigate-7bc659b5f5-zzzzz', uid: 'twin'});
    const observation = withPods([living, twin]);
    assert.equal(findingOf('FRG-202', observation).status, 'critical');
    assert.deepEqual(
      [findingOf('FRG-301', observation).status, reasonOf(findingOf('FRG-301', observation).because)],
      ['skipped', 'FRG-202'],
    );
  });

  it("B-09: the age is that of Frigate's container, not of the pod", () => {
    const restarted = aPod({
      createdAt: ago(days(9)),
      frigate: aContainer({state: {phase: 'running', startedAt: ago(seconds(40))}}),
    });
    assert.deepEqual(findingOf('FRG-501', withPods([restarted])).because, {kind: 'settling', age: seconds(40)});
  });

  const preferences: ReadonlyArray<readonly [string, Partial<Pod>, Partial<Pod>]> = [
    ['the newest revision', {current: true, createdAt: ago(days(1))}, {current: false, createdAt: ago(hours(1))}],
    ['a revision that is not known over one that is old', {current: null}, {current: false}],
    [
      'the newest revision though it crashes',
      {current: true, frigate: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}})},
      {current: false},
    ],
    [
      'the one that runs',
      {},
      {frigate: aContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}, ready: true})},
    ],
    ['the one that is ready', {}, {frigate: aContainer({ready: false})}],
    ['the youngest', {createdAt: ago(hours(1))}, {createdAt: ago(hours(2))}],
  ];
  for (const [what, better, worse] of preferences) {
    it(`prefers ${what}`, () => {
      for (const [first, second] of [
        ['a', 'b'],
        ['b', 'a'],
      ] as const) {
        const pods = [aPod({name: 'worse', uid: first, ...worse}), aPod({name: 'better', uid: second, ...better})];
        assert.equal(chosenName(pods), 'better');
        assert.equal(chosenName([...pods].reverse()), 'better');
      }
    });
  }

  it('takes a pod that is older than the last restart for an old revision where nothing else tells', () => {
    const old = aPod({name: 'old', uid: 'old', current: null, createdAt: ago(hours(3))});
    const young = aPod({
      name: 'young',
      uid: 'young',
      current: null,
      createdAt: ago(minutes(9)),
      frigate: aContainer({ready: false}),
    });
    assert.equal(chosenName([old, young], aWorkload({restartedAt: ago(minutes(10))})), 'young');
  });

  it('names the other living pods, the pending ones and those set aside', () => {
    const target = chooseTarget(aWorkload(), [
      living,
      aPod({name: 'older', uid: 'older', current: false}),
      aPod({name: 'next', uid: 'next', phase: 'Pending', frigate: null}),
      ghost('ghost'),
    ]);
    assert.ok(target.chosen);
    assert.deepEqual(
      [target.others, target.pending, target.setAside.map(({pod}) => pod)].map((pods) => pods.map(({name}) => name)),
      [['older'], ['next'], ['ghost']],
    );
  });

  it('depends neither on the names nor on the order of the pods', () => {
    const candidates = [
      living,
      ghost('g'),
      evicted('e'),
      terminating('t'),
      aPod({uid: 'older', current: false}),
      aPod({uid: 'pending', phase: 'Pending', frigate: null}),
      aPod({uid: 'unready', frigate: aContainer({ready: false})}),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(candidates, {minLength: 1}),
        fc.array(fc.string(), {minLength: candidates.length, maxLength: candidates.length}),
        (pods, names) => {
          const uidOf = (list: readonly Pod[]): string | null => {
            const target = chooseTarget(aWorkload(), list);
            return target.chosen ? target.pod.uid : (target.pod?.uid ?? null);
          };
          const renamed = pods.map((pod, index) => ({...pod, name: names[index] ?? ''}));
          const inOrder = candidates.filter((pod) => pods.includes(pod));
          assert.equal(uidOf(renamed), uidOf(inOrder));
        },
      ),
    );
  });
});
