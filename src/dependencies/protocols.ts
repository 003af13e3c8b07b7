/** The four protocols that are spoken over a bare connection: only the one question that shows whether the server does its job. */
import type {AskedProbe, CustomAnswer, Failed} from '../core/custom/custom-check.js';
import {talk, type Address, type Talked} from './talk.js';

/** An answer without its time, which whoever asks measures. */
export type Reply =
  Omit<Extract<CustomAnswer, {reached: true}>, 'took'> | Omit<Extract<CustomAnswer, {reached: false}>, 'took'>;

type Of<Kind extends AskedProbe['kind']> = Extract<AskedProbe, {kind: Kind}>;

export const failed = (how: Failed, detail: string): Reply => ({reached: false, how, detail});
const protocol = (bytes: Buffer): Reply =>
  failed('protocol', `it begins with ${JSON.stringify(bytes.subarray(0, 24).toString('latin1'))}`);

const over = async (talking: Promise<Talked>, read: (bytes: Buffer) => Reply): Promise<Reply> => {
  const talked = await talking;
  return talked.ok ? read(talked.bytes) : failed(talked.how, talked.detail);
};

const firstLine = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n', 1)[0] ?? '';
const hasLines =
  (count: number) =>
  (bytes: Buffer): boolean =>
    bytes.toString('latin1').split('\r\n').length > count;

export const askTcp = ({host, port}: Of<'tcp'>, signal: AbortSignal): Promise<Reply> =>
  over(talk({host, port, tls: false}, {request: null, isWhole: () => true}, signal), () => ({
    reached: true,
    status: null,
  }));

/** One command of Redis as an array of strings (RESP2), whatever a password is made of. */
const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

export const askRedis = (probe: Of<'redis'>, signal: AbortSignal): Promise<Reply> => {
  const login = probe.password === '' ? [] : [...(probe.user === '' ? [] : [probe.user]), probe.password];
  const auth = login.length === 0 ? '' : command('AUTH', ...login);
  const answers = auth === '' ? 1 : 2;
  return over(
    talk(probe, {request: `${auth}${command('PING')}`, isWhole: hasLines(answers), farewell: command('QUIT')}, signal),
    (bytes) => {
      const lines = bytes.toString('latin1').split('\r\n').slice(0, answers);
      if (lines.some((line) => !/^[+-]/.test(line))) return protocol(bytes);
      const error = lines.find((line) => line.startsWith('-'));
      return {reached: true, status: null, value: error ?? lines.at(-1) ?? ''};
    },
  );
};

const mqttText = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** CONNECT of MQTT 3.1.1 with a clean session; the length is one byte while it is under 128. */
export const mqttConnect = ({user, password}: Pick<Of<'mqtt'>, 'user' | 'password'>, clientId: string): Buffer => {
  const flags = 0x02 | (user === '' ? 0 : 0x80) | (user === '' || password === '' ? 0 : 0x40);
  const body = Buffer.concat([
    mqttText('MQTT'),
    Buffer.from([4, flags, 0, 30]),
    mqttText(clientId),
    ...(user === '' ? [] : [mqttText(user)]),
    ...(user === '' || password === '' ? [] : [mqttText(password)]),
  ]);
  const length: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([0x10, ...length]), body]);
};

const CONNACK = 0x20;
const DISCONNECT = Buffer.from([0xe0, 0]);

/** `clientId`: one of its own for each question; two clients with the same one disconnect each other. */
export const askMqtt = (probe: Of<'mqtt'>, clientId: string, signal: AbortSignal): Promise<Reply> =>
  over(
    talk(
      probe,
      {request: mqttConnect(probe, clientId), isWhole: (bytes) => bytes.length >= 4, farewell: DISCONNECT},
      signal,
    ),
    (bytes) => (bytes[0] === CONNACK && bytes[1] === 2 ? {reached: true, status: bytes[3] ?? 0} : protocol(bytes)),
  );

export const askRtsp = (probe: Of<'rtsp'>, signal: AbortSignal): Promise<Reply> => {
  const {host, port, path} = probe;
  const name = host.includes(':') ? `[${host}]` : host;
  const address: Address = probe;
  return over(
    talk(
      address,
      {
        request: `OPTIONS rtsp://${name}:${port}${path} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: frigate-health\r\n\r\n`,
        isWhole: hasLines(1),
      },
      signal,
    ),
    (bytes) => {
      const status = /^RTSP\/\d\.\d (\d{3})\b/.exec(firstLine(bytes))?.[1];
      return status === undefined ? protocol(bytes) : {reached: true, status: Number(status)};
    },
  );
};
