/**
 * One execution: real passes (src/pass/run-pass.ts) over the stage, driven gate by gate. At each gate there is a list of moves;
 * the first is "the call succeeds". An execution is named by its deviations from that: the step and the move taken there.
 */
import {hash} from 'node:crypto';
import {hours, milliseconds} from '../../../src/core/time.js';
import type {Policy} from '../../../src/core/policy.js';
import {runPass} from '../../../src/pass/run-pass.js';
import type {PassPorts} from '../../../src/pass/ports.js';
import type {FrigateObservation} from '../../../src/core/observation/frigate.js';
import {Deadlines} from './deadlines.js';
import {Watch, type Violation} from './invariants.js';
import {CLOCK_STEP, FREEZE, Runner, Stage, STATE, type Call, type Fate} from './stage.js';

/** What may happen at a gate. */
export type Move =
  | {readonly kind: 'answer'; readonly fate: Fate}
  | {readonly kind: 'crash'; readonly applied: boolean}
  /** The runner waits; another one goes on. */
  | {readonly kind: 'switch'}
  /** It stands still for longer than an interval, and the next round goes by before it goes on. */
  | {readonly kind: 'freeze'}
  | {readonly kind: 'clock'; readonly by: number}
  | {readonly kind: 'person'; readonly does: 'restarts the workload' | 'deletes the state' | 'puts an old state back'};

export interface Round {
  /** Since the beginning, milliseconds. */
  readonly at: number;
  /** Who begins a pass, in this order; one whose name ends in `!` is a person with `restart --force`. */
  readonly runners: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly policy: Policy;
  readonly state: ReadonlyMap<string, string> | null;
  readonly frigate?: FrigateObservation;
  readonly rounds: readonly Round[];
  /** Plants a bug: the ports of a pass with something taken away. */
  readonly mutate?: (world: PassPorts, stage: Stage, runner: Runner) => PassPorts;
}

export interface Deviation {
  readonly step: number;
  readonly move: number;
}

export interface Execution {
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly rollouts: number;
  /** How many moves there were at each step, from the first new one on; empty when it led into a known state. */
  readonly choices: ReadonlyArray<{readonly step: number; readonly moves: number}>;
  /** In words, deviations only. */
  readonly story: readonly string[];
}

const reads: ReadonlySet<Call> = new Set<Call>(['locate', 'openFrigate', 'readState', 'readGuard']);
const turningPoints: ReadonlySet<Call> = new Set<Call>(['locate', 'writeState', 'restart']);

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Plays one execution; stops early where `known` says that the state after the last deviation was seen before. */
export const play = async (
  scenario: Scenario,
  deviations: readonly Deviation[],
  known: (state: string) => boolean,
): Promise<Execution> => {
  const play = new Play(scenario, deviations, known);
  return play.run();
};

class Play {
  readonly #scenario: Scenario;
  readonly #deviations: ReadonlyMap<number, number>;
  readonly #last: number;
  readonly #known: (state: string) => boolean;
  readonly #stage: Stage;
  readonly #deadlines = new Deadlines();
  readonly #watch: Watch;
  #active: Runner[] = [];
  /** Frozen until the next round is over. */
  #frozen: Runner[] = [];
  #step = 0;
  #round = 0;
  readonly #choices: Array<{step: number; moves: number}> = [];
  readonly #story: string[] = [];

  constructor(scenario: Scenario, deviations: readonly Deviation[], known: (state: string) => boolean) {
    this.#scenario = scenario;
    this.#deviations = new Map(deviations.map(({step, move}) => [step, move]));
    this.#last = deviations.at(-1)?.step ?? -1;
    this.#known = known;
    this.#stage = new Stage(scenario);
    this.#watch = new Watch(this.#stage, scenario.policy);
    this.#deadlines.install(() => this.#stage.time);
  }

  async run(): Promise<Execution> {
    for (const [index, round] of this.#scenario.rounds.entries()) {
      this.#round = index;
      this.#begin(round);
      if (!(await this.#drain())) return this.#result(false);
      this.#active = this.#frozen;
      this.#frozen = [];
      if (index === this.#scenario.rounds.length - 1 && !(await this.#drain())) return this.#result(false);
    }
    await this.#comeToRest();
    return this.#result(true);
  }

  #result(whole: boolean): Execution {
    if (whole) this.#watch.atRest();
    return {
      violations: this.#watch.violations,
      steps: this.#step,
      rollouts: this.#stage.rollouts.length,
      choices: this.#choices,
      story: this.#story,
    };
  }

  #begin(round: Round): void {
    const {time} = this.#stage;
    if (round.at > time) this.#stage.advance(milliseconds(round.at - time));
    this.#active = [...round.runners.map((name) => this.#start(name)), ...this.#active];
  }

  #start(name: string): Runner {
    const forced = name.endsWith('!');
    const runner = new Runner(`${name}${this.#round}`, forced);
    const plain = this.#stage.world(runner);
    const world = this.#scenario.mutate?.(plain, this.#stage, runner) ?? plain;
    const request = forced ? {who: name, reason: 'explored', force: true} : null;
    void runPass(world, {request, dryRun: false}, () => undefined, new AbortController().signal).then(
      () => (runner.status = 'done'),
      (error: unknown) => {
        throw new Error(`a pass threw: ${String(error)}`, {cause: error});
      },
    );
    return runner;
  }

