/** One forwarded TCP connection over the WebSocket port-forward protocol (v4.channel.k8s.io). */
import {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';
import type {Known} from '../../core/known.js';
import {known} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import {oneLine} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {resources, wordsOf} from '../api/resources.js';
import {PodConnectionError, podDialFailure} from '../pod-connection.js';
import {openSocket} from './channel-socket.js';

const DATA = 0;
const ERROR = 1;

/** The first message of each channel is the port number, two bytes. */
const PORT_PREFIX = 2;

/** Bytes that may wait for the reader before the socket is paused. */
const READ_AHEAD = 256 * 1024;

class ForwardedConnection extends Duplex {
  readonly #asked: string;
  readonly #prefixed = new Set<number>();
  #socket: WebSocket | null = null;

  constructor(asked: string) {
    super({readableHighWaterMark: READ_AHEAD});
    this.#asked = asked;
  }

  attach(socket: WebSocket): void {
    this.#socket = socket;
    if (this.destroyed) socket.terminate();
  }

  receive(channel: number, frame: Buffer): void {
    const first = !this.#prefixed.has(channel);
    this.#prefixed.add(channel);
    const data = first ? frame.subarray(PORT_PREFIX) : frame;
    if (data.length === 0 || this.destroyed) return;
    if (channel === ERROR)
      this.destroy(new PodConnectionError(podDialFailure(this.#asked, oneLine(data.toString('utf8'), 4000)).why));
    else if (channel === DATA && !this.push(data)) this.#socket?.pause();
  }

  /** The socket is gone: the end of the data, unless it broke. */
  finished(error: Error | null): void {
    if (this.destroyed) return;
    if (error === null) this.push(null);
    else this.destroy(new PodConnectionError({code: 'failed', message: oneLine(`${this.#asked}: ${error.message}`)}));
  }

  override _read(): void {
    if (this.#socket?.isPaused === true) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#socket === null) done(new Error(`${this.#asked}: not connected`));
    else this.#socket.send(Buffer.concat([Buffer.of(DATA), chunk]), done);
  }

  // The protocol knows no half-closed connection: the other side goes on until it has said all.
  override _final(done: (error?: Error | null) => void): void {
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.terminate();
    done(error);
  }
}

/** Connects to a port inside the pod. A failed dial destroys the stream with a {@link PodConnectionError}; the signal destroys it too. */
export const forwardPort = async (
  client: ApiClient,
  {namespace, pod, port}: {readonly namespace: string; readonly pod: string; readonly port: number},
  signal: AbortSignal,
): Promise<Known<Duplex>> => {
  const ask: Ask = {verb: 'get', resource: resources.Pod, subresource: 'portforward', namespace, name: pod};
  const connection = new ForwardedConnection(`${wordsOf(ask)} port ${port}`);
  // Errors reach readers and writers; without this listener the error of an unused stream would end the process.
  connection.on('error', () => undefined);
  const listener = {
    message: (channel: number, data: Buffer): void => connection.receive(channel, data),
    end: (error: Error | null): void =>
      connection.finished(signal.aborted ? new Error('ended by its deadline') : error),
  };
  const socket = await openSocket(
    client,
    {ask, query: new URLSearchParams({ports: String(port)}), protocols: ['v4.channel.k8s.io']},
    listener,
    signal,
  );
  if (!socket.known) return socket;
  connection.attach(socket.value);
  return known(connection);
};
