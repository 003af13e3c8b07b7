/**
 * The checks of the user's own in a running process: asked once beside a pass, or again and again in `watch` and `serve`. No step of a
 * pass asks them or waits for them, and the decision never sees what they found.
 */
import {isDeepStrictEqual} from 'node:util';
import type {ReportedId} from '../core/check-table.js';
import {
  isAsked,
  isOfOneFrigate,
  type AskedCheck,
  type CustomAnswer,
  type CustomCheck,
  type CustomFinding,
} from '../core/custom/custom-check.js';
import {judgeCustom} from '../core/custom/judge.js';
import {workloadOf} from '../core/checks/evidence/facts.js';
import type {Finding, Status} from '../core/finding.js';
import type {Observation} from '../core/observation/observation.js';
import {milliseconds, seconds} from '../core/time.js';
import {within, type Timers} from '../core/timers.js';
import {CustomReadings} from './custom-readings.js';

/** However many there are and however slow: a report waits no longer. */
const ALL_LIMIT = seconds(20);
/** How often the program checks which of them are due. */
const TICK = seconds(1);
/** How often the file is read again, in ticks: a ConfigMap is swapped within a minute or two. */
const REREAD_TICKS = 10;
/** Questions at once. */
const AT_ONCE = 20;

export type Reread =
  {readonly ok: true; readonly checks: readonly CustomCheck[]} | {readonly ok: false; readonly error: string};

export interface Running {
  /** The file as it is now; `null`: it is the one that was read last. */
  readonly reread?: () => Promise<Reread | null>;
  readonly onReread?: (read: Reread) => void;
  /** After each answer; whether it is another one than the one before. */
  readonly onAnswer?: (isNews: boolean) => void;
}

export class CustomProbes {
  readonly #timers: Timers;
  #checks: readonly CustomCheck[];
  readonly #answers = new Map<string, CustomAnswer>();
  /** When each was asked last; milliseconds by the monotonic clock. */
  readonly #askedAt = new Map<string, number>();
  readonly #open = new Set<string>();
  /** What those checks listen to that read the observation. */
  readonly readings = new CustomReadings(() => this.#checks);
  #error: string | null = null;
  /** All of them are being asked. */
  #asking: Promise<void> | null = null;

  constructor(checks: readonly CustomCheck[], timers: Timers) {
    this.#checks = checks;
    this.#timers = timers;
  }

  get checks(): readonly CustomCheck[] {
    return this.#checks;
  }

  /** Why the newest file is not in force; `null`: it is. */
  get error(): string | null {
    return this.#error;
  }

  /** Asks all of them once; whoever comes meanwhile waits for the same answers. Rejects only for a bug of ours. */
  ask(signal: AbortSignal): Promise<void> {
    return this.#askOnce(this.#checks.filter(isAsked), signal);
  }

  /** The same of those only that were not asked yet, or as long ago as they want to be asked again. */
  askDue(signal: AbortSignal): Promise<void> {
    return this.#askOnce(this.#checks.filter(isAsked).filter(this.#isDue), signal);
  }

  #askOnce(checks: readonly AskedCheck[], signal: AbortSignal): Promise<void> {
    if (this.#asking !== null) return this.#asking;
    if (checks.length === 0) return Promise.resolve();
    this.#asking = this.#askAll(checks, signal).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askAll(checks: readonly AskedCheck[], signal: AbortSignal): Promise<void> {
    const {probeAll} = await import('../dependencies/probe.js');
    for (const {id} of checks) this.#askedAt.set(id, this.#timers.monotonic());
    const answers = await probeAll(checks, this.#timers, within(this.#timers, ALL_LIMIT, signal));
    for (const [id, answer] of answers) this.#answers.set(id, answer);
  }

  /** What they come to beside the findings of a pass over one Frigate, by the newest answers: those about every Frigate, and those about this one. */
  findings(findings: readonly Pick<Finding, 'id' | 'status'>[], observation: Observation): readonly CustomFinding[] {
    if (this.#checks.length === 0) return [];
    const workload = workloadOf(observation);
    const name = workload === null ? null : `${workload.namespace}/${workload.name}`;
    return judgeCustom(
      this.#checks.filter(({frigate}) => frigate === null || frigate === name),
      new Map([...this.#answers, ...this.readings.answers(observation)]),
      new Map<ReportedId, Status>(findings.map(({id, status}) => [id, status])),
    );
  }

  /** Of those, the ones that are about this Frigate alone. */
  ofFrigate(findings: readonly Pick<Finding, 'id' | 'status'>[], observation: Observation): readonly CustomFinding[] {
    const own = new Set(this.#checks.filter(isOfOneFrigate).map(({id}) => id));
    return own.size === 0 ? [] : this.findings(findings, observation).filter(({id}) => own.has(id));
  }

  /** What those come to that are about no single Frigate. */
  shared(): readonly CustomFinding[] {
    return judgeCustom(
      this.#checks.filter((check) => !isOfOneFrigate(check)),
      this.#answers,
      new Map(),
    );
  }

  /** Asks each as often as it wants to be, until the signal. */
  async run({reread, onReread, onAnswer}: Running, signal: AbortSignal): Promise<void> {
    const {probeOne} = await import('../dependencies/probe.js');
    const under = new Set<Promise<void>>();
    const askOne = async (check: AskedCheck): Promise<void> => {
      try {
        const answer = await probeOne(check, this.#timers, signal);
        if (signal.aborted || !this.#checks.includes(check)) return;
        const before = this.#answers.get(check.id);
        this.#answers.set(check.id, answer);
        onAnswer?.(before === undefined || !isDeepStrictEqual({...before, took: 0}, {...answer, took: 0}));
      } finally {
        this.#open.delete(check.id);
      }
    };
    for (let tick = 1; !signal.aborted; tick += 1) {
      for (const check of this.#due()) {
        this.#open.add(check.id);
        this.#askedAt.set(check.id, this.#timers.monotonic());
        const asking = askOne(check).finally(() => under.delete(asking));
        under.add(asking);
      }
      await this.#timers.sleep(TICK, signal);
      if (reread === undefined || tick % REREAD_TICKS !== 0) continue;
      const read = await reread();
      if (read === null) continue;
      this.#take(read);
      onReread?.(read);
    }
    await Promise.all(under);
  }

  readonly #isDue = ({id, every}: AskedCheck): boolean => {
    const asked = this.#askedAt.get(id);
    return asked === undefined || this.#timers.monotonic() - asked >= milliseconds(every);
  };

  #due(): readonly AskedCheck[] {
    return this.#checks
      .filter(isAsked)
      .filter((check) => !this.#open.has(check.id) && this.#isDue(check))
      .slice(0, Math.max(0, AT_ONCE - this.#open.size));
  }

  /** A bad file keeps the checks that were in force. */
  #take(read: Reread): void {
    this.#error = read.ok ? null : read.error;
    if (!read.ok) return;
    this.#checks = read.checks;
    // What was answered was answered to the former question.
    this.#answers.clear();
    this.#askedAt.clear();
  }
}
