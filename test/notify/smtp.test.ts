import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import type {AddressInfo, Server, Socket} from 'node:net';
import path from 'node:path';
import {SMTPServer} from 'smtp-server';
import type {SMTPServerOptions} from 'smtp-server';
import {FakeTimers} from '../support/fake-timers.js';
import {seconds} from '../../src/core/time.js';
import type {Delivery, Message} from '../../src/notify/mailer.js';
import {createMailer} from '../../src/notify/smtp.js';
import type {MailSettings} from '../../src/settings/settings.js';

const timers = new FakeTimers();

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
const withServer = async (
  options: SMTPServerOptions,
  use: (mailbox: Mailbox) => Promise<void>,
  address = '127.0.0.1',
): Promise<void> => {
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
    server.listen(0, address, resolve);
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
      assert.deepEqual(await createMailer(settings(port), timers).send(message, never), {kind: 'delivered'});
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
      await createMailer(settings(port), timers).send({...message, id: '<inc-2.began@frigate-health>'}, never);
      assert.ok(mails[0]!.includes('Message-ID: <inc-2.began@frigate-health>'));
    });
  });

  it('is delivered over STARTTLS, and not before the connection is encrypted', async () => {
    await withServer({secure: false}, async ({port, secured}) => {
      assert.deepEqual(await createMailer(settings(port, {tls: 'starttls'}), timers).send(message, never), {
        kind: 'delivered',
      });
      assert.deepEqual(secured, [true]);
    });
  });

  it('is not sent in clear text where STARTTLS is asked for and the server has none', async () => {
    await withServer(
      {secure: false, hideSTARTTLS: true, disabledCommands: ['STARTTLS']},
      async ({port, mails, logins}) => {
        failureOf(await createMailer(settings(port, {tls: 'starttls'}), timers).send(message, never));
        assert.deepEqual([mails, logins], [[], []]);
      },
    );
  });

  it('names the setting where the server has no STARTTLS, and where its certificate is for another name', async () => {
    await withServer({secure: false, hideSTARTTLS: true, disabledCommands: ['STARTTLS']}, async ({port}) => {
      const why = failureOf(await createMailer(settings(port, {tls: 'starttls'}), timers).send(message, never));
      assert.match(why, /does not offer encryption \(STARTTLS\).*FRIGATE_HC_SMTP_TLS=none$/);
    });
    await withServer(
      {secure: true},
      async ({port}) => {
        const why = failureOf(await createMailer(settings(port, {host: '127.0.0.2'}), timers).send(message, never));
        assert.match(why, /not for the name 127\.0\.0\.2\. Set FRIGATE_HC_SMTP_HOST/);
      },
      '127.0.0.2',
    );
  });

  for (const tls of ['starttls', 'none'] as const) {
    it(`with ${tls} says after 1.5 s that the server expects TLS at once, whatever its certificate`, async () => {
      await withServer({secure: true}, async ({port, mails}) => {
        const waiting = new FakeTimers();
        const sending = createMailer(settings(port, {tls, caFile: null}), waiting).send(message, never);
        await waiting.advance(seconds(2));
        assert.match(failureOf(await sending), /expects implicit TLS. Set FRIGATE_HC_SMTP_TLS=implicit$/);
        assert.deepEqual(mails, []);
      });
    });
  }

  it('with implicit says that the server does not begin with TLS', async () => {
    await withServer({secure: false}, async ({port}) => {
      const why = failureOf(await createMailer(settings(port), timers).send(message, never));
      assert.match(why, /does not use implicit TLS. Set FRIGATE_HC_SMTP_TLS=starttls$/);
    });
  });

  it('waits for a server that greets late', async () => {
    const greetings: Array<() => void> = [];
    const {promise: connected, resolve: connect} = Promise.withResolvers<undefined>();
    const onConnect = (_session: unknown, greet: () => void): void => {
      greetings.push(greet);
      connect(undefined);
    };
    await withServer({secure: false, onConnect}, async ({port, mails}) => {
      const waiting = new FakeTimers();
      const sending = createMailer(settings(port, {tls: 'starttls'}), waiting).send(message, never);
      await connected;
      await waiting.advance(seconds(2));
      for (const greet of greetings) greet();
      assert.deepEqual(await sending, {kind: 'delivered'});
      assert.equal(mails.length, 1);
    });
  });

  it('is sent in clear text and without a login only where that is asked for', async () => {
    await withServer({secure: false, hideSTARTTLS: true}, async ({port, secured}) => {
      assert.deepEqual(
        await createMailer(settings(port, {tls: 'none', user: null, password: null, caFile: null}), timers).send(
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
          const why = failureOf(await createMailer(settings(port, {tls, caFile}), timers).send(message, never));
          if (caFile === null) {
            assert.match(why, /FRIGATE_HC_SMTP_CA_FILE .*FRIGATE_HC_SMTP_TLS=none$/);
            assert.ok(!why.includes('Node.js'), why);
          } else assert.match(why, /not from the authority in FRIGATE_HC_SMTP_CA_FILE$/);
          assert.deepEqual([mails, logins], [[], []]);
        });
      });
    }
  }

  it('fails without a word of the password when the login is refused, even when the server echoes it', async () => {
    await withServer({secure: true}, async ({port, mails}) => {
      const why = failureOf(
        await createMailer(settings(port, {password: 'hunter2hunter2'}), timers).send(message, never),
      );
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
        assert.match(failureOf(await createMailer(settings(port), timers).send(message, never)), /nobody here/);
        assert.deepEqual(mails, []);
      },
    );
  });

  it('tells whom the server did not take, when it took others', async () => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({address}, _session, done) =>
      done(address === 'gone@example.org' ? new Error('550 nobody here') : null);
    await withServer({secure: true, onRcptTo}, async ({port, mails}) => {
      const delivery = await createMailer(settings(port, {to: ['gone@example.org', 'owner@example.org']}), timers).send(
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
      failureOf(await createMailer(settings(closed), timers).send(message, never)),
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
        const trickle = (): void => {
          if (!socket.destroyed) socket.write('220-still here\r\n', () => setImmediate(trickle));
        };
        trickle();
      },
    ],
  ];
  for (const [what, tls, onConnection] of silences) {
    it(`gives up within the limit when the server ${what} (B-35)`, async () => {
      const {promise: dialled, resolve: dial} = Promise.withResolvers<null>();
      const serve = (socket: Socket): void => {
        onConnection(socket);
        dial(null);
      };
      await withSocketServer(serve, async (port) => {
        const sending = createMailer(settings(port, {tls}), timers).send(message, never);
        await dialled;
        await timers.advance(seconds(10));
        assert.match(failureOf(await sending), /no delivery within 10 s/);
      });
    });
  }

  it('ends with the pass', async () => {
    const pass = new AbortController();
    await withSocketServer(
      () => pass.abort(),
      async (port) => {
        const sent = createMailer(settings(port, {tls: 'starttls'}), timers).send(message, pass.signal);
        assert.equal(failureOf(await sent), 'the pass ended before the mail was delivered');
      },
    );
  });

  it('has one line in every header, whatever a camera is called (B-42)', async () => {
    await withServer({secure: true}, async ({port, mails}) => {
      const delivery = await createMailer(settings(port), timers).send(
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
      failureOf(await createMailer(settings(1, {caFile: '/nowhere/ca.pem'}), timers).send(message, never)),
      /ENOENT/,
    );
  });
});
