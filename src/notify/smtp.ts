/**
 * Mail over SMTP. One message, one limit over everything: name resolution, connection, greeting, TLS, login and data.
 * The Python checker waited for ever on a silent server (B-35), reported mails that were never sent (B-40, B-41), exited
 * with 1 on a refused connection (B-42) and supported only implicit TLS (B-48).
 */
import {readFile} from 'node:fs/promises';
import {connect} from 'node:tls';
import {maskedLine, oneLine} from '../core/mask.js';
import {milliseconds, seconds} from '../core/time.js';
import type {Duration} from '../core/time.js';
import {after, type Timers} from '../core/timers.js';
import type {MailSettings} from '../settings/settings.js';
import type {Delivery, Mailer, Message} from './mailer.js';

/** The longest that one delivery may take. */
const LIMIT = seconds(10);
const LONGEST_SUBJECT = 200;
const LONGEST_REASON = 300;
/** How long a peer that does not close may keep the socket after the delivery. */
const CLOSE_WITHIN = 500;
/** A server that has not greeted by then may wait for TLS; one that delays its greeting on purpose goes on being waited for. */
const GREETS_WITHIN = milliseconds(1500);

const DOMAIN = '@frigate-health';

/** `<key@frigate-health>` from the key or from the whole; anything that could end the header is replaced. */
const messageId = (id: string): string => {
  const key = id.replace(/^</, '').replace(/>$/, '').replace(DOMAIN, '');
  return `<${key.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 180)}${DOMAIN}>`;
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What TLS says of the server's certificate, by the codes of Node.js and OpenSSL, and the setting that helps. */
const certificateTroubles: ReadonlyArray<readonly [codes: RegExp, trouble: (settings: MailSettings) => string]> = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/,
    ({caFile}) =>
      caFile === null
        ? 'its certificate is self-signed or from an unknown authority. Set FRIGATE_HC_SMTP_CA_FILE to the certificate of the authority; or, in a trusted network, send unencrypted: FRIGATE_HC_SMTP_TLS=none'
        : 'its certificate is not from the authority in FRIGATE_HC_SMTP_CA_FILE',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    ({host}) => `its certificate is not for the name ${host}. Set FRIGATE_HC_SMTP_HOST to a name in the certificate`,
  ],
  [/^CERT_HAS_EXPIRED$/, () => 'its certificate has expired'],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL)$/,
    ({tls}) =>
      tls === 'implicit'
        ? 'the server does not use implicit TLS. Set FRIGATE_HC_SMTP_TLS=starttls'
        : 'no TLS version that both sides support',
  ],
];

const IMPLICIT_TLS = 'the server expects implicit TLS. Set FRIGATE_HC_SMTP_TLS=implicit';
const NO_STARTTLS =
  'the server does not offer encryption (STARTTLS). In a trusted network, set FRIGATE_HC_SMTP_TLS=none';

/** What nodemailer adds to an error: its own code for the step, and the code that stood there before. */
interface SmtpError extends Error {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly command?: unknown;
}

/** What to do about the encryption; `null`: it is not what failed. */
const tlsTrouble = (settings: MailSettings, error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  const {code, originalCode, command} = error as SmtpError;
  const cause = typeof originalCode === 'string' ? originalCode : code;
  if (typeof cause !== 'string') return null;
  const trouble = certificateTroubles.find(([codes]) => codes.test(cause));
  if (trouble !== undefined) return trouble[1](settings);
  return cause === 'ETLS' && command === 'STARTTLS' && settings.tls === 'starttls' ? NO_STARTTLS : null;
};

/** A one-line reason without secrets: servers echo what they received, including the base64 of a login. */
const reason = (settings: MailSettings, error: unknown): string => {
  const secret = settings.password;
  let text = tlsTrouble(settings, error) ?? textOf(error);
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

/**
 * Whether the server uses TLS from the first byte, tried on a second connection. A late greeting is not lost: the
 * first connection keeps waiting. Nothing is sent, so the certificate does not matter.
 */
const beginsWithTls = ({host, port}: MailSettings, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({host, port, rejectUnauthorized: false});
    const done = (answer: boolean): void => {
      signal.removeEventListener('abort', give);
      socket.destroy();
      resolve(answer);
    };
    const give = (): void => done(false);
    signal.addEventListener('abort', give, {once: true});
    socket.on('error', give);
    socket.once('close', give);
    socket.once('secureConnect', () => done(true));
  });

/** Aborts where the server is silent because it waits for TLS. `stop` ends the suspicion. */
const suspectTls = (
  settings: MailSettings,
  timers: Timers,
): {readonly confirmed: AbortSignal; readonly stop: () => void} => {
  const confirmed = new AbortController();
  const ending = new AbortController();
  const stopTimer =
    settings.tls === 'implicit'
      ? null
      : after(timers, GREETS_WITHIN, () => {
          void beginsWithTls(settings, ending.signal).then((yes) => {
            if (yes) confirmed.abort();
          });
        });
  return {
    confirmed: confirmed.signal,
    stop: () => {
      stopTimer?.();
      ending.abort();
    },
  };
};

/** The way to the mail server. `limit` holds for one whole delivery. */
export const createMailer = (settings: MailSettings, timers: Timers, limit: Duration = LIMIT): Mailer => {
  const send = async (message: Message, signal: AbortSignal): Promise<Delivery> => {
    const timeout = timers.timeout(limit);
    const {confirmed, stop} = suspectTls(settings, timers);
    try {
      const refused = await deliver(settings, message, limit, AbortSignal.any([signal, timeout, confirmed]));
      return {kind: 'delivered', ...(refused.length === 0 ? {} : {refused})};
    } catch (error) {
      if (confirmed.aborted) return {kind: 'failed', why: reason(settings, IMPLICIT_TLS)};
      if (timeout.aborted) return {kind: 'failed', why: reason(settings, `no delivery within ${limit / 1000} s`)};
      // Then only the deadline caused the error.
      return {
        kind: 'failed',
        why: signal.aborted ? 'the pass ended before the mail was delivered' : reason(settings, error),
      };
    } finally {
      stop();
    }
  };
  return {send};
};
