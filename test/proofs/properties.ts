/** Proof 2, the properties: random inputs over the passes of every recorded fault. `--runs N` for a longer run, `--seed N` to repeat one. */
import fc from 'fast-check';
import {ofAlerts} from './properties/alerts.js';
import {ofDecisions} from './properties/decision.js';
import {ofEvidence} from './properties/evidence.js';
import {ofSamples} from './properties/samples.js';
import {situations} from './properties/situations.js';
import {ofStates} from './properties/state.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, secondsSince, table, type Cell} from './support/print.js';

const {runs, seed, write} = readArguments(3000);
const begun = performance.now();
const violations: string[] = [];
const rows: Cell[][] = [];
let inputs = 0;

say(`seed ${seed}; ${situations.length} passes of recorded faults to begin with\n`);
for (const {name, share, property} of [...ofDecisions, ...ofEvidence, ...ofSamples, ...ofStates, ...ofAlerts]) {
  const started = performance.now();
  const details = await fc.check(property, {
    numRuns: Math.max(20, Math.round(runs * share)),
    seed,
    maxSkipsPerRun: 1000,
  });
  inputs += details.numRuns;
  rows.push([name, details.numRuns, details.failed ? 'BROKEN' : 'holds', secondsSince(started)]);
  if (details.failed) violations.push(`${name}: ${fc.defaultReportMessage(details).slice(0, 2500)}`);
}
say(table(['property', 'inputs', '', 'time'], rows));
conclude({
  name: 'properties',
  begun,
  violations,
  write,
  seed,
  told: `${rows.length} properties, ${inputs} inputs, seed ${seed}`,
});
