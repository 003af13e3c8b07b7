/**
 * Plays a recording through passes: a healthy Frigate for hours (the minute before the fault, again and again), the fault
 * at any distance from the pass before it, and its last minute for as long as is asked. Clocks are shifted, so that
 * nothing tells a repetition from the real thing; a Frigate whose numbers stood still goes on to stand still.
 */
import {known, notAsked, unknown, type Known} from '../../src/core/known.js';
import type {ApiLiveness, FrigateObservation, NewestSegment, Snapshot} from '../../src/core/observation/frigate.js';
import type {LogEvidence} from '../../src/core/observation/log.js';
import type {Observation} from '../../src/core/observation/observation.js';
import type {Container} from '../../src/core/observation/pod.js';
import {instant, milliseconds, minutes, seconds, type Duration, type Instant} from '../../src/core/time.js';
import {LogScanner} from '../../src/frigate/log/scan.js';
import {readSnapshot} from '../../src/frigate/parse/stats.js';
import {
  aCameraConfig,
  aConfig,
  aContainer,
  aCronJob,
  aPod,
  anObservation,
  aTermination,
} from '../support/observation.js';
import type {Facts} from './facts.js';
import type {Recording} from './recording.js';

/** Seconds before the fault that were recorded. */
const BEFORE = 60;
/** The container has run for a day when the fault begins. */
const DAY = 86_400;
/** Where the fault begins on the wall: any instant will do. */
const FAULT_AT = Date.UTC(2026, 9, 10, 3, 0, 0) / 1000;
const INTERVAL = minutes(5);
const HISTORY = 80;
const SEGMENT = 10;
const CAMERAS = ['back', 'front', 'garage'] as const;

export interface Pass {
  readonly at: Instant;
  /** Seconds since the fault began; negative before it. */
  readonly since: number;
  readonly observation: Observation;
}

export interface PlaybackOptions {
  /** Passes before and after the fault. */
  readonly before?: number;
  readonly after?: number;
  /** Between two passes; five minutes without it. */
  readonly every?: Duration;
}

/** What Frigate answered from a time on, until the next one. */
interface Moment {
  readonly at: number;
  readonly answer: 'stats' | 'refused' | 'silent' | 'status 500';
  readonly snapshot: Snapshot | null;
}

/**
 * Passes five minutes apart, or `every` so often.
 * @param phase Seconds from the fault to the first pass after it, 0 to 299.
 */
export function* playback(
  recording: Recording,
  facts: Facts,
  phase: number,
  {before = 6, after = 8, every = INTERVAL}: PlaybackOptions = {},
): Generator<Pass> {
  const first = phase - before * (every / 1000);
  const last = phase + (after - 1) * (every / 1000);
  const moments = unroll(recording, first - HISTORY * 15 - BEFORE, last);
  const lines = unrollLog(recording, last);
  for (let pass = 0; pass < before + after; pass += 1) {
    const since = first + pass * (every / 1000);
    yield {at: wall(since), since, observation: observe(recording, facts, moments, lines, since)};
  }
}

const wall = (since: number): Instant => instant((FAULT_AT + since) * 1000);

// ── Time beyond the recording ───────────────────────────────────────────────────────────────────────────────────

/** The recorded moments with the healthy minute before them and the last minute after them as often as needed. */
const unroll = (recording: Recording, from: number, to: number): readonly Moment[] => {
  const end = recording.polls.at(-1)?.[0] ?? 0;
  const healthy = recording.polls.filter(([at]) => at < 0);
  const tail = recording.polls.filter(([at]) => at > end - BEFORE);
  const moments: Moment[] = [];
  for (let shift = -Math.ceil((-BEFORE - from) / BEFORE) * BEFORE; shift < 0; shift += BEFORE)
    moments.push(...momentsOf(recording, healthy, shift));
  moments.push(...momentsOf(recording, recording.polls, 0));
  for (let shift = BEFORE; end - BEFORE + shift < to; shift += BEFORE)
    moments.push(...momentsOf(recording, tail, shift));
  return withoutRepetitions(moments);
};

const momentsOf = (recording: Recording, polls: Recording['polls'], shift: number): readonly Moment[] =>
  polls.map(([at, answer]) => {
    const snapshot = typeof answer === 'number' ? snapshotOf(recording, answer, shift) : null;
    return {
      at: at + shift,
      answer:
        snapshot !== null || answer === 'same'
          ? 'stats'
          : answer === 'silent'
            ? 'silent'
            : answer === 'refused'
              ? 'refused'
              : 'status 500',
      snapshot,
    };
  });

