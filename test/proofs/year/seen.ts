/** What a pass sees of the installation: the same observation that the real ports would make of it, without sockets. */
import {memoize} from '../../../src/core/memoize.js';
import {known, notAsked, unknown, type Known} from '../../../src/core/known.js';
import type {FrigateObservation, NewestSegment, Snapshot} from '../../../src/core/observation/frigate.js';
import {silentLog, type LogEvidence} from '../../../src/core/observation/log.js';
import type {Observation} from '../../../src/core/observation/observation.js';
import type {Container, Pod} from '../../../src/core/observation/pod.js';
import {instant, milliseconds, seconds, type Duration, type Instant} from '../../../src/core/time.js';
import type {Run} from '../../../src/simulator/frigate/fault.js';
import {answer} from '../../../src/simulator/frigate/http.js';
import {configPayload} from '../../../src/simulator/frigate/layout.js';
import {logLines, printed} from '../../../src/simulator/frigate/log.js';
import {recordedRanges} from '../../../src/simulator/frigate/recording.js';
import {cachedMoment, go2rtcHangs, history, mediaHangs, mediaIsReadOnly} from '../../../src/simulator/frigate/run.js';
import {memoryUse} from '../../../src/simulator/frigate/memory.js';
import {containerCpuSeconds} from '../../../src/simulator/frigate/processes.js';
import {takeSample} from '../../../src/simulator/frigate/sample.js';
import {fullVersion} from '../../../src/simulator/frigate/site.js';
import {LogScanner} from '../../../src/frigate/log/scan.js';
import {parseConfig} from '../../../src/frigate/parse/config.js';
import {parseGo2rtc} from '../../../src/frigate/parse/go2rtc.js';
import {parseJson} from '../../../src/frigate/parse/json.js';
import {readSnapshot} from '../../../src/frigate/parse/stats.js';
import {
  aContainer,
  aCronJob,
  aNode,
  anEvent,
  anObservation,
  memoryUsed,
  aPod,
  aTermination,
  aWorkload,
  settled,
} from '../../support/observation.js';
import {shiftable} from '../support/shifted.js';
import {site, type Installation} from './installation.js';

/** Snapshots of the history that a pass reads here; the real one gives up to 80. The longest look back that a check asks for is 10. */
const HISTORY = 12;
/** In calm hours a whole look is taken once an hour; the others see it again with a shorter history, moved along with time. */
const FULL_LOOK = 3600;
const CALM_HISTORY = 3;
const LOG_WINDOW = 600;
const SEGMENT = 10;
/** Seconds of a sample of a metrics-server. */
const CPU_WINDOW = 15;
/** Seconds of the start-up grace. */
const GRACE = 600;
/** What is kept of a calm Frigate, moved along with time. */
interface Calm {
  readonly container: number;
  readonly at: number;
  readonly later: (by: Duration) => FrigateObservation;
}

const at = (unixSeconds: number): Instant => instant(Math.round(unixSeconds * 1000));

/** What is the same at every moment. */
const usual = anObservation();

export class Eye {
  #calm: Calm | null = null;

  /** The observation of a pass at this moment. */
  look(installation: Installation, state: Observation['state']): Observation {
    const now = at(installation.now);
    return {
      ...usual,
      ...clusterOf(installation),
      at: now,
      localClock: now,
      apiServer: known({date: now}),
      cronJob: known(aCronJob({lastScheduled: now, lastSuccessful: now})),
      frigate: installation.calm ? this.#calmFrigate(installation) : frigateOf(installation),
      log: installation.calm ? known(quietLog(now)) : logOf(installation),
      previousLog: notAsked(),
      // In calm hours nothing leaks.
      memoryUse: installation.calm ? memoryUsed(26) : memoryUseOf(installation),
      cpuUse: cpuUseOf(installation),
      state,
    };
  }

