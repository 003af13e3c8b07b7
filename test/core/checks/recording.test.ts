import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {CameraConfig, FrigateObservation, Mount, NewestSegment} from '../../../src/core/observation/frigate.js';
import type {Known} from '../../../src/core/known.js';
import {hours, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aFrigate,
  aHistory,
  aLog,
  aMount,
  anObservation,
  aPodOfAge,
  aReading,
  aSegment,
  aSnapshot,
  ago,
  cameraNames,
  mounts,
  usagesOf,
  withContainer,
  withLog,
  withPods,
  withSnapshot,
  type ObservationChanges,
} from '../../support/observation.js';
import {cases} from '../../support/frigate-cases.js';

const noStats = unknown('timeout', 'GET /api/stats: no answer');
const noLog = unknown('forbidden', 'pods/log: 403');
const id = 'containerd://c1';
const notRunning = withContainer({state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}});

/** Newest segments of these ages; the others are 12 s old. */
const segments = (
  ages: Readonly<Record<string, Duration | Known<NewestSegment>>>,
): ReadonlyMap<string, Known<NewestSegment>> =>
  new Map(
    cameraNames.map((name) => {
      const age = ages[name];
      return [name, age === undefined ? aSegment(seconds(12)) : typeof age === 'number' ? aSegment(age) : age];
    }),
  );
const configs = (changes: Readonly<Record<string, Partial<CameraConfig>>>) =>
  known(aConfig({cameras: cameraNames.map((name) => aCameraConfig(name, changes[name]))}));
const seen = (
  ages: Parameters<typeof segments>[0],
  frigate: Partial<FrigateObservation> = {},
  more: ObservationChanges = {},
) => anObservation({...more, frigate: {segments: segments(ages), ...frigate}});
const late = seconds(200);
const allLate = {back: late, front: late, garage: late};
const none = known({found: 'none', after: ago(hours(1))} as const);
const media = (changes: Partial<Mount>): readonly Mount[] =>
  mounts.map((mount) => (mount.path === '/media/frigate/recordings' ? {...mount, ...changes} : mount));
const reading = (changes: Parameters<typeof aReading>[0]) => ({stats: known(aReading(changes)), history: notAsked()});
const withoutPid = (pid: number) => {
  const snapshot = aSnapshot();
  return {stats: known(aReading({usages: usagesOf(snapshot).filter((row) => row.pid !== pid)})), history: notAsked()};
};

