/** What may stand next on the command line. Pure: what only a cluster knows is asked for by its kind. */
import type {CommandWords, FlagWords, Word, WordKind, WordTable} from './table.js';

export interface Proposal {
  /** Candidates known without asking anybody. */
  readonly words: readonly Word[];
  /** What to ask for besides; `null`: nothing. */
  readonly lookUp: WordKind | null;
  /** The part of the word under the cursor that the candidates begin with. */
  readonly typed: string;
  /** What stands before it within the same word and stays: `FRG-101,` */
  readonly before: string;
}

const nothing: Proposal = {words: [], lookUp: null, typed: '', before: ''};

const helpWords: readonly Word[] = [{value: '--help', about: 'Show help'}];
const rootWords: readonly Word[] = [...helpWords, {value: '--version', about: 'Show the version'}];

/** Flags that the program knows before any command. */
const describedFlags = (flags: readonly FlagWords[]): readonly Word[] =>
  flags.flatMap(({name, letter, about}) => [
    {value: `--${name}`, about},
    ...(letter === null ? [] : [{value: `-${letter}`, about}]),
  ]);

const flagOf = ({flags}: CommandWords, word: string): FlagWords | undefined => {
  if (word.startsWith('--')) return flags.find(({name}) => name === word.slice(2).split('=')[0]);
  return word.length === 2 && word.startsWith('-') ? flags.find(({letter}) => letter === word[1]) : undefined;
};

/** `a,b,c|`: those before the last comma stay and are not offered again. */
const inList = (
  typed: string,
): {readonly before: string; readonly typed: string; readonly taken: ReadonlySet<string>} => {
  const end = typed.lastIndexOf(',') + 1;
  return {before: typed.slice(0, end), typed: typed.slice(end), taken: new Set(typed.slice(0, end).split(','))};
};

const valuesOf = (
  table: WordTable,
  options: readonly string[],
  kind: WordKind | null,
): Pick<Proposal, 'words' | 'lookUp'> => {
  if (kind === 'checks') return {words: table.checks, lookUp: null};
  if (kind === 'scenarios') return {words: table.scenarios, lookUp: null};
  return {words: options.map((value) => ({value, about: ''})), lookUp: kind};
};

const ofFlag = (table: WordTable, {options, kind, repeatable}: FlagWords, text: string): Proposal => {
  const values = valuesOf(table, options, kind);
  if (!repeatable) return {...values, typed: text, before: ''};
  const {before, typed, taken} = inList(text);
  return {lookUp: values.lookUp, words: values.words.filter(({value}) => !taken.has(value)), typed, before};
};

/** Positional words so far: what is neither a flag nor the value of one. */
const argumentsIn = (command: CommandWords, words: readonly string[]): readonly string[] =>
  words.filter(
    (word, index) =>
      !word.startsWith('-') && !takesNext(flagOf(command, words[index - 1] ?? ''), words[index - 1] ?? ''),
  );

const takesNext = (flag: FlagWords | undefined, word: string): flag is FlagWords =>
  flag !== undefined && flag.takesValue && !word.includes('=') && !OPTIONAL.has(flag.name);

/** Its value is mostly left out, so that NAME is what comes next; a duration is not offered anyway. */
const OPTIONAL: ReadonlySet<string> = new Set(['wait']);

const afterCommand = (table: WordTable, command: CommandWords, words: readonly string[]): Proposal => {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const previous = before.at(-1) ?? '';
  const waiting = flagOf(command, previous);
  if (takesNext(waiting, previous) && !current.startsWith('-')) return ofFlag(table, waiting, current);
  if (before.includes('--')) return nothing;
  if (current.startsWith('--') && current.includes('=')) {
    const flag = flagOf(command, current);
    return flag === undefined ? nothing : ofFlag(table, flag, current.slice(current.indexOf('=') + 1));
  }
  if (current.startsWith('-')) {
    const used = new Set(before.flatMap((word) => flagOf(command, word)?.name ?? []));
    return {
      words: [
        ...describedFlags(command.flags.filter(({name, repeatable}) => repeatable || !used.has(name))),
        ...helpWords,
      ],
      lookUp: null,
      typed: current,
      before: '',
    };
  }
  if (argumentsIn(command, before).length > 0) return nothing;
  return {...valuesOf(table, command.argument.options, command.argument.kind), typed: current, before: ''};
};

/** `words`: those after the program's name; the last one is under the cursor and may be empty. */
export const complete = (table: WordTable, words: readonly string[]): Proposal => {
  const [first = '', ...rest] = words;
  if (rest.length > 0) {
    const command = table.commands.find(({name}) => name === first);
    return command === undefined ? nothing : afterCommand(table, command, rest);
  }
  const commands = table.commands.map(({name, about}) => ({value: name, about}));
  return {words: first.startsWith('-') ? rootWords : commands, lookUp: null, typed: first, before: ''};
};

/** cobra's directives, which kubectl understands: 4 no file names, 0 file names where nothing else fits. */
const NO_FILES = 4;
const FILES = 0;

/** One candidate a line with its description after a TAB, then the directive (kubernetes #105867, cobra). */
export const written = ({words, typed, before, lookUp}: Proposal): string => {
  const fitting = words.filter(({value}) => value.startsWith(typed));
  const lines = fitting.map(({value, about}) =>
    about === '' ? `${before}${value}` : `${before}${value}\t${about.replaceAll(/\s+/g, ' ')}`,
  );
  return `${[...lines, `:${lookUp === 'files' ? FILES : NO_FILES}`].join('\n')}\n`;
};
