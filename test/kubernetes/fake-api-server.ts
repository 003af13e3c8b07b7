/** A small HTTP server in the place of the API server: one handler, and what was asked of it. */
import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:http';
import type {AddressInfo, Socket} from 'node:net';
import type {Timers} from '../../src/core/timers.js';
import {FakeTimers} from '../support/fake-timers.js';
import {processTimers} from '../../src/cli/timers.js';
import type {ApiClient} from '../../src/kubernetes/api/client.js';
import {apiClient} from '../../src/kubernetes/api/client.js';
import {uncounted, type ApiTraffic} from '../../src/kubernetes/api/traffic.js';
import {apiCluster} from '../../src/kubernetes/api-cluster.js';
import type {Cluster} from '../../src/kubernetes/cluster.js';
import {connect, isConnectError} from '../../src/kubernetes/connect.js';
import {known} from '../../src/core/known.js';
import type {Duration} from '../../src/core/time.js';
import type {Credentials} from '../../src/kubernetes/credentials/connection.js';
import {Agent} from 'node:http';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Handler = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

export interface FakeApiServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly server: ReturnType<typeof createServer>;
}

export const TOKEN = 'secret-token-of-the-test';

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, {'Content-Type': 'application/json', ...headers}).end(JSON.stringify(body));
};

export const status = (code: number, message: string, reason = 'Failure'): unknown => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
});

export const fakeApiServer = async (handler: Handler): Promise<FakeApiServer> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const one: Asked = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body,
      };
      asked.push(one);
      handler(one, response, request);
    });
  });
  // Upgraded sockets are no longer the server's to close.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    server,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const credentialsFor = (url: string): Credentials & {renewals: number} => {
  const agent = new Agent({keepAlive: true});
  const credentials = {
    context: 'test',
    server: url,
    namespace: null,
    inCluster: false,
    renewals: 0,
    connection: () =>
      Promise.resolve(
        known({server: new URL(url), agent, tls: {}, headers: {Authorization: `Bearer ${TOKEN}`}, auth: null}),
      ),
    renew: () => {
      credentials.renewals += 1;
    },
    close: () => agent.destroy(),
  };
  return credentials;
};

/** A client and a cluster that talk to the fake, with pauses that pass at once. */
export const clientOf = (
  fake: FakeApiServer,
  timers: Timers = new FakeTimers({passing: true}),
  requestTimeout: Duration | null = null,
  traffic: ApiTraffic = uncounted,
): AsyncDisposable & {
  readonly client: ApiClient;
  readonly cluster: Cluster;
  readonly credentials: {readonly renewals: number};
} => {
  const credentials = credentialsFor(fake.url);
  const client = apiClient(credentials, {timers, random: () => 0, requestTimeout, traffic});
  return {
    client,
    cluster: apiCluster(credentials, client, {timers, random: () => 0}),
    credentials,
    [Symbol.asyncDispose]() {
      client.close();
      return Promise.resolve();
    },
  };
};

/** A cluster over a kubeconfig given as text in a file of its own. */
export const connectWith = async (options: Parameters<typeof connect>[0]): Promise<Cluster> => {
  const cluster = await connect(options, processTimers);
  if (isConnectError(cluster)) throw new Error(cluster.message);
  return cluster;
};
