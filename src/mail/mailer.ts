/** The way out for alerts. One message, one deadline; the outcome is a value. */
export interface Message {
  /** Stable over retries, so that a mail client folds duplicates: `<key@frigate-health>`. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Delivery =
  /** `refused`: receivers whom the server did not take; those it took have the mail. */
  | {readonly kind: 'delivered'; readonly refused?: readonly string[]}
  /** Not delivered; worth another try at the next pass. */
  | {readonly kind: 'failed'; readonly why: string}
  | {readonly kind: 'not-configured'};

export interface Mailer {
  readonly configured: boolean;
  send(message: Message, signal: AbortSignal): Promise<Delivery>;
}
