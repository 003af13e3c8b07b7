/** `watch [NAME]`: the live screen, or lines where there is no terminal. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, everywhereFlag, kubeFlags, settingFlags, watchFlags, workloadArgument} from '../cli/flags.js';
import {pollOf} from '../cli/kube-options.js';
import {targetOf} from '../cli/target.js';
import {CommandFailure} from '../report/failure.js';

/** Milliseconds between two changes of the screen, on a fast and on a slow line. */
const GAP = {fast: 250, slow: 1000};

export default class Watch extends BaseCommand {
  static override summary = 'Watch Frigate live: what it does, what is wrong, and what automatic repair makes of it.';
  static override description =
    'A screen on a terminal, one line for each change elsewhere. Changes nothing but by --allow-actions and a typed confirmation. Keys: ?';
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
        '--once shows one picture, and -o jsonl one object for each change',
        'kubectl frigate-health check -o jsonl',
      );
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const look = this.surroundings.look(flags.color, flags.ascii);
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
          colour: look.colour,
          ascii: look.ascii,
          who: this.person(flags),
        },
        processTerminal(),
      ),
    );
  }
}