/** A snapshot whose `last_updated` is that of an earlier one (a minute holds four or five of them) is left out. */
const withoutRepetitions = (moments: readonly Moment[]): readonly Moment[] => {
  let newest = Number.NEGATIVE_INFINITY;
  let shown: Snapshot | null = null;
  return [...moments]
    .sort((a, b) => a.at - b.at)
    .map((moment) => {
      if (moment.answer !== 'stats') return moment;
      const {snapshot} = moment;
      const at = snapshot?.lastUpdated ?? null;
      if (snapshot !== null && at !== null && (at > newest || (snapshot.uptime ?? 0) < (shown?.uptime ?? 0)))
        [newest, shown] = [at, snapshot];
      return {...moment, snapshot: shown};
    });
};

const snapshotOf = (recording: Recording, index: number, shift: number): Snapshot => {
  const raw = recording.snapshots[index]!;
  const read = readSnapshot({
    ...raw,
    service: {
      ...raw.service,
      last_updated: raw.service.last_updated - recording.faultAt + FAULT_AT + shift,
      uptime: uptimeOf(recording, raw.service, shift),
    },
  });
  if (!read.known) throw new Error(`${recording.fault}: snapshot ${index}: ${read.why.message}`);
  return read.value;
};

/** The first container has run for a day; later ones since they really started. */
const uptimeOf = (
  recording: Recording,
  {uptime, last_updated: at}: {readonly uptime: number; readonly last_updated: number},
  shift: number,
): number => (at - uptime < recording.faultAt - BEFORE ? uptime + DAY + shift : uptime + Math.max(0, shift));

const unrollLog = (recording: Recording, to: number): ReadonlyArray<readonly [number, string]> => {
  const end = recording.polls.at(-1)?.[0] ?? 0;
  const tail = recording.log.filter(([at]) => at > end - BEFORE && at <= end);
  const lines: Array<readonly [number, string]> = [...recording.log];
  for (let shift = BEFORE; end - BEFORE + shift < to; shift += BEFORE)
    lines.push(...tail.map(([at, text]) => [at + shift, text] as const));
  return lines;
};

// ── One pass ────────────────────────────────────────────────────────────────────────────────────────────────────

const observe = (
  recording: Recording,
  facts: Facts,
  moments: readonly Moment[],
  lines: ReadonlyArray<readonly [number, string]>,
  since: number,
): Observation => {
  const at = wall(since);
  const container = containerAt(recording, facts, since);
  return anObservation({
    at,
    localClock: at,
    apiServer: known({date: at}),
    pods: known([aPod({createdAt: wall(-DAY), frigate: container})]),
    cronJob: known(aCronJob({lastScheduled: at, lastSuccessful: at})),
    frigate: frigateAt(facts, moments, since, container),
    log: logAt(lines, since, container),
  });
};

const runs = (container: Container): boolean => container.state.phase === 'running';

const startOf = (container: Container): Instant | null =>
  container.state.phase === 'running' ? container.state.startedAt : null;

/** After the recording a crash loop goes on at the kubelet's longest back-off. */
const containerAt = (recording: Recording, facts: Facts, since: number): Container => {
  const ended = recording.exits.filter(({finishedAt}) => finishedAt <= since);
  const last = ended.at(-1);
  if (last === undefined) return aContainer({id: 'containerd://0', state: {phase: 'running', startedAt: wall(-DAY)}});
  const next = recording.exits[ended.length];
  const beyond =
    facts.crashLoop === true && next === undefined ? Math.max(0, Math.floor((since - last.finishedAt) / 300)) : 0;
  const startedAt = next?.startedAt ?? (facts.crashLoop === true ? null : last.finishedAt + 1);
  const count = ended.length + beyond;
  return aContainer({
    id: `containerd://${count}`,
    ready: true,
    restartCount: count,
    state:
      startedAt !== null && startedAt <= since
        ? {phase: 'running', startedAt: wall(startedAt)}
        : {phase: 'waiting', reason: 'CrashLoopBackOff', message: 'back-off restarting failed container'},
    last: aTermination({
      exitCode: last.exitCode,
      reason: facts.exitReason ?? 'Error',
      startedAt: wall(last.startedAt),
      finishedAt: wall(last.finishedAt + beyond * 300),
    }),
  });
};

