/** What `npm run bench -- fleet --write FILE` measured. */

export interface FleetRow {
  readonly frigates: number;
  /** Seconds until each was judged once, and the CPU seconds up to then. */
  readonly judgedIn: number;
  readonly startCpu: number;
  /** While all are well. */
  readonly calm: {
    /** Share of one core. */
    readonly cpu: number;
    /** Resident, MB. */
    readonly memory: number;
    /** Frigates that were not healthy though nothing was wrong. */
    readonly falseTrouble: number;
    /** Milliseconds of an answer of /health, as the client saw them. */
    readonly healthMedian: number;
    readonly healthWorst: number;
    /** Milliseconds of an answer of /metrics, and of /health beside it. */
    readonly scrape: number;
    readonly healthDuringScrape: number;
    /** Requests to one Frigate, and bytes of its answers, a second. */
    readonly frigateRequests: number;
    readonly frigateBytes: number;
    /** Requests to the API server and writes of states, a second, for all. */
    readonly apiRequests: number;
    readonly stateWrites: number;
    /** Bytes of events to one page, a second. */
    readonly eventBytes: number;
  };
  /** With a tenth whose API hangs. Seconds until all of them were shown; `null`: not in five minutes. */
  readonly tenth: {readonly shownIn: number | null; readonly cpu: number; readonly healthWorst: number};
  /** With all of them. `peak`: resident memory at its most, MB. `restarts`: sent within a minute and a half. */
  readonly all: {
    readonly shownIn: number | null;
    readonly cpu: number;
    readonly healthWorst: number;
    readonly peak: number;
    readonly restarts: number;
  };
}

export interface FleetResult {
  readonly cameras: number;
  readonly poll: string;
  /** Of the calm time. */
  readonly seconds: number;
  readonly rows: readonly FleetRow[];
}
