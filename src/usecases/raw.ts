/** `check --raw PATH`: one answer of Frigate's API as it came, with its secrets hidden, and how it came. */
import {maskJson} from '../core/mask-json.js';
import {mask} from '../core/mask.js';
import type {WorkloadKind} from '../core/observation/workload.js';
import {chooseTarget} from '../core/observation/target.js';
import {seconds} from '../core/time.js';
import {askRaw, type RawAnswer} from '../frigate/raw.js';
import type {RawPath} from '../frigate/raw-paths.js';
import type {FrigateTarget} from '../frigate/frigate.js';
import {EXIT} from '../outcome/exit-code.js';
import {CommandFailure} from '../outcome/failure.js';
import {exitOf, failureOf} from '../pass/access.js';
import type {Context} from '../pass/context.js';
import {within} from '../core/timers.js';
import {openPorts} from '../pass/open-ports.js';
import {permittedExec} from '../pass/permitted-exec.js';
import type {PassPorts} from '../pass/ports.js';

const FIND_LIMIT = seconds(10);

export interface RawOptions {
  readonly path: RawPath;
  readonly kind: WorkloadKind | null;
  readonly allNamespaces: boolean;
}

export interface RawResult {
  /** What Frigate answered, masked; empty where there was no answer. */
  readonly body: string;
  /** How it came, on one line. */
  readonly line: string;
  readonly exitCode: number;
}

export const runRaw = async (context: Context, options: RawOptions): Promise<RawResult> => {
  const {ports, close} = await openPorts(context, 'check');
  try {
    return resultOf(options.path, await asked(ports, options, context.signal));
  } finally {
    await close();
  }
};

const asked = async (ports: PassPorts, options: RawOptions, signal: AbortSignal): Promise<RawAnswer | null> => {
  const {cluster, settings} = ports;
  const target = await targetOf(ports, options, within(ports.clock, FIND_LIMIT, signal));
  const ways = settings.via === 'exec' ? cluster : {...cluster, exec: permittedExec(cluster)};
  return askRaw(ways, target, options.path, {
    via: settings.via,
    apiTimeout: settings.apiTimeout,
    signal,
    timers: ports.clock,
  });
};

/** The running Frigate; where there is none, `check` says why, and this ends the command. */
const targetOf = async (
  {cluster, settings, namespace}: PassPorts,
  {kind, allNamespaces}: RawOptions,
  signal: AbortSignal,
): Promise<FrigateTarget> => {
  const search = await cluster.findWorkload(
    {
      namespace: allNamespaces ? null : namespace,
      name: allNamespaces && !settings.workloadGiven ? null : settings.workload,
      kind,
      podSelector: settings.podSelector,
      exact: settings.workloadGiven,
    },
    signal,
  );
  if (!search.known) throw failureOf(search.why);
  if (search.value.found !== 'one')
    throw new CommandFailure(
      'usage',
      'There is no single workload that runs Frigate',
      'kubectl frigate-health check -A',
    );
  const {workload} = search.value;
  const pods = await cluster.listPods(workload, signal);
  if (!pods.known) throw failureOf(pods.why);
  const pod = chooseTarget(workload, pods.value).pod;
  const container = pod?.frigate ?? null;
  if (pod === null || container?.state.phase !== 'running')
    throw new CommandFailure(
      'unreachable',
      `The container of Frigate does not run (${workload.kind.toLowerCase()}/${workload.name} in namespace ${workload.namespace})`,
      'kubectl frigate-health check',
    );
  return {
    namespace: workload.namespace,
    pod: pod.name,
    container: container.name,
    podIP: pod.ip,
    port: settings.apiPort,
  };
};

const NO_WAY: RawResult = {body: '', line: 'No transport to Frigate is left to try', exitCode: EXIT.unreachable};

/** A dead API is critical, as for `check`; an answer of another status could not be used, which is unknown. */
const resultOf = (path: RawPath, answer: RawAnswer | null): RawResult => {
  if (answer === null) return NO_WAY;
  const {via, reply} = answer;
  const head = `GET /api/${path} via ${via}:`;
  if (reply.kind === 'answer') {
    const text = reply.body.toString('utf8');
    return {
      body: isJsonLike(text) ? maskJson(text) : mask(text),
      line: `${head} HTTP ${reply.status}, ${reply.body.length} bytes, ${Math.round(reply.latency)} ms`,
      exitCode: reply.status === 200 ? EXIT.ok : reply.status >= 500 ? EXIT.critical : EXIT.unknown,
    };
  }
  const line = `${head} no answer, ${reply.how}: ${mask(reply.detail)}`;
  if (reply.reached) return {body: '', line, exitCode: reply.how === 'too-large' ? EXIT.unknown : EXIT.critical};
  return {body: '', line, exitCode: exitOf(reply.code ?? 'unreachable')};
};

/** Whole or broken, or with a NaN in it: it begins as JSON does. */
const isJsonLike = (text: string): boolean => /^\s*[[{"]/.test(text);
