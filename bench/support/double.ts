/** The API double as a benchmark sees it. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

/**
 * From one pass to the next, in milliseconds: Frigate has new numbers by then. The double begins as far behind this machine's
 * clock as it may end ahead of it: from a minute on the pass would tell of clocks that differ (FRG-103), and not be healthy.
 */
export const STEP = 16_000;
export const LEAD = 50_000;
/** So many passes find a healthy Frigate. */
export const PASSES = Math.floor((2 * LEAD) / STEP);

/** One request as it came, `at` in milliseconds of the double's monotonic clock. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly at: number;
}

export type Order =
  {readonly order: 'delay'; readonly latency: number} | {readonly order: 'next'} | {readonly order: 'arrivals'};
export type Reply =
  | {readonly kind: 'ready'; readonly kubeconfig: string}
  | {readonly kind: 'done'}
  | {readonly kind: 'arrivals'; readonly arrivals: readonly Arrival[]};

export interface Double extends AsyncDisposable {
  /** The path of a kubeconfig file. */
  readonly kubeconfig: string;
  /** Every answer comes this many milliseconds later, and every request is noted. */
  delay(latency: number): Promise<void>;
  /** Lets Frigate come to its next numbers; {@link PASSES} times. */
  next(): Promise<void>;
  /** What came since it was last asked. */
  arrivals(): Promise<readonly Arrival[]>;
}

export const startDouble = async ({
  cameras,
  logMegabytes = 0,
  pace = 'still',
}: {
  readonly cameras: number;
  readonly logMegabytes?: number;
  readonly pace?: 'still' | 'flowing';
}): Promise<Double> => {
  const child = fork(
    path.join(import.meta.dirname, 'double-process.ts'),
    [String(cameras), String(logMegabytes), pace],
    {execArgv: ['--import', 'tsx']},
  );
  const answer = async (): Promise<Reply> => ((await once(child, 'message')) as [Reply])[0];
  const tell = async (order: Order): Promise<Reply> => {
    const reply = answer();
    child.send(order);
    return reply;
  };
  const ready = await answer();
  if (ready.kind !== 'ready') throw new Error('the double did not start');
  const folder = await mkdtemp(path.join(tmpdir(), 'frigate-health-bench-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(kubeconfig, ready.kubeconfig, {mode: 0o600});
  return {
    kubeconfig,
    delay: async (latency) => {
      await tell({order: 'delay', latency});
    },
    next: async () => {
      await tell({order: 'next'});
    },
    arrivals: async () => {
      const reply = await tell({order: 'arrivals'});
      return reply.kind === 'arrivals' ? reply.arrivals : [];
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await rm(folder, {recursive: true, force: true});
    },
  };
};
