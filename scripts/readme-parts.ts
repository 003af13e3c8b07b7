/** The parts of hand-written pages that are made from tables in the code, between their markers. */
import {rules} from '../src/core/decision/rules.js';
import {explanations} from '../src/core/diagnosis/explanations.js';
import {EXIT, EXIT_MEANINGS} from '../src/report/exit-code.js';
import {settingsTable} from '../src/settings/documentation.js';

const exitCodes = (): string => [
  '| code | meaning |',
  '|---|---|',
  ...Object.entries(EXIT).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`),
  '',
].join('\n');

const rulesTable = (): string => [
  '| rule | speaks when | `restart --force` passes it |',
  '|---|---|---|',
  ...rules.map(({id, title, holdsWhen, forceable}) => `| ${id} ${title} | ${holdsWhen} | ${forceable ? 'yes' : 'no'} |`),
  '',
].join('\n');

const foldingTable = (): string => [
  '| finding | explains | as far as |',
  '|---|---|---|',
  ...explanations.map(({cause, consequences, reach, when}) => `| ${cause} | ${consequences.join(', ')} | ${reach === 'all' ? 'always' : 'its own cameras'}${when === undefined ? '' : ', where it is bad enough'} |`),
  '',
].join('\n');

/** Page, by its path from the root → the made parts in it. */
export const madeParts: ReadonlyMap<string, ReadonlyMap<string, () => string>> = new Map([
  ['README.md', new Map([['settings', settingsTable], ['exit codes', exitCodes]])],
  ['docs/how-it-decides.md', new Map([['rules', rulesTable], ['folding', foldingTable]])],
]);

/** The page with every made part renewed. Throws when a marker is missing. */
export const renewed = (page: string, written: string): string => {
  let text = written;
  for (const [name, make] of madeParts.get(page) ?? []) {
    const begin = `<!-- ${name}: made by scripts/docs.ts -->\n`;
    const end = `<!-- end of ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`${page} lacks the markers of "${name}"`);
    text = `${text.slice(0, from + begin.length)}${make()}${text.slice(to)}`;
  }
  return text;
};
