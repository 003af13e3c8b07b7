/**
 * A gate in front of the real API server: it lets everything through but the PATCH of a workload, which waits until the test
 * lets it go. So a race can be lost on purpose, at the worst moment. The way on is `kubectl proxy`, which knows the credentials.
 */
import {spawn} from 'node:child_process';
import {createServer, request} from 'node:http';
import type {AddressInfo} from 'node:net';

export interface Gate extends AsyncDisposable {
  /** For --server. */
  readonly address: string;
  /** Resolves when a PATCH waits. */
  readonly held: Promise<void>;
  letGo(): void;
}

const startProxy = async (): Promise<{readonly port: number; stop(): void}> => {
  const child = spawn('kubectl', ['proxy', '--port=0'], {stdio: ['ignore', 'pipe', 'inherit']});
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', () => reject(new Error('kubectl proxy ended')));
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return {port, stop: () => void child.kill()};
};

export const openGate = async (): Promise<Gate> => {
  const proxy = await startProxy();
  const held = Promise.withResolvers<undefined>();
  const free = Promise.withResolvers<undefined>();
  const server = createServer((incoming, outgoing) => {
    const forward = (): void => {
      const onwards = request(
        {
          host: '127.0.0.1',
          port: proxy.port,
          method: incoming.method,
          path: incoming.url,
          headers: {...incoming.headers, host: `127.0.0.1:${proxy.port}`},
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onwards.on('error', () => outgoing.destroy());
      incoming.pipe(onwards);
    };
    if (incoming.method === 'PATCH') {
      held.resolve(undefined);
      void free.promise.then(forward);
    } else {
      forward();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: held.promise,
    letGo: () => free.resolve(undefined),
    async [Symbol.asyncDispose]() {
      proxy.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
