/** Assess → diagnose → decide over one observation: the pure middle of every pass, the same for `check`, `run-cron` and `restart`. */
import {assess} from '../core/checks/assess.js';
import {decide} from '../core/decision/decide.js';
import type {Decision} from '../core/decision/decision.js';
import type {RestartRequest} from '../core/decision/situation.js';
import {diagnose, type Circumstances} from '../core/diagnosis/diagnose.js';
import type {Diagnosis} from '../core/diagnosis/diagnosis.js';
import type {Finding} from '../core/finding.js';
import type {Observation} from '../core/observation/observation.js';
import type {Pod} from '../core/observation/pod.js';
import {remember} from '../core/remember.js';
import {chooseTarget} from '../core/target.js';
import {since, type Duration, type Instant} from '../core/time.js';
import type {Policy} from '../core/policy.js';
import type {Sight} from './observe.js';

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
  readonly toldOfWipe: Instant | null;
}

export const judge = ({observation, remembered, reading}: Sight, options: JudgeOptions): Judgement => {
  const {policy} = options;
  const {state} = remembered;
  const findings = assess(observation, state.memory, policy);
  const {pod, container} = chosen(observation);
  const diagnosis = diagnose(findings, circumstances(observation, pod, findings, policy.startupGrace));
  const memory = remember(state.memory, observation, findings, policy);
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
  });
  return {findings, diagnosis, decision};
};

const chosen = (observation: Observation): {readonly pod: Pod | null; readonly container: Pod['frigate']} => {
  const search = observation.workload;
  if (!search.known || search.value.found !== 'one' || !observation.pods.known) return {pod: null, container: null};
  const choice = chooseTarget(search.value.workload, observation.pods.value);
  return choice.chosen ? {pod: choice.pod, container: choice.container} : {pod: null, container: null};
};

/** Starting: the container is younger than the grace and came up orderly, or its pod is still on its way (FRG-202 says how long that is normal); a crash loop is no start. */
const circumstances = (
  observation: Observation,
  pod: Pod | null,
  findings: readonly Finding[],
  grace: Duration,
): Circumstances => {
  const search = observation.workload;
  const workload = search.known && search.value.found === 'one' ? search.value.workload : null;
  const container = pod?.frigate ?? null;
  const started = container?.state.phase === 'running' ? container.state.startedAt : null;
  const crashed =
    container !== null &&
    container.last !== null &&
    since(container.last.finishedAt ?? observation.at, observation.at) < grace;
  return {
    paused: workload !== null && (workload.desiredReplicas === 0 || workload.paused),
    starting:
      started === null
        ? findings.some(({id, status, normalAtStart}) => id === 'FRG-202' && status === 'critical' && normalAtStart)
        : since(started, observation.at) < grace && !crashed,
  };
};
