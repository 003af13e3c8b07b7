/** Errors as RFC 9457 problem documents: one shape for every refusal of every route. */
import type {ContentfulStatusCode} from 'hono/utils/http-status';
import type * as z from 'zod';
import type {problemSchema} from './schemas/problem.js';

export type ProblemBody = z.output<typeof problemSchema>;

/** What stands in a problem beside its status and title. */
export type ProblemDetails = Omit<ProblemBody, 'type' | 'title' | 'status'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** The stable names of what can be wrong with a request, with their status and title. */
export const PROBLEMS = {
  'no-token': {status: 401, title: 'A token is required'},
  'bad-token': {status: 401, title: 'The token is not accepted'},
  forbidden: {status: 403, title: 'Not permitted'},
  'header-missing': {status: 403, title: 'The header X-Frigate-Health is required'},
  'host-refused': {status: 403, title: 'This host name is not served'},
  'not-found': {status: 404, title: 'Not found'},
  'method-not-allowed': {status: 405, title: 'Method not allowed'},
  'not-observed': {status: 409, title: 'This Frigate has not been observed yet'},
  refused: {status: 409, title: 'Automatic repair refuses the restart'},
  'fleet-limit': {status: 409, title: 'Too many Frigates were restarted in the last ten minutes'},
  'fleet-incident': {status: 409, title: 'Several Frigates have one common cause'},
  conflict: {status: 409, title: 'Something else changed at the same time'},
  'in-doubt': {status: 409, title: 'It is not known whether the restart was applied'},
  'not-done': {status: 409, title: 'The restart was not applied'},
  'not-restartable': {status: 409, title: 'This Frigate runs outside Kubernetes and is never restarted'},
  'not-leader': {status: 409, title: 'Another replica acts'},
  'too-large': {status: 413, title: 'The body is larger than 16 KiB'},
  'not-json': {status: 415, title: 'The body must be application/json'},
  'bad-request': {status: 400, title: 'The request is malformed'},
  'too-many-requests': {status: 429, title: 'Too many requests'},
  'too-many-streams': {status: 429, title: 'Too many event streams'},
  internal: {status: 500, title: 'Internal error'},
  'cannot-check': {status: 503, title: 'The token cannot be checked now'},
  'leader-away': {status: 503, title: 'The replica that acts does not answer'},
  'not-ready': {status: 503, title: 'Not ready yet'},
} as const satisfies Readonly<Record<string, {readonly status: ContentfulStatusCode; readonly title: string}>>;

export type ProblemName = keyof typeof PROBLEMS;

export const problemResponse = (name: ProblemName, {headers = {}, ...details}: ProblemDetails = {}): Response => {
  const {status, title} = PROBLEMS[name];
  const body: ProblemBody = {type: `https://frigate-health.io/problems/${name}`, title, status, ...details};
  return new Response(JSON.stringify(body), {
    status,
    headers: {'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers},
  });
};
