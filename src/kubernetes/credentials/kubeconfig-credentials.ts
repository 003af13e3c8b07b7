/** The credentials that a kubeconfig describes: certificates, tokens, token files, plugins, and the proxy that leads there. */
import type {Timers} from '../../core/timers.js';
import {note, run} from '../../core/fix.js';
import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Agent} from 'node:http';
import http, {validateHeaderName, validateHeaderValue} from 'node:http';
import https from 'node:https';
import {createSecureContext} from 'node:tls';
import type {Known, Unknown} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import {oneLine} from '../api/failure.js';
import type {ConnectError} from '../connect-error.js';
import type {Fresh} from './cached.js';
import {connectionCache} from './cached.js';
import type {Connection, Credentials, TlsOptions} from './connection.js';
import {withoutSecrets} from './connection.js';
import type {Impersonation} from './impersonation.js';
import {impersonationHeaders, impersonationOf} from './impersonation.js';
import type {Chosen} from './kubeconfig.js';
import type {PluginCredential, PluginRun, RunningPlugin} from './plugin.js';
import type {Proxy} from './proxy-choice.js';
import {proxyFromEnvironment, urlOf} from './proxy-choice.js';

export interface KubeconfigEnvironment extends Impersonation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its wall clock is for the expiry that a plugin gives. */
  readonly timers: Timers;
  /** Reads the files again: a rotated token or certificate is picked up after a 401. */
  readonly reload: () => Chosen | ConnectError;
  /** The command with which a person signs in to this context. */
  readonly signIn: string;
}

export interface KubeconfigCredentials extends Credentials {
  /**
   * Lets the credential plugin of the user prompt at the terminal, before any deadline starts and before the screen is drawn. A
   * refusal holds for the whole command; otherwise each request would prompt again. Without a plugin nothing is done.
   */
  signIn(signal: AbortSignal): Promise<void>;
}

/** A plugin's credential is renewed this long before it expires. Milliseconds. */
const EXPIRY_MARGIN = 10_000;
/** A token file is read again this often, as client-go does: it is renewed before the old token expires. Milliseconds. */
const TOKEN_FILE_AGE = 60_000;

const decoded = (data: string): Buffer => Buffer.from(data, 'base64');

/** What stands in the kubeconfig itself wins over a file that it names, as in client-go. */
const dataOrFile = async (data: string | null, file: string | null): Promise<Buffer | null> => {
  if (data !== null) return decoded(data);
  return file === null ? null : readFile(file);
};

const tlsOf = async ({cluster, user}: Chosen, credential: PluginCredential | null): Promise<TlsOptions> => {
  const [ca, cert, key] = await Promise.all([
    dataOrFile(cluster.caData, cluster.caFile),
    credential?.clientCertificateData ?? dataOrFile(user.certData, user.certFile),
    credential?.clientKeyData ?? dataOrFile(user.keyData, user.keyFile),
  ]);
  return {
    ...(ca === null ? {} : {ca}),
    ...(cert === null ? {} : {cert}),
    ...(key === null ? {} : {key}),
    ...(cluster.skipTlsVerify ? {rejectUnauthorized: false} : {}),
    ...(cluster.tlsServerName === null ? {} : {servername: cluster.tlsServerName}),
  };
};

