/**
 * The six endpoints of Consul's HTTP API that are needed, over fetch. Every call has a deadline, and every expected failure is a
 * value. What each endpoint answers is held against a real agent (test/services/consul.test.ts).
 */
import * as z from 'zod';
import {maskedLine} from '../core/mask.js';
import {seconds, type Duration} from '../core/time.js';
import {within, type Timers} from '../core/timers.js';

/** States of a check that Consul knows. */
export type CheckStatus = 'passing' | 'warning' | 'critical';

export interface ServiceCheck {
  readonly CheckID: string;
  readonly Name: string;
  /** Such as `60s`: without an update for so long the check is critical. */
  readonly TTL: string;
  readonly Status: CheckStatus;
  readonly Notes?: string;
  readonly DeregisterCriticalServiceAfter?: string;
}

/** The body of a registration, in Consul's own names. */
export interface ServiceRegistration {
  readonly ID: string;
  readonly Name: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[];
  readonly Meta: Readonly<Record<string, string>>;
  readonly Checks: readonly ServiceCheck[];
}

export type ConsulAnswer<T> =
  | {readonly kind: 'done'; readonly value: T}
  /** 404: the agent does not know the service or the check; it was restarted, or somebody deregistered it. */
  | {readonly kind: 'not-found'}
  /** Another 4xx: the token, the policy or the request. */
  | {readonly kind: 'refused'; readonly message: string}
  /** No answer in time, no connection, or 5xx: the agent is away. */
  | {readonly kind: 'away'; readonly message: string};

export interface RegisteredService {
  readonly id: string;
  readonly name: string;
  readonly meta: Readonly<Record<string, string>>;
}

/** One instance of a service as the catalog has it. */
export interface ServiceInstance {
  readonly id: string;
  readonly name: string;
  /** Of the service; of its node where the service has none. */
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
}

export interface ServiceList {
  readonly instances: readonly ServiceInstance[];
  /** Handed to the next question, which is answered when something changed. */
  readonly index: string;
}

export interface ConsulClient {
  /** Checks that are not named any more are removed. */
  register(service: ServiceRegistration, signal: AbortSignal): Promise<ConsulAnswer<null>>;
  deregister(serviceId: string, signal: AbortSignal): Promise<ConsulAnswer<null>>;
  updateCheck(checkId: string, status: CheckStatus, output: string, signal: AbortSignal): Promise<ConsulAnswer<null>>;
  setMaintenance(serviceId: string, reason: string | null, signal: AbortSignal): Promise<ConsulAnswer<null>>;
  /** Services of this agent with that entry in their meta data. Without the permission to read them the list is empty. */
  servicesWith(key: string, value: string, signal: AbortSignal): Promise<ConsulAnswer<readonly RegisteredService[]>>;
  /** Every instance of a service, whatever its checks say; with an index it waits up to `wait` for a change. */
  instancesOf(
    service: string,
    blocking: {readonly index: string; readonly wait: Duration} | null,
    signal: AbortSignal,
  ): Promise<ConsulAnswer<ServiceList>>;
}

export interface ConsulAccess {
  /** `http://127.0.0.1:8500`, without a path. */
  readonly url: string;
  /** Read for each call, so that a new token holds at once; `null`: none. */
  readonly token: () => string | null;
  readonly timers: Timers;
  readonly onRequest: (result: 'done' | 'not_found' | 'refused' | 'failed') => void;
}

const REQUEST_LIMIT = seconds(5);
/** Consul adds up to a sixteenth of the wait; the rest is for the way. */
const BLOCKING_EXTRA = seconds(10);
/** A list of a thousand services is 3 MB. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Up to 1.10 an agent answers 500 about a check or service that it does not know; only the text of the answer identifies it. */
const UNKNOWN = /^(?:Unknown (?:check|service) |CheckID "[^"]*" does not have associated TTL$)/;

const RESULTS = {done: 'done', 'not-found': 'not_found', refused: 'refused', away: 'failed'} as const;

const meta = z.record(z.string(), z.string()).nullish();
const agentServices = z.record(z.string(), z.object({ID: z.string(), Service: z.string(), Meta: meta}));
const healthEntries = z.array(
  z.object({
    Node: z.object({Address: z.string()}),
    Service: z.object({ID: z.string(), Service: z.string(), Address: z.string(), Port: z.number(), Meta: meta}),
  }),
);

/** The address of an agent from what a person wrote: `host:port` or a URL; `null`: it is neither. */
export const consulUrl = (written: string): string | null => {
  const text = written.includes('://') ? written : `http://${written}`;
  if (!URL.canParse(text)) return null;
  const {protocol, host, pathname, search, username} = new URL(text);
  const isPlain = (protocol === 'http:' || protocol === 'https:') && host !== '' && username === '';
  return isPlain && pathname === '/' && search === '' ? `${protocol}//${host}` : null;
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'the request failed';
  const {cause} = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  return error.name === 'TimeoutError' ? 'no answer in time' : maskedLine(code ?? error.message, 200);
};

