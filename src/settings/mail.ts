/** The mail part of the settings: put together from its values, with the password read from its file. */
import {mailServerOf} from './mail-provider.js';
import type {MailServer} from './mail-provider.js';
import {TABLE} from './table.js';
import type {Values} from './table.js';
import type {ReadFile} from './read-file.js';
import type {MailSettings} from './settings.js';

const IMPLICIT_TLS_PORT = 465;

/** The server as it was given, or that of the user's mail provider. */
export interface ChosenServer extends MailServer {
  /** Whether the name is the provider's own, because none was given. */
  readonly ofProvider: boolean;
}

type ServerValues = Pick<Values, 'smtpHost' | 'smtpPort' | 'smtpUser'>;

/** The mail server; `null`: neither was one given nor is the user's provider well known. */
export const serverFrom = ({smtpHost, smtpPort, smtpUser}: ServerValues): ChosenServer | null => {
  if (smtpHost !== null) return {host: smtpHost, port: smtpPort ?? IMPLICIT_TLS_PORT, ofProvider: false};
  const server = smtpUser === null ? null : mailServerOf(smtpUser);
  return server === null ? null : {host: server.host, port: smtpPort ?? server.port, ofProvider: true};
};

/** Mail is wanted as soon as it is said how: a server, or a login whose provider may be well known. It needs a recipient. */
export const wantsMail = ({
  smtpHost,
  smtpUser,
  alertEmail,
}: Pick<Values, 'smtpHost' | 'smtpUser' | 'alertEmail'>): boolean =>
  smtpHost !== null || (smtpUser !== null && alertEmail !== null);

export type MailOutcome =
  | {readonly ok: true; readonly mail: MailSettings | null; readonly warnings: readonly string[]}
  | {readonly ok: false; readonly key: 'smtpPasswordFile' | 'smtpCaFile'; readonly allowed: string};

/** The first line, so that the line end an editor leaves is no part of the password. */
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

const warningsOf = (values: Values, tls: MailSettings['tls']): readonly string[] =>
  tls === 'none' && values.smtpUser !== null
    ? [`${TABLE.smtpTls.variable}=none sends the password of ${TABLE.smtpUser.variable} in clear text`]
    : [];

/** The mail settings; `mail: null` where none is wanted. The combinations have been checked before. */
export const mailFrom = (values: Values, readFile: ReadFile): MailOutcome => {
  const server = wantsMail(values) ? serverFrom(values) : null;
  if (server === null) return {ok: true, mail: null, warnings: []};
  const fromFile = values.smtpPasswordFile === null ? null : readFile(values.smtpPasswordFile);
  if (values.smtpPasswordFile !== null && (fromFile === null || firstLine(fromFile) === '')) {
    return {
      ok: false,
      key: 'smtpPasswordFile',
      allowed: 'the path of a readable file with the password on its first line',
    };
  }
  if (values.smtpCaFile !== null && readFile(values.smtpCaFile)?.includes('-----BEGIN CERTIFICATE-----') !== true) {
    return {ok: false, key: 'smtpCaFile', allowed: 'the path of a readable PEM file with at least one certificate'};
  }
  const tls = values.smtpTls ?? (server.port === IMPLICIT_TLS_PORT ? 'implicit' : 'starttls');
  const mail: MailSettings = {
    host: server.host,
    port: server.port,
    tls,
    user: values.smtpUser,
    password: fromFile === null ? values.smtpPassword : firstLine(fromFile),
    from: values.smtpFrom ?? values.smtpUser ?? '',
    to: values.alertEmail ?? [],
    caFile: values.smtpCaFile,
  };
  return {ok: true, mail, warnings: warningsOf(values, tls)};
};
