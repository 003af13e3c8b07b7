/** A mail and what became of it. */
export interface Message {
  /** Stable over retries, so that a mail client folds duplicates: `<key@frigate-health>`. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Delivery =
  /** `refused`: receivers whom the server did not take; those it took have the mail. */
  | {readonly kind: 'delivered'; readonly refused?: readonly string[]; readonly answer?: string}
  /**
   * Not delivered; worth another try at the next pass. `rejected`: the receiver is there and did not take this one, so that what comes
   * after it may go through.
   */
  | {readonly kind: 'failed'; readonly why: string; readonly rejected?: true};

export interface Mailer {
  send(message: Message, signal: AbortSignal): Promise<Delivery>;
}
