import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {connect, createServer as createTcpServer, type AddressInfo, type Server} from 'node:net';
import type {Duplex} from 'node:stream';
import {known, unknown, type Known} from '../../src/core/known.js';
import {milliseconds} from '../../src/core/time.js';
import type {ExecResult, HttpReply} from '../../src/kubernetes/cluster.js';
import type {FrigateTarget} from '../../src/frigate/frigate.js';
import type {FrigateAccess} from '../../src/frigate/open.js';

export const TIMEOUT = milliseconds(250);

export const targetAt = (port: number, podIP: string | null = '127.0.0.1'): FrigateTarget => ({
  namespace: 'frigate',
  pod: 'frigate-0',
  container: 'frigate',
  podIP,
  port,
});

export interface TestServer {
  readonly port: number;
  /** Resolves when so many clients have sent something, the last one included. */
  readonly heard: (count: number) => Promise<void>;
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/** Counts what was heard, and tells whoever waits for it. */
const ears = (): {readonly hear: () => void; readonly heard: TestServer['heard']} => {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    hear: () => {
      count += 1;
      for (const look of [...waiting]) look();
    },
    heard: (enough) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (count < enough) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
};

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const closing = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

export const httpServer = async (
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> => {
  const paths: string[] = [];
  const {hear, heard} = ears();
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    hear();
    handle(request, response);
  });
  const port = await listen(server);
  return {port, paths, heard, close: () => (server.closeAllConnections(), closing(server))};
};

/** Takes every connection, sends the given bytes and then nothing (or ends it). */
export const rawServer = async (bytes: string, end = false): Promise<TestServer> => {
  const open = new Set<Duplex>();
  const {hear, heard} = ears();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (bytes !== '') socket.write(bytes);
      if (end) socket.end();
      hear();
    });
  });
  const port = await listen(server);
  return {port, paths: [], heard, close: () => (open.forEach((socket) => socket.destroy()), closing(server))};
};

/** A port of the loopback that nobody listens on. */
export const deadPort = async (): Promise<number> => {
  const server = createTcpServer();
  const port = await listen(server);
  await closing(server);
  return port;
};

export const STATS = JSON.stringify({
  cameras: {
    front: {camera_fps: 5, process_fps: 5, skipped_fps: 0, detection_fps: 1, pid: 10, capture_pid: 11, ffmpeg_pid: 12},
  },
  detectors: {ov: {inference_speed: 8, detection_start: 0, pid: 9}},
  service: {last_updated: 1_795_400_000, uptime: 1000, version: '0.17.2-3d4dd3a', storage: {}},
});

export const DATE = 'Mon, 23 Nov 2026 02:13:31 GMT';

export const httpReply = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {date: DATE},
): Known<HttpReply> => known({status, headers: new Map(Object.entries(headers)), body: Buffer.from(body)});

export const execResult = (exitCode: number, stdout: string | Buffer = '', stderr = ''): Known<ExecResult> =>
  known({exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr)});

export const curlAnswer = (status: number, body: string): Known<ExecResult> =>
  execResult(0, `HTTP/1.1 ${status} X\r\nServer: nginx\r\nDate: ${DATE}\r\n\r\n${body}`);

/** Never answers before its signal. */
export const silence = <T>(signal: AbortSignal): Promise<Known<T>> =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(unknown('timeout', 'GET: no answer before the deadline')), {
      once: true,
    }),
  );

export interface FakeCluster extends FrigateAccess {
  /** What was asked, in order. */
  readonly asked: string[];
}

/** A cluster on which nothing works but what is given. */
export const fakeCluster = (parts: Partial<FrigateAccess>): FakeCluster => {
  const asked: string[] = [];
  const refuse = () => Promise.resolve(unknown('forbidden', 'pods is forbidden'));
  const {exec = refuse, proxyGet = refuse, forwardPort = refuse, inCluster = false} = parts;
  return {
    asked,
    inCluster,
    exec: (...all) => (asked.push(all[1].join(' ')), exec(...all)),
    proxyGet: (...all) => (asked.push(`proxy ${all[3]}`), proxyGet(...all)),
    forwardPort: (...all) => (asked.push('port-forward'), forwardPort(...all)),
  };
};

/** Port-forward to a port of this machine. */
export const forwardTo =
  (port: number): FrigateAccess['forwardPort'] =>
  async () => {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return known(socket);
  };
