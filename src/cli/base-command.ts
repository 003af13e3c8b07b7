/** What every command does the same way: settings and context from its flags, a report to stdout and its exit code. */
import {Command} from '@oclif/core/command';
import type {Context} from '../pass/context.js';
import {CommandFailure} from '../report/failure.js';
import {render} from '../report/render.js';
import type {Format} from '../report/render.js';
import type {CheckReport} from '../report/report.js';
import type {Look} from '../report/look.js';
import type {ColourChoice} from './colour.js';
import type {ProgressLine} from './conversation.js';
import {flagVariables} from './flags.js';
import {realGate} from './gate.js';
import {kubeOptions} from './kube-options.js';
import type {GivenKubeFlags} from './kube-options.js';
import {personOf} from './person.js';
import {surroundings} from './process.js';
import type {Surroundings} from './process.js';
import {checkVariables} from './variables.js';
import {namesOf} from './words.js';

export interface OutputChoice {
  readonly output: Format;
  readonly color: ColourChoice;
  readonly ascii: boolean;
}

/** The flags of a command as oclif parsed them: those of kubectl and one text for each setting that was given. */
export type GivenFlags = GivenKubeFlags & {readonly demo?: string | undefined} & Readonly<Record<string, unknown>>;

export abstract class BaseCommand extends Command {
  /** The context of the use case. `workload`: the argument NAME, which wins over the setting. Ends the command on a bad setting. */
  protected async context(
    flags: GivenFlags,
    options: {readonly workload: string | null; readonly preferInCluster: boolean},
  ): Promise<Context> {
    const {env, readFile, signal, stdout, version, warn} = surroundings();
    const {isSettings, load} = await import('../settings/load.js');
    const settings = load({flags: this.given(flags, options.workload), env, readFile, otherVariables: flagVariables});
    if (!isSettings(settings)) {
      throw new CommandFailure(
        'usage',
        settings.map((error) => error.message).join('\n'),
        'kubectl frigate-health check --help lists every setting with its variable and default',
      );
    }
    for (const warning of settings.warnings) warn(warning);
    return {
      settings,
      open: this.gate(flags, settings.stateName, options.preferInCluster),
      signal,
      stdout,
      warn,
      version,
    };
  }

  /** The flags that were given as texts, with the argument NAME in the place of --workload. */
  protected given(flags: GivenFlags, workload: string | null): Readonly<Record<string, string>> {
    const given = Object.fromEntries(
      Object.entries(flags).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    if (workload === null) return given;
    if (given['workload'] !== undefined)
      throw new CommandFailure(
        'usage',
        'The workload is named twice: by the argument NAME and by --workload',
        'leave one of them out',
      );
    return {...given, workload};
  }

  /** The way to the cluster, real or simulated; a bad flag ends the command here, nothing is dialled before it is opened. */
  protected gate(flags: GivenFlags, stateName: string, preferInCluster: boolean): Context['open'] {
    const {clock, env} = surroundings();
    const kube = kubeOptions(flags, env, preferInCluster);
    const {demo} = flags;
    return demo === undefined
      ? () => realGate(kube, clock)
      : async () => (await import('./demo.js')).demoGate(demo, stateName);
  }

  /** Prints the report and takes its exit code. What was interrupted saw half of what there is, so it is no report. */
  protected async report(report: CheckReport, flags: OutputChoice): Promise<void> {
    const interruption = surroundings().interruption();
    if (interruption !== null) throw interruption;
    this.print(await render(report, flags.output, this.look(flags)));
    this.endWith(report.summary.exitCode);
  }

  protected look(flags: OutputChoice): Look {
    return surroundings().look(flags.color, flags.ascii);
  }

  protected print(text: string): void {
    surroundings().stdout(text);
  }

  protected endWith(exitCode: number): void {
    surroundings().setExitCode(surroundings().interruption()?.exitCode ?? exitCode);
  }

  /** Asks on a terminal; elsewhere nobody says yes but `--yes`. A no ends the command with nothing done. */
  protected async confirm(question: string): Promise<void> {
    const answer = await surroundings().ask(question);
    if (answer === null) throw new CommandFailure('usage', 'There is no terminal to ask on', 'add --yes');
    if (!answer) throw new CommandFailure('refused', 'Nothing was changed: the question was not answered with yes');
  }

  /** Who types, for the record. */
  protected person(flags: GivenFlags): string {
    return personOf(flags.as, surroundings().env);
  }

  protected get surroundings(): Surroundings {
    return surroundings();
  }

  protected progressLine(): ProgressLine {
    return surroundings().progressLine();
  }

  protected names(flag: unknown): readonly string[] {
    return namesOf(flag);
  }

  protected override async init(): Promise<void> {
    // A command without flags has none at all, whatever oclif's type says.
    checkVariables((this.ctor.flags as typeof this.ctor.flags | undefined) ?? {}, this.argv, surroundings().env);
    await super.init();
  }

  /** Everything that ends a command early goes to the one funnel in main.ts; oclif would print and exit by rules of its own. */
  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }
}
