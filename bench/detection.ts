/**
 * How soon `serve` shows each fault that the simulated Frigate knows, and how soon it restarts: each at random moments from a seed, in
 * virtual time, for both profiles; and how often it calls a healthy Frigate something else (`--calm`: only that). `--cluster` measures
 * the faults of a pod on a real Kubernetes instead, in real time.
 *
 * `--only a,b` names the faults, `--runs N` the runs of each, `--parts N` the parts of the year (six hours each); `--write` keeps the result for
 * docs/detection-times.md. The times are those of the simulation: a busy machine changes none of them.
 */
import {parseArgs} from 'node:util';
import {faults} from '../src/simulator/frigate/faults/catalogue.js';
import {timesText, writeDetection, type FaultRow, type FaultTimes} from './support/detection-result.js';
import {healthyDay, partsOfTheYear, recordedHealth} from './support/false-status.js';
import {faultTimes, PATIENCE, type MeasuredFault} from './support/fault-times.js';
import {minutes} from '../src/core/time.js';
import type {Profile} from './support/simulated-serve.js';

const {
  values: {runs: runsGiven, seed: seedGiven, parts: partsGiven, only, write, calm, cluster},
} = parseArgs({
  options: {
    runs: {type: 'string', default: '20'},
    seed: {type: 'string', default: '20261010'},
    parts: {type: 'string', default: '28'},
    only: {type: 'string'},
    write: {type: 'boolean', default: false},
    calm: {type: 'boolean', default: false},
    cluster: {type: 'boolean', default: false},
  },
});
const runs = Number(runsGiven);
const seed = Number(seedGiven);
const PROFILES = ['steady', 'fast'] as const satisfies readonly Profile[];

const bothProfiles = async <T>(measure: (profile: Profile) => Promise<T>): Promise<Readonly<Record<Profile, T>>> => ({
  steady: await measure('steady'),
  fast: await measure('fast'),
});

const measureFaults = async (): Promise<FaultTimes> => {
  const wanted = faults.filter(({name}) => only === undefined || only.split(',').includes(name));
  const measured: Array<readonly [FaultRow['fault'], Readonly<Record<Profile, MeasuredFault>>]> = [];
  for (const {name, cure} of wanted) {
    const row = await bothProfiles((profile) => faultTimes(name, profile, {runs, seed}));
    measured.push([name, row]);
    for (const profile of PROFILES) {
      const {status, restart} = row[profile];
      console.log(
        `${name.padEnd(18)} ${profile.padEnd(6)} status ${status.times}/${runs}: ${timesText(status)}; restart ${restart.times}/${runs}: ${timesText(restart)} (${cure})`,
      );
    }
  }
  const sum = (of: (each: MeasuredFault) => number): number =>
    measured.reduce((total, [, {steady, fast}]) => total + of(steady) + of(fast), 0);
  return {
    seed,
    runs,
    patience: PATIENCE / minutes(1),
    falseSeconds: sum(({falseSeconds}) => falseSeconds),
    secondsBefore: sum(({secondsBefore}) => secondsBefore),
    rows: measured.map(([fault, {steady, fast}]) => ({
      fault,
      steady: {status: steady.status, restart: steady.restart},
      fast: {status: fast.status, restart: fast.restart},
    })),
  };
};

const writeFaults = async (): Promise<void> => {
  const times = await measureFaults();
  console.log(`false status before the faults: ${times.falseSeconds} of ${times.secondsBefore} s`);
  if (write && only === undefined) writeDetection({faults: times});
};

const writeCalm = async (): Promise<void> => {
  const recorded = recordedHealth();
  console.log('recordings', JSON.stringify(recorded));
  const day = await bothProfiles((profile) => healthyDay(profile, seed));
  console.log('healthy day', JSON.stringify(day));
  const year = await bothProfiles((profile) => partsOfTheYear(profile, seed, Number(partsGiven)));
  console.log('parts of the year', JSON.stringify(year));
  if (write) writeDetection({calm: {seed, day, recordings: recorded, year}});
};

if (cluster) {
  const {measureCluster} = await import('./support/cluster-times.js');
  const times = await measureCluster(runs);
  if (write) writeDetection({cluster: times});
} else {
  if (!calm) await writeFaults();
  if (only === undefined) await writeCalm();
}
