/** `ack`: somebody knows of the incident. */
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, documentFlags, kubeFlags, reasonFlag, settingFlags} from '../cli/flags.js';

export default class Ack extends BaseCommand {
  static override summary =
    'Acknowledge the open incident: no more reminders of it. Automatic repair goes on; what gets worse and the end are notified.';
  static override usage = 'ack [FLAGS]';
  static override flags = {...reasonFlag, ...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = ['<%= config.bin %> ack --reason "waiting for a new camera"'];

  async run(): Promise<void> {
    const {flags} = await this.parse(Ack);
    const context = await this.context(flags, {workload: null, preferInCluster: false});
    const [{ackIncident}, {renderAck}] = await Promise.all([
      import('../usecases/ack.js'),
      import('../report/pause.js'),
    ]);
    const outcome = await ackIncident(context, {by: this.person(flags), reason: flags.reason ?? null});
    this.print(await renderAck(outcome, flags.output, this.style(flags)));
  }
}
