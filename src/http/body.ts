/** The body of a request: at most 16 KiB of JSON that fits its schema. */
import type * as z from 'zod';
import {problemResponse} from './problem.js';

export const MOST_BYTES = 16 * 1024;

const JSON_TYPE = /^application\/json(\s*;|$)/i;

export type ReadBody =
  {readonly kind: 'read'; readonly value: unknown} | {readonly kind: 'refused'; readonly response: Response};

const refused = (response: Response): ReadBody => ({kind: 'refused', response});
const tooLarge = (): ReadBody => refused(problemResponse('too-large', {headers: {Connection: 'close'}}));

/** Stops reading at the limit, whatever the length says. */
const bytesOf = async (request: Request): Promise<Uint8Array | 'too-large'> => {
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return Buffer.concat(parts);
    length += value.byteLength;
    if (length > MOST_BYTES) {
      await reader.cancel().catch(() => undefined);
      return 'too-large';
    }
    parts.push(value);
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `schema` undefined: the route takes none, and an empty one or an empty object are let pass. */
export const readBody = async (request: Request, schema: z.ZodType | undefined): Promise<ReadBody> => {
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return tooLarge();
  let bytes: Uint8Array | 'too-large';
  try {
    bytes = await bytesOf(request);
  } catch {
    return refused(problemResponse('bad-request', {detail: 'The body ended early'}));
  }
  if (bytes === 'too-large') return tooLarge();
  if (bytes.byteLength === 0 && schema === undefined) return {kind: 'read', value: undefined};
  if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) return refused(problemResponse('not-json'));
  const value = parsed(Buffer.from(bytes).toString('utf8'));
  if (value === undefined) return refused(problemResponse('bad-request', {detail: 'The body is not JSON'}));
  if (schema === undefined) return {kind: 'read', value: undefined};
  const fit = schema.safeParse(value);
  if (fit.success) return {kind: 'read', value: fit.data};
  const [issue] = fit.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'The body' : issue.path.join('.');
  return refused(problemResponse('bad-request', {detail: `${where}: ${issue?.message ?? 'malformed'}`}));
};
