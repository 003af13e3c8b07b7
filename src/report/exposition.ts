/**
 * The text format of Prometheus (version 0.0.4): families of series, each with its help, type and labels. A state is a StateSet:
 * one series for each state, 1 for the one that holds and 0 for the others, so that a change of state never makes a series that an
 * alert rule has to wait for again.
 */
import {clean} from './layout.js';

/** Every name of this program begins with it. */
export const PREFIX = 'frigate_health_';

export type Labels = Readonly<Record<string, string | null>>;

export interface Sample {
  /** A label whose value is `null` is left out. */
  readonly labels: Labels;
  readonly value: number;
}

/** One metric, and what it is of one `Facts`. */
export interface Family<Facts> {
  /** Without the prefix. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** One sentence with the unit or the states. */
  readonly help: string;
  /** The labels beside those of the Frigate, in the order of the samples. */
  readonly labels: readonly string[];
  readonly samples: (facts: Facts) => readonly Sample[];
}

/** Most values are plain: what holds only these characters needs neither cleaning nor escapes. */
const PLAIN = /^[\w./:-]*$/;

const escaped = (text: string): string =>
  PLAIN.test(text) && text.length < 200
    ? text
    : clean(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** Labels as they stand between the braces. */
const labelText = (labels: Labels): string => {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value !== null && value !== undefined) text += `${text === '' ? '' : ','}${name}="${escaped(value)}"`;
  }
  return text;
};

/**
 * The labels that name a Frigate, written once for all its series. `namespace` and `service` are taken: Prometheus sets them for
 * the process that it scrapes.
 */
export const frigateLabels = (namespace: string | null, frigate: string | null): string =>
  labelText({frigate_namespace: namespace, frigate});

/** The two lines before the series of a family. */
export const headOf = ({name, type, help}: Omit<Family<never>, 'samples'>): string =>
  `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`;

/**
 * The series of one Frigate (or of the process) in a family, a line each. Two samples that have the same labels once their values
 * are cleaned would make Prometheus refuse the whole answer: the first one is kept. What is no finite number is left out.
 */
export const linesOf = <Facts>({name, samples}: Family<Facts>, facts: Facts, own: string = ''): string => {
  const series = new Map<string, number>();
  for (const {labels, value} of samples(facts)) {
    const more = labelText(labels);
    const inner = own === '' || more === '' ? `${own}${more}` : `${own},${more}`;
    const key = inner === '' ? '' : `{${inner}}`;
    if (Number.isFinite(value) && !series.has(key)) series.set(key, value);
  }
  let lines = '';
  for (const [key, value] of series) lines += `${PREFIX}${name}${key} ${value}\n`;
  return lines;
};

/** One sample without labels of its own; none where the value is not known. */
export const one = (value: number | null, labels: Labels = {}): readonly Sample[] =>
  value === null ? [] : [{labels, value}];

/** A StateSet: 1 for the state that holds, 0 for every other. */
export const stateSet = <State extends string>(
  label: string,
  states: readonly State[],
  holds: State,
): readonly Sample[] => states.map((state) => ({labels: {[label]: state}, value: state === holds ? 1 : 0}));

/** An instant in the base unit of Prometheus. */
export const secondsOf = (at: number): number => at / 1000;
