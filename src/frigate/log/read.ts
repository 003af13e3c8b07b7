/** Reading the log of Frigate's container as evidence. A log that cannot be read is unknown, never clean (B-30). */
import {setImmediate} from 'node:timers/promises';
import {known, unknown, type Known} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import type {LogEvidence} from '../../core/observation/log.js';
import type {Instant} from '../../core/time.js';
import type {Cluster, ContainerAddress} from '../../kubernetes/cluster.js';
import {collectYoung} from './collect.js';
import {LogScanner} from './scan.js';

export interface LogQuestion extends ContainerAddress {
  /** Inclusive; `null`: from the beginning. */
  readonly since: Instant | null;
  /** Exclusive: the end of the window, normally the API server's time now. */
  readonly to: Instant;
  /** The container before this one. */
  readonly previous: boolean;
}

/** Bytes after which timers and signals get their turn, should the stream always have more at hand, and after which what was read is let go. */
const BREATH = 4 * 1_048_576;

/** The next chunk, or what ended the wait. The iterator may hang: the signal does not. */
const next = async (
  chunks: AsyncIterator<Buffer>,
  aborted: Promise<'aborted'>,
): Promise<IteratorResult<Buffer> | 'aborted' | {readonly broken: string}> => {
  try {
    return await Promise.race([chunks.next(), aborted]);
  } catch (error) {
    return {broken: error instanceof Error ? error.message : String(error)};
  }
};

const onAbort = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), {once: true});
  });

/**
 * Scans the window in one stream. At the deadline, or when the stream breaks, the result is what was read so far, with
 * `complete: false`; if nothing was read, the log is unknown.
 */
export const readLog = async (
  cluster: Pick<Cluster, 'openLog'>,
  question: LogQuestion,
  signal: AbortSignal,
): Promise<Known<LogEvidence>> => {
  const {since, to, previous, namespace, pod, container} = question;
  const opened = await cluster.openLog(
    {namespace, pod, container, since, previous, follow: false, tailLines: null},
    signal,
  );
  if (!opened.known) return opened;
  const scanner = new LogScanner({since, to});
  const chunks = opened.value[Symbol.asyncIterator]();
  const aborted = onAbort(signal);
  let breathed = 0;
  for (;;) {
    if (scanner.bytes - breathed >= BREATH) {
      breathed = scanner.bytes;
      collectYoung();
      await setImmediate();
    }
    const step = await next(chunks, aborted);
    if (step === 'aborted' || 'broken' in step) {
      void chunks.return?.().catch(() => undefined);
      if (scanner.bytes > 0) return known(scanner.finish(false));
      if (step === 'aborted' || signal.aborted)
        return unknown('timeout', `log of ${pod}/${container}: no data before the deadline`);
      return unknown('failed', `log of ${pod}/${container}: ${maskedLine(step.broken, 160)}`);
    }
    if (step.done === true) return known(scanner.finish(true));
    scanner.push(step.value);
  }
};
