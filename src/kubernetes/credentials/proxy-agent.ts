/**
 * Connections through a proxy, for requests and WebSockets alike: an agent as any other, whose connections begin with the
 * proxy. The name of the API server is resolved by the proxy, never here (as Go's net/http does), so that a name that is
 * known behind the proxy alone works.
 *
 * Node's own agents (`proxyEnv`) know no SOCKS and verify an https proxy without the authority of the kubeconfig; those of the
 * proxy-agent packages hand on a refusal of the proxy as if it was the API server's answer.
 */
import {seconds} from '../../core/time.js';
import {after, type Timers} from '../../core/timers.js';
import type {Agent, ClientRequestArgs, IncomingMessage} from 'node:http';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type {Duplex} from 'node:stream';
import {rootCertificates} from 'node:tls';
import {addressOf} from './proxy-choice.js';
import type {Proxy} from './proxy-choice.js';
import type {TlsOptions} from './connection.js';

/** What kubectl gives a connection to be made (client-go, transport/cache.go). Milliseconds. */
const DIAL_LIMIT = seconds(30);

/** The proxy was not reached, or did not lead on. Nothing was sent to the API server. */
export class ProxyError extends Error {
  readonly code = 'ERR_PROXY';

  constructor(proxy: Proxy, detail: string, options?: ErrorOptions) {
    super(`through the proxy ${addressOf(proxy)}: ${detail}`, options);
    this.name = 'ProxyError';
  }
}

