/** `pause` and `resume`: two annotations on the workload itself, with the permission of the person who types. */
import {activePause, PAUSED_REASON, PAUSED_UNTIL, readPause, type Pause} from '../core/pause.js';
import {candidateText, type Workload, type WorkloadKind, type WorkloadName} from '../core/observation/workload.js';
import {contextOf, type ClusterContext} from '../core/cluster-context.js';
import {hours, later, minutes, rfc3339, seconds, type Duration} from '../core/time.js';
import {within} from '../core/timers.js';
import {CommandFailure} from '../outcome/failure.js';
import {failureOf} from '../pass/access.js';
import type {Context} from '../pass/context.js';
import {openPorts} from '../pass/open-ports.js';
import type {PassPorts} from '../pass/ports.js';

const LIMIT = seconds(10);
const SHORTEST = minutes(1);
/** For longer the annotation is set by hand. */
const LONGEST = hours(24);
const LONGEST_REASON = 200;

export interface PauseOutcome {
  readonly workload: WorkloadName;
  readonly context: ClusterContext;
  /** `null`: it is not paused now. */
  readonly pause: Pause | null;
  /** What held before. */
  readonly before: Pause | null;
}

export interface PauseRequest {
  readonly kind: WorkloadKind | null;
  /** How long; `null`: end the pause. */
  readonly length: Duration | null;
  readonly reason: string;
  readonly by: string;
}

/** Throws CommandFailure where there is not exactly one workload, or it may not be changed. */
export const pauseFrigate = async (context: Context, request: PauseRequest): Promise<PauseOutcome> => {
  const {length} = request;
  if (length !== null && (length < SHORTEST || length > LONGEST))
    throw new CommandFailure(
      'usage',
      'A pause lasts from 1 minute to 24 hours',
      'kubectl frigate-health pause --for=2h',
    );
  const {ports, close} = await openPorts(context, length === null ? 'resume' : 'pause');
  try {
    return await pauseIn(ports, request, context.signal);
  } finally {
    await close();
  }
};

/** The use case in given ports. */
export const pauseIn = async (
  ports: PassPorts,
  {kind, length, reason, by}: PauseRequest,
  signal: AbortSignal,
): Promise<PauseOutcome> => {
  const {cluster, clock} = ports;
  const workload = await findOne(ports, kind, signal);
  const now = cluster.serverTime() ?? clock.now();
  const until = length === null ? null : later(now, length);
  const outcome = await cluster.annotate(
    {
      kind: workload.kind,
      namespace: workload.namespace,
      name: workload.name,
      uid: workload.uid,
      annotations: new Map([
        [PAUSED_UNTIL, until === null ? null : rfc3339(until)],
        [PAUSED_REASON, until === null ? null : `${reason.slice(0, LONGEST_REASON)} (${by})`],
      ]),
    },
    within(clock, LIMIT, signal),
  );
  if (outcome.kind === 'conflict')
    throw new CommandFailure('conflict', `Conflict: ${outcome.why}`, 'run the command again');
  if (outcome.kind !== 'done') throw failureOf(outcome.why);
  const after = readPause(outcome.value);
  return {
    workload: {kind: workload.kind, namespace: workload.namespace, name: workload.name},
    context: contextOf(cluster),
    pause: after === 'malformed' ? null : after,
    before: activePause(workload, now),
  };
};

const findOne = async (
  {cluster, settings, namespace, clock}: PassPorts,
  kind: WorkloadKind | null,
  signal: AbortSignal,
): Promise<Workload> => {
  const search = await cluster.findWorkload(
    {namespace, name: settings.workload, kind, podSelector: settings.podSelector, exact: settings.workloadGiven},
    within(clock, LIMIT, signal),
  );
  if (!search.known) throw failureOf(search.why);
  switch (search.value.found) {
    case 'one':
      return search.value.workload;
    case 'several':
      throw new CommandFailure(
        'refused',
        `Several workloads could be Frigate: ${search.value.candidates.map(candidateText).join(', ')}`,
        'name one: KIND/NAME',
      );
    case 'none':
    case 'no-container':
      throw new CommandFailure(
        'refused',
        `No Frigate workload found in namespace ${namespace}`,
        'name it: -n NAMESPACE KIND/NAME',
      );
  }
};
