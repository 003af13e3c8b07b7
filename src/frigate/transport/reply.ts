/** The replies of transports without an answer, in one wording each. */
import type {UnknownCode} from '../../core/known.js';
import type {TransportReply} from '../frigate.js';

export type NoAnswer = Extract<TransportReply, {kind: 'no-answer'}>;

/** The path itself failed: nothing was learned about Frigate. */
export const pathFailed = (detail: string, code?: UnknownCode): NoAnswer => ({kind: 'no-answer', reached: false, how: 'path', detail, ...(code === undefined ? {} : {code})});

/** Frigate's container was reached and gave no whole answer. */
export const reachedWithout = (how: 'refused' | 'silent' | 'cut' | 'too-large', detail: string): NoAnswer => ({kind: 'no-answer', reached: true, how, detail});

export const overLimit = (limit: number): NoAnswer => reachedWithout('too-large', `the answer is over the bound of ${limit} bytes`);
