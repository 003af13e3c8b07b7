/** Incidents of recordings, disks, memory and the database. */
import {known, type Known} from '../../../src/core/known.js';
import type {Mount, NewestSegment, Snapshot} from '../../../src/core/observation/frigate.js';
import type {Node} from '../../../src/core/observation/node.js';
import {hours, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aContainer,
  ago,
  aMount,
  anEvent,
  aNode,
  aPod,
  aSegment,
  aTemplate,
  aTermination,
  aWorkload,
  cameraNames,
  mounts,
  type ObservationChanges,
} from '../../support/observation.js';
import type {Incident, LogLine} from './incident.js';
import {apiDead, camerasAway, crashLoop, moving, nodeAway, recordedUntil, starved, statistics} from './sights.js';

const RECORDINGS = '/media/frigate/recordings';
const mountsWith = (path: string, changes: Partial<Mount>): readonly Mount[] =>
  mounts.map((mount) => (mount.path === path ? aMount(path, {...mount, ...changes}) : mount));
const running = (since: Duration, rest: Partial<Snapshot> = {}): ObservationChanges =>
  statistics(since, (age) => ({cameras: cameraNames.map((name) => moving(aCamera(name), age)), ...rest}));
const and = (
  first: ObservationChanges,
  frigate: ObservationChanges['frigate'],
  rest: ObservationChanges = {},
): ObservationChanges => ({...first, ...rest, frigate: {...first.frigate, ...frigate}});
const old = {version: '0.11.1-2eada21', usages: null, systemCpu: null};

const backlog = (every: number): readonly LogLine[] =>
  cameraNames.map((name, index) => ({
    at: index,
    every,
    line: `[2023-12-20 11:00:00] frigate.record.maintainer      WARNING : Unable to keep up with recording segments in cache for ${name}. Keeping the 5 most recent segments out of 6 and discarding the rest...`,
  }));

const bigSegments = (age: Duration): ReadonlyMap<string, Known<NewestSegment>> =>
  new Map(cameraNames.map((name) => [name, aSegment(age, seconds(60))]));

const under = (condition: string, message: string): Known<Node | null> =>
  known(
    aNode({
      conditions: [
        ...aNode().conditions.filter(({type}) => type !== condition),
        {type: condition, status: 'True', reason: `KubeletHas${condition}`, message, lastTransition: ago(minutes(5))},
      ],
    }),
  );

