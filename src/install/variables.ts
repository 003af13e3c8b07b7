/** The settings that were given here become the CronJob's: the same table, the same names, no secret in clear text. */
import {CommandFailure} from '../report/failure.js';
import {allSources, type Environment, type Sourced} from '../settings/sources.js';
import {settingRows, TABLE, type SettingKey} from '../settings/table.js';
import {SECRET_FOLDER} from './cron-job.js';
import type {Variable} from './plan.js';

export type Sources = ReadonlyMap<SettingKey, Sourced>;

/** What the manifest says elsewhere, or says always. */
const saidElsewhere: ReadonlySet<SettingKey> = new Set<SettingKey>([
  'namespace',
  'workload',
  'mode',
  'via',
  'interval',
  'smtpPassword',
  'smtpPasswordFile',
]);

const isGiven = (source: Sourced | undefined): source is Sourced & {readonly text: string} =>
  source !== undefined && source.origin !== 'default' && source.text !== null;

/** The environment to load the settings with, as they will hold in the pod: the password in its file. */
export const environmentInPod = (env: Environment, smtpSecret: string | null): Environment =>
  smtpSecret === null
    ? env
    : {
        ...env,
        [TABLE.smtpPassword.variable]: undefined,
        [TABLE.smtpPasswordFile.variable]: `${SECRET_FOLDER}/password`,
      };

/** Throws CommandFailure for a password that would stand in the manifest. */
export const sourcesOf = (flags: Environment, env: Environment, smtpSecret: string | null): Sources => {
  const sources = allSources(flags, environmentInPod(env, smtpSecret));
  if (isGiven(sources.get('smtpPassword')) || (smtpSecret === null && isGiven(sources.get('smtpPasswordFile')))) {
    throw new CommandFailure(
      'usage',
      'The mail password does not belong in a manifest',
      'kubectl create secret generic frigate-health-smtp --from-file=password=FILE, then: install --smtp-secret=frigate-health-smtp',
    );
  }
  return sources;
};

const variable = (key: SettingKey, value: string): Variable => ({name: TABLE[key].variable, value});

export interface Fixed {
  readonly workload: string;
  readonly mode: string;
  readonly via: string;
  readonly interval: number;
  readonly smtpSecret: string | null;
}

/** Those that the manifest always tells, then every setting that is not at its default, in the order of the table. */
export const variablesOf = (
  sources: Sources,
  {workload, mode, via, interval, smtpSecret}: Fixed,
): readonly Variable[] => [
  variable('workload', workload),
  variable('mode', mode),
  variable('via', via),
  variable('interval', String(interval)),
  ...settingRows.flatMap(([key]) => {
    const source = sources.get(key);
    return !saidElsewhere.has(key) && isGiven(source) ? [variable(key, source.text)] : [];
  }),
  ...(smtpSecret === null ? [] : [variable('smtpPasswordFile', `${SECRET_FOLDER}/password`)]),
];
