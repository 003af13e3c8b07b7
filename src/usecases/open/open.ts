/** `open`: the status page of the daemon in the cluster, on this machine: a port-forward with the caller's own token. */
import {randomBytes} from 'node:crypto';
import {inContext, quoted} from '../../core/checks/kubectl.js';
import {lineOf, run, type Fix} from '../../core/fix.js';
import type {UnknownReason} from '../../core/known.js';
import type {Timers} from '../../core/timers.js';
import type {Cluster} from '../../kubernetes/cluster.js';
import {CommandFailure, type FailureKind} from '../../outcome/failure.js';
import type {Context} from '../../pass/context.js';
import {DEFAULT_NAMESPACE} from '../../settings/settings.js';
import {daemonPods} from './daemon-pods.js';
import {forwardTo, type Answered, type Forward} from './forward.js';
import {startLocalProxy} from './local-proxy.js';
import {accountTokens, userTokens, type TokenSource} from './token.js';

export interface OpenOptions {
  /** On 127.0.0.1; 0: any free one. */
  readonly port: number;
  /** The ServiceAccount whose token is used; `null`: the token of the user. */
  readonly account: string | null;
}

export interface Opened {
  /** Good as long as the command runs. */
  readonly url: string;
  /** Good for one request: for a program that is started with it. */
  readonly onceUrl: () => string;
  readonly pod: string;
  readonly namespace: string;
  /** Whose token it is, in words. */
  readonly owner: string;
}

type DaemonCluster = Pick<
  Cluster,
  | 'context'
  | 'inCluster'
  | 'defaultNamespace'
  | 'listServingPods'
  | 'readLease'
  | 'forwardPort'
  | 'userToken'
  | 'createAccountToken'
  | 'serverTime'
>;

/** Asked before a person is: whether the daemon is there, and takes the token. */
const FIRST_PATH = '/api/v1/frigates';

const KINDS: Partial<Readonly<Record<UnknownReason['code'], FailureKind>>> = {
  forbidden: 'forbidden',
  unauthorized: 'forbidden',
  misconfigured: 'usage',
  'not-found': 'usage',
};

const failureOf = ({code, message, fix}: UnknownReason, instead?: Fix): CommandFailure => {
  const steps = fix ?? instead;
  return new CommandFailure(KINDS[code] ?? 'unreachable', message, steps === undefined ? null : lineOf(steps));
};

/** What makes an account that may read and nothing else (docs/serve.md, "Who may ask"). */
export const viewerSteps = (cluster: Pick<Cluster, 'context' | 'inCluster'>, namespace: string): Fix => {
  const context = inContext(cluster.inCluster ? null : {kind: 'kubeconfig', name: cluster.context});
  const inSpace = `${context} -n ${quoted(namespace)}`;
  return [
    run(
      `kubectl create clusterrole${context} frigate-health-reader --verb=get --non-resource-url=/,/openapi.json,'/api/*','/frigates/*'`,
    ),
    run(`kubectl create serviceaccount${inSpace} viewer`),
    run(
      `kubectl create clusterrolebinding${context} frigate-health-viewer --clusterrole=frigate-health-reader --serviceaccount=${quoted(namespace)}:viewer`,
    ),
    run(`kubectl frigate-health open${inSpace} --account viewer`),
  ];
};

/** The title of a problem document; `null`: it is none. */
const titleOf = async ({body}: Extract<Answered, {kind: 'answer'}>): Promise<string | null> => {
  let text = '';
  for await (const chunk of body.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  try {
    const document: unknown = JSON.parse(text);
    const {detail, title} = document as Readonly<Record<string, unknown>>;
    return typeof detail === 'string' ? detail : typeof title === 'string' ? title : null;
  } catch {
    return null;
  }
};

/** Throws CommandFailure where the daemon does not answer, or refuses the token. */
const tryOnce = async (forward: Forward, tokens: TokenSource, steps: Fix, signal: AbortSignal): Promise<void> => {
  const answered = await forward(
    {method: 'GET', target: FIRST_PATH, headers: {accept: 'application/json'}, body: Buffer.alloc(0)},
    signal,
  );
  if (answered.kind === 'failed') throw failureOf(answered.why);
  const isRefused = answered.status === 401 || answered.status === 403;
  const title = isRefused ? await titleOf(answered) : null;
  answered.body.destroy();
  if (isRefused)
    throw new CommandFailure(
      'forbidden',
      `The daemon refuses the token of ${tokens.owner}: ${title ?? `HTTP ${answered.status}`}`,
      lineOf(steps),
    );
};

const tokensOf = (cluster: DaemonCluster, account: string | null, namespace: string, timers: Timers): TokenSource =>
  account === null ? userTokens(cluster, timers) : accountTokens(cluster, {namespace, account}, timers);

/** Runs until the signal of the context. Throws CommandFailure where there is no daemon, no token or no permission. */
export const open = async (
  context: Context,
  options: OpenOptions,
  onOpened: (opened: Opened) => void,
): Promise<void> => {
  const connection = await context.open();
  if ('fix' in connection) throw new CommandFailure('usage', connection.message, lineOf(connection.fix));
  try {
    const namespace = context.settings.namespace ?? connection.cluster.defaultNamespace ?? DEFAULT_NAMESPACE;
    await openOver(connection.cluster, namespace, context, options, onOpened);
  } finally {
    connection.cluster.close();
    await connection.close();
  }
};

/** The use case over an opened connection. */
export const openOver = async (
  cluster: DaemonCluster,
  namespace: string,
  {timers, signal}: Pick<Context, 'timers' | 'signal'>,
  {port, account}: OpenOptions,
  onOpened: (opened: Opened) => void,
): Promise<void> => {
  const steps = viewerSteps(cluster, namespace);
  const pods = daemonPods(cluster, namespace, timers);
  const tokens = tokensOf(cluster, account, namespace, timers);
  const found = await pods.current(signal);
  if (!found.known) throw failureOf(found.why);
  const token = await tokens.read(signal);
  if (!token.known) throw failureOf(token.why, steps);
  const forward = forwardTo(cluster, namespace, pods, tokens, timers);
  await tryOnce(forward, tokens, steps, signal);
  // Another one, where the first did not answer.
  const pod = await pods.current(signal);
  if (!pod.known) throw failureOf(pod.why);
  const proxy = await startLocalProxy(port, forward, () => randomBytes(32).toString('base64url'));
  try {
    onOpened({
      url: proxy.session.url,
      onceUrl: proxy.session.onceUrl,
      pod: pod.value.name,
      namespace,
      owner: tokens.owner,
    });
    await untilAborted(signal);
  } finally {
    await proxy.close();
  }
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });
