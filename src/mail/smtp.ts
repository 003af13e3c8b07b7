/**
 * Mail over SMTP. One message, one limit over everything: name resolution, connection, greeting, TLS, login and data.
 * The old tool waited for ever on a silent server (B-35), told of mails that were never sent (B-40, B-41), ended
 * with exit 1 on a refused connection (B-42) and could speak implicit TLS only (B-48).
 */
import {readFile} from 'node:fs/promises';
import {maskedLine, oneLine} from '../core/mask.js';
import {seconds} from '../core/time.js';
import type {Duration} from '../core/time.js';
import type {MailSettings} from '../settings/settings.js';
import type {Delivery, Mailer, Message} from './mailer.js';

/** The longest that one delivery may take. */
const LIMIT = seconds(10);
const LONGEST_SUBJECT = 200;
const LONGEST_REASON = 300;
/** How long a peer that does not close may keep the socket after the delivery. */
const CLOSE_WITHIN = 500;

const notConfigured: Mailer = {configured: false, send: () => Promise.resolve({kind: 'not-configured'})};

const DOMAIN = '@frigate-health';

/** `<key@frigate-health>` from the key or from the whole; anything that could end the header is replaced. */
const messageId = (id: string): string => {
  const key = id.replace(/^</, '').replace(/>$/, '').replace(DOMAIN, '');
  return `<${key.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 180)}${DOMAIN}>`;
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A one-line reason without secrets: servers echo what they were told, base64 of a login included. */
const reason = (settings: MailSettings, error: unknown): string => {
  const secret = settings.password;
  let text = textOf(error);
  if (secret !== null && secret !== '') {
    const encodings = [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(`\0${settings.user ?? ''}\0${secret}`).toString('base64'),
      encodeURIComponent(secret),
    ];
    for (const encoded of encodings) text = text.replaceAll(encoded, '********');
  }
  return maskedLine(`mail server ${settings.host}:${settings.port}: ${text}`, LONGEST_REASON);
};

const transportOptions = (settings: MailSettings, authority: string | null, limit: Duration): object => ({
  host: settings.host,
  port: settings.port,
  secure: settings.tls === 'implicit',
  requireTLS: settings.tls === 'starttls',
  ignoreTLS: settings.tls === 'none',
  connectionTimeout: limit,
  greetingTimeout: limit,
  socketTimeout: limit,
  dnsTimeout: limit,
  socketCloseTimeout: CLOSE_WITHIN,
  // Alerts are made of plain strings; nothing in them may read a file or a URL.
  disableFileAccess: true,
  disableUrlAccess: true,
  ...(authority === null ? {} : {tls: {ca: authority}}),
  ...(settings.user === null || settings.password === null
    ? {}
    : {auth: {user: settings.user, pass: settings.password}}),
});

/** The server may take some receivers and refuse others; the library throws only where it took none. */
const refusedOf = ({
  rejected,
}: {
  readonly rejected?: ReadonlyArray<string | {readonly address: string}>;
}): readonly string[] =>
  (rejected ?? []).map((receiver) =>
    oneLine(typeof receiver === 'string' ? receiver : receiver.address, LONGEST_SUBJECT),
  );

const deliver = async (
  settings: MailSettings,
  message: Message,
  limit: Duration,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const authority = settings.caFile === null ? null : await readFile(settings.caFile, {encoding: 'utf8', signal});
  const {createTransport} = await import('nodemailer');
  const transport = createTransport(transportOptions(settings, authority, limit));
  try {
    const sent = await transport.sendMail({
      from: settings.from,
      to: [...settings.to],
      subject: oneLine(message.subject, LONGEST_SUBJECT),
      text: message.text,
      html: message.html,
      messageId: messageId(message.id),
      headers: {'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All'},
      signal,
    });
    return refusedOf(sent);
  } finally {
    transport.close();
  }
};

/** The way to the mail server; `null` settings give a mailer that says `not-configured`. `limit` holds for one whole delivery. */
export const createMailer = (settings: MailSettings | null, limit: Duration = LIMIT): Mailer => {
  if (settings === null) return notConfigured;
  const send = async (message: Message, signal: AbortSignal): Promise<Delivery> => {
    const timeout = AbortSignal.timeout(limit);
    try {
      const refused = await deliver(settings, message, limit, AbortSignal.any([signal, timeout]));
      return {kind: 'delivered', ...(refused.length === 0 ? {} : {refused})};
    } catch (error) {
      if (timeout.aborted) return {kind: 'failed', why: reason(settings, `no delivery within ${limit / 1000} s`)};
      // Then it is nobody's fault but the clock's.
      return {
        kind: 'failed',
        why: signal.aborted ? 'the pass ended before the mail was delivered' : reason(settings, error),
      };
    }
  };
  return {configured: true, send};
};
