/** Server-sent events read by fetch, so that they carry the credentials; connects again by itself and goes on where it left. */
import type {FleetIncidentRow, FrigateRow, Tick} from '../../schemas/types.js';

export type LiveEvent =
  | {readonly event: 'frigate'; readonly data: FrigateRow}
  | {readonly event: 'removed'; readonly data: {readonly instanceId: string}}
  | {readonly event: 'incidents'; readonly data: readonly FleetIncidentRow[]}
  | {readonly event: 'tick'; readonly data: Tick}
  | {readonly event: 'resync'; readonly data: object};

export type Connection =
  | {readonly kind: 'live'}
  | {readonly kind: 'lost'; readonly since: number}
  | {readonly kind: 'refused'; readonly title: string};

/** A tick comes each 10 s: silence for longer is a lost connection that was not reported. */
const SILENCE = 25_000;
const PAUSES = [1000, 2000, 4000, 8000, 15_000, 30_000];

const sleep = (length: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, length));

interface Frame {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

const frameOf = (block: string): Frame => {
  const field = (name: string): string | null =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null;
  return {event: field('event') ?? '', id: field('id'), data: field('data') ?? 'null'};
};

/** Reads until the stream ends or is silent for too long. */
const read = async (
  body: ReadableStream<Uint8Array>,
  onFrame: (frame: Frame) => void,
  giveUp: () => void,
): Promise<void> => {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let watchdog = setTimeout(giveUp, SILENCE);
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(giveUp, SILENCE);
      const blocks = (rest + decoder.decode(value, {stream: true})).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (block.startsWith('event: ')) onFrame(frameOf(block));
    }
  } finally {
    clearTimeout(watchdog);
  }
};

/** Until the page is left. `onEvent` hears each event, `onConnection` each change of the connection. */
export const listen = async (
  firstEventId: string | null,
  onEvent: (event: LiveEvent) => void,
  onConnection: (connection: Connection) => void,
): Promise<void> => {
  let lastEventId = firstEventId;
  let failures = 0;
  let lostSince: number | null = null;
  const lost = (): void => {
    lostSince ??= Date.now();
    onConnection({kind: 'lost', since: lostSince});
  };
  for (;;) {
    const ending = new AbortController();
    try {
      const response = await fetch('/api/v1/events', {
        headers: {
          'X-Frigate-Health': '1',
          Accept: 'text/event-stream',
          ...(lastEventId === null ? {} : {'Last-Event-ID': lastEventId}),
        },
        cache: 'no-store',
        signal: ending.signal,
      });
      if (response.status === 401 || response.status === 403) {
        onConnection({kind: 'refused', title: 'The token is no longer accepted'});
        return;
      }
      if (response.ok && response.body !== null) {
        failures = 0;
        lostSince = null;
        onConnection({kind: 'live'});
        await read(
          response.body,
          ({event, id, data}) => {
            // The shapes of the events are checked where they are made (test/http/events.test.ts).
            onEvent({event, data: JSON.parse(data) as unknown} as LiveEvent);
            if (id !== null) lastEventId = id;
          },
          () => ending.abort(),
        );
      }
    } catch {
      // What went wrong is shown as a lost connection, whatever it was.
    }
    lost();
    await sleep(PAUSES[Math.min(failures, PAUSES.length - 1)] ?? 30_000);
    failures += 1;
  }
};
