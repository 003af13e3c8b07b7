/**
 * Credential plugins (`users[].user.exec` of a kubeconfig), after the client-go credential plugin protocol. The runner of
 * client-node cannot be ended, sets no KUBERNETES_EXEC_INFO and knows no terminal, so it is done here.
 */
import {minutes} from '../../core/time.js';
import type {Timers} from '../../core/timers.js';
import {note, run} from '../../core/fix.js';
import {spawn} from 'node:child_process';
import path from 'node:path';
import * as z from 'zod';
import type {Known, Unknown} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import {maskedLine} from '../../core/mask.js';
import type {ExecEntry} from './kubeconfig-file.js';

const execCredential = z.object({
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
    expirationTimestamp: z.string().nullish(),
  }),
});

export type PluginCredential = z.infer<typeof execCredential>['status'];

/** The cluster facts that a plugin gets with `provideClusterInfo`, under the names that plugins expect. */
export interface PluginCluster {
  readonly server: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'proxy-url'?: string;
}

export interface PluginRun {
  readonly entry: ExecEntry;
  /** Folder of the kubeconfig: a command with a slash in it is relative to it. */
  readonly folder: string;
  readonly cluster: PluginCluster;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A person is at the terminal of this process, and nothing else reads or draws there. */
  readonly atTerminal: boolean;
  /** The command that a person can type to sign in: the plugin with a terminal, and all that it is given. */
  readonly signIn: string;
  readonly timers: Pick<Timers, 'timeout'>;
}

/** A running plugin, with its output so far for callers that reach their deadline. */
export interface RunningPlugin {
  readonly result: Promise<Known<PluginCredential>>;
  /** Why there is no credential yet. */
  readonly overdue: () => Unknown;
}

/** A plugin without a terminal may still wait for a login in a browser; one that takes longer than this hangs. Milliseconds. */
const LONGEST_RUN = minutes(1);
/** On a terminal a person reads, finds the telephone, types; Ctrl-C ends it at any time. Milliseconds. */
const LONGEST_SIGN_IN = minutes(10);
/** Bytes of its output, and characters of what it says on stderr. */
const MOST_OUTPUT = 1024 * 1024;
const MOST_QUOTED = 4000;
/** Of one message. */
const LONGEST_WORDS = 400;

/** Whether it may ask, by its own mode (client-go, exec.go). */
const isInteractive = ({entry, atTerminal}: PluginRun): boolean => atTerminal && entry.interactiveMode !== 'Never';

const execInfo = (run: PluginRun): string =>
  JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: run.entry.apiVersion,
    spec: {interactive: isInteractive(run), ...(run.entry.provideClusterInfo ? {cluster: run.cluster} : {})},
  });

const parseCredential = ({entry, signIn}: PluginRun, stdout: string): Known<PluginCredential> => {
  try {
    const parsed = execCredential.safeParse(JSON.parse(stdout));
    if (parsed.success) return known(parsed.data.status);
  } catch {
    // Said below, in the same words as JSON of another kind; the output may hold a token and is never shown.
  }
  return unknown(
    'unauthorized',
    `credential plugin ${path.basename(entry.command)}: its answer is not an ExecCredential`,
    [run(signIn)],
  );
};

interface Ending {
  readonly how: 'exited' | 'not-installed' | 'not-run' | 'ended' | 'too-large';
  readonly detail: string;
}

/** The last line: what a program says before it gives up. */
const lastLine = (stderr: string): string => stderr.trim().split('\n').at(-1) ?? '';

