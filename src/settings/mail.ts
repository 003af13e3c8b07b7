/** The mail part of the settings: put together from its values, with the password read from its file. */
import {TABLE} from './table.js';
import type {Values} from './table.js';
import type {MailSettings} from './settings.js';

/** Reads a small text file; `null` when it cannot be read. */
export type ReadFile = (path: string) => string | null;

const IMPLICIT_TLS_PORT = 465;

export type MailOutcome =
  | {readonly ok: true; readonly mail: MailSettings | null; readonly warnings: readonly string[]}
  | {readonly ok: false; readonly key: 'smtpPasswordFile' | 'smtpCaFile'; readonly allowed: string};

/** The first line, so that the line end an editor leaves is no part of the password. */
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

const warningsOf = (values: Values, tls: MailSettings['tls']): readonly string[] =>
  tls === 'none' && values.smtpUser !== null
    ? [`${TABLE.smtpTls.variable}=none sends the password of ${TABLE.smtpUser.variable} in clear text`]
    : [];

/** The mail settings; `mail: null` without a host. The combinations have been checked before. */
export const mailFrom = (values: Values, readFile: ReadFile): MailOutcome => {
  if (values.smtpHost === null) return {ok: true, mail: null, warnings: []};
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
  const tls = values.smtpTls ?? (values.smtpPort === IMPLICIT_TLS_PORT ? 'implicit' : 'starttls');
  const mail: MailSettings = {
    host: values.smtpHost,
    port: values.smtpPort,
    tls,
    user: values.smtpUser,
    password: fromFile === null ? values.smtpPassword : firstLine(fromFile),
    from: values.smtpFrom ?? values.smtpUser ?? '',
    to: values.smtpTo ?? [],
    caFile: values.smtpCaFile,
  };
  return {ok: true, mail, warnings: warningsOf(values, tls)};
};
