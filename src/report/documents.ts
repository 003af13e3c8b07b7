/** What the commands whose result is one document have in common: their formats, and a page of lines for people. */
import {mask} from '../core/mask.js';
import {toAscii} from './layout.js';
import type {Style} from './style.js';

/** The formats of commands whose result is a document, not a report of checks. */
export const DOCUMENT_FORMATS = ['text', 'json', 'yaml'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

export const API_VERSION = 'frigate-health.io/v1';

/** Reasons, log lines and messages of the API server are untrusted text: a password in them is masked. */
export const page = (lines: readonly string[], style: Style): string => {
  const text = `${lines.map((line) => mask(line)).join('\n')}\n`;
  return style.ascii ? toAscii(text) : text;
};
