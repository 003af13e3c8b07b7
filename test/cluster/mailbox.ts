/** A mail server of this process that keeps what it is given. */
import type {AddressInfo} from 'node:net';
import {SMTPServer} from 'smtp-server';

export interface Mailbox extends AsyncDisposable {
  readonly mails: readonly string[];
  /** The settings that lead here. */
  readonly env: Readonly<Record<string, string>>;
}

export const openMailbox = async (): Promise<Mailbox> => {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.server.address() as AddressInfo;
  return {
    mails,
    env: {FRIGATE_HC_SMTP_HOST: '127.0.0.1', FRIGATE_HC_SMTP_PORT: String(port), FRIGATE_HC_SMTP_TLS: 'none', FRIGATE_HC_SMTP_FROM: 'frigate@example.com', FRIGATE_HC_SMTP_TO: 'owner@example.com'},
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
};
