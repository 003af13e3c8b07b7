/** The settings for readers: the README's table and the words behind a flag in `--help`. */
import {allowed} from './kinds.js';
import {settingRows} from './table.js';
import type {Setting} from './table.js';

/** What holds when nothing is given. */
const defaultInWords = (setting: Setting): string => {
  if (setting.default === null) return setting.unset ?? 'not set';
  return setting.default === '' ? 'none' : setting.default;
};

/** The help text of a setting's flag: the sentence, its variable and its default. */
export const flagSummary = (setting: Setting): string =>
  `${setting.doc} [env: ${setting.variable}; default: ${defaultInWords(setting)}]`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A Markdown table of every setting. */
export const settingsTable = (): string =>
  [
    '| variable | flag | default | allowed | what it does |',
    '|---|---|---|---|---|',
    ...settingRows.map(([, setting]) => {
      const names =
        setting.old === null ? `\`${setting.variable}\`` : `\`${setting.variable}\` (old: \`${setting.old}\`)`;
      const flag = setting.flag === null ? '–' : `\`--${setting.flag}\``;
      return `| ${names} | ${flag} | ${cell(defaultInWords(setting))} | ${cell(allowed(setting.kind))} | ${cell(setting.doc)} |`;
    }),
    '',
  ].join('\n');
