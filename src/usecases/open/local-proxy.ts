/** The proxy of `open` on 127.0.0.1: what the session of the browser admits goes to the daemon, everything else gets 403. */
import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http';
import {pipeline} from 'node:stream/promises';
import {CommandFailure} from '../../outcome/failure.js';
import type {Forward, Forwarded} from './forward.js';
import {browserSession, type BrowserSession} from './browser-session.js';

const HOST = '127.0.0.1';
/** Bytes; the daemon takes 16 KiB. */
const MOST_BODY = 64 * 1024;
const MOST_CONNECTIONS = 200;

/** What the daemon reads of a request. All else, `Authorization` and `Cookie` before all, is the browser's and stays here. */
const TO_DAEMON = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'if-modified-since',
  'last-event-id',
  'x-frigate-health',
];

/** Of one connection, or about credentials that the browser does not have here. */
const NOT_TO_BROWSER = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

export interface LocalProxy {
  readonly session: BrowserSession;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

const problem = (response: ServerResponse, status: number, title: string, detail: string): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({type: 'about:blank', title, status, ...(detail === '' ? {} : {detail})});
  response.writeHead(status, {'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store'}).end(body);
};

const headerOf = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : value;
};

const headersToDaemon = (request: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    TO_DAEMON.flatMap((name) => {
      const value = headerOf(request, name);
      return value === null ? [] : [[name, value]];
    }),
  );

const headersToBrowser = (headers: IncomingHttpHeaders): Readonly<Record<string, string | string[]>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NOT_TO_BROWSER.has(name) ? [] : [[name, value]],
    ),
  );

/** `null`: it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
};

/** Aborts when the client is gone before its answer was. */
const whileConnected = (response: ServerResponse, ending: AbortSignal): AbortSignal => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, ending]);
};

const relay = async (
  forward: Forward,
  request: Forwarded,
  response: ServerResponse,
  ending: AbortSignal,
): Promise<void> => {
  const signal = whileConnected(response, ending);
  const answered = await forward(request, signal);
  if (answered.kind === 'failed') {
    problem(response, answered.status, answered.title, answered.why.message);
    return;
  }
  response.writeHead(answered.status, headersToBrowser(answered.headers));
  // An event stream may be silent for a while after its head.
  response.flushHeaders();
  await pipeline(answered.body, response, {signal});
};

const answer = async (
  session: BrowserSession,
  forward: Forward,
  request: IncomingMessage,
  response: ServerResponse,
  ending: AbortSignal,
): Promise<void> => {
  const {method = 'GET', url: target = '/'} = request;
  const answered = session.admit({method, target, header: (name) => headerOf(request, name)});
  if (answered.kind === 'refused') {
    problem(response, 403, 'Not permitted', answered.why);
    return;
  }
  if (answered.kind === 'sign-in') {
    response
      .writeHead(303, {
        'Set-Cookie': answered.cookie,
        Location: '/',
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      })
      .end();
    return;
  }
  const body = await bodyOf(request);
  if (body === null) problem(response, 413, 'The body is too large', '');
  else await relay(forward, {method, target, headers: headersToDaemon(request), body}, response, ending);
};

const listenFailure = (error: Error, port: number): CommandFailure => {
  const code = 'code' in error ? String(error.code) : '';
  const why = {EADDRINUSE: 'the port is in use', EACCES: 'this user may not listen on that port'}[code];
  return new CommandFailure('usage', `--port=${port}: ${why ?? error.message}`, 'leave --port out: any free one', {
    cause: error,
  });
};

/** Listens on 127.0.0.1; `port` 0: any free one. Throws CommandFailure where it cannot. `secret`: a new unguessable word each time. */
export const startLocalProxy = async (port: number, forward: Forward, secret: () => string): Promise<LocalProxy> => {
  const ending = new AbortController();
  let session: BrowserSession | null = null;
  const server = createServer({maxHeaderSize: 16 * 1024}, (request, response) => {
    if (session === null) {
      response.destroy();
      return;
    }
    // A client or a daemon that broke off is no failure of this program.
    answer(session, forward, request, response, ending.signal).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, port)));
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  session = browserSession(typeof address === 'object' && address !== null ? address.port : port, secret);
  return {
    session,
    close: () =>
      new Promise((resolve) => {
        ending.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
