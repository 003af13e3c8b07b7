/**
 * Round trips of one healthy `run-cron` (docs/testing.md, budgets): how many requests, how many in sequence, and how long
 * the chain takes at 50 ms of latency against the ideal one. Prints; asserts nothing.
 */
import {PASSES, startDouble} from './support/double.js';
import type {Arrival} from './support/double.js';
import {median, program, run} from './support/measure.js';

const LATENCY = 50;
const LANES = 4;

/** Requests of one round come before the first answer of that round can have arrived. */
const roundsOf = (arrivals: readonly Arrival[]): ReadonlyArray<readonly Arrival[]> => {
  const rounds: Arrival[][] = [];
  let begun = Number.NEGATIVE_INFINITY;
  for (const arrival of arrivals) {
    if (arrival.at - begun >= LATENCY) {
      rounds.push([]);
      begun = arrival.at;
    }
    rounds.at(-1)?.push(arrival);
  }
  return rounds;
};

const isSegment = ({path}: Arrival): boolean => /\/api\/[^/]+\/recordings\?/.test(path);
const short = ({method, path}: Arrival): string =>
  `${method} ${path
    .replace(/\?.*/, '')
    .replace(/^.*\/proxy/, 'Frigate')
    .replace(/^.*\/namespaces\/[^/]+\//, '')}`;

for (const cameras of [3, 7]) {
  await using double = await startDouble({cameras});
  const pass = async (): Promise<readonly Arrival[]> => {
    await double.next();
    await double.arrivals();
    const {exitCode, stdout} = await run([...program, 'run-cron', '--kubeconfig', double.kubeconfig]);
    if (exitCode !== 0) throw new Error(`run-cron ended with ${String(exitCode)}:\n${stdout}`);
    return double.arrivals();
  };
  await double.delay(LATENCY);
  await pass();
  const passes: Array<readonly Arrival[]> = [];
  for (let count = 0; count < PASSES - 1; count += 1) passes.push(await pass());
  const chains = passes.map((arrivals) => (arrivals.at(-1)?.at ?? 0) - (arrivals[0]?.at ?? 0) + LATENCY);
  const last = passes.at(-1) ?? [];
  // The list, everything else (segments four at a time), the write.
  const ideal = (2 + Math.ceil(cameras / LANES)) * LATENCY;
  console.log(
    `${String(cameras)} cameras: ${String(last.length)} requests, ${String(last.filter((one) => !isSegment(one)).length)} without segments (budget 10); ${String(roundsOf(last).length)} in sequence`,
  );
  for (const [index, round] of roundsOf(last).entries())
    console.log(`  ${String(index + 1)}  ${round.map(short).join(' · ')}`);
  console.log(
    `  chain at ${String(LATENCY)} ms: ${median(chains).toFixed(0)} ms, ideal ${String(ideal)} ms, ratio ${(median(chains) / ideal).toFixed(2)} (budget 1.5)`,
  );
}
