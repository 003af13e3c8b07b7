/** `check [NAME]`: looks once, changes nothing, says everything. */
import {BaseCommand} from '../cli/base-command.js';
import {
  checkFlags,
  demoFlag,
  everywhereFlag,
  kubeFlags,
  outputFlags,
  settingFlags,
  workloadArgument,
} from '../cli/flags.js';
import {durationOf} from '../cli/kube-options.js';
import {targetOf} from '../cli/target.js';
import {checkIds, chosenChecks} from '../cli/words.js';

export default class Check extends BaseCommand {
  static override summary =
    'Look at Frigate and all that it needs, and say what is wrong and what to do. Changes nothing.';
  static override usage = 'check [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {
    ...checkFlags,
    ...demoFlag,
    ...outputFlags,
    ...kubeFlags,
    ...everywhereFlag,
    ...settingFlags,
  };
  static override examples = [
    '<%= config.bin %> check',
    '<%= config.bin %> check deployment/frigate -n cameras -o json',
    '<%= config.bin %> check --wait=10m --fail-on=critical',
    '<%= config.bin %> check --watch',
    '<%= config.bin %> check --demo=coral-stuck',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Check);
    if (flags.watch) {
      await this.config.runCommand('watch', [
        '--plain',
        '--exit-code',
        ...this.argv.filter((word) => word !== '--watch' && word !== '-w'),
      ]);
      return;
    }
    const {catalogue} = await import('../core/checks/catalogue.js');
    const ids = catalogue.map((check) => check.id);
    if (flags.list || flags.explain !== undefined) {
      const {renderExplanation, renderList} = await import('../report/catalogue.js');
      const wanted = flags.explain === undefined ? [] : checkIds([flags.explain], ids);
      const page = catalogue
        .filter((check) => wanted.includes(check.id))
        .map((check) => renderExplanation(check, flags.output, this.look(flags)));
      this.print(
        flags.list ? await renderList(catalogue, flags.output, this.look(flags)) : (await Promise.all(page)).join(''),
      );
      return;
    }
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const {runCheck} = await import('../pass/check.js');
    const progress = this.progressLine();
    const report = await runCheck(context, {
      kind: target?.kind ?? null,
      allNamespaces: flags['all-namespaces'],
      ...chosenChecks(this.names(flags.only), this.names(flags.skip), ids),
      failOn: flags['fail-on'],
      wait: durationOf('wait', flags.wait),
      told: progress.show,
    });
    progress.end();
    await this.report(report, flags);
  }
}
