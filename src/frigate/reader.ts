/** Asking Frigate's API over one transport. Each question has the API timeout, within the caller's signal. */
import {known, unknown, type Known} from '../core/known.js';
import type {FrigateObservation} from '../core/observation/frigate.js';
import {earlier, hours, instant, later, milliseconds, seconds, type Duration, type Instant} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import {withDeadline} from '../kubernetes/attention.js';
import type {Cluster} from '../kubernetes/cluster.js';
import type {FrigateReader, FrigateTarget, Transport, TransportReply} from './frigate.js';
import {judgeStats, replyUnknown, statusUnknown} from './liveness.js';
import {parseConfig} from './parse/config.js';
import {parseGo2rtc} from './parse/go2rtc.js';
import {parseSegments} from './parse/segments.js';
import {parseHistory} from './parse/stats.js';
import {probeMount, readCgroup, readMounts} from './probe.js';
import {execTransport} from './transport/exec.js';
import {pathFailed, unlessStarved} from './transport/reply.js';

const MEBIBYTE = 1_048_576;
/** Bounds in bytes: 500 cameras make stats of 1 MB, and 80 snapshots of them in the history. */
const STATS_LIMIT = 8 * MEBIBYTE;
const HISTORY_LIMIT = 32 * MEBIBYTE;
const CONFIG_LIMIT = 16 * MEBIBYTE;
const SEGMENTS_LIMIT = 4 * MEBIBYTE;
const GO2RTC_LIMIT = 4 * MEBIBYTE;
/** go2rtc's own deadline in milliseconds: it answers from memory, and its silence is a finding of its own (FRG-801). */
const GO2RTC_DEADLINE = 5000;
/** How far back segments are asked for. */
const SEGMENT_WINDOW = hours(1);

/** Over which way, and by whose time, a question is asked. */
export interface Asker {
  readonly transport: Transport;
  readonly timers: Timers;
}

const isOver = (signal: AbortSignal): boolean => signal.aborted;

/**
 * One request: Frigate has the timeout, the way its own time beside it. When the pass's own signal ends it, or this process
 * did not run meanwhile, nothing was learned about Frigate: the silence of a request that had no time is not Frigate's.
 */
export const ask = async (
  {transport, timers}: Asker,
  path: string,
  bytes: number,
  timeout: Duration,
  signal: AbortSignal,
): Promise<TransportReply> => {
  if (isOver(signal)) return pathFailed('the deadline of the pass was reached', 'timeout');
  const limit = milliseconds(timeout + transport.setUp);
  const {result, starved} = await withDeadline(timers, signal, limit, (both) =>
    transport.get(path, {signal: both, timeout, limit: bytes}),
  );
  const reply = unlessStarved(result, starved);
  return reply.kind === 'no-answer' && reply.code !== 'starved' && isOver(signal)
    ? pathFailed('the deadline of the pass was reached', 'timeout')
    : reply;
};

/** `/api/stats` over one transport. `onStats` gets the answer whole where it holds statistics. */
export const askStats = async (
  asker: Asker,
  timeout: Duration,
  signal: AbortSignal,
  onStats?: (body: Buffer) => void,
): ReturnType<FrigateReader['stats']> => {
  const reply = await ask(asker, '/api/stats', STATS_LIMIT, timeout, signal);
  const answer = judgeStats(asker.transport.via, reply);
  if (answer.stats.known && reply.kind === 'answer') onStats?.(reply.body);
  return answer;
};

const askBody = async (
  asker: Asker,
  path: string,
  limit: number,
  timeout: Duration,
  signal: AbortSignal,
): Promise<Known<Buffer>> => {
  const asked = `GET ${path.replace(/\?.*/, '')}`;
  const reply = await ask(asker, path, limit, timeout, signal);
  if (reply.kind === 'no-answer') return replyUnknown(asked, reply);
  return reply.status === 200 ? known(reply.body) : statusUnknown(asked, reply);
};

const parsed = <T>(body: Known<Buffer>, parse: (body: Buffer) => Known<T>): Known<T> =>
  body.known ? parse(body.value) : body;

const askHistory = async (
  asker: Asker,
  timeout: Duration,
  signal: AbortSignal,
): ReturnType<FrigateReader['history']> => {
  const body = await askBody(
    asker,
    '/api/stats/history?keys=service,cameras,detectors',
    HISTORY_LIMIT,
    timeout,
    signal,
  );
  if (!body.known && body.why.code === 'not-found')
    return unknown('not-found', 'GET /api/stats/history: no history before 0.14');
  return parsed(body, parseHistory);
};

/** Seconds since the epoch, the way Frigate takes them. */
const unixSeconds = (at: Instant): string => String(Math.floor(at / 1000));

