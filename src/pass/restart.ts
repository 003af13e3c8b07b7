/** `restart`: a person's wish through the very same guards and the very same act as the automatic one. */
import {inNamespace, restartCommand} from '../core/checks/kubectl.js';
import {expectedCameras} from '../core/rollout/expected.js';
import type {Decision} from '../core/decision/decision.js';
import type {Finding} from '../core/finding.js';
import type {UnknownReason} from '../core/known.js';
import type {Observation} from '../core/observation/observation.js';
import type {Progress} from '../core/rollout/progress.js';
import type {Workload, WorkloadKind} from '../core/observation/workload.js';
import {seconds, type Duration} from '../core/time.js';
import type {WriteOutcome} from '../kubernetes/cluster.js';
import {EXIT} from '../report/exit-code.js';
import {exitOf, failureOf} from './access.js';
import {act} from './act.js';
import type {Context} from './context.js';
import {within} from './deadline.js';
import {follow, type FollowEnd} from './follow.js';
import type {Journal} from './journal.js';
import {judge} from './judge.js';
import {lastMailFailure, observe} from './observe.js';
import {openWorld} from './open-world.js';
import {StateStore, toldOfWipe} from './state-store.js';
import {tell} from './tell.js';
import type {World} from './world.js';

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
  readonly told: (progress: Progress) => void;
}

export type RestartEnd =
  /** A rule said no; nothing was written. `again`: the command line for the same Frigate; `first`: the one that has to come before, where no pass ever ran. */
  | {
      readonly kind: 'refused';
      readonly decision: Decision;
      readonly evidence: readonly Finding[];
      readonly again: string;
      readonly first: string | null;
    }
  | ({
      readonly kind: 'dry-run';
      readonly accepted: boolean;
      readonly detail: string;
      readonly decision: Decision;
    } & Undone)
  /** Sent and recorded. `flags`: those that lead there, for a command; `followed`: `null` without `--wait`. */
  | {
      readonly kind: 'restarted';
      readonly attempt: string;
      readonly workload: Workload;
      readonly flags: string;
      readonly followed: FollowEnd | null;
    }
  | {readonly kind: 'in-doubt'; readonly attempt: string; readonly detail: string}
  | {readonly kind: 'conflict'; readonly detail: string}
  | ({readonly kind: 'failed'; readonly detail: string} & Undone);

/** The exit code of what the API server did not do, and what to type where it said why. */
interface Undone {
  readonly exitCode: number;
  readonly fix: string | null;
}

/** Throws CommandFailure where the cluster cannot be reached, or may not be looked at. */
export const restart = async (context: Context, options: RestartOptions): Promise<RestartEnd> => {
  const {world, close} = await openWorld(context, `restart by ${options.who}`);
  try {
    return await restartIn(world, options, context.signal);
  } finally {
    await close();
  }
};

/** Who may not look, or has no cluster to look at, is told so, with the right that is missing; a rule would only say that it cannot see. */
const notToBeSeen = ({apiServer, workload, state}: Observation): UnknownReason | null => {
  if (!apiServer.known) return apiServer.why;
  for (const seen of [workload, state])
    if (!seen.known && (seen.why.code === 'forbidden' || seen.why.code === 'unauthorized')) return seen.why;
  return null;
};

/** What lifts it stands in the reason where the API server said it: a quota or a webhook is no missing right. */
const undone = (why: UnknownReason | null, observation: Observation): Undone => {
  const exitCode = why === null ? EXIT.unknown : exitOf(why.code);
  return {
    exitCode,
    fix:
      why?.fix ??
      (exitCode === EXIT.forbidden
        ? `kubectl frigate-health check${inNamespace(observation)} --only FRG-102  # names the right that is missing`
        : null),
  };
};

const triedOut = (
  outcome: WriteOutcome<unknown>,
  decision: Decision,
  observation: Observation,
): Extract<RestartEnd, {kind: 'dry-run'}> => {
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

/** The use case in a given world. */
export const restartIn = async (world: World, options: RestartOptions, signal: AbortSignal): Promise<RestartEnd> => {
  const {settings, clock, namespace, cluster} = world;
  const store = new StateStore(cluster, namespace, settings.stateName);
  const sight = await observe(
    world,
    store,
    {kind: options.kind, rights: null, cronJob: false, mailFailure: lastMailFailure},
    within(settings.deadline, signal),
  );
  const decidedAt = clock.monotonic();
  const {observation, remembered} = sight;
  const unseen = notToBeSeen(observation);
  if (unseen !== null) throw failureOf(unseen);
  const {decision, findings, diagnosis} = judge(sight, {
    policy: settings.policy,
    attemptId: world.newId(),
    by: world.runner,
    alerting: world.mailer.configured,
    toldOfWipe: toldOfWipe(remembered, observation.at),
    request: {who: options.who, reason: options.reason, force: options.force},
  });
  const search = observation.workload;
  if (decision.attempt === null || !search.known || search.value.found !== 'one') {
    const first =
      remembered.reading === 'fresh'
        ? `kubectl frigate-health run-cron${inNamespace(observation)} --mode=observe`
        : null;
    return {
      kind: 'refused',
      decision,
      evidence: findings.filter((finding) => diagnosis.primary.includes(finding.id)),
      again: restartCommand(observation),
      first,
    };
  }
  const {workload} = search.value;
  const {attempt, next} = decision;
  if (options.dryRun) {
    const outcome = await cluster.restart(
      {...workload, expectedAttempt: workload.attempt, attempt: attempt.id, restartedAt: attempt.at, dryRun: true},
      within(STATE_LIMIT, signal),
    );
    return triedOut(outcome, decision, observation);
  }
  const oldPods = new Set(observation.pods.known ? observation.pods.value.map((pod) => pod.uid) : []);
  const outcome = await act(
    world,
    store,
    {workload, attempt, next, remembered, decidedAt, now: observation.at},
    silent,
    signal,
  );
  if (outcome.kind === 'conflict') return {kind: 'conflict', detail: outcome.detail};
  if (outcome.kind === 'failed') return {kind: 'failed', detail: outcome.detail, ...undone(outcome.why, observation)};
  const told = await tell(world, outcome.remembered.state, observation.at, silent, signal);
  if (told !== outcome.remembered.state) await store.store(outcome.remembered, told, within(STATE_LIMIT));
  if (outcome.kind === 'lost') return {kind: 'conflict', detail: outcome.detail};
  if (outcome.kind === 'refused') return {kind: 'failed', detail: outcome.detail, ...undone(outcome.why, observation)};
  if (outcome.kind === 'in-doubt') return {kind: 'in-doubt', attempt: attempt.id, detail: outcome.detail};
  const flags = inNamespace(observation);
  const followed =
    options.wait === null
      ? null
      : await follow(
          world,
          workload,
          {
            flags,
            oldPods,
            sentAt: observation.at,
            expectedCameras: expectedCameras(observation, remembered.state.memory),
            limit: options.wait,
            told: options.told,
          },
          signal,
        );
  return {kind: 'restarted', attempt: attempt.id, workload, flags, followed};
};