interface Destination {
  readonly host: string;
  readonly port: number;
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const authorization = ({login}: Proxy): Record<string, string> =>
  login === null
    ? {}
    : {'Proxy-Authorization': `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`};

/** `host:port` as CONNECT names it. */
const authority = ({host, port}: Destination): string => `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;

/** The authority of the kubeconfig may be the one of the proxy too; for kubectl it is the only one. */
const trusted = ({host}: Proxy, {ca, rejectUnauthorized}: TlsOptions): TlsOptions => ({
  // Else Node expects the name in the Host header, which is the API server's.
  servername: net.isIP(host) === 0 ? host : '',
  ...(ca === undefined ? {} : {ca: [...rootCertificates, ca.toString()].join('\n')}),
  ...(rejectUnauthorized === undefined ? {} : {rejectUnauthorized}),
});

const tunnel = (proxy: Proxy, destination: Destination, tls: TlsOptions, signal: AbortSignal): Promise<net.Socket> =>
  new Promise((resolve, reject) => {
    const target = authority(destination);
    const options = {
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      headers: {Host: target, 'User-Agent': 'kubectl-frigate-health', ...authorization(proxy)},
      agent: false,
      signal,
    };
    const request =
      proxy.scheme === 'https' ? https.request({...options, ...trusted(proxy, tls)}) : http.request(options);
    const refused = ({statusCode, statusMessage}: IncomingMessage): void => {
      request.destroy();
      reject(new ProxyError(proxy, `HTTP ${statusCode ?? 0} ${statusMessage ?? ''}`.trimEnd()));
    };
    request.once('connect', (response, socket: net.Socket, head: Buffer) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        refused(response);
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    // Some answer a CONNECT that they refuse as they answer any request.
    request.once('response', refused);
    request.on('error', (error) => reject(new ProxyError(proxy, said(error), {cause: error})));
    request.end();
  });

/** The connection to the proxy is made here, so that it ends with the signal at any time; the library runs SOCKS over it. */
const throughSocks = async (proxy: Proxy, destination: Destination, signal: AbortSignal): Promise<net.Socket> => {
  const {SocksClient} = await import('socks');
  const {promise: connected, resolve, reject} = Promise.withResolvers<undefined>();
  const socket = net.connect({host: proxy.host, port: proxy.port, signal}, () => resolve(undefined));
  socket.on('error', reject);
  try {
    await connected;
    await SocksClient.createConnection({
      command: 'connect',
      destination,
      existing_socket: socket,
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(proxy.login === null ? {} : {userId: proxy.login.user, password: proxy.login.password}),
      },
      timeout: DIAL_LIMIT,
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new ProxyError(proxy, said(error), {cause: error});
  }
};

const dial = (proxy: Proxy, destination: Destination, tls: TlsOptions, signal: AbortSignal): Promise<net.Socket> =>
  proxy.scheme === 'socks5' ? throughSocks(proxy, destination, signal) : tunnel(proxy, destination, tls, signal);

/** What an agent is asked to connect to; the port comes as text from a URL. */
const destinationOf = ({host, port}: ClientRequestArgs): Destination => ({
  host: (host ?? 'localhost').replace(/^\[|\]$/g, ''),
  port: Number(port),
});

/** A connection within its limit, unless the agent ends before. The signal only limits the dialling; the connection stays open. */
const dialWithin = async (
  proxy: Proxy,
  options: ClientRequestArgs,
  tls: TlsOptions,
  ending: AbortSignal,
  timers: Timers,
): Promise<net.Socket> => {
  const dialling = new AbortController();
  const stop = (): void => dialling.abort();
  const stopTimer = after(timers, DIAL_LIMIT, stop);
  ending.addEventListener('abort', stop, {once: true});
  try {
    ending.throwIfAborted();
    const socket = await dial(proxy, destinationOf(options), tls, dialling.signal);
    socket.setKeepAlive(true, DIAL_LIMIT);
    return socket;
  } catch (error) {
    if (!dialling.signal.aborted) throw error;
    throw new ProxyError(proxy, ending.aborted ? 'ended' : `no connection within ${DIAL_LIMIT / 1000} s`);
  } finally {
    stopTimer();
    ending.removeEventListener('abort', stop);
  }
};

type Connected = (error: Error | null, socket: Duplex) => void;

/** Answers later, as an agent may. With an error there is no socket, whatever the type of the callback says. */
const answerLater = (connection: Promise<Duplex>, connected: Connected | undefined): void => {
  connection.then(
    (socket) => connected?.(null, socket),
    (error: unknown) => (connected as ((error: unknown) => void) | undefined)?.(error),
  );
};

class ProxiedHttps extends https.Agent {
  readonly #ending = new AbortController();
  readonly #proxy: Proxy;
  readonly #tls: TlsOptions;
  readonly #timers: Timers;

  constructor(proxy: Proxy, tls: TlsOptions, timers: Timers) {
    super({keepAlive: true, ...tls});
    this.#timers = timers;
    this.#proxy = proxy;
    this.#tls = tls;
  }

  override createConnection(options: https.RequestOptions, connected?: Connected): undefined {
    const encrypted = async (): Promise<Duplex> => {
      const socket = await dialWithin(this.#proxy, options, this.#tls, this.#ending.signal, this.#timers);
      // Node's own goes on from here: TLS over the socket, with the sessions that it keeps.
      return super.createConnection({...options, socket} as https.RequestOptions) ?? socket;
    };
    answerLater(encrypted(), connected);
    return undefined;
  }

  override destroy(): void {
    this.#ending.abort();
    super.destroy();
  }
}

class ProxiedHttp extends http.Agent {
  readonly #ending = new AbortController();
  readonly #proxy: Proxy;
  readonly #timers: Timers;

  constructor(proxy: Proxy, timers: Timers) {
    super({keepAlive: true});
    this.#timers = timers;
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, connected?: Connected): undefined {
    answerLater(dialWithin(this.#proxy, options, {}, this.#ending.signal, this.#timers), connected);
    return undefined;
  }

  override destroy(): void {
    this.#ending.abort();
    super.destroy();
  }
}

/**
 * An agent whose connections go through the proxy. A plain HTTP server is reached through a tunnel as well, not
 * with the absolute address in the request as in Go, so that WebSockets need no special case.
 */
export const proxyAgent = (proxy: Proxy, isSecure: boolean, tls: TlsOptions, timers: Timers): Agent =>
  isSecure ? new ProxiedHttps(proxy, tls, timers) : new ProxiedHttp(proxy, timers);
