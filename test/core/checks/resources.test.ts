import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {assess} from '../../../src/core/checks/assess.js';
import {processName} from '../../../src/core/checks/evidence/process-names.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {Baselines, ResourceSample} from '../../../src/core/state/baselines.js';
import type {GpuUsage, ProcessUsage, Snapshot} from '../../../src/core/observation/frigate.js';
import {updateBaselines} from '../../../src/core/baselines/update.js';
import {readSnapshot} from '../../../src/frigate/parse/stats.js';
import {days, earlier, hours, minutes, seconds} from '../../../src/core/time.js';
import {
  aCamera,
  aContainer,
  aMemory,
  memoryUsed,
  aPod,
  aPodOfAge,
  aReading,
  aSnapshot,
  ago,
  ahead,
  anObservation,
  aPolicy,
  cameraNames,
  now,
  usagesOf,
  withPods,
  withSnapshot,
  withTemplate,
  type ObservationChanges,
} from '../../support/observation.js';
import {findingOf, tableOf} from '../../support/context.js';

const id = 'containerd://c1';
const noStats = unknown('timeout', 'GET /api/stats: no answer');
type Use = Partial<Record<'hostCpu' | 'podCpu' | 'hostMemory' | 'podMemory' | 'gpu', number>>;
const look = (minutesAgo: number, {hostCpu, podCpu, hostMemory, podMemory, gpu}: Use): ResourceSample => ({
  at: ago(minutes(minutesAgo)),
  use: [hostCpu ?? null, podCpu ?? null, hostMemory ?? null, podMemory ?? null, gpu ?? null],
});
const remembering = (...resources: readonly ResourceSample[]): Baselines => aMemory({containerId: id, resources});
/** One pass ago, and at every quarter of an hour before it. */
const before = (use: Use, times: readonly number[] = [35, 20, 5]): Baselines =>
  remembering(...times.map((time) => look(time, use)));
/** Cameras of which the detector is asked everything and that lose most of their frames. */
const losing = cameraNames.map((name) => aCamera(name, {processFps: 1.5, skippedFps: 3.6, detectionFps: 4}));
const snapshotSeen = (snapshot: Partial<Snapshot>): ObservationChanges => ({
  frigate: {stats: known(aReading(snapshot)), history: notAsked()},
});
const process = (
  pid: number,
  cpu: number | null,
  command: string | null = null,
  memory: number | null = 1,
): ProcessUsage => ({pid, cpu, memory, command});
const heavy: readonly ProcessUsage[] = [
  process(250, 150.4, 'frigate.detector:coral', 3),
  process(500, 90, '/usr/lib/ffmpeg/7.0/bin/ffmpeg -i rtsp://admin:secret@192.0.2.9/x pipe:', 2),
  process(90, 30.5, '/usr/local/go2rtc/bin/go2rtc -config=x', 40),
  process(1, 0.2, 's6-svscan'),
];
const busyHost: Partial<Snapshot> = {systemCpu: 98.7, cameras: losing, usages: heavy};

