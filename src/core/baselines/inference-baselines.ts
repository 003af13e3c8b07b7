/** What a healthy inference takes, per detector and Frigate release: the yardstick of FRG-401 and FRG-403. */
import {storedName} from '../state/bounds.js';
import {NEVER_INFERRED, releaseOf, totalDetections} from '../checks/evidence/detector-history.js';
import {inferenceOf, newestSnapshot, snapshotsOf} from '../checks/evidence/snapshots.js';
import {median} from '../checks/evidence/wording.js';
import type {CheckId} from '../finding.js';
import type {DetectorBaseline} from '../state/baselines.js';
import type {BaselineContext} from './context.js';

/** Nothing is learnt while one of these is not well. */
const teachers = ['FRG-301', 'FRG-302'] as const satisfies readonly CheckId[];
const suspects = ['FRG-304', 'FRG-401', 'FRG-402', 'FRG-403', 'FRG-404'] as const satisfies readonly CheckId[];
/** Share of the way that one pass moves a baseline: a slow sickness must not become the yardstick. */
const WEIGHT = 1 / 8;
/** Slower than this is what FRG-401 reports, whatever the cause; it does not move the baseline. */
const TOO_FAR = 2;
const MOST_SAMPLES = 10_000;
const MOST_DETECTORS = 64;

/** The baselines of the present release, moved by what a healthy pass observed. */
export const keepInferenceBaselines = (from: BaselineContext, version: string | null): readonly DetectorBaseline[] => {
  if (version === null) return from.memory.baselines;
  const kept = from.memory.baselines.filter((baseline) => releaseOf(baseline.version) === releaseOf(version));
  if (!healthy(from)) return kept;
  const measured = (newestSnapshot(from)?.detectors ?? []).flatMap(({name}) => {
    const before = kept.find(({detector}) => detector === storedName(name));
    const baseline = learnt(from, name, before, releaseOf(version));
    return baseline === null ? [] : [baseline];
  });
  const names = new Set(measured.map(({detector}) => detector));
  return [...measured, ...kept.filter(({detector}) => !names.has(detector))]
    .slice(0, MOST_DETECTORS)
    .sort((a, b) => (a.detector < b.detector ? -1 : 1));
};

const healthy = ({findings}: BaselineContext): boolean =>
  teachers.every((id) => ['ok', 'info'].includes(findings.get(id)?.status ?? 'unknown')) &&
  suspects.every((id) => findings.get(id)?.status !== 'critical');

const learnt = (
  from: BaselineContext,
  name: string,
  before: DetectorBaseline | undefined,
  version: string,
): DetectorBaseline | null => {
  const times = newInferences(from, name);
  const now = median(times);
  if (now === null) return null;
  if (before === undefined)
    return {
      detector: storedName(name),
      version,
      inference: tenths(now),
      samples: times.length,
      since: from.observation.at,
    };
  if (now > TOO_FAR * before.inference) return null;
  return {
    ...before,
    inference: tenths(before.inference + (now - before.inference) * WEIGHT),
    samples: Math.min(MOST_SAMPLES, before.samples + times.length),
  };
};

/** Inference times of snapshots that no earlier pass learnt from, and in which the detector worked. */
const newInferences = (from: BaselineContext, name: string): readonly number[] =>
  snapshotsOf(from)
    .filter(
      (snapshot) =>
        !from.sameContainer ||
        from.memory.lastUpdated === null ||
        snapshot.lastUpdated === null ||
        snapshot.lastUpdated > from.memory.lastUpdated,
    )
    .filter((snapshot) => (totalDetections(snapshot) ?? 0) > 0)
    .flatMap(({detectors}) => {
      const inference = inferenceOf(detectors.find((detector) => detector.name === name)?.inferenceSpeed ?? null);
      return inference === null || inference === NEVER_INFERRED ? [] : [inference];
    });

const tenths = (value: number): number => Math.round(value * 100) / 100;
