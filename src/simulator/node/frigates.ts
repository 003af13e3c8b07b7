/** What all containers of one Frigate share: its installation, the active faults, and the recordings on its disk. */
import {instant, type Instant} from '../../core/time.js';
import {
  type FaultName,
  type FaultState,
  type FrigateVersion,
  type Range,
  type Run,
  type Site,
  faultNamed,
  recordedUntil,
} from '../frigate.js';

export interface FaultOptions {
  /** Milliseconds ago; default: now. */
  readonly since?: Instant;
  readonly cameras?: readonly string[];
  /** The parameters of the fault (fault.ts). */
  readonly detail?: string;
  readonly every?: number;
  readonly lasts?: number;
  /** The cause is left in place: no restart cures it, whatever was measured. */
  readonly stays?: boolean;
}

export class Frigates {
  site: Site;
  version: FrigateVersion;
  #faults: Array<FaultState & {readonly stays: boolean}> = [];
  #recorded: ReadonlyMap<string, readonly Range[]> = new Map();

  constructor(site: Site, version: FrigateVersion) {
    this.site = site;
    this.version = version;
  }

  get faults(): readonly FaultState[] {
    return this.#faults;
  }

  add(name: FaultName, at: Instant, options: FaultOptions = {}): void {
    this.#faults.push({
      name,
      since: options.since ?? at,
      stays: options.stays ?? false,
      ...(options.cameras === undefined ? {} : {cameras: options.cameras}),
      ...(options.detail === undefined ? {} : {detail: options.detail}),
      ...(options.every === undefined ? {} : {every: options.every}),
      ...(options.lasts === undefined ? {} : {lasts: options.lasts}),
    });
  }

  /** Takes a fault away, as if its cause were repaired; without a name all of them. */
  remove(name?: FaultName): void {
    this.#faults = name === undefined ? [] : this.#faults.filter((fault) => fault.name !== name);
  }

  /**
   * A container starts: what a restart cures is gone; a new pod cures more than a new container in the same pod.
   * `memoryLimit`: MiB that the container may use, where it has a limit.
   */
  begin(at: Instant, kind: 'new-pod' | 'new-container', memoryLimit: number | null = null): Run {
    this.#faults = this.#faults.filter((fault) => {
      const {cure} = faultNamed(fault.name);
      return fault.stays || cure === 'none' || (cure === 'new-pod' && kind === 'new-container') || fault.since > at;
    });
    return {
      site: this.site,
      version: this.version,
      startedAt: at,
      faults: this.#faults,
      recordedBefore: this.#recorded,
      ...(memoryLimit === null ? {} : {memoryLimit}),
    };
  }

  /** A container ended: its recordings stay. */
  finish(run: Run, at: Instant): void {
    this.#recorded = recordedUntil(run, at / 1000);
  }

  /** Recordings of that time without an earlier container: the disk is as old as the simulated cluster. */
  recordedSince(from: Instant, until: Instant): void {
    this.#recorded = new Map(this.site.cameras.map((camera) => [camera.name, [{from: from / 1000, to: until / 1000}]]));
  }
}

export const milliseconds = (seconds: number): Instant => instant(seconds * 1000);
