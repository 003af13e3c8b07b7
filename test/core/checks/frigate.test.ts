import assert from 'node:assert/strict';
import {assess} from '../../../src/core/checks/assess.js';
import {scriptOf} from '../../../src/core/fix.js';
import {known, notAsked, unknown} from '../../../src/core/known.js';
import type {ApiLiveness, Snapshot} from '../../../src/core/observation/frigate.js';
import {hours, later, milliseconds, minutes, seconds, type Duration} from '../../../src/core/time.js';
import {
  aCamera,
  aCameraConfig,
  aConfig,
  aContainer,
  aDetector,
  aHistory,
  aMemory,
  aMount,
  anEvent,
  anObservation,
  aPod,
  aPolicy,
  aReading,
  aSegment,
  aSnapshot,
  ago,
  aProbe,
  cameraNames,
  mounts,
  now,
  processes,
  usagesOf,
  withContainer,
  withLog,
  withSnapshot,
  withTemplate,
} from '../../support/observation.js';
import {cases} from '../../support/frigate-cases.js';

const alive = (via: ApiLiveness['via']): ApiLiveness => ({via, verdict: 'alive', latency: milliseconds(12)});
const dead = (
  via: ApiLiveness['via'],
  how: 'refused' | 'silent' | 'http-status' | 'not-json' = 'silent',
): ApiLiveness => ({via, verdict: 'dead', how, detail: how});
const lost = (via: ApiLiveness['via']): ApiLiveness => ({via, verdict: 'unknown', why: '403'});
/** Asked while the checker itself did not run. */
const starved = (via: ApiLiveness['via']): ApiLiveness => ({
  via,
  verdict: 'unknown',
  why: 'this checker itself did not run for 12s',
  starved: true,
});
const noStats = unknown('timeout', 'GET /api/stats: no answer within 10 s');
const over = (liveness: readonly ApiLiveness[]) => ({
  frigate: {liveness, stats: noStats, history: noStats, config: noStats},
});
const id = 'containerd://c1';

