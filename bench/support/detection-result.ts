/** What `npm run bench -- detection --write FILE` measured. */

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

export interface DetectionRow {
  readonly fault: string;
  readonly cure: string;
  readonly steady: Measured;
  readonly fast: Measured;
}

export interface DetectionResult {
  readonly seed: number;
  readonly runs: number;
  /** Seconds of a status other than healthy before the faults. */
  readonly falseSeconds: number;
  readonly rows: readonly DetectionRow[];
}
