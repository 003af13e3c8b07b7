/** A container's log with the kubelet's timestamps, as a stream. */
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import {rfc3339} from '../../core/time.js';
import type {ApiClient} from '../api/client.js';
import {resources} from '../api/resources.js';
import type {LogRequest} from '../cluster.js';

const queryOf = (request: LogRequest): URLSearchParams => {
  const query = new URLSearchParams({container: request.container, timestamps: 'true'});
  // Whole seconds, downwards: a line too many is recognised by its timestamp, a missing line is lost.
  if (request.since !== null) query.set('sinceTime', rfc3339(request.since));
  if (request.previous) query.set('previous', 'true');
  if (request.follow) query.set('follow', 'true');
  if (request.tailLines !== null) query.set('tailLines', String(request.tailLines));
  return query;
};

/** Nothing is read ahead of the reader. The iteration throws when the connection is cut or the signal ends, so that a part is never taken for the whole. */
export const openLog = async (
  client: ApiClient,
  request: LogRequest,
  signal: AbortSignal,
): Promise<Known<AsyncIterable<Buffer>>> => {
  const ask = {
    verb: 'get',
    resource: resources.Pod,
    subresource: 'log',
    namespace: request.namespace,
    name: request.pod,
  } as const;
  const answer = await client.stream(ask, queryOf(request), signal);
  return answer.ok ? known(answer.value) : {known: false, why: answer.failure.why};
};
