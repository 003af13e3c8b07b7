/** The words of the command line as plain data: made from the commands when the program is built, read at each TAB. */

/** What only a cluster, a kubeconfig or the program's own tables can name. */
export type WordKind =
  'namespaces' | 'contexts' | 'clusters' | 'users' | 'workloads' | 'cameras' | 'checks' | 'scenarios' | 'files';

export interface Word {
  readonly value: string;
  readonly about: string;
}

export interface FlagWords {
  readonly name: string;
  readonly letter: string | null;
  readonly about: string;
  readonly takesValue: boolean;
  readonly repeatable: boolean;
  readonly options: readonly string[];
  readonly kind: WordKind | null;
}

export interface CommandWords {
  readonly name: string;
  readonly about: string;
  /** What its one argument may be; empty options and no kind: it has none. */
  readonly argument: {readonly options: readonly string[]; readonly kind: WordKind | null};
  readonly flags: readonly FlagWords[];
}

export interface WordTable {
  readonly commands: readonly CommandWords[];
  readonly checks: readonly Word[];
  readonly scenarios: readonly Word[];
}

/** The part of an oclif command class that is read. */
export interface DescribedCommand {
  readonly hidden?: boolean;
  readonly summary?: string | undefined;
  readonly args?: Readonly<Record<string, {readonly options?: readonly string[]}>>;
  readonly flags?: Readonly<
    Record<
      string,
      {
        readonly type?: string;
        readonly char?: string;
        readonly summary?: string;
        readonly multiple?: boolean;
        readonly options?: readonly string[];
        readonly hidden?: boolean;
      }
    >
  >;
}

const flagKinds: ReadonlyMap<string, WordKind> = new Map<string, WordKind>([
  ['namespace', 'namespaces'],
  ['context', 'contexts'],
  ['cluster', 'clusters'],
  ['user', 'users'],
  ['workload', 'workloads'],
  ['skip-cameras', 'cameras'],
  ['only', 'checks'],
  ['skip', 'checks'],
  ['explain', 'checks'],
  ['demo', 'scenarios'],
  ['kubeconfig', 'files'],
  ['file', 'files'],
  ['certificate-authority', 'files'],
]);

/** Flags that the value `a,b` gives several of. */
const listed: ReadonlySet<string> = new Set(['only', 'skip', 'skip-cameras']);

const flagWords = ([name, flag]: readonly [
  string,
  NonNullable<DescribedCommand['flags']>[string],
]): readonly FlagWords[] =>
  flag.hidden === true
    ? []
    : [
        {
          name,
          letter: flag.char ?? null,
          about: flag.summary ?? '',
          takesValue: flag.type === 'option',
          repeatable: flag.multiple === true || listed.has(name),
          options: flag.options ?? [],
          kind: flagKinds.get(name) ?? null,
        },
      ];

const argumentOf = (args: DescribedCommand['args']): CommandWords['argument'] => {
  const [first] = Object.entries(args ?? {});
  if (first === undefined) return {options: [], kind: null};
  const [name, {options}] = first;
  return {options: options ?? [], kind: name === 'name' ? 'workloads' : null};
};

/** Only the first sentence: a list of candidates has one line for each. */
const briefly = (text: string): string => text.split(/(?<=[.:])\s/, 1)[0]?.replace(/[.:]$/, '') ?? '';

export const tableOf = (
  commands: Readonly<Record<string, DescribedCommand>>,
  checks: readonly Word[],
  scenarios: readonly Word[],
): WordTable => ({
  commands: Object.entries(commands)
    .filter(([, {hidden}]) => hidden !== true)
    .map(([name, {summary, args, flags}]) => ({
      name,
      about: briefly(summary ?? ''),
      argument: argumentOf(args),
      flags: Object.entries(flags ?? {})
        .flatMap(flagWords)
        .map((flag) => ({...flag, about: briefly(flag.about)})),
    })),
  checks,
  scenarios,
});
