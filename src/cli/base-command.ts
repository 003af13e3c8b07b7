/** What every command does the same way: settings and context from its flags, a report to stdout and its exit code. */
import {Command} from '@oclif/core/command';
import type {CustomProbes} from '../pass/custom-probes.js';
import type {Context} from '../pass/context.js';
import {CommandFailure} from '../outcome/failure.js';
import {worstExitCode} from '../outcome/check-report-list.js';
import {renderAll} from '../report/render.js';
import type {Format} from '../report/render.js';
import type {CheckReport} from '../outcome/check-report.js';
import type {Style} from '../report/style.js';
import type {ColourChoice} from './colour.js';
import type {ProgressLine} from './prompts.js';
import {flagVariables} from './flags.js';
import {realConnection} from './connection.js';
import {kubeOptions} from './kube-options.js';
import type {GivenKubeFlags} from './kube-options.js';
import {personOf} from './current-user.js';
import {runtime} from './runtime.js';
import type {CommandRuntime} from './runtime.js';
import {checkVariables} from './variables.js';
import {namesOf} from './lists.js';

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
    options: {
      readonly workload: string | null;
      readonly preferInCluster: boolean;
      /** The use case writes the warnings about settings itself: they are part of its output. */
      readonly reportsWarnings?: boolean;
    },
  ): Promise<Context> {
    const {env, readFile, signal, stdout, timers, version, warn} = runtime();
    const {isSettings, load} = await import('../settings/load.js');
    const settings = load({flags: this.given(flags, options.workload), env, readFile, otherVariables: flagVariables});
    if (!isSettings(settings)) {
      throw new CommandFailure(
        'usage',
        settings.map((error) => error.message).join('\n'),
        'kubectl frigate-health check --help lists every setting with its variable and default',
      );
    }
    const custom = await this.customProbes(settings.checksFile);
    if (options.reportsWarnings !== true) for (const warning of settings.warnings) warn(warning);
    return {
      settings,
      ...(custom === null ? {} : {custom}),
      open: this.connectionOpener(flags, settings.stateName, options.preferInCluster),
      timers,
      signal,
      stdout,
      warn,
      version,
    };
  }

  /** The checks of the user's own; `null`: there is no file. A bad file ends the command before anything is asked. */
  protected async customProbes(file: string | null): Promise<CustomProbes | null> {
    if (file === null) return null;
    const {timers, readFile, whyUnreadable} = runtime();
    const [{parseChecks}, {CustomProbes}] = await Promise.all([
      import('../settings/checks-file.js'),
      import('../pass/custom-probes.js'),
    ]);
    const text = readFile(file);
    const parsed =
      text === null ? {ok: false as const, error: `${file}: ${whyUnreadable(file)}`} : parseChecks(file, text);
    if (parsed.ok) return new CustomProbes(parsed.checks, timers);
    throw new CommandFailure(
      'usage',
      `FRIGATE_HC_CHECKS_FILE (--checks-file): ${parsed.error}`,
      'docs/custom-checks.md shows every kind of check with its fields',
    );
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
        'omit one of them',
      );
    return {...given, workload};
  }

  /** The way to the cluster, real or simulated; a bad flag ends the command here, nothing is dialled before it is opened. */
  protected connectionOpener(flags: GivenFlags, stateName: string, preferInCluster: boolean): Context['open'] {
    const {timers, env, isAtTerminal, signal} = runtime();
    const kube = {...kubeOptions(flags, env, preferInCluster), terminal: isAtTerminal ? signal : null};
    const {demo} = flags;
    return demo === undefined
      ? (opening) => realConnection(kube, timers, opening)
      : async (opening) => (await import('./demo.js')).demoConnection(demo, stateName, timers, opening);
  }

  /** Prints the reports as one document and takes the worst exit code. An interrupted command observed only a part, so it prints none. */
  protected async report(reports: readonly CheckReport[], flags: OutputChoice): Promise<void> {
    this.endIfInterrupted();
    this.print(await renderAll(reports, flags.output, this.style(flags)));
    this.endWith(worstExitCode(reports.map(({summary}) => summary.exitCode)));
  }

  /** What was interrupted is no result. */
  protected endIfInterrupted(): void {
    const interruption = runtime().interruption();
    if (interruption !== null) throw interruption;
  }

  protected style(flags: Pick<OutputChoice, 'color' | 'ascii'>): Style {
    return runtime().style(flags.color, flags.ascii);
  }

  protected print(text: string): void {
    runtime().stdout(text);
  }

  protected endWith(exitCode: number): void {
    runtime().setExitCode(runtime().interruption()?.exitCode ?? exitCode);
  }

  /** Asks on a terminal; without one only `--yes` confirms. Any other answer ends the command without a change. */
  protected async confirm(question: string): Promise<void> {
    const answer = await runtime().ask(question);
    if (answer === null) throw new CommandFailure('usage', 'There is no terminal for the confirmation', 'add --yes');
    if (!answer) throw new CommandFailure('refused', 'Nothing was changed: the question was not answered with yes');
  }

  /** Who types, for the record. */
  protected person(flags: GivenFlags): string {
    return personOf(flags.as, runtime().env);
  }

  protected get runtime(): CommandRuntime {
    return runtime();
  }

  protected progressLine(): ProgressLine {
    return runtime().progressLine();
  }

  protected names(flag: unknown): readonly string[] {
    return namesOf(flag);
  }

  protected override async init(): Promise<void> {
    // A command without flags has none at all, whatever oclif's type says.
    checkVariables((this.ctor.flags as typeof this.ctor.flags | undefined) ?? {}, this.argv, runtime().env);
    await super.init();
  }

  /** Everything that ends a command early goes to the one funnel in main.ts; oclif would print and exit by rules of its own. */
  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }
}
