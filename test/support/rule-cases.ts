/** For each alert rule series with which it fires, and such with which it does not: for `promtool test rules`. */
import type {AlertRule} from '../../src/metrics/monitoring/rules.js';

/** Values by promtool's notation, one every 15 s from time 0. */
interface Input {
  readonly series: Readonly<Record<string, string>>;
  /** When it is asked, such as `2m`. */
  readonly at: string;
}

export interface RuleCase {
  readonly fires: Input & {
    /** Labels of the alert beside the severity. */
    readonly labels: Readonly<Record<string, string>>;
    /** `$value` of the annotations, where one has it. */
    readonly value?: string;
    /** Where the rule takes it from a label. */
    readonly severity?: string;
  };
  readonly quiet: readonly Input[];
}

const NVR = 'frigate_namespace="nvr",frigate="a"';
const FRIGATE = {frigate_namespace: 'nvr', frigate: 'a'};
const status = (name: string): string => `frigate_health_status{${NVR},status="${name}",pod="one"}`;
const custom = (check: string, is: string): string =>
  `frigate_health_custom_check_status{check="${check}",status="${is}",pod="one"}`;
const segment = `frigate_health_camera_last_segment_timestamp_seconds{${NVR},camera="barn",continuous="true"}`;
const cameraUp = `frigate_health_camera_up{${NVR},camera="barn"}`;
const SERVICE = 'job="frigate-health",namespace="nvr"';
const leader = (pod: string): string => `frigate_health_leader{${SERVICE},pod="${pod}"}`;
const SERVICE_LABELS = {job: 'frigate-health', namespace: 'nvr'};

