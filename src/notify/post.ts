/** One POST within one limit. What the receiver answers is shown in one line, without what is secret in the channel. */
import {maskedLine} from '../core/mask.js';
import {seconds, type Duration} from '../core/time.js';
import type {Timers} from '../core/timers.js';
import type {HttpMessage} from './channels/format.js';
import type {Delivery} from './mailer.js';

/** The longest that one delivery may take. */
export const LIMIT: Duration = seconds(10);
const LONGEST_REASON = 200;
/** Bytes of an answer that are read. */
const LARGEST_ANSWER = 4096;

/** Hides each secret, plain and as it stands in a URL. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .filter((secret) => secret.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((hidden, secret) => hidden.replaceAll(secret, '********'), text);

/** The steps of a path that may be a key: those of an API are short words. */
export const longSteps = (pathname: string): readonly string[] =>
  pathname.split('/').filter((step) => step.length >= 8);

/** fetch says only that it failed; why stands in the cause, of several addresses in each of its errors. */
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const {cause} = error;
  const [reason] = cause instanceof AggregateError ? (cause.errors as readonly unknown[]) : [cause];
  return reason instanceof Error ? reason.message : error.message;
};

const bodyOf = async (response: Response): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    chunks.push(bytes);
    size += bytes.length;
    if (size >= LARGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_ANSWER).toString();
};

/** Worth another try: it is busy, away, or the token may be corrected. Anything else of 4xx is about this one message. */
const isAboutMessage = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 404, 407, 408, 425, 429].includes(status);

export interface Sending {
  /** Named in a failure: kind and host. */
  readonly receiver: string;
  readonly secrets: readonly string[];
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly limit?: Duration;
}

export const send = async (
  {url, headers, body}: HttpMessage,
  {receiver, secrets, timers, signal, limit = LIMIT}: Sending,
): Promise<Delivery> => {
  const failed = (why: string): Delivery & {readonly kind: 'failed'} => ({
    kind: 'failed',
    why: maskedLine(`${receiver}: ${withoutSecrets(why, secrets)}`, LONGEST_REASON),
  });
  const timeout = timers.timeout(limit);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {'user-agent': 'frigate-health', ...headers},
      body,
      // A POST that is sent on as a GET would count as delivered.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const answer = await bodyOf(response);
    if (response.ok) return {kind: 'delivered', answer: `HTTP ${response.status}`};
    const said = answer.trim() === '' || /^\s*</.test(answer) ? '' : `: ${answer}`;
    const delivery = failed(`HTTP ${response.status}${said}`);
    return isAboutMessage(response.status) ? {...delivery, rejected: true} : delivery;
  } catch (error) {
    if (timeout.aborted) return failed(`no answer within ${limit / 1000} s`);
    return failed(signal.aborted ? 'the pass ended before it answered' : textOf(error));
  }
};
