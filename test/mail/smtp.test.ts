import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo, Server, Socket} from 'node:net';
import path from 'node:path';
import {SMTPServer} from 'smtp-server';
import type {SMTPServerOptions} from 'smtp-server';
import {milliseconds} from '../../src/core/time.js';
import type {Delivery, Message} from '../../src/mail/mailer.js';
import {createMailer} from '../../src/mail/smtp.js';
import type {MailSettings} from '../../src/settings/settings.js';

const certificates = path.join(import.meta.dirname, 'certificates');
const certificate = (name: string): string => path.join(certificates, name);

const never = new AbortController().signal;
const message: Message = {
  id: 'inc-1/began',
  subject: 'Frigate: the detector hangs',
  text: 'What was seen\n',
  html: '<p>What was seen</p>',
};
const password = 'correct-horse-battery';

interface Mailbox {
  readonly port: number;
  readonly mails: string[];
  readonly logins: string[];
  readonly secured: boolean[];
}

/** Runs a mail server on loopback while `use` runs. */
const withServer = async (options: SMTPServerOptions, use: (mailbox: Mailbox) => Promise<void>): Promise<void> => {
  const mails: string[] = [];
  const logins: string[] = [];
  const secured: boolean[] = [];
  const server = new SMTPServer({
    key: readFileSync(certificate('server.key')),
    cert: readFileSync(certificate('server.pem')),
    authOptional: true,
    onAuth: (login, _session, done) => {
      logins.push(login.username ?? '');
      if (login.password === password) done(null, {user: login.username});
      else done(new Error(`535 no, ${login.username ?? ''}: ${login.password ?? ''} is wrong`));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mails.push(text);
        secured.push(session.secure);
        done();
      });
    },
    ...options,
  });
  // A client that refuses the certificate ends the handshake; that is what some of the tests are about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await use({port: (server.server.address() as AddressInfo).port, mails, logins, secured});
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
};

/** Runs a bare TCP server that does what it is told with each connection. */
const withSocketServer = async (
  onConnection: (socket: Socket) => void,
  use: (port: number) => Promise<void>,
): Promise<void> => {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
};

const settings = (port: number, given: Partial<MailSettings> = {}): MailSettings => ({
  host: '127.0.0.1',
  port,
  tls: 'implicit',
  user: 'robot',
  password,
  from: 'Frigate <nvr@example.org>',
  to: ['me@example.org', 'you@example.org'],
  caFile: certificate('authority.pem'),
  ...given,
});

const failureOf = (delivery: Delivery): string => {
  assert.equal(delivery.kind, 'failed');
  return delivery.why;
};

