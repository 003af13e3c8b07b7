/** Bounds on what is stored: names and lists that come from outside never grow the state (docs/how-it-decides.md, "State"). */

/** Characters of a name that are stored; both sides of a comparison are cut the same way. */
const LONGEST_NAME = 60;

/** A name as it stands in the memory: cut, so that a hostile one costs no more than a long one. */
export const storedName = (name: string): string =>
  name.length <= LONGEST_NAME ? name : name.slice(0, LONGEST_NAME).toWellFormed();

const beyondAscii = /[^\0-\x7f]/;

/** Bytes of the value as JSON in UTF-8, without an encoder (core is pure). */
export const jsonBytes = (value: unknown): number => {
  // A lone surrogate is written as an escape by JSON.stringify; every pair is four bytes.
  const text = JSON.stringify(value);
  if (!beyondAscii.test(text)) return text.length;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
  }
  return bytes;
};

/** The first items of a list, and the bytes of JSON that they take. */
export interface Fitting<T> {
  readonly items: readonly T[];
  readonly bytes: number;
}

/** As many of the first items as fit into so many bytes of JSON, with space for one comma behind each. */
export const fitting = <T>(items: readonly T[], most: number): Fitting<T> => {
  // Nearly always all of them do.
  const all = jsonBytes(items);
  if (all < most) return {items, bytes: all};
  const kept: T[] = [];
  let bytes = 2;
  for (const item of items) {
    const next = bytes + jsonBytes(item) + 1;
    if (next > most) break;
    bytes = next;
    kept.push(item);
  }
  // The last one has no comma.
  return {items: kept, bytes: Math.max(2, bytes - 1)};
};
