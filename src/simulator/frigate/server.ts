/** The sockets of a simulated Frigate: a port that listens, refuses or stays silent as its run says. */
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import type {Clock} from '../clock.js';
import type {Run} from './fault.js';
import {answer} from './http.js';
import {doorAt, listensOn} from './run.js';

export interface FrigateServer {
  readonly host: string;
  readonly port: number;
  /** Where the address answers that nginx was moved to; `null`: it was not, or nothing listens. */
  readonly movedPort: () => number | null;
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

/** nginx' port in every version, until it is moved. */
const USUAL = 5000;
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

/** A socket that listens for as long as something says so; its port stays the same from the first time on. */
interface Entrance {
  readonly port: () => number | null;
  follow(): Promise<void>;
  close(): Promise<void>;
}

const entrance = (make: () => Server, host: string, wanted: number, isOpen: () => boolean): Entrance => {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = wanted;
  const open = async (): Promise<void> => {
    server = make();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      if (!isOpen()) socket.resetAndDestroy();
    });
    port = await listen(server, host, port);
  };
  const close = async (): Promise<void> => {
    const closing = server;
    server = null;
    if (closing !== null) await shut(closing, sockets);
  };
  return {
    port: () => (server === null ? null : port),
    follow: async () => {
      if (isOpen() && server === null) await open();
      else if (!isOpen()) await close();
    },
    close,
  };
};

/** Starts the server; its port is known from the first start on and stays the same. */
export const serveFrigate = async (options: ServerOptions): Promise<FrigateServer> => {
  const {clock, host} = options;
  const now = (): number => clock.now() / 1000;
  /** Whether nginx listens, on its usual port or on another one. */
  const listens = (where: 'usual' | 'moved'): boolean => {
    const run = options.run();
    if (run === null || doorAt(run, now(), '/') === 'refused') return false;
    const {port, local} = listensOn(run, now());
    return (where === 'usual') === (port === USUAL && !local);
  };

  const giveUp = async (response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    await clock.wait(BACKEND_TIMEOUT, gone.signal);
    if (!gone.signal.aborted) response.writeHead(500).end();
  };

  const respond =
    (where: 'usual' | 'moved') =>
    (request: IncomingMessage, response: ServerResponse): void => {
      if (options.aside?.(request, response) === true) return;
      const run = options.run();
      const result =
        run === null || !listens(where) ? {kind: 'refused' as const} : answer(run, request.url ?? '/', now());
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

  const make = (where: 'usual' | 'moved') => (): Server => createServer({keepAliveTimeout: 5000}, respond(where));
  // The port is taken once at the beginning, so that it is the same whenever Frigate listens on it.
  let taken = false;
  const usual = entrance(
    make('usual'),
    host,
    options.port,
    () => !taken || options.aside !== undefined || listens('usual'),
  );
  const moved = entrance(make('moved'), host, 0, () => options.aside === undefined && listens('moved'));
  await usual.follow();
  const port = usual.port() ?? options.port;
  taken = true;
  const follow = async (): Promise<void> => {
    await usual.follow();
    await moved.follow();
  };
  await follow();
  return {
    host,
    port,
    movedPort: moved.port,
    follow,
    close: async () => {
      await usual.close();
      await moved.close();
    },
  };
};
