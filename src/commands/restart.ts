/** `restart [NAME]`: a person's restart, through the guards of the automatic one. */
import {BaseCommand} from '../cli/base-command.js';
import {
  demoFlag,
  documentFlags,
  kubeFlags,
  reasonFlag,
  restartFlags,
  settingFlags,
  workloadArgument,
} from '../cli/flags.js';
import {durationOf} from '../cli/kube-options.js';
import {targetOf} from '../cli/target.js';
import {CommandFailure} from '../report/failure.js';

export default class Restart extends BaseCommand {
  static override summary =
    'Restart Frigate, with the guards of the automatic repair: a refusal names the rule, the evidence and what would lift it.';
  static override usage = 'restart [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {
    ...restartFlags,
    ...reasonFlag,
    ...demoFlag,
    ...documentFlags,
    ...kubeFlags,
    ...settingFlags,
  };
  static override examples = [
    '<%= config.bin %> restart --wait',
    '<%= config.bin %> restart --dry-run',
    '<%= config.bin %> restart --force --reason "new configuration" --wait=15m',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Restart);
    if (flags.force && (flags.reason ?? '').trim() === '')
      throw new CommandFailure(
        'usage',
        '--force needs a reason, which is kept with the restart',
        'kubectl frigate-health restart --force --reason "…"',
      );
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const [{restart}, {renderRestart, exitOfRestart}] = await Promise.all([
      import('../pass/restart.js'),
      import('../report/outcomes.js'),
    ]);
    const progress = this.progressLine();
    const end = await restart(context, {
      kind: target?.kind ?? null,
      who: this.person(flags),
      reason: flags.reason ?? 'no reason given',
      force: flags.force,
      dryRun: flags['dry-run'],
      wait: durationOf('wait', flags.wait),
      told: ({text}) => progress.show(text),
    });
    progress.end();
    this.print(await renderRestart(end, flags.output, this.look(flags)));
    this.endWith(exitOfRestart(end));
  }
}