describe('mail', () => {
  it('is delivered over implicit TLS with a private authority', async () => {
    await withServer({secure: true}, async ({port, mails, logins, secured}) => {
      assert.deepEqual(await createMailer(settings(port)).send(message, never), {kind: 'delivered'});
      assert.deepEqual([logins, secured], [['robot'], [true]]);
      const mail = mails[0]!;
      for (const part of [
        'Message-ID: <inc-1-began@frigate-health>',
        'Subject: Frigate: the detector hangs',
        'To: me@example.org, you@example.org',
        'text/plain',
        'text/html',
        'Auto-Submitted: auto-generated',
      ]) {
        assert.ok(mail.includes(part), `${part}\n${mail}`);
      }
    });
  });

  it('keeps a Message-ID that is whole already', async () => {
    await withServer({secure: true}, async ({port, mails}) => {
      await createMailer(settings(port)).send({...message, id: '<inc-2.began@frigate-health>'}, never);
      assert.ok(mails[0]!.includes('Message-ID: <inc-2.began@frigate-health>'));
    });
  });

  it('is delivered over STARTTLS, and not before the connection is encrypted', async () => {
    await withServer({secure: false}, async ({port, secured}) => {
      assert.deepEqual(await createMailer(settings(port, {tls: 'starttls'})).send(message, never), {kind: 'delivered'});
      assert.deepEqual(secured, [true]);
    });
  });

  it('is not sent in clear text where STARTTLS is asked for and the server has none', async () => {
    await withServer(
      {secure: false, hideSTARTTLS: true, disabledCommands: ['STARTTLS']},
      async ({port, mails, logins}) => {
        failureOf(await createMailer(settings(port, {tls: 'starttls'})).send(message, never));
        assert.deepEqual([mails, logins], [[], []]);
      },
    );
  });

  it('is sent in clear text and without a login only where that is asked for', async () => {
    await withServer({secure: false, hideSTARTTLS: true}, async ({port, secured}) => {
      assert.deepEqual(
        await createMailer(settings(port, {tls: 'none', user: null, password: null, caFile: null})).send(
          message,
          never,
        ),
        {kind: 'delivered'},
      );
      assert.deepEqual(secured, [false]);
    });
  });

  for (const [what, caFile] of [
    ['an authority that is not known', null],
    ['another authority', certificate('other-authority.pem')],
  ] as const) {
    for (const tls of ['implicit', 'starttls'] as const) {
      it(`is refused by us for ${what} over ${tls}`, async () => {
        await withServer({secure: tls === 'implicit'}, async ({port, mails, logins}) => {
          assert.match(
            failureOf(await createMailer(settings(port, {tls, caFile})).send(message, never)),
            /certificate|self.signed|issuer/i,
          );
          assert.deepEqual([mails, logins], [[], []]);
        });
      });
    }
  }

  it('fails without a word of the password when the login is refused, even when the server echoes it', async () => {
    await withServer({secure: true}, async ({port, mails}) => {
      const why = failureOf(await createMailer(settings(port, {password: 'hunter2hunter2'})).send(message, never));
      assert.match(why, /535|Invalid login/);
      assert.ok(!why.includes('hunter2'), why);
      assert.ok(!why.includes(Buffer.from('hunter2hunter2').toString('base64')), why);
      assert.deepEqual(mails, []);
    });
  });

  it('fails when the server refuses the receiver', async () => {
    await withServer(
      {secure: true, onRcptTo: (_address, _session, done) => done(new Error('550 nobody here'))},
      async ({port, mails}) => {
        assert.match(failureOf(await createMailer(settings(port)).send(message, never)), /nobody here/);
        assert.deepEqual(mails, []);
      },
    );
  });

  it('tells whom the server did not take, when it took others', async () => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({address}, _session, done) =>
      done(address === 'gone@example.org' ? new Error('550 nobody here') : null);
    await withServer({secure: true, onRcptTo}, async ({port, mails}) => {
      const delivery = await createMailer(settings(port, {to: ['gone@example.org', 'owner@example.org']})).send(
        message,
        never,
      );
      assert.deepEqual(delivery, {kind: 'delivered', refused: ['gone@example.org']});
      assert.equal(mails.length, 1);
    });
  });

  it('fails at once when nobody listens', async () => {
    let closed = 0;
    await withSocketServer(
      () => undefined,
      (port) => {
        closed = port;
        return Promise.resolve();
      },
    );
    assert.match(
      failureOf(await createMailer(settings(closed)).send(message, never)),
      new RegExp(`^mail server 127.0.0.1:${closed}: .*ECONNREFUSED`),
    );
  });

  const silences: ReadonlyArray<
    readonly [what: string, tls: MailSettings['tls'], onConnection: (socket: Socket) => void]
  > = [
    ['never speaks TLS', 'implicit', () => undefined],
    ['never greets', 'starttls', () => undefined],
    ['greets and falls silent', 'starttls', (socket) => socket.write('220 here\r\n')],
    [
      'trickles without an end',
      'starttls',
      (socket) => {
        const timer = setInterval(() => socket.write('220-still here\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ];
  for (const [what, tls, onConnection] of silences) {
    it(`gives up within the limit when the server ${what} (B-35)`, async () => {
      await withSocketServer(onConnection, async (port) => {
        const begun = performance.now();
        const why = failureOf(await createMailer(settings(port, {tls}), milliseconds(300)).send(message, never));
        assert.ok(performance.now() - begun < 1500, why);
        assert.match(why, /no delivery within 0.3 s|timed? ?out|timeout|never received/i);
      });
    });
  }

  it('ends with the pass', async () => {
    await withSocketServer(
      () => undefined,
      async (port) => {
        const pass = new AbortController();
        const sent = createMailer(settings(port, {tls: 'starttls'})).send(message, pass.signal);
        setTimeout(() => pass.abort(), 50);
        const begun = performance.now();
        assert.equal(failureOf(await sent), 'the pass ended before the mail was delivered');
        assert.ok(performance.now() - begun < 1000);
      },
    );
  });

  it('has one line in every header, whatever a camera is called (B-42)', async () => {
    await withServer({secure: true}, async ({port, mails}) => {
      const delivery = await createMailer(settings(port)).send(
        {
          ...message,
          id: 'a\r\nBcc: evil@example.org',
          subject: 'camera x\r\nBcc: evil@example.org\n\nbody \u0000 Küche',
        },
        never,
      );
      assert.deepEqual(delivery, {kind: 'delivered'});
      const headers = mails[0]!.split('\r\n\r\n')[0]!;
      assert.ok(!/^bcc:/im.test(headers), headers);
    });
  });

  it('fails when the file of the authority is gone', async () => {
    assert.match(
      failureOf(await createMailer(settings(1, {caFile: '/nowhere/ca.pem'})).send(message, never)),
      /ENOENT/,
    );
  });

  it('says so when no mail is configured', async () => {
    const mailer = createMailer(null);
    assert.equal(mailer.configured, false);
    assert.deepEqual(await mailer.send(message, never), {kind: 'not-configured'});
  });
});
