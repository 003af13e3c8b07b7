/** The HTTP interface of the simulated API server: authentication, authorization, disturbances, and the answer. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {Duplex} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {WebSocketServer} from 'ws';
import {isObject, without, type Json} from '../json.js';
import {reviewAt, type Review} from './reviews.js';
import {answerObjects, matcherOf} from './verbs.js';
import {credentials, denial, type LoggedRequest, type ServerParts} from './caller.js';
import {metricsDiscovery, podMetrics} from './metrics.js';
import {garbage, proxyPage, type Disturbance} from './disruption.js';
import {managerOf} from './managed-fields.js';
import {podLog, podProxy, type PodAnswer} from '../node/pod-requests.js';
import {discovery, parseAddress, type Address} from './resources.js';
import * as status from './status.js';
import {execProtocols} from '../node/streams.js';
import {upgrade} from '../node/upgrade.js';
import {watchLines} from './watch.js';

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | number>>;
  readonly body: Buffer | AsyncIterable<string>;
}

const jsonAnswer = (code: number, body: Json): Answer => ({
  code,
  headers: {'Content-Type': 'application/json'},
  body: Buffer.from(JSON.stringify(body)),
});
const textAnswer = (code: number, body: string): Answer => ({
  code,
  headers: {'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff'},
  body: Buffer.from(body),
});
const statusAnswer = (body: status.StatusBody): Answer =>
  body.code === 429
    ? {...jsonAnswer(body.code, body), headers: {'Content-Type': 'application/json', 'Retry-After': '1'}}
    : jsonAnswer(body.code, body);

const fromPod = (answer: PodAnswer): Answer => {
  switch (answer.kind) {
    case 'status':
      return statusAnswer(answer.body);
    case 'stream':
      return {code: 200, headers: {'Content-Type': answer.type}, body: answer.parts};
    case 'relayed': {
      const headers = without(answer.headers, 'connection', 'keep-alive', 'transfer-encoding', 'content-length');
      return {
        code: answer.code,
        headers: Object.fromEntries(
          Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
        ),
        body: answer.body,
      };
    }
  }
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly user: string;
  readonly body: string;
  readonly request: IncomingMessage;
  readonly signal: AbortSignal;
}

const answerPod = async (parts: ServerParts, asked: Asked, address: Address): Promise<Answer> => {
  const {namespace, name} = address;
  const {searchParams} = asked.url;
  if (namespace === null || name === null) return statusAnswer(status.methodNotAllowed());
  switch (address.subresource) {
    case 'log':
      return fromPod(podLog(parts, namespace, name, searchParams, asked.signal));
    case 'proxy':
      return address.rest === ''
        ? {code: 301, headers: {Location: `${asked.url.pathname}/`}, body: Buffer.alloc(0)}
        : fromPod(
            await podProxy(
              parts,
              namespace,
              name,
              `${address.rest}${asked.url.search}`,
              asked.request.headers,
              asked.signal,
            ),
          );
    case 'exec':
    case 'portforward':
      return statusAnswer(status.badRequest('Upgrade request required'));
    default:
      return textAnswer(404, '404 page not found\n');
  }
};

/** `kubectl auth can-i` asks in protobuf, which the simulator does not read. */
const answerReview = (parts: ServerParts, {request, body, user}: Asked, review: Review): Answer => {
  if (request.headers['content-type']?.includes('protobuf') === true)
    return statusAnswer(status.unsupportedMediaType());
  const asked: unknown = JSON.parse(body);
  if (!isObject(asked)) return statusAnswer(status.badRequest('the object provided is unrecognized'));
  const {permission} = review;
  if (permission !== null && !parts.access.allows(user, permission)) {
    const {group, resource: plural} = permission;
    return statusAnswer(status.forbidden(user, 'create', {group, plural}, null, null, null));
  }
  return jsonAnswer(201, review.answer(parts, user, isObject(asked['spec']) ? asked['spec'] : {}));
};

const respond = async (parts: ServerParts, asked: Asked): Promise<Answer> => {
  const {url, method, user} = asked;
  if (['/healthz', '/livez', '/readyz'].includes(url.pathname)) return textAnswer(200, 'ok');
  const document = metricsDiscovery(parts, url.pathname) ?? discovery(url.pathname);
  if (document !== undefined)
    return method === 'GET' ? jsonAnswer(200, document) : statusAnswer(status.methodNotAllowed());
  const review = reviewAt(url.pathname);
  if (review !== null) return answerReview(parts, asked, review);
  const metrics = podMetrics(parts, user, method, url.pathname);
  if (metrics !== null) return jsonAnswer(metrics.code, metrics.body);
  const address = parseAddress(url.pathname);
  if (address === null) return textAnswer(404, '404 page not found\n');
  const denied = denial(parts, user, method, address, url.searchParams);
  if (denied !== null) return statusAnswer(denied);
  if (address.subresource !== null && address.subresource !== 'status') return answerPod(parts, asked, address);
  if (['1', 'true'].includes(url.searchParams.get('watch') ?? '') && method === 'GET') {
    const filter = matcherOf(address.resource, url.searchParams);
    if (filter.kind === 'wrong') return statusAnswer(filter.body);
    return {
      code: 200,
      headers: {'Content-Type': 'application/json'},
      body: watchLines(
        parts.store,
        {
          address,
          matches: filter.matches,
          resourceVersion: url.searchParams.get('resourceVersion') ?? '',
          bookmarks: url.searchParams.get('allowWatchBookmarks') === 'true',
          timeoutSeconds: Number(url.searchParams.get('timeoutSeconds') ?? 1800),
        },
        asked.signal,
      ),
    };
  }
  const {code, body} = answerObjects(parts.store, method, {
    address,
    query: url.searchParams,
    contentType: asked.request.headers['content-type'] ?? '',
    body: asked.body,
    manager: managerOf(url.searchParams.get('fieldManager'), asked.request.headers['user-agent']),
    at: parts.clock.now(),
  });
  if (method !== 'GET') await parts.simulation.settle();
  return jsonAnswer(code, body);
};

