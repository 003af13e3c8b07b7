/**
 * Text from outside made fit to be shown: without secrets, on one line, without anything that a terminal, a mail header
 * or a reader would obey. Masking prefers to hide too much; it is linear in the length of the text and never throws.
 */

const HIDDEN = '***';

/** `://` and `@`, plain or percent-encoded any number of times. */
const SCHEME_END = /:\/\/|%(?:25)*3a%(?:25)*2f%(?:25)*2f/i;
const USER_END = /@|%(?:25)*40/gi;
/** `user:password@host` without a scheme. */
const BARE_USER = /^(["'([{<]*)[^\s:@/]+:[^\s@]+@(?=[\w[*])/;

const SECRET_NAME = 'pass(?:word|wd|phrase|code)?|pwd|token|secret|api[_-]?key|apikey|access[_-]?key|credentials?|jwt';
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'';
/** Query parameters and shell-like assignments: `password=…`, `key=…`, also encoded; the value ends at `&` or a blank. */
const ASSIGNED = new RegExp(
  `(${SECRET_NAME}|key|auth|sig(?:nature)?)(=|%(?:25)*3d)(?:${QUOTED}|(?:(?!&|%(?:25)*26)\\S)+)`,
  'gi',
);
const SECRET_ENDING = new RegExp(`(?:${SECRET_NAME}|authorization|cookie)$`, 'i');

/** Whether a field of this name holds a secret: `mqtt_password`, `auth_secret`, `Authorization`. */
export const namesSecret = (name: string): boolean => SECRET_ENDING.test(name);

/** YAML, JSON and `name: value` forms. */
const NAMED = new RegExp(`((?:${SECRET_NAME})["']?\\s{0,8}:\\s{0,8})(?:${QUOTED}|[^\\s,;}&]+)`, 'gi');
const HEADER = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-csrf-token)(["']?\s{0,8}[:=]\s{0,8})[^\r\n]+/gi;
const BEARER = /\b(Bearer|Basic|Digest)(\s+|%20|\+)[^\s"',]+/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?/g;

const maskUser = (token: string): string => {
  const scheme = SCHEME_END.exec(token);
  if (scheme === null) return token.replace(BARE_USER, `$1${HIDDEN}@`);
  const from = scheme.index + scheme[0].length;
  let end: {readonly index: number} | null = null;
  // The last one counts: a password may hold an unescaped "@" itself.
  for (const found of token.matchAll(USER_END)) if (found.index >= from) end = found;
  return end === null ? token : `${token.slice(0, from)}${HIDDEN}${token.slice(end.index)}`;
};

/**
 * Hides passwords and tokens: user information of URLs (plain or percent-encoded), `password=`/`token=`/`key=` and their
 * kin, `Authorization` and cookies, Bearer and Basic credentials, JSON web tokens.
 */
export const mask = (text: string): string =>
  text
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(BEARER, `$1$2${HIDDEN}`)
    .replace(ASSIGNED, `$1$2${HIDDEN}`)
    .replace(NAMED, `$1${HIDDEN}`)
    .replace(JSON_WEB_TOKEN, HIDDEN)
    .replace(/\S+/g, maskUser);

/** Terminal sequences: CSI, OSC and other strings up to their end, two-byte escapes. */
const TERMINAL_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
/** Bidirectional control characters and invisible characters. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;
const BLANKS = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029]+/g;

const visible = (text: string): string =>
  text.toWellFormed().replace(TERMINAL_SEQUENCE, '').replace(INVISIBLE, '').replace(BLANKS, ' ').trim();

const cut = (text: string, max: number): string => {
  if (text.length <= max) return text;
  if (max <= 1) return max === 1 ? '…' : '';
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

/** The text on one line of at most `max` UTF-16 units, without control characters, terminal sequences or bidi overrides. */
export const oneLine = (text: string, max: number): string => cut(visible(text), max);

/** `oneLine` of the masked text. Masked before it is cut, so that the cut never parts a secret from what gives it away. */
export const maskedLine = (text: string, max: number): string => cut(visible(mask(visible(text))), max);
