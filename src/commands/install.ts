/** `install`: prints the manifests for `kubectl apply -f -`; with `--check` compares them with what is in the cluster. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, flagVariables, installFlags, kubeFlags, settingFlags, workloadArgument} from '../cli/flags.js';
import {targetOf} from '../cli/target.js';

export default class Install extends BaseCommand {
  static override summary = 'Print the manifests of the CronJob with the least rights that it needs. Changes nothing.';
  static override description =
    'Settings that are given here, by flag or variable, become those of the CronJob. The namespace is the one that Frigate runs in.';
  static override usage = 'install [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...installFlags, ...demoFlag, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> install | kubectl apply -f -',
    '<%= config.bin %> install statefulset/frigate -n cameras --mode=observe',
    '<%= config.bin %> install --smtp-secret=frigate-health-smtp --via=exec',
    '<%= config.bin %> install --check',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Install);
    const target = targetOf(args.name);
    const {runInstall} = await import('../install/run.js');
    const {env, version, signal, warn} = this.surroundings;
    const {text, exitCode} = await runInstall(
      {
        flags: this.given(flags, target?.name ?? null),
        env,
        version,
        otherVariables: flagVariables,
        image: flags.image ?? null,
        schedule: flags.schedule ?? null,
        smtpSecret: flags['smtp-secret'] ?? null,
      },
      {
        kind: target?.kind ?? null,
        check: flags.check,
        format: flags.output ?? null,
        open: (stateName) => this.gate(flags, stateName, false)(),
        signal,
        warn,
      },
    );
    this.print(text);
    this.endWith(exitCode);
  }
}
