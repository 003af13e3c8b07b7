/** The channels as people write them, and errors that never repeat what may be secret. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {channelsFrom, heartbeatFrom, type ChannelsOutcome} from '../../src/settings/channels.js';

const nothing = (): null => null;
const listOf = (text: string, file: string | null = null): readonly unknown[] => {
  const outcome = channelsFrom(text, () => file);
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.allowed);
  return outcome.channels.map(({kind, name, least, url, user, password}) => [kind, name, least, url, user, password]);
};
const refusalOf = (text: string): string => {
  const outcome: ChannelsOutcome = channelsFrom(text, nothing);
  return outcome.ok ? assert.fail(`${text} was taken`) : outcome.allowed;
};

describe('the channels of FRIGATE_HC_NOTIFY', () => {
  it('are https, or http where it is said; user, password and our options are taken out of the URL', () => {
    assert.deepEqual(
      listOf('ntfy://ntfy.sh/cams gotify+http://to%3Aken@push:8080/sub/#least=critical&name=phone mqtts://u:p%40@b'),
      [
        ['ntfy', 'ntfy', 'warning', 'https://ntfy.sh/cams', '', ''],
        ['gotify', 'phone', 'critical', 'http://push:8080/sub', 'to:ken', ''],
        ['mqtt', 'mqtt', 'warning', 'mqtts://b', 'u', 'p@'],
      ],
    );
  });

  it('keep the query of a web hook, which is not ours', () => {
    assert.deepEqual(listOf('webhook://h/p?least=x&a=%20b#name=n'), [
      ['webhook', 'n', 'warning', 'https://h/p?least=x&a=%20b', '', ''],
    ]);
  });

  it('stand one a line in a file, with comments, or separated by commas', () => {
    const file = '# phones\nntfy://a/x\n\n  # off: ntfy://b/y\r\nntfy://c/z#least=critical\n';
    assert.deepEqual(
      listOf('/etc/channels', file).map((channel) => (channel as readonly string[])[3]),
      ['https://a/x', 'https://c/z'],
    );
    assert.equal(listOf('ntfy://a/x,ntfy://b/y').length, 2);
    assert.deepEqual(listOf('/etc/channels', '# none yet\n'), []);
  });

  it('have names of their own', () => {
    const names = (text: string): readonly unknown[] =>
      listOf(text).map((channel) => (channel as readonly string[])[1]);
    assert.deepEqual(names('ntfy://a/x ntfy://b/y slack://c/z#name=ntfy-3 ntfy://d/x'), [
      'ntfy',
      'ntfy-2',
      'ntfy-3',
      'ntfy-4',
    ]);
    assert.match(refusalOf('ntfy://a/x#name=p gotify://t@b#name=p'), /no two with the same name/);
    assert.match(refusalOf('ntfy://a/x#name=mail'), /no two with the same name/);
    assert.deepEqual(names('smtp:#least=critical'), ['mail']);
  });

  for (const [text, why] of [
    ['https://example.org/hook', /channel 1 is none of smtp:/],
    ['ntfy://ntfy.sh/', /channel 1 \(ntfy\) lacks a topic/],
    ['ntfy://a/x telegram://api.telegram.org/-1', /channel 2 \(telegram\) lacks the token of the bot/],
    ['telegram://1:x@api.telegram.org', /lacks the chat id/],
    ['gotify://push', /lacks the token of the application/],
    ['ntfy://a/x#least=info', /has a least other than/],
    ['ntfy://a/x#hmac-key=1', /the options are least, name$/],
    ['ntfy://a/x#name=a b', /channel 2 is none/],
    ['smtp://user:pw@mail', /is written smtp: alone/],
    ['smtp: smtp:', /smtp: at most once/],
    ['ntfy://', /is no URL such as/],
    ['/nowhere', /this file cannot be read/],
    [Array.from({length: 11}, (_, index) => `ntfy://a/x${String(index)}`).join(' '), /at most 10 channels/],
  ] as const)
    it(`refuse ${text.slice(0, 50)}`, () => assert.match(refusalOf(text), why));

  it('never throw, and no error repeats a part of them', () => {
    const secret = 'S3cretPart';
    const piece = fc.constantFrom(
      'ntfy',
      'smtp',
      '://',
      '@',
      ':',
      '/',
      '#',
      '&',
      '=',
      'least',
      '+http',
      ' ',
      '%',
      '[',
      secret,
    );
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 12}), (pieces) => {
        const outcome = channelsFrom(pieces.join(''), nothing);
        if (!outcome.ok) assert.ok(!outcome.allowed.includes(secret), outcome.allowed);
      }),
      {numRuns: 2000},
    );
  });
});

describe('the heartbeat', () => {
  it('is a URL, or the first line of a file', () => {
    assert.deepEqual(
      heartbeatFrom('/run/hb', () => 'https://hc/1\nrest'),
      {ok: true, url: 'https://hc/1'},
    );
    assert.deepEqual(heartbeatFrom(null, nothing), {ok: true, url: null});
    for (const text of ['hc-ping.com/1', 'ftp://x', '/nowhere', 'https://'])
      assert.equal(heartbeatFrom(text, nothing).ok, false, text);
  });
});
