/** One policy over one year, minute by minute, and what came of it. */
import {cameraNames, Installation, NEW_YEAR, type Worth} from './installation.js';
import {YEAR, type Occurrence} from './occurrences.js';
import type {Notes, Policy} from './policy.js';

const MINUTE = 60;
const DAY = 86_400;
/** An alarm this long after the end of something is still about it (a container that ended is told for an hour). */
const AFTERMATH = 70 * MINUTE;

export interface Book {
  readonly name: string;
  readonly restarts: Readonly<Record<Worth, number>>;
  /** The most useless restarts within one occurrence. */
  readonly uselessAtMost: number;
  /** Site-minutes: a camera of seven that is not recorded for seven minutes is one. */
  readonly unrecorded: number;
  readonly looks: number;
  readonly falseAlarms: number;
  readonly mails: number;
  /** Median minutes from the beginning of what a restart cures to the first alarm, and to its end. */
  readonly detected: number | null;
  readonly repaired: number | null;
  /** Occurrences that Frigate or its world was sick by. */
  readonly incidents: number;
  /** Where harm was done: kinds with counts. */
  readonly harm: ReadonlyMap<string, number>;
  readonly useless: ReadonlyMap<string, number>;
}

export const keepBook = (policy: Policy, year: readonly Occurrence[]): Book => new Ledger(policy, year).keep();

class Ledger {
  readonly #policy: Policy;
  readonly #installation: Installation;
  readonly #restarts: Record<Worth, number> = {helped: 0, useless: 0, harmful: 0};
  readonly #uselessIn = new Map<number, number>();
  readonly #harm = new Map<string, number>();
  readonly #useless = new Map<string, number>();
  readonly #curable = new Map<Occurrence, {readonly at: number; detected: number | null}>();
  readonly #detected: number[] = [];
  readonly #repaired: number[] = [];
  readonly #sick = new Set<Occurrence>();
  #lastTrouble = 0;
  #unrecorded = 0;
  #looks = 0;
  #falseAlarms = 0;
  #mails = 0;

  constructor(policy: Policy, year: readonly Occurrence[]) {
    this.#policy = policy;
    this.#installation = new Installation(year);
  }

  keep(): Book {
    const installation = this.#installation;
    for (let second = MINUTE; second < YEAR; second += MINUTE) {
      installation.advance(NEW_YEAR + second);
      this.#watch();
      if (second % this.#policy.every === 0) {
        this.#looks += 1;
        this.#policy.look(installation, this.#notes());
        this.#watch();
      }
      this.#unrecorded += 1 - installation.recorded() / cameraNames.length;
    }
    return {
      name: this.#policy.name,
      restarts: this.#restarts,
      uselessAtMost: Math.max(0, ...this.#uselessIn.values()),
      unrecorded: Math.round(this.#unrecorded),
      looks: this.#looks,
      falseAlarms: this.#falseAlarms,
      mails: this.#mails,
      detected: median(this.#detected),
      repaired: median(this.#repaired),
      incidents: this.#sick.size,
      harm: this.#harm,
      useless: this.#useless,
    };
  }

  /** Follows what a restart would cure from its beginning to its end. */
  #watch(): void {
    const {now, active, sick} = this.#installation;
    if (active.length > 0) this.#lastTrouble = now;
    for (const each of sick) this.#sick.add(each);
    const curable = new Set(this.#installation.curable());
    for (const each of curable)
      if (!this.#curable.has(each)) this.#curable.set(each, {at: NEW_YEAR + each.at, detected: null});
    for (const [each, {at}] of this.#curable) {
      if (curable.has(each)) continue;
      this.#repaired.push((now - at) / MINUTE);
      this.#curable.delete(each);
    }
  }

  #notes(): Notes {
    const {now, sick} = this.#installation;
    const standing = [...sick];
    return {
      told: () => {
        this.#mails += 1;
      },
      alarmed: () => {
        if (now - this.#lastTrouble > AFTERMATH && !killedToday(this.#installation)) this.#falseAlarms += 1;
        for (const known of this.#curable.values()) {
          if (known.detected !== null) continue;
          known.detected = now;
          this.#detected.push((now - known.at) / MINUTE);
        }
      },
      restarted: (worth) => {
        this.#restarts[worth] += 1;
        if (worth === 'helped') return;
        const names = standing.map(({kind}) => kind.name).join(' + ') || this.#world();
        count(worth === 'harmful' ? this.#harm : this.#useless, names);
        if (worth === 'useless') count(this.#uselessIn, standing.at(-1)?.number ?? -1);
      },
    };
  }

  /** What troubles the checker while Frigate is well. */
  #world(): string {
    return this.#installation.active.map(({kind}) => kind.name).join(' + ') || 'nothing';
  }
}

/** That the container was killed for memory is told for a day, and true. */
const killedToday = ({lastExit, now}: Installation): boolean => lastExit !== null && now - lastExit.at < DAY;

const count = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
};
