/** The way to a cluster: kubectl's flags, kubeconfig files, or the service account of the pod that this runs in. */
import {note} from '../core/fix.js';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {quoted} from '../core/checks/kubectl.js';
import type {Duration} from '../core/time.js';
import type {Clock, Timers} from '../core/timers.js';
import {apiCluster} from './api-cluster.js';
import {apiClient} from './api/client.js';
import {anyNumber, lanes} from './api/lanes.js';
import {uncounted, type ApiTraffic} from './api/traffic.js';
import type {Cluster} from './cluster.js';
import type {ConnectError} from './connect-error.js';
import {connectError} from './connect-error.js';
import type {Credentials} from './credentials/connection.js';
import type {Flags} from './credentials/flags.js';
import type {KubeconfigNames} from './credentials/kubeconfig.js';
import type {Breadth} from './watch/shared-stream.js';
import {SERVICE_ACCOUNT, inClusterCredentials, podServer} from './credentials/in-cluster.js';

export type {ConnectError} from './connect-error.js';

/** kubectl's flags of the same names; absent, empty or `null` means not given. */
export interface KubeOptions {
  readonly kubeconfig?: string | null;
  readonly context?: string | null;
  readonly cluster?: string | null;
  readonly user?: string | null;
  readonly namespace?: string | null;
  readonly server?: string | null;
  readonly token?: string | null;
  readonly as?: string | null;
  readonly asGroups?: readonly string[];
  /** The longest that one request may take, besides the caller's own signal; 0 or absent: no limit of its own. */
  readonly requestTimeout?: Duration | null;
  readonly certificateAuthority?: string | null;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string | null;
  /** The environment: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST; plugins get it too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * The pod's own service account before any kubeconfig (`run-cron`). Flags that name a kubeconfig, context, cluster, user or server win over it.
   * Otherwise the service account is used only where there is no kubeconfig, as with kubectl.
   */
  readonly preferInCluster: boolean;
  /**
   * There is a person at the terminal of this process (stdin and stderr), whom a credential plugin may ask while the connection
   * is prepared; the signal is Ctrl-C. Absent or `null`: there is no terminal.
   */
  readonly terminal?: AbortSignal | null;
  /** Where the service account is mounted; only tests name another place. */
  readonly serviceAccountFolder?: string;
}

/** What a use case wants of its connection. */
export interface Opening {
  /** Counts its requests; absent: nobody does. */
  readonly traffic?: ApiTraffic;
  /** All watches of a kind share one stream of the API server, so wide; absent: each watch has its own. */
  readonly sharedWatches?: Breadth;
  /** So many questions at once, but for those that cannot wait; absent: any number. */
  readonly questionsAtOnce?: number;
}

export const isConnectError = (outcome: Cluster | ConnectError): outcome is ConnectError => 'fix' in outcome;

const named = (options: KubeOptions): boolean =>
  [options.kubeconfig, options.context, options.cluster, options.user, options.server].some(Boolean);

const flagsOf = (options: KubeOptions): Flags => ({
  context: options.context || null,
  cluster: options.cluster || null,
  user: options.user || null,
  namespace: options.namespace || null,
  server: options.server || null,
  token: options.token || null,
  certificateAuthority: options.certificateAuthority || null,
  insecureSkipTlsVerify: options.insecureSkipTlsVerify === true,
  tlsServerName: options.tlsServerName || null,
});

const defaultFile = (options: KubeOptions): string =>
  path.join(options.env['HOME'] || options.env['USERPROFILE'] || os.homedir(), '.kube', 'config');

