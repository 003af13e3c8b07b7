import assert from 'node:assert/strict';
import fc from 'fast-check';
import {mask, maskedLine, oneLine} from '../../src/core/mask.js';

describe('mask', () => {
  const hidden: ReadonlyArray<readonly [what: string, text: string, secret: string]> = [
    ['a password in an RTSP URL', 'rtsp://admin:s3cr3t@10.0.0.5:554/cam: Connection refused', 's3cr3t'],
    ['the user as well', 'rtsp://admin:s3cr3t@10.0.0.5:554/cam', 'admin'],
    ['a password with an at sign and a slash', 'open rtsp://admin:p@ss/w0rd@10.0.0.5/stream', 'w0rd'],
    ['a percent-encoded URL', 'src=rtsp%3A%2F%2Fadmin%3As3cr3t%4010.0.0.5%2Fcam', 's3cr3t'],
    ['a URL encoded twice', 'src=rtsp%253A%252F%252Fadmin%253As3cr3t%254010.0.0.5', 's3cr3t'],
    ['user and password without a scheme', 'dial admin:s3cr3t@10.0.0.5:554', 's3cr3t'],
    ['a password parameter', 'http://10.0.0.5/flv?port=1935&user=admin&password=s3cr3t&x=1', 's3cr3t'],
    ['an encoded password parameter', 'url=%3Fuser%3Dadmin%26password%3Ds3cr3t%26x', 's3cr3t'],
    ['pwd=', 'GET /cgi?usr=admin&pwd=s3cr3t', 's3cr3t'],
    ['passwd=', 'GET /cgi?passwd=s3cr3t', 's3cr3t'],
    ['token=', '/api/x?token=s3cr3t HTTP/1.1', 's3cr3t'],
    ['key=', '/api/x?key=s3cr3t HTTP/1.1', 's3cr3t'],
    ['a prefixed variable', 'FRIGATE_RTSP_PASSWORD=s3cr3t', 's3cr3t'],
    ['a quoted value with blanks', '{"password": "two s3cr3t words"}', 's3cr3t'],
    ['YAML', 'smtp_password: s3cr3t', 's3cr3t'],
    ['a bearer token', 'Authorization: Bearer s3cr3t.abc', 's3cr3t'],
    ['a bearer token in prose', 'sent Bearer s3cr3t to it', 's3cr3t'],
    ['basic authentication', 'authorization: Basic czNjcjN0', 'czNjcjN0'],
    ['a cookie', 'cookie: frigate_token=s3cr3t; other=1', 's3cr3t'],
    ['a JSON web token', 'got eyJhbGciOi.eyJzdWIiOi.s3cr3tsig', 's3cr3tsig'],
  ];
  for (const [what, text, secret] of hidden) {
    it(`hides ${what}`, () => assert.equal(mask(text).includes(secret), false, mask(text)));
  }

  const kept = [
    'rtsp://10.0.0.5:554/cam: Connection refused',
    '[tcp @ 0x558d6e8e5d80] Connection to tcp://10.0.0.5:8563?timeout=10000000 failed: Connection refused',
    'Unable to convert /tmp/cache/front@20261123021318+0000.mp4 to /media/frigate/recordings/2026-11-23/02/front/13.18.mp4',
    'Could not clear 11.27 MB, currently 0.41 MB have been cleared.',
  ];
  for (const text of kept) it(`leaves "${text.slice(0, 40)}…" as it is`, () => assert.equal(mask(text), text));

  it('keeps the host, so that the line still says which camera it is about', () => {
    assert.equal(mask('rtsp://admin:s3cr3t@10.0.0.5:554/cam'), 'rtsp://***@10.0.0.5:554/cam');
  });

  const secretCharacter = fc.constantFrom(...'abcXYZ0189!$*()-_.~+;:,/?#@%='.split(''));
  const secret = fc
    .array(secretCharacter, {minLength: 4, maxLength: 12})
    .map((characters) => `S${characters.join('')}E`);
  const filler = fc.string({maxLength: 20}).map((text) => text.replaceAll('S', 's'));

  it('lets no planted password of a URL survive', () => {
    fc.assert(
      fc.property(secret, filler, filler, (password, before, after) => {
        assert.equal(mask(`${before} rtsp://admin:${password}@cam.local:554/x ${after}`).includes(password), false);
      }),
    );
  });

  it('lets no planted percent-encoded password survive', () => {
    fc.assert(
      fc.property(secret, filler, (password, before) => {
        const encoded = encodeURIComponent(`rtsp://admin:${password}@cam.local`);
        assert.equal(mask(`${before} url=${encoded}`).includes(encodeURIComponent(password)), false);
      }),
    );
  });

  it('lets no planted parameter or token survive', () => {
    const plain = fc
      .array(fc.constantFrom(...'abcXYZ0189-_.~+/'.split('')), {minLength: 6, maxLength: 20})
      .map((characters) => `S${characters.join('')}E`);
    const frames = [
      '?password=',
      '&token=',
      'passwd=',
      'pwd=',
      'key=',
      'Bearer ',
      'Authorization: ',
      'Cookie: a=',
      'api_key: ',
    ];
    fc.assert(
      fc.property(plain, filler, fc.constantFrom(...frames), (value, before, frame) => {
        assert.equal(mask(`${before} ${frame}${value}&rest`).includes(value), false);
      }),
    );
  });

  it('takes any text and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({unit: 'binary', maxLength: 40}), fc.string({maxLength: 400})), (text) => {
        assert.equal(typeof mask(text), 'string');
      }),
    );
  });

  it('is linear: a megabyte of what starts like a secret takes no longer than a moment', () => {
    for (const piece of [
      '://',
      'a:',
      'password',
      '%3A%2F%2F',
      '"\\',
      'eyJaaaa.',
      'Bearer',
      'cookie ',
      '@',
      ' ',
      '\u001b[',
    ]) {
      const begun = performance.now();
      maskedLine(piece.repeat(1_000_000 / piece.length), 240);
      assert.ok(performance.now() - begun < 5000, piece);
    }
  });
});

