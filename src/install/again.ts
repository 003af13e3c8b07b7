/** The command line that prints the same manifests again, for a person to copy. */
import {quoted} from '../core/checks/kubectl.js';
import {settingRows} from '../settings/table.js';
import type {Place} from './find.js';
import type {InstallChoices} from './make-plan.js';

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

/** `kubectl frigate-health install … | kubectl apply -f -`, with every flag that was given. Variables hold on in the same shell. */
export const pipeline = (
  {flags, image, schedule, smtpSecret}: Pick<InstallChoices, 'flags' | 'image' | 'schedule' | 'smtpSecret'>,
  {namespace, workload}: Place,
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
  ]);
  return `kubectl frigate-health install ${workload.kind.toLowerCase()}/${quoted(workload.name)} -n ${quoted(namespace)}${toCluster}${settings}${own} | kubectl${toCluster} apply -f -`;
};
