/**
 * Patterns of `log` checks: the regular expressions of RE2, without lookaround and back references, which an automaton matches. No
 * pattern and no line can make a search slow: the time grows with the length of the text times that of the pattern at most.
 */
import {RE2JS, RE2JSException} from 're2js';

/** Characters of a pattern. */
export const LONGEST_PATTERN = 200;
/** Characters of a line that are searched. */
export const LONGEST_TEXT = 2000;

export interface LinePattern {
  /** Whether it stands anywhere in the text; only its first {@link LONGEST_TEXT} characters are searched. */
  readonly test: (text: string) => boolean;
}

export type CompiledPattern =
  {readonly ok: true; readonly pattern: LinePattern} | {readonly ok: false; readonly error: string};

export const compilePattern = (text: string): CompiledPattern => {
  if (text.length > LONGEST_PATTERN) return {ok: false, error: `a pattern has at most ${LONGEST_PATTERN} characters`};
  try {
    const compiled = RE2JS.compile(text);
    return {ok: true, pattern: {test: (line) => compiled.matcher(beginningOf(line)).find()}};
  } catch (error) {
    if (error instanceof RE2JSException) return {ok: false, error: error.message};
    throw error;
  }
};

/** Where a line is cut it does not end: `$` does not match there. */
const beginningOf = (line: string): string =>
  line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT)}\u{ffff}`;
