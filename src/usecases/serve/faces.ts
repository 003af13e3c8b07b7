/** What `serve` shows to others: the HTTP server with page and metrics, and Consul. All of it reads the one fleet snapshot. */
import {hostname, networkInterfaces} from 'node:os';
import {seconds} from '../../core/time.js';
import {every} from '../../core/timers.js';
import {consulUrl, discoverConsul, startConsul, tokenOfFile, type ConsulOptions} from '../../consul/consul.js';
import {readTokenFile, type TokenEntry} from '../../http/auth/token-file.js';
import {
  pageFilesFrom,
  readHttpOptions,
  type HttpFlags,
  type MetricsText,
  type TokensInForce,
} from '../../http/options.js';
import {startHttp} from '../../http/server.js';
import type {CameraChoice} from '../../metrics/frigate-facts.js';
import {metricsPage, type MetricsPage} from '../../metrics/metrics.js';
import {processMetrics} from '../../metrics/process-metrics.js';
import {CommandFailure} from '../../outcome/failure.js';
import type {ComponentHealth, ComponentName, FleetSource} from '../../outcome/fleet.js';
import type {Journal} from '../../pass/journal.js';
import type {Settings} from '../../settings/settings.js';
import {FollowedFile, READ_AGAIN} from './followed-file.js';
import type {FollowTargets} from './discovery.js';
import type {ServeFaces} from './serve.js';

