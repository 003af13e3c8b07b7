/**
 * The alert rules, as data. Two things hold for all of them: the expression is aggregated over the scrape's own labels, so that
 * another leader neither makes a second alert nor restarts `for`; and every metric in it stands in the table of the writer.
 */
import {PREFIX} from '../../report/exposition.js';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold; `null`: at once. */
  readonly for: string | null;
  /** Where it stands in a label, as that has it. */
  readonly severity: 'critical' | 'warning' | 'info' | '{{ $labels.status }}' | '{{ $labels.severity }}';
  readonly summary: string;
  readonly description: string;
}

export interface RuleOptions {
  /** The job of the scrape configuration. */
  readonly job: string;
  /** Leaders that there must be: the number of shards. */
  readonly leaders: number;
}

export const DEFAULT_RULE_OPTIONS: RuleOptions = {job: 'frigate-health', leaders: 1};

const FRIGATE = 'frigate_namespace, frigate';
const NAMED = '{{ $labels.frigate_namespace }}/{{ $labels.frigate }}';
const WHAT = `kubectl frigate-health check {{ $labels.frigate }} -n {{ $labels.frigate_namespace }}`;

const newest = (metric: string, ...labels: readonly string[]): string =>
  `max by (${[FRIGATE, ...labels].join(', ')}) (${PREFIX}${metric})`;

/** What the Frigate's own alert says already, or what is normal while it starts or is paused. */
const EXPLAINED = `unless on (${FRIGATE}) ${newest('status{status=~"unhealthy|starting|paused"}')} == 1`;

const ofFrigates: readonly AlertRule[] = [
  {
    alert: 'FrigateUnhealthy',
    expr: `${newest('status{status="unhealthy"}')} == 1`,
    for: '15s',
    severity: 'critical',
    summary: `Frigate ${NAMED} is unhealthy`,
    description: `It does not do its work. See what is wrong and what automatic repair does: ${WHAT}`,
  },
  {
    alert: 'FrigateDegraded',
    expr: `${newest('status{status="degraded"}')} == 1`,
    for: '15m',
    severity: 'warning',
    summary: `Frigate ${NAMED} is degraded`,
    description: `It does only a part of its work. See what is wrong: ${WHAT}`,
  },
  {
    alert: 'FrigateCannotBeObserved',
    expr: `${newest('status{status="unknown"}')} == 1`,
    for: '10m',
    severity: 'warning',
    summary: `The health of Frigate ${NAMED} is not known`,
    description: `Something that the decision needs cannot be read. See what: ${WHAT}`,
  },
  {
    alert: 'FrigateCameraDown',
    expr: `${newest('camera_up', 'camera')} == 0 ${EXPLAINED}`,
    for: '5m',
    severity: 'warning',
    summary: `Camera {{ $labels.camera }} of Frigate ${NAMED} delivers no frames`,
    description: `Check the camera and its network. More: ${WHAT} --only FRG-501`,
  },
  {
    alert: 'FrigateNotRecording',
    expr: `time() - ${newest('camera_last_segment_timestamp_seconds{continuous="true"}', 'camera')} > 300 ${EXPLAINED}`,
    for: '2m',
    severity: 'critical',
    summary: `Camera {{ $labels.camera }} of Frigate ${NAMED} is not recorded`,
    description: `No recording segment for more than 5 minutes. More: ${WHAT} --only FRG-601`,
  },
  {
    alert: 'FrigateDetectorDown',
    expr: `${newest('check_failing{check=~"FRG-40[234]", severity="critical"}', 'check')} == 1 ${EXPLAINED}`,
    for: '1m',
    severity: 'critical',
    summary: `The detector of Frigate ${NAMED} does not work ({{ $labels.check }})`,
    description: `Nothing is detected. More: ${WHAT} --only {{ $labels.check }}`,
  },
  {
    alert: 'FrigateBreakerOpen',
    expr: `${newest('breaker{state=~"open|locked"}', 'state')} == 1`,
    for: '1m',
    severity: 'critical',
    summary: `Frigate ${NAMED} is not restarted automatically: breaker {{ $labels.state }}`,
    description:
      'Restarts did not help, or their limit is reached. See why: kubectl frigate-health state -n {{ $labels.frigate_namespace }}',
  },
  {
    alert: 'FrigateRestarted',
    expr: `time() - ${newest('last_restart_timestamp_seconds')} < 900`,
    for: null,
    severity: 'info',
    summary: `Frigate ${NAMED} was restarted`,
    description: 'Whether it helped: kubectl frigate-health state -n {{ $labels.frigate_namespace }}',
  },
  {
    alert: 'FrigateExhaustionAhead',
    expr: `${newest('exhausted_timestamp_seconds', 'resource')} - time() < 6 * 3600`,
    for: '30m',
    severity: 'warning',
    summary: `The {{ $labels.resource }} of Frigate ${NAMED} is exhausted within 6 hours`,
    description: `Its use rises all the time. More: ${WHAT} -o wide`,
  },
  {
    alert: 'FrigateAlertUndelivered',
    expr: `${newest('alerts_pending', 'channel')} > 0`,
    for: '30m',
    severity: 'warning',
    summary: `Notifications of Frigate ${NAMED} are not delivered to {{ $labels.channel }}`,
    description: `Check the channel. More: ${WHAT} --only FRG-901`,
  },
];

