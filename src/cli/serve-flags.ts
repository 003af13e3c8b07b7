/** The flags of `serve`, and of `open`, which shows its page. */
import {boolean, integer, option, string} from '@oclif/core/flags';
import {variable} from './flag-variable.js';

/** How `serve` finds its Frigates and how often it asks. */
export const serveFlags = {
  'all-namespaces': boolean({
    char: 'A',
    summary: 'Every Frigate of the cluster.',
    ...variable('ALL_NAMESPACES'),
    helpGroup: 'kubectl',
  }),
  namespaces: string({
    summary: 'The Frigates of these namespaces, such as home,office.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    helpValue: 'names',
    ...variable('NAMESPACES'),
    exclusive: ['all-namespaces'],
  }),
  targets: string({
    summary: 'File (YAML) that names Frigates, beside those that are found; read again at each relist.',
    helpValue: 'file',
    ...variable('TARGETS_FILE'),
  }),
  refresh: string({
    summary: 'Time from one relist of the Frigates to the next, 5s or longer.',
    default: '30s',
    helpValue: 'duration',
    ...variable('REFRESH'),
  }),
  poll: string({
    summary: 'Time between two polls of one Frigate, 0.5s or longer; default: 2s, above 100 Frigates 5s.',
    helpValue: 'duration',
    ...variable('POLL'),
  }),
  'breaker-failures': integer({
    summary: 'Failures in a row of the API server or of a channel after which it is not asked for a while.',
    default: 3,
    min: 1,
    max: 20,
    helpValue: 'n',
    ...variable('BREAKER_FAILURES'),
  }),
  'breaker-pause': string({
    summary: 'Time until one trial decides whether it is asked again.',
    default: '30s',
    helpValue: 'duration',
    ...variable('BREAKER_PAUSE'),
  }),
};

/** What `serve` shows to others: HTTP, metrics, Consul. */
export const faceFlags = {
  listen: string({
    summary: 'HOST:PORT of the HTTP server; default: 0.0.0.0:8080, with --demo 127.0.0.1:8080. Port 0: any free one.',
    helpValue: 'address',
    ...variable('LISTEN'),
    helpGroup: 'http',
  }),
  'tls-cert': string({
    summary: 'File (PEM) with the certificate of the HTTP server; needs --tls-key.',
    helpValue: 'file',
    ...variable('TLS_CERT'),
    helpGroup: 'http',
  }),
  'tls-key': string({
    summary: 'File (PEM) with its private key.',
    helpValue: 'file',
    ...variable('TLS_KEY'),
    helpGroup: 'http',
  }),
  auth: option({
    options: ['kubernetes', 'token-file', 'none'] as const,
    summary: 'Who may ask: by tokens of Kubernetes (default), by a file of tokens, or anybody on this machine.',
    ...variable('AUTH'),
    helpGroup: 'http',
  })(),
  'token-file': string({
    summary: 'File (YAML) with the tokens of --auth=token-file, as docs/serve.md shows.',
    helpValue: 'file',
    ...variable('TOKEN_FILE'),
    helpGroup: 'http',
  }),
  'enable-debug': boolean({
    summary: 'Permit POST /debug/fail, to try an alert.',
    ...variable('ENABLE_DEBUG'),
    helpGroup: 'http',
  }),
  'metrics-cameras': option({
    options: ['all', 'failing', 'none'] as const,
    default: 'all' as const,
    summary: 'Cameras with metrics of their own.',
    ...variable('METRICS_CAMERAS'),
    helpGroup: 'http',
  })(),
  consul: string({
    summary: 'URL of a Consul agent in which this program and every Frigate are registered.',
    helpValue: 'url',
    ...variable('CONSUL'),
    helpGroup: 'consul',
  }),
  discover: string({
    summary: 'Another source of Frigates: consul:SERVICE, every instance of a service of Consul; needs --consul.',
    helpValue: 'consul:service',
    ...variable('DISCOVER'),
    helpGroup: 'consul',
  }),
  'consul-token-file': string({
    summary: 'File with the token for Consul; read for each request, so that a changed one holds at once.',
    helpValue: 'file',
    ...variable('CONSUL_TOKEN_FILE'),
    helpGroup: 'consul',
  }),
  'consul-when-we-die': option({
    options: ['keep', 'critical'] as const,
    default: 'keep' as const,
    summary: 'What becomes of the checks in Consul when nobody refreshes them.',
    ...variable('CONSUL_WHEN_WE_DIE'),
    helpGroup: 'consul',
  })(),
};

/** How `open` reaches the page of a running `serve`. */
export const openFlags = {
  port: integer({
    summary: 'Port on 127.0.0.1; 0: any free one.',
    default: 0,
    min: 0,
    max: 65_535,
    helpValue: 'port',
    ...variable('OPEN_PORT'),
  }),
  account: string({
    summary:
      'ServiceAccount, in the namespace of the daemon, whose token is used instead of yours; it is good for an hour and renewed.',
    helpValue: 'name',
    ...variable('OPEN_ACCOUNT'),
  }),
  'no-browser': boolean({summary: 'Only print the address.', ...variable('NO_BROWSER')}),
};