/** Throws for what is no certificate and no key, here and not in the middle of a request; OpenSSL's words name no field. */
const verifyTls = ({cluster, user}: Chosen, {ca, cert, key}: TlsOptions): void => {
  const verify = (what: string, options: TlsOptions): void => {
    try {
      createSecureContext(options);
    } catch (error) {
      throw new Error(`${what} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  };
  if (ca !== undefined) verify(`the certificate authority of cluster "${cluster.name}"`, {ca});
  if (cert !== undefined) verify(`the client certificate of user "${user.name}"`, {cert});
  if (key !== undefined) verify(`the client key of user "${user.name}"`, cert === undefined ? {key} : {cert, key});
};

const newAgent = async (server: URL, proxy: Proxy | null, tls: TlsOptions, timers: Timers): Promise<Agent> => {
  const isSecure = server.protocol === 'https:';
  if (proxy !== null) return (await import('./proxy-agent.js')).proxyAgent(proxy, isSecure, tls, timers);
  return isSecure ? new https.Agent({...tls, keepAlive: true}) : new http.Agent({keepAlive: true});
};

/** Renewed credentials with the same certificates go on over the same connections. */
const agentKeeper = ({
  env,
  timers,
}: Pick<KubeconfigEnvironment, 'env' | 'timers'>): ((
  server: URL,
  chosen: Chosen,
  tls: TlsOptions,
) => Promise<Agent>) => {
  let last: {readonly key: string; readonly agent: Promise<Agent>} | null = null;
  return (server, {cluster}, tls) => {
    const proxy = cluster.proxy ?? proxyFromEnvironment(server, env);
    const key = JSON.stringify([cluster.server, proxy, tls]);
    if (last?.key !== key) last = {key, agent: newAgent(server, proxy, tls, timers)};
    return last.agent;
  };
};

type Headers = Connection['headers'];

/** The bearer token: of the plugin, else of the file (before the one in the entry, as in client-go), else of the entry. */
const authorizationOf = async ({user}: Chosen, credential: PluginCredential | null): Promise<string | null> => {
  const token =
    credential?.token ?? (user.tokenFile === null ? user.token : (await readFile(user.tokenFile, 'utf8')).trim());
  if (token) return `Bearer ${token.trim()}`;
  if (user.authProvider === null) return null;
  const authorization = await (await import('./auth-provider.js')).authorizationOf(user.authProvider);
  if (authorization === null) throw new Error(`the auth-provider of user "${user.name}" gives no token`);
  return authorization;
};

const headersOf = (authorization: string | null, {user}: Chosen, environment: KubeconfigEnvironment): Headers => ({
  ...(authorization === null ? {} : {Authorization: authorization}),
  ...impersonationOf(user),
  ...impersonationHeaders(environment),
});

/** Throws for a token or a name that no header can hold, here and not in the middle of a request. */
const verifyHeaders = (headers: Headers): void => {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    for (const line of typeof value === 'string' ? [value] : value) validateHeaderValue(name, line);
  }
};

const expiryOf = (
  credential: PluginCredential | null,
  {user}: Chosen,
  environment: KubeconfigEnvironment,
): number | null => {
  if (user.tokenFile !== null) return environment.timers.monotonic() + TOKEN_FILE_AGE;
  const expires = Date.parse(credential?.expirationTimestamp ?? '');
  return Number.isFinite(expires)
    ? environment.timers.monotonic() + Math.max(0, expires - environment.timers.now() - EXPIRY_MARGIN)
    : null;
};

const pluginRun = async (
  {cluster, user, userFolder}: Chosen,
  environment: KubeconfigEnvironment,
  atTerminal: boolean,
): Promise<PluginRun | null> => {
  if (user.exec === null) return null;
  const ca = user.exec.provideClusterInfo ? await dataOrFile(cluster.caData, cluster.caFile) : null;
  return {
    entry: user.exec,
    folder: userFolder,
    cluster: {
      server: cluster.server,
      ...(ca === null ? {} : {'certificate-authority-data': ca.toString('base64')}),
      ...(cluster.tlsServerName === null ? {} : {'tls-server-name': cluster.tlsServerName}),
      ...(cluster.skipTlsVerify ? {'insecure-skip-tls-verify': true} : {}),
      ...(cluster.proxy === null ? {} : {'proxy-url': urlOf(cluster.proxy)}),
    },
    env: environment.env,
    atTerminal,
    signIn: environment.signIn,
    timers: environment.timers,
  };
};

/**
 * The API server answers an expired client certificate with a bare 401. Throws for one that is none: OpenSSL would name
 * neither the file nor the kubeconfig.
 */
const expiryOfCertificate = ({cert}: TlsOptions): number | null =>
  cert === undefined ? null : new X509Certificate(cert).validToDate.getTime();

const expired = ({context}: Chosen, at: number): Unknown =>
  unknown(
    'unauthorized',
    `credentials of context ${context}: the client certificate has expired (${new Date(at).toISOString().slice(0, 10)})`,
    [note('Renew the certificate and fetch the kubeconfig again (kubeadm: kubeadm certs renew admin.conf).')],
  );

/** A file that the kubeconfig or a flag names and that cannot be read; `null`: the error is of another kind. */
const unreadableFile = (error: unknown): string | null =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' && 'code' in error
    ? `${error.path} (${String(error.code)})`
    : null;

/** Certificates, keys and addresses that are none, or not there: nothing was asked, and time does not cure it. */
const brokenEntry = (context: string, error: unknown): Unknown => {
  const file = unreadableFile(error);
  return file === null
    ? unknown(
        'misconfigured',
        oneLine(`credentials of context ${context}: ${error instanceof Error ? error.message : String(error)}`),
        [run('kubectl config view --minify')],
      )
    : unknown('misconfigured', oneLine(`credentials of context ${context}: the file ${file} cannot be read`), [
        note(
          'Create the file, or name another one; --certificate-authority FILE overrides the entry. The entry that names it:',
        ),
        run('kubectl config view --minify'),
      ]);
};

/** Credentials of a chosen context. */
export const kubeconfigCredentials = (first: Chosen, environment: KubeconfigEnvironment): KubeconfigCredentials => {
  let chosen: Chosen | null = first;
  let running: RunningPlugin | null = null;
  let isPersonThere = false;
  let refused: Unknown | null = null;
  const agentFor = agentKeeper(environment);

  /** The credential of the plugin; `null`: the user has none. */
  const askPlugin = async (using: Chosen, signal: AbortSignal): Promise<Known<PluginCredential | null>> => {
    const run = await pluginRun(using, environment, isPersonThere);
    if (run === null) return known(null);
    running = (await import('./plugin.js')).startPlugin(run, signal);
    try {
      return await running.result;
    } finally {
      running = null;
    }
  };

  const connectionOf = async (using: Chosen, signal: AbortSignal): Promise<Known<Fresh>> => {
    const credential = await askPlugin(using, signal);
    if (!credential.known) return credential;
    const tls = await tlsOf(using, credential.value);
    const ends = expiryOfCertificate(tls);
    if (ends !== null && ends < environment.timers.now()) return expired(using, ends);
    verifyTls(using, tls);
    const headers = headersOf(await authorizationOf(using, credential.value), using, environment);
    verifyHeaders(headers);
    const server = new URL(using.cluster.server);
    const {username, password} = using.user;
    const connection = {
      server,
      agent: await agentFor(server, using, tls),
      tls,
      headers,
      auth: username === null ? null : `${username}:${password ?? ''}`,
    };
    return known({connection, until: expiryOf(credential.value, using, environment)});
  };

  const make = async (signal: AbortSignal): Promise<Known<Fresh>> => {
    const using = chosen ?? environment.reload();
    if ('fix' in using) return unknown('misconfigured', using.message, using.fix);
    chosen = null;
    try {
      return await connectionOf(using, signal);
    } catch (error) {
      return brokenEntry(using.context, error);
    }
  };

  const overdue = (): Unknown =>
    running?.overdue() ?? unknown('timeout', 'no credentials before the deadline', [run(environment.signIn)]);

  const cache = connectionCache(make, () => environment.timers.monotonic(), overdue);
  return {
    context: first.context,
    server: withoutSecrets(first.cluster.server),
    namespace: first.namespace,
    inCluster: false,
    connection: (signal) => (refused === null ? cache.get(signal) : Promise.resolve(refused)),
    renew: () => cache.renew(),
    close: () => cache.close(),
    async signIn(signal) {
      if (first.user.exec === null) return;
      isPersonThere = true;
      const ending = (): void => cache.close();
      signal.addEventListener('abort', ending, {once: true});
      const connection = await cache.get(signal);
      signal.removeEventListener('abort', ending);
      isPersonThere = false;
      if (!connection.known) refused = connection;
    },
  };
};
