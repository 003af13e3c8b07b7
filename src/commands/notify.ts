/** `notify`: tries the channels. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, documentFlags, kubeFlags, notifyFlags, settingFlags} from '../cli/flags.js';
import {CommandFailure} from '../outcome/failure.js';

export default class Notify extends BaseCommand {
  static override summary =
    'Try the notification channels: one test notification to each, and what each answered. Changes nothing else.';
  static override description =
    'Ends with 0 where every channel took it, with 1 where one did not, with 64 where none is set. --demo sends nothing and shows what would be sent, secrets masked.';
  static override usage = 'notify --test [FLAGS]';
  static override flags = {...notifyFlags, ...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = ['<%= config.bin %> notify --test', '<%= config.bin %> notify --demo'];

  async run(): Promise<void> {
    const {flags} = await this.parse(Notify);
    if (flags.test === (flags.demo !== undefined))
      throw new CommandFailure('usage', 'Say what to do: --test or --demo', 'kubectl frigate-health notify --test');
    const context = await this.context(flags, {workload: null, preferInCluster: false});
    const [{previewChannels, testChannels}, {exitOfTest, renderPreview, renderTest}] = await Promise.all([
      import('../usecases/notify.js'),
      import('../report/notify.js'),
    ]);
    if (flags.test) {
      const results = await testChannels(context);
      this.print(await renderTest(results, flags.output, this.style(flags)));
      this.endWith(exitOfTest(results));
      return;
    }
    this.print(await renderPreview(await previewChannels(context), flags.output, this.style(flags)));
  }
}
