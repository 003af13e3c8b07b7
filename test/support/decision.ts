/** Builders of findings and of the input of `decide`, for the tests of diagnosis, rules, breaker and alerts. */
import {diagnose} from '../../src/core/diagnosis/diagnose.js';
import type {DecisionInput} from '../../src/core/decision/situation.js';
import type {CheckId, Finding} from '../../src/core/finding.js';
import {freshState} from '../../src/core/state/codec.js';
import type {RestartRecord, State, Streak} from '../../src/core/state/state.js';
import {minutes} from '../../src/core/time.js';
import {aContainer, ago, aMemory, anObservation, aPod, aPolicy, now} from './observation.js';

export const aFinding = (id: CheckId, changes: Partial<Finding> = {}): Finding => ({
  id,
  status: 'ok',
  summary: `${id} is well`,
  evidence: [],
  cause: 'process',
  cure: 'none',
  object: null,
  because: null,
  fix: null,
  persistence: 'sample',
  evidenceAt: null,
  immediate: false,
  cameras: [],
  normalAtStart: false,
  outage: false,
  faults: [],
  ...changes,
});

export const critical = (id: CheckId, changes: Partial<Finding> = {}): Finding =>
  aFinding(id, {status: 'critical', summary: `${id} is critical`, ...changes});

/** A hung detector, as FRG-403 tells it: what a restart cures. */
export const hungDetector = (changes: Partial<Finding> = {}): Finding =>
  critical('FRG-403', {
    summary: 'every camera that wants the detector skips',
    cause: 'detector',
    cure: 'restart',
    evidenceAt: ago(minutes(0)),
    outage: true,
    faults: ['detector:coral'],
    ...changes,
  });

export const aStreak = (changes: Partial<Streak> = {}): Streak => ({
  count: 1,
  first: ago(minutes(5)),
  last: ago(minutes(5)),
  podUid: 'pod-uid',
  containerId: 'containerd://c1',
  cause: 'detector',
  evidenceAt: ago(minutes(5)),
  ...changes,
});

export const aRestart = (changes: Partial<RestartRecord> = {}): RestartRecord => ({
  id: 'a1',
  at: ago(minutes(90)),
  cause: 'detector',
  rule: 'R-12',
  who: 'automatic',
  reason: 'a hung detector',
  findings: ['FRG-403'],
  phase: 'did-not-help',
  settledAt: ago(minutes(60)),
  faults: [],
  worked: [],
  wellSince: null,
  cameBackAt: null,
  ...changes,
});

export const aState = (changes: Partial<State> = {}): State => ({...freshState, ...changes});

/** A hung detector in the second pass that sees it, nothing in the way: R-12 restarts. Each test changes one thing. */
export const anInput = (changes: Partial<DecisionInput> = {}): DecisionInput => {
  const findings = changes.findings ?? [hungDetector()];
  return {
    state: aState({streak: aStreak()}),
    reading: 'sound',
    observation: anObservation(),
    diagnosis: diagnose(findings, {paused: false, starting: false}),
    memory: aMemory(),
    pod: aPod(),
    container: aContainer(),
    policy: aPolicy(),
    now,
    attemptId: 'attempt-2',
    by: 'a test',
    request: null,
    alerting: true,
    wipeNotifiedAt: null,
    ...changes,
    findings,
  };
};
