/** The credentials that a kubeconfig describes. The library reads certificates, tokens, OIDC and proxies; plugins are run here. */
import type {RequestOptions} from 'node:https';
import type {Agent} from 'node:http';
import http from 'node:http';
import https from 'node:https';
import fs from 'node:fs';
import {readFile} from 'node:fs/promises';
import {X509Certificate} from 'node:crypto';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import type {Known} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import {oneLine} from '../api/failure.js';
import type {ConnectError} from '../connect-error.js';
import type {Fresh} from './cached.js';
import {connectionCache} from './cached.js';
import type {Credentials, TlsOptions} from './connection.js';
import {withoutSecrets} from './connection.js';
import type {Impersonation} from './impersonation.js';
import {impersonationExtras, impersonationHeaders} from './impersonation.js';
import type {Chosen} from './kubeconfig.js';
import type {PluginCredential} from './plugin.js';
import {runPlugin} from './plugin.js';

export interface KubeconfigEnvironment extends Impersonation {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly monotonic: () => number;
  /** Wall clock in milliseconds, for the expiry that a plugin gives. */
  readonly wallClock: () => number;
  /** Reads the files again: a rotated token or certificate is picked up after a 401. */
  readonly reload: () => Chosen | ConnectError;
}

/** A plugin's credential is renewed this long before it expires. Milliseconds. */
const EXPIRY_MARGIN = 10_000;
/** A token file is read anew this often, as client-go does: whoever renews it does so before the old token ends. Milliseconds. */
const TOKEN_FILE_AGE = 60_000;

const tlsOf = (options: RequestOptions): TlsOptions => {
  const {ca, cert, key, rejectUnauthorized, servername} = options as RequestOptions & TlsOptions;
  return {
    ...(ca ? {ca} : {}),
    ...(cert ? {cert} : {}),
    ...(key ? {key} : {}),
    ...(rejectUnauthorized === undefined ? {} : {rejectUnauthorized}),
    ...(servername ? {servername} : {}),
  };
};

const isLoopback = (server: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(server).hostname);

const newAgent = ({cluster}: Chosen, tls: TlsOptions, fromLibrary: Agent, env: KubeconfigEnvironment['env']): Agent => {
  // The library's agents open a connection for each request; only its proxy agents do what ours cannot.
  if (cluster.proxyUrl) return fromLibrary;
  // HTTPS_PROXY and NO_PROXY hold for kubectl too, but never for a cluster on this machine (Go, net/http ProxyFromEnvironment).
  const options = {keepAlive: true, ...(isLoopback(cluster.server) ? {} : {proxyEnv: env})};
  return cluster.server.startsWith('http:') ? new http.Agent(options) : new https.Agent({...tls, ...options});
};

/** Renewed credentials with the same certificates go on over the same connections. */
const agentKeeper = (
  env: KubeconfigEnvironment['env'],
): ((chosen: Chosen, tls: TlsOptions, fromLibrary: Agent) => Agent) => {
  let last: {readonly key: string; readonly agent: Agent} | null = null;
  return (chosen, tls, fromLibrary) => {
    const key = JSON.stringify([chosen.cluster.server, chosen.cluster.proxyUrl, tls]);
    if (last?.key !== key) last = {key, agent: newAgent(chosen, tls, fromLibrary, env)};
    return last.agent;
  };
};

const headersOf = (
  options: RequestOptions,
  {userExtras}: Chosen,
  environment: KubeconfigEnvironment,
): Record<string, string | readonly string[]> => {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token file ends with a newline, which no header may hold.
    if (typeof value === 'string') headers[name] = value.trim();
  }
  return {...headers, ...impersonationExtras(userExtras), ...impersonationHeaders(environment)};
};

const caDataOf = ({cluster}: Chosen): string | null => {
  if (cluster.caData) return cluster.caData;
  return cluster.caFile ? fs.readFileSync(cluster.caFile).toString('base64') : null;
};

const pluginOf = (chosen: Chosen): unknown => chosen.user.exec as unknown;

const expiryOf = (
  credential: PluginCredential | null,
  {userExtras}: Chosen,
  environment: KubeconfigEnvironment,
): number | null => {
  if (userExtras.tokenFile !== null) return environment.monotonic() + TOKEN_FILE_AGE;
  const expires = Date.parse(credential?.expirationTimestamp ?? '');
  return Number.isFinite(expires)
    ? environment.monotonic() + Math.max(0, expires - environment.wallClock() - EXPIRY_MARGIN)
    : null;
};

