/** JSON and YAML that are safe to show in a terminal: bidirectional control characters and invisible characters are escaped. */

/** Control characters that JSON leaves as they are, separators, bidi marks and overrides, zero widths, tags. */
const UNSEEN =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const hexadecimal = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** `\uXXXX` for each of its code units. */
const jsonEscape = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${hexadecimal(unit.charCodeAt(0), 4)}`)
    .join('');

/** YAML has no halves of a pair. */
const yamlEscape = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${hexadecimal(code, 8)}` : `\\u${hexadecimal(code, 4)}`;
};

/** As `JSON.stringify`; only inside of its texts can there be anything to escape. */
export const jsonOf = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(UNSEEN, jsonEscape);

/** Whether a text must stand in double quotes in YAML, the only ones that know escapes. */
export const needsEscapes = (text: string): boolean => text.search(UNSEEN) !== -1;

/** For a YAML document all of whose texts that need escapes stand in double quotes. */
export const escapedYaml = (document: string): string => document.replace(UNSEEN, yamlEscape);
