/** The styles of tones. Symbols and words carry the meaning; colours only repeat it. */
import type {Tone} from './text.js';

/** The style of one span, as Ink's Text takes it. */
export interface Style {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
}

export type ThemeName = 'default' | 'mono' | 'high-contrast';

/** Blue for good and red in bold for bad: distinguishable without red and green (deuteranopia; k9s #4104). */
const normal: Readonly<Record<Tone, Style>> = {
  plain: {},
  faint: {dimColor: true},
  strong: {bold: true},
  good: {color: 'blue'},
  warn: {color: 'yellow'},
  bad: {color: 'red', bold: true},
  doubt: {color: 'magenta'},
  accent: {color: 'cyan'},
};

const highContrast: Readonly<Record<Tone, Style>> = {
  plain: {},
  faint: {},
  strong: {bold: true},
  good: {color: 'cyanBright'},
  warn: {color: 'yellowBright', bold: true},
  bad: {color: 'redBright', bold: true},
  doubt: {color: 'magentaBright', bold: true},
  accent: {color: 'whiteBright', bold: true},
};

/** Without any colour: what is bad is bold. */
const mono: Readonly<Record<Tone, Style>> = {
  plain: {},
  faint: {dimColor: true},
  strong: {bold: true},
  good: {},
  warn: {bold: true},
  bad: {bold: true},
  doubt: {bold: true},
  accent: {},
};

const themes: Readonly<Record<ThemeName, Readonly<Record<Tone, Style>>>> = {
  default: normal,
  mono,
  'high-contrast': highContrast,
};

export const themeNamed = (name: ThemeName): Readonly<Record<Tone, Style>> => themes[name];
