/**
 * The part of SPDY/3.1 that kubectl's port-forward uses (it offers a WebSocket first, but tunnels SPDY through it): streams with
 * headers, data both ways, pings. https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
 */
import type {Duplex} from 'node:stream';
import {constants, createDeflate, createInflate, type Deflate, type Inflate} from 'node:zlib';

/** The words of the dictionary that both sides compress headers with (draft 3.1, 2.6.10.1), each preceded by its length. */
const WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'.split(
    ' ',
  );
const MORE_WORDS = ['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin'];
const TAIL =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const lengthPrefixed = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};

export const dictionary = Buffer.concat([...[...WORDS, ...MORE_WORDS].map(lengthPrefixed), Buffer.from(TAIL)]);

const VERSION = 0x8003;
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const PING = 6;
const FIN = 1;
const HEADER = 8;

export interface SpdyStream {
  readonly headers: Readonly<Record<string, string>>;
  send(data: Buffer): void;
  /** No more from this side. */
  end(): void;
  onData: (data: Buffer) => void;
  /** The other side has said all. */
  onEnd: () => void;
}

const control = (type: number, flags: number, body: Buffer): Buffer => {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(VERSION, 0);
  header.writeUInt16BE(type, 2);
  header.writeUInt32BE(body.length, 4);
  header.writeUInt8(flags, 4);
  return Buffer.concat([header, body]);
};

const dataFrame = (stream: number, flags: number, data: Buffer): Buffer => {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(stream, 0);
  header.writeUInt32BE(data.length, 4);
  header.writeUInt8(flags, 4);
  return Buffer.concat([header, data]);
};

/** Both directions have one compressor each for the life of the connection. */
const through = (engine: Deflate | Inflate, input: Buffer): Promise<Buffer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const take = (chunk: Buffer): void => void chunks.push(chunk);
    engine.on('data', take);
    engine.write(input, () => {
      engine.flush(constants.Z_SYNC_FLUSH, () => {
        engine.removeListener('data', take);
        resolve(Buffer.concat(chunks));
      });
    });
  });

const readHeaders = (block: Buffer): Record<string, string> => {
  const headers: Record<string, string> = {};
  let offset = 4;
  const text = (): string => {
    const length = block.readUInt32BE(offset);
    offset += 4 + length;
    return block.toString('utf8', offset - length, offset);
  };
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) {
    const name = text();
    headers[name.toLowerCase()] = text();
  }
  return headers;
};

/** Serves SPDY on an upgraded socket; every stream that the client opens is accepted and passed to `onStream`. */
export const serveSpdy = (socket: Duplex, head: Buffer, onStream: (stream: SpdyStream) => void): void => {
  const inflate = createInflate({dictionary, finishFlush: constants.Z_SYNC_FLUSH});
  const deflate = createDeflate({dictionary});
  const streams = new Map<number, SpdyStream>();
  let pending = head;
  let turn = Promise.resolve();
  const write = (frame: Buffer): void => {
    if (!socket.destroyed) socket.write(frame);
  };

  const open = async (body: Buffer, flags: number): Promise<void> => {
    const id = body.readUInt32BE(0) & 0x7fffffff;
    const headers = readHeaders(await through(inflate, body.subarray(10)));
    const stream: SpdyStream = {
      headers,
      send: (data) => write(dataFrame(id, 0, data)),
      end: () => write(dataFrame(id, FIN, Buffer.alloc(0))),
      onData: () => undefined,
      onEnd: () => undefined,
    };
    streams.set(id, stream);
    const reply = Buffer.alloc(4);
    reply.writeUInt32BE(id);
    write(control(SYN_REPLY, 0, Buffer.concat([reply, await through(deflate, Buffer.alloc(4))])));
    onStream(stream);
    if ((flags & FIN) !== 0) stream.onEnd();
  };

  const take = async (frame: Buffer): Promise<void> => {
    const flags = frame.readUInt8(4);
    const body = frame.subarray(HEADER);
    if ((frame.readUInt8(0) & 0x80) === 0) {
      const stream = streams.get(frame.readUInt32BE(0));
      if (body.length > 0) stream?.onData(body);
      if ((flags & FIN) !== 0) stream?.onEnd();
      return;
    }
    const type = frame.readUInt16BE(2);
    if (type === SYN_STREAM) await open(body, flags);
    if (type === PING) write(frame);
  };

  const receive = (chunk: Buffer): void => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER) {
      const length = HEADER + pending.readUIntBE(5, 3);
      if (pending.length < length) return;
      const frame = pending.subarray(0, length);
      pending = pending.subarray(length);
      turn = turn.then(() => take(frame)).catch(() => void socket.destroy());
    }
  };
  socket.on('data', receive);
  socket.on('close', () => {
    for (const stream of streams.values()) stream.onEnd();
    inflate.close();
    deflate.close();
  });
  receive(Buffer.alloc(0));
};
