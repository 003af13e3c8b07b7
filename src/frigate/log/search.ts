/**
 * Finding any of many literals in bytes, by Wu and Manber's algorithm (TR 94-17, University of Arizona): for three bytes a
 * table gives the least distance to the next literal, so that most of the text is skipped. A compiled
 * expression of the same literals reads every byte and is several times slower (bench/log-scan.ts).
 */

/** Hash of three bytes in 16 bits. */
const hash = (a: number, b: number, c: number): number => (a ^ (b << 5) ^ (c << 10)) & 0xffff;
const BLOCK = 3;

export class LiteralSearch {
  readonly #literals: readonly Uint8Array[];
  /** The length of the shortest literal: as many bytes of each are in the table. */
  readonly #window: number;
  readonly #shifts: Uint8Array;
  /** Which literals may stand where the shift is 0: for each hash its place in the buckets, of which the first one is empty. */
  readonly #bucketOf = new Uint8Array(0x1_0000);
  readonly #buckets: number[][] = [[]];
  #found = -1;

  /** At most 255 literals of 3 to 255 latin1 characters; the longer the shortest one, the faster the search. */
  constructor(literals: readonly string[]) {
    this.#literals = literals.map((literal) => Buffer.from(literal, 'latin1'));
    this.#window = Math.min(...literals.map(({length}) => length));
    this.#shifts = new Uint8Array(0x1_0000).fill(this.#window - BLOCK + 1);
    this.#literals.forEach((literal, index) => {
      for (let end = BLOCK - 1; end < this.#window; end += 1) this.#enter(literal, end, index);
    });
  }

  /** Which literal the last `next` found, by its place in the list. */
  get found(): number {
    return this.#found;
  }

  /** Where the next literal begins in [from, to); -1 when there is none. */
  next(bytes: Uint8Array, from: number, to: number): number {
    const shifts = this.#shifts;
    let end = from + this.#window - 1;
    while (end < to) {
      const key = hash(bytes[end - 2] ?? 0, bytes[end - 1] ?? 0, bytes[end] ?? 0);
      const shift = shifts[key] ?? 1;
      if (shift === 0) {
        const start = end - this.#window + 1;
        this.#found = this.#literalAt(bytes, start, to, key);
        if (this.#found >= 0) return start;
        end += 1;
      } else {
        end += shift;
      }
    }
    return -1;
  }

  #enter(literal: Uint8Array, end: number, index: number): void {
    const key = hash(literal[end - 2] ?? 0, literal[end - 1] ?? 0, literal[end] ?? 0);
    const shift = this.#window - 1 - end;
    this.#shifts[key] = Math.min(this.#shifts[key] ?? 0, shift);
    if (shift > 0) return;
    if (this.#bucketOf[key] === 0) this.#bucketOf[key] = this.#buckets.push([]) - 1;
    this.#buckets[this.#bucketOf[key] ?? 0]?.push(index);
  }

  #literalAt(bytes: Uint8Array, start: number, to: number, key: number): number {
    const bucket = this.#buckets[this.#bucketOf[key] ?? 0] ?? [];
    for (const index of bucket) if (this.#standsAt(bytes, start, to, index)) return index;
    return -1;
  }

  #standsAt(bytes: Uint8Array, start: number, to: number, index: number): boolean {
    const literal = this.#literals[index];
    if (literal === undefined || start + literal.length > to) return false;
    for (let at = 0; at < literal.length; at += 1) if (bytes[start + at] !== literal[at]) return false;
    return true;
  }
}
