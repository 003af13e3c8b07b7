/** `state`: the whole state on one page. Changes nothing. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, historyFlag, kubeFlags, settingFlags, documentFlags} from '../cli/flags.js';

export default class State extends BaseCommand {
  static override summary =
    'Show the state: breaker, streak, restarts and whether each helped, incident, outbox, last pass and decisions. Changes nothing.';
  static override usage = 'state [FLAGS]';
  static override flags = {...historyFlag, ...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> state',
    '<%= config.bin %> state -o json',
    '<%= config.bin %> state --history=50',
  ];

  async run(): Promise<void> {
    const {flags} = await this.parse(State);
    const context = await this.context(flags, {workload: null, preferInCluster: false});
    const {showState} = await import('../usecases/state.js');
    const report = await showState(context, {history: flags.history});
    if (flags.output === 'text') {
      const {renderStateText} = await import('../report/state-text.js');
      this.print(renderStateText(report, this.style(flags)));
    } else {
      const {renderMasked} = await import('../report/render.js');
      this.print(await renderMasked(report, flags.output));
    }
  }
}
