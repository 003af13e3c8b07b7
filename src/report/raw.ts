/** An answer of Frigate as it came, on stdout: every byte for a program, nothing that a terminal would obey for a person. */
import type {Style} from './style.js';

/** All but tab and line feeds. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

export const renderRaw = (body: string, {columns}: Style): string => {
  // Without columns stdout is no terminal.
  if (columns === null) return body;
  const shown = body.replace(CONTROL, escaped);
  return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
};