/**
 * `after` and `before` always: from 0.15 the defaults are those of Frigate's start, for ever. `before` lies an
 * hour ahead, so that a Frigate whose clock runs fast still shows its newest segment.
 */
const askSegment = async (
  asker: Asker,
  camera: string,
  now: Instant,
  timeout: Duration,
  signal: AbortSignal,
): ReturnType<FrigateReader['newestSegment']> => {
  const after = earlier(now, SEGMENT_WINDOW);
  const path = `/api/${encodeURIComponent(camera)}/recordings`;
  const body = await askBody(
    asker,
    `${path}?after=${unixSeconds(after)}&before=${unixSeconds(later(now, SEGMENT_WINDOW))}`,
    SEGMENTS_LIMIT,
    timeout,
    signal,
  );
  return parsed(body, (bytes) => parseSegments(`GET ${path}`, bytes, instant(Math.floor(after / 1000) * 1000)));
};

const askGo2rtc = async (
  asker: Asker,
  apiTimeout: Duration,
  signal: AbortSignal,
): Promise<FrigateObservation['go2rtc']> => {
  const deadline = milliseconds(Math.min(GO2RTC_DEADLINE, apiTimeout));
  const reply = await ask(asker, '/api/go2rtc/streams', GO2RTC_LIMIT, deadline, signal);
  const asked = 'GET /api/go2rtc/streams';
  if (reply.kind === 'no-answer')
    return reply.reached && reply.how === 'silent' ? known({hung: true, after: deadline}) : replyUnknown(asked, reply);
  if (reply.status !== 200) return statusUnknown(asked, reply);
  const streams = parseGo2rtc(reply.body);
  return streams.known ? known({streams: streams.value, latency: reply.latency}) : streams;
};

/** Where Frigate's main process listens behind nginx (docker/main/rootfs/usr/local/nginx/conf/nginx.conf, 0.8 to 0.18). */
const BACKEND_PORT = 5001;
const BACKEND_LIMIT = 65_536;
const BACKEND_DEADLINE = seconds(5);

const askBackend = async (asker: Asker, signal: AbortSignal): Promise<FrigateObservation['backend']> => {
  const reply = await ask(asker, '/version', BACKEND_LIMIT, BACKEND_DEADLINE, signal);
  if (reply.kind === 'answer') return known('answers');
  if (reply.reached && (reply.how === 'refused' || reply.how === 'silent')) return known(reply.how);
  return replyUnknown('GET 127.0.0.1:5001/version', reply);
};

export interface ReaderOptions extends Asker {
  readonly cluster: Pick<Cluster, 'exec'>;
  readonly target: FrigateTarget;
  readonly apiTimeout: Duration;
  /** False if the API responds over no transport: then nothing more is requested (on 0.17.2 three hung requests occupied every worker of its nginx). */
  readonly alive: boolean;
}

/** What is asked over HTTP alone. Stats can be requested again at any time; the rest only if the API responded. */
export const httpReader = ({
  transport,
  timers,
  apiTimeout,
  alive,
}: Omit<ReaderOptions, 'cluster' | 'target'>): Omit<
  FrigateReader,
  'mountProbe' | 'mounts' | 'memoryUse' | 'backend'
> => {
  const asker: Asker = {transport, timers};
  const ifAlive = <T>(question: () => Promise<Known<T>>): Promise<Known<T>> =>
    alive ? question() : Promise.resolve(unknown('not-asked', 'not asked, because /api/stats did not answer'));
  return {
    via: transport.via,
    stats: (signal) => askStats(asker, apiTimeout, signal),
    history: (signal) => ifAlive(() => askHistory(asker, apiTimeout, signal)),
    config: (signal) =>
      ifAlive(async () => parsed(await askBody(asker, '/api/config', CONFIG_LIMIT, apiTimeout, signal), parseConfig)),
    newestSegment: (camera, now, signal) => ifAlive(() => askSegment(asker, camera, now, apiTimeout, signal)),
    go2rtc: (signal) => ifAlive(() => askGo2rtc(asker, apiTimeout, signal)),
    close: () => {
      transport.close();
    },
  };
};

/** A reader over one transport, with what is asked by exec in the container. */
export const createReader = ({cluster, target, ...over}: ReaderOptions): FrigateReader => {
  const {timers} = over;
  const container = {cluster, timers};
  return {
    ...httpReader(over),
    mountProbe: (signal) => probeMount(container, target, signal),
    mounts: (signal) => readMounts(container, target, signal),
    memoryUse: (signal) => readCgroup(container, target, signal),
    backend: (signal) =>
      askBackend({transport: execTransport(cluster, {...target, port: BACKEND_PORT}, timers), timers}, signal),
  };
};
