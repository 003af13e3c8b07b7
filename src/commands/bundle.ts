/** `bundle [NAME]`: a masked archive for a bug report. Changes nothing in the cluster. */
import {BaseCommand} from '../cli/base-command.js';
import {bundleFlags, demoFlag, kubeFlags, settingFlags, styleFlags, workloadArgument} from '../cli/flags.js';
import {targetOf} from '../cli/target.js';
import {writeNewFile} from '../cli/write-file.js';

export default class Bundle extends BaseCommand {
  static override summary =
    'Write a tar.gz for a bug report: report, state, statistics, config, log, events and manifests, with secrets hidden. Changes nothing.';
  static override usage = 'bundle [NAME] [FLAGS]';
  static override args = workloadArgument;
  static override flags = {...bundleFlags, ...demoFlag, ...styleFlags, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> bundle',
    '<%= config.bin %> bundle deployment/frigate -n cameras -f frigate.tar.gz',
    '<%= config.bin %> bundle --demo=coral-stuck',
  ];

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Bundle);
    const target = targetOf(args.name);
    const context = await this.context(flags, {workload: target?.name ?? null, preferInCluster: false});
    const [{bundle}, {bundleName, packBundle, renderBundle}] = await Promise.all([
      import('../usecases/bundle/bundle.js'),
      import('../report/bundle.js'),
    ]);
    const result = await bundle(context, {kind: target?.kind ?? null});
    this.endIfInterrupted();
    const name = bundleName(result);
    const packed = await packBundle(result, name);
    const path = flags.file ?? `${name}.tar.gz`;
    await writeNewFile(path, packed.bytes);
    this.print(renderBundle(result, packed, path, this.style(flags)));
    this.endWith(result.report.summary.exitCode);
  }
}
