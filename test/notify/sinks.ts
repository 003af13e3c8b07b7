/** Receivers on loopback that keep what they were sent. */
import {createServer as createHttpServer, type IncomingHttpHeaders} from 'node:http';
import {createServer as createTcpServer, type AddressInfo, type Socket} from 'node:net';
import mqttPacket from 'mqtt-packet';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpSink extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly received: Received[];
  /** Called with each request, before it is answered. */
  onRequest: () => void;
  /** How the next requests are answered; `null`: never. */
  answer: {readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>>} | null;
}

export const httpSink = async (): Promise<HttpSink> => {
  const received: Received[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push({path: request.url ?? '', headers: request.headers, body});
      sink.onRequest();
      const {answer} = sink;
      if (answer !== null) response.writeHead(answer.status, answer.headers).end(answer.body ?? 'ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: HttpSink = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    onRequest: () => undefined,
    answer: {status: 200},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
};

export interface MqttSink extends AsyncDisposable {
  readonly host: string;
  readonly logins: ReadonlyArray<{readonly user: string | undefined; readonly password: string | undefined}>;
  readonly published: ReadonlyArray<{readonly topic: string; readonly payload: string; readonly retain: boolean}>;
  /** `silent`: takes the connection and says nothing; `refuse`: not authorised. */
  mode: 'take' | 'silent' | 'refuse';
  /** Called with each packet, before it is answered. */
  onPacket: () => void;
}

export const mqttSink = async (): Promise<MqttSink> => {
  const logins: {user: string | undefined; password: string | undefined}[] = [];
  const published: {topic: string; payload: string; retain: boolean}[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const parser = mqttPacket.parser();
    socket.on('data', (chunk) => parser.parse(Buffer.from(chunk)));
    parser.on('packet', (packet) => {
      sink.onPacket();
      if (sink.mode === 'silent') return;
      if (packet.cmd === 'connect') {
        logins.push({user: packet.username, password: packet.password?.toString()});
        const returnCode = sink.mode === 'refuse' ? 5 : 0;
        socket.write(mqttPacket.generate({cmd: 'connack', returnCode, sessionPresent: false}));
      }
      if (packet.cmd === 'publish') {
        published.push({topic: packet.topic, payload: packet.payload.toString(), retain: packet.retain});
        if (packet.messageId !== undefined)
          socket.write(mqttPacket.generate({cmd: 'puback', messageId: packet.messageId}));
      }
      if (packet.cmd === 'disconnect') socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: MqttSink = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    logins,
    published,
    mode: 'take',
    onPacket: () => undefined,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
};
