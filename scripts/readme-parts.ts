/** The parts of README.md that are made from tables in the code, between their markers. */
import {EXIT, EXIT_MEANINGS} from '../src/report/exit-code.js';
import {settingsTable} from '../src/settings/documentation.js';

const exitCodes = (): string => [
  '| code | meaning |',
  '|---|---|',
  ...Object.entries(EXIT).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`),
  '',
].join('\n');

const parts: ReadonlyMap<string, () => string> = new Map([['settings', settingsTable], ['exit codes', exitCodes]]);

/** The README with every made part renewed. Throws when a marker is missing. */
export const renewed = (readme: string): string => {
  let text = readme;
  for (const [name, make] of parts) {
    const begin = `<!-- ${name}: made by scripts/docs.ts -->\n`;
    const end = `<!-- end of ${name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`README.md lacks the markers of "${name}"`);
    text = `${text.slice(0, from + begin.length)}${make()}${text.slice(to)}`;
  }
  return text;
};
