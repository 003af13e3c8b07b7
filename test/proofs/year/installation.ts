/**
 * One Frigate over the year: the simulated process (src/simulator/frigate, measured on real ones) in a pod on a node. What happens
 * is the same for every policy; what stands at a moment depends on what the policy did.
 */
import {instant} from '../../../src/core/time.js';
import {faultNamed} from '../../../src/simulator/frigate/faults/catalogue.js';
import type {FaultState, Run} from '../../../src/simulator/frigate/fault.js';
import {recordedUntil} from '../../../src/simulator/frigate/recording.js';
import {
  activeFaults,
  apiStart,
  containerEnd,
  doorAt,
  inSafeMode,
  uptimeStart,
} from '../../../src/simulator/frigate/run.js';
import {farmSite, type Site} from '../../../src/simulator/frigate/site.js';
import type {Occurrence} from './occurrences.js';

/** Unix seconds of the first second of the year. */
export const NEW_YEAR = Date.UTC(2026, 0, 1) / 1000;
/** Seconds from the order to restart until the new container starts. */
const POD_CHANGE = 35;
const CONTAINER_CHANGE = 10;
const FIRST_FRAME = 5;
/** The kubelet's back-off: doubles to five minutes, forgotten after ten good ones. */
const LONGEST_BACK_OFF = 300;
const BACK_OFF_FORGOTTEN = 600;

export const site: Site = farmSite;
export const cameraNames: readonly string[] = site.cameras.map(({name}) => name);

/** What a restart was good for. */
export type Worth = 'helped' | 'useless' | 'harmful';

export interface Exit {
  readonly at: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: number;
}

/** What holds a start up, as the simulated Frigate knows it. */
const startFault = {
  normal: [],
  migration: ['starting'],
  build: ['model-build'],
  standstill: ['start-hangs'],
  'port-moved': ['port-moved'],
} as const satisfies Record<string, readonly FaultState['name'][]>;

export class Installation {
  readonly #year: readonly Occurrence[];
  #due = 0;
  active: readonly Occurrence[] = [];
  /** Unix seconds. */
  now = NEW_YEAR;
  run: Run;
  /** The container runs; otherwise it starts at `startsAt`. */
  running = true;
  startsAt = 0;
  podNumber = 1;
  podCreatedAt: number;
  containerNumber = 1;
  restartCount = 0;
  lastExit: Exit | null = null;
  #backOff = CONTAINER_CHANGE;
  restartedAt: number | null = null;
  attempt: string | null = null;
  readonly revisions: number[] = [NEW_YEAR - 90 * 86_400];
  /** When anything last began or ended. */
  changedAt = NEW_YEAR - 86_400;
  #recordedSinceRestart: Run['recordedBefore'] = new Map();

  constructor(year: readonly Occurrence[]) {
    this.#year = year;
    this.podCreatedAt = NEW_YEAR - 2 * 86_400;
    this.run = this.#begin(this.podCreatedAt);
  }

