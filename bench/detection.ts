/**
 * How soon `serve` shows each fault that the simulated Frigate knows, and how soon it restarts: each at random moments from a seed, in
 * virtual time, for both profiles. `--only a,b` names the faults, `--runs N` the runs of each, `--write FILE` keeps the result as JSON.
 * The times are those of the simulation: a busy machine changes none of them.
 */
import {writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {faults} from '../src/simulator/frigate/faults/catalogue.js';
import {startFaults} from '../src/simulator/frigate/faults/start.js';
import type {FaultName} from '../src/simulator/frigate/fault.js';
import {minutes, seconds} from '../src/core/time.js';
import type {Occurrence} from '../test/proofs/year/occurrences.js';
import {randomOf} from '../test/proofs/support/random.js';
import type {DetectionResult, DetectionRow, Times} from './support/detection-result.js';
import {NEW_YEAR, simulatedServe, type Profile} from './support/simulated-serve.js';

const {
  values: {runs: runsGiven, seed: seedGiven, only, write},
} = parseArgs({
  options: {
    runs: {type: 'string', default: '20'},
    seed: {type: 'string', default: '20261010'},
    only: {type: 'string'},
    write: {type: 'string'},
  },
});
const runs = Number(runsGiven);
const seed = Number(seedGiven);
/** Two hours into the year the pod has run for two days, and everything that grows is at rest. */
const BASE = 7200;
/** `serve` has looked for so long before the fault, at least. */
const LOOKED = 75;
const PHASES = 60;
/** So long is waited for a status, and for a restart. */
const PATIENCE = minutes(5);
const STEP = seconds(0.5);

interface Ran {
  readonly status: number | null;
  readonly restart: number | null;
  /** Seconds that were not healthy before the fault. */
  readonly falseSeconds: number;
}

const startOf = new Set<string>(startFaults.map(({name}) => name));
const upgrades: Readonly<Partial<Record<FaultName, 'migration' | 'build' | 'standstill' | 'port-moved'>>> = {
  starting: 'migration',
  'model-build': 'build',
  'start-hangs': 'standstill',
  'port-moved': 'port-moved',
};

const occurrenceOf = (fault: FaultName, at: number): Occurrence => {
  const start = upgrades[fault];
  return {
    number: 1,
    at,
    until: at + 86_400,
    cameras: null,
    kind: {
      name: fault,
      perYear: 1,
      minutes: 1440,
      effect: start === undefined ? {what: 'fault', fault} : {what: 'upgrade', start},
    },
  };
};

/** A fault of the start shows only in a container that begins. */
const beginsAnew = (fault: FaultName): boolean => startOf.has(fault) && upgrades[fault] === undefined;

const run = async (fault: FaultName, profile: Profile, random: () => number): Promise<Ran> => {
  const at = BASE + LOOKED + Math.round(random() * PHASES * 1000) / 1000;
  const world = simulatedServe({occurrences: [occurrenceOf(fault, at)], from: NEW_YEAR + BASE, profile, random});
  const faultAt = (NEW_YEAR + at) * 1000;
  const {timers} = world;
  await timers.advance(seconds(at - BASE));
  if (beginsAnew(fault)) {
    world.installation.advance(NEW_YEAR + at + 0.5);
    world.installation.restart('container');
  }
  const before = world.changes().filter((change) => change.at < faultAt);
  const falseSeconds = before.reduce(
    (sum, {at: from, health}, index) =>
      health === 'healthy' ? sum : sum + ((before[index + 1]?.at ?? faultAt) - from) / 1000,
    0,
  );
  const sick = (): number | null =>
    world.changes().find((change) => change.at >= faultAt && change.health !== 'healthy')?.at ?? null;
  while (timers.now() - faultAt < PATIENCE && world.restarts.length === 0) await timers.advance(STEP);
  await world.end();
  const shown = sick();
  const restarted = world.restarts[0] ?? null;
  return {
    status: shown === null ? null : (shown - faultAt) / 1000,
    restart: restarted === null ? null : (restarted - faultAt) / 1000,
    falseSeconds,
  };
};

const timesOf = (values: ReadonlyArray<number | null>): Times => {
  const found = values.filter((value) => value !== null).sort((a, b) => a - b);
  const round = (value: number | undefined): number | null =>
    value === undefined ? null : Math.round(value * 10) / 10;
  return {
    times: found.length,
    median: round(found[Math.floor(found.length / 2)]),
    worst: round(found.at(-1)),
  };
};

const rows: DetectionRow[] = [];
let falseSeconds = 0;
for (const {name, cure} of faults) {
  if (only !== undefined && !only.split(',').includes(name)) continue;
  const measured = [];
  for (const profile of ['steady', 'fast'] as const) {
    const random = randomOf(seed + name.length * 131 + name.charCodeAt(0));
    const ran: Ran[] = [];
    for (let number = 0; number < runs; number += 1) ran.push(await run(name, profile, random));
    falseSeconds += ran.reduce((sum, each) => sum + each.falseSeconds, 0);
    measured.push([
      profile,
      {status: timesOf(ran.map(({status}) => status)), restart: timesOf(ran.map(({restart}) => restart))},
    ] as const);
    const [, {status, restart}] = measured.at(-1)!;
    console.log(
      `${name.padEnd(18)} ${profile.padEnd(6)} status ${status.times}/${runs}: ${status.median ?? '–'} / ${status.worst ?? '–'} s; restart ${restart.times}/${runs}: ${restart.median ?? '–'} / ${restart.worst ?? '–'} s (${cure}); CPU ${process.cpuUsage().user / 1e6} s`,
    );
  }
  rows.push({fault: name, cure, ...(Object.fromEntries(measured) as Pick<DetectionRow, Profile>)});
}
console.log(`false status before the faults: ${falseSeconds} s`);

const result: DetectionResult = {seed, runs, falseSeconds, rows};
if (write !== undefined) writeFileSync(write, `${JSON.stringify(result, null, 1)}\n`);
