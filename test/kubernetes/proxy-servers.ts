/** Small real proxies on loopback: HTTP and HTTPS (CONNECT) and SOCKS 5. They resolve names of their own, as a proxy behind a firewall does. */
import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';

const certificates = path.join(import.meta.dirname, '../notify/certificates');
export const certificate = (name: string): string => path.join(certificates, name);
export const serverCertificate = {
  key: readFileSync(certificate('server.key')),
  cert: readFileSync(certificate('server.pem')),
};

/** Known behind the proxies alone. */
export const HIDDEN_NAME = 'api.behind.invalid';
const resolved = (host: string): string => (host === HIDDEN_NAME ? '127.0.0.1' : host);

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** What was to be connected to, as `host:port`; the logins, as `user:password`. */
  readonly asked: string[];
  readonly logins: string[];
}

const listening = async (server: net.Server, sockets: Set<net.Socket>): Promise<number> => {
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
};

const proxy = async (
  server: net.Server,
  {asked, logins}: {readonly asked: string[]; readonly logins: string[]},
): Promise<TestProxy> => {
  const sockets = new Set<net.Socket>();
  return {
    port: await listening(server, sockets),
    asked,
    logins,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const join = (one: net.Socket, other: net.Socket): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
};

/** `refuse`: the status line that each CONNECT gets. */
export const connectProxy = (scheme: 'http' | 'https', refuse: string | null = null): Promise<TestProxy> => {
  const asked: string[] = [];
  const logins: string[] = [];
  const server = scheme === 'https' ? https.createServer(serverCertificate) : http.createServer();
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    client.on('error', () => undefined);
    asked.push(request.url ?? '');
    const [, basic] = (request.headers['proxy-authorization'] ?? '').split(' ');
    if (basic !== undefined) logins.push(Buffer.from(basic, 'base64').toString());
    if (refuse !== null) {
      client.end(`HTTP/1.1 ${refuse}\r\nContent-Length: 2\r\n\r\nno`);
      return;
    }
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = net.connect(Number(port), resolved(host), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(client, upstream);
    });
    upstream.on('error', () => client.destroy());
  });
  return proxy(server, {asked, logins});
};

/** RFC 1928 and 1929, as much of it as a client asks: CONNECT with a name or an IPv4 address. */
export const socksProxy = (login: string | null = null): Promise<TestProxy> => {
  const asked: string[] = [];
  const logins: string[] = [];
  const server = net.createServer((client) => {
    const once = (work: (data: Buffer) => void): void => void client.once('data', work);
    const connect = (data: Buffer): void => {
      const isName = data[3] === 3;
      const end = isName ? 5 + (data[4] ?? 0) : 8;
      const host = isName ? data.toString('latin1', 5, end) : [...data.subarray(4, 8)].join('.');
      const port = data.readUInt16BE(end);
      asked.push(`${host}:${port}`);
      const upstream = net.connect(port, resolved(host), () => {
        client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        join(client, upstream);
      });
      upstream.on('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    };
    const authenticate = (data: Buffer): void => {
      const userEnd = 2 + (data[1] ?? 0);
      const given = `${data.toString('utf8', 2, userEnd)}:${data.toString('utf8', userEnd + 1)}`;
      logins.push(given);
      client.write(Buffer.from([1, given === login ? 0 : 1]));
      once(connect);
    };
    once((methods) => {
      if (login === null) {
        client.write(Buffer.from([5, 0]));
        once(connect);
      } else if (methods.subarray(2).includes(2)) {
        client.write(Buffer.from([5, 2]));
        once(authenticate);
      } else client.end(Buffer.from([5, 255]));
    });
  });
  return proxy(server, {asked, logins});
};
