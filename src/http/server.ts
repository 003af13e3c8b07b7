/** The listener of `serve`: the app on a port, with limits against clients that are slow, many or endless. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {getRequestListener} from '@hono/node-server';
import {seconds} from '../core/time.js';
import {after, type Timers} from '../core/timers.js';
import {CommandFailure} from '../outcome/failure.js';
import type {FleetSource} from '../outcome/fleet.js';
import type {ServeControl} from '../outcome/recover.js';
import {httpApp} from './app.js';
import type {HttpOptions} from './options.js';

export interface ListeningHttp {
  readonly port: number;
  /** Ends the streams, lets answers under way finish for two seconds, then cuts what is left. */
  close(): Promise<void>;
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 30_000,
} as const;
const MOST_CONNECTIONS = 1000;
const LAST_ANSWERS = seconds(2);

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Where it answers, as a person types it. */
const urlOf = ({host, tls}: HttpOptions, port: number): string =>
  `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;

const errorCode = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** What a person can do about it stands in the message. */
const listenFailure = (error: Error, {host, port}: HttpOptions): CommandFailure => {
  const where = `${host}:${port}`;
  const fixes: Readonly<Record<string, readonly [string, string]>> = {
    EADDRINUSE: [`--listen ${where}: the port is in use`, '--listen with another port'],
    EACCES: [`--listen ${where}: this user may not listen on that port`, '--listen with a port above 1023'],
    EADDRNOTAVAIL: [`--listen ${where}: this machine does not have that address`, '--listen 0.0.0.0:8080'],
  };
  const [message, fix] = fixes[errorCode(error)] ?? [`--listen ${where}: ${error.message}`, null];
  return new CommandFailure('usage', message, fix, {cause: error});
};

const listen = (server: Server, options: HttpOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(listenFailure(error, options));
    server.once('error', fail);
    server.listen(options.port, options.host, () => {
      server.removeListener('error', fail);
      resolve();
    });
  });

const serverFor = (
  {tls}: HttpOptions,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server => {
  if (tls === null) return createServer(LIMITS, listener);
  try {
    return createTlsServer({...LIMITS, ...tls}, listener);
  } catch (error) {
    throw new CommandFailure(
      'usage',
      '--tls-cert and --tls-key: they do not belong together, or cannot be used',
      null,
      {
        cause: error,
      },
    );
  }
};

/** Throws CommandFailure where it cannot listen. Closes with the signal too. */
export const startHttp = async (
  options: HttpOptions,
  source: FleetSource,
  control: ServeControl,
  timers: Timers,
  signal: AbortSignal,
): Promise<ListeningHttp> => {
  const app = httpApp(options, source, control, timers);
  const listener = getRequestListener((request, bindings) => app.fetch(request, bindings), {
    overrideGlobalObjects: false,
    errorHandler: () => new Response(null, {status: 400}),
  });
  let server: Server;
  try {
    server = serverFor(options, (request, response) => void listener(request, response));
    server.maxConnections = MOST_CONNECTIONS;
    await listen(server, options);
  } catch (error) {
    app.close();
    throw error;
  }
  const port = portOf(server);
  options.log({event: 'http.listening', fields: {url: urlOf(options, port)}});

  let closing: Promise<void> | null = null;
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      signal.removeEventListener('abort', onAbort);
      app.close();
      const cancel = after(timers, LAST_ANSWERS, () => server.closeAllConnections());
      server.close(() => {
        cancel();
        resolve();
      });
      server.closeIdleConnections();
    }));
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) await close();
  return {port, close};
};