/**
 * Checks of the user's own. One that is skipped because of another one does not fire: whatever depends on a dependency that fails, one
 * alert names the dependency.
 */
const ofTheUser: readonly AlertRule[] = [
  {
    alert: 'CustomCheckFailing',
    expr: `max by (check, status) (${PREFIX}custom_check_status{status=~"warning|critical"}) == 1`,
    for: '1m',
    severity: '{{ $labels.status }}',
    summary: 'Check {{ $labels.check }} of your own fails',
    description:
      'What it is and what to do: kubectl frigate-health check --only {{ $labels.check }} --checks-file=FILE',
  },
  {
    alert: 'FrigateCustomCheckFailing',
    expr: `${newest('check_failing{check=~"X-.+"}', 'check', 'severity')} == 1 ${EXPLAINED}`,
    for: '1m',
    severity: '{{ $labels.severity }}',
    summary: `Check {{ $labels.check }} of your own fails for Frigate ${NAMED}`,
    description: `What it is and what to do: ${WHAT} --only {{ $labels.check }} --checks-file=FILE`,
  },
];

const ofTheDaemon = ({job, leaders}: RuleOptions): readonly AlertRule[] => [
  {
    alert: 'ServiceDown',
    expr: `up{job="${job}"} == 0 or absent(up{job="${job}"})`,
    for: '2m',
    severity: 'critical',
    summary: 'Service {{ $labels.job }} is down',
    description: 'Frigate may not be monitored: kubectl get pods -l app.kubernetes.io/name=frigate-health -A',
  },
  {
    alert: 'FrigateHealthStale',
    expr: `time() - ${newest('last_judged_timestamp_seconds')} > 60`,
    for: '1m',
    severity: 'critical',
    summary: `Frigate ${NAMED} is not monitored any more`,
    description: 'The service runs and has not judged it for more than a minute. See its log and /health.',
  },
  {
    alert: 'FrigateHealthLeaders',
    expr: `sum by (job, namespace) (${PREFIX}leader) != ${leaders}`,
    for: '1m',
    severity: 'warning',
    summary: `There are {{ $value }} leaders of frigate-health, not ${leaders}`,
    description: 'Nobody acts, or more than one replica believes that it does. See the Lease frigate-health.',
  },
  {
    alert: 'FrigateHealthTargetsLost',
    expr: `sum by (job, namespace) (${PREFIX}targets) < 0.8 * sum by (job, namespace) (${PREFIX}targets offset 1h)`,
    for: '10m',
    severity: 'warning',
    summary: 'More than a fifth of the Frigates were not found any more',
    description: 'Compare GET /api/instances with what is installed; the permission to list may be gone.',
  },
  {
    alert: 'FrigateHealthDebugFailure',
    expr: `max by (job, namespace) (${PREFIX}debug_failure) == 1`,
    for: null,
    severity: 'warning',
    summary: 'This is a test of the alerts of frigate-health',
    description: 'Somebody called POST /debug/fail. It ends by itself after 60 seconds.',
  },
];

export const alertRules = (options: RuleOptions = DEFAULT_RULE_OPTIONS): readonly AlertRule[] => [
  ...ofFrigates,
  ...ofTheUser,
  ...ofTheDaemon(options),
];

/** The groups of a rule file, also the `spec` of a PrometheusRule. */
export const ruleGroups = (rules: readonly AlertRule[]): object => ({
  groups: [
    {
      name: 'frigate-health',
      // With a scrape every 15 s and a group wait of 5 s an unhealthy Frigate is notified after 40 s at most.
      interval: '5s',
      rules: rules.map((rule) => ({
        alert: rule.alert,
        expr: rule.expr,
        ...(rule.for === null ? {} : {for: rule.for}),
        labels: {severity: rule.severity},
        annotations: {summary: rule.summary, description: rule.description},
      })),
    },
  ],
});

/** Names of metrics in an expression. */
export const metricsIn = (expression: string): readonly string[] =>
  expression.match(/\b(?:frigate_health_|process_|nodejs_)[a-z0-9_]+/g) ?? [];
