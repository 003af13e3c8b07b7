/** Whether to colour, and in which characters to write. Decided here once, with every source as a parameter. */

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';

/** `--color`, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether that very stream is a terminal. */
export const wantsColour = (choice: ColourChoice, env: Environment, isTerminal: boolean): boolean => {
  if (choice !== 'auto') return choice === 'always';
  if (isSet(env['NO_COLOR'])) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return env['TERM'] !== 'dumb' && isTerminal;
};

const TERMINALS_WITHOUT_SYMBOLS = ['dumb', 'linux'];

/** ASCII only: on request, on terminals that lack the symbols, and in a locale that says it is not UTF-8. No locale at all says nothing. */
export const wantsAscii = (asked: boolean, env: Environment): boolean => {
  if (asked || TERMINALS_WITHOUT_SYMBOLS.includes(env['TERM'] ?? '')) return true;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  return locale !== undefined && !/utf-?8/i.test(locale);
};
