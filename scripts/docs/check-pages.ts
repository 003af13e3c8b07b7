/** The documentation of the checks, made from the catalogue itself so that the two can never differ. */
import {isCheckId} from '../../src/core/check-table.js';
import type {Category, Check} from '../../src/core/checks/check.js';
import type {CheckId} from '../../src/core/finding.js';

const made = '<!-- Made by scripts/docs/docs.ts from src/core/checks. Change it there. -->';

const headings: ReadonlyArray<readonly [Category, string]> = [
  ['cluster', 'Cluster and checker'],
  ['node', 'Node'],
  ['workload', 'Workload'],
  ['frigate', 'Frigate'],
  ['detectors', 'Detectors'],
  ['cameras', 'Cameras'],
  ['recording', 'Recording and storage'],
  ['resources', 'Resources'],
  ['services', 'Services'],
  ['alerts', 'Alerts'],
];

/** Every page by its file name: one for each check, and the index. */
export const checkPages = (checks: readonly Check[]): ReadonlyMap<string, string> =>
  new Map([
    ['README.md', indexOf(checks)],
    ...checks.map((check): [string, string] => [`${check.id}.md`, pageOf(check)]),
  ]);

const pageOf = (check: Check): string =>
  [
    made,
    `# ${check.id}: ${check.title}`,
    linked(check.docs.what, check.id),
    '## When it is bad',
    linked(check.docs.limits, check.id),
    ...conditionsOf(check),
    '## What a restart does',
    linked(check.docs.cure, check.id),
    '## What to do next',
    linked(check.docs.next, check.id),
    `\`kubectl frigate-health check --only ${check.id}\` shows it with its evidence and the command to type, with the names of your cluster.`,
    '## Where this comes from',
    linked(check.docs.source, check.id),
    '---',
    `Category: ${check.category} · cause when nothing more definite is found: ${check.cause} · [all checks](README.md)`,
  ]
    .join('\n\n')
    .concat('\n');

const conditionsOf = ({needs, settles}: Check): readonly string[] => {
  const conditions = [
    ...(needs.length === 0
      ? []
      : [`It is skipped while ${needs.map(link).join(' or ')} is critical, unknown or skipped itself.`]),
    ...(settles === true
      ? ["It is skipped while Frigate's container is younger than 120 s: the numbers of a start say nothing yet."]
      : []),
  ];
  return conditions.length === 0 ? [] : [conditions.join(' ')];
};

const indexOf = (checks: readonly Check[]): string =>
  [
    made,
    '# The checks',
    'Each pass observes Frigate and what it depends on once and evaluates these checks. An id is never renumbered or reused. What could not be read is `unknown`: neither a failure nor health.',
    ...headings.flatMap(([category, heading]) => {
      const rows = checks.filter((check) => check.category === category);
      return rows.length === 0
        ? []
        : [`## ${heading}`, ['| id | check | what it checks |', '|---|---|---|', ...rows.map(rowOf)].join('\n')];
    }),
  ]
    .join('\n\n')
    .concat('\n');

const rowOf = ({id, title, docs}: Check): string =>
  `| [${id}](${id}.md) | ${title} | ${linked(firstSentence(docs.what), id).replaceAll('|', '\\|')} |`;

/** Up to the first full stop that ends a sentence; one inside of code or a number does not. */
const firstSentence = (text: string): string => /^.*?[.?](?=\s|$)/s.exec(text)?.[0] ?? text;

const link = (id: CheckId): string => `[${id}](${id}.md)`;

/** Turns the ids of other checks into links. */
const linked = (text: string, own: CheckId): string =>
  text.replaceAll(/FRG-\d{3}/g, (id) => (id === own || !isCheckId(id) ? id : link(id)));
