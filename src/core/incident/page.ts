/** Sections of an alert as plain text and as HTML, from the same lines. */

export interface Line {
  /** One line, already masked. */
  readonly text: string;
  /** A command to copy. */
  readonly command: boolean;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes.get(character) ?? '');

const asText = ({title, lines}: Section): string =>
  [title, ...lines.map((line) => (line.command ? `    ${line.text}` : `  ${line.text}`))].join('\n');

const asHtml = ({title, lines}: Section): string =>
  [
    `<h3>${escaped(title)}</h3>`,
    ...lines.map((line) => (line.command ? `<pre>${escaped(line.text)}</pre>` : `<div>${escaped(line.text)}</div>`)),
  ].join('\n');

/** Both bodies of the mail. Only text goes in: every piece is escaped in the HTML. */
export const page = (sections: readonly Section[], footer: string): {readonly text: string; readonly html: string} => ({
  text: `${[...sections.map(asText), `--\n${footer}`].join('\n\n')}\n`,
  html: [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"></head><body style="font-family:sans-serif">',
    ...sections.map(asHtml),
    `<p style="color:#666">${escaped(footer)}</p>`,
    '</body></html>',
    '',
  ].join('\n'),
});
