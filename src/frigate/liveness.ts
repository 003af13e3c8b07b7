/** What one reply to `/api/stats` says: about the API's life, and what stands in it. */
import {note} from '../core/fix.js';
import {known, STARVED_FIX, unknown, type Known, type Unknown, type UnknownCode} from '../core/known.js';
import type {ApiLiveness, StatsReading, Via} from '../core/observation/frigate.js';
import {parseInstant} from '../core/time.js';
import type {TransportReply} from './frigate.js';
import {holdsPythonNumber, parseJson} from './parse/json.js';
import {readSnapshot} from './parse/stats.js';
import type {NoAnswer} from './transport/reply.js';

type Answer = Extract<TransportReply, {kind: 'answer'}>;

export interface StatsAnswer {
  readonly liveness: ApiLiveness;
  readonly stats: Known<StatsReading>;
}

const codeOf = (status: number): UnknownCode => {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'server-error' : 'failed';
};

/** nginx's message on a port that accepts only TLS, as Frigate's 8971 does from 0.14 on. */
const WANTS_TLS = 'plain HTTP request was sent to HTTPS port';

/** The Unknown that an answer with a status other than 200 stands for. */
export const statusUnknown = (asked: string, {status, body}: Pick<Answer, 'status' | 'body'>): Unknown => {
  if (status === 401 || status === 403)
    return unknown(codeOf(status), `${asked}: HTTP ${status}`, [
      note('Use the internal port (5000), which needs no login (FRIGATE_HC_FRIGATE_API_PORT).'),
    ]);
  if (status === 400 && body.includes(WANTS_TLS))
    return unknown(codeOf(status), `${asked}: HTTP 400, the port expects TLS`, [
      note('Use the internal port (5000), which uses plain HTTP (FRIGATE_HC_FRIGATE_API_PORT).'),
    ]);
  return unknown(codeOf(status), `${asked}: HTTP ${status}`);
};

const codeWithout: Readonly<Record<NoAnswer['how'], UnknownCode>> = {
  refused: 'unreachable',
  silent: 'timeout',
  cut: 'garbled',
  'too-large': 'too-large',
  path: 'unreachable',
};

/** The Unknown that a reply without an answer stands for. */
export const replyUnknown = (asked: string, reply: NoAnswer): Unknown =>
  unknown(
    reply.code ?? codeWithout[reply.how],
    `${asked}: ${reply.detail}`,
    reply.code === 'starved' ? STARVED_FIX : undefined,
  );

const ASKED = 'GET /api/stats';

/** The beginning of a page of HTML or of an XML document. */
const isPage = (body: Buffer): boolean =>
  /^\s*<(?:!doctype|html|\?xml|head|body)\b/i.test(body.toString('latin1', 0, 200));

const doubt = (via: Via, stats: Unknown): StatsAnswer => ({
  liveness: {via, verdict: 'unknown', why: stats.why.message, ...(stats.why.code === 'starved' ? {starved: true} : {})},
  stats,
});

const dead = (
  via: Via,
  how: 'refused' | 'silent' | 'http-status' | 'not-json',
  detail: string,
  stats: Unknown,
): StatsAnswer => ({
  liveness: {via, verdict: 'dead', how, detail},
  stats,
});

/**
 * An answer that is JSON, or would be without a literal NaN, comes from an API that responds, however wrong it is: not `dead`.
 * A status below 500 is a deliberate answer too (a login, another service, the wrong port), and so is a page: Frigate has none under /api,
 * whatever state it is in (nginx.conf, 0.12 to 0.18). Restarting it changes nothing about who answers there.
 */
const judgeAnswer = (via: Via, reply: Answer): StatsAnswer => {
  if (reply.status !== 200) {
    const stats = statusUnknown(ASKED, reply);
    return reply.status >= 500 ? dead(via, 'http-status', `HTTP ${reply.status}`, stats) : doubt(via, stats);
  }
  const json = parseJson(ASKED, reply.body);
  if (!json.known)
    return holdsPythonNumber(reply.body) || isPage(reply.body)
      ? doubt(via, json)
      : dead(via, 'not-json', json.why.message, json);
  const snapshot = readSnapshot(json.value, ASKED);
  if (!snapshot.known) return doubt(via, snapshot);
  const reading = {
    snapshot: snapshot.value,
    date: parseInstant(reply.headers.get('date') ?? ''),
    latency: reply.latency,
  };
  return {liveness: {via, verdict: 'alive', latency: reply.latency}, stats: known(reading)};
};

/** The verdict over one transport. `dead` requires that the transport reached Frigate's container. */
export const judgeStats = (via: Via, reply: TransportReply): StatsAnswer => {
  if (reply.kind === 'answer') return judgeAnswer(via, reply);
  const stats = replyUnknown(ASKED, reply);
  if (!reply.reached) return doubt(via, stats);
  switch (reply.how) {
    case 'refused':
    case 'silent':
      return dead(via, reply.how, reply.detail, stats);
    case 'cut':
      return dead(via, 'not-json', reply.detail, stats);
    case 'too-large':
    case 'path':
      return doubt(via, stats);
  }
};