  /** Lets everything happen until then. */
  advance(to: number): void {
    this.now = to;
    for (;;) {
      const next = this.#year[this.#due];
      if (next === undefined || NEW_YEAR + next.at > to) break;
      this.#due += 1;
      this.#occurs(next);
    }
    for (const over of this.active) if (this.#endOf(over) <= to) this.#ends(over);
    this.#kubelet(to);
  }

  has(what: Occurrence['kind']['effect']['what']): boolean {
    return this.active.some(({kind}) => kind.effect.what === what);
  }

  get nodeReady(): boolean {
    return !this.has('node-down');
  }

  /** Nothing is wrong, and nothing was for half an hour. */
  get calm(): boolean {
    return (
      this.active.length === 0 &&
      this.running &&
      this.now - this.changedAt > 1800 &&
      this.now - this.run.startedAt / 1000 > 1800
    );
  }

  /** How port 5000 answers this path; `null`: nothing runs. */
  door(path: string): ReturnType<typeof doorAt> | null {
    if (!this.running || !this.nodeReady) return null;
    return this.now - this.run.startedAt / 1000 > 3600 && this.run.faults.length === 0
      ? 'open'
      : doorAt(this.run, this.now, path);
  }

  /** Cameras whose pictures reach the disk at this moment. */
  recorded(): number {
    if (!this.up()) return 0;
    if (this.run.faults.length === 0) return cameraNames.length;
    const active = activeFaults(this.run, this.now);
    return site.cameras.filter(
      (camera) =>
        !active.some(({fault, context}) => {
          const gap = context.cameras.has(camera.name) ? (fault.recordingStops?.(camera, context) ?? null) : null;
          return gap !== null && context.elapsed >= gap.from && context.elapsed < gap.to;
        }),
    ).length;
  }

  up(): boolean {
    return this.running && this.nodeReady && !inSafeMode(this.run) && this.now >= uptimeStart(this.run) + FIRST_FRAME;
  }

  /** A policy restarts Frigate: a new pod, or the container in place; `slowly`: with the kubelet's back-off. */
  restart(how: 'pod' | 'container', attempt: string | null = null, slowly = false): Worth {
    const worth = this.#worthOf(how);
    this.changedAt = this.now;
    if (how === 'pod') {
      this.restartedAt = this.now;
      this.attempt = attempt ?? this.attempt;
      this.revisions.unshift(this.now);
      this.podNumber += 1;
      this.podCreatedAt = this.now;
      this.restartCount = 0;
      this.lastExit = null;
    } else {
      this.#exits(this.now, 137, 'Error');
    }
    this.active = this.active.filter((occurrence) => !this.#cures(occurrence, how));
    this.running = false;
    this.#keepRecorded();
    this.startsAt = this.now + (how === 'pod' ? POD_CHANGE : slowly ? this.#pause(this.now) : CONTAINER_CHANGE);
    return worth;
  }

  /** Everything that stands and is wrong with Frigate itself; what only troubles the checker is not. */
  get sick(): readonly Occurrence[] {
    return this.active.filter(
      ({kind: {effect}}) => effect.what === 'fault' || effect.what === 'node-down' || effect.what === 'upgrade',
    );
  }

  curable(): readonly Occurrence[] {
    return this.active.filter((occurrence) => this.#cures(occurrence, 'pod'));
  }

  #worthOf(how: 'pod' | 'container'): Worth {
    // A pod that cannot mount its media, or a migration that is killed: worse than before.
    if (
      this.active.some(
        ({kind: {effect}}) =>
          (effect.what === 'fault' && effect.fault === 'disk-hang') ||
          (effect.what === 'upgrade' && (effect.start === 'migration' || effect.start === 'build')),
      )
    )
      return 'harmful';
    if (this.active.some((occurrence) => this.#cures(occurrence, how))) return 'helped';
    if (this.sick.length > 0 || !this.up()) return 'useless';
    return 'harmful';
  }

  #cures({kind: {effect}}: Occurrence, how: 'pod' | 'container'): boolean {
    if (effect.what === 'upgrade') return effect.start === 'standstill';
    if (effect.what !== 'fault' || effect.stubborn === true) return false;
    const {cure} = faultNamed(effect.fault);
    return cure === 'restart' || (cure === 'new-pod' && how === 'pod');
  }

  /** A migration or a build ends with the start that it holds up, however often that is begun anew; after three hours a person helps. */
  #endOf({kind: {effect}, at, until}: Occurrence): number {
    if (effect.what !== 'upgrade' || (effect.start !== 'migration' && effect.start !== 'build'))
      return NEW_YEAR + until;
    return this.running ? Math.min(apiStart(this.run) + 60, NEW_YEAR + at + 3 * 3600) : Infinity;
  }

  #occurs(occurrence: Occurrence): void {
    const {
      kind: {effect},
    } = occurrence;
    const stands = this.active.some(({kind}) => kind.name === occurrence.kind.name);
    // A second fault of the same process would hide behind the first.
    if (stands || (effect.what === 'fault' && faultNamed(effect.fault).cure !== 'none' && this.curable().length > 0))
      return;
    this.active = [...this.active, occurrence];
    this.changedAt = this.now;
    if (effect.what === 'upgrade') {
      this.restartedAt = this.now;
      this.revisions.unshift(this.now);
      this.podNumber += 1;
      this.podCreatedAt = this.now;
      this.restartCount = 0;
      this.lastExit = null;
      this.#stop(POD_CHANGE);
    } else if (effect.what === 'node-down') {
      this.running = false;
      this.#keepRecorded();
      this.startsAt = Infinity;
    } else {
      this.#refault();
    }
  }

  #ends(over: Occurrence): void {
    this.active = this.active.filter((occurrence) => occurrence !== over);
    this.changedAt = this.now;
    const {
      kind: {effect},
    } = over;
    if (effect.what === 'node-down') {
      this.#exits(NEW_YEAR + over.at, 255, 'Unknown');
      this.startsAt = this.now + 30;
      return;
    }
    // What began under the fault has to begin again: safe mode, a pod that waited for its mount.
    const bornUnderIt = this.run.startedAt / 1000 >= NEW_YEAR + over.at;
    if (effect.what === 'fault' && bornUnderIt && (effect.fault === 'disk-hang' || effect.fault === 'bad-config'))
      this.#stop(POD_CHANGE);
    else this.#refault();
  }

  #stop(length: number): void {
    this.running = false;
    this.#keepRecorded();
    this.startsAt = this.now + length;
  }

