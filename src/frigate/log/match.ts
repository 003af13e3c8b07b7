/** What a line says in the words of the lexicon. */
import type {Signature} from '../../core/observation/log.js';
import {
  BARE_ERRORS,
  FATAL_ERROR,
  LEXICON,
  REPETITION,
  THREAD_DIED,
  TRACEBACK,
  type BareError,
  type Wording,
} from './lexicon.js';
import {LiteralSearch} from './search.js';
import {START_ENDS, START_STEPS, type StartStepWording} from './start-steps.js';

/** Every literal of the lexicon and of the log's own grammar, once. */
export const literals: readonly string[] = [
  ...new Set([
    ...LEXICON.map(({literal}) => literal),
    THREAD_DIED.literal,
    REPETITION.literal,
    TRACEBACK,
    FATAL_ERROR,
    ...BARE_ERRORS.map(({literal}) => literal),
    ...START_STEPS.map(({literal}) => literal),
    ...START_ENDS.map(({literal}) => literal),
  ]),
];

/** Finds the next position of a literal. One for all logs: its tables take milliseconds to build. */
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
const traceback = literals.indexOf(TRACEBACK);
const fatal = literals.indexOf(FATAL_ERROR);
const bareErrors: ReadonlyMap<number, BareError> = new Map(
  BARE_ERRORS.map((error) => [literals.indexOf(error.literal), error]),
);

/** The wordings of long steps of each literal; `undefined`: it has none. */
const steps = literals.map((literal) => {
  const found = START_STEPS.filter((step) => step.literal === literal);
  return found.length === 0 ? undefined : found;
});

const startEnds: ReadonlyMap<number, RegExp> = new Map(
  START_ENDS.map(({literal, pattern}) => [literals.indexOf(literal), pattern]),
);

export interface Match {
  readonly signature: Signature;
  readonly camera: string | null;
  readonly retracts: boolean;
}

export interface LineReading {
  /** The events that the line reports, each signature once. */
  readonly matches: readonly Match[];
  /** The thread that a traceback beginning here ended. */
  readonly thread: string | null;
  /** How many more times the line before happened. */
  readonly repeated: number;
  /** A traceback begins here, of a thread or of anything else. */
  readonly traceback: boolean;
  /** A long step of a start that the line reports. */
  readonly startStep: StartStepWording | null;
  /** Only a Frigate whose start is over writes this line. */
  readonly startEnded: boolean;
  /** The interpreter's report of a signal begins here. */
  readonly fatal: boolean;
  /** The form of an error that a component wrote without a logger. */
  readonly bareError: BareError | null;
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

/** Adds what these wordings find in the line, each signature once. */
const collect = (matches: Match[], candidates: readonly Wording[], line: string): void => {
  for (const wording of candidates) {
    if (matches.some(({signature}) => signature === wording.signature)) continue;
    const match = matchOf(wording, line);
    if (match !== null) matches.push(match);
  }
};

type Draft = {-readonly [Key in keyof LineReading]: LineReading[Key]};

const bareErrorOf = (literal: number, line: string): BareError | null => {
  const error = bareErrors.get(literal);
  return error === undefined || error.pattern?.test(line) === false ? null : error;
};

/** Adds what one literal of the line shows. */
const mark = (draft: Draft, matches: Match[], literal: number, line: string): void => {
  if (literal === threadDied) draft.thread ??= THREAD_DIED.pattern.exec(line)?.groups?.['thread'] ?? null;
  if (literal === repetition) draft.repeated = Number(REPETITION.pattern.exec(line)?.groups?.['times'] ?? 0);
  if (literal === traceback) draft.traceback = true;
  if (literal === fatal) draft.fatal = true;
  draft.bareError ??= bareErrorOf(literal, line);
  draft.startStep ??= steps[literal]?.find(({pattern}) => pattern.test(line)) ?? null;
  if (startEnds.get(literal)?.test(line) === true) draft.startEnded = true;
  collect(matches, wordings[literal] ?? [], line);
};

/** Reads the line that ends at `end` of the bytes from its first literal on; `line` is the same as latin1 text. */
export const readLine = (bytes: Uint8Array, first: Hit | null, end: number, line: string): LineReading => {
  const matches: Match[] = [];
  const draft: Draft = {
    matches,
    thread: null,
    repeated: 0,
    traceback: false,
    fatal: false,
    bareError: null,
    startStep: null,
    startEnded: false,
  };
  let at = first?.at ?? -1;
  let literal = first?.literal ?? -1;
  while (at >= 0) {
    mark(draft, matches, literal, line);
    at = search.next(bytes, at + 1, end);
    literal = search.found;
  }
  return draft;
};

/** The same for a line on its own. */
export const readText = (line: string): LineReading => {
  const bytes = Buffer.from(line, 'latin1');
  return readLine(bytes, firstHit(bytes, 0, bytes.length), bytes.length, line);
};
