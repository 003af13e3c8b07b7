/** Flags, environment and defaults → the settings in force, or every error at once and nothing done. */
import {days, minutes, seconds} from '../core/time.js';
import type {Policy} from '../core/policy.js';
import type {ReportedSetting} from '../report/report.js';
import {refusedCombinations} from './combinations.js';
import {allowed} from './kinds.js';
import {mailFrom} from './mail.js';
import type {ReadFile} from './mail.js';
import {parseValue} from './parse.js';
import type {Settings, SettingsError} from './settings.js';
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

const shown = (setting: Setting, text: string | null): string => {
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

const policyFrom = (values: Values): Policy => ({
  inferenceLimit: values.inferenceLimit,
  inferenceLimits: values.inferenceLimits,
  stuckEvents: values.stuckEvents,
  backlogEvents: values.backlogEvents,
  logWindow: minutes(values.logWindow),
  consecutiveFailures: values.consecutiveFailures,
  restartsPerHour: values.restartsPerHour,
  restartsPerDay: values.restartsPerDay,
  startupGrace: seconds(values.startupGrace),
  skipRatio: values.skipRatio,
  skipCameras: new Set(values.skipCameras),
  warningAlert: minutes(values.warningAlert),
  interval: minutes(values.interval),
  mode: values.mode,
  // Choice 10: a standing incident is told again each 24 h.
  reminder: days(1),
});

const originsOf = (sources: Sources): readonly ReportedSetting[] =>
  settingRows.map(([key, setting]) => {
    const source = sources.get(key);
    return {name: setting.variable, value: shown(setting, source?.text ?? null), origin: source?.origin ?? 'default'};
  });

const mailIsIdle = (sources: Sources): boolean =>
  sources.get('smtpHost')?.text === null &&
  settingRows.some(([key]) => key.startsWith('smtp') && sources.get(key)?.origin !== 'default');

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

  const idle = mailIsIdle(sources)
    ? [`no alert is mailed: ${TABLE.smtpHost.variable} is not set, though other FRIGATE_HC_SMTP_* are`]
    : [];
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
    mail: mail.mail,
    cronJobName: values.cronJobName,
    origins: originsOf(sources),
    warnings: [...nameWarnings(input.env, sources, input.otherVariables ?? []), ...idle, ...mail.warnings],
  };
};

export const isSettings = (loaded: Settings | readonly SettingsError[]): loaded is Settings => !Array.isArray(loaded);