tableOf('FRG-701', [
  {
    when: 'there is CPU',
    observation: anObservation(),
    status: 'ok',
    cure: 'none',
    evidence: ['CPU of the host=20'],
    evidenceAt: ago(seconds(8)),
  },
  {
    when: 'the host is just below being full',
    observation: withSnapshot({...busyHost, systemCpu: 94.9}),
    memory: before({hostCpu: 99}),
    status: 'ok',
  },
  {
    when: 'the host is full in the first look',
    observation: withSnapshot(busyHost),
    status: 'info',
  },
  {
    when: 'the host was not full in the look before',
    observation: withSnapshot(busyHost),
    memory: remembering(look(20, {hostCpu: 99}), look(5, {hostCpu: 94})),
    status: 'info',
  },
  {
    when: 'the look before is this one (less than half an interval ago)',
    observation: withSnapshot(busyHost),
    memory: remembering(look(2, {hostCpu: 99})),
    status: 'info',
  },
  {
    when: 'the full look before was of another container',
    observation: withPods([aPod({frigate: aContainer({id: 'containerd://c2'})})], snapshotSeen(busyHost)),
    memory: before({hostCpu: 99}),
    status: 'info',
  },
  {
    when: 'the full look before lies in the future of a clock that was set back',
    observation: withSnapshot(busyHost),
    memory: remembering({...look(0, {hostCpu: 99}), at: ahead(minutes(10))}),
    status: 'info',
  },
  {
    when: 'the host is full in two looks, and frames are lost',
    observation: withSnapshot(busyHost),
    memory: remembering(look(20, {hostCpu: 30}), look(5, {hostCpu: 97})),
    status: 'warning',
    cause: 'node',
    cure: 'none',
    immediate: false,
    command: /top node\nkubectl top pod -A --sort-by=cpu$/,
    evidence: ['cores used by Frigate=2.7', 'frigate.detector:coral=150.4', 'ffmpeg:back=90', 'go2rtc=30.5'],
  },
  {
    when: 'it has been full for longer',
    observation: withSnapshot(busyHost),
    memory: before({hostCpu: 95}),
    status: 'warning',
  },
  {
    when: 'the look before is old and the hour does not tell more',
    observation: withSnapshot(busyHost),
    memory: remembering(look(30, {hostCpu: 99})),
    status: 'info',
  },
  {
    when: 'the look before is old and the whole hour agrees',
    observation: withSnapshot(busyHost),
    memory: remembering(look(55, {hostCpu: 99}), look(35, {hostCpu: 99})),
    status: 'warning',
  },
  {
    when: 'the host is full of work that yields: no frame is lost',
    observation: withSnapshot({...busyHost, cameras: cameraNames.map((name) => aCamera(name))}),
    memory: before({hostCpu: 99}),
    status: 'info',
  },
  {
    when: 'the host is full and only the detector is slow: idle cameras lose nothing',
    observation: withSnapshot({...busyHost, cameras: [...losing.slice(0, 2), aCamera('garage')]}),
    memory: before({hostCpu: 99}),
    status: 'info',
  },
  {
    when: 'the host is full and the cameras are away',
    observation: withSnapshot({
      ...busyHost,
      cameras: cameraNames.map((name) => aCamera(name, {cameraFps: 0, processFps: 0, detectionFps: 0})),
    }),
    memory: before({hostCpu: 99}),
    status: 'info',
  },
  {
    when: "the pod's own limit is full in two looks",
    observation: withTemplate({cpuLimit: 2.8}, snapshotSeen({usages: heavy})),
    memory: remembering(look(5, {hostCpu: 50, podCpu: 2.7})),
    status: 'warning',
    cause: 'config',
    cure: 'none',
    command: /set resources -n frigate deployment\/frigate -c frigate --limits=cpu=5$/,
    evidence: ['cores used by Frigate=2.7'],
  },
  {
    when: 'the limit is full in one look only',
    observation: withTemplate({cpuLimit: 2.8}, snapshotSeen({usages: heavy})),
    memory: remembering(look(5, {hostCpu: 50, podCpu: 2})),
    status: 'info',
  },
  {
    when: 'there is room under the limit',
    observation: withTemplate({cpuLimit: 4}, snapshotSeen({usages: heavy})),
    memory: before({hostCpu: 50, podCpu: 3.9}),
    status: 'ok',
  },
  {
    when: 'Frigate tells no CPU of the host (0.18), and uses the whole node itself',
    observation: withSnapshot({...busyHost, systemCpu: null, usages: [process(250, 780)], version: '0.18.0-abc'}),
    memory: before({hostCpu: 97}),
    status: 'warning',
    evidence: ["Frigate's share of the node's CPU=97.5"],
  },
  {
    when: 'Frigate tells no CPU of the host (0.18), and uses little of the node',
    observation: withSnapshot({systemCpu: null, usages: heavy, version: '0.18.0-abc'}),
    status: 'ok',
    evidence: ["Frigate's share of the node's CPU=33.9"],
  },
  {
    when: 'nobody tells the CPU of the host, of the node or of a limit',
    observation: withSnapshot({systemCpu: null}, {node: unknown('forbidden', 'nodes: 403')}),
    status: 'skipped',
    because: 'no-cpu-numbers',
  },
  {when: 'Frigate tells nothing (0.11)', observation: withSnapshot({systemCpu: null, usages: null}), status: 'skipped'},
  {
    when: 'its numbers cannot be read',
    observation: withSnapshot({systemCpu: null, usages: [process(1, null), process(2, Number.NaN)]}),
    status: 'unknown',
    because: 'impossible-value',
  },
  {
    when: 'the statistics are not known',
    observation: anObservation({frigate: {stats: noStats, history: noStats}}),
    status: 'skipped',
    because: 'FRG-302',
  },
  {
    when: 'Frigate started a minute ago',
    observation: withPods([aPodOfAge(seconds(60))], snapshotSeen({...busyHost, uptime: seconds(50)})),
    status: 'skipped',
    because: 'settling',
  },
]);