  #calmFrigate(installation: Installation): FrigateObservation {
    const kept = this.#calm;
    if (kept === null || kept.container !== installation.containerNumber || installation.now % FULL_LOOK === 0) {
      const frigate = frigateOf(installation);
      const history = frigate.history.known ? known(frigate.history.value.slice(-CALM_HISTORY)) : frigate.history;
      this.#calm = {
        container: installation.containerNumber,
        at: installation.now,
        later: shiftable({...frigate, history}),
      };
      return frigate;
    }
    return kept.later(seconds(installation.now - kept.at));
  }
}

// ── The cluster ─────────────────────────────────────────────────────────────────────────────────────────────────

/** What the API server knows of it, without Frigate's own part of an observation. */
export const clusterOf = (installation: Installation): Pick<Observation, 'workload' | 'pods' | 'node' | 'events'> => {
  const pod = podOf(installation);
  return {
    workload: known({found: 'one', workload: workloadOf(installation)}),
    pods: known(installation.has('ghost') ? [ghost, pod] : [pod]),
    node: known(nodeOf(installation)),
    events: known(eventsOf(installation)),
  };
};

const idOf = ({containerNumber}: Installation): string => `containerd://${containerNumber}`;

const containerOf = (installation: Installation): Container | null => {
  const {running, run, lastExit, restartCount, startsAt, now, podCreatedAt} = installation;
  const last =
    lastExit === null
      ? null
      : aTermination({
          exitCode: lastExit.exitCode,
          reason: lastExit.reason,
          startedAt: at(lastExit.startedAt),
          finishedAt: at(lastExit.at),
        });
  if (running)
    return aContainer({
      id: idOf(installation),
      restartCount,
      last,
      state: {phase: 'running', startedAt: run.startedAt},
    });
  if (lastExit === null || podCreatedAt > lastExit.at) return null;
  const reason = startsAt - now > 30 ? 'CrashLoopBackOff' : 'ContainerCreating';
  return aContainer({
    id: idOf(installation),
    ready: false,
    restartCount,
    last,
    state: {phase: 'waiting', reason, message: null},
  });
};

/** As a metrics-server answers. */
export const memoryUseOf = ({running, nodeReady, run, now}: Installation): NonNullable<Observation['memoryUse']> =>
  running && nodeReady
    ? known({workingSet: Math.round(memoryUse(run, now).workingSet * 2 ** 20), source: 'metrics-api', at: at(now)})
    : unknown('not-found', 'the metrics API has nothing of this container yet');

/** As a metrics-server answers, where a pass asks for it: of a start that lasts longer than the grace. */
const cpuUseOf = ({calm, running, nodeReady, run, now}: Installation): NonNullable<Observation['cpuUse']> => {
  if (calm || !running || !nodeReady || now - run.startedAt / 1000 < GRACE) return notAsked();
  const cores = (containerCpuSeconds(run, now) - containerCpuSeconds(run, now - CPU_WINDOW)) / CPU_WINDOW;
  return known({cores, at: at(now)});
};

const podOf = (installation: Installation): Pod => {
  const frigate = containerOf(installation);
  return aPod({
    name: `frigate-${installation.podNumber}`,
    uid: `pod-${installation.podNumber}`,
    createdAt: at(installation.podCreatedAt),
    phase: frigate === null ? 'Pending' : 'Running',
    frigate: frigate !== null && !installation.nodeReady ? {...frigate, ready: false} : frigate,
  });
};

const ghost: Pod = aPod({
  name: 'frigate-0',
  uid: 'ghost',
  current: false,
  frigate: aContainer({
    id: 'containerd://ghost',
    ready: false,
    state: {phase: 'terminated', ...aTermination({exitCode: 255, reason: 'Unknown'})},
  }),
});

const workloadOf = ({restartedAt, attempt, revisions, running, nodeReady, podNumber}: Installation) =>
  aWorkload({
    createdAt: at(revisions.at(-1) ?? 0),
    restartedAt: restartedAt === null ? null : at(restartedAt),
    attempt,
    revisions: revisions.slice(0, 11).map(at),
    readyReplicas: running && nodeReady ? 1 : 0,
    availableReplicas: running && nodeReady ? 1 : 0,
    generation: podNumber,
    observedGeneration: podNumber,
    conditions: settled,
  });

