/** The process's own streams: written to the end, and quiet when the reader has gone (`| head`). */
import type {Writable} from 'node:stream';

export interface Output {
  /** Writes without waiting; a closed reader is not an error. */
  write(text: string): void;
  /** Everything written has left the process, or can never leave it. */
  drained(): Promise<void>;
  /** Removes the other listeners for errors of the stream; from now on only this one handles them. */
  alone(): void;
  /** Why something that was written never arrived (a full disk, say); `null` while all did, and for a reader that has gone. */
  lost(): Error | null;
}

const readerHasGone = (error: Error): boolean =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');

/** Writes to one stream, up to its first error: what comes after a gap is no result. */
export const outputTo = (stream: Writable): Output => {
  let ended = false;
  let lost: Error | null = null;
  let last: Promise<void> = Promise.resolve();
  const end = (error: Error): void => {
    if (!ended && !readerHasGone(error)) lost = error;
    ended = true;
  };
  stream.on('error', end);
  return {
    write: (text) => {
      if (ended || text === '') return;
      last = new Promise((resolve) => {
        stream.write(text, (error) => {
          if (error) end(error);
          resolve();
        });
      });
    },
    drained: () => last,
    alone: () => {
      for (const listener of stream.listeners('error')) if (listener !== end) stream.off('error', listener);
    },
    lost: () => lost,
  };
};
