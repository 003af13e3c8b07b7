/** consecutive failures of one container, spaced, fresh and resting on new evidence. */
import type {CauseClass, CheckId, Finding} from '../finding.js';
import type {Policy} from '../policy.js';
import type {Streak} from '../state/state.js';
import {earliest, milliseconds, since, type Instant} from '../time.js';
import {spacingOf} from './duration-of-evidence.js';

export interface Sample {
  readonly candidates: readonly Finding[];
  /** Something that could have shown a failure was not observed: the pass proves nothing, in neither direction. */
  readonly blind: boolean;
  readonly podUid: string | null;
  readonly containerId: string | null;
  readonly cause: CauseClass | null;
}

/** Two passes closer than this are one (docs/how-it-decides.md, "The rules", R-05). */
export const tooClose = (last: Instant, now: Instant, policy: Policy): boolean =>
  since(last, now) < milliseconds(policy.interval / 2);

/** The same of the failures of one container that are counted towards a restart, which `serve` may observe more often. */
const countsAsOne = (last: Instant, now: Instant, policy: Policy): boolean => since(last, now) < spacingOf(policy);

/** After a gap longer than this "consecutive" starts again at one. */
export const tooOld = (last: Instant, now: Instant, policy: Policy): boolean =>
  since(last, now) > milliseconds(policy.interval * 3);

/** The streak after this pass. Unknown neither counts nor resets; one healthy pass ends it. */
export const advanceStreak = (streak: Streak | null, sample: Sample, now: Instant, policy: Policy): Streak | null => {
  const {candidates, podUid, containerId} = sample;
  if (candidates.length === 0) return sample.blind ? streak : null;
  if (podUid === null || containerId === null) return streak;
  const evidenceAt = newestEvidence(candidates);
  const begun: Streak = {
    count: 1,
    first: beginning(candidates, now),
    last: now,
    podUid,
    containerId,
    cause: sample.cause ?? 'process',
    evidenceAt,
  };
  if (
    streak === null ||
    streak.podUid !== podUid ||
    streak.containerId !== containerId ||
    tooOld(streak.last, now, policy)
  )
    return begun;
  if (countsAsOne(streak.last, now, policy) || !restsOnNewEvidence(candidates, streak.evidenceAt)) return streak;
  return {
    ...streak,
    count: streak.count + 1,
    last: now,
    cause: begun.cause,
    evidenceAt: later(streak.evidenceAt, evidenceAt),
  };
};

/** A standstill and what is said only once count in every pass; everything else needs evidence that was not counted yet. */
const restsOnNewEvidence = (candidates: readonly Finding[], counted: Instant | null): boolean =>
  candidates.some(
    (finding) =>
      finding.persistence !== 'sample' ||
      finding.evidenceAt === null ||
      counted === null ||
      finding.evidenceAt > counted,
  );

/** A question that was not answered proves the time from its beginning on. */
const beginning = (candidates: readonly Finding[], now: Instant): Instant =>
  candidates.reduce<Instant>((first, {evidenceFrom}) => earliest(first, evidenceFrom ?? first), now);

const newestEvidence = (candidates: readonly Finding[]): Instant | null =>
  candidates.reduce<Instant | null>((newest, finding) => later(newest, finding.evidenceAt), null);

const later = (a: Instant | null, b: Instant | null): Instant | null => {
  if (a === null) return b;
  return b === null || a > b ? a : b;
};

/** Checks whose finding could have been a failure that a restart cures: while one is unknown, the pass is blind. */
const failing: ReadonlySet<CheckId> = new Set<CheckId>([
  'FRG-101',
  'FRG-201',
  'FRG-202',
  'FRG-205',
  'FRG-301',
  'FRG-302',
  'FRG-304',
  'FRG-305',
  'FRG-401',
  'FRG-402',
  'FRG-403',
  'FRG-501',
  'FRG-601',
  'FRG-603',
  'FRG-605',
  'FRG-801',
]);

export const isBlind = (findings: readonly Finding[]): boolean =>
  findings.some((finding) => finding.status === 'unknown' && failing.has(finding.id));
