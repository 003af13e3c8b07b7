/** Why there is no cluster to talk to; found before anything is sent. */
export interface ConnectError {
  /** One line, no secret. */
  readonly message: string;
  /** The command or sentence to type next. */
  readonly fix: string;
}

export const connectError = (message: string, fix: string): ConnectError => ({message, fix});
