/** Which cluster, user and namespace a kubeconfig names: files merged and flags applied as kubectl does. */
import {note, run, type Fix} from '../../core/fix.js';
import path from 'node:path';
import {quoted} from '../../core/checks/kubectl.js';
import {oneLine} from '../api/failure.js';
import type {ConnectError} from '../connect-error.js';
import {connectError} from '../connect-error.js';
import type {Flags} from './flags.js';
import {readKubeconfigFile} from './kubeconfig-file.js';
import type {ClusterEntry, ContextEntry, Entry, KubeconfigFile, UserEntry} from './kubeconfig-file.js';
import {parseProxyUrl} from './proxy-choice.js';
import type {Proxy} from './proxy-choice.js';

/** The cluster that is talked to; its address is an http or https URL without a slash at the end. */
export interface ChosenCluster extends Omit<ClusterEntry, 'server' | 'proxyUrl'> {
  readonly server: string;
  /** `proxy-url` of the entry; `null`: what the environment says. */
  readonly proxy: Proxy | null;
}

/** The one cluster and user that are talked to, and as what they are known. */
export interface Chosen {
  readonly context: string;
  readonly namespace: string | null;
  readonly cluster: ChosenCluster;
  readonly user: UserEntry;
  /** Folder of the file that the user entry came from. */
  readonly userFolder: string;
}

/** What several files come to: by name, the first one wins, as in kubectl. */
interface Merged extends KubeconfigFile {
  readonly files: readonly string[];
}

const isFailure = (value: object): value is ConnectError => 'fix' in value;

const merge = (files: readonly string[]): Merged | ConnectError => {
  const clusters = new Map<string, Entry<ClusterEntry>>();
  const users = new Map<string, Entry<UserEntry>>();
  const contexts = new Map<string, Entry<ContextEntry>>();
  const addFirst = <T>(into: Map<string, T>, from: ReadonlyMap<string, T>): void => {
    for (const [name, entry] of from) if (!into.has(name)) into.set(name, entry);
  };
  let currentContext: string | null = null;
  for (const file of files) {
    const read = readKubeconfigFile(file);
    if (isFailure(read)) return read;
    addFirst(clusters, read.clusters);
    addFirst(users, read.users);
    addFirst(contexts, read.contexts);
    currentContext ??= read.currentContext;
  }
  return {files, currentContext, clusters, users, contexts};
};

/** A name as it is shown: on one line, whatever it contains. */
const shown = (name: string): string => oneLine(name, 100);

const names = (entries: ReadonlyMap<string, unknown>): string =>
  [...entries.keys()].sort().map(shown).join(', ') || 'none';

/** The entry of a name, or why there is none to use. */
const entryNamed = <T>(
  what: 'context' | 'cluster' | 'user',
  name: string,
  merged: Merged,
  entries: ReadonlyMap<string, Entry<T>>,
): {readonly value: T; readonly file: string} | ConnectError => {
  const entry = entries.get(name);
  if (entry === undefined)
    return connectError(
      `the ${what} "${shown(name)}" is not in the kubeconfig (${merged.files.join(', ')}); available: ${names(entries)}`,
      [run('kubectl config get-contexts')],
    );
  return entry.valid ? entry : entry.error;
};

const noUser: UserEntry = {
  name: 'anonymous',
  certData: null,
  certFile: null,
  keyData: null,
  keyFile: null,
  token: null,
  tokenFile: null,
  username: null,
  password: null,
  as: null,
  asGroups: [],
  asUid: null,
  asExtra: {},
  exec: null,
  authProvider: null,
};

const noEntry: ClusterEntry = {
  name: 'server',
  server: null,
  caData: null,
  caFile: null,
  skipTlsVerify: false,
  tlsServerName: null,
  proxyUrl: null,
};

