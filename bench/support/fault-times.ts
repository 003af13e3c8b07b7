/** One fault of the simulated Frigate at random moments: seconds to the first other status, and to the first restart. */
import {startFaults} from '../../src/simulator/frigate/faults/start.js';
import type {FaultName} from '../../src/simulator/frigate/fault.js';
import {minutes, seconds} from '../../src/core/time.js';
import type {Occurrence} from '../../test/proofs/year/occurrences.js';
import {randomOf} from '../../test/proofs/support/random.js';
import {timesOf, type Measured} from './detection-result.js';
import {NEW_YEAR, simulatedServe, type Profile} from './simulated-serve.js';

/** Two hours into the year the pod has run for two days, and everything that grows is at rest. */
const BASE = 7200;
/** `serve` has looked for so long before the fault, at least. */
const LOOKED = 75;
const PHASES = 60;
/** So long is waited for a status, and for a restart: longer than the start-up grace, so that a restart after it is seen too. */
export const PATIENCE = minutes(12);
const STEP = seconds(0.5);

interface Ran {
  readonly status: number | null;
  readonly restart: number | null;
  readonly falseSeconds: number;
  readonly secondsBefore: number;
}

export interface MeasuredFault extends Measured {
  /** Seconds with a status other than healthy before the faults, and seconds before the faults. */
  readonly falseSeconds: number;
  readonly secondsBefore: number;
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
  const serve = simulatedServe({occurrences: [occurrenceOf(fault, at)], from: NEW_YEAR + BASE, profile, random});
  const faultAt = (NEW_YEAR + at) * 1000;
  const {timers} = serve;
  await timers.advance(seconds(at - BASE));
  if (beginsAnew(fault)) {
    serve.installation.advance(NEW_YEAR + at + 0.5);
    serve.installation.restart('container');
  }
  const before = serve.changes().filter((change) => change.at < faultAt);
  const falseSeconds = before.reduce(
    (sum, {at: from, health}, index) =>
      health === 'healthy' ? sum : sum + ((before[index + 1]?.at ?? faultAt) - from) / 1000,
    0,
  );
  while (timers.now() - faultAt < PATIENCE && serve.restarts.length === 0) await timers.advance(STEP);
  const shown = serve.changes().find((change) => change.at >= faultAt && change.health !== 'healthy')?.at ?? null;
  const restarted = serve.restarts[0]?.at ?? null;
  await serve.end();
  return {
    status: shown === null ? null : (shown - faultAt) / 1000,
    restart: restarted === null ? null : (restarted - faultAt) / 1000,
    falseSeconds,
    secondsBefore: at - BASE,
  };
};

/** The same seed gives the same moments for both profiles. */
export const faultTimes = async (
  fault: FaultName,
  profile: Profile,
  {runs, seed}: {readonly runs: number; readonly seed: number},
): Promise<MeasuredFault> => {
  const random = randomOf(seed + fault.length * 131 + fault.charCodeAt(0));
  const ran: Ran[] = [];
  for (let number = 0; number < runs; number += 1) ran.push(await run(fault, profile, random));
  const sum = (of: (each: Ran) => number): number => Math.round(ran.reduce((total, each) => total + of(each), 0));
  return {
    status: timesOf(ran.map(({status}) => status)),
    restart: timesOf(ran.map(({restart}) => restart)),
    falseSeconds: sum(({falseSeconds}) => falseSeconds),
    secondsBefore: sum(({secondsBefore}) => secondsBefore),
  };
};
