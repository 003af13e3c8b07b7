/** Strict JSON at the edge. */
import {maskedLine} from '../../core/mask.js';
import {known, unknown, type Known, type Unknown} from '../../core/known.js';
import {isObject} from './values.js';

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

/** Python's words for non-finite numbers outside of a string: Flask (up to 0.14) may print them. */
const PYTHON_NUMBER = /[:[,]\s*-?(?:NaN|Infinity)\b/;

/** Whether a body is invalid JSON only because of a literal NaN or Infinity: garbled, but from an API that responds. */
export const holdsPythonNumber = (body: Buffer): boolean => PYTHON_NUMBER.test(body.toString('utf8'));

const parseText = (text: string): {readonly parsed: unknown} | null => {
  try {
    return {parsed: JSON.parse(text)};
  } catch {
    return null;
  }
};

/** Parses a body as strict JSON. `asked` begins the message: what was asked for. */
export const parseJson = (asked: string, body: Buffer): Known<unknown> => {
  const text = body.toString('utf8');
  const outcome = parseText(text);
  if (outcome !== null) return known(outcome.parsed);
  if (text.trim() === '') return unknown('garbled', `${asked}: an empty answer`);
  if (PYTHON_NUMBER.test(text)) return unknown('garbled', `${asked}: not JSON, it holds a literal NaN or Infinity`);
  return unknown('garbled', `${asked}: not JSON, it begins with "${maskedLine(text.slice(0, 400), 60)}"`);
};

/** Says in one line why a parsed answer is not the object that was asked for. */
export const wrongShape = (asked: string, value: unknown, expected: string): Unknown => {
  if (isObject(value) && value['success'] === false) {
    const message = value['message'];
    return unknown(
      'garbled',
      `${asked}: Frigate answered success: false${typeof message === 'string' ? ` (${maskedLine(message, 120)})` : ''}`,
    );
  }
  return unknown(
    'garbled',
    isObject(value) ? `${asked}: an object without ${expected}` : `${asked}: ${kindOf(value)} instead of ${expected}`,
  );
};