const send = async (
  parts: ServerParts,
  response: ServerResponse,
  answer: Answer,
  disturbance: Disturbance | null,
): Promise<void> => {
  // A relayed answer keeps the date of the pod, as Go's reverse proxy leaves it.
  const date = 'date' in answer.headers ? {} : {Date: new Date(parts.clock.now()).toUTCString()};
  const headers = {'Audit-Id': 'simulated', 'Cache-Control': 'no-cache, private', ...date, ...answer.headers};
  if (Buffer.isBuffer(answer.body)) {
    response.writeHead(answer.code, {...headers, 'Content-Length': answer.body.length});
    if (disturbance === 'partial') response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)));
    else if (disturbance !== 'cut-body') response.end(answer.body);
    else
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
        response.socket?.resetAndDestroy(),
      );
    return;
  }
  response.writeHead(answer.code, headers);
  response.flushHeaders();
  for await (const part of answer.body) {
    if (response.destroyed) return;
    if (!response.write(part))
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.removeListener('drain', go);
          response.removeListener('close', go);
          resolve();
        };
        response.once('drain', go);
        response.once('close', go);
      });
    if (disturbance === 'cut-body') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (disturbance === 'partial') return;
  }
  response.end();
};

/** Whether the disturbance replaces the answer; `null`: go on. */
const disturbed = (disturbance: Disturbance | null): Answer | 'break' | 'hold' | null => {
  if (disturbance === null) return null;
  if (typeof disturbance === 'object')
    return 'status' in disturbance ? statusAnswer(status.injected(disturbance.status)) : null;
  switch (disturbance) {
    case 'silence':
      return 'hold';
    case 'reset':
      return 'break';
    case 'html':
      return {code: 200, headers: {'Content-Type': 'text/html'}, body: Buffer.from(proxyPage)};
    case 'garbage':
      return {code: 200, headers: {'Content-Type': 'application/json'}, body: garbage()};
    case 'cut-body':
    case 'apply-then-reset':
    case 'no-close':
    case 'partial':
      return null;
  }
};

const handle = async (parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  const user = credentials(parts, request);
  const method = request.method ?? 'GET';
  const path = request.url ?? '/';
  const body = await readBody(request);
  const entry: LoggedRequest = {
    method,
    path,
    user: user ?? '',
    status: 0,
    body,
    userAgent: request.headers['user-agent'] ?? '',
  };
  parts.log.push(entry);
  const disturbance = parts.disruptions.take({method, path, user: user ?? ''});
  if (disturbance !== null && typeof disturbance === 'object' && 'latency' in disturbance)
    await pause(disturbance.latency);
  const instead = disturbed(disturbance);
  if (instead === 'hold') return;
  if (instead === 'break') {
    entry.status = -1;
    request.socket.resetAndDestroy();
    return;
  }
  await parts.simulation.settle();
  const answer =
    instead ??
    (user === null
      ? statusAnswer(status.unauthorized())
      : await respond(parts, {
          method,
          url: new URL(path, 'http://kubernetes'),
          user,
          body,
          request,
          signal: gone.signal,
        }));
  if (disturbance === 'apply-then-reset') {
    entry.status = -1;
    request.socket.resetAndDestroy();
    return;
  }
  entry.status = answer.code;
  await send(parts, response, answer, disturbance);
};

/** Starts the server on a free port of the loopback interface. */
export const serveCluster = (
  parts: ServerParts,
): Promise<{readonly url: string; cut(): void; close(): Promise<void>}> => {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => [...execProtocols].find((protocol) => offered.has(protocol)) ?? false,
  });
  const open = new Set<Duplex>();
  const fail =
    (socket: Duplex) =>
    (error: unknown): void => {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    };
  const server: Server = createServer(
    (request, response) => void handle(parts, request, response).catch(fail(request.socket)),
  );
  server.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.on(
    'upgrade',
    (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      void upgrade(parts, sockets, request, socket, head).catch(fail(socket)),
  );
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        cut: () => {
          for (const socket of open) socket.destroy();
        },
        close: () =>
          new Promise((done) => {
            server.close(() => {
              done();
            });
            for (const socket of open) socket.destroy();
            sockets.close();
          }),
      });
    });
  });
};