export const storageIncidents: readonly Incident[] = [
  {
    row: '53',
    sources: '#2886',
    what: 'up to 0.11 ffmpeg hangs on a dead connection: nothing is recorded until a restart, and nothing says so',
    story: {
      always: running(hours(2), old),
      see: ({since}) => and(running(since, old), recordedUntil(since)),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-601', mails: [1, 3]},
  },
  {
    row: '55a',
    sources: '#9561, #8654, #8926, #5818',
    what: 'segments pile up in the cache, the frames are processed: the storage is slow',
    story: {see: ({since}) => running(since), log: backlog(10), restartCures: false},
    expected: {ideal: 'tell', restarts: 0, health: 'degraded', causes: ['storage'], finding: 'FRG-602', mails: [1, 2]},
  },
  {
    row: '55b',
    sources: '#8881, #8677, #9661',
    what: 'the same words, but no frame is processed: the detector hangs',
    story: {
      see: ({since}) => statistics(since, (age) => ({cameras: starved(age)})),
      log: backlog(10),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-403', mails: [1, 3]},
  },
  {
    row: '57',
    sources: '#7835, #6721',
    what: 'the cache is full, every ffmpeg ends; the disk for the recordings is well',
    story: {
      see: ({since}) =>
        and(
          camerasAway(since, cameraNames, cameraNames, {mounts: mountsWith('/tmp/cache', {used: 1000, free: 0})}),
          recordedUntil(since),
        ),
      log: cameraNames.map((name, index) => ({
        at: index,
        every: 15,
        line: `[2023-06-06 22:47:45] ffmpeg.${name}.record             ERROR   : av_interleaved_write_frame(): No space left on device`,
      })),
      restartCures: true,
      passes: 16,
    },
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-603', mails: [1, 3]},
  },
  {
    row: '59',
    sources: '#2790',
    what: 'the disk is full; every 5 s a line, all day',
    story: {
      see: ({since}) =>
        and(running(since, {mounts: mountsWith(RECORDINGS, {used: 999_990, free: 10})}), recordedUntil(since)),
      log: [{at: 0, every: 5, line: 'OSError: [Errno 28] No space left on device'}],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['storage'],
      finding: 'FRG-603',
      mails: [1, 2],
      says: /[Dd]isk full/,
    },
  },
  ...(
    [
      ['59b', 'Frigate deletes its newest recordings to go on: part of the job is done', [], 'degraded'],
      ['59c', 'one camera is still recorded', ['back', 'front'], 'degraded'],
      ['59d', 'nothing is recorded, and nothing in the log says so', cameraNames, 'unhealthy'],
    ] as const
  ).map(([row, what, lost, health]): Incident => ({
    row,
    sources: 'disk-full, measured on 0.14.1, 0.16.4 and 0.17.2',
    what: `the disk is full; ${what}`,
    story: {
      see: ({since}) =>
        and(running(since, {mounts: mountsWith(RECORDINGS, {used: 999_990, free: 10})}), recordedUntil(since, lost)),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health,
      causes: ['storage'],
      finding: 'FRG-603',
      mails: [1, 2],
      says: /[Dd]isk full/,
    },
  })),
  {
    row: '61',
    sources: '#8533, #4119',
    what: 'the disk fills, and nothing old is deleted',
    story: {
      see: ({since}) => running(since, {mounts: mountsWith(RECORDINGS, {used: 999_950, free: 50})}),
      log: [
        {
          at: 0,
          every: 300,
          line: '[2023-10-11 20:42:27] frigate.storage                ERROR   : Could not clear 1630.0 MB, currently 68.8 MB have been cleared. Retained recordings must be deleted.',
        },
      ],
      restartCures: false,
    },
    expected: {ideal: 'tell', restarts: 0, health: 'degraded', causes: ['storage'], finding: 'FRG-603', mails: [1, 2]},
  },
  {
    row: '63',
    sources: 'home-assistant/supervisor#7037',
    what: 'after a reboot of the host the network mount is missing, and recordings go to the local disk',
    story: {
      always: running(hours(2), {
        mounts: mountsWith(RECORDINGS, {type: 'nfs4', total: 8_000_000, free: 3_000_000, used: 5_000_000}),
      }),
      see: ({since}) =>
        running(since, {mounts: mountsWith(RECORDINGS, {type: 'ext4', total: 220_000, free: 90_000, used: 130_000})}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['storage'],
      finding: 'FRG-604',
      mails: [1, 2],
      says: /nfs4/,
    },
  },
  {
    row: '65',
    sources: 'ivemcfire, 2026',
    what: 'recordings, the system and the kubelet on one disk: DiskPressure',
    story: {
      see: ({since}) => and(running(since), {}, {node: under('DiskPressure', 'kubelet has disk pressure')}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['node'],
      finding: 'FRG-152',
      mails: [1, 2],
      says: /disk/i,
    },
  },
  {
    row: '67',
    sources: 'homeiac/home, 2026-02-28',
    what: 'the node is frozen for 28 hours by its own backup, and nobody is told',
    story: {see: () => nodeAway, restartCures: false, passes: 12 * 28},
    expected: {ideal: 'tell', restarts: 0, health: 'unhealthy', causes: ['node'], finding: 'FRG-151', mails: [1, 2]},
  },
  {
    row: '69',
    sources: '#9406',
    what: 'a bus error every few hours: shared memory is too small',
    story: {
      see: ({since}) =>
        and(
          running(since),
          {},
          {
            pods: known([
              aPod({
                frigate: aContainer({
                  id: 'containerd://after',
                  restartCount: 1,
                  state: {phase: 'running', startedAt: ago(since)},
                  last: aTermination({exitCode: 135, reason: 'Error', finishedAt: ago(since)}),
                }),
              }),
            ]),
          },
        ),
      previousLog: ['Fatal Python error: Bus error'],
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['memory', 'workload', 'mixed'],
      finding: 'FRG-206',
      mails: [1, 2],
      says: /shm/,
    },
  },
  {
    row: '71',
    sources: '#6174, #6731, #3301, #10650, #3751, #7408',
    what: 'without a limit memory grows until the node is in trouble',
    story: {
      always: {workload: known({found: 'one', workload: aWorkload({template: aTemplate({memoryLimit: null})})})},
      see: ({since}) =>
        and(running(since), {}, {node: under('MemoryPressure', 'kubelet has insufficient memory available')}),
      restartCures: false,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['node', 'memory'],
      finding: 'FRG-152',
      mails: [1, 2],
      says: /memory/i,
    },
  },
  {
    row: '73',
    sources: '#9382',
    what: 'leaked shared memory objects are told at the end of a process that was killed',
    story: {
      see: ({since}) => running(since),
      restartCures: false,
      log: [
        {
          at: 0,
          line: '/usr/lib/python3.9/multiprocessing/resource_tracker.py:216: UserWarning: resource_tracker: There appear to be 2 leaked shared_memory objects to clean up at shutdown',
        },
      ],
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
  {
    row: '75',
    sources: '#7476',
    what: 'out of resources, a stuck detector, then the host goes down',
    story: {
      see: ({since}) => (since < minutes(3) ? running(since) : nodeAway),
      restartCures: false,
      log: [
        {
          at: 30,
          every: 60,
          until: 180,
          line: '[2023-08-14 11:15:03] watchdog                       INFO    : Detection appears to be stuck. Restarting detection process...',
        },
      ],
    },
    expected: {ideal: 'tell', restarts: 0, health: 'unhealthy', causes: ['node'], finding: 'FRG-151', mails: [1, 2]},
  },
  {
    row: '77',
    sources: '#8284, #3333, #4522',
    what: 'the API gives 502 and 504 while ffmpeg runs on',
    story: {see: () => apiDead('http-status', '504 Gateway Time-out'), restartCures: true, passes: 16},
    expected: {ideal: 'restart', restarts: 1, health: 'healthy', causes: [], finding: 'FRG-301', mails: [1, 3]},
  },
  {
    row: '81',
    sources: '#593, #594, #712, #8576, #7510, #9567, #4070',
    what: 'the database lies on a network file system: locked, and the start hangs at "Starting migrations"',
    story: {
      see: ({since, restarts}) => ({
        ...apiDead('http-status', '502 Bad Gateway'),
        ...(restarts > 0
          ? {}
          : {
              pods: known([
                aPod({
                  uid: 'pod-new',
                  createdAt: ago(since),
                  frigate: aContainer({id: 'containerd://new', state: {phase: 'running', startedAt: ago(since)}}),
                }),
              ]),
            }),
      }),
      log: [
        {at: 20, line: '[2022-10-09 12:00:20] frigate.app                    INFO    : Starting migrations'},
        {at: 40, every: 30, line: 'peewee.OperationalError: database is locked'},
      ],
      restartCures: false,
      fromTheFirstLook: true,
      passes: 40,
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['storage', 'mixed'],
      finding: 'FRG-605',
      mails: [1, 4],
      says: /Database is locked/,
    },
  },
  {
    row: '83',
    sources: '#4240',
    what: 'the database file is damaged: recordings cannot be listed',
    story: {
      see: ({since}) => running(since),
      restartCures: false,
      log: [{at: 0, every: 20, line: 'peewee.DatabaseError: database disk image is malformed'}],
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'degraded',
      causes: ['storage'],
      finding: 'FRG-605',
      mails: [1, 2],
      says: /malformed|damaged/,
    },
  },
  {
    row: '85',
    sources: 'rwlove/home-ops, runbook',
    what: 'after an update the container cannot be made: a volume, a device or a model is missing',
    story: {
      see: ({since}) => ({
        ...crashLoop(since, {exitCode: 1}, since),
        events: known([anEvent('BackOff', 'Back-off restarting failed container')]),
      }),
      restartCures: false,
      previousLog: ["FileNotFoundError: [Errno 2] No such file or directory: '/config/model_cache/yolov9.onnx'"],
    },
    expected: {
      ideal: 'tell',
      restarts: 0,
      health: 'unhealthy',
      causes: ['workload', 'config'],
      finding: 'FRG-203',
      mails: [1, 2],
      says: /--previous/,
    },
  },
  {
    row: '87',
    sources: '#1469, #814',
    what: 'the MQTT broker is away and comes back',
    story: {
      see: ({since}) => running(since),
      log: [
        {
          at: 0,
          every: 60,
          until: 900,
          line: '[2023-05-01 12:00:00] frigate.comms.mqtt             ERROR   : MQTT disconnected',
        },
      ],
      restartCures: false,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 2]},
  },
  {
    row: '115',
    sources: 'dapperdivers/dapper-cluster, 1bac1c7c8',
    what: 'segments of 60 s instead of 10: the newest is up to four minutes old',
    story: {
      see: ({since}) => and(running(since), {segments: bigSegments(seconds(200))}),
      restartCures: false,
      fromTheFirstLook: true,
    },
    expected: {ideal: 'wait', restarts: 0, health: 'healthy', causes: [], finding: null, mails: [0, 0]},
  },
];
