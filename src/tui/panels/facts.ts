/** A label and what it says, one under the other. */
import {line, span, wrapText, type Line, type Tone} from '../text.js';

/** Columns of the label. */
export const LABEL = 10;

export const row = (label: string, text: string, tone: Tone = 'plain'): Line =>
  line(span(label.padEnd(LABEL), 'faint'), span(text, tone));

/** A text that may need several lines, its further ones under the first. */
export const rows = (label: string, text: string, width: number, tone: Tone = 'plain'): readonly Line[] =>
  wrapText(text, Math.max(10, width - LABEL)).map((part, index) => row(index === 0 ? label : '', part, tone));
