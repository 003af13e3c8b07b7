/** `pods/exec` and `pods/portforward` over WebSockets: the frames of v5/v4.channel.k8s.io as a real API server sends them. */
import {connect} from 'node:net';
import type {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';
import type {CommandResult} from './command.js';
import {serveSpdy, type SpdyStream} from './spdy.js';

/** What WebSocket clients may ask for; the first that both know is taken. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
export const forwardProtocols = ['v4.channel.k8s.io'] as const;

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** As large as the pieces that a container runtime passes on. */
const PIECE = 32 * 1024;

const frame = (channel: number, data: Buffer): Buffer => Buffer.concat([Buffer.from([channel]), data]);

const sendAll = (socket: WebSocket, channel: number, data: Buffer): void => {
  for (let offset = 0; offset < data.length; offset += PIECE)
    socket.send(frame(channel, data.subarray(offset, offset + PIECE)));
};

/** The last frame: success, or the exit code as a cause. */
const exitStatus = (command: readonly string[], exitCode: number): string =>
  JSON.stringify(
    exitCode === 0
      ? {metadata: {}, status: 'Success'}
      : {
          metadata: {},
          status: 'Failure',
          message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${exitCode}`,
          reason: 'NonZeroExitCode',
          details: {causes: [{reason: 'ExitCode', message: String(exitCode)}]},
        },
  );

/** A command that the runtime could not even start. */
const startFailure = (why: string): string => {
  const message = `error executing command in container: failed to exec in container: failed to start exec "d9b81a62bc63": OCI runtime exec failed: exec failed: ${why}: unknown`;
  return JSON.stringify({
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: {causes: [{message}]},
    code: 500,
  });
};

export type ExecTrouble = 'none' | 'silence' | 'partial' | 'no-close' | 'cut-body';

/**
 * Plays one exec. `cut-body`: the connection breaks before the status; `partial`: output begins and nothing follows;
 * `no-close`: everything arrives and the socket stays open.
 */
export const playExec = async (
  socket: WebSocket,
  command: readonly string[],
  run: (signal: AbortSignal) => Promise<CommandResult>,
  trouble: ExecTrouble,
): Promise<void> => {
  const gone = new AbortController();
  socket.on('close', () => {
    gone.abort();
  });
  socket.on('error', () => {
    gone.abort();
  });
  if (trouble === 'silence') return;
  socket.send(Buffer.from([STDOUT]));
  if (command.length === 0) socket.send(frame(STATUS, Buffer.from(startFailure('args must not be empty'))));
  else {
    const result = await run(gone.signal);
    if (gone.signal.aborted) return;
    const stdout = Buffer.from(result.stdout);
    if (trouble === 'partial' || trouble === 'cut-body') {
      sendAll(socket, STDOUT, stdout.subarray(0, Math.ceil(stdout.length / 2)));
      if (trouble === 'cut-body') socket.terminate();
      return;
    }
    sendAll(socket, STDOUT, stdout);
    sendAll(socket, STDERR, Buffer.from(result.stderr));
    const status =
      result.exitCode === 127 && !['sh', 'bash'].includes(command[0] ?? '')
        ? startFailure(
            `unable to start container process: exec: "${command[0] ?? ''}": executable file not found in $PATH`,
          )
        : exitStatus(command, result.exitCode);
    socket.send(frame(STATUS, Buffer.from(status)));
  }
  if (trouble !== 'no-close') socket.close(1000);
};

const portBytes = (port: number): Buffer => Buffer.from([port & 0xff, port >> 8]);

export interface ForwardTarget {
  readonly port: number;
  /** Where that port of the pod answers in truth; `null`: refused. */
  readonly server: {readonly host: string; readonly port: number} | null;
}

/** containerd's error for a port without a listener. */
const forwardRefused = (port: number): string =>
  `error forwarding port ${port} to pod a1bdcaf08943, uid : failed to execute portforward in network namespace "/var/run/netns/cni-81ee624e": failed to connect to localhost:${port} inside namespace "a1bdcaf08943", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `;

/**
 * kubectl's port-forward: for each connection an error stream and a data stream with the same request id. The error stream stays
 * empty where all is well.
 */
export const playSpdyForward = (
  socket: Duplex,
  head: Buffer,
  serverOf: (port: number) => ForwardTarget['server'],
): void => {
  const errors = new Map<string, SpdyStream>();
  serveSpdy(socket, head, (stream) => {
    const id = stream.headers['requestid'] ?? '';
    const port = Number(stream.headers['port']);
    if (stream.headers['streamtype'] === 'error') {
      errors.set(id, stream);
      return;
    }
    const finish = (why: string | null): void => {
      if (why !== null) errors.get(id)?.send(Buffer.from(why));
      errors.get(id)?.end();
      errors.delete(id);
      stream.end();
    };
    const server = serverOf(port);
    if (server === null) {
      finish(forwardRefused(port));
      return;
    }
    const upstream = connect(server.port, server.host);
    let failed = false;
    upstream.on('data', (chunk: Buffer) => {
      stream.send(chunk);
    });
    upstream.on('error', () => {
      failed = true;
    });
    upstream.on('close', () => {
      finish(failed ? forwardRefused(port) : null);
    });
    stream.onData = (data) => void upstream.write(data);
    stream.onEnd = () => void upstream.end();
  });
};

/** Two channels for each port: data and error, each beginning with the port as two bytes. */
export const playForward = (socket: WebSocket, targets: readonly ForwardTarget[]): void => {
  const upstreams = targets.map(({port, server}, index) => {
    const [data, error] = [2 * index, 2 * index + 1];
    socket.send(frame(data, portBytes(port)));
    socket.send(frame(error, portBytes(port)));
    const fail = (): void => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(frame(error, Buffer.from(forwardRefused(port))));
      socket.close(1000);
    };
    if (server === null) {
      fail();
      return null;
    }
    const upstream = connect(server.port, server.host);
    upstream.on('data', (chunk: Buffer) => {
      if (socket.readyState === socket.OPEN) socket.send(frame(data, chunk));
    });
    upstream.on('error', fail);
    upstream.on('close', () => {
      if (socket.readyState === socket.OPEN) socket.close(1000);
    });
    return upstream;
  });
  socket.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0;
    if (channel % 2 === 0) upstreams[channel / 2]?.write(message.subarray(1));
  });
  const end = (): void => {
    for (const upstream of upstreams) upstream?.destroy();
  };
  socket.on('close', end);
  socket.on('error', end);
};
