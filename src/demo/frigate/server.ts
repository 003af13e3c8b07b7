/** The sockets of a simulated Frigate: a port that listens, refuses or stays silent as its run says. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type {Clock} from '../clock.js';
import type {Run} from './fault.js';
import {answer} from './http.js';
import {doorAt} from './run.js';

export interface FrigateServer {
  readonly host: string;
  readonly port: number;
  /** Opens or closes the port as the run says now; while it listens, it answers from the run of each moment. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Clock;
  /** The run of this moment; `null`: no container, the port is closed. */
  readonly run: () => Run | null;
  /** Requests that are not Frigate's own (the control endpoint); `true`: taken. */
  readonly aside?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** nginx gives up on a hung backend after 240 s with 500 (auth_location.conf:40; measured, item 8). */
const BACKEND_TIMEOUT = 240_000;

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({host, port, exclusive: true}, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const shut = (server: Server, sockets: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });

/** Starts the server; its port is known from the first start on and stays the same. */
export const serveFrigate = async (options: ServerOptions): Promise<FrigateServer> => {
  const {clock, host} = options;
  const sockets = new Set<Socket>();
  const now = (): number => clock.now() / 1000;
  const isOpen = (): boolean => {
    const run = options.run();
    return run !== null && doorAt(run, now(), '/') !== 'refused';
  };

  const giveUp = async (response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    await clock.wait(BACKEND_TIMEOUT, gone.signal);
    if (!gone.signal.aborted) response.writeHead(500).end();
  };

  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    if (options.aside?.(request, response) === true) return;
    const run = options.run();
    const result = run === null ? {kind: 'refused' as const} : answer(run, request.url ?? '/', now());
    if (result.kind === 'refused') request.socket.resetAndDestroy();
    if (result.kind === 'silent') {
      if (clock.pace === 'flowing') void giveUp(response);
      return;
    }
    if (result.kind !== 'reply') return;
    response.writeHead(result.status, {
      Server: 'nginx',
      Date: new Date(clock.now()).toUTCString(),
      'Content-Type': result.type,
      'Content-Length': Buffer.byteLength(result.body),
    });
    response.end(request.method === 'HEAD' ? undefined : result.body);
  };

  const make = (): Server => {
    const made = createServer({keepAliveTimeout: 5000}, respond);
    made.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (!isOpen() && options.aside === undefined) socket.resetAndDestroy();
    });
    return made;
  };

  let server: Server | null = make();
  const port = await listen(server, host, options.port);
  const follow = async (): Promise<void> => {
    const open = isOpen() || options.aside !== undefined;
    if (open && server === null) {
      server = make();
      await listen(server, host, port);
    } else if (!open && server !== null) {
      const closing = server;
      server = null;
      await shut(closing, sockets);
    }
  };
  await follow();
  return {
    host,
    port,
    follow,
    close: async () => {
      if (server !== null) await shut(server, sockets);
      server = null;
    },
  };
};
