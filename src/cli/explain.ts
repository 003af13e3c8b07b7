/** `check --explain ID` and nothing else, answered without loading oclif: half of the time of its start. With any other flag the command answers. */
import type {Format} from '../report/render.js';
import type {Style} from '../report/style.js';

/** The id that a command line asks to explain, as it was typed; `null` when it asks for anything else. */
export const explainedId = (argv: readonly string[]): string | null => {
  const [command, flag = '', ...rest] = argv;
  if (command !== 'check') return null;
  if (flag.startsWith('--explain=') && rest.length === 0) return flag.slice('--explain='.length);
  return flag === '--explain' && rest.length === 1 ? (rest[0] ?? null) : null;
};

/** The page of the check; `null` for an id that is none, and then the command says what is near to it. */
export const explanation = async (id: string, format: Format, style: Style): Promise<string | null> => {
  const [{catalogue}, {renderExplanation}] = await Promise.all([
    import('../core/checks/catalogue.js'),
    import('../report/catalogue.js'),
  ]);
  const check = catalogue.find((known) => known.id === id.toUpperCase());
  return check === undefined ? null : renderExplanation(check, format, style);
};
