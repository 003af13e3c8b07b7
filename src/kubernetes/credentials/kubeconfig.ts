/** Which cluster, user and namespace a kubeconfig names: files merged and flags applied as kubectl does. */
import fs from 'node:fs';
import path from 'node:path';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import type {Cluster, Context, User} from '@kubernetes/client-node/dist/config_types.js';
import {oneLine} from '../api/failure.js';
import type {ConnectError} from '../connect-error.js';
import {connectError} from '../connect-error.js';
import type {Flags} from './flags.js';
import {noExtras, userExtrasIn, type UserExtras} from './user-entry.js';

/** The one cluster and user that are talked to, and as what they are known. */
export interface Chosen {
  readonly context: string;
  readonly namespace: string | null;
  readonly cluster: Cluster;
  readonly user: User;
  readonly userExtras: UserExtras;
  /** Folder of the file that the user entry came from. */
  readonly userFolder: string;
}

interface Entry<T> {
  readonly entry: T;
  readonly folder: string;
}

type UserEntry = Entry<User> & {readonly extras: UserExtras};

/** What several files come to: by name, the first one wins, as in kubectl (client-node throws on a duplicate). */
interface Merged {
  readonly files: readonly string[];
  readonly currentContext: string | null;
  readonly clusters: ReadonlyMap<string, Entry<Cluster>>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, Entry<Context>>;
}

const isFailure = (value: object): value is ConnectError => 'fix' in value;

const reasonOf = (error: unknown): string => oneLine(error instanceof Error ? error.message : String(error), 160);

interface Loaded {
  readonly config: KubeConfig;
  readonly extras: ReadonlyMap<string, UserExtras>;
}

/** What the operating system says of a file, in words. */
const fileTroubles: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EISDIR', 'is a folder'],
  ['EACCES', 'may not be read by this user'],
]);

const loadFile = (file: string): Loaded | ConnectError => {
  const config = new KubeConfig();
  try {
    const text = fs.readFileSync(file, 'utf8');
    // Entries that are broken but not used must not be in the way, as with kubectl.
    config.loadFromString(text, {onInvalidEntry: 'filter'});
    config.makePathsAbsolute(path.dirname(file));
    return {config, extras: userExtrasIn(text, path.dirname(path.resolve(file)))};
  } catch (error) {
    const trouble = fileTroubles.get(error instanceof Error && 'code' in error ? error.code : null);
    if (trouble !== undefined)
      return connectError(
        `the kubeconfig ${file} ${trouble}`,
        'name an existing file that you may read with --kubeconfig or KUBECONFIG',
      );
    return connectError(
      `the kubeconfig ${file} cannot be read: ${reasonOf(error)}`,
      `look at it: kubectl config view --kubeconfig ${file}`,
    );
  }
};

const addFirst = <T extends {readonly name: string}, E>(
  into: Map<string, E>,
  entries: readonly T[],
  make: (entry: T) => E,
): void => {
  for (const entry of entries) if (!into.has(entry.name)) into.set(entry.name, make(entry));
};

const merge = (files: readonly string[]): Merged | ConnectError => {
  const clusters = new Map<string, Entry<Cluster>>();
  const users = new Map<string, UserEntry>();
  const contexts = new Map<string, Entry<Context>>();
  let currentContext: string | null = null;
  for (const file of files) {
    const loaded = loadFile(file);
    if (isFailure(loaded)) return loaded;
    const {config, extras} = loaded;
    const folder = path.dirname(path.resolve(file));
    addFirst(clusters, config.clusters, (entry) => ({entry, folder}));
    addFirst(users, config.users, (entry) => ({entry, folder, extras: extras.get(entry.name) ?? noExtras}));
    addFirst(contexts, config.contexts, (entry) => ({entry, folder}));
    currentContext ||= config.currentContext || null;
  }
  return {files, currentContext, clusters, users, contexts};
};

const names = (entries: ReadonlyMap<string, unknown>): string => [...entries.keys()].sort().join(', ') || 'none';

const missingEntry = (
  what: string,
  name: string,
  merged: Merged,
  entries: ReadonlyMap<string, unknown>,
): ConnectError =>
  connectError(
    `the ${what} "${name}" is not in the kubeconfig (${merged.files.join(', ')}), or is incomplete; there are: ${names(entries)}`,
    'kubectl config get-contexts',
  );

