/** The page as HTML, made on the server: it can be read without a script, and the script goes on from the data inside it. */
import {createHash} from 'node:crypto';
import {renderToString} from 'react-dom/server';
import type {PageFiles} from '../options.js';
import {Page, type PageData} from './page.js';
import {hrefOf} from './words.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The names under which the built files are served: another content has another name. */
export const assetNames = ({script, style}: PageFiles): {readonly script: string; readonly style: string} => ({
  script: `page-${hashOf(script)}.js`,
  style: `page-${hashOf(style)}.css`,
});

/** JSON inside a script element: nothing in it can end the element. */
const inScript = (data: unknown): string =>
  JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const titleOf = (data: PageData): string => {
  switch (data.view) {
    case 'overview': {
      const failing = data.list.frigates.filter(({health}) => health !== 'healthy' && health !== 'paused').length;
      return failing === 0 ? 'Frigate health' : `(${failing}) Frigate health`;
    }
    case 'frigate':
      return `${data.detail.namespace}/${data.detail.name}: ${data.detail.health}`;
    case 'missing':
      return 'No such Frigate';
  }
};

const pathOf = (data: PageData): string => (data.view === 'frigate' ? hrefOf(data.detail) : '/');

/** Without a script the page reloads itself. */
const RELOAD_SECONDS = 30;

export const renderPage = (data: PageData, files: PageFiles): string => {
  const names = assetNames(files);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(titleOf(data))}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${names.style}">
<noscript><meta http-equiv="refresh" content="${RELOAD_SECONDS};url=${escaped(pathOf(data))}"></noscript>
</head>
<body>
<div id="root">${renderToString(<Page data={data} now={data.now} />)}</div>
<script type="application/json" id="data">${inScript(data)}</script>
<script type="module" src="/assets/${names.script}"></script>
</body>
</html>
`;
};
