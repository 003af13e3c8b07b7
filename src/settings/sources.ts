/** Where the text of each setting comes from: flags, then FRIGATE_HC_*, then the six old names, then the default. */
import {nearest} from './nearest.js';
import {INEFFECTIVE, settingRows, TABLE} from './table.js';
import type {Setting, SettingKey} from './table.js';

const PREFIX = 'FRIGATE_HC_';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Sourced {
  /** In the notation of the variable; `null`: not set and without a default. */
  readonly text: string | null;
  /** As it stands in the report: `default`, `flag --…`, `env …`, `env … (deprecated)`. */
  readonly origin: string;
  /** What to name in an error: the flag or variable that holds the value. */
  readonly name: string;
}

/** A variable that is set to nothing counts as not set: manifests pass optional values that way. */
const given = (text: string | undefined): text is string => text !== undefined && text.trim() !== '';

/** The text and origin of one setting. Flags are keyed by their long name without dashes. */
const sourceOf = (setting: Setting, flags: Environment, env: Environment): Sourced => {
  const flag = setting.flag === null ? undefined : flags[setting.flag];
  if (flag !== undefined) return {text: flag, origin: `flag --${setting.flag ?? ''}`, name: `--${setting.flag ?? ''}`};
  const variable = env[setting.variable];
  if (given(variable)) return {text: variable, origin: `env ${setting.variable}`, name: setting.variable};
  const old = setting.old === null ? undefined : env[setting.old];
  if (given(old)) return {text: old, origin: `env ${setting.old ?? ''} (deprecated)`, name: setting.old ?? ''};
  return {text: setting.default, origin: 'default', name: setting.variable};
};

/** The path of the checks file, for the commands that need nothing else of the settings. */
export const checksFileOf = (flag: string | undefined, env: Environment): string | null =>
  sourceOf(TABLE.checksFile, {'checks-file': flag}, env).text;

export const allSources = (flags: Environment, env: Environment): ReadonlyMap<SettingKey, Sourced> =>
  new Map(settingRows.map(([key, setting]) => [key, sourceOf(setting, flags, env)]));

/**
 * One line for each unknown FRIGATE_HC_* name, each one without effect and each old name in use. `others`: further known
 * variables, such as those of flags.
 */
export const nameWarnings = (
  env: Environment,
  sources: ReadonlyMap<SettingKey, Sourced>,
  others: readonly string[],
): readonly string[] => {
  const known = [...settingRows.map(([, setting]) => setting.variable), ...others];
  const ineffective = INEFFECTIVE.filter(({variable}) => given(env[variable]));
  const unknown = Object.keys(env)
    .filter(
      (name) =>
        name.startsWith(PREFIX) && !known.includes(name) && !INEFFECTIVE.some(({variable}) => variable === name),
    )
    .sort()
    .map((name) => {
      const short = nearest(
        name.slice(PREFIX.length),
        known.map((candidate) => candidate.slice(PREFIX.length)),
      );
      return `${name} is not a known setting and has no effect${short === null ? '' : `; did you mean ${PREFIX}${short}?`}`;
    });
  const deprecated = settingRows
    .filter(([key]) => sources.get(key)?.origin.endsWith('(deprecated)') === true)
    .map(([, setting]) => `${setting.old ?? ''} is an old name; use ${setting.variable} instead`);
  return [
    ...unknown,
    ...ineffective.map(({variable, because}) => `${variable} has no effect: ${because}`),
    ...deprecated,
  ];
};
