/** The table of keys in docs/watch.md, made from the key table of the screen. */
import {KEYS} from '../../src/tui/keys.js';
import {keyDocumentation} from '../../src/tui/panels/help.js';

const begin = '<!-- keys: made by scripts/docs/docs.ts -->\n';
const end = '<!-- end of keys -->';

/** The page with its table renewed. Throws when a marker is missing. */
export const renewedWatchPage = (page: string): string => {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error('docs/watch.md lacks the markers of its keys');
  return `${page.slice(0, from + begin.length)}${keyDocumentation(KEYS)}\n${page.slice(to)}`;
};