const applyPlugin = async (
  chosen: Chosen,
  environment: KubeconfigEnvironment,
  signal: AbortSignal,
): Promise<Known<PluginCredential | null>> => {
  const entry = pluginOf(chosen);
  if (!entry) return known(null);
  return runPlugin(
    {entry, folder: chosen.userFolder, server: chosen.cluster.server, caData: caDataOf(chosen), env: environment.env},
    signal,
  );
};

const optionsOf = async (chosen: Chosen, credential: PluginCredential | null): Promise<RequestOptions> => {
  const config = new KubeConfig();
  const {certData, keyData, ...user} = chosen.user;
  const encode = (pem: string): string => Buffer.from(pem).toString('base64');
  const cert = credential?.clientCertificateData ? encode(credential.clientCertificateData) : certData;
  const key = credential?.clientKeyData ? encode(credential.clientKeyData) : keyData;
  const {tokenFile} = chosen.userExtras;
  const token = tokenFile === null ? credential?.token : await readFile(tokenFile, 'utf8');
  // The plugin has been run already.
  config.loadFromClusterAndUser(chosen.cluster, {
    ...user,
    exec: undefined,
    ...(cert ? {certData: cert} : {}),
    ...(key ? {keyData: key} : {}),
    ...(token ? {token} : {}),
  });
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
};

/**
 * The API server answers an expired client certificate with a bare 401. Throws for one that is none: OpenSSL would name
 * neither the file nor the kubeconfig.
 */
const expiryOfCertificate = ({cert}: TlsOptions): number | null =>
  cert === undefined ? null : new X509Certificate(cert).validToDate.getTime();

const expired = ({context}: Chosen, at: number): Known<never> =>
  unknown(
    'unauthorized',
    `credentials of context ${context}: the client certificate has expired (${new Date(at).toISOString().slice(0, 10)})`,
    'renew the certificate and fetch the kubeconfig anew (kubeadm: kubeadm certs renew admin.conf)',
  );

/** A file that the kubeconfig or a flag names and that cannot be read; `null`: the error is of another kind. */
const unreadableFile = (error: unknown): string | null =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' && 'code' in error
    ? `${error.path} (${String(error.code)})`
    : null;

/** Certificates, keys and addresses that are none, or not there: nothing was asked, and time does not cure it. */
const brokenEntry = (context: string, error: unknown): Known<never> => {
  const file = unreadableFile(error);
  return file === null
    ? unknown(
        'misconfigured',
        oneLine(`credentials of context ${context}: ${error instanceof Error ? error.message : String(error)}`),
        'kubectl config view --minify',
      )
    : unknown(
        'misconfigured',
        oneLine(`credentials of context ${context}: the file ${file} cannot be read`),
        'put it there, or name another: kubectl config view --minify shows which entry does, --certificate-authority FILE wins over it',
      );
};

/** Credentials of a chosen context. */
export const kubeconfigCredentials = (first: Chosen, environment: KubeconfigEnvironment): Credentials => {
  let chosen: Chosen | null = first;
  const agentFor = agentKeeper(environment.env);

  const make = async (signal: AbortSignal): Promise<Known<Fresh>> => {
    const using = chosen ?? environment.reload();
    if ('fix' in using) return unknown('misconfigured', using.message, using.fix);
    chosen = null;
    try {
      const credential = await applyPlugin(using, environment, signal);
      if (!credential.known) return credential;
      const options = await optionsOf(using, credential.value);
      const tls = tlsOf(options);
      const ends = expiryOfCertificate(tls);
      if (ends !== null && ends < environment.wallClock()) return expired(using, ends);
      const connection = {
        server: new URL(using.cluster.server),
        agent: agentFor(using, tls, options.agent as Agent),
        tls,
        headers: headersOf(options, using, environment),
        auth: options.auth ?? null,
      };
      return known({connection, until: expiryOf(credential.value, using, environment)});
    } catch (error) {
      return brokenEntry(using.context, error);
    }
  };

  const cache = connectionCache(make, environment.monotonic);
  return {
    context: first.context,
    server: withoutSecrets(first.cluster.server),
    namespace: first.namespace,
    inCluster: false,
    connection: (signal) => cache.get(signal),
    renew: () => cache.renew(),
    close: () => cache.close(),
  };
};
