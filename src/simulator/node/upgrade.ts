/** Requests that become a WebSocket: exec and port-forward. */
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import type {WebSocketServer} from 'ws';
import {credentials, denial, type LoggedRequest, type ServerParts} from '../api/caller.js';
import type {Disturbance} from '../api/disruption.js';
import {execView, serverFor} from './pod-requests.js';
import {parseAddress, type Address} from '../api/resources.js';
import {runCommand} from './shell.js';
import * as status from '../api/status.js';
import {execProtocols, forwardProtocols, playExec, playForward, playSpdyForward, type ExecTrouble} from './streams.js';

interface Upgrade {
  readonly parts: ServerParts;
  readonly sockets: WebSocketServer;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly url: URL;
  readonly entry: LoggedRequest;
}

const refuse = ({parts, socket, entry}: Upgrade, body: status.StatusBody): void => {
  entry.status = body.code;
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${body.code} ${body.reason}\r\nContent-Type: application/json\r\nDate: ${new Date(parts.clock.now()).toUTCString()}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
};

const forward = (
  one: Upgrade,
  namespace: string,
  name: string,
  address: Address,
  disturbance: Disturbance | null,
): void => {
  const {parts, url, entry} = one;
  const life = parts.simulation.lifeOf(namespace, name);
  if (life === undefined) {
    refuse(one, status.notFound(address.resource, name));
    return;
  }
  entry.status = 101;
  const ports = url.searchParams
    .getAll('ports')
    .flatMap((value) => value.split(','))
    .map(Number);
  one.sockets.handleUpgrade(one.request, one.socket, one.head, (client) =>
    disturbance === 'silence'
      ? undefined
      : playForward(
          client,
          ports.map((port) => ({port, server: serverFor(parts.simulation, life, port, 'inside')})),
        ),
  );
};

/** `Upgrade: SPDY/3.1`: what kubectl falls back to when its WebSocket is refused. */
const isSpdy = ({request, entry}: Upgrade): boolean =>
  entry.method === 'POST' && request.headers.upgrade === 'SPDY/3.1';

const forwardSpdy = (one: Upgrade, namespace: string, name: string, address: Address): void => {
  const {parts, socket, head, entry} = one;
  const life = parts.simulation.lifeOf(namespace, name);
  if (life === undefined) {
    refuse(one, status.notFound(address.resource, name));
    return;
  }
  entry.status = 101;
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n',
  );
  playSpdyForward(socket, head, (port) => serverFor(parts.simulation, life, port, 'inside'));
};

const troubleOf = (disturbance: Disturbance | null): ExecTrouble =>
  disturbance === 'silence' || disturbance === 'partial' || disturbance === 'no-close' || disturbance === 'cut-body'
    ? disturbance
    : 'none';

const exec = (one: Upgrade, namespace: string, name: string, disturbance: Disturbance | null): void => {
  const {parts, url, entry} = one;
  const target = execView(parts, namespace, name, url.searchParams.get('container'));
  if ('failure' in target) {
    refuse(one, target.failure);
    return;
  }
  entry.status = 101;
  const command = url.searchParams.getAll('command');
  one.sockets.handleUpgrade(
    one.request,
    one.socket,
    one.head,
    (client) =>
      void playExec(client, command, (signal) => runCommand(command, target.view, signal), troubleOf(disturbance)),
  );
};

/** An unsupported protocol is refused before any status is sent, as the API server does. */
const isSupported = ({request}: Upgrade, subresource: string | null): boolean => {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  const known: readonly string[] = subresource === 'exec' ? execProtocols : forwardProtocols;
  return known.some((protocol) => offered.includes(protocol));
};

const answer = async (one: Upgrade, user: string | null, disturbance: Disturbance | null): Promise<void> => {
  const {parts, url, entry} = one;
  await parts.simulation.settle();
  if (user === null) {
    refuse(one, status.unauthorized());
    return;
  }
  const address = parseAddress(url.pathname);
  if (address === null || address.name === null || address.namespace === null) {
    refuse(one, status.badRequest('Upgrade request required'));
    return;
  }
  const denied = denial(parts, user, entry.method, address, url.searchParams);
  if (denied !== null) {
    refuse(one, denied);
    return;
  }
  if (address.subresource === 'portforward' && isSpdy(one)) {
    forwardSpdy(one, address.namespace, address.name, address);
    return;
  }
  if (!isSupported(one, address.subresource)) {
    entry.status = 403;
    one.socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    return;
  }
  if (address.subresource === 'portforward') {
    forward(one, address.namespace, address.name, address, disturbance);
    return;
  }
  exec(one, address.namespace, address.name, disturbance);
};

export const upgrade = async (
  parts: ServerParts,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> => {
  const user = credentials(parts, request);
  const path = request.url ?? '/';
  const entry: LoggedRequest = {
    method: request.method ?? 'GET',
    path,
    user: user ?? '',
    status: 0,
    body: '',
    userAgent: request.headers['user-agent'] ?? '',
  };
  parts.log.push(entry);
  const one: Upgrade = {parts, sockets, request, socket, head, entry, url: new URL(path, 'http://kubernetes')};
  const disturbance = parts.disruptions.take(entry);
  if (disturbance === 'reset' || disturbance === 'apply-then-reset') {
    entry.status = -1;
    socket.destroy();
    return;
  }
  if (disturbance !== null && typeof disturbance === 'object') {
    if ('status' in disturbance) {
      refuse(one, status.injected(disturbance.status));
      return;
    }
    await pause(disturbance.latency);
  }
  await answer(one, user, disturbance);
};
