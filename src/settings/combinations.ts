/** Combinations of values that are each allowed and together unsafe or senseless. Refused, with a sentence that says why. */
import {domainOf} from './mail-provider.js';
import {serverFrom, wantsMail} from './mail.js';
import {TABLE} from './table.js';
import type {SettingKey, Values} from './table.js';

/** One refused combination: the setting to change and what it would have to be. */
export interface Refusal {
  readonly key: SettingKey;
  readonly allowed: string;
}

const MINUTE = 60_000;

interface Rule {
  readonly key: SettingKey;
  readonly allowed: string | ((values: Values) => string);
  readonly broken: (values: Values) => boolean;
}

/** Why the server must be named: a message that names the domain shows a typing error in it. */
const withoutProvider = ({smtpUser}: Values): string => {
  const domain = domainOf(smtpUser ?? '');
  return domain === null
    ? `${TABLE.smtpUser.variable} is not a mail address, so no mail provider can be derived from it`
    : `${domain}, the domain of ${TABLE.smtpUser.variable}, is not the domain of a well-known mail provider`;
};

const rules: readonly Rule[] = [
  {
    key: 'apiTimeout',
    allowed: `shorter than ${TABLE.deadline.variable}: one request that times out must not use up the whole pass`,
    broken: (values) => values.apiTimeout >= values.deadline,
  },
  {
    key: 'deadline',
    allowed: `shorter than ${TABLE.interval.variable}: a pass must end before the next one begins`,
    broken: (values) => values.deadline >= values.interval * MINUTE,
  },
  {
    key: 'logWindow',
    allowed: `at least ${TABLE.interval.variable}: log lines between two passes would never be read`,
    broken: (values) => values.logWindow < values.interval,
  },
  {
    key: 'restartsPerDay',
    allowed: `at least ${TABLE.restartsPerHour.variable}`,
    broken: (values) => values.restartsPerDay < values.restartsPerHour,
  },
  {
    key: 'smtpHost',
    allowed: (values) => `the name of your mail server, because ${withoutProvider(values)}`,
    broken: (values) => wantsMail(values) && serverFrom(values) === null,
  },
  {
    key: 'alertEmail',
    allowed: `mail addresses separated by commas, because ${TABLE.smtpHost.variable} is set`,
    broken: (values) => wantsMail(values) && values.alertEmail === null,
  },
  {
    key: 'smtpFrom',
    allowed: `one mail address, because ${TABLE.smtpHost.variable} is set and ${TABLE.smtpUser.variable} is no address`,
    broken: (values) => values.smtpHost !== null && values.smtpFrom === null && values.smtpUser?.includes('@') !== true,
  },
  {
    key: 'smtpPasswordFile',
    allowed: `omitted, because it excludes ${TABLE.smtpPassword.variable}`,
    broken: (values) => values.smtpPassword !== null && values.smtpPasswordFile !== null,
  },
  {
    key: 'smtpPassword',
    allowed: `set (or ${TABLE.smtpPasswordFile.variable}), because ${TABLE.smtpUser.variable} is`,
    broken: (values) =>
      wantsMail(values) && values.smtpUser !== null && values.smtpPassword === null && values.smtpPasswordFile === null,
  },
  {
    key: 'smtpUser',
    allowed: 'set, because a password is',
    broken: (values) =>
      values.smtpHost !== null &&
      values.smtpUser === null &&
      (values.smtpPassword !== null || values.smtpPasswordFile !== null),
  },
];

export const refusedCombinations = (values: Values): readonly Refusal[] =>
  rules
    .filter((rule) => rule.broken(values))
    .map(({key, allowed}) => ({key, allowed: typeof allowed === 'string' ? allowed : allowed(values)}));
