/** `pause [NAME]`: maintenance with an end. */
import {BaseCommand} from '../cli/base-command.js';
import {
  demoFlag,
  documentFlags,
  kubeFlags,
  pauseFlags,
  reasonFlag,
  settingFlags,
  workloadArgument,
} from '../cli/flags.js';
import {durationOf} from '../cli/kube-options.js';
import {targetOf} from '../cli/target.js';
import {CommandFailure} from '../outcome/failure.js';

export default class Pause extends BaseCommand {
  static override summary =
    'Pause automatic repair and notifications of one Frigate for a time; everything is still observed. It ends by itself.';
  static override description =
    'Writes two annotations on the workload with your own permission. Nothing is rolled out.';
  static override usage = 'pause [NAME] --for DURATION [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...pauseFlags, ...reasonFlag, ...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> pause --for=2h --reason "new switch"',
    '<%= config.bin %> pause deployment/frigate -n cameras --for=30m',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Pause);
    const length = durationOf('for', flags.for);
    if (length === null)
      throw new CommandFailure(
        'usage',
        'A pause needs its length',
        'kubectl frigate-health pause --for=2h --reason "…"',
      );
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const [{pauseFrigate}, {renderPause}] = await Promise.all([
      import('../usecases/pause.js'),
      import('../report/pause.js'),
    ]);
    const outcome = await pauseFrigate(context, {
      kind: target?.kind ?? null,
      length,
      reason: flags.reason ?? 'no reason given',
      by: this.person(flags),
    });
    this.print(await renderPause(outcome, flags.output, this.style(flags)));
  }
}