const frigateAt = (
  facts: Facts,
  moments: readonly Moment[],
  since: number,
  container: Container,
): Partial<FrigateObservation> => {
  const at = wall(since);
  const moment = moments.findLast((each) => each.at <= since);
  const segments = segmentsAt(facts, since);
  const snapshot = moment?.answer === 'stats' ? moment.snapshot : null;
  if (!runs(container) || moment === undefined || snapshot === null) {
    return {
      ...silence(runs(container) ? (moment?.answer ?? 'refused') : null),
      segments: new Map(
        CAMERAS.map((name) => [name, unknown('unreachable', `GET /api/${name}/recordings: no answer`)]),
      ),
    };
  }
  const pointsToMount =
    at - (snapshot.lastUpdated ?? at) > seconds(45) ||
    [...segments.values()].some(
      (each) => each.known && each.value.found === 'one' && at - each.value.segment.end > seconds(120),
    );
  const safeMode = snapshot.cameras.length === 0;
  return {
    liveness: [{via: 'proxy', verdict: 'alive', latency: milliseconds(10)}],
    stats: known({snapshot, date: at, latency: milliseconds(10)}),
    history: known(historyAt(moments, since, container)),
    config: known(
      safeMode ? aConfig({safeMode: true, cameras: [], detectors: new Map([['cpu', 'cpu']])}) : configuration,
    ),
    segments: safeMode ? new Map() : segments,
    go2rtc: snapshot.cameras.some(({name, cameraFps}) => name === 'front' && (cameraFps ?? 0) < 1)
      ? known({streams: [{name: 'front', connected: false}], latency: milliseconds(5)})
      : notAsked(),
    mountProbe: !pointsToMount
      ? notAsked()
      : known(facts.mountAnswers === false ? {answered: false, detail: 'no answer within 5 s'} : {answered: true}),
    mounts: pointsToMount
      ? known([
          {
            path: '/media/frigate',
            type: snapshot.mounts.find(({path}) => path === '/media/frigate/recordings')?.type ?? 'ext4',
            readOnly: false,
          },
        ])
      : notAsked(),
  };
};

/** The cameras of the recordings: `front` comes through go2rtc, `back` has a record input of its own; all from one host. */
const configuration = aConfig({
  cameras: CAMERAS.map((name) => aCameraConfig(name, {hosts: name === 'front' ? ['127.0.0.1'] : ['192.0.2.1']})),
  detectors: new Map([['cpu1', 'cpu']]),
});

const silence = (answer: Moment['answer'] | null): Partial<FrigateObservation> => {
  const via = ['proxy', 'exec'] as const;
  const liveness: readonly ApiLiveness[] = via.map((each) => {
    if (answer === null) return {via: each, verdict: 'unknown', why: 'the container does not run'};
    const how = answer === 'refused' ? 'refused' : answer === 'status 500' ? 'http-status' : 'silent';
    return {via: each, verdict: 'dead', how, detail: answer};
  });
  const why = unknown('unreachable', 'GET /api/stats: no answer');
  return {liveness, stats: why, history: why, config: why, go2rtc: notAsked()};
};

/** Snapshots of this container without usages, as the history has them. */
const historyAt = (moments: readonly Moment[], since: number, container: Container): readonly Snapshot[] => {
  const start = startOf(container) ?? 0;
  const unique = new Map<number, Snapshot>();
  for (const {at, snapshot} of moments) {
    const made = snapshot?.lastUpdated ?? null;
    if (at <= since && snapshot !== null && made !== null && made >= start)
      unique.set(made, {...snapshot, usages: null, systemCpu: null, systemMemory: null});
  }
  return [...unique.values()].slice(-HISTORY);
};

const segmentsAt = (facts: Facts, since: number): ReadonlyMap<string, Known<NewestSegment>> =>
  new Map(
    CAMERAS.map((name) => {
      const gap = facts.recording?.[name];
      const until =
        gap === undefined || since < gap.stops || (gap.resumes !== undefined && since >= gap.resumes)
          ? since
          : gap.stops;
      // A segment is written some seconds after its end.
      const end = Math.floor((until - 4) / SEGMENT) * SEGMENT;
      return [name, known({found: 'one', segment: {end: wall(end), length: seconds(SEGMENT)}})];
    }),
  );

const logAt = (
  lines: ReadonlyArray<readonly [number, string]>,
  since: number,
  container: Container,
): Known<LogEvidence> => {
  const to = wall(since);
  const from = instant(Math.max(to - minutes(10), startOf(container) ?? 0));
  const scanner = new LogScanner({since: from, to});
  const text = lines
    .filter(([at]) => wall(at) >= from && wall(at) < to)
    .map(([at, line]) => `${new Date(wall(at)).toISOString()} ${line}\n`)
    .join('');
  scanner.push(Buffer.from(text));
  return known(scanner.finish(true));
};
