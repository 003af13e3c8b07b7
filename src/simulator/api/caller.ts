/** The user of a request to the API server, and its authorization. */
import type {IncomingMessage} from 'node:http';
import type {Access} from './access.js';
import type {Disruptions} from './disruption.js';
import type {PodAccess} from '../node/pod-requests.js';
import type {Address} from './resources.js';
import * as status from './status.js';

/** Of the metrics API. `unavailable`: its APIService exists, but no server is behind it. */
export type MetricsMode = 'absent' | 'present' | 'unavailable';

/** One request as a test reads it back. */
export interface LoggedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly user: string;
  /** 0 until it is answered; 101 for an upgrade; -1 where the connection was broken on purpose. */
  status: number;
  readonly body: string;
  readonly userAgent: string;
}

export interface ServerParts extends PodAccess {
  readonly access: Access;
  readonly disruptions: Disruptions;
  readonly log: LoggedRequest[];
  readonly metrics: () => MetricsMode;
  /** The user of a bearer token, or of none; `null`: the token is not known. */
  readonly userOf: (token: string | null) => string | null;
}

const verbOf = (method: string, address: Address, query: URLSearchParams): string => {
  const isWatch = ['1', 'true'].includes(query.get('watch') ?? '');
  const byMethod: Readonly<Record<string, string>> = {
    GET: isWatch ? 'watch' : address.name === null ? 'list' : 'get',
    HEAD: 'get',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  };
  return byMethod[method] ?? method.toLowerCase();
};

/** The 403 that the request gets; `null`: it may. */
export const denial = (
  parts: ServerParts,
  user: string,
  method: string,
  address: Address,
  query: URLSearchParams,
): status.StatusBody | null => {
  const {resource, subresource, namespace, name} = address;
  const verb = verbOf(method, address, query);
  const asked = subresource === null ? resource.plural : `${resource.plural}/${subresource}`;
  const bare =
    subresource === 'proxy' ? (name?.split(':').find((part) => part !== 'http' && part !== 'https') ?? name) : name;
  return parts.access.allows(user, {verb, group: resource.group, resource: asked, namespace, name: bare})
    ? null
    : status.forbidden(user, verb, resource, subresource, namespace, bare);
};

/** The user of the request, impersonated or not; `null`: the token is not known. */
export const credentials = (parts: ServerParts, request: IncomingMessage): string | null => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const user = parts.userOf(token ?? null);
  const impersonated = request.headers['impersonate-user'];
  return typeof impersonated === 'string' && user !== null ? impersonated : user;
};
