/** How `watch` shows itself, decided here from parameters alone; Ink's own detection is not used. */

export type OutputMode = 'screen' | 'lines' | 'jsonl' | 'once';

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
export const outputModeFor = ({output, once, plain, stdoutIsTerminal, env}: Circumstances): OutputMode => {
  if (once) return 'once';
  if (output === 'jsonl') return 'jsonl';
  const inCi = isSet(env['CI']) || isSet(env['CONTINUOUS_INTEGRATION']);
  if (plain || !stdoutIsTerminal || env['TERM'] === 'dumb' || inCi || isSet(env['INK_SCREEN_READER'])) return 'lines';
  return 'screen';
};
