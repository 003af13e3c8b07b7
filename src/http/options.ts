/** What `serve` says about its HTTP server: the flags, read and checked once. */
import type {AccessReviews} from '../core/observation/access-review.js';
import type {Timers} from '../core/timers.js';
import {CommandFailure} from '../outcome/failure.js';
import type {Access} from './auth/access.js';
import {isLoopback, noAccessControl} from './auth/none.js';
import {kubernetesAccess} from './auth/kubernetes.js';
import {readTokenFile, tokenFileAccess, type TokenEntry} from './auth/token-file.js';

/** One line for each request that was refused or changed something; never a token. */
export interface HttpEvent {
  readonly event: 'http.listening' | 'http.refused' | 'http.write' | 'http.failed';
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** The built files of the status page (scripts/build/page.ts). */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

/** From the files beside the program (dist/page); `null`: they were not built. */
export const pageFilesFrom = (built: (name: string) => string | null): PageFiles | null => {
  const script = built('page/page.js');
  const style = built('page/page.css');
  return script === null || style === null ? null : {script, style};
};

/** What `GET /metrics` answers with; made by the part that knows the metrics. */
export interface MetricsText {
  readonly contentType: string;
  write(): Promise<string>;
}

/** One answered request. `route` as it is declared, such as `/api/v1/frigates/:namespace/:name`. */
export type OnAnswered = (route: string, method: string, status: number) => void;

export interface HttpOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM. `null`: without TLS. */
  readonly tls: {readonly cert: string; readonly key: string} | null;
  readonly access: Access;
  readonly debug: boolean;
  /** `null`: the page is not built; then it is not served. */
  readonly page: PageFiles | null;
  /** `null`: there are none; then they are not served. */
  readonly metrics: MetricsText | null;
  readonly onAnswered: OnAnswered;
  /** Where the replica answers that acts; `null`: this one acts, or it is not known. */
  readonly leaderAddress: () => string | null;
  readonly log: (event: HttpEvent) => void;
}

/** The flags as they were given. */
export interface HttpFlags {
  /** `HOST:PORT`, `:PORT` or `PORT`; an IPv6 address in brackets. */
  readonly listen: string;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  readonly auth: 'kubernetes' | 'token-file' | 'none';
  readonly tokenFile: string | null;
  readonly enableDebug: boolean;
}

/** A token file as it was read first. */
export interface TokensInForce {
  readonly path: string;
  readonly text: string;
  readonly entries: readonly TokenEntry[];
}

export interface HttpSurroundings {
  /** `null`: there is no such file, or it cannot be read. */
  readonly readFile: (path: string) => string | null;
  /** Reads the token file again while the server runs, and answers what is in force. */
  readonly followTokens: (file: TokensInForce) => () => readonly TokenEntry[];
  readonly reviews: AccessReviews;
  readonly timers: Timers;
  readonly page: PageFiles | null;
  readonly metrics: MetricsText | null;
  readonly onAnswered: OnAnswered;
  readonly leaderAddress: () => string | null;
  readonly log: (event: HttpEvent) => void;
}

const wrong = (message: string, fix: string | null = null): CommandFailure => new CommandFailure('usage', message, fix);

const addressOf = (listen: string): {readonly host: string; readonly port: number} => {
  const found = /^(?:(\[[0-9a-f:.]+\]|[\w.-]*):)?(\d{1,5})$/i.exec(listen);
  const port = Number(found?.[2]);
  if (found === null || port > 65_535)
    throw wrong(`--listen ${listen}: not an address; allowed: HOST:PORT, such as 0.0.0.0:8080`);
  const host = (found[1] ?? '').replace(/^\[(.*)\]$/, '$1');
  return {host: host === '' ? '0.0.0.0' : host, port};
};

const fileOf = (flag: string, path: string, {readFile}: HttpSurroundings): string => {
  const text = readFile(path);
  if (text === null) throw wrong(`${flag} ${path}: the file cannot be read`);
  return text;
};

const tlsOf = ({tlsCert, tlsKey}: HttpFlags, surroundings: HttpSurroundings): HttpOptions['tls'] => {
  if (tlsCert === null && tlsKey === null) return null;
  if (tlsCert === null || tlsKey === null) throw wrong('--tls-cert and --tls-key are given together or not at all');
  const cert = fileOf('--tls-cert', tlsCert, surroundings);
  const key = fileOf('--tls-key', tlsKey, surroundings);
  if (!cert.includes('-----BEGIN CERTIFICATE-----')) throw wrong(`--tls-cert ${tlsCert}: no certificate in PEM form`);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) throw wrong(`--tls-key ${tlsKey}: no private key in PEM form`);
  return {cert, key};
};

const accessOf = ({auth, tokenFile}: HttpFlags, host: string, surroundings: HttpSurroundings): Access => {
  switch (auth) {
    case 'kubernetes':
      return kubernetesAccess(surroundings.reviews, surroundings.timers);
    case 'none':
      if (!isLoopback(host))
        throw wrong(
          `--auth none listens on the loopback interface only, not on ${host}`,
          '--listen 127.0.0.1:8080, or --auth kubernetes or token-file',
        );
      return noAccessControl;
    case 'token-file': {
      if (tokenFile === null) throw wrong('--auth token-file needs --token-file FILE');
      const text = fileOf('--token-file', tokenFile, surroundings);
      const read = readTokenFile(text);
      if (read.kind === 'wrong') throw wrong(`--token-file ${tokenFile}: ${read.message}`);
      return tokenFileAccess(surroundings.followTokens({path: tokenFile, text, entries: read.entries}));
    }
  }
};

/** Throws CommandFailure (exit 64) with one clear message where a flag is wrong. */
export const readHttpOptions = (flags: HttpFlags, surroundings: HttpSurroundings): HttpOptions => {
  const {host, port} = addressOf(flags.listen);
  return {
    host,
    port,
    tls: tlsOf(flags, surroundings),
    access: accessOf(flags, host, surroundings),
    debug: flags.enableDebug,
    page: surroundings.page,
    metrics: surroundings.metrics,
    onAnswered: surroundings.onAnswered,
    leaderAddress: surroundings.leaderAddress,
    log: surroundings.log,
  };
};
