/** `run-cron`: one headless pass, the entry point of the CronJob. JSON lines on stdout. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, dryRunFlag, kubeFlags, settingFlags} from '../cli/flags.js';

export default class RunCron extends BaseCommand {
  static override summary =
    'One pass for the CronJob: observe, decide, restart where a restart cures, store the state, notify. JSON lines on stdout.';
  static override description =
    'Exits with 0 if the pass did its work, whatever the health of Frigate; with another code if it could not.';
  static override usage = 'run-cron [FLAGS]';
  static override flags = {...dryRunFlag, ...demoFlag, ...kubeFlags, ...settingFlags};
  static override examples = ['<%= config.bin %> run-cron', '<%= config.bin %> run-cron --dry-run'];

  async run(): Promise<void> {
    const {flags} = await this.parse(RunCron);
    const context = await this.context(flags, {workload: null, preferInCluster: true, reportsWarnings: true});
    const {runCron} = await import('../usecases/run-cron.js');
    const {exitCode} = await runCron(context, {dryRun: flags['dry-run']});
    this.endWith(exitCode);
  }
}
