/** Somebody who watches Frigate and may restart it, and the book that is kept of them. */
import type {Installation, Worth} from './installation.js';

export interface Policy {
  readonly name: string;
  /** Seconds between two looks. */
  readonly every: number;
  /** One look: what it did and told. */
  look(installation: Installation, notes: Notes): void;
}

export interface Notes {
  restarted(worth: Worth): void;
  /** A mail or other alert that reached a person. */
  told(): void;
  /** It says that something is wrong. */
  alarmed(): void;
}
