/**
 * Secrets that were found where they stand under a name (a password's field, the user of a URL, the environment of a pod), so
 * that they are found again where no name gives them away: in a log line, a message, an annotation. Pure.
 */
import {namesSecret} from './mask.js';

const HIDDEN = '***';
/** A shorter text is part of too many words. */
const SHORTEST = 4;
const NAME =
  'pass(?:word|wd|phrase|code)?|pwd|token|secret|api[_-]?key|apikey|access[_-]?key|credentials?|jwt|authorization';
/** Where a secret stands in prose, each with the secret as its one group. */
const PLACES: readonly RegExp[] = [
  // The password of a URL; it may hold an unescaped "@" itself, or the next URL follows in the same word.
  /:\/\/[^\s:@/"']*:([^\s@"']+)@/g,
  /:\/\/[^\s:@/"']*:([^\s"']+)@/g,
  new RegExp(`(?:${NAME}|auth|key|sig(?:nature)?)(?:=|%3d)["']?([^&\\s"'<>]+)`, 'gi'),
];
/** A colon also stands in sentences (`token: expired`), so that a plain word behind it is no secret. */
const LOOSE_PLACES: readonly RegExp[] = [
  new RegExp(`(?:${NAME})["']?\\s{0,8}:\\s{0,8}["']?([^\\s"',;}&]+)`, 'gi'),
  new RegExp(`(?:${NAME})["']?\\s{0,8}:\\s{0,8}"([^"]+)"`, 'gi'),
  /\b(?:Bearer|Basic|Digest)\s+([^\s"',]+)/gi,
];
const isPlainWord = (text: string): boolean => /^[a-z]{1,11}$/i.test(text);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Passwords of URLs, and values that stand behind the name of a secret. */
const secretsInText = (text: string): readonly string[] => {
  const foundBy = (places: readonly RegExp[]): readonly string[] =>
    places.flatMap((place) => [...text.matchAll(place)].flatMap(([, secret]) => secret ?? []));
  const found = [...foundBy(PLACES), ...foundBy(LOOSE_PLACES).filter((word) => !isPlainWord(word))];
  return found.flatMap((secret) => [secret, decoded(secret)]);
};

/** Those inside of any text of a value, whatever the names of its fields are. */
export const secretsInTexts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return secretsInText(value);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsInTexts) : [];
};

/** The texts under the names that secrets have, and those inside of any text. `inSecret`: all of it is one. */
export const secretsIn = (value: unknown, inSecret = false): readonly string[] => {
  if (typeof value === 'string') return inSecret ? [value, ...secretsInText(value)] : secretsInText(value);
  if (typeof value === 'number') return inSecret ? [String(value)] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, inSecret));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, inSecret || namesSecret(name)));
};

/** How `encode` says a text in base64 inside of a longer one: without what depends on its neighbours. */
const base64Forms = (secret: string, base64: (text: string) => string): readonly string[] => {
  const whole = base64(secret).replace(/=+$/, '');
  return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')].filter((form) => form.length >= SHORTEST * 2);
};

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * A function that hides each of the secrets in a text: as it is, percent-encoded, escaped as in JSON, and in base64. `known`:
 * names that stand everywhere (the namespace, a camera), which are no secrets even where somebody chose one as a password.
 */
export const hiderOf = (
  secrets: Iterable<string>,
  known: ReadonlySet<string>,
  base64: (text: string) => string,
): ((text: string) => string) => {
  const forms = new Set<string>();
  for (const secret of new Set(secrets)) {
    const plain = secret.trim();
    if (plain.length < SHORTEST || known.has(plain) || /^\*+$/.test(plain)) continue;
    for (const form of [plain, encodeURIComponent(plain.toWellFormed()), escaped(plain), ...base64Forms(plain, base64)])
      forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  // By their first characters, so that thousands of secrets cost one walk through the text.
  const byHead = Map.groupBy(forms, (form) => form.slice(0, SHORTEST));
  for (const group of byHead.values()) group.sort((a, b) => b.length - a.length);
  const formAt = (text: string, index: number): string | undefined =>
    byHead.get(text.slice(index, index + SHORTEST))?.find((form) => text.startsWith(form, index));
  /** The beginning of a secret before the sign that its text was cut there. */
  const hideCut = (text: string): string =>
    text.replace(/\S{4,}…/g, (word) => {
      const cut = word.length - 1;
      for (let index = 0; index + SHORTEST <= cut; index += 1) {
        const rest = word.slice(index, cut);
        if (byHead.get(rest.slice(0, SHORTEST))?.some((form) => form.startsWith(rest)) === true)
          return `${word.slice(0, index)}${HIDDEN}…`;
      }
      return word;
    });
  return (text) => {
    const parts: string[] = [];
    let from = 0;
    for (let index = 0; index + SHORTEST <= text.length;) {
      const form = formAt(text, index);
      if (form === undefined) index += 1;
      else {
        parts.push(text.slice(from, index), HIDDEN);
        index += form.length;
        from = index;
      }
    }
    return hideCut(parts.length === 0 ? text : parts.join('') + text.slice(from));
  };
};