const using = (share: number, changes: ObservationChanges = {}) =>
  anObservation({...changes, memoryUse: memoryUsed(share)});

tableOf('FRG-702', [
  {
    when: 'there is memory',
    observation: anObservation(),
    status: 'ok',
    cure: 'none',
    evidence: ['memory of the host=40', 'memory used of the limit=26'],
  },
  {when: 'the host is full in one look', observation: withSnapshot({systemMemory: 97}), status: 'info'},
  {
    when: 'the host is full in two looks',
    observation: withSnapshot({systemMemory: 97, usages: heavy}),
    memory: before({hostMemory: 96}),
    status: 'warning',
    cause: 'node',
    cure: 'none',
    immediate: false,
    command: /top pod -A --sort-by=memory/,
    evidence: ['go2rtc=40', 'frigate.detector:coral=3', 'ffmpeg:back=2'],
  },
  {
    when: 'the host was not full in the look before',
    observation: withSnapshot({systemMemory: 97}),
    memory: before({hostMemory: 94.9}),
    status: 'info',
  },
  {
    when: 'the processes fill their limit in two looks',
    observation: using(96),
    memory: before({hostMemory: 40, podMemory: 95}),
    status: 'warning',
    cause: 'memory',
    cure: 'none',
    because: 'FRG-205',
    command: /--limits=memory=6144Mi/,
  },
  {when: 'the processes fill their limit in one look', observation: using(96), status: 'info'},
  {
    when: 'the sum of RSS is over 100 % and the working set is not: shared pages',
    observation: withSnapshot({usages: usagesOf(aSnapshot(), 180 / 13)}),
    memory: before({hostMemory: 40, podMemory: 26}),
    status: 'ok',
  },
  {
    when: "nobody tells the host's memory and the container fills its limit",
    observation: using(97, snapshotSeen({systemMemory: null})),
    memory: before({podMemory: 97}),
    status: 'warning',
    cause: 'memory',
  },
  {
    when: "nobody tells the host's memory and there is room",
    observation: using(50, snapshotSeen({systemMemory: null})),
    status: 'ok',
  },
  {
    when: 'nobody tells anything: no metrics API, and Frigate 0.18',
    observation: anObservation({
      ...snapshotSeen({systemMemory: null}),
      memoryUse: unknown('not-found', 'no metrics API'),
    }),
    status: 'skipped',
    because: 'not-found',
  },
  {
    when: 'the statistics are not known',
    observation: anObservation({frigate: {stats: noStats, history: noStats}}),
    status: 'skipped',
    because: 'FRG-302',
  },
]);

const card = (load: number | null, name = 'intel-vaapi', failed = false): GpuUsage => ({
  name,
  load,
  memory: null,
  failed,
});
const given = (gpus: readonly GpuUsage[], version = '0.17.2-3b4a1cf', changes: ObservationChanges = {}) =>
  withSnapshot({gpus, version}, changes);
