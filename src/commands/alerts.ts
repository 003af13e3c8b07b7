/** `alerts FILE`: prints what Prometheus, Grafana or Alertmanager is configured with. */
import {string as argument} from '@oclif/core/args';
import {integer, string} from '@oclif/core/flags';
import {BaseCommand} from '../cli/base-command.js';
import type {AlertFile} from '../usecases/alerts.js';

/** As keys, so that none is missing; what they are made of is loaded when it is asked for. */
const FILES: Readonly<Record<AlertFile, true>> = {
  rules: true,
  dashboard: true,
  'scrape-config': true,
  alertmanager: true,
};
const NAMES = Object.keys(FILES) as readonly AlertFile[];

export default class Alerts extends BaseCommand {
  static override summary = 'Print the alert rules, the dashboard or the scrape configuration for a running `serve`.';
  static override description = 'Asks no server. For the Prometheus Operator: install --monitor.';
  static override usage = 'alerts rules|dashboard|scrape-config|alertmanager [FLAGS]';
  static override args = {
    file: argument({description: 'Which file.', required: true, options: [...NAMES], ignoreStdin: true}),
  };
  static override flags = {
    namespace: string({
      char: 'n',
      summary: 'Namespace in which serve runs.',
      default: 'frigate',
      helpValue: 'namespace',
    }),
    job: string({summary: 'Name of the scrape job.', default: 'frigate-health', helpValue: 'name'}),
    leaders: integer({
      summary: 'Replicas that lead at the same time: the number of shards.',
      default: 1,
      min: 1,
      max: 1000,
      helpValue: 'number',
    }),
  };
  static override examples = [
    '<%= config.bin %> alerts rules > health-rules.yml',
    '<%= config.bin %> alerts scrape-config -n cameras',
    '<%= config.bin %> alerts dashboard > service-health.json',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Alerts);
    const {alertFile} = await import('../usecases/alerts.js');
    const file = NAMES.find((known) => known === args.file);
    if (file !== undefined) this.print(alertFile(file, flags.namespace, {job: flags.job, leaders: flags.leaders}));
  }
}
