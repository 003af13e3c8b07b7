/**
 * Patterns of `log` checks: a subset of regular expressions without lookaround and back references, matched by an automaton instead of
 * by trying again. Each character of a line is read once, so that no pattern and no line can make a search slow: the time grows with
 * the length of the text times that of the pattern at most (Thompson, "Regular Expression Search Algorithm", CACM 11, 1968).
 */

/** Characters of a pattern. */
export const LONGEST_PATTERN = 200;
/** Characters of a line that are searched. */
export const LONGEST_TEXT = 2000;
/** Steps of a compiled pattern: `{n,m}` repeats what it stands behind. */
const LARGEST_PROGRAM = 1000;
const MOST_REPEATS = 100;
/** Nested groups. */
const DEEPEST = 20;
/** States that are kept; beyond that they are made anew. */
const MOST_STATES = 400;
const ASCII = 128;

export interface LinePattern {
  /** Whether it stands anywhere in the text; only its first {@link LONGEST_TEXT} characters are searched. */
  readonly test: (text: string) => boolean;
}

export type CompiledPattern =
  {readonly ok: true; readonly pattern: LinePattern} | {readonly ok: false; readonly error: string};

/** Code units, each range inclusive. */
type Ranges = ReadonlyArray<readonly [number, number]>;

type Node =
  | {readonly kind: 'set'; readonly ranges: Ranges; readonly negated: boolean}
  | {readonly kind: 'start' | 'end'}
  | {readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[]}
  | {readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number | null};

type Step =
  | {readonly op: 'set'; readonly ranges: Ranges; readonly negated: boolean; readonly next: number}
  | {readonly op: 'split'; readonly either: number; readonly or: number}
  | {readonly op: 'start' | 'end'; readonly next: number}
  | {readonly op: 'match'};

class Refused extends Error {}

const DIGITS: Ranges = [[48, 57]];
const WORD: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: Ranges = [
  [9, 13],
  [32, 32],
  [160, 160],
];

const inverse = (ranges: Ranges): Ranges => {
  const gaps: Array<readonly [number, number]> = [];
  let from = 0;
  for (const [first, last] of ranges) {
    if (first > from) gaps.push([from, first - 1]);
    from = last + 1;
  }
  return [...gaps, [from, 0xffff]];
};