export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  FrigateUnhealthy: {
    // Another replica becomes the leader in between: one alert, and `for` goes on.
    fires: {
      series: {[status('unhealthy')]: '0x2 1 1 _ _ _', [status('unhealthy').replace('one', 'two')]: '_x3 1x20'},
      at: '75s',
      labels: FRIGATE,
    },
    quiet: [
      {series: {[status('unhealthy')]: '0 0 1 0 1 0 0'}, at: '75s'},
      {series: {[status('unhealthy')]: '0x40', [status('degraded')]: '1x40'}, at: '5m'},
    ],
  },
  FrigateDegraded: {
    fires: {series: {[status('degraded')]: '1x80'}, at: '16m', labels: FRIGATE},
    quiet: [{series: {[status('degraded')]: '1x40 0 1x40'}, at: '16m'}],
  },
  FrigateCannotBeObserved: {
    fires: {series: {[status('unknown')]: '1x80'}, at: '11m', labels: FRIGATE},
    quiet: [{series: {[status('unknown')]: '1x30 0x50'}, at: '11m'}],
  },
  FrigateCameraDown: {
    fires: {
      series: {[cameraUp]: '0x80', [status('unhealthy')]: '0x80'},
      at: '6m',
      labels: {...FRIGATE, camera: 'barn'},
    },
    quiet: [
      {series: {[cameraUp]: '0x80', [status('unhealthy')]: '1x80'}, at: '6m'},
      {series: {[cameraUp]: '0x80', [status('starting')]: '1x80'}, at: '6m'},
      {series: {[cameraUp]: '1x80'}, at: '6m'},
    ],
  },
  FrigateNotRecording: {
    fires: {series: {[segment]: '0x80', [status('unhealthy')]: '0x80'}, at: '8m', labels: {...FRIGATE, camera: 'barn'}},
    quiet: [
      {series: {[segment]: '0+15x80'}, at: '8m'},
      {series: {[segment.replace('"true"', '"false"')]: '0x80'}, at: '8m'},
      {series: {[segment]: '0x80', [status('paused')]: '1x80'}, at: '8m'},
    ],
  },
  FrigateDetectorDown: {
    fires: {
      series: {[`frigate_health_check_failing{${NVR},check="FRG-403",severity="critical"}`]: '1x20'},
      at: '90s',
      labels: {...FRIGATE, check: 'FRG-403'},
    },
    quiet: [
      {series: {[`frigate_health_check_failing{${NVR},check="FRG-403",severity="warning"}`]: '1x20'}, at: '90s'},
      {series: {[`frigate_health_check_failing{${NVR},check="FRG-401",severity="critical"}`]: '1x20'}, at: '90s'},
      {
        series: {
          [`frigate_health_check_failing{${NVR},check="FRG-403",severity="critical"}`]: '1x20',
          [status('unhealthy')]: '1x20',
        },
        at: '90s',
      },
    ],
  },
  FrigateBreakerOpen: {
    fires: {
      series: {[`frigate_health_breaker{${NVR},state="locked"}`]: '1x20'},
      at: '90s',
      labels: {...FRIGATE, state: 'locked'},
    },
    quiet: [{series: {[`frigate_health_breaker{${NVR},state="half-open"}`]: '1x20'}, at: '90s'}],
  },
  FrigateRestarted: {
    // The first restart of a young process too: a timestamp, no increase of a counter.
    fires: {
      series: {[`frigate_health_last_restart_timestamp_seconds{${NVR}}`]: '_x3 45x20'},
      at: '60s',
      labels: FRIGATE,
    },
    quiet: [{series: {[`frigate_health_last_restart_timestamp_seconds{${NVR}}`]: '0x80'}, at: '16m'}],
  },
  FrigateExhaustionAhead: {
    fires: {
      series: {[`frigate_health_exhausted_timestamp_seconds{${NVR},resource="memory"}`]: '20000x200'},
      at: '31m',
      labels: {...FRIGATE, resource: 'memory'},
    },
    quiet: [
      {series: {[`frigate_health_exhausted_timestamp_seconds{${NVR},resource="storage"}`]: '90000x200'}, at: '31m'},
    ],
  },
  FrigateAlertUndelivered: {
    fires: {
      series: {
        [`frigate_health_alerts_pending{${NVR},channel="ntfy"}`]: '1x200',
        [`frigate_health_alerts_pending{${NVR},channel="mail"}`]: '0x200',
      },
      at: '31m',
      labels: {...FRIGATE, channel: 'ntfy'},
    },
    quiet: [{series: {[`frigate_health_alerts_pending{${NVR},channel="ntfy"}`]: '1x60 0x140'}, at: '31m'}],
  },
  CustomCheckFailing: {
    // Three checks depend on the broker: one alert, also when another replica becomes the leader.
    fires: {
      series: {
        [custom('X-broker', 'critical')]: '1x4 _x20',
        [custom('X-broker', 'critical').replace('one', 'two')]: '_x4 1x20',
        [custom('X-sensors', 'skipped')]: '1x20',
        [custom('X-automations', 'skipped')]: '1x20',
        [custom('X-lights', 'skipped')]: '1x20',
        [custom('X-sensors', 'warning')]: '0x20',
        [custom('X-nas', 'unknown')]: '1x20',
      },
      at: '2m',
      labels: {check: 'X-broker', status: 'critical'},
      severity: 'critical',
    },
    quiet: [
      {series: {[custom('X-broker', 'critical')]: '1 1 0x20'}, at: '2m'},
      {series: {[custom('X-broker', 'info')]: '1x20', [custom('X-broker', 'warning')]: '0x20'}, at: '2m'},
    ],
  },
  FrigateCustomCheckFailing: {
    fires: {
      series: {[`frigate_health_check_failing{${NVR},check="X-door-fps",severity="warning"}`]: '1x20'},
      at: '90s',
      labels: {...FRIGATE, check: 'X-door-fps'},
      severity: 'warning',
    },
    quiet: [
      {series: {[`frigate_health_check_failing{${NVR},check="FRG-501",severity="warning"}`]: '1x20'}, at: '90s'},
      {
        series: {
          [`frigate_health_check_failing{${NVR},check="X-door-fps",severity="warning"}`]: '1x20',
          [status('unhealthy')]: '1x20',
        },
        at: '90s',
      },
    ],
  },
  ServiceDown: {
    fires: {series: {}, at: '3m', labels: {job: 'frigate-health'}},
    quiet: [{series: {[`up{${SERVICE},pod="one"}`]: '1x20'}, at: '3m'}],
  },
  FrigateHealthStale: {
    fires: {series: {[`frigate_health_last_judged_timestamp_seconds{${NVR}}`]: '0x20'}, at: '150s', labels: FRIGATE},
    quiet: [{series: {[`frigate_health_last_judged_timestamp_seconds{${NVR}}`]: '0+15x20'}, at: '150s'}],
  },
  FrigateHealthLeaders: {
    fires: {
      series: {[leader('one')]: '1x20', [leader('two')]: '1x20'},
      at: '90s',
      labels: SERVICE_LABELS,
      value: '2',
    },
    quiet: [
      {series: {[leader('one')]: '1x20', [leader('two')]: '0x20'}, at: '90s'},
      {series: {[leader('one')]: '1x20', [leader('one').replaceAll('nvr', 'other')]: '1x20'}, at: '90s'},
    ],
  },
  FrigateHealthTargetsLost: {
    fires: {
      series: {[`frigate_health_targets{${SERVICE},source="labels"}`]: '10x240 7x60'},
      at: '71m',
      labels: SERVICE_LABELS,
    },
    quiet: [{series: {[`frigate_health_targets{${SERVICE},source="labels"}`]: '10x240 9x60'}, at: '71m'}],
  },
  FrigateHealthDebugFailure: {
    fires: {series: {[`frigate_health_debug_failure{${SERVICE},pod="one"}`]: '0 1'}, at: '15s', labels: SERVICE_LABELS},
    quiet: [{series: {[`frigate_health_debug_failure{${SERVICE},pod="one"}`]: '0x4'}, at: '15s'}],
  },
};

const filled = (text: string, {labels, value}: RuleCase['fires']): string =>
  text
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
    .replace('{{ $value }}', value ?? '');

/** The file of `promtool test rules`. */
export const ruleTests = (rules: readonly AlertRule[], ruleFile: string): object => ({
  rule_files: [ruleFile],
  evaluation_interval: '15s',
  tests: rules.flatMap((rule) => {
    const found = RULE_CASES[rule.alert];
    if (found === undefined) return [];
    const test = ({series, at}: Input, expected: readonly object[]): object => ({
      interval: '15s',
      input_series: Object.entries(series).map(([name, values]) => ({series: name, values})),
      alert_rule_test: [{eval_time: at, alertname: rule.alert, exp_alerts: expected}],
    });
    return [
      test(found.fires, [
        {
          exp_labels: {...found.fires.labels, severity: found.fires.severity ?? rule.severity},
          exp_annotations: {
            summary: filled(rule.summary, found.fires),
            description: filled(rule.description, found.fires),
          },
        },
      ]),
      ...found.quiet.map((quiet) => test(quiet, [])),
    ];
  }),
});