const error = card(null, 'error-gpu', true);
const workedAgo = (age: ReturnType<typeof hours>): Baselines =>
  aMemory({containerId: id, frigateVersion: '0.17.2-3b4a1cf', gpu: {name: 'intel-vaapi', at: ago(age)}});

tableOf('FRG-703', [
  {
    when: 'the card has room',
    observation: given([card(12.2)]),
    status: 'ok',
    cure: 'none',
    evidence: ['load of intel-vaapi=12.2'],
  },
  {when: 'the card is full in one look', observation: given([card(99)]), memory: before({gpu: 90}), status: 'info'},
  {
    when: 'the card is full in two looks',
    observation: given([card(12, 'NVIDIA A2'), card(99)]),
    memory: before({gpu: 96}),
    status: 'warning',
    cause: 'config',
    cure: 'none',
  },
  {when: 'Frigate names no card', observation: anObservation(), status: 'skipped', because: 'no-gpu'},
  {
    when: 'a card that worked is named no more up to 0.17: hardware acceleration was turned off',
    observation: given([]),
    memory: workedAgo(hours(3)),
    status: 'skipped',
  },
  {
    when: 'the card tells no load',
    observation: given([card(null, 'rpi-v4l2m2m')]),
    memory: workedAgo(hours(3)),
    status: 'skipped',
    because: 'no-gpu-load',
  },
  {
    when: 'it could never be read',
    observation: given([error]),
    status: 'info',
    cure: 'none',
  },
  {
    when: 'it cannot be read any more',
    observation: given([error]),
    memory: workedAgo(hours(3)),
    status: 'warning',
    cause: 'node',
    cure: 'none',
    immediate: false,
    command: /exec -n frigate deployment\/frigate -- sh -c 'vainfo/,
    evidence: ['cannot be read=error-gpu'],
  },
  {
    when: 'it cannot be read any more, and it was so long ago that it is how things are',
    observation: given([error]),
    memory: workedAgo(days(7.1)),
    status: 'info',
  },
  {
    when: 'one look of 0.17 failed, and Frigate has not given up yet',
    observation: given([card(null, 'intel-vaapi', true)]),
    memory: workedAgo(minutes(5)),
    status: 'info',
  },
  {
    when: 'one of two cards cannot be read any more',
    observation: given([card(5, 'NVIDIA A2'), error]),
    memory: workedAgo(hours(1)),
    status: 'warning',
    evidence: ['load of NVIDIA A2=5', 'cannot be read=error-gpu'],
  },
  {
    when: 'it fails on 0.18',
    observation: given([card(null, 'intel-gpu', true)], '0.18.0-abc'),
    memory: workedAgo(hours(3)),
    status: 'warning',
  },
  {
    when: 'it is left out on 0.18 after a failure, in the same container',
    observation: given([], '0.18.0-abc'),
    memory: workedAgo(hours(3)),
    status: 'warning',
  },
  {
    when: 'it is left out on 0.18 since a start: the configuration may be another',
    observation: given([], '0.18.0-abc', {pods: known([aPodOfAge(hours(2))])}),
    memory: workedAgo(hours(3)),
    status: 'skipped',
  },
  {when: 'its load is no number', observation: given([card(Number.NaN)]), status: 'skipped'},
  {
    when: 'the statistics are not known',
    observation: anObservation({frigate: {stats: noStats, history: noStats}}),
    status: 'skipped',
    because: 'FRG-302',
  },
  {
    when: 'Frigate started a minute ago',
    observation: withPods([aPodOfAge(seconds(60))], snapshotSeen({gpus: [error], uptime: seconds(50)})),
    memory: workedAgo(hours(3)),
    status: 'skipped',
    because: 'settling',
  },
]);

