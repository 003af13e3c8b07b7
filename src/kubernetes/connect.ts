/** The way to a cluster: kubectl's flags, kubeconfig files, or the service account of the pod that this runs in. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type {Duration} from '../core/time.js';
import {apiCluster} from './api-cluster.js';
import {apiClient} from './api/client.js';
import type {Cluster} from './cluster.js';
import type {ConnectError} from './connect-error.js';
import {connectError} from './connect-error.js';
import type {Credentials} from './credentials/connection.js';
import type {Flags} from './credentials/flags.js';
import type {KubeconfigNames} from './credentials/kubeconfig.js';
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
  /** Where the service account is mounted; only tests name another place. */
  readonly serviceAccountFolder?: string;
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

const monotonic = (): number => performance.now();

const fromKubeconfig = async (files: readonly string[], options: KubeOptions): Promise<Credentials | ConnectError> => {
  // The library behind these two takes a quarter of a second to import; a pod never needs it.
  const [{loadKubeconfig}, {kubeconfigCredentials}] = await Promise.all([
    import('./credentials/kubeconfig.js'),
    import('./credentials/kubeconfig-credentials.js'),
  ]);
  const reload = (): ReturnType<typeof loadKubeconfig> => loadKubeconfig(files, flagsOf(options));
  const chosen = reload();
  if ('fix' in chosen) return chosen;
  return kubeconfigCredentials(chosen, {
    as: options.as || null,
    asGroups: options.asGroups ?? [],
    env: options.env,
    monotonic,
    wallClock: Date.now,
    reload,
  });
};

const fromPod = (options: KubeOptions): Credentials | null => {
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

const findCredentials = async (options: KubeOptions): Promise<Credentials | ConnectError> => {
  const pod = named(options) ? null : fromPod(options);
  if (pod !== null && options.preferInCluster) return pod;
  const files = kubeconfigFiles(options);
  if (files.length > 0 || options.server) return fromKubeconfig(files, options);
  if (pod !== null) return pod;
  return connectError(
    `there is no cluster to talk to: no kubeconfig (${defaultFile(options)}, KUBECONFIG, --kubeconfig), and this is not a pod with a service account`,
    'name a kubeconfig with --kubeconfig or KUBECONFIG, or try the tool without a cluster: --demo',
  );
};

/**
 * Prepares the connection; nothing is sent yet. Without a kubeconfig and outside of a pod this is an error,
 * never a silent localhost:8080 (as client-node would have it) and never whatever cluster happens to be selected (B-54).
 */
export const connect = async (options: KubeOptions): Promise<Cluster | ConnectError> => {
  const credentials = await findCredentials(options);
  if ('fix' in credentials) return credentials;
  const client = apiClient(credentials, {
    monotonic,
    random: Math.random,
    requestTimeout: options.requestTimeout || null,
  });
  return apiCluster(credentials, client);
};