/** The flags laid over the entry, as kubectl does. */
const overridden = (found: Cluster | null, server: string, flags: Flags): Cluster => {
  const caFile = flags.certificateAuthority ?? found?.caFile;
  const tlsServerName = flags.tlsServerName ?? found?.tlsServerName;
  return {
    ...found,
    name: found?.name ?? 'server',
    server: server.replace(/\/$/, ''),
    // client-node talks plain http only with this set; kubectl does so without asking.
    skipTLSVerify: flags.insecureSkipTlsVerify || found?.skipTLSVerify === true || server.startsWith('http:'),
    ...(caFile === undefined ? {} : {caFile}),
    ...(tlsServerName === undefined ? {} : {tlsServerName}),
  };
};

const chooseCluster = (merged: Merged, name: string | null, flags: Flags): Cluster | ConnectError => {
  const found = name === null ? null : (merged.clusters.get(name)?.entry ?? null);
  if (found === null && name !== null && (flags.cluster !== null || flags.server === null))
    return missingEntry('cluster', name, merged, merged.clusters);
  const server = flags.server ?? found?.server;
  if (server === undefined)
    return connectError('no cluster is chosen', 'kubectl config use-context NAME, or --context NAME');
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server))
    return connectError(
      `the server address of cluster "${name ?? '--server'}" is not an http or https URL`,
      'kubectl config view --minify',
    );
  return overridden(found, server, flags);
};

const chooseUser = (merged: Merged, name: string | null, flags: Flags): UserEntry | ConnectError => {
  const token = flags.token === null ? {} : {token: flags.token, exec: undefined, authProvider: undefined};
  if (name === null) return {entry: {name: 'anonymous', ...token}, folder: '.', extras: noExtras};
  const found = merged.users.get(name);
  if (found === undefined) return missingEntry('user', name, merged, merged.users);
  return {
    entry: {...found.entry, ...token},
    folder: found.folder,
    extras: flags.token === null ? found.extras : {...found.extras, tokenFile: null},
  };
};

/** The context, or `null` where a server or cluster given by flag makes one needless. */
const chooseContext = (merged: Merged, flags: Flags): Context | null | ConnectError => {
  const name = flags.context ?? merged.currentContext;
  const needed = flags.server === null && flags.cluster === null;
  if (name === null) {
    return needed
      ? connectError(
          `the kubeconfig (${merged.files.join(', ')}) chooses no context; there are: ${names(merged.contexts)}`,
          'kubectl config use-context NAME, or --context NAME',
        )
      : null;
  }
  const found = merged.contexts.get(name)?.entry;
  if (found !== undefined) return found;
  return needed || flags.context !== null ? missingEntry('context', name, merged, merged.contexts) : null;
};

export interface KubeconfigNames {
  readonly contexts: readonly string[];
  readonly clusters: readonly string[];
  readonly users: readonly string[];
}

/** The names in the files, sorted; none of a broken file. */
export const namesInKubeconfig = (files: readonly string[]): KubeconfigNames => {
  const merged = merge(files);
  if (isFailure(merged)) return {contexts: [], clusters: [], users: []};
  const sorted = (entries: ReadonlyMap<string, unknown>): readonly string[] => [...entries.keys()].sort();
  return {contexts: sorted(merged.contexts), clusters: sorted(merged.clusters), users: sorted(merged.users)};
};

/** What the merged files and the flags choose, or the one thing that is wrong with them. */
const choose = (merged: Merged, flags: Flags): Chosen | ConnectError => {
  const context = chooseContext(merged, flags);
  if (context !== null && isFailure(context)) return context;
  const cluster = chooseCluster(merged, flags.cluster ?? context?.cluster ?? null, flags);
  if (isFailure(cluster)) return cluster;
  const user = chooseUser(merged, flags.user ?? context?.user ?? null, flags);
  if (isFailure(user)) return user;
  return {
    context: context?.name ?? cluster.name,
    namespace: flags.namespace ?? context?.namespace ?? null,
    cluster,
    user: user.entry,
    userExtras: user.extras,
    userFolder: user.folder,
  };
};

/** Loads the files (each must exist) and applies the flags. Throws nothing: a broken file is a ConnectError. */
export const loadKubeconfig = (files: readonly string[], flags: Flags): Chosen | ConnectError => {
  const merged = merge(files);
  return isFailure(merged) ? merged : choose(merged, flags);
};
