/** Rendering of text: symbols, words and colours. A symbol never carries meaning alone: a word stands beside it. */
import {Chalk} from 'chalk';
import type {ChalkInstance} from 'chalk';
import type {Status} from '../core/finding.js';

export interface Style {
  readonly colour: boolean;
  /** Only bytes below 0x80: for terminals and locales that have no more. */
  readonly ascii: boolean;
  /** Width to wrap to; `null`: do not wrap (a pipe or a file). */
  readonly columns: number | null;
}

const unicodeSymbols: Readonly<Record<Status, string>> = {
  ok: '√',
  info: 'i',
  warning: '!',
  critical: '×',
  unknown: '?',
  skipped: '-',
};
const asciiSymbols: Readonly<Record<Status, string>> = {
  ok: '[OK]',
  info: '[ii]',
  warning: '[!!]',
  critical: '[XX]',
  unknown: '[??]',
  skipped: '[--]',
};

export interface Theme {
  readonly symbol: (status: Status) => string;
  readonly separator: string;
  readonly status: (status: Status, text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Worst first: the order in which problems are listed. */
export const WORST_FIRST: readonly Status[] = ['critical', 'unknown', 'warning', 'info', 'skipped', 'ok'];

/**
 * The level is set here and nowhere else: chalk's own detection ignores NO_COLOR on a terminal and takes
 * `--color never` for `--color` (no-color.org). Sixteen colours, so that the reader's own palette holds.
 */
export const themeOf = (style: Style): Theme => {
  const chalk = new Chalk({level: style.colour ? 1 : 0});
  const colours: Readonly<Record<Status, ChalkInstance>> = {
    ok: chalk.green,
    info: chalk.cyan,
    warning: chalk.yellow,
    critical: chalk.red,
    unknown: chalk.magenta,
    skipped: chalk.dim,
  };
  return {
    symbol: (status) => (style.ascii ? asciiSymbols : unicodeSymbols)[status],
    separator: style.ascii ? ' - ' : ' · ',
    status: (status, text) => colours[status](text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
};
