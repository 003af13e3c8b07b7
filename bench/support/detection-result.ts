/** What `npm run bench -- detection --write` measured: kept beside the figures of the proofs, and shown by docs/detection-times.md. */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {FaultName} from '../../src/simulator/frigate/fault.js';
import type {Profile} from './simulated-serve.js';

const file = path.join(import.meta.dirname, '..', '..', 'test', 'proofs', 'detection-times.json');

/** Seconds from the fault. */
export interface Times {
  /** In how many of the runs it came at all. */
  readonly times: number;
  readonly median: number | null;
  readonly worst: number | null;
}

export interface Measured {
  readonly status: Times;
  readonly restart: Times;
}

export interface FaultRow extends Readonly<Record<Profile, Measured>> {
  readonly fault: FaultName;
}

/** Faults of the simulated Frigate, in virtual time. */
export interface FaultTimes {
  readonly seed: number;
  readonly runs: number;
  /** Minutes after a fault for which a status and a restart are waited for. */
  readonly patience: number;
  /** Seconds of a status other than healthy before the faults. */
  readonly falseSeconds: number;
  /** Seconds before the faults. */
  readonly secondsBefore: number;
  readonly rows: readonly FaultRow[];
}

/** Of a time in which nothing was wrong with Frigate. */
export interface FalseStatus {
  readonly minutes: number;
  /** Minutes with a status other than healthy. */
  readonly falseMinutes: number;
}

/** Parts of the simulated year, of six hours each, as `serve` observes them. */
export interface YearStatus extends FalseStatus {
  readonly parts: number;
  /** What the restarts were good for. */
  readonly helped: number;
  readonly useless: number;
  readonly harmful: number;
}

export interface FalseStatuses {
  readonly seed: number;
  readonly day: Readonly<Record<Profile, FalseStatus>>;
  readonly recordings: FalseStatus & {readonly count: number};
  readonly year: Readonly<Record<Profile, YearStatus>>;
}

export interface ClusterRow {
  readonly fault: string;
  /** How it was made. */
  readonly how: string;
  readonly runs: number;
  readonly status: Times;
  readonly restart: Times;
}

/** On a real Kubernetes, in real time. */
export interface ClusterTimes {
  readonly version: string;
  readonly profile: Profile;
  readonly rows: readonly ClusterRow[];
}

export interface DetectionResult {
  readonly faults: FaultTimes;
  readonly calm: FalseStatuses;
  readonly cluster: ClusterTimes;
}

/** What was stored last; a part that was never measured is missing. */
export const readDetection = (): Partial<DetectionResult> =>
  JSON.parse(readFileSync(file, 'utf8')) as Partial<DetectionResult>;

export const writeDetection = (part: Partial<DetectionResult>): void =>
  writeFileSync(file, `${JSON.stringify({...readDetection(), ...part}, null, 1)}\n`);

/** Of the runs in which it came. */
export const timesOf = (values: ReadonlyArray<number | null>): Times => {
  const found = values.filter((value) => value !== null).sort((a, b) => a - b);
  const upper = found[Math.floor(found.length / 2)];
  const lower = found[Math.floor((found.length - 1) / 2)];
  return {
    times: found.length,
    median: upper === undefined || lower === undefined ? null : rounded((lower + upper) / 2),
    worst: found.length === 0 ? null : rounded(found.at(-1) ?? 0),
  };
};

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** `25.5 / 31 s` */
export const timesText = ({times, median, worst}: Times): string => (times === 0 ? '–' : `${median} / ${worst} s`);
