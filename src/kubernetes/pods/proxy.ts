/** GET through the API server's pod proxy, which distinguishes the pod's answer from a failure of the proxy. */
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ApiClient, RawReply} from '../api/client.js';
import {failureOfStatus, oneLine, parseStatus} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {resources, wordsOf} from '../api/resources.js';
import type {HttpReply} from '../cluster.js';
import {podDialFailure} from '../pod-connection.js';

/** How the API server begins its words when it could not get through (apimachinery, proxy.UpgradeAwareHandler). */
const DIAL_FAILURE = 'error trying to reach service: ';

const replyOf = ({status, headers, body}: RawReply): HttpReply => {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat.set(name, Array.isArray(value) ? value.join(', ') : value);
  return {status, headers: flat, body};
};

/** A `Status` object is the API server's own; Frigate's nginx and backend know no such thing. */
const judge = (ask: Ask, reply: RawReply): Known<HttpReply> => {
  const said = reply.status >= 400 ? parseStatus(reply.body) : null;
  if (said === null) return known(replyOf(reply));
  const message = said.message ?? '';
  if (message.startsWith(DIAL_FAILURE))
    return podDialFailure(wordsOf(ask), oneLine(message.slice(DIAL_FAILURE.length), 4000));
  return {known: false, why: failureOfStatus(ask, reply.status, reply.body).why};
};

/** Never repeated: a Frigate in trouble gets one request at a time (on 0.17.2 three that hung took every worker of its nginx). */
export const proxyGet = async (
  client: ApiClient,
  address: {readonly namespace: string; readonly pod: string; readonly port: number; readonly path: string},
  options: {readonly signal: AbortSignal; readonly limit: number},
): Promise<Known<HttpReply>> => {
  const ask: Ask = {
    verb: 'get',
    resource: resources.Pod,
    subresource: 'proxy',
    namespace: address.namespace,
    name: `${address.pod}:${address.port}`,
  };
  const answer = await client.raw(ask, address.path, options);
  return answer.ok ? judge(ask, answer.value) : {known: false, why: answer.failure.why};
};
