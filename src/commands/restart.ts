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
import {CommandFailure} from '../outcome/failure.js';

export default class Restart extends BaseCommand {
  static override summary =
    'Restart Frigate if the rules of automatic repair allow it. A refusal names the rule, the evidence and how to unblock it.';
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
        '--force needs a reason, which is stored with the restart',
        'kubectl frigate-health restart --force --reason "…"',
      );
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const [{restart}, {renderRestart}, {exitOfRestart}, {progressText}] = await Promise.all([
      import('../usecases/restart/restart.js'),
      import('../report/restart.js'),
      import('../outcome/restart-result.js'),
      import('../core/rollout/wording.js'),
    ]);
    const progress = this.progressLine();
    const end = await restart(context, {
      kind: target?.kind ?? null,
      who: this.person(flags),
      reason: flags.reason ?? 'no reason given',
      force: flags.force,
      dryRun: flags['dry-run'],
      wait: durationOf('wait', flags.wait),
      onProgress: (step) => progress.show(progressText(step)),
    });
    progress.end();
    this.print(await renderRestart(end, flags.output, this.style(flags)));
    this.endWith(exitOfRestart(end));
  }
}
