/** A label with its value on one line or several. */
import {line, span, wrapText, type Line, type Tone} from '../text.js';

/** Columns of the label. */
export const LABEL = 10;

export const labelledLine = (label: string, text: string, tone: Tone = 'plain'): Line =>
  line(span(label.padEnd(LABEL), 'faint'), span(text, tone));

/** A text that may need several lines, its further ones under the first. */
export const labelledLines = (label: string, text: string, width: number, tone: Tone = 'plain'): readonly Line[] =>
  wrapText(text, Math.max(10, width - LABEL)).map((part, index) => labelledLine(index === 0 ? label : '', part, tone));
