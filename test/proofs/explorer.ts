/**
 * Proof 1, the explorer: real passes of two runners and a person, breadth-first over crashes, lost answers, conflicts, stale
 * reads, frozen runners and jumping clocks at every port call. Then the same with one safeguard taken away at a time, the rules one by
 * one, and how long evidence must last.
 */
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';
import {invariants} from './explorer/invariants.js';
import {mutants} from './explorer/mutants.js';
import {search, type Found} from './explorer/search.js';
import {scenarios} from './explorer/scenarios.js';
import {guardRows} from './explorer/guards.js';
import {lastingRows} from './explorer/lasting.js';

/** Executions of one scenario; `--runs` sets the deviations, `--long` plays them all. */
const LIMIT = 4000;
/** The same with `--quick`, for CI. */
const SHORT_LIMIT = 400;
/** Executions until a planted bug must be found. */
const LIMIT_OF_A_MUTANT = 20_000;

const {runs: depth, flag, write} = readArguments(2, ['long', 'quick']);
const limit = flag('long') ? Infinity : flag('quick') ? SHORT_LIMIT : LIMIT;
const begun = performance.now();
const violations: string[] = [];

const inWords = ({counterExample}: Found): string =>
  counterExample === null
    ? ''
    : `${counterExample.violations.map(({invariant, detail}) => `${invariants[invariant]} (${detail})`).join('; ')} after: ${counterExample.story.join('; ') || 'nothing unusual'}`;

say('Executions of the real pass, breadth-first by the number of deviations from the undisturbed course\n');
const explored: Found[] = [];
const rows: Cell[][] = [];
for (const scenario of scenarios) {
  const found = await search(scenario, {depth, limit});
  explored.push(found);
  rows.push([
    scenario.name,
    found.depth,
    found.executions,
    found.states,
    found.rollouts,
    found.counterExample === null ? 'all hold' : 'BROKEN',
  ]);
  if (found.counterExample !== null) violations.push(`${scenario.name}: ${inWords(found)}`);
}
say(table(['begins with', 'deviations', 'executions', 'states', 'rollouts', 'invariants'], rows));

say('\nA safeguard of the protocol taken away: caught by\n');
const caught: Cell[][] = [];
for (const {guard, scenario, mutate} of mutants) {
  const base = scenarios[scenario];
  if (base === undefined) throw new Error(`no scenario ${scenario}`);
  const found = await search({...base, mutate}, {depth: Math.max(depth, 2), limit: LIMIT_OF_A_MUTANT});
  const first = found.counterExample;
  caught.push([
    guard,
    first === null ? 'NOT CAUGHT' : invariants[first.violations[0]?.invariant ?? 'once'],
    first === null ? '' : first.story.join('; ') || 'nothing unusual',
  ]);
  if (first === null) violations.push(`not caught: ${guard} (${found.executions} executions, depth ${found.depth})`);
}
say(table(['safeguard', 'caught by', 'shortest counter-example'], caught));

say('\nA rule taken away: every combination of what the rules look at, held against what each rule is for\n');
const guards = guardRows();
say(table(['rule taken away', 'situations', 'restarts', 'caught by'], guards.rows));
violations.push(...guards.violations);

say('\nEvidence with a duration: every course of observations, by steps of 5 s and of 5 min\n');
const lasting = lastingRows(flag('long') ? 3 : flag('quick') ? 1 : 2);
say(table(['a failure of', 'must last (s)', 'places', 'restarts', 'too early'], lasting.rows));
say('\nWith a bug planted\n');
say(table(['bug', 'caught by'], lasting.caught));
violations.push(...lasting.violations);

const sum = (of: (found: Found) => number): number => explored.reduce((total, found) => total + of(found), 0);
conclude({
  name: 'explorer',
  begun,
  violations,
  write,
  told: `every execution with ${Math.min(...explored.map((found) => found.depth))} deviation, and some with two: ${sum(({executions}) => executions)} executions, ${sum(({states}) => states)} states, ${lasting.rows.length} courses of observations in ${lasting.places} places, none restarted before its evidence lasted; ${caught.length + lasting.caught.length} planted bugs and ${guards.rules} rules removed, each detected`,
});
