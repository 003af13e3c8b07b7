/** Flags, environment and defaults → the settings in force, or every error at once and nothing done. */
import type {ReportedSetting} from '../outcome/check-report.js';
import {channelsFrom, heartbeatFrom, notifyFileOf, withoutMail} from './channels.js';
import {refusedCombinations} from './combinations.js';
import {allowed} from './kinds.js';
import {mailFrom, serverFrom} from './mail.js';
import type {ReadFile} from './read-file.js';
import {parseValue} from './parse.js';
import {policyFrom} from './policy.js';
import type {MailSettings, Settings, SettingsError} from './settings.js';
import {allSources, nameWarnings} from './sources.js';
import type {Environment, Sourced} from './sources.js';
import {settingRows, TABLE} from './table.js';
import type {Setting, SettingKey, Values} from './table.js';

export interface SettingsInput {
  /** Values of the flags in `TABLE` by long name without dashes; absent: not given. */
  readonly flags: Environment;
  readonly env: Environment;
  /** For the password file and the certificate authority; `null`: not readable. */
  readonly readFile: ReadFile;
  /** Further variables that are known elsewhere (such as those of kubectl's flags), so that they are not warned about. */
  readonly otherVariables?: readonly string[];
}

const MASK = '********';
const LONGEST_SHOWN = 120;

type Sources = ReadonlyMap<SettingKey, Sourced>;

/** The value as it stands in a report: on one line, secrets masked. */
export const shown = (setting: Setting, text: string | null): string => {
  if (text === null) return `(${setting.unset ?? 'not set'})`;
  if (setting.secret === true) return MASK;
  return text.replace(/\p{Cc}/gu, ' ').slice(0, LONGEST_SHOWN);
};

const errorAt = (key: SettingKey, sources: Sources, expected: string): SettingsError => {
  const setting: Setting = TABLE[key];
  const source = sources.get(key);
  const variable = source?.name ?? setting.variable;
  if (source?.text === undefined || source.text === null)
    return {variable, value: '', allowed: expected, message: `${variable} is not set: it must be ${expected}.`};
  const value = shown(setting, source.text);
  return {
    variable,
    value,
    allowed: expected,
    message: `${variable}=${JSON.stringify(value)} is not allowed: it must be ${expected}.`,
  };
};

/** Parses one setting; an empty list or map is its own default. */
const valueAt = (
  key: SettingKey,
  sources: Sources,
): {readonly ok: true; readonly value: unknown} | {readonly ok: false} => {
  const text = sources.get(key)?.text ?? null;
  return text === null ? {ok: true, value: null} : parseValue(TABLE[key].kind, text);
};

/** What the mail provider says in the place of a variable that is not set: the server that was chosen is named with its origin. */
const fromProvider = (values: Values, mail: MailSettings | null): ReadonlyMap<SettingKey, string> => {
  if (mail === null || serverFrom(values)?.ofProvider !== true) return new Map();
  const {host, port} = mail;
  return new Map<SettingKey, string>([
    ['smtpHost', host],
    ...(values.smtpPort === null ? ([['smtpPort', String(port)]] as const) : []),
  ]);
};

const originsOf = (sources: Sources, provided: ReadonlyMap<SettingKey, string>): readonly ReportedSetting[] =>
  settingRows.map(([key, setting]) => {
    const value = provided.get(key);
    if (value !== undefined)
      return {name: setting.variable, value, origin: `mail provider of ${TABLE.smtpUser.variable}`};
    const source = sources.get(key);
    return {name: setting.variable, value: shown(setting, source?.text ?? null), origin: source?.origin ?? 'default'};
  });

/** Mail settings that lead to no mail: said once, with the one that is missing. */
const idleMail = (sources: Sources, mail: MailSettings | null): readonly string[] => {
  const isGiven = (key: SettingKey): boolean => (sources.get(key)?.origin ?? 'default') !== 'default';
  const given = settingRows.filter(([key]) => (key.startsWith('smtp') || key === 'alertEmail') && isGiven(key));
  const [first] = given;
  if (mail !== null || first === undefined) return [];
  const missing = isGiven('alertEmail')
    ? `${TABLE.smtpUser.variable} (or ${TABLE.smtpHost.variable})`
    : TABLE.alertEmail.variable;
  return [`no alert is mailed: ${missing} is not set, though ${first[1].variable} is`];
};

/** The settings in force, or every bad value with its allowed range. Never throws for a bad value. */
export const load = (input: SettingsInput): Settings | readonly SettingsError[] => {
  const sources = allSources(input.flags, input.env);
  const parsed = settingRows.map(([key]) => ({key, result: valueAt(key, sources)}));
  const bad = parsed.filter(({result}) => !result.ok).map(({key}) => errorAt(key, sources, allowed(TABLE[key].kind)));
  if (bad.length > 0) return bad;

  // Each entry was parsed by the kind that the table gives its key, which is what `Values` says.
  const values = Object.fromEntries(
    parsed.map(({key, result}) => [key, result.ok ? result.value : null]),
  ) as unknown as Values;
  const refused = refusedCombinations(values);
  if (refused.length > 0) return refused.map((refusal) => errorAt(refusal.key, sources, refusal.allowed));
  const mail = mailFrom(values, input.readFile);
  if (!mail.ok) return [errorAt(mail.key, sources, mail.allowed)];
  const channels = channelsFrom(values.notify, input.readFile);
  if (!channels.ok) return [errorAt('notify', sources, channels.allowed)];
  const heartbeat = heartbeatFrom(values.heartbeatUrl, input.readFile);
  if (!heartbeat.ok) return [errorAt('heartbeatUrl', sources, heartbeat.allowed)];
  const refusedMail = withoutMail(channels.channels, mail.mail);
  if (refusedMail !== null) return [errorAt('notify', sources, refusedMail)];

  return {
    namespace: values.namespace,
    workload: values.workload,
    workloadGiven: sources.get('workload')?.origin !== 'default',
    podSelector: values.podSelector,
    stateName: values.stateName,
    via: values.via,
    apiPort: values.apiPort,
    apiTimeout: values.apiTimeout,
    deadline: values.deadline,
    policy: policyFrom(values),
    profile: values.profile,
    mail: mail.mail,
    channels: channels.channels,
    notifyFile: notifyFileOf(values.notify),
    heartbeatUrl: heartbeat.url,
    checksFile: values.checksFile,
    cronJobName: values.cronJobName,
    origins: originsOf(sources, fromProvider(values, mail.mail)),
    warnings: [
      ...nameWarnings(input.env, sources, input.otherVariables ?? []),
      ...idleMail(sources, mail.mail),
      ...mail.warnings,
    ],
  };
};

export const isSettings = (loaded: Settings | readonly SettingsError[]): loaded is Settings => !Array.isArray(loaded);
