/** The command line that prints the same manifests again, for a person to copy. */
import {quoted} from '../../core/checks/kubectl.js';
import type {ReportedSetting} from '../../outcome/check-report.js';
import {settingRows, TABLE, type SettingKey} from '../../settings/table.js';
import type {InstallTarget} from './find.js';
import type {InstallChoices} from './make-plan.js';
import type {ServeScope} from './serve/serve-plan.js';

/** kubectl's flags that lead to the cluster. Never the token: what is copied is also shown, kept and mailed. */
const CLUSTER_FLAGS = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'certificate-authority',
  'tls-server-name',
  'as',
] as const;

/** Where it runs is said by KIND/NAME and -n. */
const SAID_OTHERWISE: ReadonlySet<string> = new Set(['namespace', 'workload']);

const words = (entries: ReadonlyArray<readonly [string, string | null | undefined]>): string =>
  entries
    .flatMap(([flag, value]) => (value === null || value === undefined ? [] : [` --${flag}=${quoted(value)}`]))
    .join('');

type Again = Pick<InstallChoices, 'flags' | 'image' | 'schedule' | 'smtpSecret' | 'notifySecret' | 'checks'> & {
  readonly permissions: boolean;
};

/** `kubectl frigate-health install … | kubectl apply -f -`, with every flag that was given. Variables hold on in the same shell. */
export const pipeline = (again: Again, {namespace, workload}: InstallTarget): string =>
  piped(again, `${workload.kind.toLowerCase()}/${quoted(workload.name)} -n ${quoted(namespace)}`);

/** The same for the daemon. */
export const servePipeline = (again: Again, namespace: string, {fleet, namespaces}: ServeScope): string =>
  piped(
    again,
    `--serve${fleet ? ' --fleet' : ''} -n ${quoted(namespace)}${words([
      ['namespaces', namespaces.length === 0 ? null : namespaces.join(',')],
    ])}`,
  );

const piped = (
  {flags, image, schedule, smtpSecret, notifySecret, checks = null, permissions}: Again,
  what: string,
): string => {
  const toCluster = words(CLUSTER_FLAGS.map((flag) => [flag, flags[flag]]));
  const settings = words(
    settingRows.flatMap(([, {flag}]) =>
      flag === null || SAID_OTHERWISE.has(flag) ? [] : [[flag, flags[flag]] as const],
    ),
  );
  const own = words([
    ['image', image],
    ['schedule', schedule],
    ['smtp-secret', smtpSecret],
    ['notify-secret', notifySecret],
    [checks?.kind === 'Secret' ? 'checks-secret' : 'checks-configmap', checks?.name],
  ]);
  return `kubectl frigate-health install ${what}${permissions ? ' --permissions' : ''}${toCluster}${settings}${own} | kubectl${toCluster} apply -f -`;
};

/** The settings that decide which permissions a pass needs, and which account gets them. */
const DECIDES = ['stateName', 'via', 'mode', 'cronJobName'] as const satisfies readonly SettingKey[];

/**
 * The one command that adds what a pass misses. The pass runs in a pod and the command in a person's shell, so that it names
 * each setting of the pass that decides which permissions are needed.
 */
export const permissionsCommand = (settings: readonly ReportedSetting[], target: InstallTarget): string => {
  const inForce = new Map(settings.map(({name, value}) => [name, value]));
  const flags = DECIDES.flatMap((key): ReadonlyArray<readonly [string, string]> => {
    const {variable, flag, default: usual} = TABLE[key];
    const value = inForce.get(variable);
    return value === undefined || value === usual ? [] : [[flag, value]];
  });
  return pipeline(
    {
      flags: Object.fromEntries(flags),
      image: null,
      schedule: null,
      smtpSecret: null,
      notifySecret: null,
      permissions: true,
    },
    target,
  );
};