const CLASSES: Readonly<Record<string, Ranges>> = {
  d: DIGITS,
  w: WORD,
  s: SPACE,
  D: inverse(DIGITS),
  W: inverse(WORD),
  S: inverse(SPACE),
  t: [[9, 9]],
};

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Refused('a ")" has no "("');
    return node;
  }

  get #next(): string | undefined {
    return this.#text[this.#at];
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : {kind: 'choice', parts};
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
    return {kind: 'sequence', parts};
  }

  #repeated(): Node {
    const part = this.#atom();
    const times = this.#times();
    if (times === null) return part;
    if (part.kind === 'start' || part.kind === 'end') throw new Refused('"^" and "$" cannot be repeated');
    // Whether it takes few or many makes no difference to which lines match.
    this.#takes('?');
    if (this.#next !== undefined && '*+?'.includes(this.#next)) throw new Refused('a repetition follows a repetition');
    return {kind: 'repeat', part, ...times};
  }

  #times(): {readonly least: number; readonly most: number | null} | null {
    if (this.#takes('*')) return {least: 0, most: null};
    if (this.#takes('+')) return {least: 1, most: null};
    if (this.#takes('?')) return {least: 0, most: 1};
    if (this.#next !== '{') return null;
    const counted = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#text.slice(this.#at));
    if (counted === null) throw new Refused('a "{" begins no repetition; write \\{ for the character');
    this.#at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === '' ? null : Number(counted[3]);
    if (Math.max(least, most ?? 0) > MOST_REPEATS)
      throw new Refused(`at most ${MOST_REPEATS} repetitions are accepted`);
    if (most !== null && most < least) throw new Refused('a repetition has its larger number first');
    return {least, most};
  }

  #atom(): Node {
    const character = this.#next ?? '';
    this.#at += 1;
    switch (character) {
      case '^':
        return {kind: 'start'};
      case '$':
        return {kind: 'end'};
      case '.':
        return {kind: 'set', ranges: [], negated: true};
      case '(':
        return this.#group();
      case '[':
        return this.#bracket();
      case '\\':
        return {kind: 'set', ranges: this.#escaped(), negated: false};
      case '*':
      case '+':
      case '?':
      case '{':
        throw new Refused(`there is nothing that "${character}" repeats; write \\${character} for the character`);
      default:
        return {kind: 'set', ranges: [[character.charCodeAt(0), character.charCodeAt(0)]], negated: false};
    }
  }

  #group(): Node {
    if (!this.#takes('?:') && this.#next === '?')
      throw new Refused('lookaround, names and flags of groups are not accepted');
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Refused(`at most ${DEEPEST} groups within each other are accepted`);
    const inner = this.#choice();
    if (!this.#takes(')')) throw new Refused('a "(" has no ")"');
    this.#depth -= 1;
    return inner;
  }

  #escaped(): Ranges {
    const character = this.#next;
    if (character === undefined) throw new Refused('it ends with a "\\"');
    this.#at += 1;
    const known = Object.hasOwn(CLASSES, character) ? CLASSES[character] : undefined;
    if (known !== undefined) return known;
    if (/[\p{L}\p{N}]/u.test(character)) throw new Refused(`\\${character} is not accepted`);
    return [[character.charCodeAt(0), character.charCodeAt(0)]];
  }

  #bracket(): Node {
    const negated = this.#takes('^');
    const ranges: Array<readonly [number, number]> = [];
    while (!this.#takes(']')) {
      const first = this.#member();
      const [only] = first;
      const isRange = this.#next === '-' && this.#text[this.#at + 1] !== undefined && this.#text[this.#at + 1] !== ']';
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#at += 1;
      const [last] = this.#member();
      if (only === undefined || last === undefined || only[0] !== only[1] || last[0] !== last[1] || last[0] < only[0])
        throw new Refused('a range in "[…]" has no beginning before its end');
      ranges.push([only[0], last[0]]);
    }
    return {kind: 'set', ranges, negated};
  }

  #member(): Ranges {
    const character = this.#next;
    if (character === undefined) throw new Refused('a "[" has no "]"');
    this.#at += 1;
    if (character === '\\') return this.#escaped();
    const code = character.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff) throw new Refused('such a character is not accepted within "[…]"');
    return [[code, code]];
  }
}

/** Compiles from the end to the beginning: each part knows what follows it. */
const programOf = (node: Node): {readonly steps: readonly Step[]; readonly begin: number} => {
  const steps: Step[] = [];
  const add = (step: Step): number => {
    if (steps.length >= LARGEST_PROGRAM)
      throw new Refused('the pattern is too large: use fewer or smaller repetitions');
    return steps.push(step) - 1;
  };
  const compile = (part: Node, next: number): number => {
    switch (part.kind) {
      case 'set':
        return add({op: 'set', ranges: part.ranges, negated: part.negated, next});
      case 'start':
      case 'end':
        return add({op: part.kind, next});
      case 'sequence':
        return part.parts.reduceRight((after, each) => compile(each, after), next);
      case 'choice': {
        const [last, ...others] = part.parts.map((each) => compile(each, next)).reverse();
        return others.reduce((or, either) => add({op: 'split', either, or}), last ?? next);
      }
      case 'repeat':
        return repeat(part, next);
    }
  };
  const repeat = ({part, least, most}: Extract<Node, {kind: 'repeat'}>, next: number): number => {
    let begin = next;
    if (most === null) {
      begin = add({op: 'split', either: next, or: next});
      const body = compile(part, begin);
      steps[begin] = {op: 'split', either: body, or: next};
    } else
      for (let times = least; times < most; times += 1)
        begin = add({op: 'split', either: compile(part, begin), or: next});
    for (let times = 0; times < least; times += 1) {
      const before = compile(part, begin);
      // Nothing stays nothing, however often; within each other such loops would never end.
      if (before === begin) break;
      begin = before;
    }
    return begin;
  };
  const begin = compile(node, add({op: 'match'}));
  return {steps, begin};
};

