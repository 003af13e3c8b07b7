/** From flags and environment to a plan: every setting is parsed as the CronJob will parse it, before anything is printed. */
import type {Workload} from '../../core/observation/workload.js';
import {CommandFailure} from '../../outcome/failure.js';
import {isSettings, load} from '../../settings/load.js';
import type {Settings} from '../../settings/settings.js';
import type {Environment} from '../../settings/sources.js';
import type {ChecksSource, InstallPlan} from './plan.js';
import {paceOf} from './schedule.js';
import {environmentInPod, refuseChannels, sourcesOf, variablesOf} from './variables.js';

export interface InstallChoices {
  /** Setting flags by their long names, and the environment. */
  readonly flags: Environment;
  readonly env: Environment;
  /** Variables of other flags, so that they are not warned about. */
  readonly otherVariables: readonly string[];
  readonly image: string | null;
  readonly schedule: string | null;
  readonly smtpSecret: string | null;
  readonly notifySecret: string | null;
  /** What holds the file with checks of the user's own; absent: there are none. */
  readonly checks?: ChecksSource | null;
  /** This program's version: the image of the same is installed. */
  readonly version: string;
}

export const REPOSITORY = 'ghcr.io/frigate-health/frigate-health';

/** The files that the settings name are in the pod, not here. */
const inPod = (): string => '-----BEGIN CERTIFICATE-----';

/** The settings as they will hold in the pod. Throws CommandFailure for a bad one. */
export const settingsInPod = ({
  flags,
  env,
  otherVariables,
  smtpSecret,
  notifySecret,
}: Pick<InstallChoices, 'flags' | 'env' | 'otherVariables' | 'smtpSecret' | 'notifySecret'>): Settings => {
  refuseChannels(env, notifySecret);
  const settings = load({flags, env: environmentInPod(env, smtpSecret), readFile: inPod, otherVariables});
  if (!isSettings(settings))
    throw new CommandFailure(
      'usage',
      settings.map(({message}) => message).join('\n'),
      'kubectl frigate-health install --help',
    );
  return settings;
};

/** As strict as it has to be for a manifest that is applied; whether they exist is the cluster's to say. */
const IMAGE = /^[a-z0-9][\w.:/@-]*$/i;
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export const refuseNames = ({
  image,
  smtpSecret,
  notifySecret,
  checks = null,
}: Pick<InstallChoices, 'image' | 'smtpSecret' | 'notifySecret' | 'checks'>): void => {
  for (const [flag, kind, name] of [
    ['--smtp-secret', 'Secret', smtpSecret],
    ['--notify-secret', 'Secret', notifySecret],
    ['--checks-secret', 'Secret', checks?.kind === 'Secret' ? checks.name : null],
    ['--checks-configmap', 'ConfigMap', checks?.kind === 'ConfigMap' ? checks.name : null],
  ] as const)
    if (name !== null && !OBJECT_NAME.test(name))
      throw new CommandFailure(
        'usage',
        `${flag}=${JSON.stringify(name)} is no name of a ${kind}`,
        `kubectl get ${kind.toLowerCase()}s`,
      );
  if (image !== null && !IMAGE.test(image))
    throw new CommandFailure(
      'usage',
      `--image=${JSON.stringify(image)} is no name of an image`,
      'write it as REGISTRY/NAME:TAG',
    );
};

/** The one that was given, else this version's. */
export const imageOf = ({image, version}: Pick<InstallChoices, 'image' | 'version'>): string =>
  image ?? `${REPOSITORY}:${version}`;

/** `namespace` and `workload`: resolved from flags, context and cluster. */
export const planOf = (
  choices: InstallChoices,
  settings: Settings,
  where: {readonly namespace: string; readonly workload: Pick<Workload, 'kind' | 'name'>},
): InstallPlan => {
  const {flags, env, schedule, smtpSecret, notifySecret, checks = null} = choices;
  refuseNames(choices);
  const sources = sourcesOf(flags, env, smtpSecret);
  const {policy, via, stateName, cronJobName, deadline} = settings;
  const minutes = policy.interval / 60_000;
  // A dry run is of one pass, never of an installation.
  const mode = policy.mode === 'active' ? 'active' : 'observe';
  const pace = paceOf(schedule, sources.get('interval')?.origin === 'default' ? null : minutes, minutes);
  if (deadline >= pace.interval * 60_000)
    throw new CommandFailure(
      'usage',
      `A pass of ${deadline / 1000} s does not fit into ${pace.interval} min`,
      'shorten it with --deadline',
    );
  return {
    namespace: where.namespace,
    name: cronJobName,
    workload: {kind: where.workload.kind, name: where.workload.name},
    mode,
    via,
    stateName,
    smtpSecret,
    notifySecret,
    checks,
    ...pace,
    deadline: deadline / 1000,
    image: imageOf(choices),
    variables: variablesOf(sources, {
      workload: where.workload.name,
      mode,
      via,
      interval: pace.interval,
      smtpSecret,
      checks,
    }),
  };
};
