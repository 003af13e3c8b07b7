/** The replies of transports without an answer, in one wording each. */
import {starvedFor, type UnknownCode} from '../../core/known.js';
import type {Duration} from '../../core/time.js';
import type {TransportReply} from '../frigate.js';

export type NoAnswer = Extract<TransportReply, {kind: 'no-answer'}>;

/** The path itself failed: nothing was learned about Frigate. */
export const pathFailed = (detail: string, code?: UnknownCode): NoAnswer => ({
  kind: 'no-answer',
  reached: false,
  how: 'path',
  detail,
  ...(code === undefined ? {} : {code}),
});

/** Frigate's container was reached and gave no whole answer. */
export const reachedWithout = (how: 'refused' | 'silent' | 'cut' | 'too-large', detail: string): NoAnswer => ({
  kind: 'no-answer',
  reached: true,
  how,
  detail,
});

export const overLimit = (limit: number): NoAnswer =>
  reachedWithout('too-large', `the answer is larger than ${limit} bytes`);

/** Whether a stall of this process may be the reason for a missing answer. A refusal or a too large answer came from the server in any case. */
const mayBeOurs = (reply: NoAnswer): boolean =>
  reply.how !== 'refused' && reply.how !== 'too-large' && (reply.code === undefined || reply.code === 'timeout');

/** The silence of a request in whose time this process did not run is not Frigate's. */
export const unlessStarved = (reply: TransportReply, starved: Duration | null): TransportReply =>
  reply.kind === 'no-answer' && starved !== null && mayBeOurs(reply)
    ? pathFailed(starvedFor(starved), 'starved')
    : reply;
