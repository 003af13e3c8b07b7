/** What makes Prometheus scrape every replica of `serve`, and Alertmanager send one notification for one cause. */
import {DEFAULT_RULE_OPTIONS, ruleGroups, alertRules, type RuleOptions} from './rules.js';

/** The label by which the pods of `serve` are found. */
const POD_LABEL = 'frigate-health';
const PORT = 'http';
const INTERVAL = '15s';

/** One job for Prometheus' own discovery of pods. */
export const scrapeConfig = (namespace: string, {job}: Pick<RuleOptions, 'job'> = DEFAULT_RULE_OPTIONS): object => ({
  scrape_configs: [
    {
      job_name: job,
      scrape_interval: INTERVAL,
      kubernetes_sd_configs: [{role: 'pod', namespaces: {names: [namespace]}}],
      relabel_configs: [
        {source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'], regex: POD_LABEL, action: 'keep'},
        {source_labels: ['__meta_kubernetes_pod_container_port_name'], regex: PORT, action: 'keep'},
        {source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace'},
        {source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod'},
      ],
    },
  ],
});

const metadata = (namespace: string): object => ({
  name: 'frigate-health',
  namespace,
  labels: {'app.kubernetes.io/name': POD_LABEL, 'app.kubernetes.io/part-of': POD_LABEL},
});

const endpoint = {port: PORT, path: '/metrics', interval: INTERVAL};
const selector = {matchLabels: {'app.kubernetes.io/name': POD_LABEL}};
/** The job of the alert rules, whatever the name of the monitor. */
const jobLabel = 'app.kubernetes.io/name';

/** For the Prometheus Operator: each replica, also the ones that do not lead. */
export const podMonitor = (namespace: string): object => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: metadata(namespace),
  spec: {jobLabel, selector, podMetricsEndpoints: [endpoint]},
});

/** The same by the Service, where pods are not discovered. */
export const serviceMonitor = (namespace: string): object => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: metadata(namespace),
  spec: {jobLabel, selector, endpoints: [endpoint]},
});

export const prometheusRule = (namespace: string, options: RuleOptions = DEFAULT_RULE_OPTIONS): object => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: metadata(namespace),
  spec: ruleGroups(alertRules(options)),
});

/**
 * An example for Alertmanager. The alerts of one Frigate are one notification, and while the Frigate itself is unhealthy or nobody
 * monitors it, what follows from that is not sent.
 */
export const alertmanagerConfig = (): object => ({
  route: {
    receiver: 'people',
    group_by: ['frigate_namespace', 'frigate'],
    group_wait: '5s',
    group_interval: '5m',
    repeat_interval: '4h',
    routes: [{receiver: 'nobody', matchers: ['severity="info"']}],
  },
  inhibit_rules: [
    {
      source_matchers: ['alertname="FrigateUnhealthy"'],
      target_matchers: [
        'alertname=~"FrigateCameraDown|FrigateNotRecording|FrigateDetectorDown|FrigateDegraded|FrigateCustomCheckFailing"',
      ],
      equal: ['frigate_namespace', 'frigate'],
    },
    {source_matchers: ['alertname="ServiceDown"'], target_matchers: ['alertname=~"FrigateHealth.*"']},
  ],
  receivers: [{name: 'people', webhook_configs: [{url: 'http://127.0.0.1:9099/'}]}, {name: 'nobody'}],
});
