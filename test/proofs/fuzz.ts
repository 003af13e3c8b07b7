/** Proof 7, fuzz: spoilt stats, states, log lines, kubeconfigs and settings. Nothing throws, nothing restarts. `--runs 1000000` for the long run. */
import {performance} from 'node:perf_hooks';
import {spoilt} from './fuzz/mutator.js';
import {targets} from './fuzz/targets.js';
import {readArguments} from './support/arguments.js';
import {randomOf} from './support/random.js';
import {conclude, say, secondsSince, table, type Cell} from './support/print.js';

/** One input that takes longer blocks a pass. */
const SLOW = 1000;

const {runs, seed, write} = readArguments(20_000);
const begun = performance.now();
const violations: string[] = [];
const rows: Cell[][] = [];
let total = 0;

for (const [target, share] of targets()) {
  const random = randomOf(seed);
  const started = performance.now();
  const count = Math.ceil(runs * share);
  let read = 0;
  let slowest = 0;
  for (let input = 0; input < count; input += 1) {
    const bytes = spoilt(target.seeds, random);
    const at = performance.now();
    try {
      const {outcome, restart} = target.feed(bytes, random);
      if (outcome === 'read') read += 1;
      if (restart)
        violations.push(`${target.name}: a restart from ${JSON.stringify(bytes.toString('latin1').slice(0, 400))}`);
    } catch (error) {
      violations.push(
        `${target.name}: ${String(error)} from ${JSON.stringify(bytes.toString('latin1').slice(0, 400))}`,
      );
    }
    slowest = Math.max(slowest, performance.now() - at);
  }
  if (slowest > SLOW) violations.push(`${target.name}: one input took ${Math.round(slowest)} ms`);
  target.close?.();
  total += count;
  rows.push([
    target.name,
    count,
    `${Math.round((100 * read) / count)} %`,
    `${slowest.toFixed(1)} ms`,
    secondsSince(started),
  ]);
}
say(table(['input', 'inputs', 'still read', 'slowest', 'time'], rows));
conclude({name: 'fuzz', begun, violations, write, seed, told: `${total} corrupted inputs, seed ${seed}`});
