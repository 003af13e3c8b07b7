/** What every request and every socket to the API server needs: where, and as whom. */
import type {Agent} from 'node:http';
import type {Known} from '../../core/known.js';

/** TLS options as node:tls names them; an agent of our own has them already, sockets and proxies want them per request. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

export interface Connection {
  readonly server: URL;
  readonly agent: Agent;
  readonly tls: TlsOptions;
  /** `Authorization` and impersonation; an array is sent as one header line for each value. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** `user:password` of basic authentication. */
  readonly auth: string | null;
}

/** Where to and as whom, with what it takes to find out (files, plugins). */
export interface Credentials {
  /** The name of the kubeconfig context, or `in-cluster`. */
  readonly context: string;
  /** The API server's address without user or password. */
  readonly server: string;
  readonly namespace: string | null;
  readonly inCluster: boolean;
  /** The connection to use now; `unauthorized` or `failed` when the credentials cannot be had, `timeout` when the signal ended first. */
  connection(signal: AbortSignal): Promise<Known<Connection>>;
  /** Forgets what is cached: the API server answered 401. */
  renew(): void;
  /** Ends idle connections and a credential plugin that still runs. */
  close(): void;
}

/** An address for people: without user, password, query. */
export const withoutSecrets = (address: string): string => {
  const url = URL.parse(address);
  return url === null ? address.replace(/\/\/[^/@]*@/, '//') : `${url.origin}${url.pathname}`.replace(/\/$/, '');
};
