/** Server-sent events: one stream for each client, ended when the client is gone, too slow, or no longer permitted. */
import {seconds} from '../../core/time.js';
import {every, within} from '../../core/timers.js';
import {credentialsOf} from '../auth/credentials.js';
import type {Asked, Handler} from '../context.js';
import {problemResponse} from '../problem.js';

const MOST_STREAMS = 100;
/** A token that was revoked or has expired ends its stream within this time. */
const REVIEW_AGAIN = seconds(60);
const REVIEW_LIMIT = seconds(5);
/** Bytes that wait for a client; one that does not read them is cut off and may come back. */
const MOST_WAITING = 1024 * 1024;

const isStillPermitted = async ({daemon: {options, timers}, header, path, signal}: Asked): Promise<boolean> => {
  const limit = within(timers, REVIEW_LIMIT, signal);
  const {access} = options;
  const caller = await access.callerOf(credentialsOf(header('authorization') ?? undefined)?.token ?? '', limit);
  // What cannot be asked now says nothing against the client.
  if (!caller.known) return true;
  if (caller.value === null) return false;
  const allowed = await access.allows(caller.value, {kind: 'path', method: 'GET', path}, limit);
  return !allowed.known || allowed.value;
};

/** Ends all streams at once when the server closes. */
export interface Streams {
  readonly handler: Handler;
  close(): void;
}

export const eventStreams = (): Streams => {
  const open = new Set<() => void>();
  const handler: Handler = (asked) => {
    const {daemon, caller, header, signal} = asked;
    if (open.size >= MOST_STREAMS)
      return problemResponse('too-many-streams', {
        detail: `At most ${MOST_STREAMS} clients may listen`,
        headers: {'Retry-After': '30'},
      });
    const encoder = new TextEncoder();
    let end: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          const finishers: Array<() => void> = [];
          end = () => {
            if (!open.delete(end)) return;
            for (const finish of finishers) finish();
            signal.removeEventListener('abort', end);
            try {
              controller.close();
            } catch {
              // It was cancelled by the client already.
            }
          };
          open.add(end);
          signal.addEventListener('abort', end);
          const send = (text: string): void => {
            if (!open.has(end)) return;
            controller.enqueue(encoder.encode(text));
            if ((controller.desiredSize ?? 0) < 0) end();
          };
          finishers.push(daemon.events.subscribe(caller, header('last-event-id'), send));
          finishers.push(
            every(daemon.timers, REVIEW_AGAIN, () => {
              void isStillPermitted(asked).then((permitted) => {
                if (!permitted) end();
              });
            }),
          );
        },
        cancel: () => end(),
      },
      new ByteLengthQueuingStrategy({highWaterMark: MOST_WAITING}),
    );
    return new Response(body, {
      headers: {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no'},
    });
  };
  return {
    handler,
    close: () => {
      for (const end of [...open]) end();
    },
  };
};
