/** A small file that is read again while the daemon runs. What could be read last stays in force: a mistake in it takes nothing away. */
import {seconds} from '../../core/time.js';

/** Between two readings of a file. */
export const READ_AGAIN = seconds(2);

export type ParsedFile<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly error: string};

export interface FollowedFileOptions<T> {
  readonly path: string;
  /** `null`: it cannot be read. A Secret or ConfigMap is swapped by a symbolic link, so that the path is read, never a file that is kept open. */
  readonly readFile: (path: string) => string | null;
  /** `text` null: it cannot be read. Without secrets in the error. */
  readonly parse: (text: string | null) => ParsedFile<T>;
  /** The text that is in force at the beginning, and what it means. */
  readonly first: {readonly text: string | null; readonly value: T};
  readonly onRead: (value: T) => void;
  readonly onRefused: (error: string) => void;
}

export class FollowedFile<T> {
  readonly #options: FollowedFileOptions<T>;
  #text: string | null;
  #value: T;
  #error: string | null = null;

  constructor(options: FollowedFileOptions<T>) {
    this.#options = options;
    this.#text = options.first.text;
    this.#value = options.first.value;
  }

  /** What is in force. */
  get value(): T {
    return this.#value;
  }

  /** Why the newest text is not in force; `null`: it is. */
  get error(): string | null {
    return this.#error;
  }

  /** Reads it again. Each text is parsed and reported once. */
  check(): void {
    const {path, readFile, parse, onRead, onRefused} = this.#options;
    const text = readFile(path);
    if (text === this.#text) return;
    this.#text = text;
    const parsed = parse(text);
    if (parsed.ok) {
      this.#value = parsed.value;
      this.#error = null;
      onRead(parsed.value);
    } else {
      this.#error = `${path}: ${parsed.error}`;
      onRefused(this.#error);
    }
  }
}
