/** What a line says in the words of the lexicon. */
import type {Signature} from '../../core/observation/log.js';
import {LEXICON, REPETITION, THREAD_DIED, type Wording} from './lexicon.js';
import {LiteralSearch} from './search.js';

/** Every literal of the lexicon and of the log's own grammar, once. */
export const literals: readonly string[] = [
  ...new Set([...LEXICON.map(({literal}) => literal), THREAD_DIED.literal, REPETITION.literal]),
];

/** Finds the next place where a line may be worth a closer look. One for all logs: its tables take milliseconds to build. */
const search = new LiteralSearch(literals);

/**
 * The wording with its only group unnamed: naming it makes the engine build an object of groups for each line, a third of
 * what reading a flood of camera errors costs.
 */
const unnamed = (wording: Wording): Wording => ({
  ...wording,
  pattern: new RegExp(wording.pattern.source.replace('(?<camera>', '('), wording.pattern.flags),
});

const wordings: ReadonlyArray<readonly Wording[]> = literals.map((literal) =>
  LEXICON.filter((one) => one.literal === literal).map(unnamed),
);
const threadDied = literals.indexOf(THREAD_DIED.literal);
const repetition = literals.indexOf(REPETITION.literal);

export interface Match {
  readonly signature: Signature;
  readonly camera: string | null;
  readonly retracts: boolean;
}

export interface LineReading {
  /** The events that the line tells, each signature once. */
  readonly matches: readonly Match[];
  /** The thread that a traceback beginning here ended. */
  readonly thread: string | null;
  /** How many more times the line before happened. */
  readonly repeated: number;
}

const matchOf = (wording: Wording, line: string): Match | null => {
  const found = wording.pattern.exec(line);
  return found === null
    ? null
    : {signature: wording.signature, camera: found[1] ?? null, retracts: wording.effect === 'retracts'};
};

/** Where the search found a literal, and which one it was: its place in the list. */
export interface Hit {
  readonly at: number;
  readonly literal: number;
}

/** The first literal in [from, end). */
export const firstHit = (bytes: Uint8Array, from: number, end: number): Hit | null => {
  const at = search.next(bytes, from, end);
  return at < 0 ? null : {at, literal: search.found};
};

/** Reads the line that ends at `end` of the bytes from its first literal on; `line` is the same as latin1 text. */
export const readLine = (bytes: Uint8Array, first: Hit | null, end: number, line: string): LineReading => {
  const matches: Match[] = [];
  let thread: string | null = null;
  let repeated = 0;
  let at = first?.at ?? -1;
  let literal = first?.literal ?? -1;
  while (at >= 0) {
    if (literal === threadDied) thread ??= THREAD_DIED.pattern.exec(line)?.groups?.['thread'] ?? null;
    if (literal === repetition) repeated = Number(REPETITION.pattern.exec(line)?.groups?.['times'] ?? 0);
    for (const wording of wordings[literal] ?? []) {
      if (matches.some(({signature}) => signature === wording.signature)) continue;
      const match = matchOf(wording, line);
      if (match !== null) matches.push(match);
    }
    at = search.next(bytes, at + 1, end);
    literal = search.found;
  }
  return {matches, thread, repeated};
};

/** The same for a line on its own. */
export const readText = (line: string): LineReading => {
  const bytes = Buffer.from(line, 'latin1');
  return readLine(bytes, firstHit(bytes, 0, bytes.length), bytes.length, line);
};
