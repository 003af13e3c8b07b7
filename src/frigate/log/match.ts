/** What a line says in the words of the lexicon. */
import type {Signature} from '../../core/observation/log.js';
import {LEXICON, REPETITION, THREAD_DIED, type Wording} from './lexicon.js';
import {LiteralSearch} from './search.js';

/** Every literal of the lexicon and of the log's own grammar, once. */
export const literals: readonly string[] = [...new Set([...LEXICON.map(({literal}) => literal), THREAD_DIED.literal, REPETITION.literal])];

/** Finds the next place where a line may be worth a closer look. */
export const candidates = (): LiteralSearch => new LiteralSearch(literals);

const wordings: ReadonlyArray<readonly Wording[]> = literals.map((literal) => LEXICON.filter((one) => one.literal === literal));
const threadDied = literals.indexOf(THREAD_DIED.literal);
const repetition = literals.indexOf(REPETITION.literal);
const inLine = candidates();

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
  return found === null ? null : {signature: wording.signature, camera: found.groups?.['camera'] ?? null, retracts: wording.effect === 'retracts'};
};

/** Reads the line that stands in [start, end) of the bytes; `line` is the same as latin1 text. */
export const readLine = (bytes: Uint8Array, start: number, end: number, line: string): LineReading => {
  const matches: Match[] = [];
  let thread: string | null = null;
  let repeated = 0;
  for (let at = inLine.next(bytes, start, end); at >= 0; at = inLine.next(bytes, at + 1, end)) {
    if (inLine.found === threadDied) thread ??= THREAD_DIED.pattern.exec(line)?.groups?.['thread'] ?? null;
    if (inLine.found === repetition) repeated = Number(REPETITION.pattern.exec(line)?.groups?.['times'] ?? 0);
    for (const wording of wordings[inLine.found] ?? []) {
      if (matches.some(({signature}) => signature === wording.signature)) continue;
      const match = matchOf(wording, line);
      if (match !== null) matches.push(match);
    }
  }
  return {matches, thread, repeated};
};

/** The same for a line on its own. */
export const readText = (line: string): LineReading => {
  const bytes = Buffer.from(line, 'latin1');
  return readLine(bytes, 0, bytes.length, line);
};
