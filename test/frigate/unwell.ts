/** Servers of a thread of their own, and a process that does not run for a while: what a throttled checker is to Frigate. */
import {Worker} from 'node:worker_threads';

/** Milliseconds until the server answers; `null`: it takes the connection and says nothing. */
export type Manner = number | null;

const PROGRAM = `
const {createServer} = require('node:http');
const {parentPort, workerData} = require('node:worker_threads');
const server = createServer((request, response) => {
  if (workerData.after !== null) setTimeout(() => response.writeHead(200, {'Content-Type': 'application/json'}).end(workerData.body), workerData.after);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

export interface DistantServer extends AsyncDisposable {
  readonly port: number;
}

/** Serves whatever becomes of this thread. */
export const distantServer = async (after: Manner, body: string): Promise<DistantServer> => {
  const worker = new Worker(PROGRAM, {eval: true, workerData: {after, body}});
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      await worker.terminate();
    },
  };
};

/** This thread does not run for so long: no timer, no socket. */
export const standStill = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

/** The same in a while, at the moment of a turn after which timers come before sockets. */
export const standStillAfter = (delay: number, milliseconds: number): void => {
  setTimeout(() => setImmediate(() => standStill(milliseconds)), delay);
};
