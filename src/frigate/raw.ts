/** One unmodified answer of Frigate's API, for debugging the parsers: it is not parsed here. */
import type {Via} from '../core/observation/frigate.js';
import type {FrigateTarget, TransportReply} from './frigate.js';
import {transportsTo, type OpenOptions, type FrigateAccess} from './open.js';
import type {RawPath} from './raw-paths.js';
import {ask} from './reader.js';

/** The bound of the largest of them, the history of hundreds of cameras. Bytes. */
const LIMIT = 32 * 1_048_576;

export interface RawAnswer {
  readonly via: Via;
  readonly reply: TransportReply;
}

/**
 * The first answer, whatever it is. A way that fails before it reaches Frigate gives way to the next where none was asked for;
 * a Frigate that was reached and gave none is not asked again.
 */
export const askRaw = async (
  cluster: FrigateAccess,
  target: FrigateTarget,
  path: RawPath,
  options: Pick<OpenOptions, 'via' | 'apiTimeout' | 'signal' | 'timers'>,
): Promise<RawAnswer | null> => {
  let last: RawAnswer | null = null;
  for (const transport of transportsTo(cluster, target, options)) {
    if (options.via !== 'auto' && transport.via !== options.via) break;
    const reply = await ask(
      {transport, timers: options.timers},
      `/api/${path}`,
      LIMIT,
      options.apiTimeout,
      options.signal,
    );
    transport.close();
    last = {via: transport.via, reply};
    if (reply.kind === 'answer' || reply.reached || options.signal.aborted) return last;
  }
  return last;
};