  /** Lets everybody go on until all have ended. False when a violation or a known state ends the execution. */
  async #drain(): Promise<boolean> {
    for (;;) {
      await settled();
      this.#deadlines.fire(this.#stage.time);
      this.#watch.look();
      if (this.#watch.violations.length > 0) return false;
      this.#active = this.#active.filter(({status}) => status === 'runs');
      const [runner] = this.#active;
      if (runner === undefined) return true;
      if (runner.waiting.length === 0) throw new Error(`${runner.name} neither waits nor ends`);
      if (!this.#next(runner)) return false;
    }
  }

  #next(runner: Runner): boolean {
    const [waiting] = runner.waiting;
    if (waiting === undefined) return true;
    const moves = waiting.signal.aborted && !waiting.frozen ? tooLate(waiting.call) : this.#moves(runner, waiting.call);
    if (this.#step > this.#last) {
      if (this.#known(this.#fingerprint())) return false;
      this.#choices.push({step: this.#step, moves: moves.length});
    }
    const chosen = this.#deviations.get(this.#step) ?? 0;
    const move = moves[chosen] ?? moves[0];
    if (move === undefined) throw new Error(`no move at ${waiting.call}`);
    if (chosen > 0) this.#story.push(`${runner.name} at ${waiting.call}: ${told(move)}`);
    this.#step += 1;
    this.#take(runner, move);
    return true;
  }

  #moves(runner: Runner, call: Call): readonly Move[] {
    const answers: Fate[] = reads.has(call) ? ['pass', 'fail'] : ['pass', 'fail', 'lost'];
    if (call === 'writeState' || call === 'restart' || call === 'readState') answers.push('refuse');
    if (call === 'readState' && this.#stage.olderMap(STATE) !== undefined) answers.push('stale');
    if (call === 'locate' && this.#stage.olderWorkload !== null) answers.push('stale');
    const others = this.#active.some((other) => other !== runner);
    return [
      ...answers.map((fate): Move => ({kind: 'answer', fate})),
      ...(reads.has(call) && call !== 'locate' ? [] : [{kind: 'crash', applied: false} as const]),
      ...(reads.has(call) ? [] : [{kind: 'crash', applied: true} as const]),
      ...(others ? [{kind: 'switch'} as const] : []),
      {kind: 'freeze'},
      ...(turningPoints.has(call) ? environment : []),
    ];
  }

  #take(runner: Runner, move: Move): void {
    switch (move.kind) {
      case 'answer':
        runner.waiting.shift()?.proceed(move.fate);
        return;
      case 'crash': {
        if (move.applied) runner.waiting.shift()?.proceed('pass');
        runner.status = 'gone';
        runner.waiting.length = 0;
        this.#active = this.#active.filter((other) => other !== runner);
        return;
      }
      case 'switch':
        this.#active = [...this.#active.filter((other) => other !== runner), runner];
        return;
      case 'freeze': {
        for (const waiting of runner.waiting) waiting.frozen = true;
        this.#stage.advance(milliseconds(FREEZE));
        this.#active = this.#active.filter((other) => other !== runner);
        this.#frozen.push(runner);
        return;
      }
      case 'clock':
        this.#stage.stepClock(move.by);
        return;
      case 'person':
        this.#person(move.does);
        return;
    }
  }

  #person(does: (Move & {kind: 'person'})['does']): void {
    const stage = this.#stage;
    if (does === 'restarts the workload') {
      stage.personRestarts();
      return;
    }
    this.#watch.forgiven = true;
    const older = stage.olderMap(STATE);
    stage.maps.delete(STATE);
    if (does === 'puts an old state back' && older !== undefined) stage.put(STATE, older.data, 'kustomize-controller');
  }

  /** Two passes that nothing disturbs, an interval and more apart. */
  async #comeToRest(): Promise<void> {
    for (const name of ['rest', 'rest']) {
      this.#round += 1;
      this.#stage.advance(milliseconds(hours(0.1)));
      const runner = this.#start(name);
      for (;;) {
        await settled();
        this.#watch.look();
        if (runner.status !== 'runs') break;
        runner.waiting.shift()?.proceed('pass');
      }
      this.#deadlines.fire(this.#stage.time);
    }
  }

  #fingerprint(): string {
    const runner = (each: Runner): readonly unknown[] => [
      each.name,
      each.status,
      each.told,
      each.waiting.map(({call, frozen, signal}) => `${call}${String(frozen)}${String(signal.aborted)}`),
    ];
    return hash(
      'sha1',
      JSON.stringify([
        this.#round,
        this.#stage.picture(),
        this.#watch.forgiven,
        this.#active.map(runner),
        this.#frozen.map(runner),
      ]),
    );
  }
}

/** Its deadline passed before the answer: a read is unknown, a write was carried out or not. */
const tooLate = (call: Call): readonly Move[] => [
  {kind: 'answer', fate: 'fail'},
  ...(reads.has(call) ? [] : [{kind: 'answer', fate: 'lost'} as const]),
];

const environment: readonly Move[] = [
  {kind: 'clock', by: CLOCK_STEP},
  {kind: 'clock', by: -1 * CLOCK_STEP},
  {kind: 'person', does: 'restarts the workload'},
  {kind: 'person', does: 'deletes the state'},
  {kind: 'person', does: 'puts an old state back'},
];

const told = (move: Move): string => {
  switch (move.kind) {
    case 'answer':
      return move.fate === 'lost'
        ? 'carried out, the answer is lost'
        : move.fate === 'fail'
          ? 'not carried out, nobody says so'
          : move.fate;
    case 'crash':
      return move.applied ? 'carried out, then the runner dies' : 'the runner dies';
    case 'switch':
      return 'the other one goes first';
    case 'freeze':
      return 'frozen for 6 min, until the next round is over';
    case 'clock':
      return `the clock steps by ${move.by / 60_000} min`;
    case 'person':
      return `a person ${move.does}`;
  }
};
