/** The one funnel: whatever ends a command early becomes a failure with a message, a fix and an exit code. */
import {jsonOf} from '../core/json.js';
import {mask, maskedLine} from '../core/mask.js';
import {rfc3339} from '../core/time.js';
import type {Instant} from '../core/time.js';
import {CommandFailure, failedReport} from '../outcome/failure.js';
import {toAscii} from '../report/layout.js';
import {isMachine, render} from '../report/render.js';
import type {Format} from '../report/render.js';
import {nearest} from '../settings/nearest.js';

const LONGEST_MESSAGE = 1000;

/** oclif's own errors, known by the mark that oclif puts on them; a class check would fail across two copies of it. */
interface OclifError extends Error {
  readonly oclif: {readonly exit?: number | undefined};
  readonly code?: string;
  /** On unknown flags. */
  readonly flags?: readonly string[];
  /** On arguments too many: those; on missing ones: their descriptions. */
  readonly args?: readonly unknown[];
  /** What was parsed. Holds the whole command line, tokens included: only the flags' names and the kind of a workload are read from it. */
  readonly parse?: {
    readonly input?: {readonly argv?: readonly string[]; readonly flags?: Readonly<Record<string, unknown>>};
  };
}

const isOclif = (error: unknown): error is OclifError => error instanceof Error && 'oclif' in error;

/** A program named like this ends a command by an exit code alone. */
const ownExit = (error: unknown): number | null =>
  isOclif(error) && error.code === 'EEXIT' ? (error.oclif.exit ?? 0) : null;

/** Of an unknown flag only the name is printed: the text after the `=` may be a token. */
const withoutValues = (message: string): string => message.replace(/(--?[\w-]+)=\S+/g, '$1');

const didYouMean = (error: OclifError): string | null => {
  const typed = error.flags?.[0]?.replace(/^--?/, '').split('=')[0];
  const known = Object.keys(error.parse?.input?.flags ?? {});
  const near = typed === undefined ? null : nearest(typed, known);
  return near === null ? null : `did you mean --${near}?`;
};

const VERSION_WORDS: readonly string[] = ['version', '-v', '-V'];

const noCommand = (typed: string, commands: readonly string[], help: string): CommandFailure => {
  if (VERSION_WORDS.includes(typed))
    return new CommandFailure('usage', `There is no command ${typed}`, 'kubectl frigate-health --version');
  // kubectl passes a plugin only the arguments after its name, so `kubectl -n NAME frigate-health` does not work.
  if (typed.startsWith('-'))
    return new CommandFailure(
      'usage',
      `The command must come before its flags, but the first word is ${withoutValues(typed)}`,
      `kubectl frigate-health check ${withoutValues(typed)} …`,
    );
  const [command = '', ...rest] = typed.split(':');
  // oclif joins what follows a command without arguments to its name.
  if (rest.length > 0 && commands.includes(command))
    return new CommandFailure(
      'usage',
      `${command} takes no argument, but was given ${rest.join(' ')}`,
      `kubectl frigate-health ${command} --workload=${rest[0] ?? ''}`,
    );
  const near = nearest(typed, commands);
  return new CommandFailure(
    'usage',
    `There is no command ${typed}`,
    near === null ? help : `kubectl frigate-health ${near}`,
  );
};

const WORKLOAD_KIND = /^(deploy|deployments?|sts|statefulsets?|ds|daemonsets?)$/i;

/** `check deployment frigate`, as kubectl takes it: the second word is one too many. */
const kindAndName = ({args, parse}: OclifError): string | null => {
  const name = args?.[0];
  const kind = parse?.input?.argv?.find((word) => WORKLOAD_KIND.test(word));
  return typeof name === 'string' && args?.length === 1 && kind !== undefined ? `${kind}/${name}` : null;
};

