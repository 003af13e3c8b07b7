/**
 * Finds code that decides by the text of a message (docs/how-it-decides.md: facts are data until they are rendered).
 *
 * Refused, for an expression whose last name is one of `names` (`x.message`, `x?.message`, `x['message']`, or a variable `message`):
 * - a comparison (`===`, `!==`, `==`, `!=`, `<`, `>`, `<=`, `>=`) with anything but `null` and `undefined`; of a `reason` also with
 *   one word of Kubernetes (`OOMKilled`): its reasons are codes, and CamelCase by its API conventions;
 * - a `switch` over it;
 * - a call of `startsWith`, `endsWith`, `includes`, `indexOf`, `lastIndexOf`, `match`, `matchAll`, `search`, `split`,
 *   `localeCompare` or `at` on it;
 * - `has` of a set or map, `includes` of a list, `test` or `exec` of a pattern with it as the argument.
 *
 * Through `?? ''`, parentheses, `!`, `as` and `String()` too. What a text becomes on its way to a person (`slice`, `trim`,
 * `replace`, a template) is no decision. A text that first gets another name is not seen: the names are kept for texts.
 */
import ts from 'typescript';

const names: ReadonlySet<string> = new Set(['summary', 'message', 'reason', 'because', 'fix', 'liftedBy']);

const comparisons: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);

const ofTexts: ReadonlySet<string> = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'match',
  'matchAll',
  'search',
  'split',
  'localeCompare',
  'at',
]);
const withTexts: ReadonlySet<string> = new Set(['has', 'get', 'includes', 'test', 'exec']);

export interface TextDecision {
  readonly line: number;
  /** The name of the text that decides. */
  readonly name: string;
  readonly code: string;
}

/** The name of a text, through what leaves it the same; `null`: the expression is none. */
const textIn = (node: ts.Expression): string | null => {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
    return textIn(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return textIn(node.left);
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'String')
    return node.arguments[0] === undefined ? null : textIn(node.arguments[0]);
  const name = ts.isPropertyAccessExpression(node)
    ? node.name.text
    : ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)
      ? node.argumentExpression.text
      : ts.isIdentifier(node)
        ? node.text
        : '';
  return names.has(name) ? name : null;
};

const isNothing = (node: ts.Expression): boolean =>
  node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined');

const isCode = (node: ts.Expression): boolean =>
  ts.isStringLiteral(node) && /^([A-Z][a-z0-9]*)+[A-Za-z]*$/.test(node.text);

const decidesBy = (node: ts.Node): string | null => {
  if (ts.isBinaryExpression(node) && comparisons.has(node.operatorToken.kind)) {
    if (isNothing(node.left) || isNothing(node.right)) return null;
    const name = textIn(node.left) ?? textIn(node.right);
    return name === 'reason' && (isCode(node.left) || isCode(node.right)) ? null : name;
  }
  if (ts.isSwitchStatement(node)) return textIn(node.expression);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return null;
  const {expression: callee, name} = node.expression;
  const [argument] = node.arguments;
  const asked = ofTexts.has(name.text) ? textIn(callee) : null;
  return asked ?? (withTexts.has(name.text) && argument !== undefined ? textIn(argument) : null);
};

/** Every place of a source text that decides by a message. */
export const textDecisions = (source: string, isTsx = false): readonly TextDecision[] => {
  const file = ts.createSourceFile(
    isTsx ? 'x.tsx' : 'x.ts',
    source,
    ts.ScriptTarget.Latest,
    false,
    isTsx ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const found: TextDecision[] = [];
  const visit = (node: ts.Node): void => {
    const name = decidesBy(node);
    if (name !== null)
      found.push({
        line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1,
        name,
        code: node.getText(file).replaceAll(/\s+/g, ' ').slice(0, 120),
      });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};
