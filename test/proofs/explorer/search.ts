/** Breadth-first by the number of deviations: the first counter-example found is the shortest there is. */
import {play, type Deviation, type Execution, type Scenario} from './play.js';

export interface Found {
  readonly executions: number;
  /** Distinct states: place of every runner, what it was told, the whole world. */
  readonly states: number;
  readonly rollouts: number;
  /** All executions with so many deviations were played. */
  readonly depth: number;
  readonly counterExample: (Execution & {readonly deviations: readonly Deviation[]}) | null;
}

export interface SearchOptions {
  /** The most deviations in one execution. */
  readonly depth: number;
  /** The most executions: a bound that is the same on every machine. */
  readonly limit: number;
}

export const search = async (scenario: Scenario, {depth, limit}: SearchOptions): Promise<Found> => {
  const seen = new Set<string>();
  const known = (state: string): boolean => {
    if (seen.has(state)) return true;
    seen.add(state);
    return false;
  };
  let level: ReadonlyArray<readonly Deviation[]> = [[]];
  let executions = 0;
  let rollouts = 0;
  for (let deviations = 0; deviations <= depth; deviations += 1) {
    const next: Array<readonly Deviation[]> = [];
    for (const path of level) {
      if (executions >= limit)
        return {executions, states: seen.size, rollouts, depth: deviations - 1, counterExample: null};
      const execution = await play(scenario, path, known);
      executions += 1;
      rollouts += execution.rollouts;
      if (execution.violations.length > 0)
        return {
          executions,
          states: seen.size,
          rollouts,
          depth: deviations,
          counterExample: {...execution, deviations: path},
        };
      for (const {step, moves} of execution.choices)
        for (let move = 1; move < moves; move += 1) next.push([...path, {step, move}]);
    }
    level = next;
  }
  return {executions, states: seen.size, rollouts, depth, counterExample: null};
};
