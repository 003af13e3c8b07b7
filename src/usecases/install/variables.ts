/** The settings that were given here become the CronJob's: the same table, the same names, no secret in clear text. */
import {CommandFailure} from '../../outcome/failure.js';
import {allSources, type Environment, type Sourced} from '../../settings/sources.js';
import {settingRows, TABLE, type SettingKey} from '../../settings/table.js';
import {CHECKS_PATH, SECRET_FOLDER} from './cron-job.js';
import type {ChecksSource, Variable} from './plan.js';

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
  'notify',
  'heartbeatUrl',
  // A path of this machine; in the pod it is that of the mounted ConfigMap or Secret.
  'checksFile',
]);

const isGiven = (source: Sourced | undefined): source is Sourced & {readonly text: string} =>
  source !== undefined && source.origin !== 'default' && source.text !== null;

/** What is in the Secret is not known here. */
const withoutChannels = (env: Environment): Environment => ({
  ...env,
  [TABLE.notify.variable]: undefined,
  [TABLE.heartbeatUrl.variable]: undefined,
});

/** Throws CommandFailure for a channel or a heartbeat that would stand in the manifest. */
export const refuseChannels = (env: Environment, notifySecret: string | null): void => {
  const given = [TABLE.notify.variable, TABLE.heartbeatUrl.variable].find((name) => (env[name] ?? '').trim() !== '');
  if (given === undefined || notifySecret !== null) return;
  throw new CommandFailure(
    'usage',
    `${given} holds secrets and does not belong in a manifest`,
    `kubectl create secret generic frigate-health-notify --from-file=${given}=FILE, then: install --notify-secret=frigate-health-notify`,
  );
};

/** The environment to load the settings with, as they will hold in the pod: the password in its file, the channels in their Secret. */
export const environmentInPod = (env: Environment, smtpSecret: string | null): Environment =>
  smtpSecret === null
    ? withoutChannels(env)
    : {
        ...withoutChannels(env),
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
  readonly checks: ChecksSource | null;
}

/** Those that the manifest always has, then every setting that is not at its default, in the order of the table. */
export const variablesOf = (
  sources: Sources,
  {workload, mode, via, interval, smtpSecret, checks}: Fixed,
): readonly Variable[] => [
  variable('workload', workload),
  variable('mode', mode),
  variable('via', via),
  variable('interval', String(interval)),
  ...givenVariables(sources),
  ...passwordFile(smtpSecret),
  ...(checks === null ? [] : [variable('checksFile', CHECKS_PATH)]),
];

/** Every setting that was given and does not stand elsewhere, in the order of the table. */
const givenVariables = (sources: Sources): readonly Variable[] =>
  settingRows.flatMap(([key]) => {
    const source = sources.get(key);
    return !saidElsewhere.has(key) && isGiven(source) ? [variable(key, source.text)] : [];
  });

const passwordFile = (smtpSecret: string | null): readonly Variable[] =>
  smtpSecret === null ? [] : [variable('smtpPasswordFile', `${SECRET_FOLDER}/password`)];
