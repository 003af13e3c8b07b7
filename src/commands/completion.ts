/** `completion SHELL`: prints the script that makes TAB work. */
import {string as argument} from '@oclif/core/args';
import {BaseCommand} from '../cli/base-command.js';
import {scriptFor, SHELLS} from '../cli/completion/scripts.js';

export default class Completion extends BaseCommand {
  static override summary = 'Print the script for completion by TAB in bash, zsh, fish, or in kubectl itself.';
  // oclif shows the last line of a description and no other.
  static override description =
    'For `kubectl frigate-health <TAB>` kubectl (1.26 and later) runs the program kubectl_complete-frigate_health from PATH, in any shell; it must be executable.';
  static override usage = 'completion bash|zsh|fish|kubectl';
  static override args = {
    shell: argument({description: 'Which script.', required: true, options: [...SHELLS], ignoreStdin: true}),
  };
  static override examples = [
    '<%= config.bin %> completion kubectl > ~/.local/bin/kubectl_complete-frigate_health',
    'source <(<%= config.bin %> completion bash)',
    '<%= config.bin %> completion fish | source',
  ];

  async run(): Promise<void> {
    const {args} = await this.parse(Completion);
    const shell = SHELLS.find((known) => known === args.shell);
    if (shell !== undefined) this.print(scriptFor(shell));
  }
}
