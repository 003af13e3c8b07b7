/**
 * Which proxy leads to the API server: `proxy-url` of the kubeconfig, else the environment as Go reads it (kubectl does:
 * golang.org/x/net/http/httpproxy). No library of Node.js reads NO_PROXY that way: Node's own knows no CIDR and goes through
 * the proxy to localhost.
 */
import {BlockList, isIP} from 'node:net';

export interface Proxy {
  readonly scheme: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly login: {readonly user: string; readonly password: string} | null;
}

type Env = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS = {http: 80, https: 443, socks5: 1080} as const;

/** `socks5h` is what curl calls a proxy that resolves names; for Go, and here, each SOCKS proxy does. */
const schemes: ReadonlyMap<string, Proxy['scheme']> = new Map([
  ['http:', 'http'],
  ['https:', 'https'],
  ['socks5:', 'socks5'],
  ['socks5h:', 'socks5'],
]);

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A proxy from its URL; `null`: another scheme, or no URL. */
export const parseProxyUrl = (text: string): Proxy | null => {
  const url = URL.parse(text);
  const scheme = url === null ? undefined : schemes.get(url.protocol);
  if (url === null || scheme === undefined || url.hostname === '') return null;
  return {
    scheme,
    host: withoutBrackets(url.hostname),
    port: url.port === '' ? DEFAULT_PORTS[scheme] : Number(url.port),
    login: url.username === '' ? null : {user: decoded(url.username), password: decoded(url.password)},
  };
};

/** For people: without the login. */
export const addressOf = ({scheme, host, port}: Proxy): string =>
  `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** The whole, for a credential plugin that has to take the same way. */
export const urlOf = (proxy: Proxy): string => {
  const {login} = proxy;
  const user = login === null ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
  return addressOf(proxy).replace('//', `//${user}`);
};

/** The names are asked for in this order; an empty value is none. */
const variable = (env: Env, name: string): string | null => env[name] || env[name.toLowerCase()] || null;

/** A value without a scheme (`proxy.example.org:3128`) means http. */
const proxyIn = (text: string): Proxy | null =>
  text.includes('://') ? parseProxyUrl(text) : parseProxyUrl(`http://${text}`);

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isLoopback = (host: string): boolean => {
  if (host === 'localhost') return true;
  if (isIP(host) === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, family(host));
};

/** `10.0.0.0/8`; `null`: no CIDR. */
const subnetIn = (entry: string): BlockList | null => {
  const [address = '', bits = '', more] = entry.split('/');
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (more !== undefined || isIP(address) === 0 || !(length <= (isIP(address) === 6 ? 128 : 32))) return null;
  const list = new BlockList();
  list.addSubnet(address, length, family(address));
  return list;
};

const isSameAddress = (one: string, other: string): boolean => {
  const list = new BlockList();
  list.addAddress(one, family(one));
  return list.check(other, family(other));
};

/** `host`, `host:port`, `[v6]:port`, and a bare IPv6 address, whose colons are no port's. */
const hostAndPort = (entry: string): {readonly host: string; readonly port: string | null} => {
  const parts = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry);
  return parts === null
    ? {host: withoutBrackets(entry), port: null}
    : {host: withoutBrackets(parts[1] ?? ''), port: parts[2] ?? null};
};

/** `example.org` is the name and all below it; `.example.org` and `*.example.org` only what is below. */
const isUnder = (host: string, domain: string): boolean => {
  const suffix = domain.startsWith('*.') ? domain.slice(1) : domain;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
};

const exempts = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  const subnet = subnetIn(entry);
  if (subnet !== null) return isIP(host) !== 0 && subnet.check(host, family(host));
  const exempt = hostAndPort(entry);
  if (exempt.host === '' || (exempt.port !== null && exempt.port !== port)) return false;
  if (isIP(exempt.host) !== 0) return isIP(host) !== 0 && isSameAddress(exempt.host, host);
  return isUnder(host, exempt.host);
};

/**
 * The proxy that the environment names for an http or https address; `null`: none, or one that cannot be read, which Go passes
 * over as well. Upper case comes first, loopback is never sent through a proxy.
 */
export const proxyFromEnvironment = (server: URL, env: Env): Proxy | null => {
  const isSecure = server.protocol === 'https:';
  const named = variable(env, isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (named === null) return null;
  const host = withoutBrackets(server.hostname).toLowerCase();
  const port = server.port === '' ? (isSecure ? '443' : '80') : server.port;
  if (isLoopback(host)) return null;
  const entries = (variable(env, 'NO_PROXY') ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== '' && exempts(entry, host, port)) ? null : proxyIn(named);
};
