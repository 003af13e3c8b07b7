/** Whether a request is let in: its credentials, the limits, and what they permit. Every refusal is a problem document and one line of the log. */
import {createHash} from 'node:crypto';
import {seconds} from '../../core/time.js';
import {within, type Timers} from '../../core/timers.js';
import type {HttpOptions} from '../options.js';
import {rateLimit} from '../limit.js';
import {problemResponse, type ProblemDetails, type ProblemName} from '../problem.js';
import type {Route} from '../routes.js';
import type {Caller} from './access.js';
import {credentialsOf, type Credentials} from './credentials.js';
import {isLoopback} from './none.js';

/** Questions about a token and its permissions. */
const REVIEW_LIMIT = seconds(5);
const POSTS_PER_MINUTE = 5;
/** Wrong tokens from one address: each may be a question to the API server. */
const WRONG_TOKENS_PER_MINUTE = 30;

/** What a browser can set only for its own site: with it a request was not made by another one. */
export const OWN_HEADER = 'X-Frigate-Health';

export interface Incoming {
  readonly route: Route;
  readonly path: string;
  readonly header: (name: string) => string | null;
  /** Address of the other end of the connection; empty where it is not known. */
  readonly remote: string;
  readonly signal: AbortSignal;
}

export type Admission =
  {readonly kind: 'admitted'; readonly caller: Caller} | {readonly kind: 'refused'; readonly response: Response};

const OPEN: Caller = {name: 'anonymous', namespaces: new Set()};

const BASIC = 'Basic realm="frigate-health: the token is the password", charset="UTF-8"';

/**
 * Asks a browser for the token where a person opened a page. A request of the page itself without a token is asked too: the browser
 * has one for the realm, and holds it back only because the page lies in another folder. One with a wrong token is not, because that
 * would open a dialogue over the page.
 */
const challengeOf = ({header}: Incoming, credentials: Credentials | null): Readonly<Record<string, string>> => {
  const isOfPage = header(OWN_HEADER) !== null;
  const isBasic = isOfPage ? credentials === null : (header('accept') ?? '').includes('text/html');
  return {'WWW-Authenticate': isBasic ? BASIC : 'Bearer'};
};

/** A name that resolves to this machine by a trick of DNS is a site of somebody else. */
const isOwnHost = (host: string): boolean => isLoopback(host.replace(/:\d+$/, ''));

export interface Guard {
  readonly admit: (incoming: Incoming) => Promise<Admission>;
}

export const guard = ({access, log}: Pick<HttpOptions, 'access' | 'log'>, timers: Timers): Guard => {
  const posts = rateLimit(POSTS_PER_MINUTE, timers);
  const wrongTokens = rateLimit(WRONG_TOKENS_PER_MINUTE, timers);

  const refused = (
    incoming: Incoming,
    user: string | null,
    name: ProblemName,
    details: ProblemDetails = {},
  ): Admission => {
    const {route, path, remote} = incoming;
    log({event: 'http.refused', fields: {method: route.method, path, remote, user, why: name}});
    return {kind: 'refused', response: problemResponse(name, details)};
  };

  const retryAfter = (wait: number): ProblemDetails => ({
    detail: `Try again in ${wait} s`,
    headers: {'Retry-After': String(wait)},
  });

  const callerOf = async (incoming: Incoming, credentials: Credentials | null): Promise<Caller | Admission> => {
    if (credentials === null && !access.anonymous)
      return refused(incoming, null, 'no-token', {headers: challengeOf(incoming, null)});
    const wait = wrongTokens.wait(incoming.remote);
    if (wait > 0) return refused(incoming, null, 'too-many-requests', retryAfter(wait));
    const found = await access.callerOf(credentials?.token ?? '', within(timers, REVIEW_LIMIT, incoming.signal));
    if (!found.known)
      return refused(incoming, null, 'cannot-check', {detail: found.why.message, headers: {'Retry-After': '5'}});
    if (found.value !== null) return found.value;
    wrongTokens.take(incoming.remote);
    return refused(incoming, null, 'bad-token', {headers: challengeOf(incoming, credentials)});
  };

  return {
    async admit(incoming: Incoming): Promise<Admission> {
      const {route, path, header, signal} = incoming;
      if (route.access === 'open') return {kind: 'admitted', caller: OPEN};
      if (access.anonymous && !isOwnHost(header('host') ?? '')) return refused(incoming, null, 'host-refused');
      const credentials = credentialsOf(header('authorization') ?? undefined);
      const caller = await callerOf(incoming, credentials);
      if ('kind' in caller) return caller;
      if (route.method === 'POST') {
        // A bearer token is never added by a browser itself, so its request needs no other proof.
        if (credentials?.scheme !== 'bearer' && header(OWN_HEADER) === null)
          return refused(incoming, caller.name, 'header-missing', {detail: `Send ${OWN_HEADER}: 1`});
        const wait = posts.take(createHash('sha256').update(caller.name).digest('hex'));
        if (wait > 0) return refused(incoming, caller.name, 'too-many-requests', retryAfter(wait));
      }
      // The handler asks for the permission on the workload itself.
      if (route.access === 'recover') return {kind: 'admitted', caller};
      const allowed = await access.allows(
        caller,
        {kind: 'path', method: route.method, path},
        within(timers, REVIEW_LIMIT, signal),
      );
      if (!allowed.known)
        return refused(incoming, caller.name, 'cannot-check', {
          detail: allowed.why.message,
          headers: {'Retry-After': '5'},
        });
      return allowed.value
        ? {kind: 'admitted', caller}
        : refused(incoming, caller.name, 'forbidden', {detail: `${caller.name} may not ${route.method} ${path}`});
    },
  };
};
