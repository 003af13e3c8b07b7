/** `resume [NAME]`: ends a pause before its time. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, documentFlags, kubeFlags, settingFlags, workloadArgument} from '../cli/flags.js';
import {targetOf} from '../cli/target.js';

export default class Resume extends BaseCommand {
  static override summary = 'End a pause: automatic repair and notifications are on again.';
  static override usage = 'resume [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = ['<%= config.bin %> resume', '<%= config.bin %> resume deployment/frigate -n cameras'];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Resume);
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const [{pauseFrigate}, {renderPause}] = await Promise.all([
      import('../usecases/pause.js'),
      import('../report/pause.js'),
    ]);
    const outcome = await pauseFrigate(context, {
      kind: target?.kind ?? null,
      length: null,
      reason: '',
      by: this.person(flags),
    });
    this.print(await renderPause(outcome, flags.output, this.style(flags)));
  }
}