/** The flags laid over the entry, as kubectl does: a certificate authority that is named wins over the one in the file. */
const overridden = (entry: ClusterEntry, server: string, proxy: Proxy | null, flags: Flags): ChosenCluster => ({
  name: entry.name,
  server: server.replace(/\/$/, ''),
  proxy,
  skipTlsVerify: flags.insecureSkipTlsVerify || entry.skipTlsVerify,
  tlsServerName: flags.tlsServerName ?? entry.tlsServerName,
  ...(flags.certificateAuthority === null
    ? {caData: entry.caData, caFile: entry.caFile}
    : {caData: null, caFile: flags.certificateAuthority}),
});

const chooseOne: Fix = [
  note('Name a context with --context NAME, or choose one:'),
  run('kubectl config use-context NAME'),
];

const proxyOf = ({name, proxyUrl}: ClusterEntry): Proxy | null | ConnectError => {
  if (proxyUrl === null) return null;
  return (
    parseProxyUrl(proxyUrl) ??
    connectError(
      `proxy-url of cluster "${shown(name)}" in the kubeconfig is not a URL that begins with http://, https:// or socks5://`,
      [run(`kubectl config set-cluster ${quoted(shown(name))} --proxy-url=http://HOST:PORT`)],
    )
  );
};

const chooseCluster = (merged: Merged, name: string | null, flags: Flags): ChosenCluster | ConnectError => {
  const isNeeded = flags.cluster !== null || flags.server === null;
  const found =
    name === null || (!isNeeded && !merged.clusters.has(name))
      ? null
      : entryNamed('cluster', name, merged, merged.clusters);
  if (found !== null && isFailure(found)) return found;
  const entry = found?.value ?? noEntry;
  const server = flags.server ?? entry.server;
  if (server === null)
    return name === null
      ? connectError('no cluster is selected', chooseOne)
      : connectError(
          `the cluster "${shown(name)}" in the kubeconfig (${merged.files.join(', ')}) is incomplete: it has no server`,
          [run(`kubectl config set-cluster ${quoted(shown(name))} --server=https://HOST:PORT`)],
        );
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server))
    return connectError(`the server address of cluster "${shown(name ?? '--server')}" is not an http or https URL`, [
      run('kubectl config view --minify'),
    ]);
  const proxy = proxyOf(entry);
  return proxy !== null && isFailure(proxy) ? proxy : overridden(entry, server, proxy, flags);
};

/** With --token only the client certificate of the entry is still used. */
const withToken = (user: UserEntry, token: string | null): UserEntry =>
  token === null ? user : {...user, token, tokenFile: null, exec: null, authProvider: null};

const chooseUser = (
  merged: Merged,
  name: string | null,
  flags: Flags,
): {readonly user: UserEntry; readonly folder: string} | ConnectError => {
  if (name === null) return {user: withToken(noUser, flags.token), folder: '.'};
  const found = entryNamed('user', name, merged, merged.users);
  if (isFailure(found)) return found;
  return {user: withToken(found.value, flags.token), folder: path.dirname(path.resolve(found.file))};
};

/** The context, or `null` where a server or cluster given by flag makes one needless. */
const chooseContext = (merged: Merged, flags: Flags): ContextEntry | null | ConnectError => {
  const name = flags.context ?? merged.currentContext;
  const isNeeded = flags.server === null && flags.cluster === null;
  if (name === null) {
    return isNeeded
      ? connectError(
          `the kubeconfig (${merged.files.join(', ')}) selects no context; available: ${names(merged.contexts)}`,
          chooseOne,
        )
      : null;
  }
  if (!isNeeded && flags.context === null && !merged.contexts.has(name)) return null;
  const found = entryNamed('context', name, merged, merged.contexts);
  return isFailure(found) ? found : found.value;
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
  const chosen = chooseUser(merged, flags.user ?? context?.user ?? null, flags);
  if (isFailure(chosen)) return chosen;
  return {
    context: context?.name ?? cluster.name,
    namespace: flags.namespace ?? context?.namespace ?? null,
    cluster,
    user: chosen.user,
    userFolder: chosen.folder,
  };
};

/** Loads the files (each must exist) and applies the flags. Throws nothing: a broken file is a ConnectError. */
export const loadKubeconfig = (files: readonly string[], flags: Flags): Chosen | ConnectError => {
  const merged = merge(files);
  return isFailure(merged) ? merged : choose(merged, flags);
};
