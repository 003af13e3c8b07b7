/** What the metrics of one Frigate are made from: its judgement and its observation, as the fleet snapshot holds them. */
import {frigateContainer} from '../core/checks/evidence/facts.js';
import {isJudged, type JudgedCamera} from '../core/checks/evidence/judged-cameras.js';
import {ratesOf} from '../core/checks/evidence/snapshots.js';
import {isBad} from '../core/finding.js';
import {singleWorkload} from '../core/observation/workload.js';
import type {Snapshot} from '../core/observation/frigate.js';
import type {Observation} from '../core/observation/observation.js';
import type {FrigateStatus, JudgedFrigate} from '../outcome/fleet.js';
import type {JudgedFacts, StatusFacts} from '../report/status-families.js';

/** Which cameras have series of their own. `failing`: those of which a finding reports a fault. */
export type CameraChoice = 'all' | 'failing' | 'none';
export const CAMERA_CHOICES = ['all', 'failing', 'none'] as const satisfies readonly CameraChoice[];

/** More of one Frigate are counted, not shown: a name is a series for as long as Prometheus keeps its data. */
export const MOST_CAMERAS = 64;

export interface CameraOptions {
  readonly cameras: CameraChoice;
  /** Cameras that are not judged (FRIGATE_HC_SKIP_CAMERAS): an alert rule must not judge them either. */
  readonly skipCameras: ReadonlySet<string>;
}

export interface FrigateFacts extends StatusFacts {
  readonly status: FrigateStatus;
  readonly observed: JudgedFrigate | null;
  /** The newest snapshot; `null`: Frigate gave none in this pass, so that nothing old is exported. */
  readonly snapshot: Snapshot | null;
  /** Of the snapshot, by name: the enabled ones that were chosen, at most `MOST_CAMERAS`. */
  readonly cameras: readonly JudgedCamera[];
  /** Chosen cameras that are over the bound. */
  readonly camerasOmitted: number;
}

const judgedFacts = ({at, findings, custom = [], diagnosis, decision, observation}: JudgedFrigate): JudgedFacts => {
  const {breaker, streak} = decision;
  const {state} = observation;
  // As decided with: what could not be read, or belongs to a newer version, is no memory.
  const isStateRead = state.known && !state.value.newer;
  return {
    at,
    cause: diagnosis.cause,
    checks: [...findings, ...custom],
    action: decision.action,
    rule: decision.rule,
    limits: {hour: breaker.limit, day: breaker.limitPerDay},
    needed: streak.needed,
    stored: isStateRead
      ? {breaker: breaker.state, used: {hour: breaker.used, day: breaker.usedToday}, inARow: streak.count}
      : null,
  };
};

const failingCameras = (findings: JudgedFrigate['findings']): ReadonlySet<string> =>
  new Set(findings.flatMap((finding) => (isBad(finding) ? finding.cameras : [])));

const camerasOf = (
  {frigate}: Observation,
  snapshot: Snapshot,
  skipCameras: ReadonlySet<string>,
): readonly JudgedCamera[] => {
  const configs = new Map((frigate.config.known ? frigate.config.value.cameras : []).map((each) => [each.name, each]));
  return snapshot.cameras.flatMap((stats) => {
    const config = configs.get(stats.name) ?? null;
    if (config?.enabled === false || !isJudged({policy: {skipCameras}}, stats.name)) return [];
    const configured = config?.detectFps ?? stats.expectedFps;
    return [{name: stats.name, config, stats, configured, rates: ratesOf(stats, configured)}];
  });
};

/** The chosen cameras of the snapshot, unbounded. */
const chosenCameras = (
  {observation, findings}: JudgedFrigate,
  snapshot: Snapshot,
  {cameras, skipCameras}: CameraOptions,
): readonly JudgedCamera[] => {
  if (cameras === 'none') return [];
  const all = camerasOf(observation, snapshot, skipCameras);
  if (cameras === 'all') return all;
  const failing = failingCameras(findings);
  return all.filter(({name}) => failing.has(name));
};

export const frigateFacts = (status: FrigateStatus, options: CameraOptions): FrigateFacts => {
  const {judged, target, health} = status;
  if (judged === null)
    return {
      status,
      observed: null,
      snapshot: null,
      cameras: [],
      camerasOmitted: 0,
      kind: target.kind,
      frigateVersion: null,
      node: null,
      via: null,
      health,
      judged: null,
    };
  const {observation} = judged;
  const {stats} = observation.frigate;
  const snapshot = stats.known ? stats.value.snapshot : null;
  const cameras = snapshot === null ? [] : chosenCameras(judged, snapshot, options);
  return {
    status,
    observed: judged,
    snapshot,
    cameras: cameras.slice(0, MOST_CAMERAS),
    camerasOmitted: Math.max(0, cameras.length - MOST_CAMERAS),
    kind: singleWorkload(observation.workload)?.kind ?? target.kind,
    frigateVersion: snapshot?.version ?? null,
    node: observation.node.known ? (observation.node.value?.name ?? null) : null,
    via: observation.via,
    health,
    judged: judgedFacts(judged),
  };
};

/** Frigate's container; `null` where no pod is monitored. */
export const containerOf = ({observed}: FrigateFacts): ReturnType<typeof frigateContainer> =>
  observed === null ? null : frigateContainer(observed.observation);