describe('FRG-301: API responsive', () => {
  cases('FRG-301', [
    {it: 'is ok while a path answers', expect: {status: 'ok', cure: 'none'}},
    {
      it: 'is ok while one path of several answers',
      given: anObservation(over([dead('proxy'), alive('exec')])),
      expect: {status: 'ok'},
    },
    {
      it: 'is critical when a path from outside and one from inside find it silent',
      given: anObservation(over([dead('proxy'), dead('exec')])),
      expect: {status: 'critical', cure: 'restart', cause: 'process', normalAtStart: true},
    },
    {
      it: 'is unknown on one path alone',
      given: anObservation(over([dead('proxy')])),
      expect: {status: 'unknown', cure: 'none'},
    },
    {
      it: 'is critical when the pod takes the connection of two machines and answers neither',
      given: anObservation(over([dead('direct'), lost('exec'), dead('proxy')])),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is unknown when two ways over the network are refused: a network policy does that too',
      given: anObservation(over([dead('direct', 'refused'), dead('proxy', 'refused')])),
      expect: {status: 'unknown'},
    },
    {
      it: 'is unknown when only the API server is silent about the pod: it may not have reached it',
      given: anObservation(over([dead('direct', 'refused'), dead('proxy')])),
      expect: {status: 'unknown'},
    },
    {
      it: 'is critical when two paths of one kind got an HTTP answer that is none',
      given: anObservation(over([dead('direct', 'http-status'), dead('proxy', 'http-status')])),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is unknown when no path could be used',
      given: anObservation(over([lost('proxy'), lost('exec')])),
      expect: {status: 'unknown', because: 'transports'},
    },
    {
      it: 'is unknown in its own words when the checker got no processor time',
      given: anObservation(over([starved('proxy'), lost('exec')])),
      expect: {status: 'unknown', cure: 'none', because: 'transports'},
    },
    {
      it: 'is unknown when one path was silent and the checker did not run during the other',
      given: anObservation(over([dead('proxy'), starved('exec'), starved('port-forward')])),
      expect: {status: 'unknown', cure: 'none'},
    },
    {
      it: 'is critical when two paths found it silent while the checker ran, whatever a third missed',
      given: anObservation(over([starved('direct'), dead('proxy'), dead('exec')])),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is unknown when nothing was tried: no path failed',
      given: anObservation(over([])),
      expect: {status: 'unknown'},
    },
    {
      it: 'is critical when one path is dead and the readiness probe agrees',
      given: withTemplate(
        {readinessProbe: aProbe()},
        {...over([dead('proxy'), lost('exec')]), pods: known([aPod({frigate: aContainer({ready: false})})])},
      ),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is critical when one path is dead and the kubelet calls the pod unhealthy',
      given: anObservation({...over([dead('proxy')]), events: known([anEvent('Unhealthy', 'Liveness probe failed')])}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not take an old event for a view of now',
      given: anObservation({
        ...over([dead('proxy')]),
        events: known([anEvent('Unhealthy', 'Liveness probe failed', {lastSeen: ago(minutes(20))})]),
      }),
      expect: {status: 'unknown'},
    },
    {
      it: 'is skipped while the container does not run',
      given: withContainer(
        {state: {phase: 'waiting', reason: 'CrashLoopBackOff', message: null}},
        over([dead('proxy'), dead('exec')]),
      ),
      expect: {status: 'skipped', because: 'FRG-203'},
    },
  ]);
});

const old = (age: number, changes: Partial<Snapshot> = {}) =>
  withSnapshot({lastUpdated: ago(seconds(age)), ...changes});
const onMount = (type: string | null, probe: Parameters<typeof anObservation>[0] = {}) =>
  withSnapshot(
    {lastUpdated: ago(seconds(300)), mounts: type === null ? [] : [aMount('/media/frigate/recordings', {type})]},
    probe,
  );

describe('FRG-302: stats fresh', () => {
  cases('FRG-302', [
    {it: 'is ok at a normal age', given: old(21), expect: {status: 'ok'}},
    {it: 'is ok at exactly 45 s', given: old(45), expect: {status: 'ok'}},
    {it: 'is a warning over 45 s', given: old(46), expect: {status: 'warning', cure: 'none'}},
    {it: 'is a warning at exactly 90 s', given: old(90), expect: {status: 'warning'}},
    {
      it: 'is critical over 90 s, and counts though nothing advances',
      given: old(91),
      expect: {
        status: 'critical',
        cure: 'restart',
        cause: 'process',
        persistence: 'standstill',
        evidenceAt: ago(seconds(91)),
      },
    },
    {
      it: 'is critical when the snapshot is still the one of the pass before, whatever its age says',
      given: withSnapshot({lastUpdated: later(now, seconds(60))}),
      recalledState: {containerId: id, lastUpdated: later(now, seconds(60)), logCursor: ago(minutes(5))},
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not take two reads within seconds for a standstill',
      given: old(10),
      recalledState: {containerId: id, lastUpdated: ago(seconds(10)), logCursor: ago(seconds(5))},
      expect: {status: 'ok'},
    },
    {
      it: 'says for how long, where the clock of the snapshot is ahead',
      given: withSnapshot({lastUpdated: later(now, seconds(60))}),
      recalledState: {containerId: id, lastUpdated: later(now, seconds(60)), logCursor: ago(minutes(5))},
      expect: {status: 'critical'},
    },
    {
      it: 'restarts nothing on a local disk whose question may still hang',
      given: old(400),
      recalledState: {podUid: 'pod-uid', mountProbe: {at: ago(minutes(5)), answered: false}},
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
    {
      it: 'calls a future snapshot a clock fault',
      given: withSnapshot({lastUpdated: later(now, seconds(85))}),
      expect: {status: 'info', cure: 'none'},
    },
    {
      it: 'calls an old but advancing snapshot a clock fault',
      given: old(100),
      recalledState: {containerId: id, lastUpdated: ago(seconds(402)), logCursor: ago(minutes(5))},
      expect: {status: 'info'},
    },
    {
      it: 'calls an old snapshot a clock fault where another one was observed a moment ago',
      given: old(100),
      recalledState: {
        containerId: id,
        lastUpdated: ago(seconds(100)),
        logCursor: ago(seconds(2)),
        statisticsObserved: {
          lastUpdated: ago(seconds(100)),
          first: ago(seconds(8)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(9)),
        },
      },
      expect: {status: 'info'},
    },
    {
      it: 'calls a snapshot that is new, and old by its stamp, a clock fault',
      given: old(100),
      recalledState: {
        containerId: id,
        lastUpdated: ago(seconds(14)),
        logCursor: ago(seconds(2)),
        statisticsObserved: {
          lastUpdated: ago(seconds(14)),
          first: ago(seconds(13)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(15)),
        },
      },
      expect: {status: 'info'},
    },
    {
      it: 'is a warning when nothing new came for 46 s, however old the stamp is',
      given: old(140),
      recalledState: {
        containerId: id,
        lastUpdated: ago(seconds(140)),
        logCursor: ago(seconds(2)),
        statisticsObserved: {
          lastUpdated: ago(seconds(140)),
          first: ago(seconds(44)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(46)),
        },
      },
      expect: {status: 'warning'},
    },
    {
      it: 'is critical when nothing new came for 91 s, though the clock of the snapshot is behind',
      given: old(185),
      recalledState: {
        containerId: id,
        lastUpdated: ago(seconds(185)),
        logCursor: ago(seconds(2)),
        statisticsObserved: {
          lastUpdated: ago(seconds(185)),
          first: ago(seconds(89)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(91)),
        },
      },
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is critical when the same snapshot is observed for 91 s, though the clock of the snapshot is ahead',
      given: withSnapshot({lastUpdated: later(now, seconds(60))}),
      recalledState: {
        containerId: id,
        lastUpdated: later(now, seconds(60)),
        logCursor: ago(seconds(2)),
        statisticsObserved: {
          lastUpdated: later(now, seconds(60)),
          first: ago(seconds(91)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(93)),
        },
      },
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'does not believe what another container showed',
      given: old(100),
      recalledState: {
        containerId: 'containerd://before',
        lastUpdated: ago(seconds(100)),
        statisticsObserved: {
          lastUpdated: ago(seconds(100)),
          first: ago(seconds(8)),
          last: ago(seconds(2)),
          otherAt: ago(seconds(9)),
        },
      },
      expect: {status: 'critical'},
    },
    {
      it: 'is critical when it froze between two passes',
      given: old(200),
      recalledState: {containerId: id, lastUpdated: ago(seconds(310)), logCursor: ago(minutes(5))},
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'is unknown without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is unknown when it looks old and no Date stands against it',
      given: anObservation({
        frigate: {stats: known(aReading({lastUpdated: ago(minutes(5))}, null)), history: notAsked()},
      }),
      expect: {status: 'unknown'},
    },
    {
      it: 'is ok for a Frigate that makes its statistics at every request',
      given: withSnapshot({lastUpdated: null, version: '0.11.1-2eada21'}),
      expect: {status: 'ok'},
    },
    {
      it: 'is unknown when last_updated is missing where it should be',
      given: withSnapshot({lastUpdated: null}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is skipped when the API is dead',
      given: anObservation(over([dead('proxy'), dead('exec')])),
      expect: {status: 'skipped', because: 'FRG-301'},
    },
    ...['nfs', 'nfs4', 'cifs', 'fuse', 'fuse.sshfs', 'ceph', 'glusterfs', '9p', 'smb3', null].map((type) => ({
      it: `never restarts on ${type ?? 'an unknown mount'} that was not asked`,
      given: onMount(type),
      expect: {status: 'critical', cure: 'none'} as const,
    })),
    {
      it: 'never restarts on a network mount that could not be asked',
      given: onMount('nfs4', {frigate: {mountProbe: unknown('forbidden', 'exec: 403')}}),
      expect: {status: 'critical', cure: 'none'},
    },
    {
      it: 'restarts on a network mount that answers',
      given: onMount('nfs4', {frigate: {mountProbe: known({answered: true})}}),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'never restarts when the mount hangs, a local one neither',
      given: onMount('ext4', {frigate: {mountProbe: known({answered: false, detail: 'timeout'})}}),
      expect: {status: 'critical', cure: 'none', cause: 'storage'},
    },
  ]);
});

const recalledState = {cameras: cameraNames.map((name) => ({name, delivering: true}))};

describe('FRG-303: not in safe mode', () => {
  cases('FRG-303', [
    {it: 'is ok with the cameras of the configuration', expect: {status: 'ok'}},
    {
      it: 'is critical in safe mode, and told at once',
      given: anObservation({frigate: {config: known(aConfig({safeMode: true, cameras: []}))}}),
      expect: {status: 'critical', cure: 'none', cause: 'config', immediate: true},
    },
    {
      it: 'is critical by the log of this container',
      given: withLog({'safe-mode': 1}, {frigate: {config: unknown('timeout', 'GET /api/config: timeout')}}),
      expect: {status: 'critical'},
    },
    {
      it: 'is critical when all remembered cameras are gone',
      given: withSnapshot({cameras: []}, {frigate: {config: known(aConfig({cameras: []}))}}),
      recalledState,
      expect: {status: 'critical', cameras: [...cameraNames]},
    },
    {
      it: 'is critical when a configured camera does not run',
      given: withSnapshot({cameras: [aCamera('back'), aCamera('front')]}),
      expect: {status: 'critical', cameras: ['garage']},
    },
    {
      it: 'is critical with a detector that the configuration does not name',
      given: withSnapshot({detectors: [aDetector('cpu')]}),
      expect: {status: 'critical'},
    },
    {
      it: 'only tells of a camera that the configuration dropped',
      given: withSnapshot(
        {cameras: [aCamera('back'), aCamera('front')]},
        {frigate: {config: known(aConfig({cameras: [aCameraConfig('back'), aCameraConfig('front')]}))}},
      ),
      recalledState,
      expect: {status: 'info'},
    },
    {
      it: 'warns of fewer cameras when the configuration cannot be read',
      given: withSnapshot({cameras: [aCamera('back'), aCamera('front')]}, {frigate: {config: noStats}}),
      recalledState,
      expect: {status: 'warning', cameras: ['garage']},
    },
    {
      it: 'warns of no camera at all at the first look',
      given: withSnapshot({cameras: []}, {frigate: {config: known(aConfig({cameras: []}))}}),
      expect: {status: 'warning'},
    },
    {
      it: 'does not miss a disabled camera',
      given: withSnapshot(
        {cameras: [aCamera('back'), aCamera('front')]},
        {
          frigate: {
            config: known(
              aConfig({
                cameras: [aCameraConfig('back'), aCameraConfig('front'), aCameraConfig('garage', {enabled: false})],
              }),
            ),
          },
        },
      ),
      expect: {status: 'ok'},
    },
    {
      it: 'is unknown without a configuration',
      given: anObservation({frigate: {config: noStats}}),
      expect: {status: 'unknown'},
    },
    {
      it: 'is skipped when the API is dead',
      given: anObservation(over([dead('proxy'), dead('exec')])),
      expect: {status: 'skipped', because: 'FRG-301'},
    },
  ]);
});

/** The healthy snapshot without the rows of these pids. */
const without = (...pids: readonly number[]) => {
  const snapshot = aSnapshot();
  return withSnapshot({usages: usagesOf(snapshot).filter(({pid}) => !pids.includes(pid))});
};

const latchedThread = {
  containerId: id,
  latched: [
    {
      signature: 'thread-died',
      containerId: id,
      at: ago(hours(3)),
      sample: 'Exception in thread Thread-9 (run): KeyError',
    },
  ],
};

/** A capture process is missing from the list at this uptime. */
const firstOfStart = (uptime: Duration, earlier: readonly Snapshot[] = []) => {
  const snapshot = aSnapshot({lastUpdated: ago(seconds(8)), uptime});
  const usages = (snapshot.usages ?? []).filter(({pid}) => pid !== 402);
  return anObservation({
    pods: known([aPod({frigate: aContainer({state: {phase: 'running', startedAt: ago(hours(6))}})})]),
    frigate: {stats: known(aReading({...snapshot, usages})), history: known(earlier)},
  });
};

/** A healthy Frigate with an embeddings and an audio process; those of these pids do not run. */
const enriched = (enrichments: readonly string[] | undefined, ...dead: readonly number[]) => {
  const snapshot = aSnapshot({processes: new Map([...processes, ['embeddings', 376], ['audio_detector', 381]])});
  return anObservation({
    frigate: {
      stats: known(aReading({...snapshot, usages: usagesOf(snapshot).filter(({pid}) => !dead.includes(pid))})),
      config: known({...aConfig(), ...(enrichments === undefined ? {} : {enrichments})}),
    },
  });
};

describe('FRG-306: enrichments running', () => {
  const faces = ['face recognition', 'licence plates'];
  cases('FRG-306', [
    {
      it: 'is skipped where Frigate names no such process',
      expect: {status: 'skipped', because: 'no-enrichment-process'},
    },
    {it: 'is ok when both run', given: enriched(faces), expect: {status: 'ok'}},
    {
      it: 'warns of an embeddings process that is gone, and restarts nothing',
      given: enriched(faces, 376),
      expect: {status: 'warning', cure: 'none', cause: 'process'},
    },
    {
      it: 'is info when no enrichment is enabled',
      given: enriched([], 376),
      expect: {status: 'info', cure: 'none'},
    },
    {
      it: 'warns of an audio process that is gone, also where no enrichment is enabled',
      given: enriched([], 381),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'is skipped in the first snapshot of a start',
      given: firstOfStart(seconds(4)),
      expect: {status: 'skipped'},
    },
    {
      it: 'is unknown, or skipped, when the statistics are not known',
      given: anObservation({frigate: {stats: unknown('timeout', 'silent')}}),
      expect: {status: 'skipped'},
    },
  ]);

  it('names the process, what is not done without it, and how a person restarts', () => {
    const found = assess(enriched(faces, 376, 381), aMemory(), aPolicy()).find(({id: of}) => of === 'FRG-306');
    assert.equal(
      found?.summary,
      'Process embeddings of Frigate not running: no face recognition, licence plates; Process audio_detector of Frigate not running: no audio detection',
    );
    assert.deepEqual(found.faults, ['process:audio_detector', 'process:embeddings']);
    assert.match(scriptOf(found.fix ?? []), /kubectl frigate-health restart .* --force --reason "FRG-306"/);
  });
});

describe('FRG-304: processes running', () => {
  cases('FRG-304', [
    {it: 'is ok when every named process runs', expect: {status: 'ok'}},
    {
      it: 'does not judge the first snapshot of a start, whose list may not hold all processes yet',
      given: firstOfStart(seconds(4)),
      expect: {status: 'skipped', because: 'first-snapshot'},
    },
    {
      it: 'judges the second snapshot of a start',
      given: firstOfStart(seconds(25), [aSnapshot({lastUpdated: ago(seconds(30)), uptime: seconds(4)})]),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'judges the only snapshot of a Frigate that has run for long',
      given: firstOfStart(hours(5)),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: "is critical without a camera's process",
      given: without(300),
      expect: {status: 'critical', cure: 'restart', cameras: ['back'], evidenceAt: ago(seconds(8))},
    },
    {
      it: "is critical without a camera's capture process",
      given: without(402),
      expect: {status: 'critical', cure: 'restart', cameras: ['garage']},
    },
    {
      it: 'is critical without the recorder, for every camera',
      given: without(260),
      expect: {status: 'critical', cure: 'restart', cameras: []},
    },
    {it: 'is critical without the review process', given: without(261), expect: {status: 'critical', cure: 'restart'}},
    {
      it: 'is critical without a detector',
      given: without(250),
      expect: {status: 'critical', cure: 'restart'},
    },
    {
      it: 'never counts ffmpeg: it comes and goes with every camera outage',
      given: without(500, 501, 502),
      expect: {status: 'ok'},
    },
    {it: 'does not count go2rtc, whose pid is stale after its own restart', given: without(90), expect: {status: 'ok'}},
    {
      it: 'does not count disabled and skipped cameras',
      given: without(300),
      policy: {skipCameras: new Set(['back'])},
      expect: {status: 'ok'},
    },
    {
      it: 'warns of a thread that died, which nothing else shows, and does not restart for it',
      given: withLog({'thread-died': 1}),
      expect: {status: 'warning', cure: 'none', persistence: 'latched'},
    },
    {
      it: 'remembers a terminated thread until the container ends',
      recalledState: latchedThread,
      expect: {status: 'warning', persistence: 'latched', evidenceAt: ago(hours(3))},
    },
    {
      it: 'forgets what another container said',
      given: withContainer({id: 'containerd://c2'}),
      recalledState: latchedThread,
      expect: {status: 'ok'},
    },
    {
      it: 'is unknown when none of the pids is listed',
      given: withSnapshot({usages: [{pid: 9, cpu: 0, memory: 0, command: null}]}),
      expect: {status: 'unknown', cure: 'none'},
    },
    {
      it: 'is skipped where Frigate lists no processes',
      given: withSnapshot({usages: null}),
      expect: {status: 'skipped'},
    },
    {
      it: 'is skipped while the statistics stand still',
      given: old(300),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});

/** Snapshots in which `back` repeats itself for the last `count` of them. */
const still = (
  count: number,
  camera = aCamera('back', {cameraFps: 5, processFps: 5, skippedFps: 0, detectionFps: 5.2}),
) =>
  aHistory(20, (step) => ({
    cameras: [
      step >= 20 - count ? camera : aCamera('back', {cameraFps: 4.9}),
      aCamera('front', {cameraFps: 5 + (step % 2) / 10}),
      aCamera('garage', {cameraFps: 5 + (Math.floor(step / 6) % 2) / 10}),
    ],
  }));
const stillSeen = (
  count: number,
  more: Parameters<typeof anObservation>[0] = {},
  camera?: ReturnType<typeof aCamera>,
) => {
  const history = still(count, camera);
  const newest = history.at(-1)!;
  return anObservation({
    ...more,
    frigate: {
      stats: known(aReading({lastUpdated: newest.lastUpdated, cameras: newest.cameras})),
      history: known(history),
      ...more.frigate,
    },
  });
};
const backStopped = {
  segments: new Map([
    ['back', aSegment(seconds(200))],
    ['front', aSegment(seconds(12))],
    ['garage', aSegment(seconds(12))],
  ]),
};
const impossible = aCamera('back', {cameraFps: 5.1, processFps: 5.1, skippedFps: 5.1});

describe("FRG-305: cameras' numbers make sense", () => {
  cases('FRG-305', [
    {
      it: 'is ok while numbers move, and a still picture repeats itself nine times',
      given: stillSeen(9),
      expect: {status: 'ok'},
    },
    {
      it: 'is a warning when ten stand still and nothing confirms it',
      given: stillSeen(10),
      expect: {status: 'warning', cure: 'none', cameras: ['back'], because: 'not-judged'},
    },
    {
      it: "is critical when the camera's segments stopped too",
      given: stillSeen(10, {frigate: backStopped}),
      expect: {status: 'critical', cure: 'restart', cameras: ['back'], evidenceAt: ago(seconds(8))},
    },
    {
      it: 'needs six where its segments stopped 91 s ago as well',
      given: stillSeen(6, {frigate: {segments: new Map([...backStopped.segments, ['back', aSegment(seconds(91))]])}}),
      expect: {status: 'critical', cure: 'restart', cameras: ['back']},
    },
    {
      it: 'lets six pass where its segments go on',
      given: stillSeen(6),
      expect: {status: 'ok'},
    },
    {
      it: 'is not confirmed when the segments of all cameras stopped: that is the disk or the recorder',
      given: stillSeen(10, {frigate: {segments: new Map(cameraNames.map((name) => [name, aSegment(seconds(200))]))}}),
      expect: {status: 'warning', cure: 'none'},
    },
    {
      it: 'takes zeros that stand still for an outage',
      given: stillSeen(12, {frigate: backStopped}, aCamera('back', {cameraFps: 0, processFps: 5.2})),
      expect: {status: 'ok'},
    },
    {
      it: 'says nothing while no camera moves',
      expect: {status: 'ok'},
      given: anObservation({
        frigate: {history: known(aHistory(20, () => ({cameras: cameraNames.map((name) => aCamera(name))})))},
      }),
    },
    {
      it: 'sees more processed and skipped than came in',
      expect: {status: 'critical', cure: 'restart', cameras: ['back']},
      given: stillSeen(2, {frigate: backStopped}, impossible),
    },
    {it: 'wants two snapshots of it', given: stillSeen(1, {frigate: backStopped}, impossible), expect: {status: 'ok'}},
    {
      it: 'does not hold stale rates against a camera that is away',
      given: stillSeen(4, {frigate: backStopped}, aCamera('back', {cameraFps: 0.2, processFps: 5.2})),
      expect: {status: 'ok'},
    },
    {
      it: 'counts two polls of one snapshot once',
      expect: {status: 'ok'},
      given: anObservation({
        frigate: {history: known(Array.from({length: 12}, () => aSnapshot())), stats: known(aReading())},
      }),
    },
    {
      it: "does not count snapshots from before the container's start",
      expect: {status: 'ok'},
      given: stillSeen(12, {
        pods: known([
          aPod({
            createdAt: ago(minutes(10)),
            frigate: aContainer({state: {phase: 'running', startedAt: ago(seconds(125))}}),
          }),
        ]),
      }),
    },
    {
      it: 'is confirmed by a terminated process',
      expect: {status: 'critical', cure: 'restart', cameras: ['back']},
      given: (() => {
        const history = still(10);
        const snapshot = aSnapshot({
          lastUpdated: history.at(-1)!.lastUpdated,
          cameras: history.at(-1)!.cameras,
          processes,
          mounts,
        });
        return anObservation({
          frigate: {
            history: known(history),
            stats: known(aReading({...snapshot, usages: usagesOf(snapshot).filter(({pid}) => pid !== 400)})),
          },
        });
      })(),
    },
    {
      it: 'is skipped while the statistics stand still',
      given: old(300),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
    {
      it: 'is skipped without statistics',
      given: anObservation({frigate: {stats: noStats, history: noStats}}),
      expect: {status: 'skipped', because: 'FRG-302'},
    },
  ]);
});
