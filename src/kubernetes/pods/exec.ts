/** Commands in a container, over the WebSocket exec protocol (v5, v4.channel.k8s.io). */
import * as z from 'zod';
import type {Known, UnknownReason} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import type {ApiClient} from '../api/client.js';
import {failureOfDeadline, oneLine} from '../api/failure.js';
import type {Ask} from '../api/resources.js';
import {resources, wordsOf} from '../api/resources.js';
import type {ContainerAddress, ExecResult} from '../cluster.js';
import {openSocket} from './channel-socket.js';

const STDOUT = 1;
const STDERR = 2;
/** The channel of the one frame that says how the command ended. */
const STATUS = 3;

const statusFrame = z.object({
  status: z.enum(['Success', 'Failure']),
  message: z.string().nullish(),
  reason: z.string().nullish(),
  details: z
    .object({causes: z.array(z.object({reason: z.string().nullish(), message: z.string().nullish()})).nullish()})
    .nullish(),
});

type Ending =
  {readonly kind: 'exited'; readonly code: number} | {readonly kind: 'not-run'; readonly why: UnknownReason};

/** Reads the status frame: an exit code, or why the command never ran (`executable file not found`, `container not found`). */
export const parseEnding = (asked: string, frame: Buffer): Ending => {
  const garbled: Ending = {
    kind: 'not-run',
    why: {code: 'garbled', message: `${asked}: the status frame of the exec is invalid`},
  };
  let json: unknown;
  try {
    json = JSON.parse(frame.toString('utf8'));
  } catch {
    return garbled;
  }
  const parsed = statusFrame.safeParse(json);
  if (!parsed.success) return garbled;
  if (parsed.data.status === 'Success') return {kind: 'exited', code: 0};
  const code = parsed.data.details?.causes?.find(({reason}) => reason === 'ExitCode')?.message;
  if (code !== null && code !== undefined && /^\d+$/.test(code)) return {kind: 'exited', code: Number(code)};
  return {
    kind: 'not-run',
    why: {
      code: 'failed',
      message: oneLine(`${asked}: ${parsed.data.message ?? parsed.data.reason ?? 'the command did not run'}`, 700),
    },
  };
};

class Output {
  readonly stdout: Buffer[] = [];
  readonly stderr: Buffer[] = [];
  #size = 0;

  /** False when there is more than the limit. */
  add(channel: number, data: Buffer, limit: number): boolean {
    this.#size += data.length;
    if (channel === STDOUT) this.stdout.push(data);
    if (channel === STDERR) this.stderr.push(data);
    return this.#size <= limit;
  }
}

const finish = (ending: Ending, output: Output): Known<ExecResult> =>
  ending.kind === 'exited'
    ? known({exitCode: ending.code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr)})
    : {known: false, why: ending.why};

/** Runs a command to its end. The status frame ends it: a socket that stays open afterwards, or closes without a CLOSE, changes nothing (B-37). */
export const exec = async (
  client: ApiClient,
  address: ContainerAddress,
  command: readonly string[],
  {signal, limit}: {readonly signal: AbortSignal; readonly limit: number},
): Promise<Known<ExecResult>> => {
  const ask: Ask = {
    verb: 'get',
    resource: resources.Pod,
    subresource: 'exec',
    namespace: address.namespace,
    name: address.pod,
  };
  const query = new URLSearchParams({container: address.container, stdout: 'true', stderr: 'true'});
  for (const word of command) query.append('command', word);
  const output = new Output();
  const {promise: ended, resolve} = Promise.withResolvers<Known<ExecResult>>();
  const socket = await openSocket(
    client,
    {ask, query, protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io']},
    {
      message(channel, data) {
        if (channel === STATUS) resolve(finish(parseEnding(wordsOf(ask), data), output));
        else if (!output.add(channel, data, limit))
          resolve(unknown('too-large', `${wordsOf(ask)}: the output is larger than ${limit} bytes`));
      },
      end(error) {
        if (signal.aborted) resolve({known: false, why: failureOfDeadline(ask).why});
        else
          resolve(
            unknown(
              'failed',
              oneLine(
                `${wordsOf(ask)}: the connection was closed before the command ended${error === null ? '' : `: ${error.message}`}`,
              ),
            ),
          );
      },
    },
    signal,
  );
  if (!socket.known) return socket;
  const result = await ended;
  socket.value.terminate();
  return result;
};