const usageFrom = (error: OclifError, command: string | null, commands: readonly string[]): CommandFailure => {
  const help = `kubectl frigate-health ${command === null ? '' : `${command} `}--help`;
  const missing = /^command (.*) not found\.?$/i.exec(error.message)?.[1];
  if (missing !== undefined) return noCommand(missing, commands, help);
  const said = error.message
    .replace(/\n?See more help with --help$/, '')
    .replace(/^Parsing (--[\w-]+)\s+Expected/, '$1: expected');
  const message = maskedLine(error.flags === undefined ? said : withoutValues(said), LONGEST_MESSAGE);
  const pair = kindAndName(error);
  if (pair !== null)
    return new CommandFailure('usage', message, `kubectl frigate-health ${command ?? 'check'} ${pair}`);
  const near = didYouMean(error);
  return new CommandFailure('usage', near === null ? message : `${message}; ${near}`, help);
};

export interface Ending {
  readonly command: string | null;
  readonly commands: readonly string[];
  /** The failure of an interruption, where one came; it explains whatever was thrown after it. */
  readonly interruption: CommandFailure | null;
}

/** The failure behind anything thrown; a number where only an exit code was meant. */
export const failureOf = (error: unknown, ending: Ending): CommandFailure | number => {
  const exit = ownExit(error);
  if (exit !== null) return exit;
  if (error instanceof CommandFailure) return error;
  if (ending.interruption !== null) return ending.interruption;
  if (isOclif(error) && error.code !== 'MODULE_NOT_FOUND') return usageFrom(error, ending.command, ending.commands);
  return new CommandFailure(
    'bug',
    `A bug in frigate-health: ${maskedLine(error instanceof Error ? error.message : String(error), LONGEST_MESSAGE)}`,
    'run it again with FRIGATE_HC_DEBUG=1 and report what it prints',
    {cause: error},
  );
};

export interface ErrorPage {
  readonly stdout: string;
  readonly stderr: string;
}

const stackOf = (failure: CommandFailure): string => {
  const {cause} = failure;
  return cause instanceof Error && cause.stack !== undefined ? `${mask(cause.stack)}\n` : '';
};

export interface FailureOutput {
  readonly format: Format;
  /** `run-cron` writes one JSON object per line. */
  readonly lines: boolean;
  readonly ascii: boolean;
  /** FRIGATE_HC_DEBUG: the stack of a bug, and of nothing else. */
  readonly debug: boolean;
  readonly version: string;
  readonly at: Instant;
}

/** The last line of a pass that could not begin: the same event as of any other. */
const passEnded = (failure: CommandFailure, at: Instant): string =>
  `${jsonOf({
    time: rfc3339(at),
    event: 'pass.ended',
    pass: null,
    health: 'unknown',
    action: 'none',
    rule: null,
    exitCode: failure.exitCode,
    error: failure.reported,
  })}\n`;

const wordsFor = (failure: CommandFailure): string =>
  `Error: ${mask(failure.message)}\n${failure.fix === null ? '' : `Try this: ${mask(failure.fix)}\n`}`;

/** The end of a command whose stdout took no more: for people, on stderr, whatever the format was. */
export const unwritten = (error: Error): {readonly text: string; readonly exitCode: number} => {
  const failure = new CommandFailure(
    'unwritten',
    `The result could not be written: ${maskedLine(error.message, LONGEST_MESSAGE)}`,
    'free space on the output device, or redirect stdout to another file',
  );
  return {text: wordsFor(failure), exitCode: failure.exitCode};
};

/** What to print for a failure, and where: one document on stdout for programs, two lines on stderr for people. */
export const renderFailure = async (failure: CommandFailure, output: FailureOutput): Promise<ErrorPage> => {
  const stack = output.debug ? stackOf(failure) : '';
  if (output.lines) return {stdout: passEnded(failure, output.at), stderr: stack};
  if (isMachine(output.format)) {
    const report = failedReport(failure, output.version, output.at);
    return {
      stdout: await render(report, output.format, {colour: false, ascii: output.ascii, columns: null}),
      stderr: stack,
    };
  }
  const text = `${wordsFor(failure)}${stack}`;
  return {stdout: '', stderr: output.ascii ? toAscii(text) : text};
};