/** Every place of the pattern that may be reached with what was read so far. */
interface State {
  /** Steps that wait for a character or for the end, sorted. */
  readonly waiting: readonly number[];
  readonly matches: boolean;
  readonly matchesAtEnd: boolean;
  /** The states after each ASCII character, as far as they were needed. */
  readonly after: Array<State | undefined>;
}

const holds = (ranges: Ranges, code: number): boolean => ranges.some(([first, last]) => code >= first && code <= last);

class Automaton implements LinePattern {
  readonly #steps: readonly Step[];
  readonly #begin: number;
  readonly #states = new Map<string, State>();
  readonly #first: State;

  constructor({steps, begin}: {readonly steps: readonly Step[]; readonly begin: number}) {
    this.#steps = steps;
    this.#begin = begin;
    this.#first = this.#stateOf([begin], true);
  }

  readonly test = (text: string): boolean => {
    const length = Math.min(text.length, LONGEST_TEXT);
    let state = this.#first;
    for (let at = 0; at < length; at += 1) {
      if (state.matches) return true;
      const code = text.charCodeAt(at);
      let next = code < ASCII ? state.after[code] : undefined;
      if (next === undefined) {
        next = this.#after(state, code);
        if (code < ASCII) state.after[code] = next;
      }
      state = next;
    }
    return state.matches || (length === text.length && state.matchesAtEnd);
  };

  #after({waiting}: State, code: number): State {
    const reached = waiting.flatMap((at) => {
      const step = this.#steps[at];
      return step?.op === 'set' && holds(step.ranges, code) !== step.negated ? [step.next] : [];
    });
    // It may also begin here.
    return this.#stateOf([...reached, this.#begin], false);
  }

  #stateOf(reached: readonly number[], atStart: boolean): State {
    const waiting = this.#closure(reached, atStart, false);
    const key = `${atStart ? '^' : ''}${waiting.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MOST_STATES) this.#states.clear();
    const state: State = {
      waiting,
      matches: this.#matches(waiting),
      matchesAtEnd: this.#matches(this.#closure(waiting, atStart, true)),
      after: new Array<State | undefined>(ASCII),
    };
    this.#states.set(key, state);
    return state;
  }

  #matches(places: readonly number[]): boolean {
    return places.some((at) => this.#steps[at]?.op === 'match');
  }

  /** What is reached without reading a character. */
  #closure(from: readonly number[], atStart: boolean, atEnd: boolean): readonly number[] {
    const found = new Set<number>();
    const open = [...from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      const step = this.#steps[at];
      if (step?.op === 'split') open.push(step.either, step.or);
      else if ((step?.op === 'start' && atStart) || (step?.op === 'end' && atEnd)) open.push(step.next);
    }
    return [...found]
      .filter((at) => {
        const op = this.#steps[at]?.op;
        return op === 'set' || op === 'end' || op === 'match';
      })
      .sort((a, b) => a - b);
  }
}

/** Compiles a pattern; what cannot be matched in one reading is refused. Never throws. */
export const compilePattern = (text: string): CompiledPattern => {
  if (text.length > LONGEST_PATTERN) return {ok: false, error: `at most ${LONGEST_PATTERN} characters are accepted`};
  try {
    return {ok: true, pattern: new Automaton(programOf(new Parser(text).whole()))};
  } catch (error) {
    if (error instanceof Refused) return {ok: false, error: error.message};
    throw error;
  }
};
