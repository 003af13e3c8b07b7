/** The flags of every proof: how long it runs, and from which seed. */
import {parseArgs} from 'node:util';

export interface Arguments {
  /** How many inputs or runs; the proof's own default where it is not given. */
  readonly runs: number;
  /** The seed of everything random: printed, so that a run can be repeated. */
  readonly seed: number;
  /** `--write`: keep the figures for README.md and docs. */
  readonly write: boolean;
  /** Other flags of this proof, by name. */
  readonly flag: (name: string) => boolean;
}

/** Reads `--runs N`, `--seed N` and the boolean flags that the proof names. */
export const readArguments = (runs: number, flags: readonly string[] = []): Arguments => {
  const {values} = parseArgs({
    options: {
      runs: {type: 'string'},
      seed: {type: 'string'},
      write: {type: 'boolean'},
      ...Object.fromEntries(flags.map((name) => [name, {type: 'boolean' as const}])),
    },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  return {
    runs: positive('--runs', given['runs'], runs),
    seed: positive('--seed', given['seed'], 20_261_010),
    write: given['write'] === true,
    flag: (name) => given[name] === true,
  };
};

const positive = (name: string, text: string | boolean | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${name} takes a whole number above 0, not ${String(text)}`);
  return value;
};
