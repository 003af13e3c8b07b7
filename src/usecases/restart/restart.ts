/** `restart`: a person's wish through the very same guards and the very same act as the automatic one. */
import {note, run} from '../../core/fix.js';
import {inNamespace, restartLine} from '../../core/checks/kubectl.js';
import {expectedCameras} from '../../core/rollout/expected.js';
import type {Decision} from '../../core/decision/decision.js';
import type {UnknownReason} from '../../core/known.js';
import type {Observation} from '../../core/observation/observation.js';
import type {Progress} from '../../core/rollout/progress.js';
import {singleWorkload, type WorkloadKind} from '../../core/observation/workload.js';
import {seconds, type Duration} from '../../core/time.js';
import type {WriteOutcome} from '../../kubernetes/cluster.js';
import {EXIT} from '../../outcome/exit-code.js';
import type {RestartResult, Undone} from '../../outcome/restart-result.js';
import {exitOf, failureOf} from '../../pass/access.js';
import {act} from '../../pass/act.js';
import type {Context} from '../../pass/context.js';
import {within} from '../../core/timers.js';
import {follow} from './follow.js';
import type {Journal} from '../../pass/journal.js';
import {judge} from '../../pass/judge.js';
import {observe} from '../../pass/observe.js';
import {openPorts} from '../../pass/open-ports.js';
import {guardMemoryOf, StateStore, wipeNotifiedAt} from '../../pass/state-store.js';
import {notifyAndStore} from '../../pass/notify.js';
import type {PassPorts} from '../../pass/ports.js';

const STATE_LIMIT = seconds(8);

export interface RestartOptions {
  readonly kind: WorkloadKind | null;
  readonly who: string;
  readonly reason: string;
  readonly force: boolean;
  /** Server-side: everything but the effect; nothing is stored. */
  readonly dryRun: boolean;
  /** Follow the rollout for so long; `null`: do not follow. */
  readonly wait: Duration | null;
  readonly onProgress: (progress: Progress) => void;
}

/** Throws CommandFailure where the cluster cannot be reached, or may not be read. */
export const restart = async (context: Context, options: RestartOptions): Promise<RestartResult> => {
  const {ports, close} = await openPorts(context, `restart by ${options.who}`);
  try {
    return await restartIn(ports, options, context.signal);
  } finally {
    await close();
  }
};

/** Without permission or without a cluster the command ends with that, and names the permission; a rule would only say that it could not be observed. */
const refusedRead = ({apiServer, workload, state}: Observation): UnknownReason | null => {
  if (!apiServer.known) return apiServer.why;
  for (const reading of [workload, state])
    if (!reading.known && (reading.why.code === 'forbidden' || reading.why.code === 'unauthorized')) return reading.why;
  return null;
};

/** What unblocks it stands in the reason where the API server said it: a quota or a webhook is no missing permission. */
const undone = (why: UnknownReason | null, observation: Observation): Undone => {
  const exitCode = why === null ? EXIT.unknown : exitOf(why.code);
  return {
    exitCode,
    fix:
      why?.fix ??
      (exitCode === EXIT.forbidden
        ? [
            note('The missing permission is named by:'),
            run(`kubectl frigate-health check${inNamespace(observation)} --only FRG-102`),
          ]
        : null),
  };
};

const triedOut = (
  outcome: WriteOutcome<unknown>,
  decision: Decision,
  observation: Observation,
): Extract<RestartResult, {kind: 'dry-run'}> => {
  switch (outcome.kind) {
    case 'done':
      return {
        kind: 'dry-run',
        accepted: true,
        detail: 'the API server would accept it',
        decision,
        exitCode: EXIT.ok,
        fix: null,
      };
    case 'conflict':
      return {kind: 'dry-run', accepted: false, detail: outcome.why, decision, exitCode: EXIT.conflict, fix: null};
    case 'refused':
    case 'in-doubt':
      return {
        kind: 'dry-run',
        accepted: false,
        detail: outcome.why.message,
        decision,
        ...undone(outcome.why, observation),
      };
  }
};

const silent: Journal = () => undefined;

/** The use case in given ports. */
export const restartIn = async (
  ports: PassPorts,
  options: RestartOptions,
  signal: AbortSignal,
): Promise<RestartResult> => {
  const {settings, clock, namespace, cluster} = ports;
  const store = new StateStore(cluster, namespace, settings.stateName);
  const observed = await observe(
    ports,
    store,
    {kind: options.kind, permissions: null, cronJob: 'settings'},
    within(clock, settings.deadline, signal),
  );
  const decidedAt = clock.monotonic();
  const {observation, recalledState} = observed;
  const refused = refusedRead(observation);
  if (refused !== null) throw failureOf(refused);
  const {decision, findings, diagnosis} = judge(observed, {
    policy: observed.settings.policy,
    attemptId: ports.newId(),
    by: ports.runner,
    alerting: ports.channels.length > 0,
    wipeNotifiedAt: wipeNotifiedAt(recalledState, observation.at),
    guard: guardMemoryOf(recalledState),
    request: {who: options.who, reason: options.reason, force: options.force},
  });
  const workload = singleWorkload(observation.workload);
  if (decision.attempt === null || workload === null) {
    const first =
      recalledState.reading === 'fresh'
        ? `kubectl frigate-health run-cron${inNamespace(observation)} --mode=observe`
        : null;
    return {
      kind: 'refused',
      decision,
      evidence: findings.filter((finding) => diagnosis.primary.includes(finding.id)),
      again: restartLine(observation),
      first,
    };
  }
  const {attempt, next} = decision;
  if (options.dryRun) {
    const outcome = await cluster.restart(
      {...workload, expectedAttempt: workload.attempt, attempt: attempt.id, restartedAt: attempt.at, dryRun: true},
      within(clock, STATE_LIMIT, signal),
    );
    return triedOut(outcome, decision, observation);
  }
  const oldPods = new Set(observation.pods.known ? observation.pods.value.map((pod) => pod.uid) : []);
  const outcome = await act(
    ports,
    store,
    {workload, attempt, next, recalledState, decidedAt, now: observation.at, evidence: null},
    silent,
    signal,
  );
  if (outcome.kind === 'conflict') return {kind: 'conflict', detail: outcome.detail};
  if (outcome.kind === 'failed') return {kind: 'failed', detail: outcome.detail, ...undone(outcome.why, observation)};
  const {unstored} = await notifyAndStore(ports, store, outcome.recalledState, observation.at, silent, signal);
  if (outcome.kind === 'lost') return {kind: 'conflict', detail: outcome.detail};
  if (outcome.kind === 'refused') return {kind: 'failed', detail: outcome.detail, ...undone(outcome.why, observation)};
  if (outcome.kind === 'in-doubt') return {kind: 'in-doubt', attempt: attempt.id, detail: outcome.detail, unstored};
  const flags = inNamespace(observation);
  const followed =
    options.wait === null
      ? null
      : await follow(
          ports,
          workload,
          {
            flags,
            oldPods,
            sentAt: observation.at,
            expectedCameras: expectedCameras(observation, recalledState.state.memory),
            limit: options.wait,
            onProgress: options.onProgress,
          },
          signal,
        );
  return {kind: 'restarted', attempt: attempt.id, workload, flags, followed, unstored};
};