it('the order of the graphics cards does not matter', () => {
  const cards = [card(99, 'b'), card(99, 'a'), card(null, 'c', true), error];
  assert.deepEqual(
    findingOf('FRG-703', given(cards), {memory: before({gpu: 99})}),
    findingOf('FRG-703', given([...cards].reverse()), {memory: before({gpu: 99})}),
  );
});

describe('a Frigate of every version that was seen', () => {
  const folder = path.join(import.meta.dirname, '..', '..', 'fixtures', 'frigate', 'stats');
  for (const file of readdirSync(folder)) {
    it(`${file}: nothing is warned of, in four passes over its numbers`, () => {
      const read = readSnapshot(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
      assert.ok(read.known, 'it can be read');
      let memory = aMemory();
      for (const minute of [0, 5, 10, 15]) {
        const at = ahead(minutes(minute));
        const observation = anObservation({
          at,
          frigate: {
            history: notAsked(),
            config: notAsked(),
            stats: known({
              ...aReading({}, at),
              snapshot: {...read.value, uptime: days(1), lastUpdated: earlier(at, seconds(8))},
            }),
          },
        });
        const findings = assess(observation, memory, aPolicy());
        memory = updateBaselines(memory, observation, findings, aPolicy());
        for (const {id: check, status, summary} of findings.filter(({id: check}) =>
          ['FRG-205', 'FRG-701', 'FRG-702', 'FRG-703'].includes(check),
        )) {
          assert.ok(['ok', 'info', 'skipped'].includes(status), `${check} ${status}: ${summary}`);
        }
      }
    });
  }
});

describe('the names of processes', () => {
  const snapshot = aSnapshot();
  const names: ReadonlyArray<readonly [string | null, string, number?]> = [
    ['frigate.process:front                                    ', 'frigate.process:front'],
    ['frigate.detector.coral', 'frigate.detector.coral'],
    ['frigate.recording_manager', 'frigate.recording_manager'],
    ['python3 -u -m frigate', 'frigate (main)'],
    ['/usr/local/go2rtc/bin/go2rtc -config=/dev/shm/go2rtc.yaml', 'go2rtc'],
    ['nginx: worker process', 'nginx'],
    [
      'ffmpeg -i rtsp://user:secret@192.0.2.1/x -f segment /tmp/cache/front@%Y%m%d%H%M%S%z.mp4',
      'ffmpeg:front (recording)',
    ],
    ['ffmpeg -i rtsp://user:secret@192.0.2.1/x pipe:', 'ffmpeg'],
    ['ffmpeg -i rtsp://user:secret@192.0.2.1/x pipe:', 'ffmpeg:front', 501],
    [null, 'frigate.capture:garage', 402],
    [null, 'recording', 260],
    [null, 'process 7777'],
    ['', 'process 7777'],
    ['"; rm -rf /', 'process 7777'],
  ];
  for (const [command, name, pid = 7777] of names)
    it(`${command ?? 'no command line'} with pid ${pid} is ${name}`, () =>
      assert.equal(processName(snapshot, process(pid, 1, command)), name));

  it('never carry an address', () => {
    const told = JSON.stringify(findingOf('FRG-701', withSnapshot(busyHost), {memory: before({hostCpu: 99})}));
    assert.doesNotMatch(told, /secret|rtsp/);
  });
});

it('resources are never critical and never cured by a restart, whatever was remembered', () => {
  const worst = withTemplate(
    {cpuLimit: 1, memoryLimit: 1},
    snapshotSeen({
      ...busyHost,
      systemMemory: 100,
      gpus: [card(100), error],
    }),
  );
  for (const check of ['FRG-701', 'FRG-702', 'FRG-703'] as const) {
    const {status, cure} = findingOf(check, worst, {
      memory: {
        ...before({hostCpu: 100, podCpu: 9, hostMemory: 100, podMemory: 300, gpu: 100}),
        gpu: {name: 'x', at: now},
      },
    });
    assert.deepEqual([status, cure], ['warning', 'none'], check);
  }
});