export const consulClient = ({url, token, timers, onRequest}: ConsulAccess): ConsulClient => {
  const ask = async (
    method: 'GET' | 'PUT',
    path: string,
    body: object | null,
    limit: Duration,
    signal: AbortSignal,
  ): Promise<ConsulAnswer<Response>> => {
    const own = token();
    try {
      const response = await fetch(`${url}/v1/${path}`, {
        method,
        headers: {
          ...(own === null ? {} : {'x-consul-token': own}),
          ...(body === null ? {} : {'content-type': 'application/json'}),
        },
        body: body === null ? null : JSON.stringify(body),
        signal: within(timers, limit, signal),
        redirect: 'error',
      });
      if (response.ok) return {kind: 'done', value: response};
      const text = maskedLine(await response.text(), 200);
      const message = `${method} /v1/${path.replace(/\?.*/, '')}: HTTP ${response.status} ${text}`;
      if (response.status === 404 || UNKNOWN.test(text)) return {kind: 'not-found'};
      // 429 is the agent's own limit: the request was right.
      return response.status < 500 && response.status !== 429 ? {kind: 'refused', message} : {kind: 'away', message};
    } catch (error) {
      return {kind: 'away', message: `${method} /v1/${path.replace(/\?.*/, '')}: ${reasonOf(error)}`};
    }
  };

  const counted = <T>(answer: ConsulAnswer<T>): ConsulAnswer<T> => {
    onRequest(RESULTS[answer.kind]);
    return answer;
  };

  const put = async (path: string, body: object | null, signal: AbortSignal): Promise<ConsulAnswer<null>> => {
    const answer = await ask('PUT', path, body, REQUEST_LIMIT, signal);
    // The connection is free for the next one only when the body was read.
    if (answer.kind === 'done') await answer.value.text().catch(() => null);
    return counted(answer.kind === 'done' ? {kind: 'done', value: null} : answer);
  };

  const get = async <T>(
    path: string,
    schema: z.ZodType<T>,
    limit: Duration,
    signal: AbortSignal,
  ): Promise<ConsulAnswer<{readonly value: T; readonly index: string}>> => {
    const answer = await ask('GET', path, null, limit, signal);
    if (answer.kind !== 'done') return counted(answer);
    const index = answer.value.headers.get('x-consul-index') ?? '0';
    try {
      const text = await answer.value.text();
      if (text.length > MOST_CHARACTERS) return counted({kind: 'refused', message: `GET /v1/${path}: too large`});
      return counted({kind: 'done', value: {value: schema.parse(JSON.parse(text)), index}});
    } catch (error) {
      const garbled = error instanceof SyntaxError || error instanceof z.ZodError;
      const message = garbled ? 'the answer is not what Consul answers' : reasonOf(error);
      return counted({kind: 'away', message: `GET /v1/${path.replace(/\?.*/, '')}: ${message}`});
    }
  };

  const part = encodeURIComponent;

  return {
    register: (service, signal) => put('agent/service/register?replace-existing-checks=true', service, signal),
    deregister: (id, signal) => put(`agent/service/deregister/${part(id)}`, null, signal),
    updateCheck: (id, status, output, signal) =>
      put(`agent/check/update/${part(id)}`, {Status: status, Output: output}, signal),
    setMaintenance: (id, reason, signal) =>
      put(
        `agent/service/maintenance/${part(id)}?${reason === null ? 'enable=false' : `enable=true&reason=${part(reason)}`}`,
        null,
        signal,
      ),
    servicesWith: async (key, value, signal) => {
      const filter = part(`Meta[${JSON.stringify(key)}] == ${JSON.stringify(value)}`);
      const answer = await get(`agent/services?filter=${filter}`, agentServices, REQUEST_LIMIT, signal);
      if (answer.kind !== 'done') return answer;
      return {
        kind: 'done',
        value: Object.values(answer.value.value).map((each) => ({
          id: each.ID,
          name: each.Service,
          meta: each.Meta ?? {},
        })),
      };
    },
    instancesOf: async (service, blocking, signal) => {
      const query = blocking === null ? '' : `?index=${part(blocking.index)}&wait=${Math.round(blocking.wait / 1000)}s`;
      const limit = blocking === null ? REQUEST_LIMIT : seconds((blocking.wait * 17) / 16_000 + BLOCKING_EXTRA / 1000);
      const answer = await get(`health/service/${part(service)}${query}`, healthEntries, limit, signal);
      if (answer.kind !== 'done') return answer;
      return {
        kind: 'done',
        value: {
          index: answer.value.index,
          instances: answer.value.value.map(({Node, Service}) => ({
            id: Service.ID,
            name: Service.Service,
            address: Service.Address === '' ? Node.Address : Service.Address,
            port: Service.Port,
            meta: Service.Meta ?? {},
          })),
        },
      };
    },
  };
};