const nodeOf = ({nodeReady}: Installation) =>
  nodeReady
    ? aNode()
    : aNode({
        conditions: [
          {
            type: 'Ready',
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransition: null,
          },
        ],
      });

const eventsOf = ({restartCount, lastExit, now}: Installation) =>
  lastExit !== null && restartCount > 1 && now - lastExit.at < LOG_WINDOW
    ? [anEvent('BackOff', 'Back-off restarting failed container', {lastSeen: at(lastExit.at)})]
    : [];

// ── Frigate ─────────────────────────────────────────────────────────────────────────────────────────────────────

const body = (installation: Installation, path: string): Buffer | null => {
  const reply = answer(installation.run, path, installation.now);
  return reply.kind === 'reply' && reply.status === 200 ? Buffer.from(reply.body) : null;
};

/** What Frigate itself answers at this moment. */
export const frigateOf = (installation: Installation): FrigateObservation => {
  const {run, now} = installation;
  const door = installation.door('/api/stats');
  const stats = door === 'open' ? currentSnapshot(installation) : null;
  const segments = segmentsOf(installation);
  if (stats === null) return unreachable(installation, door);
  const busy = installation.has('busy');
  const reading = {snapshot: busy ? starved(stats) : stats, date: at(now), latency: milliseconds(12)};
  const suspicious =
    now * 1000 - (stats.lastUpdated ?? 0) > 45_000 ||
    [...segments.values()].some(
      (each) => each.known && (each.value.found === 'none' || now * 1000 - each.value.segment.end > 120_000),
    );
  const silentRestream = stats.cameras.some(
    ({name, cameraFps}) =>
      (cameraFps ?? 0) < 1 && site.cameras.some((camera) => camera.name === name && camera.throughGo2rtc),
  );
  return {
    liveness: [{via: 'proxy', verdict: 'alive', latency: milliseconds(12)}],
    stats: known(reading),
    backend: notAsked(),
    history: known(
      history(run, cachedMoment(run, now))
        .slice(-HISTORY)
        .map((look) => {
          const snapshot = snapshotOf(installation, look);
          return busy && look.at > now - 300 ? starved(snapshot) : snapshot;
        }),
    ),
    config: installation.door('/api/config') === 'open' ? configOf(run) : unknown('garbled', 'no config'),
    segments,
    go2rtc: !silentRestream ? notAsked() : go2rtcOf(installation),
    mountProbe: !suspicious
      ? notAsked()
      : known(mediaHangs(run, now) ? {answered: false, detail: 'no answer within 5 s'} : {answered: true}),
    mounts: !suspicious
      ? notAsked()
      : known([{path: '/media/frigate', type: site.mediaType, readOnly: mediaIsReadOnly(run, now)}]),
  };
};

/** What `/api/config` says is the same at every moment of a process. */
const configOf = memoize((run: Run): FrigateObservation['config'] =>
  parseConfig(Buffer.from(JSON.stringify(configPayload(run)))),
);

const unreachable = (
  {running, nodeReady}: Installation,
  door: ReturnType<Installation['door']>,
): FrigateObservation => {
  const silent = unknown('timeout', 'GET /api/stats: no answer');
  const how = door === 'refused' ? 'refused' : door === 'backend-down' ? 'http-status' : 'silent';
  return {
    liveness: (['proxy', 'exec'] as const).map((via) =>
      running && nodeReady
        ? {via, verdict: 'dead', how, detail: 'no answer in 10 s'}
        : {via, verdict: 'unknown', why: 'the container does not run'},
    ),
    stats: silent,
    backend: how === 'refused' ? known('refused') : notAsked(),
    history: silent,
    config: silent,
    segments: new Map(),
    go2rtc: notAsked(),
    mountProbe: notAsked(),
    mounts: notAsked(),
  };
};

