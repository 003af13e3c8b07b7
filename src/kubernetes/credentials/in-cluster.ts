/**
 * The credentials of a pod: its service account. Done without the client library, whose import alone
 * would cost a third of the time of a whole `run-cron`.
 */
import {note} from '../../core/fix.js';
import {readFile} from 'node:fs/promises';
import fs from 'node:fs';
import https from 'node:https';
import {isIPv6} from 'node:net';
import path from 'node:path';
import type {Known} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import type {Fresh} from './cached.js';
import {connectionCache} from './cached.js';
import type {Credentials} from './connection.js';
import type {Impersonation} from './impersonation.js';
import {impersonationHeaders} from './impersonation.js';

export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The kubelet renews the token file long before it expires; client-go reads it again every minute too. Milliseconds. */
const TOKEN_AGE = 60_000;

export interface PodEnvironment extends Impersonation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder with `token`, `ca.crt` and `namespace`. */
  readonly folder: string;
  readonly monotonic: () => number;
}

const read = (file: string): string | null => {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
};

/** The API server's address by the variables that every pod gets; `null` outside of a cluster, or where no token is mounted. */
export const podServer = ({env, folder}: Pick<PodEnvironment, 'env' | 'folder'>): string | null => {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (!host || !fs.existsSync(path.join(folder, 'token'))) return null;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
};

/** Credentials from the mounted service account; `server` from {@link podServer}. */
export const inClusterCredentials = (server: string, pod: PodEnvironment): Credentials => {
  const agents = new Map<string, https.Agent>();

  const agentFor = (ca: string): https.Agent => {
    const known = agents.get(ca);
    if (known !== undefined) return known;
    const agent = new https.Agent({ca, keepAlive: true});
    agents.set(ca, agent);
    return agent;
  };

  const make = async (): Promise<Known<Fresh>> => {
    try {
      const [token, ca] = await Promise.all([
        readFile(path.join(pod.folder, 'token'), 'utf8'),
        readFile(path.join(pod.folder, 'ca.crt'), 'utf8'),
      ]);
      const headers = {Authorization: `Bearer ${token.trim()}`, ...impersonationHeaders(pod)};
      return known({
        connection: {server: new URL(server), agent: agentFor(ca), tls: {ca}, headers, auth: null},
        until: pod.monotonic() + TOKEN_AGE,
      });
    } catch {
      return unknown('unauthorized', 'the token of the service account cannot be read', [
        note('Set automountServiceAccountToken: true on the pod.'),
      ]);
    }
  };

  const cache = connectionCache(make, pod.monotonic, () =>
    unknown('timeout', 'the token of the service account was not read before the deadline'),
  );
  return {
    context: 'in-cluster',
    server,
    namespace: read(path.join(pod.folder, 'namespace')) || null,
    inCluster: true,
    connection: (signal) => cache.get(signal),
    renew: () => cache.renew(),
    close: () => cache.close(),
  };
};
