/** What `curl -i` in Frigate's container printed and how it ended (curl(1), EXIT CODES). */
import {maskedLine} from '../../core/mask.js';
import type {Duration} from '../../core/time.js';
import type {ExecResult} from '../../kubernetes/cluster.js';
import type {TransportReply} from '../frigate.js';
import {pathFailed, reachedWithout} from './reply.js';

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})/;

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Where the body begins. */
  readonly end: number;
}

const readHead = (output: Buffer, from: number): Head | null => {
  const end = output.indexOf('\r\n\r\n', from, 'latin1');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = output.toString('latin1', from, end).split('\r\n');
  const status = STATUS_LINE.exec(statusLine)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return {status: Number(status), headers, end: end + 4};
};

/** Status, headers and exactly the bytes of the body; `null` when the output is no HTTP answer. Interim 1xx answers are passed over. */
export const parseCurlOutput = (
  output: Buffer,
): {readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: Buffer} | null => {
  let head = readHead(output, 0);
  while (head !== null && head.status < 200) head = readHead(output, head.end);
  return head === null ? null : {status: head.status, headers: head.headers, body: output.subarray(head.end)};
};

/** Exit codes after which curl has met Frigate's port; every other one is the path's own trouble. */
const reachedBy = (exitCode: number): 'refused' | 'silent' | 'cut' | null => {
  switch (exitCode) {
    case 7: // could not connect
      return 'refused';
    case 28: // timed out
      return 'silent';
    case 1: // "Received HTTP/0.9 when not allowed": the listener does not use HTTP
    case 8: // a weird server reply
    case 18: // partial file
    case 52: // the server replied nothing
    case 55: // sending failed
    case 56: // receiving failed
      return 'cut';
    default:
      return null;
  }
};

const pathWords = (exitCode: number): string => {
  if (exitCode === 127) return 'there is no curl in the container';
  if (exitCode === 126) return 'curl in the container cannot be run';
  return `curl ended with exit code ${exitCode}`;
};

/** The reply that a finished curl stands for. `latency` is how long the exec took. */
export const curlReply = (result: ExecResult, latency: Duration): TransportReply => {
  const words = maskedLine(result.stderr.toString('utf8', 0, 2000), 160);
  const how = reachedBy(result.exitCode);
  if (how !== null) return reachedWithout(how, words === '' ? `curl ended with exit code ${result.exitCode}` : words);
  if (result.exitCode !== 0)
    return pathFailed(words === '' ? pathWords(result.exitCode) : `${pathWords(result.exitCode)}: ${words}`, 'failed');
  const answer = parseCurlOutput(result.stdout);
  return answer === null ? pathFailed('curl printed no HTTP answer', 'garbled') : {kind: 'answer', ...answer, latency};
};
