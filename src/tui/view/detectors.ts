/** One row for each detector. */
import {isBad, type CheckId, type Finding, type Status} from '../../core/finding.js';
import type {Measure, Snapshot} from '../../core/observation/frigate.js';
import type {Policy} from '../../core/policy.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
import {worseFirst} from './cameras.js';

export interface DetectorRow {
  readonly name: string;
  /** `edgetpu`, `openvino`, …; `null` where the configuration is not known. */
  readonly type: string | null;
  readonly status: Status;
  /** Milliseconds. */
  readonly inference: Measure;
  readonly limit: number;
  /** Inference speeds of the last snapshots, oldest first. */
  readonly trend: readonly Measure[];
  /** Seconds that the inference under way had taken when the snapshot was made; `null`: none was. */
  readonly busy: number | null;
  /** How often its process was another one in the last snapshots. */
  readonly pidChanges: number;
  readonly temperature: Measure;
  readonly findings: readonly CheckId[];
}

const DETECTOR_CHECKS = /^FRG-40\d$/;

const concerns = (finding: Finding, name: string): boolean =>
  DETECTOR_CHECKS.test(finding.id) && (finding.object?.kind !== 'Detector' || finding.object.name === name);

const changesOf = (pids: ReadonlyArray<number | null>): number => {
  const known = pids.filter((pid) => pid !== null);
  return known.filter((pid, index) => index > 0 && pid !== known[index - 1]).length;
};

const busyOf = (start: Measure, {lastUpdated}: Snapshot): number | null =>
  start === null || start <= 0 || lastUpdated === null ? null : Math.max(0, lastUpdated / 1000 - start);

export const detectorsOf = ({watchState, judgement}: LiveObservation, policy: Policy): readonly DetectorRow[] => {
  const snapshot = watchState.lastStats?.reading.snapshot;
  if (snapshot === undefined) return [];
  const bad = judgement.findings.filter(isBad).sort((a, b) => worseFirst(a.status, b.status));
  return snapshot.detectors.map(({name, inferenceSpeed, detectionStart, temperature}): DetectorRow => {
    const own = watchState.trend.map((one) => one.detectors.find((detector) => detector.name === name));
    const findings = bad.filter((finding) => concerns(finding, name));
    return {
      name,
      type: watchState.config.known ? (watchState.config.value.detectors.get(name) ?? null) : null,
      status: findings[0]?.status ?? (inferenceSpeed === null ? 'unknown' : 'ok'),
      inference: inferenceSpeed,
      limit: policy.inferenceLimits.get(name) ?? policy.inferenceLimit,
      trend: own.map((detector) => detector?.inferenceSpeed ?? null),
      busy: busyOf(detectionStart, snapshot),
      pidChanges: changesOf(own.map((detector) => detector?.pid ?? null)),
      temperature,
      findings: findings.map(({id}) => id),
    };
  });
};
