/** The parts of hand-written pages that are made from tables in the code, between their markers. */
import {detectionTables} from './detection-tables.js';
import {readFigures, type Figures} from '../../test/proofs/support/figures.js';
import {catalogue, checkOf} from '../../src/core/checks/catalogue.js';
import {rules} from '../../src/core/decision/rules.js';
import type {CheckId} from '../../src/core/finding.js';
import {explanations} from '../../src/core/diagnosis/explanations.js';
import {EXIT, EXIT_MEANINGS} from '../../src/outcome/exit-code.js';
import {FAMILIES} from '../../src/metrics/metrics.js';
import {ROUTES, type Route, type RouteAccess} from '../../src/http/routes.js';
import {alertRules} from '../../src/metrics/monitoring/rules.js';
import {PROCESS_TABLE} from '../../src/metrics/process-metrics.js';
import {PREFIX} from '../../src/report/exposition.js';
import {settingsTable} from '../../src/settings/documentation.js';

const exitCodes = (): string =>
  [
    '| code | meaning |',
    '|---|---|',
    ...Object.entries(EXIT).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`),
    '',
  ].join('\n');

const rulesTable = (): string =>
  [
    '| rule | holds when | `restart --force` overrides it |',
    '|---|---|---|',
    ...rules.map(
      ({id, title, holdsWhen, forceable}) => `| ${id} ${title} | ${holdsWhen} | ${forceable ? 'yes' : 'no'} |`,
    ),
    '',
  ].join('\n');

/** The first digits of an id name its family: `FRG-30`. */
const familyOf = (id: CheckId): string => id.slice(0, -1);

/** A whole family by one word, `FRG-30x`, so that a reader sees which part of it is left out where one is. `but`: explains itself anyway. */
const inFamilies = (ids: readonly CheckId[], but: CheckId): string =>
  [...Map.groupBy(ids, familyOf)]
    .flatMap(([family, members]) => {
      const all = catalogue.map(({id}) => id).filter((id) => familyOf(id) === family && id !== but);
      return all.length > 1 && all.every((id) => members.includes(id)) ? [`${family}x`] : members;
    })
    .join(', ');

const foldingTable = (): string =>
  [
    '| finding | explains | condition |',
    '|---|---|---|',
    ...explanations.map(
      ({cause, consequences, reach, when}) =>
        `| ${cause} ${checkOf(cause).title} | ${inFamilies(consequences, cause)} | ${reach === 'all' ? 'all' : 'the same cameras'}${when === undefined ? '' : ', if severe enough'} |`,
    ),
    '',
  ].join('\n');

const figures = readFigures();

const yearTable = (): string => {
  const year = figures['year'];
  if (year?.table === undefined) throw new Error('no figures of the year: npm run prove:year -- --write');
  const {head, rows} = year.table;
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    `Seed ${year.seed ?? 'none'}; ${(year.notes ?? []).join('; ')}.`,
    '',
  ].join('\n');
};

/** What each proof shows, in the order in which `npm run prove` runs them. */
const proofs: ReadonlyArray<readonly [name: string, shows: string]> = [
  ['incidents', 'public reports of real outages, replayed over time: restarted, reported or left alone as expected'],
  [
    'replay',
    'the same incidents observed as often as `serve` does: `steady` restarts nothing that the CronJob would not restart, and neither profile restarts what a restart does not cure',
  ],
  ['faults', 'faults of the Python checker, put back into the code: the tests detect them'],
  [
    'properties',
    'the decision is total, deterministic and independent of names and order; less information never leads to more restarts; a corrupt state weakens no limit',
  ],
  ['fuzz', 'corrupted statistics, states, logs, kubeconfigs and settings: nothing throws, nothing restarts'],
  ['year', 'a simulated year, compared with other policies (the table in README.md)'],
  [
    'explorer',
    'two runners and a person, with a crash, a lost answer, a conflict, a suspended runner or a jumping clock at every call, breadth-first; and with each safeguard and rule removed',
  ],
  ['wire', 'every request of a pass disturbed in every way'],
  ['kill', 'the built program killed and stopped at each request'],
];

const proofsTable = (): string =>
  [
    '| proof | what it shows | last run |',
    '|---|---|---|',
    ...proofs.flatMap(([name, shows]) => {
      const figure: Figures | undefined = figures[name];
      return figure === undefined
        ? []
        : [`| \`prove:${name}\` | ${shows} | ${[figure.told, ...(figure.notes ?? [])].join('; ')} |`];
    }),
    '',
  ].join('\n');

const code = (text: string): string => `\`${text}\``;

const alertsTable = (): string =>
  [
    '| alert | severity | after | what it says |',
    '|---|---|---|---|',
    ...alertRules().map(
      (rule) =>
        `| ${rule.alert} | ${rule.severity.startsWith('{{') ? 'as the check' : rule.severity} | ${rule.for ?? 'at once'} | ${rule.summary.replace(/\{\{ \$(?:labels\.)?(\w+) \}\}/g, (_, label: string) => label.toUpperCase())} |`,
    ),
    '',
  ].join('\n');

const metricsTable = (): string =>
  [
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...FAMILIES.map(
      ({name, type, labels, help}) =>
        `| ${code(`${PREFIX}${name}`)} | ${type} | ${labels.map(code).join(', ')} | ${help} |`,
    ),
    '',
  ].join('\n');

const processTable = (): string =>
  [
    '| metric | labels | meaning |',
    '|---|---|---|',
    ...Object.values(PROCESS_TABLE).map(
      ({name, labelNames, help}) => `| ${code(name)} | ${labelNames.map(code).join(', ')} | ${help} |`,
    ),
    '',
  ].join('\n');

/** Page, by its path from the root → the made parts in it. */
const ACCESS: Readonly<Record<RouteAccess, string>> = {
  open: 'everybody',
  read: 'read',
  write: 'write',
  recover: 'patch on the workload',
};

const routesTable = (): string =>
  [
    '| route | answers | who may |',
    '|---|---|---|',
    ...Object.values<Route>(ROUTES).map(
      ({method, path, summary, access}) => `| ${code(`${method} ${path}`)} | ${summary} | ${ACCESS[access]} |`,
    ),
    '',
  ].join('\n');

export const madeParts: ReadonlyMap<string, ReadonlyMap<string, () => string>> = new Map([
  [
    'README.md',
    new Map([
      ['settings', settingsTable],
      ['exit codes', exitCodes],
      ['year', yearTable],
    ]),
  ],
  [
    'docs/how-it-decides.md',
    new Map([
      ['rules', rulesTable],
      ['folding', foldingTable],
      ['proofs', proofsTable],
    ]),
  ],
  ['docs/serve.md', new Map([['routes', routesTable]])],
  ['docs/detection-times.md', detectionTables],
  [
    'docs/monitoring.md',
    new Map([
      ['alerts', alertsTable],
      ['metrics', metricsTable],
      ['process', processTable],
    ]),
  ],
]);

/** The page with every made part renewed. Throws when a marker is missing. */
export const renewed = (page: string, written: string): string => {
  let text = written;
  for (const [name, make] of madeParts.get(page) ?? []) {
    const begin = `<!-- ${name}: made by scripts/docs/docs.ts -->\n`;
    const end = `<!-- end of ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`${page} lacks the markers of "${name}"`);
    text = `${text.slice(0, from + begin.length)}${make()}${text.slice(to)}`;
  }
  return text;
};
