/** `check [NAME]`: one complete report; changes nothing. */
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
import {checkIds, chosenChecks} from '../cli/lists.js';
import {checksFileOf} from '../settings/sources.js';

export default class Check extends BaseCommand {
  static override summary =
    'Check Frigate and everything that it needs: say what is wrong and what to do. Changes nothing.';
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
    '<%= config.bin %> check --raw=stats',
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
    const custom = (await this.customProbes(checksFileOf(flags['checks-file'], this.runtime.env)))?.checks ?? [];
    const ids = [...catalogue, ...custom].map((check) => check.id);
    if (flags.list || flags.explain !== undefined) {
      const [{renderExplanation, renderList}, {renderCustomExplanation}] = await Promise.all([
        import('../report/catalogue.js'),
        import('../report/custom-catalogue.js'),
      ]);
      const wanted = flags.explain === undefined ? [] : checkIds([flags.explain], ids);
      const page = catalogue
        .filter((check) => wanted.includes(check.id))
        .map((check) => renderExplanation(check, flags.output, this.style(flags)));
      const own = custom
        .filter((check) => wanted.includes(check.id))
        .map((check) => renderCustomExplanation(check, flags.output, this.style(flags)));
      this.print(
        flags.list
          ? await renderList(catalogue, flags.output, this.style(flags), custom)
          : (await Promise.all([...page, ...own])).join(''),
      );
      return;
    }
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    if (flags.raw !== undefined) {
      const [{runRaw}, {renderRaw}] = await Promise.all([import('../usecases/raw.js'), import('../report/raw.js')]);
      const raw = await runRaw(context, {
        path: flags.raw,
        kind: target?.kind ?? null,
        allNamespaces: flags['all-namespaces'],
      });
      this.print(renderRaw(raw.body, this.style(flags)));
      const said = this.progressLine();
      said.show(raw.line);
      said.end();
      this.endWith(raw.exitCode);
      return;
    }
    const [{runCheck}, {waitLine}] = await Promise.all([
      import('../usecases/check.js'),
      import('../report/waiting.js'),
    ]);
    const progress = this.progressLine();
    const reports = await runCheck(context, {
      kind: target?.kind ?? null,
      allNamespaces: flags['all-namespaces'],
      ...chosenChecks(this.names(flags.only), this.names(flags.skip), ids),
      failOn: flags['fail-on'],
      wait: durationOf('wait', flags.wait),
      onProgress: (step) => progress.show(waitLine(step)),
    });
    progress.end();
    await this.report(reports, flags);
  }
}