const currentSnapshot = (installation: Installation): Snapshot | null => {
  const bytes = body(installation, '/api/stats');
  const json = bytes === null ? null : parseJson('GET /api/stats', bytes);
  const read = json?.known === true ? readSnapshot(json.value) : null;
  return read?.known === true ? read.value : null;
};

/** A snapshot of the history straight from the sample: as `/api/stats/history` gives it, without usages. */
const snapshotOf = ({run}: Installation, look: ReturnType<typeof history>[number]): Snapshot => {
  const sample = takeSample(run, look);
  return {
    lastUpdated: at(sample.lastUpdated),
    uptime: seconds(Math.max(0, sample.uptime)),
    version: fullVersion[run.version],
    cameras: sample.cameras
      .map(({camera, rates, pid, capturePid, ffmpegPid}) => ({
        name: camera.name,
        cameraFps: rates.camera,
        processFps: rates.process,
        skippedFps: rates.skipped,
        detectionFps: rates.detection,
        detectionEnabled: true,
        pid,
        capturePid,
        ffmpegPid,
        expectedFps: null,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    detectors: sample.detectors.map(({name, inference, detectionStart, pid}) => ({
      name,
      inferenceSpeed: inference,
      detectionStart,
      pid,
      temperature: null,
    })),
    processes: sample.services,
    usages: null,
    systemCpu: null,
    systemMemory: null,
    gpus: [],
    mounts: [],
    unreadable: [],
  };
};

/** Everything slow, because another process has the CPU (measured on 0.17.2). */
const starved = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  systemCpu: 99,
  cameras: snapshot.cameras.map((camera) => ({
    ...camera,
    processFps: 1.5,
    skippedFps: Math.max(0, (camera.cameraFps ?? 0) - 1.5),
    detectionFps: (camera.detectionFps ?? 0) / 4,
  })),
  detectors: snapshot.detectors.map((detector) => ({...detector, inferenceSpeed: (detector.inferenceSpeed ?? 0) * 14})),
});

const go2rtcOf = (installation: Installation): FrigateObservation['go2rtc'] => {
  if (go2rtcHangs(installation.run, installation.now)) return known({hung: true, after: seconds(5)});
  const bytes = body(installation, '/api/go2rtc/streams');
  const streams = bytes === null ? unknown('garbled', 'no streams') : parseGo2rtc(bytes);
  return streams.known ? known({streams: streams.value, latency: milliseconds(5)}) : streams;
};

const segmentsOf = ({run, now}: Installation): FrigateObservation['segments'] =>
  new Map(
    site.cameras.map((camera): [string, Known<NewestSegment>] => {
      const range = recordedRanges(run, camera, now).at(-1);
      const whole = range === undefined ? 0 : Math.floor((Math.min(range.to, now - 4) - range.from) / SEGMENT);
      if (range === undefined || whole < 1 || range.from + whole * SEGMENT < now - 3600)
        return [camera.name, known({found: 'none', after: at(now - 3600)})];
      return [
        camera.name,
        known({found: 'one', segment: {end: at(range.from + whole * SEGMENT), length: seconds(SEGMENT)}}),
      ];
    }),
  );

// ── Its log ─────────────────────────────────────────────────────────────────────────────────────────────────────

const quietLog = (now: Instant): LogEvidence => ({
  ...silentLog(instant(now - LOG_WINDOW * 1000), now),
  bytes: 4096,
});

/** The lines of the last ten minutes, as `kubectl logs --timestamps` gives them. */
export const logText = ({run, now}: Installation): string =>
  logLines(run, {from: now - LOG_WINDOW, to: now})
    .map((line) => `${new Date(line.at * 1000).toISOString()} ${printed(line)}\n`)
    .join('');

const logOf = (installation: Installation): Observation['log'] => {
  if (!installation.running) return notAsked('there is no container whose log could be read');
  const scanner = new LogScanner({since: at(installation.now - LOG_WINDOW), to: at(installation.now)});
  scanner.push(Buffer.from(logText(installation)));
  return known(scanner.finish(true));
};
