/**
 * Credential plugins (`users[].user.exec` of a kubeconfig), after the client-go credential plugin protocol.
 * The library's own runner cannot be ended and sets no KUBERNETES_EXEC_INFO, so it is done here.
 */
import type {ExecException} from 'node:child_process';
import {execFile} from 'node:child_process';
import path from 'node:path';
import * as z from 'zod';
import type {Known, Unknown} from '../../core/known.js';
import {known, unknown} from '../../core/known.js';
import {oneLine} from '../api/failure.js';

const execEntry = z.object({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
});

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

export interface PluginRun {
  /** The `exec` entry as it stands in the kubeconfig. */
  readonly entry: unknown;
  /** Folder of the kubeconfig: a command with a slash in it is relative to it. */
  readonly folder: string;
  readonly server: string;
  readonly caData: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A plugin that asks a person in a browser takes a while; one that takes longer than this hangs. Milliseconds. */
const LONGEST_RUN = 60_000;

const execInfo = (apiVersion: string, run: PluginRun, withCluster: boolean): string =>
  JSON.stringify({
    kind: 'ExecCredential',
    apiVersion,
    spec: {
      interactive: false,
      ...(withCluster
        ? {cluster: {server: run.server, ...(run.caData === null ? {} : {'certificate-authority-data': run.caData})}}
        : {}),
    },
  });

const parseCredential = (command: string, stdout: string): Known<PluginCredential> => {
  try {
    const parsed = execCredential.safeParse(JSON.parse(stdout));
    if (parsed.success) return known(parsed.data.status);
  } catch {
    // Said below, in the same words as JSON of another kind; the output may hold a token and is never shown.
  }
  return unknown(
    'unauthorized',
    `credential plugin ${command}: its answer is no ExecCredential`,
    `run it by hand: ${command}`,
  );
};

const failureOf = (
  command: string,
  error: ExecException,
  {
    stderr,
    installHint,
    aborted,
  }: {readonly stderr: string; readonly installHint: string | null; readonly aborted: boolean},
): Unknown => {
  if (aborted || error.killed === true)
    return unknown(
      'timeout',
      `credential plugin ${command}: no answer before the deadline`,
      `run it by hand: ${command}`,
    );
  if (error.code === 'ENOENT')
    return unknown(
      'misconfigured',
      `credential plugin ${command} is not installed`,
      oneLine(installHint ?? `install ${command}`),
    );
  return unknown(
    'unauthorized',
    oneLine(`credential plugin ${command} failed: ${stderr.trim() || `exit code ${String(error.code)}`}`),
    `run it by hand: ${command}`,
  );
};

/** Runs the plugin once. It is ended (SIGKILL) by the signal or after a minute; its standard error is quoted, its output never. */
export const runPlugin = (run: PluginRun, signal: AbortSignal): Promise<Known<PluginCredential>> => {
  const parsed = execEntry.safeParse(run.entry);
  if (!parsed.success)
    return Promise.resolve(
      unknown(
        'misconfigured',
        'credential plugin: the kubeconfig entry `exec` names no command',
        'kubectl config view',
      ),
    );
  const {command, args, env, apiVersion, installHint, provideClusterInfo} = parsed.data;
  const file = command.includes('/') ? path.resolve(run.folder, command) : command;
  const environment = {
    ...run.env,
    ...Object.fromEntries((env ?? []).map(({name, value}) => [name, value])),
    KUBERNETES_EXEC_INFO: execInfo(apiVersion, run, provideClusterInfo === true),
  };
  return new Promise((resolve) => {
    const plugin = execFile(
      file,
      args ?? [],
      {
        env: environment,
        signal,
        timeout: LONGEST_RUN,
        killSignal: 'SIGKILL',
        maxBuffer: 1024 * 1024,
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        resolve(
          error === null
            ? parseCredential(command, stdout)
            : failureOf(command, error, {stderr, installHint: installHint ?? null, aborted: signal.aborted}),
        );
      },
    );
    // It was told that nobody is there to ask (`interactive: false`): one that asks all the same reads the end, and does not wait for it.
    plugin.stdin?.on('error', () => undefined).end();
  });
};
