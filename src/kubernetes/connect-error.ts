/** Why no cluster can be used; found before any request is sent. */
import type {Fix} from '../core/fix.js';

export interface ConnectError {
  /** One line, no secret. */
  readonly message: string;
  /** What to do next. */
  readonly fix: Fix;
}

export const connectError = (message: string, fix: Fix): ConnectError => ({message, fix});
