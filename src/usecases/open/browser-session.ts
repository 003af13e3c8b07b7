/**
 * Which requests the local proxy of `open` forwards. It adds a credential to each, so that every program and every web page on this
 * machine would have that credential if it forwarded all. A browser shows the key once, gets a cookie for it, and brings the cookie
 * from then on. The Host header keeps out a name of somebody else that resolves to this machine; the origin keeps out pages of other
 * ports, to which a browser gives the cookies of this host as well.
 */
import {createHash, timingSafeEqual} from 'node:crypto';

export interface LocalRequest {
  readonly method: string;
  /** The request target as it was sent: path and query. */
  readonly target: string;
  readonly header: (name: string) => string | null;
}

export type SessionAnswer =
  | {readonly kind: 'forward'}
  /** The key was right: set this cookie and go to `/`. */
  | {readonly kind: 'sign-in'; readonly cookie: string}
  | {readonly kind: 'refused'; readonly why: string};

export interface BrowserSession {
  /** The address that a person may open as often as they want while the proxy runs. */
  readonly url: string;
  /** An address that is good for one request: a program that is started with it shows it to every user of this machine. */
  readonly onceUrl: () => string;
  readonly admit: (request: LocalRequest) => SessionAnswer;
}

/** What a page of another site cannot send, as the daemon itself asks for it (src/http/auth/guard.ts). */
const OWN_HEADER = 'x-frigate-health';
const KEY = /^\/\?key=([\w-]+)$/;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(hash(a), hash(b));

const hasCookie = (header: string | null, name: string, value: string): boolean =>
  (header ?? '').split(';').some((pair) => {
    const [key = '', ...rest] = pair.split('=');
    return key.trim() === name && same(rest.join('=').trim(), value);
  });

const refused = (why: string): SessionAnswer => ({kind: 'refused', why});

/** `secret`: a new unguessable word of letters, digits, `-` and `_` at each call. */
export const browserSession = (port: number, secret: () => string): BrowserSession => {
  // A browser leaves out the port that is the default of http.
  const suffix = port === 80 ? '' : `:${port}`;
  const hosts = ['127.0.0.1', 'localhost'].map((host) => `${host}${suffix}`);
  const key = secret();
  const cookieValue = secret();
  const once = new Set<string>();
  // The cookies of a host are shared by all its ports: each proxy has a name of its own.
  const cookieName = `frigate-health-${port}`;
  const cookie = `${cookieName}=${cookieValue}; Path=/; HttpOnly; SameSite=Strict`;
  const urlOf = (word: string): string => `http://127.0.0.1:${port}/?key=${word}`;

  const isKey = (word: string): boolean => {
    if (same(word, key)) return true;
    const found = [...once].find((one) => same(one, word));
    return found !== undefined && once.delete(found);
  };

  return {
    url: urlOf(key),
    onceUrl: () => {
      const word = secret();
      once.add(word);
      return urlOf(word);
    },
    admit({method, target, header}) {
      if (!hosts.includes((header('host') ?? '').toLowerCase())) return refused('this host name is not served');
      if (!target.startsWith('/')) return refused('the request names another server');
      const word = KEY.exec(target)?.[1];
      if (word !== undefined && method === 'GET' && isKey(word)) return {kind: 'sign-in', cookie};
      if (!hasCookie(header('cookie'), cookieName, cookieValue))
        return refused('open the address that `kubectl frigate-health open` printed');
      const origin = header('origin');
      if (origin !== null && !hosts.some((host) => origin === `http://${host}`))
        return refused('the request was made by another site');
      const site = header('sec-fetch-site');
      if (site !== null && site !== 'same-origin' && site !== 'none')
        return refused('the request was made by another site');
      // A key that was used before, by a browser that is signed in: no key goes to the daemon.
      if (word !== undefined) return {kind: 'sign-in', cookie};
      // The token is added here, so that the daemon takes a request of another site for one of its page.
      return ['GET', 'HEAD'].includes(method) || header(OWN_HEADER) !== null
        ? {kind: 'forward'}
        : refused('the header X-Frigate-Health is required');
    },
  };
};
