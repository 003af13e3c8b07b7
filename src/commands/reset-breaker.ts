/** `reset-breaker`: closes the breaker and unlocks it. Never restarts anything by itself; history stays. */
import type {BreakerStanding} from '../outcome/reset-result.js';
import {BaseCommand} from '../cli/base-command.js';
import {demoFlag, kubeFlags, reasonFlag, settingFlags, documentFlags, yesFlag} from '../cli/flags.js';

export default class ResetBreaker extends BaseCommand {
  static override summary =
    'Close and unlock the restart breaker after the cause is fixed. Restarts nothing; keeps the history and the limits of the hour.';
  static override usage = 'reset-breaker [FLAGS]';
  static override flags = {...reasonFlag, ...yesFlag, ...demoFlag, ...documentFlags, ...kubeFlags, ...settingFlags};
  static override examples = [
    '<%= config.bin %> reset-breaker --reason "new Coral, new cable"',
    '<%= config.bin %> reset-breaker --yes',
  ];

  async run(): Promise<void> {
    const {flags} = await this.parse(ResetBreaker);
    const context = await this.context(flags, {workload: null, preferInCluster: false});
    const [{resetBreaker}, {renderReset, resetQuestion}] = await Promise.all([
      import('../usecases/reset-breaker.js'),
      import('../report/reset-breaker.js'),
    ]);
    const consent = flags.yes
      ? null
      : (standing: BreakerStanding): Promise<void> => this.confirm(resetQuestion(standing));
    const outcome = await resetBreaker(context, {by: this.person(flags), reason: flags.reason ?? null}, consent);
    this.print(await renderReset(outcome, flags.output, this.style(flags)));
  }
}
