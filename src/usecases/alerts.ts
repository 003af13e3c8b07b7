/** `alerts`: what Prometheus, Grafana and Alertmanager are given, as files. Asks nothing of any server. */
import {
  alertmanagerConfig,
  podMonitor,
  prometheusRule,
  scrapeConfig,
  serviceMonitor,
} from '../metrics/monitoring/configuration.js';
import {dashboard} from '../metrics/monitoring/dashboard.js';
import {yamlOf} from './install/render.js';
import {alertRules, DEFAULT_RULE_OPTIONS, ruleGroups, type RuleOptions} from '../metrics/monitoring/rules.js';

export type AlertFile = 'rules' | 'dashboard' | 'scrape-config' | 'alertmanager';

/** `namespace`: where `serve` runs. */
export const alertFile = (file: AlertFile, namespace: string, options: RuleOptions = DEFAULT_RULE_OPTIONS): string => {
  switch (file) {
    case 'rules':
      return yamlOf(ruleGroups(alertRules(options)));
    case 'dashboard':
      return `${JSON.stringify(dashboard(), null, 2)}\n`;
    case 'scrape-config':
      return yamlOf(scrapeConfig(namespace, options));
    case 'alertmanager':
      return yamlOf(alertmanagerConfig());
  }
};

/** What `install --monitor` prints for the Prometheus Operator. */
export const monitorManifests = (namespace: string): readonly object[] => [
  podMonitor(namespace),
  prometheusRule(namespace),
];

/** The files of the repository's folder deploy, by their path in it; of an installation in the namespace `frigate`. */
export const monitoringFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['monitoring/alerts/health-rules.yml', alertFile('rules', 'frigate')],
    ['monitoring/scrape-config.yml', alertFile('scrape-config', 'frigate')],
    ['monitoring/alertmanager.yml', alertFile('alertmanager', 'frigate')],
    ['monitoring/pod-monitor.yml', yamlOf(podMonitor('frigate'))],
    ['monitoring/service-monitor.yml', yamlOf(serviceMonitor('frigate'))],
    ['monitoring/prometheus-rule.yml', yamlOf(prometheusRule('frigate'))],
    ['dashboards/service-health.json', alertFile('dashboard', 'frigate')],
  ]);