describe('FRG-601: recordings are written', () => {
  cases('FRG-601', [
    {it: 'is ok while segments come', expect: {status: 'ok'}},
    {it: 'is no outage at exactly 90 s', given: seen({back: seconds(90)}), expect: {status: 'warning'}},
    {
      it: 'judges an answer by the time when it was asked for, not by how long ago that was',
      given: seen(allLate, {segmentsAt: ago(seconds(150))}),
      expect: {status: 'ok'},
    },
    {
      it: 'waits three segments and a minute where these are longer',
      given: seen({back: aSegment(seconds(230), seconds(60))}),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical for all cameras at once while their frames flow: the recorder',
      given: seen(allLate),
      expect: {status: 'critical', cure: 'restart', cause: 'recording', cameras: [...cameraNames]},
    },
    {
      it: 'restarts nothing for it without a log',
      given: seen(allLate, {}, {log: noLog}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'restarts nothing for it when the log was not read to its end',
      given: seen(allLate, {}, {log: known(aLog({}, {complete: false}))}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'restarts nothing on a network mount that was not asked',
      given: seen(allLate, reading({mounts: media({type: 'nfs4'})})),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'restarts on a network mount that answers',
      given: seen(allLate, {...reading({mounts: media({type: 'nfs4'})}), mountProbe: known({answered: true})}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'blames a mount that hangs',
      given: seen(allLate, {mountProbe: known({answered: false, detail: 'timeout'})}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'restarts nothing on a local disk whose question may still hang',
      given: seen(allLate),
      recalledState: {podUid: 'pod-uid', mountProbe: {at: ago(minutes(5)), answered: false}},
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'blames a full disk',
      given: seen(allLate, reading({mounts: media({free: 0})})),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'blames a read-only mount',
      given: seen(allLate, {mounts: known([{path: '/media/frigate', type: 'ext4', readOnly: true}])}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'blames the disk for a single failed write',
      given: seen(allLate, {}, {log: known(aLog({'io-error': 1}))}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'blames a database that is locked now',
      given: seen(allLate, {}, {log: known(aLog({'database-locked': 1}))}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'restarts when the thread that writes to the database died',
      given: seen(allLate, {}, {log: known(aLog({'database-locked': 1, 'database-thread-died': 1}))}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'restarts for a terminated recorder',
      given: seen(allLate, withoutPid(260)),
      expect: {status: 'critical', cure: 'restart', cause: 'process'},
    },
    {
      it: 'is ok while the newest segments are at most two segments and 40 s old',
      given: seen({back: seconds(60)}),
      expect: {status: 'ok'},
    },
    {
      it: 'warns when recording may have stopped',
      given: seen({back: seconds(61), front: seconds(75)}),
      expect: {status: 'warning', cure: 'none', cameras: ['back', 'front']},
    },
    {
      it: 'does not warn of a camera whose newest segment is of the container before',
      given: seen({back: seconds(185)}, {}, {pods: withPods([aPodOfAge(seconds(184))]).pods}),
      expect: {status: 'critical'},
    },
    {
      it: 'does not warn of a container that is too young',
      given: seen({back: seconds(70)}, {}, {pods: withPods([aPodOfAge(seconds(170))]).pods}),
      expect: {status: 'ok'},
    },
    {
      it: 'restarts for one camera whose capture process is dead',
      given: seen({back: late}, withoutPid(400)),
      expect: {status: 'critical', cure: 'restart', cause: 'process', cameras: ['back']},
    },
    {
      it: 'does not restart for one camera whose record input gives nothing',
      given: seen({back: late}),
      expect: {status: 'critical', cure: 'none', cause: 'camera', cameras: ['back']},
    },
    {
      it: 'does not restart for one camera while others are recorded',
      given: seen({garage: late}),
      expect: {status: 'critical', cure: 'none', cause: 'recording', cameras: ['garage']},
    },
    {
      it: 'is that camera when no frames come in',
      given: seen(
        {back: late},
        reading({cameras: [aCamera('back', {cameraFps: 0}), aCamera('front'), aCamera('garage')]}),
      ),
      expect: {status: 'critical', cure: 'none', cause: 'camera', cameras: ['back']},
    },
    {
      it: 'is not the recorder when no camera gives frames',
      given: seen(allLate, reading({cameras: cameraNames.map((name) => aCamera(name, {cameraFps: 0}))})),
      expect: {status: 'critical', cure: 'none', cause: 'camera'},
    },
    {
      it: 'restarts for the only recorded camera when one input carries both roles',
      given: seen({garage: late}, {config: configs({back: {continuous: false}, front: {continuous: false}})}),
      expect: {status: 'critical', cure: 'restart', cameras: ['garage']},
    },
    {
      it: 'does not restart for the only recorded camera with a record input of its own',
      given: seen({back: late}, {config: configs({garage: {continuous: false}, front: {continuous: false}})}),
      expect: {status: 'critical', cure: 'none', cause: 'camera'},
    },
    {
      it: 'restarts for the recorder though one camera was never recorded',
      given: seen({back: late, front: late, garage: aSegment(hours(60))}),
      expect: {status: 'critical', cure: 'restart', cause: 'recording', cameras: [...cameraNames]},
    },
    {
      it: 'restarts nothing where what is recorded beside it could not be seen',
      given: seen({garage: late, front: unknown('timeout', 'no answer'), back: unknown('timeout', 'no answer')}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'counts as recorded only what was seen',
      given: seen({front: unknown('timeout', 'no answer')}),
      expect: {status: 'ok'},
    },
    {
      it: 'does not restart when this container never recorded',
      given: seen(allLate, {}, withPods([aPodOfAge(seconds(190))])),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'waits for the first segments of a young container',
      given: seen(allLate, {}, withPods([aPodOfAge(seconds(170))])),
      expect: {status: 'ok'},
    },
    {
      it: 'does not restart when the last hour holds no segment at all',
      given: seen({back: none, front: none, garage: none}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'asks nothing of a camera without continuous retention',
      given: seen({back: late}, {config: configs({back: {continuous: false}})}),
      expect: {status: 'ok'},
    },
    {
      it: 'asks nothing of disabled, unrecorded and skipped cameras',
      given: seen(allLate, {config: configs({back: {enabled: false}, front: {recordEnabled: false}})}),
      policy: {skipCameras: new Set(['garage'])},
      expect: {status: 'skipped'},
    },
    {
      it: 'is unknown when no segment could be asked for',
      given: seen({back: noStats, front: noStats, garage: noStats}),
      expect: {status: 'unknown', cure: 'none'},
    },
    {it: 'is unknown without a configuration', given: seen({}, {config: noStats}), expect: {status: 'unknown'}},
    {
      it: "holds segments against Frigate's own clock",
      given: anObservation({at: ago(seconds(-400)), frigate: aFrigate()}),
      expect: {status: 'ok'},
    },
  ]);
});

const named = (count: number, ...cameras: readonly string[]) => ({
  count,
  cameras: new Map(cameras.map((name) => [name, 1])),
});

describe('FRG-602: no recording backlog', () => {
  cases('FRG-602', [
    {it: 'is ok without events', expect: {status: 'ok'}},
    {it: 'is ok at exactly the limit', given: withLog({'backlog-slow-storage': 5}), expect: {status: 'ok'}},
    {
      it: "is critical over it, and the disk's",
      given: withLog({'backlog-slow-storage': named(6, 'front')}),
      expect: {status: 'critical', cure: 'none', cause: 'storage', cameras: ['front']},
    },
    {
      it: 'adds both wordings',
      given: withLog({'backlog-slow-storage': 3, 'backlog-unprocessed': 3}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'is a matter of processing by its other wording',
      given: withLog({'backlog-unprocessed': named(9, 'back')}),
      expect: {status: 'critical', cure: 'none', cause: 'process'},
    },
    {
      it: 'is explained by a terminated process, in the old wording too',
      given: withLog({'backlog-slow-storage': named(9, 'back')}, {frigate: withoutPid(400)}),
      expect: {status: 'critical', cause: 'process'},
    },
    {it: 'is unknown without a log', given: anObservation({log: noLog}), expect: {status: 'unknown'}},
    {
      it: 'is unknown when the log was not read to its end',
      given: anObservation({log: known(aLog({}, {complete: false}))}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is skipped while the container does not run',
      given: notRunning,
      expect: {status: 'skipped', because: 'FRG-203'},
    },
  ]);
});

/** Free space falls by so many MiB every 15 s and ends here. */
const filling = (perSnapshot: number, free: number) => {
  const history = aHistory(20, (step) => ({mounts: media({free: free + (19 - step) * perSnapshot})}));
  return anObservation({frigate: {history: known(history), stats: known(aReading({mounts: media({free})}))}});
};
const cache = (free: number, frigate: Partial<FrigateObservation> = {}, recordings: Partial<Mount> = {}) =>
  anObservation({
    frigate: {
      ...reading({
        mounts: [
          aMount('/media/frigate/recordings', recordings),
          aMount('/tmp/cache', {total: 1000, used: 1000 - free, free, type: 'tmpfs'}),
        ],
      }),
      ...frigate,
    },
  });

describe('FRG-603: space', () => {
  cases('FRG-603', [
    {it: 'is ok with room', expect: {status: 'ok'}},
    {
      it: 'is critical under 100 MiB where the rate is not known',
      given: withSnapshot({mounts: media({free: 99})}),
      expect: {status: 'critical', cure: 'none', cause: 'storage', evidenceAt: ago(seconds(8))},
    },
    {
      it: 'is ok at 100 MiB where the rate is not known',
      given: withSnapshot({mounts: media({free: 100})}),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical under five minutes at the rate of late',
      given: filling(100, 1500),
      expect: {status: 'critical', cure: 'none'},
    },
    {it: 'is ok on a disk that retention keeps nearly full', given: filling(10, 1500), expect: {status: 'ok'}},
    {
      it: 'is critical for failing writes, though there is room',
      given: withLog({'no-space-left': 1}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'is critical when nothing can be cleared',
      given: withLog({'could-not-clear': 1}),
      expect: {status: 'critical', cure: 'none'},
    },
    {it: 'lets one line of less than an hour pass', given: withLog({'less-than-one-hour': 1}), expect: {status: 'ok'}},
    {
      it: 'warns of it again and again',
      given: withLog({'less-than-one-hour': 2}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'stays critical though segments are written again',
      given: seen({}, reading({mounts: media({free: 0.4})})),
      expect: {status: 'critical'},
    },
    {it: 'warns of a cache under 10 %', given: cache(99), expect: {status: 'warning', cure: 'none'}},
    {
      it: 'is critical for a cache under 5 %, which a new pod empties',
      given: cache(49),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'lets a cache on a large disk pass, of which little is free in percent',
      given: withSnapshot({
        mounts: [
          ...media({}).filter(({path}) => path !== '/tmp/cache'),
          aMount('/tmp/cache', {total: 500_000, used: 485_000, free: 15_000, type: 'overlay'}),
        ],
      }),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical for a cache on a disk that is full, which no new pod empties',
      given: withSnapshot({
        mounts: [
          ...media({}).filter(({path}) => path !== '/tmp/cache'),
          aMount('/tmp/cache', {total: 500_000, used: 499_950, free: 50, type: 'ext4'}),
        ],
      }),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'restarts nothing for the cache while the recordings cannot be written',
      given: cache(0, {}, {free: 0}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'believes the log about the cache where its space is not told',
      given: withLog({'cache-full': 1}, {frigate: reading({mounts: [aMount('/media/frigate/recordings')]})}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not believe old lines about a cache that has room',
      given: withLog({'cache-full': 3}),
      expect: {status: 'ok'},
    },
    {
      it: 'is unknown when the file system did not tell',
      given: withSnapshot({mounts: media({free: null})}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is unknown without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'unknown'},
    },
    {it: 'is unknown without a log', given: anObservation({log: noLog}), expect: {status: 'unknown'}},
    {
      it: 'is skipped while the container does not run',
      given: notRunning,
      expect: {status: 'skipped', because: 'FRG-203'},
    },
  ]);
});

const was = (type: string, total: number) => ({mounts: [{path: '/media/frigate/recordings', type, total}]});

describe('FRG-604: mount is what it was', () => {
  cases('FRG-604', [
    {it: 'is ok as it was', recalledState: was('ext4', 1_000_000), expect: {status: 'ok'}},
    {
      it: 'is critical when /proc/mounts says read-only',
      given: anObservation({frigate: {mounts: known([{path: '/media/frigate', type: 'ext4', readOnly: true}])}}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'looks at the mount that holds the recordings, not at the one above',
      given: anObservation({
        frigate: {
          mounts: known([
            {path: '/media', type: 'ext4', readOnly: true},
            {path: '/media/frigate', type: 'ext4', readOnly: false},
          ]),
        },
      }),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical when the log says read-only',
      given: withLog({'read-only': 1}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'believes /proc/mounts before an old line',
      given: withLog(
        {'read-only': 1},
        {frigate: {mounts: known([{path: '/media/frigate', type: 'ext4', readOnly: false}])}},
      ),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical when the type changed',
      given: withSnapshot({mounts: media({type: 'overlay'})}),
      recalledState: was('nfs4', 1_000_000),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'is critical when it shrank to less than half',
      given: withSnapshot({mounts: media({total: 400_000})}),
      recalledState: was('ext4', 1_000_000),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'lets a volume grow',
      given: withSnapshot({mounts: media({total: 4_000_000})}),
      recalledState: was('ext4', 1_000_000),
      expect: {status: 'ok'},
    },
    {
      it: 'lets a pool breathe',
      given: withSnapshot({mounts: media({type: 'zfs', total: 300_000})}),
      recalledState: was('zfs', 1_000_000),
      expect: {status: 'ok'},
    },
    {
      it: "warns of recordings in the container's own layer",
      given: withSnapshot({mounts: media({type: 'overlay'})}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'warns of writes that fail again and again',
      given: withLog({'io-error': 3}),
      expect: {status: 'warning', cure: 'none'},
    },
    {it: 'lets a single failed write pass', given: withLog({'io-error': 1}), expect: {status: 'ok'}},
    {
      it: 'is unknown when the type cannot be seen',
      given: withSnapshot({mounts: media({type: null})}),
      expect: {status: 'unknown'},
    },
    {it: 'is unknown without log and /proc/mounts', given: anObservation({log: noLog}), expect: {status: 'unknown'}},
    {
      it: 'is skipped while the container does not run',
      given: notRunning,
      expect: {status: 'skipped', because: 'FRG-203'},
    },
  ]);
});

describe('FRG-605: database', () => {
  const latched = {
    containerId: id,
    latched: [
      {
        signature: 'database-thread-died',
        containerId: id,
        at: ago(hours(3)),
        sample: 'Exception in thread Thread-7 (read)',
      },
    ],
  };
  cases('FRG-605', [
    {it: 'is ok in peace', expect: {status: 'ok'}},
    {
      it: 'is critical when a thread died of it, and a restart revives it',
      given: withLog({'database-thread-died': 1}),
      expect: {status: 'critical', cure: 'restart', cause: 'process', persistence: 'latched'},
    },
    {
      it: 'remembers it until the container ends',
      recalledState: latched,
      expect: {status: 'critical', cure: 'restart', persistence: 'latched', evidenceAt: ago(hours(3))},
    },
    {
      it: 'remembers it without a log too',
      given: anObservation({log: noLog}),
      recalledState: latched,
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'forgets what another container said',
      given: withContainer({id: 'containerd://c2'}),
      recalledState: latched,
      expect: {status: 'ok'},
    },
    {
      it: 'is critical for a lock, and nothing is restarted',
      given: withLog({'database-locked': 1}),
      expect: {status: 'critical', cure: 'none', cause: 'storage', evidenceAt: ago(minutes(1))},
    },
    {
      it: 'is critical for a damaged file, told at once',
      given: withLog({'database-malformed': 1}),
      expect: {status: 'critical', cure: 'none', immediate: true},
    },
    {it: 'is unknown without a log', given: anObservation({log: noLog}), expect: {status: 'unknown'}},
    {
      it: 'is unknown when the log was not read to its end',
      given: anObservation({log: known(aLog({}, {complete: false}))}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is skipped while the container does not run',
      given: notRunning,
      expect: {status: 'skipped', because: 'FRG-203'},
    },
  ]);
});

describe('FRG-606: media mount answers', () => {
  cases('FRG-606', [
    {
      it: 'is ok when it answers',
      given: anObservation({frigate: {mountProbe: known({answered: true})}}),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical when it does not',
      given: anObservation({frigate: {mountProbe: known({answered: false, detail: 'timeout'})}}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {it: 'is skipped when nothing points there', expect: {status: 'skipped'}},
    {
      it: 'is unknown when it could not be asked',
      given: anObservation({frigate: {mountProbe: unknown('forbidden', 'exec: 403')}}),
      expect: {status: 'unknown'},
    },
    {
      it: 'stays critical while an earlier probe may hang and what pointed there still stands',
      given: seen(allLate),
      recalledState: {podUid: 'pod-uid', mountProbe: {at: ago(minutes(5)), answered: false}},
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'is skipped when the segments were fresh when they were asked for, a while ago',
      given: anObservation({
        frigate: {segments: new Map([['back', aSegment(seconds(95))]]), segmentsAt: ago(seconds(85))},
      }),
      recalledState: {podUid: 'pod-uid', mountProbe: {at: ago(minutes(5)), answered: false}},
      expect: {status: 'skipped'},
    },
    {
      it: 'is skipped when one snapshot is judged again',
      recalledState: {
        podUid: 'pod-uid',
        lastUpdated: aReading().snapshot.lastUpdated,
        mountProbe: {at: ago(minutes(5)), answered: false},
      },
      expect: {status: 'skipped'},
    },
    {
      it: 'is skipped when the probe without an answer was of another pod',
      given: seen(allLate),
      recalledState: {podUid: 'pod-0', mountProbe: {at: ago(minutes(5)), answered: false}},
      expect: {status: 'skipped'},
    },
    {
      it: 'is skipped when the mount answered no question once and nothing points there any more',
      recalledState: {mountProbe: {at: ago(hours(5)), answered: false}},
      expect: {status: 'skipped'},
    },
    {it: 'is skipped while the container does not run', given: notRunning, expect: {status: 'skipped'}},
  ]);
});
