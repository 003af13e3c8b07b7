/** Which face `watch` shows, decided here with every source as a parameter; Ink's own guess is never asked. */

export type FaceName = 'screen' | 'lines' | 'jsonl' | 'once';

export interface Circumstances {
  readonly output: 'text' | 'jsonl';
  readonly once: boolean;
  /** A person asked for lines. */
  readonly plain: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const isSet = (text: string | undefined): boolean =>
  text !== undefined && text !== '' && text !== '0' && text !== 'false';

/** A screen only on a terminal that can move its cursor, outside of CI, and not for a screen reader. */
export const faceFor = ({output, once, plain, stdoutIsTerminal, env}: Circumstances): FaceName => {
  if (once) return 'once';
  if (output === 'jsonl') return 'jsonl';
  const inCi = isSet(env['CI']) || isSet(env['CONTINUOUS_INTEGRATION']);
  if (plain || !stdoutIsTerminal || env['TERM'] === 'dumb' || inCi || isSet(env['INK_SCREEN_READER'])) return 'lines';
  return 'screen';
};
