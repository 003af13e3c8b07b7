/** Assess → diagnose → decide over one observation: the pure middle of every pass, the same for `check`, `run-cron` and `restart`. */
import {startProgress} from '../core/checks/evidence/start.js';
import {assess} from '../core/checks/assess.js';
import {targetOf} from '../core/checks/evidence/facts.js';
import {decide} from '../core/decide.js';
import type {Decision} from '../core/decision/decision.js';
import type {FleetHold} from '../core/decision/fleet-hold.js';
import type {RestartRequest} from '../core/decision/situation.js';
import {diagnose, type Circumstances} from '../core/diagnosis/diagnose.js';
import type {Diagnosis} from '../core/diagnosis/diagnosis.js';
import type {Finding} from '../core/finding.js';
import type {Observation} from '../core/observation/observation.js';
import type {Pod} from '../core/observation/pod.js';
import type {Baselines} from '../core/state/baselines.js';
import {activePause} from '../core/pause.js';
import {updateBaselines} from '../core/baselines/update.js';
import type {GuardMemory} from '../core/state/guard.js';
import {singleWorkload} from '../core/observation/workload.js';
import {since, type Duration, type Instant} from '../core/time.js';
import {withPlannedSilence} from '../core/planned-silence.js';
import type {Policy} from '../core/policy.js';
import type {ObservedPass} from './observe.js';
import type {PassPorts} from './ports.js';

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly diagnosis: Diagnosis;
  readonly decision: Decision;
}

export interface JudgeOptions {
  readonly policy: Policy;
  readonly attemptId: string;
  readonly by: string;
  readonly request: RestartRequest | null;
  readonly alerting: boolean;
  readonly wipeNotifiedAt: Instant | null;
  /** What the whole fleet has against a restart; only `serve` knows. */
  readonly fleet?: FleetHold | null;
  /** What the guard keeps of a state that was overwritten (guardMemoryOf); `null`: it was not. Required: without it a sick Frigate would be notified in every pass, or never. */
  readonly guard: GuardMemory | null;
}

/** Of those who read only: what automatic repair would do, with nothing to send and nobody who asks. */
export const onlyJudging = ({settings, runner}: Pick<PassPorts, 'settings' | 'runner'>): JudgeOptions => ({
  policy: settings.policy,
  attemptId: 'not made',
  by: runner,
  request: null,
  alerting: false,
  wipeNotifiedAt: null,
  guard: null,
});

export const judge = (
  {observation, recalledState, reading}: Omit<ObservedPass, 'settings'>,
  options: JudgeOptions,
): Judgement => {
  const policy = withPlannedSilence(options.policy, observation.at);
  const {state} = recalledState;
  const findings = assess(observation, state.memory, policy);
  const {pod, container} = chosen(observation);
  const diagnosis = diagnose(
    findings,
    circumstances({observation, memory: state.memory}, pod, findings, policy.startupGrace),
  );
  const memory = updateBaselines(state.memory, observation, findings, policy);
  const decision = decide({
    state,
    reading,
    observation,
    findings,
    diagnosis,
    memory,
    pod,
    container,
    now: observation.at,
    ...options,
    policy,
  });
  return {findings, diagnosis, decision};
};

const chosen = (observation: Observation): {readonly pod: Pod | null; readonly container: Pod['frigate']} => {
  const choice = targetOf(observation);
  return choice?.chosen === true ? {pod: choice.pod, container: choice.container} : {pod: null, container: null};
};

/** Starting: the container is younger than the grace, or has never worked and its start makes progress, and it came up orderly; or its detectors have never worked; or its pod is still on its way (FRG-202 says how long that is normal); a crash loop is no start. */
const circumstances = (
  observed: {readonly observation: Observation; readonly memory: Baselines},
  pod: Pod | null,
  findings: readonly Finding[],
  grace: Duration,
): Circumstances => {
  const {observation} = observed;
  const workload = singleWorkload(observation.workload);
  const container = pod?.frigate ?? null;
  const started = container?.state.phase === 'running' ? container.state.startedAt : null;
  const crashed =
    container !== null &&
    container.last !== null &&
    since(container.last.finishedAt ?? observation.at, observation.at) < grace;
  return {
    pause: activePause(workload, observation.at),
    paused: workload !== null && (workload.desiredReplicas === 0 || workload.paused),
    starting:
      started === null
        ? findings.some(({id, status, normalAtStart}) => id === 'FRG-202' && status === 'critical' && normalAtStart)
        : !crashed &&
          (since(started, observation.at) < grace || isStarting(observed, findings) || detectorsStarting(findings)),
  };
};

/** Its API was asked and gave no answer: without that nothing is known of its start. */
const isStarting = (observed: Parameters<typeof startProgress>[0], findings: readonly Finding[]): boolean =>
  startProgress(observed)?.standsStill === false &&
  findings.some(({id, status, normalAtStart}) => id === 'FRG-301' && status === 'critical' && normalAtStart);

const detectorsStarting = (findings: readonly Finding[]): boolean =>
  findings.some(({id, status, normalAtStart}) => id === 'FRG-403' && status === 'critical' && normalAtStart);