/** The files to read, as kubectl finds them. Of a KUBECONFIG list those that are missing are passed over, unless none is there. */
const kubeconfigFiles = (options: KubeOptions): readonly string[] => {
  if (options.kubeconfig) return [options.kubeconfig];
  const listed = (options.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const present = listed.filter((file) => fs.existsSync(file));
  if (listed.length > 0) return present.length > 0 ? present : listed;
  const file = defaultFile(options);
  return fs.existsSync(file) ? [file] : [];
};

/** The command that runs the plugin of this very context on a terminal, with all that the kubeconfig gives it. */
const signInCommand = ({kubeconfig, user}: KubeOptions, context: string): string =>
  [
    'kubectl auth whoami',
    kubeconfig ? ` --kubeconfig ${quoted(kubeconfig)}` : '',
    ` --context ${quoted(context)}`,
    user ? ` --user ${quoted(user)}` : '',
  ].join('');

const fromKubeconfig = async (
  files: readonly string[],
  options: KubeOptions,
  timers: Timers,
): Promise<Credentials | ConnectError> => {
  // The YAML parser behind these two takes a while to load; a pod never needs it.
  const [{loadKubeconfig}, {kubeconfigCredentials}] = await Promise.all([
    import('./credentials/kubeconfig.js'),
    import('./credentials/kubeconfig-credentials.js'),
  ]);
  const reload = (): ReturnType<typeof loadKubeconfig> => loadKubeconfig(files, flagsOf(options));
  const chosen = reload();
  if ('fix' in chosen) return chosen;
  const credentials = kubeconfigCredentials(chosen, {
    as: options.as || null,
    asGroups: options.asGroups ?? [],
    env: options.env,
    timers,
    reload,
    signIn: signInCommand(options, chosen.context),
  });
  if (options.terminal) await credentials.signIn(options.terminal);
  return credentials;
};

const fromPod = (options: KubeOptions, {monotonic}: Clock): Credentials | null => {
  const folder = options.serviceAccountFolder ?? SERVICE_ACCOUNT;
  const server = podServer({env: options.env, folder});
  if (server === null) return null;
  const credentials = inClusterCredentials(server, {
    as: options.as || null,
    asGroups: options.asGroups ?? [],
    env: options.env,
    folder,
    monotonic,
  });
  return {...credentials, namespace: options.namespace ?? credentials.namespace};
};

/** The names in the kubeconfig files that the options name. */
export const kubeconfigNames = async (options: KubeOptions): Promise<KubeconfigNames> => {
  const {namesInKubeconfig} = await import('./credentials/kubeconfig.js');
  return namesInKubeconfig(kubeconfigFiles(options));
};

const findCredentials = async (options: KubeOptions, timers: Timers): Promise<Credentials | ConnectError> => {
  const pod = named(options) ? null : fromPod(options, timers);
  if (pod !== null && options.preferInCluster) return pod;
  const files = kubeconfigFiles(options);
  if (files.length > 0 || options.server) return fromKubeconfig(files, options, timers);
  if (pod !== null) return pod;
  return connectError(
    `no cluster is configured: no kubeconfig (${defaultFile(options)}, KUBECONFIG, --kubeconfig), and this is not a pod with a service account`,
    [note('Set a kubeconfig with --kubeconfig or KUBECONFIG, or try the tool without a cluster: --demo.')],
  );
};

/**
 * Prepares the connection; nothing is sent yet, but a person at a terminal may have to sign in. Without a kubeconfig and outside of a pod this is an error,
 * never a silent localhost:8080 (as client-node would have it) and never whatever cluster happens to be selected (B-54).
 */
export const connect = async (
  options: KubeOptions,
  timers: Timers,
  {traffic = uncounted, sharedWatches, questionsAtOnce}: Opening = {},
): Promise<Cluster | ConnectError> => {
  const credentials = await findCredentials(options, timers);
  if ('fix' in credentials) return credentials;
  const client = apiClient(credentials, {
    timers,
    random: Math.random,
    requestTimeout: options.requestTimeout || null,
    traffic,
    lanes: questionsAtOnce === undefined ? anyNumber : lanes(questionsAtOnce),
  });
  return apiCluster(credentials, client, {timers, random: Math.random}, sharedWatches ?? null);
};
