/**
 * The settings that are in force in the cluster: those of the installed checker stand between the defaults and the variables of
 * this shell. Only what judges is taken from there: thresholds, limits, mode, interval, cameras, and whether alerts are sent;
 * never transport, deadlines or credentials.
 */
import type {InstalledEnvironment} from '../core/observation/observation.js';
import type {Policy} from '../core/policy.js';
import {allowed} from './kinds.js';
import {shown} from './load.js';
import {parseValue} from './parse.js';
import {JUDGING_KEYS, policyPart, type JudgingKey} from './policy.js';
import type {Settings} from './settings.js';
import {TABLE, type Setting, type SettingKey} from './table.js';

export interface InstalledChecker {
  readonly kind: 'CronJob' | 'serve';
  /** As it stands in the report: `cronjob frigate/frigate-health-checker`, `deployment frigate/frigate-health`. */
  readonly origin: string;
  readonly environment: InstalledEnvironment;
}

interface Taken {
  readonly value: string;
  readonly origin: string;
  readonly policy: Partial<Policy>;
}

const namesOf = (setting: Setting): readonly string[] =>
  setting.old === null ? [setting.variable] : [setting.variable, setting.old];

/** The value that the checker has; `null`: it has none of its own, so that the default holds there too. */
const taken = (key: JudgingKey, {origin, environment}: InstalledChecker, standing: string): Taken | null => {
  const setting: Setting = TABLE[key];
  for (const name of namesOf(setting)) {
    const reference = environment.references.get(name);
    if (reference !== undefined)
      return {value: standing, origin: `default (${origin} takes it from ${reference}, not read)`, policy: {}};
    const text = environment.values.get(name);
    if (text === undefined || text.trim() === '') continue;
    const parsed = parseValue(TABLE[key].kind, text);
    return parsed.ok
      ? {value: shown(setting, text), origin, policy: policyPart(key, parsed.value)}
      : {
          value: standing,
          origin: `default (${origin} has ${JSON.stringify(shown(setting, text))}; allowed: ${allowed(setting.kind)})`,
          policy: {},
        };
  }
  return null;
};

/** Variables of whole objects are not in the manifest: what holds there is not known. */
const unread = ({origin, environment}: InstalledChecker): string | null =>
  environment.imports.length === 0
    ? null
    : `default (${origin} takes variables from ${environment.imports.join(', ')}, not read)`;

/** With the values of the installed checker where this shell gives none; the origins say it, and what could not be read. */
export const settingsInForce = (settings: Settings, installed: InstalledChecker): Settings => {
  const found = new Map<string, Taken>();
  for (const key of JUDGING_KEYS) {
    const {variable} = TABLE[key];
    const standing = settings.origins.find(({name}) => name === variable);
    if (standing !== undefined && standing.origin !== 'default') continue;
    const value = standing?.value ?? TABLE[key].default;
    const origin = unread(installed);
    const one = taken(key, installed, value) ?? (origin === null ? null : {value, origin, policy: {}});
    if (one !== null) found.set(variable, one);
  }
  return {
    ...settings,
    policy: Object.assign({}, settings.policy, ...[...found.values()].map(({policy}) => policy)) as Policy,
    origins: settings.origins.map((setting) => {
      const one = found.get(setting.name);
      return one === undefined ? setting : {...setting, value: one.value, origin: one.origin};
    }),
  };
};

const CHANNEL: readonly SettingKey[] = ['smtpHost', 'smtpUser'];

/** Whether the installed checker sends alerts; `null`: its variables come from objects that were not read. */
export const sendsAlerts = ({environment}: InstalledChecker): boolean | null => {
  const has = (key: SettingKey): boolean =>
    namesOf(TABLE[key]).some(
      (name) => environment.references.has(name) || (environment.values.get(name) ?? '').trim() !== '',
    );
  if (has('notify') || (has('alertEmail') && CHANNEL.some(has))) return true;
  return environment.imports.length > 0 ? null : false;
};
