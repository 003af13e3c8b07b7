/** `install`: prints the manifests for `kubectl apply -f -`; with `--check` compares them with what is in the cluster. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, flagVariables, installFlags, kubeFlags, settingFlags, workloadArgument} from '../cli/flags.js';
import {targetOf} from '../cli/target.js';
import type {ChecksSource} from '../usecases/install/plan.js';

const checksOf = (configMap: string | undefined, secret: string | undefined): ChecksSource | null => {
  if (secret !== undefined) return {kind: 'Secret', name: secret};
  return configMap === undefined ? null : {kind: 'ConfigMap', name: configMap};
};

export default class Install extends BaseCommand {
  static override summary =
    'Print the manifests of the CronJob, or of the daemon, with the fewest permissions that it needs. Changes nothing.';
  static override description =
    'Settings given here, by flag or variable, become those of what is installed. The namespace is the one in which Frigate runs; with --serve, the one in which the daemon runs.';
  static override usage = 'install [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...installFlags, ...demoFlag, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> install | kubectl apply -f -',
    '<%= config.bin %> install statefulset/frigate -n cameras --mode=observe',
    '<%= config.bin %> install --smtp-secret=frigate-health-smtp --via=exec',
    '<%= config.bin %> install --notify-secret=frigate-health-notify',
    '<%= config.bin %> install --checks-configmap=frigate-health-checks',
    '<%= config.bin %> install --check',
    '<%= config.bin %> install --serve -n frigate | kubectl apply -f -',
    '<%= config.bin %> install --serve --fleet -n monitoring --namespaces=home,office',
    '<%= config.bin %> install --permissions | kubectl apply -f -',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Install);
    const target = targetOf(args.name);
    const {runInstall} = await import('../usecases/install/install.js');
    const {env, version, signal, warn} = this.runtime;
    const {content, exitCode} = await runInstall(
      {
        flags: this.given(flags, target?.name ?? null),
        env,
        version,
        otherVariables: flagVariables,
        image: flags.image ?? null,
        schedule: flags.schedule ?? null,
        smtpSecret: flags['smtp-secret'] ?? null,
        notifySecret: flags['notify-secret'] ?? null,
        checks: checksOf(flags['checks-configmap'], flags['checks-secret']),
      },
      {
        kind: target?.kind ?? null,
        check: flags.check,
        permissions: flags.permissions,
        monitor: flags.monitor,
        serve: flags.serve ? {fleet: flags.fleet, namespaces: this.names(flags.namespaces)} : null,
        format: flags.output ?? null,
        open: (stateName) => this.connectionOpener(flags, stateName, false)(),
        signal,
        warn,
      },
    );
    if (typeof content === 'string') this.print(content);
    else this.print(await (await import('../report/render.js')).renderValue(content.document, content.format));
    this.endWith(exitCode);
  }
}
