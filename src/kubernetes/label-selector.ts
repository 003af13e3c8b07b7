/** Label selectors: from an object's `matchLabels`/`matchExpressions` to text, and text against labels. */

export type Labels = Readonly<Record<string, string>>;

export interface SelectorSpec {
  readonly matchLabels: Labels;
  readonly matchExpressions: ReadonlyArray<{
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }>;
}

const expressionText = ({key, operator, values}: SelectorSpec['matchExpressions'][number]): string => {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    default:
      return `${key} in (${values.join(',')})`;
  }
};

/** The selector as `labelSelector=` takes it. */
export const selectorText = ({matchLabels, matchExpressions}: SelectorSpec): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ].join(',');

export type LabelTest = (labels: Labels) => boolean;

const NAME = /[A-Za-z0-9._/-]+/.source;
const SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUAL = new RegExp(`^(${NAME})\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);

const parseRequirement = (text: string): LabelTest | null => {
  const set = SET.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    return (labels) =>
      operator === 'in'
        ? labels[key] !== undefined && values.has(labels[key])
        : labels[key] === undefined || !values.has(labels[key]);
  }
  const equal = EQUAL.exec(text);
  if (equal !== null) {
    const [, key = '', operator, value] = equal;
    return (labels) => (operator === '!=' ? labels[key] !== value : labels[key] === value);
  }
  const exists = EXISTS.exec(text);
  if (exists === null) return null;
  const [, negation, key = ''] = exists;
  return (labels) => (labels[key] === undefined) === (negation === '!');
};

/** Parses kubectl's selector syntax (`a=b,c!=d,e in (f,g),!h`); `null` when it is none. */
export const parseSelector = (text: string): LabelTest | null => {
  const tests: LabelTest[] = [];
  // Commas inside of parentheses belong to the set.
  for (const part of text.split(/,(?![^()]*\))/)) {
    const test = parseRequirement(part.trim());
    if (test === null) return null;
    tests.push(test);
  }
  return (labels) => tests.every((test) => test(labels));
};
