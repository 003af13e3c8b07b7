/** Why a question to the API server got no answer, in the few words that the rest of the program knows. */
import {note, run, type Fix} from '../../core/fix.js';
import * as z from 'zod';
import type {UnknownCode, UnknownReason} from '../../core/known.js';
import type {Ask} from './resources.js';
import {canIOf, wordsOf} from './resources.js';

/** A question that was not answered. */
export interface Failure {
  readonly why: UnknownReason;
  /** The HTTP status; `null` when there was no reply. */
  readonly status: number | null;
  /** Whether a write may have taken effect all the same. */
  readonly applied: 'no' | 'not-known';
  /** Whether it is likely to pass by itself in a moment: 429, 5xx, a connection cut. */
  readonly passing: boolean;
}

const statusBody = z.object({kind: z.literal('Status'), message: z.string().nullish(), reason: z.string().nullish()});

export type StatusBody = z.infer<typeof statusBody>;

/** The API server's own `Status` object in a reply body, if it is one. */
export const parseStatus = (body: Buffer): StatusBody | null => {
  try {
    const parsed = statusBody.safeParse(JSON.parse(body.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

/** One line without control characters, at most `length` characters: what others wrote is never passed on raw. */
export const oneLine = (text: string, length = 300): string => {
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return flat.length <= length ? flat : `${flat.slice(0, length - 1)}…`;
};

const WHO_ANSWERS: Fix = [note('Check what responds at this address:'), run('kubectl cluster-info')];

const codes: ReadonlyMap<number, UnknownCode> = new Map<number, UnknownCode>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [429, 'throttled'],
]);

/** Said by a creation alone: of what is read in a namespace that does not exist, only the object is said to be missing. */
const isNoNamespace = (status: number, said: string): boolean =>
  status === 404 && /^namespaces "[^"]*" not found$/.test(said);

const inNamespace = ({namespace}: Ask): string => (namespace === null ? '' : ` -n ${namespace}`);

/**
 * Refusals that no permission would lift, by the messages of the API server's admission (verified on 1.34). They come as 403, as 422 or
 * with a status of the webhook's own, and `kubectl auth can-i` would answer yes.
 */
const admissionFixes: ReadonlyArray<readonly [said: RegExp, fix: (ask: Ask) => Fix]> = [
  [
    /because it is being terminated/,
    ({namespace}) => [
      note('The namespace is being deleted. What blocks the deletion:'),
      run(`kubectl get namespace ${namespace ?? ''} -o yaml`),
    ],
  ],
  [
    /\b(?:exceeded|failed|insufficient) quota\b/,
    (ask) => [note('Raise the quota, or free a part of it:'), run(`kubectl describe resourcequota${inNamespace(ask)}`)],
  ],
  [
    /\badmission webhook "|\bfailed calling webhook "/,
    () => [
      note('Let that webhook admit this tool:'),
      run('kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations'),
    ],
  ],
  [
    /\bValidatingAdmissionPolicy '/,
    () => [
      note('Let that policy admit this tool:'),
      run('kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings'),
    ],
  ],
];

const IMPERSONATION =
  /\bcannot impersonate resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/;

/** `--as` needs a permission of its own, whatever was asked under the other name. */
const canImpersonate = (said: string): Fix | undefined => {
  const found = IMPERSONATION.exec(said);
  if (found === null) return undefined;
  const [, resource = '', group, namespace] = found;
  return [
    note('Without --as:'),
    run(
      `kubectl auth can-i impersonate ${resource}${group ? `.${group}` : ''}${namespace === undefined ? '' : ` -n ${namespace}`}`,
    ),
  ];
};

/** The API server names the verb that is missing: for exec and port-forward that is `get` up to 1.34 and `create` from 1.35 on. */
const fixOf = (ask: Ask, status: number, said: string): Fix | undefined => {
  const admission = admissionFixes.find(([pattern]) => pattern.test(said));
  if (admission !== undefined) return admission[1](ask);
  if (status === 403)
    return canImpersonate(said) ?? [run(canIOf(ask, /\bcannot ([a-z]+) resource\b/.exec(said)?.[1] ?? ask.verb))];
  if (status === 401) return [note('Sign in again, then:'), run('kubectl auth whoami')];
  if (isNoNamespace(status, said))
    return [note('Name the namespace of Frigate with -n. All namespaces:'), run('kubectl get namespaces')];
  if (status === 400 && /HTTP request to an HTTPS server/.test(said))
    return [note('Write the address of the API server with https://.')];
  return status >= 300 && status < 400 ? WHO_ANSWERS : undefined;
};

const codeOf = (status: number): UnknownCode => {
  if (status >= 300 && status < 400) return 'garbled';
  if (status >= 500) return 'server-error';
  return codes.get(status) ?? 'failed';
};

/** Go's HTTP server reports in plain text that it expects TLS, before the request reaches Kubernetes. */
const plainWords = (status: number, body: Buffer): string | null =>
  status === 400 && body.length < 200 && /^Client sent an HTTP request/.test(body.toString('latin1'))
    ? body.toString('latin1')
    : null;

/** Admission comes before anything is stored, so that a webhook that cannot be called (500, tried on 1.34) leaves nothing in doubt. */
const NOT_ADMITTED = /^Internal error occurred: failed calling webhook "/;

/** A reply whose status is not a success. */
export const failureOfStatus = (ask: Ask, status: number, body: Buffer): Failure => {
  const said = parseStatus(body)?.message ?? plainWords(status, body);
  const message = oneLine(`${wordsOf(ask)}: HTTP ${status}${said ? `: ${said}` : ''}`, 400);
  const fix = fixOf(ask, status, said ?? '');
  const code = isNoNamespace(status, said ?? '') ? 'misconfigured' : codeOf(status);
  return {
    why: fix === undefined ? {code, message} : {code, message, fix},
    status,
    applied: (status >= 400 && status < 500 && status !== 408) || NOT_ADMITTED.test(said ?? '') ? 'no' : 'not-known',
    passing: status === 429 || status >= 500,
  };
};

/** Errors of the network that come before a single byte of the question has left. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ERR_PROXY|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_INVALID_|ERR_UNESCAPED_)/;
const unreachable =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ECONNRESET|EPIPE|ETIMEDOUT|ERR_PROXY|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

const errorCode = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** What is wrong with a certificate, and what a person can do about it. */
const tlsFixes: ReadonlyArray<readonly [code: RegExp, fix: Fix]> = [
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    [note('Renew the certificate of the API server, or correct the clock of this machine:'), run('date')],
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    [note('Use the server name of the certificate, or name it with --tls-server-name NAME.')],
  ],
  [
    /^(SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_)/,
    [
      note(
        'Name the certificate authority of the API server with --certificate-authority FILE, or fetch the kubeconfig again.',
      ),
    ],
  ],
  [/^ERR_SSL_/, [note('Check whether the address is that of the API server:'), run('kubectl config view --minify')]],
];

