/** A mail server of this process that keeps what it is given, or keeps its caller waiting. */
import type {AddressInfo} from 'node:net';
import {SMTPServer} from 'smtp-server';

export interface Mailbox extends AsyncDisposable {
  readonly mails: readonly string[];
  /** Whether it takes the connection, the sender and the recipient, and then never answers to the mail itself. */
  keepSilent(silent: boolean): void;
  /** The settings that lead here. */
  readonly env: Readonly<Record<string, string>>;
}

/** `address`: where it can be reached from. */
export const openMailbox = async (address = '127.0.0.1'): Promise<Mailbox> => {
  const mails: string[] = [];
  let silent = false;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      if (silent) return;
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const {port} = server.server.address() as AddressInfo;
  return {
    mails,
    keepSilent: (wanted) => void (silent = wanted),
    env: {
      FRIGATE_HC_SMTP_HOST: address,
      FRIGATE_HC_SMTP_PORT: String(port),
      FRIGATE_HC_SMTP_TLS: 'none',
      FRIGATE_HC_SMTP_FROM: 'frigate@example.com',
      FRIGATE_HC_ALERT_EMAIL: 'owner@example.com',
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
};
