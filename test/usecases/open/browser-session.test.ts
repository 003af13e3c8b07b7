/** What the local proxy of `open` lets in. */
import assert from 'node:assert/strict';
import {
  browserSession,
  type BrowserSession,
  type LocalRequest,
  type SessionAnswer,
} from '../../../src/usecases/open/browser-session.js';

const PORT = 43210;
const HOST = `127.0.0.1:${PORT}`;

/** Secrets in order: key, value of the cookie, then one for each address that is good once. */
const session = (port = PORT): BrowserSession => {
  let count = 0;
  return browserSession(port, () => `secret-${(count += 1)}`);
};

const COOKIE = `frigate-health-${PORT}=secret-2`;

const ask = (
  one: BrowserSession,
  headers: Readonly<Record<string, string>>,
  request: Partial<Pick<LocalRequest, 'method' | 'target'>> = {},
): SessionAnswer => one.admit({method: 'GET', target: '/', header: (name) => headers[name] ?? null, ...request});

describe('the session of a browser', () => {
  it('gives a cookie for the key of the printed address, as often as it is opened', () => {
    const one = session();
    assert.equal(one.url, `http://${HOST}/?key=secret-1`);
    for (let count = 0; count < 2; count += 1)
      assert.deepEqual(ask(one, {host: HOST}, {target: '/?key=secret-1'}), {
        kind: 'sign-in',
        cookie: `${COOKIE}; Path=/; HttpOnly; SameSite=Strict`,
      });
  });

  it('takes the key of an address for a program once', () => {
    const one = session();
    const {pathname, search} = new URL(one.onceUrl());
    const target = `${pathname}${search}`;
    assert.equal(target, '/?key=secret-3');
    assert.equal(ask(one, {host: HOST}, {target}).kind, 'sign-in');
    assert.equal(ask(one, {host: HOST}, {target}).kind, 'refused');
    // A browser that is signed in already is led to the page, and the key goes no further.
    assert.equal(ask(one, {host: HOST, cookie: COOKIE}, {target}).kind, 'sign-in');
  });

  it('forwards what brings the cookie, under both names of this machine', () => {
    for (const host of [HOST, `localhost:${PORT}`, `LOCALHOST:${PORT}`])
      assert.equal(ask(session(), {host, cookie: `a=b; ${COOKIE}; c=d`}).kind, 'forward', host);
  });

  it('knows the host without its port where that is the default', () => {
    assert.equal(ask(session(80), {host: 'localhost', cookie: 'frigate-health-80=secret-2'}).kind, 'forward');
  });

  const signedIn = {host: HOST, cookie: COOKIE};
  const refused: ReadonlyArray<
    readonly [string, Readonly<Record<string, string>>, Partial<Pick<LocalRequest, 'method' | 'target'>>?]
  > = [
    ['no cookie', {host: HOST}],
    ['another cookie', {host: HOST, cookie: `frigate-health-${PORT}=secret-1`}],
    ['the cookie under another name', {host: HOST, cookie: 'frigate-health-1=secret-2'}],
    ['a wrong key', {host: HOST}, {target: '/?key=secret-9'}],
    ['the value of the cookie as the key', {host: HOST}, {target: '/?key=secret-2'}],
    ['the key with another method', {host: HOST}, {target: '/?key=secret-1', method: 'POST'}],
    ['the key at another path', {host: HOST}, {target: '/api/v1/frigates?key=secret-1'}],
    ['a name of somebody else that resolves to this machine', {...signedIn, host: `evil.example:${PORT}`}],
    ['the key under such a name', {host: `evil.example:${PORT}`}, {target: '/?key=secret-1'}],
    ['another port', {...signedIn, host: '127.0.0.1:1'}],
    ['no Host', {cookie: COOKIE}],
    ['a request for another server', signedIn, {target: 'http://evil.example/'}],
    ['a page of another port of this machine', {...signedIn, origin: 'http://127.0.0.1:1'}],
    ['a page without an origin', {...signedIn, origin: 'null'}],
    ['a request that a page of the same host made', {...signedIn, 'sec-fetch-site': 'same-site'}],
    ['a request that another site made', {...signedIn, 'sec-fetch-site': 'cross-site'}],
    ['a change without the own header', signedIn, {method: 'POST', target: '/api/quality/recover/a.b'}],
  ];
  for (const [what, headers, request] of refused)
    it(`refuses ${what}`, () => {
      assert.equal(ask(session(), headers, request).kind, 'refused');
    });

  it('forwards a change of the page itself', () => {
    const headers = {
      ...signedIn,
      origin: `http://${HOST}`,
      'sec-fetch-site': 'same-origin',
      'x-frigate-health': '1',
    };
    assert.equal(ask(session(), headers, {method: 'POST'}).kind, 'forward');
  });
});