const failureOf = (
  {entry: {command, installHint}, signIn}: PluginRun,
  {how, detail}: Ending,
  stderr: string,
): Unknown => {
  const name = path.basename(command);
  const says = stderr.trim() === '' ? '' : `; it says: ${stderr.trim()}`;
  switch (how) {
    case 'not-installed':
      return unknown('misconfigured', `credential plugin ${command} is not installed`, [
        note(maskedLine(installHint ?? `Install ${command}.`, LONGEST_WORDS)),
      ]);
    case 'not-run':
      return unknown('misconfigured', maskedLine(`credential plugin ${name} cannot be run: ${detail}`, LONGEST_WORDS), [
        run(signIn),
      ]);
    case 'ended':
      return unknown(
        'timeout',
        maskedLine(`credential plugin ${name}: no answer before the deadline${says}`, LONGEST_WORDS),
        [run(signIn)],
      );
    case 'too-large':
      return unknown('unauthorized', `credential plugin ${name}: its answer is larger than ${MOST_OUTPUT} bytes`, [
        run(signIn),
      ]);
    case 'exited':
      return unknown(
        'unauthorized',
        maskedLine(`credential plugin ${name} failed: ${lastLine(stderr) || detail}`, LONGEST_WORDS),
        [run(signIn)],
      );
  }
};

const needsTerminal = ({entry: {command}, signIn}: PluginRun): Unknown =>
  unknown(
    'unauthorized',
    `credential plugin ${path.basename(command)} needs a terminal (interactiveMode: Always), and there is none`,
    [note('On a terminal, to sign in:'), run(signIn)],
  );

const notRun = (error: unknown): Ending => {
  const {code, message} = error as NodeJS.ErrnoException;
  return {how: code === 'ENOENT' ? 'not-installed' : 'not-run', detail: message};
};

/**
 * Starts the plugin once. With a person at the terminal it has stdin and stderr as they are, and minutes; without one it reads
 * the end of its input at once, is ended (SIGKILL) after a minute, and its standard error is quoted. Its output never is.
 */
export const startPlugin = (run: PluginRun, signal: AbortSignal): RunningPlugin => {
  const {command, args, env, interactiveMode} = run.entry;
  if (interactiveMode === 'Always' && !run.atTerminal)
    return {result: Promise.resolve(needsTerminal(run)), overdue: () => needsTerminal(run)};
  const interactive = isInteractive(run);
  const limited = AbortSignal.any([signal, run.timers.timeout(interactive ? LONGEST_SIGN_IN : LONGEST_RUN)]);
  let stdout = '';
  let stderr = '';

  const result = new Promise<Known<PluginCredential>>((resolve) => {
    const fail = (ending: Ending): void =>
      resolve(failureOf(run, limited.aborted ? {how: 'ended', detail: ''} : ending, stderr));
    try {
      const plugin = spawn(command.includes('/') ? path.resolve(run.folder, command) : command, [...args], {
        env: {
          ...run.env,
          ...Object.fromEntries(env.map(({name, value}) => [name, value])),
          KUBERNETES_EXEC_INFO: execInfo(run),
        },
        stdio: [interactive ? 'inherit' : 'ignore', 'pipe', run.atTerminal ? 'inherit' : 'pipe'],
        signal: limited,
        // One that has the terminal sets it back at its end: Ctrl-C reached it as well, and it is only asked to end.
        killSignal: interactive ? 'SIGTERM' : 'SIGKILL',
        windowsHide: true,
      });
      plugin.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
        if (stdout.length <= MOST_OUTPUT) return;
        fail({how: 'too-large', detail: ''});
        plugin.kill('SIGKILL');
      });
      plugin.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        stderr = `${stderr}${chunk}`.slice(0, MOST_QUOTED);
      });
      plugin.on('error', (error) => fail(notRun(error)));
      plugin.on('close', (code, ended) => {
        if (code === 0 && !limited.aborted) resolve(parseCredential(run, stdout));
        else fail({how: 'exited', detail: code === null ? String(ended) : `exit code ${code}`});
      });
    } catch (error) {
      // Node refuses words that no process can be given, such as those with a NUL in them.
      fail({...notRun(error), how: 'not-run'});
    }
  });
  return {result, overdue: () => failureOf(run, {how: 'ended', detail: ''}, stderr)};
};
