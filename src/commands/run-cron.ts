/** `run-cron`: one headless pass, the entry point of the CronJob. JSON lines on stdout. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, dryRunFlag, kubeFlags, settingFlags} from '../cli/flags.js';

export default class RunCron extends BaseCommand {
  static override summary =
    'One pass for the CronJob: look, decide, restart where a restart cures, remember, alert. JSON lines on stdout.';
  static override description =
    'Exits 0 when it did its duty, whatever the health of Frigate, and with another code when it could not.';
  static override usage = 'run-cron [FLAGS]';
  static override flags = {...dryRunFlag, ...demoFlag, ...kubeFlags, ...settingFlags};
  static override examples = ['<%= config.bin %> run-cron', '<%= config.bin %> run-cron --dry-run'];

  async run(): Promise<void> {
    const {flags} = await this.parse(RunCron);
    const context = await this.context(flags, {workload: null, preferInCluster: true});
    const {runCron} = await import('../pass/run-cron.js');
    const {exitCode} = await runCron(context, {dryRun: flags['dry-run']});
    this.endWith(exitCode);
  }
}
