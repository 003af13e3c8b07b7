/**
 * JSON with its secrets hidden and every other byte as it was, so that it can still be read by programs. `mask` works on prose:
 * of `"password": "x"` it would leave no JSON.
 */
import {mask, namesSecret} from './mask.js';

const HIDDEN = '"***"';

/** A string (the last one may be cut off), a sign of the structure, blanks, or a word. */
const TOKEN = /"[^"\\]*(?:\\[^][^"\\]*)*"?|[{}[\]:,]|\s+|[^\s"{}[\]:,]+/g;
/** The words of JSON, and those that Python adds. */
const LITERAL = /^(?:true|false|null|-?NaN|-?Infinity|-?\d[\d.eE+-]*)$/;

const isWhole = (token: string): boolean => token.length > 1 && token.endsWith('"');

const unquoted = (token: string): string => {
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === 'string' ? text : token;
  } catch {
    return token.slice(1, -1);
  }
};

/** The same string, or a new one where something in it was masked. */
const maskedString = (token: string): string => {
  if (!isWhole(token)) return mask(token);
  const text = unquoted(token);
  const hidden = mask(text);
  return hidden === text ? token : JSON.stringify(hidden);
};

/** What is true, false or null is no secret, whatever it is called (`reset_admin_password`). */
const holdsNothing = (token: string): boolean => /^(?:true|false|null)$/.test(token) || token === '""';

/** How much deeper a sign leads. */
const stepOf = (token: string): number => {
  if (token === '{' || token === '[') return 1;
  return token === '}' || token === ']' ? -1 : 0;
};

const maskedValue = (token: string, isSecret: boolean): string => {
  if (isSecret && !holdsNothing(token)) return HIDDEN;
  return token.startsWith('"') ? maskedString(token) : token;
};

/**
 * Hides the values of names that secrets have, whole where they are lists or objects, and secrets inside of any string. A text
 * that holds other words than JSON does is masked as prose.
 */
export const maskJson = (text: string): string => {
  const parts: string[] = [];
  let last = '';
  /** The value of a secret's name comes next. */
  let isAnnounced = false;
  /** How deep inside of a secret list or object; 0: in none. */
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (/^\s/.test(token)) {
      parts.push(token);
      continue;
    }
    const isSign = /^[{}[\]:,]$/.test(token);
    if (!isSign && !token.startsWith('"') && !LITERAL.test(token)) return mask(text);
    if (isAnnounced || depth > 0) depth += stepOf(token);
    parts.push(isSign ? token : maskedValue(token, isAnnounced || depth > 0));
    isAnnounced = token === ':' && last.startsWith('"') && namesSecret(unquoted(last));
    last = token;
  }
  return parts.join('');
};
