/** What the parts of the daemon count, and the figures of the process: the only file that knows the library. */
import {Counter, Histogram, Registry, collectDefaultMetrics} from '@prometheus-io/client';
import {PREFIX} from '../report/exposition.js';

/** Where the parts of `serve` count what they do. Every method is cheap and never throws. */
export interface ProcessMetrics {
  /** One request to a Frigate; without a label of the Frigate. */
  polled(result: 'answered' | 'silent' | 'failed', seconds: number): void;
  /** How much later than planned a poll began. */
  pollLagged(seconds: number): void;
  kubernetesRequested(verb: string, resource: string, code: number | 'failed'): void;
  watchRestarted(resource: string): void;
  stateWritten(result: 'done' | 'conflict' | 'failed'): void;
  alertSent(channel: string, result: 'delivered' | 'failed'): void;
  consulRequested(result: 'done' | 'not_found' | 'refused' | 'failed'): void;
  /** `route` as it is declared, such as `/api/v1/frigates/:namespace/:name`. */
  httpRequested(route: string, method: string, code: number): void;
  /** All of it in the text format. */
  text(): Promise<string>;
}

/** Names of the library's own metrics that a rule or the dashboard may use. */
export const PROCESS_NAMES = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
] as const;

/** Metrics of the library whose names `promtool check metrics` refuses: gauges that end in `_total`, types in a name. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];

interface Description {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

const described = (name: string, help: string, ...labelNames: readonly string[]): Description => ({
  name: `${PREFIX}${name}`,
  help,
  labelNames,
});

/** The counters and histograms of the parts of the daemon, for the documentation and the tests. */
export const PROCESS_TABLE = {
  polls: described('polls_total', 'Requests to Frigates, by result.', 'result'),
  duration: described('poll_duration_seconds', 'Time of one request to a Frigate.'),
  lag: described('poll_lag_seconds', 'How much later than planned a poll began.'),
  kubernetes: described(
    'kubernetes_requests_total',
    'Requests to the API server, repeated ones too; code="failed": no answer.',
    'verb',
    'resource',
    'code',
  ),
  watches: described('watch_restarts_total', 'Watches that ended before their time and were opened again.', 'resource'),
  writes: described('state_writes_total', 'Writes of the state, by result.', 'result'),
  alerts: described('alerts_sent_total', 'Notifications that were tried, by channel and result.', 'channel', 'result'),
  consul: described('consul_requests_total', 'Requests to Consul, by result.', 'result'),
  http: described('http_requests_total', 'Requests that were answered.', 'route', 'method', 'code'),
} as const;

const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const processMetrics = (): ProcessMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({register: registry});
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const counter = ({name, help, labelNames}: Description): Counter<string> =>
    new Counter({name, help, labelNames: [...labelNames], registers: [registry]});
  const histogram = ({name, help}: Description): Histogram<string> =>
    new Histogram({name, help, buckets: BUCKETS, registers: [registry]});
  const polls = counter(PROCESS_TABLE.polls);
  const duration = histogram(PROCESS_TABLE.duration);
  const lag = histogram(PROCESS_TABLE.lag);
  const kubernetes = counter(PROCESS_TABLE.kubernetes);
  const watches = counter(PROCESS_TABLE.watches);
  const writes = counter(PROCESS_TABLE.writes);
  const alerts = counter(PROCESS_TABLE.alerts);
  const consul = counter(PROCESS_TABLE.consul);
  const http = counter(PROCESS_TABLE.http);
  return {
    polled: (result, seconds) => {
      polls.inc({result});
      duration.observe(seconds);
    },
    pollLagged: (seconds) => lag.observe(seconds),
    kubernetesRequested: (verb, resource, code) => kubernetes.inc({verb, resource, code}),
    watchRestarted: (resource) => watches.inc({resource}),
    stateWritten: (result) => writes.inc({result}),
    alertSent: (channel, result) => alerts.inc({channel, result}),
    consulRequested: (result) => consul.inc({result}),
    httpRequested: (route, method, code) => http.inc({route, method, code}),
    text: () => registry.metrics(),
  };
};