export interface FacesOptions {
  readonly http: HttpFlags;
  readonly metricsCameras: CameraChoice;
  /** `consul:SERVICE`; `null`: Consul is no source of Frigates. */
  readonly discover: string | null;
  /** `null`: without Consul. */
  readonly consul: {
    readonly url: string;
    /** The path of a file; `null`: no token. */
    readonly tokenFile: string | null;
    readonly whenWeDie: ConsulOptions['whenWeDie'];
  } | null;
  /** A file that was built beside the program, by its name. */
  readonly built: (name: string) => string | null;
  readonly readFile: (path: string) => string | null;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/** How each Frigate is registered. */
const CONSUL_SERVICE = 'frigate';
const CONSUL_TTL = seconds(60);

/** Throws CommandFailure where a flag is wrong. Nothing is opened. */
export const facesOf = (
  options: FacesOptions,
  {apiPort, policy: {skipCameras}}: Pick<Settings, 'apiPort' | 'policy'>,
): ServeFaces => {
  const {consul, random} = options;
  const consulAt = consul === null ? null : consulUrlOf(consul.url);
  const counted = processMetrics();
  const start: ServeFaces['start'] = async ({source, control, connection, journal, leaderAddress, signal}) => {
    const {cluster, clock} = connection;
    const page = metricsPage({cameras: options.metricsCameras, skipCameras}, counted);
    const tokenFiles: Array<FollowedFile<readonly TokenEntry[]>> = [];
    const http = readHttpOptions(options.http, {
      readFile: options.readFile,
      followTokens: (file) => {
        const followed = followTokens(file, options.readFile, journal);
        tokenFiles.push(followed);
        return () => followed.value;
      },
      reviews: cluster.reviews,
      timers: clock,
      leaderAddress,
      page: pageFilesFrom(options.built),
      metrics: metricsText(page, source),
      onAnswered: (route, method, status) => counted.httpRequested(route, method, status),
      log: ({event, fields}) => journal(event, fields),
    });
    const listening = await startHttp(http, source, control, clock, signal);
    const stopReading = every(clock, READ_AGAIN, () => {
      for (const file of tokenFiles) file.check();
    });
    const publisher =
      consul === null || consulAt === null
        ? null
        : startConsul(
            {
              url: consulAt,
              token: tokenIn(consul),
              service: CONSUL_SERVICE,
              ttl: CONSUL_TTL,
              whenWeDie: consul.whenWeDie,
              address: 'pod',
              port: apiPort,
              cluster: null,
              self: {id: hostname(), address: ownAddress(http.host), port: listening.port},
              random,
              onRequest: (result) => counted.consulRequested(result),
            },
            source,
            clock,
            signal,
          );
    const scheme = http.tls === null ? 'http' : 'https';
    return {
      address: `${scheme}://${hostOf(ownAddress(http.host))}:${listening.port}`,
      components: () => ({
        ...(publisher === null ? {} : {consul: publisher.health()}),
        ...Object.fromEntries(
          tokenFiles.map(({error}): readonly [ComponentName, ComponentHealth] => [
            'token_file',
            error === null
              ? {status: 'healthy', error, lastAt: cluster.serverTime() ?? clock.now()}
              : {status: 'degraded', error, lastAt: null},
          ]),
        ),
      }),
      close: async () => {
        stopReading();
        await Promise.all([listening.close(), publisher?.done]);
      },
    };
  };
  const follow =
    options.discover === null
      ? null
      : followOf(
          options.discover,
          consul === null || consulAt === null ? null : {url: consulAt, token: tokenIn(consul)},
          random,
          (result) => counted.consulRequested(result),
        );
  return {start, counts: counted, ...(follow === null ? {} : {follow})};
};

/** The source that `--discover` names. */
const followOf = (
  written: string,
  access: Pick<ConsulOptions, 'url' | 'token'> | null,
  random: () => number,
  onRequest: ConsulOptions['onRequest'],
): FollowTargets => {
  const [, service = null] = /^consul:([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/.exec(written) ?? [];
  if (service === null)
    throw new CommandFailure(
      'usage',
      `--discover=${written} is not a source of Frigates`,
      '--discover=consul:SERVICE, with the name of a service',
    );
  if (access === null)
    throw new CommandFailure(
      'usage',
      '--discover asks Consul, and no address of Consul is given',
      'add --consul=http://consul.example:8500',
    );
  return (onTargets, timers, signal) =>
    discoverConsul({...access, random, onRequest}, service, onTargets, timers, signal);
};

const tokenIn = ({tokenFile}: {readonly tokenFile: string | null}): ConsulOptions['token'] =>
  tokenFile === null ? () => null : tokenOfFile(tokenFile);

const followTokens = (
  {path, text, entries}: TokensInForce,
  readFile: FacesOptions['readFile'],
  journal: Journal,
): FollowedFile<readonly TokenEntry[]> =>
  new FollowedFile({
    path,
    readFile,
    parse: (now) => {
      if (now === null) return {ok: false, error: 'the file cannot be read'};
      const read = readTokenFile(now);
      return read.kind === 'read' ? {ok: true, value: read.entries} : {ok: false, error: read.message};
    },
    first: {text, value: entries},
    onRead: (read) => journal('tokens.read', {file: path, tokens: read.length}),
    onRefused: (reason) =>
      journal('tokens.refused', {reason, detail: 'the tokens that were read before stay in force'}),
  });

const consulUrlOf = (written: string): string => {
  const url = consulUrl(written);
  if (url === null)
    throw new CommandFailure(
      'usage',
      `--consul=${written} is not the URL of a Consul agent`,
      '--consul=http://consul.example:8500; the token goes into a file (--consul-token-file)',
    );
  return url;
};

/** The text of one scrape. Requests that come while it is written get the same one: whoever asks often costs no more. */
const metricsText = (page: MetricsPage, source: FleetSource): MetricsText => {
  let written: Promise<string> | null = null;
  const write = async (): Promise<string> => {
    let text = '';
    for await (const part of page.write(source.current)) text += part;
    return text;
  };
  return {
    contentType: page.contentType,
    write: () =>
      (written ??= write().finally(() => {
        written = null;
      })),
  };
};

/** An IPv6 address stands in brackets before a port. */
const hostOf = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** Where others reach this replica: the address that it listens on, or the first one of this machine that is not loopback. */
const ownAddress = (host: string): string => {
  if (!ANY_ADDRESS.has(host)) return host;
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses.find(({internal, scopeid}) => !internal && (scopeid ?? 0) === 0)?.address ?? hostname();
};
