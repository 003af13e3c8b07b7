/** `watch [NAME]`: the live screen, or lines where there is no terminal. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, everywhereFlag, kubeFlags, settingFlags, watchFlags, workloadArgument} from '../cli/flags.js';
import {pollOf} from '../cli/kube-options.js';
import {targetOf} from '../cli/target.js';
import {CommandFailure} from '../outcome/failure.js';

/** Milliseconds between two changes of the screen, on a fast and on a slow line. */
const GAP = {fast: 250, slow: 1000};

export default class Watch extends BaseCommand {
  static override summary = 'Watch Frigate live: its work, its problems, and what automatic repair would do.';
  static override description =
    'A screen on a terminal; otherwise one line for each change. Changes nothing without --allow-actions and a typed confirmation. Keys: ?';
  static override usage = 'watch [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...watchFlags, ...demoFlag, ...kubeFlags, ...everywhereFlag, ...settingFlags};
  static override examples = [
    '<%= config.bin %> watch',
    '<%= config.bin %> watch -A',
    '<%= config.bin %> watch --demo=coral-stuck --allow-actions',
    '<%= config.bin %> watch -o jsonl | tee incident.jsonl',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Watch);
    const target = targetOf(args.name);
    const poll = pollOf(flags.poll);
    if (flags.once && flags.output === 'jsonl')
      throw new CommandFailure(
        'usage',
        '--once prints one screen, and -o jsonl prints one object for each change',
        'kubectl frigate-health check -o jsonl',
      );
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const style = this.runtime.style(flags.color, flags.ascii);
    const [{runWatch}, {processTerminal}] = await Promise.all([import('../tui/run.js'), import('../tui/terminal.js')]);
    this.endWith(
      await runWatch(
        context,
        {
          kind: target?.kind ?? null,
          interval: poll,
          output: flags.output,
          once: flags.once,
          plain: flags.plain,
          allNamespaces: flags['all-namespaces'],
          allowActions: flags['allow-actions'] && !flags['read-only'],
          alternateScreen: !flags['no-alt-screen'],
          lowBandwidth: flags['low-bandwidth'],
          gap: flags['low-bandwidth'] ? GAP.slow : GAP.fast,
          maxFps: flags['max-fps'],
          bell: flags.bell,
          exitCode: flags['exit-code'],
          theme: flags.theme,
          colour: style.colour,
          ascii: style.ascii,
          who: this.person(flags),
        },
        processTerminal(),
      ),
    );
  }
}