const PROXY_FIX: Fix = [
  note(
    'Check whether that proxy is the right one: proxy-url of the cluster in the kubeconfig, else HTTPS_PROXY; NO_PROXY lists the hosts that are reached without one.',
  ),
];

const networkFixOf = (code: string): Fix | null =>
  code === 'ERR_PROXY' ? PROXY_FIX : (tlsFixes.find(([pattern]) => pattern.test(code))?.[1] ?? null);

/** An error of the network; the raw text of Node's errors carries addresses and codes, never headers. */
export const failureOfError = (ask: Ask, error: Error): Failure => {
  const code = errorCode(error);
  const fix = networkFixOf(code);
  const message = oneLine(`${wordsOf(ask)}: ${error.message || code || error.name}`);
  return {
    why: {code: unreachable.test(code) ? 'unreachable' : 'failed', message, ...(fix === null ? {} : {fix})},
    status: null,
    applied: neverSent.test(code) ? 'no' : 'not-known',
    passing: code === 'ECONNRESET' || code === 'EPIPE',
  };
};

/** The signal ended the call. */
export const failureOfDeadline = (ask: Ask): Failure => ({
  why: {code: 'timeout', message: `${wordsOf(ask)}: no answer before the deadline`},
  status: null,
  applied: 'not-known',
  passing: false,
});

/** An answer that is none: HTML of a captive portal, cut JSON, another kind. */
export const failureOfGarble = (ask: Ask, status: number, detail: string): Failure => ({
  why: {
    code: 'garbled',
    message: oneLine(`${wordsOf(ask)}: unexpected answer: ${detail}`),
    fix: WHO_ANSWERS,
  },
  status,
  applied: 'not-known',
  passing: false,
});

export const failureOfSize = (ask: Ask, status: number, limit: number): Failure => ({
  why: {code: 'too-large', message: `${wordsOf(ask)}: the answer is larger than ${limit} bytes`},
  status,
  applied: 'not-known',
  passing: false,
});