describe('oneLine', () => {
  const cleaned: ReadonlyArray<readonly [what: string, text: string, expected: string]> = [
    ['line feeds and tabs', 'a\r\nb\tc', 'a b c'],
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a hyperlink', '\u001b]8;;http://x\u001b\\text', 'text'],
    ['C1 controls', 'a\u009b31mb\u0085c', 'ab c'],
    ['bidi overrides', 'abc\u202egnp.exe', 'abcgnp.exe'],
    ['invisible characters', 'a\u200bb\ufeffc', 'abc'],
    ['line separators of Unicode', 'a\u2028b', 'a b'],
    ['half of a surrogate pair', 'a\ud800b', 'a\ufffdb'],
  ];
  for (const [what, text, expected] of cleaned)
    it(`takes out ${what}`, () => assert.equal(oneLine(text, 100), expected));

  it('cuts at the length and says so', () => {
    assert.equal(oneLine('abcdef', 4), 'abc…');
    assert.equal(oneLine('abcd', 4), 'abcd');
    assert.equal(oneLine('abc', 0), '');
  });

  it('never parts a character', () => assert.equal(oneLine('ab😀cd', 4), 'ab…'));

  it('gives one printable line within the length for any text', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 200}), fc.integer({min: 0, max: 80}), (text, max) => {
        const line = oneLine(text, max);
        assert.ok(line.length <= max);
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        assert.ok(line.isWellFormed());
      }),
    );
  });

  it('masks before it cuts, so that the cut cannot hide what gives a secret away', () => {
    assert.equal(maskedLine(`rtsp://admin:${'x'.repeat(300)}@host/`, 100), 'rtsp://***@host/');
  });

  it('masks what terminal sequences had broken apart', () => {
    assert.equal(maskedLine('rtsp://admin:s3\u001b[0mcret@host/', 100), 'rtsp://***@host/');
  });
});
