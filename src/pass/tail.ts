/** The last lines of a text of any length, in bounded memory. */

/** Characters that are kept at least. */
const KEPT = 128 * 1024;

/** A line whose beginning was let go is left out: it may hold a secret that nothing gives away any more. */
export class Tail {
  readonly #decoder = new TextDecoder();
  #text = '';
  #cut = false;

  add(chunk: Buffer): void {
    this.#text += this.#decoder.decode(chunk, {stream: true});
    if (this.#text.length <= 2 * KEPT) return;
    this.#text = this.#text.slice(-KEPT);
    this.#cut = true;
  }

  /** Those that are not empty, the last `count` of them. */
  lines(count: number): readonly string[] {
    return this.#text
      .split('\n')
      .slice(this.#cut ? 1 : 0)
      .filter((line) => line !== '')
      .slice(-count);
  }
}
