/** Proof 9, the API: requests made from its own OpenAPI document and spoilt. No 5xx, no token told, no restart without a permission. `--runs 100000` for a long run. */
import {performance} from 'node:perf_hooks';
import {fuzzHttp} from '../http/fuzz.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table} from './support/print.js';

const {runs, seed, write} = readArguments(12_000);
const begun = performance.now();
const {statuses, recoveries, violations} = await fuzzHttp(runs, seed);
say(
  table(
    ['status', 'answers'],
    [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => [status, count]),
  ),
);
say(`${recoveries} recoveries passed on, each with the permission`);
conclude({name: 'http', begun, violations, write, seed, told: `${runs} spoilt requests to the API, seed ${seed}`});
