/** The process's own streams: written to the end, and quiet when the reader has gone (`| head`). */
import type {Writable} from 'node:stream';

export interface Output {
  /** Writes without waiting; a reader that has gone is no error. */
  write(text: string): void;
  /** Everything written has left the process, or its reader has gone. */
  drained(): Promise<void>;
}

const readerHasGone = (error: Error): boolean => 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');

/** Writes to one stream. Any other error of it than a gone reader is thrown where nobody catches it: it is a bug or a full disk. */
export const outputTo = (stream: Writable): Output => {
  let gone = false;
  let last: Promise<void> = Promise.resolve();
  stream.on('error', (error: Error) => {
    if (!readerHasGone(error)) throw error;
    gone = true;
  });
  return {
    write: (text) => {
      if (gone || text === '') return;
      last = new Promise((resolve) => {
        stream.write(text, () => resolve());
      });
    },
    drained: () => last,
  };
};