  /** Ends and starts of the container by themselves. */
  #kubelet(to: number): void {
    for (let turns = 0; turns < 20; turns += 1) {
      if (!this.running) {
        if (this.startsAt > to || !this.nodeReady) return;
        this.run = this.#begin(this.startsAt);
        this.running = true;
        this.containerNumber += 1;
      }
      const end = containerEnd(this.run);
      if (end === null || end.at > to) return;
      this.#exits(end.at, end.exitCode, end.reason);
      this.running = false;
      this.#keepRecorded();
      this.startsAt = end.at + this.#pause(end.at);
      this.active = this.active.filter(({kind: {effect}}) => !(effect.what === 'fault' && effect.fault === 'det-kill'));
    }
  }

  /** The kubelet's back-off for a container that ended at this moment. */
  #pause(at: number): number {
    const lived = at - this.run.startedAt / 1000;
    const pause = lived > BACK_OFF_FORGOTTEN ? CONTAINER_CHANGE : this.#backOff;
    this.#backOff = Math.min(LONGEST_BACK_OFF, pause * 2);
    return pause;
  }

  #exits(at: number, exitCode: number, reason: string): void {
    this.lastExit = {at, exitCode, reason, startedAt: this.run.startedAt / 1000};
    this.restartCount += 1;
  }

  #faults(): readonly FaultState[] {
    return this.active.flatMap(({kind: {effect}, at, cameras}): FaultState[] => {
      const since = instant((NEW_YEAR + at) * 1000);
      if (effect.what === 'upgrade') return startFault[effect.start].map((name) => ({name, since}));
      if (effect.what !== 'fault' && effect.what !== 'switched') return [];
      const detail = effect.what === 'fault' && effect.detail !== undefined ? {detail: effect.detail} : {};
      return [{name: effect.fault, since, ...detail, ...(cameras === null ? {} : {cameras})}];
    });
  }

  #refault(): void {
    this.run = {...this.run, faults: this.#faults()};
  }

  #begin(startedAt: number): Run {
    return {
      site,
      version: '0.17.2',
      startedAt: instant(startedAt * 1000),
      faults: this.#faults(),
      recordedBefore: this.#recordedSinceRestart,
    };
  }

  /** Recordings outlive the pod; the newest stretch of each camera is enough to know. */
  #keepRecorded(): void {
    this.#recordedSinceRestart = new Map(
      [...recordedUntil(this.run, this.now)].map(([name, ranges]) => [name, ranges.slice(-1)]),
    );
  }
}
