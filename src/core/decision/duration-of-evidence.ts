/**
 * R-05 where observations come all the time: how far apart two of them count, and how long the failure must last. With passes of
 * the CronJob, one interval apart, the distance of the passes is all there is.
 */
import {checkOf} from '../checks/catalogue.js';
import type {Finding} from '../finding.js';
import type {Policy} from '../policy.js';
import type {Streak} from '../state/state.js';
import {milliseconds, seconds, since, type Duration, type Instant} from '../time.js';

/** As long as two passes of the CronJob take at least: half of its usual interval of 5 minutes. */
export const STEADY = seconds(150);
/** Distinct evidence comes no oftener than this: two polls of one question are one. */
const FAST_SPACING = seconds(5);
/** What was counted and shows nothing new for longer may be over: three judgements of `serve`. */
const FAST_FRESH = seconds(45);

/** Two observations closer than this are one (docs/how-it-decides.md, "The rules", R-05). */
export const spacingOf = ({profile, interval}: Policy): Duration =>
  profile === 'fast' ? FAST_SPACING : milliseconds(interval / 2);

/** What two passes of `steady` are apart at least, and what its failures last. */
const steadyLasting = ({interval}: Policy): Duration => milliseconds(Math.max(STEADY, interval / 2));

/**
 * A failure that `steady` would count a second time by now: whatever `fast` asks for, it is no longer than that. Evidence that
 * comes once a minute would prove later by its own instants than by passes that are 150 s apart.
 */
const countsForSteady = (streak: Pick<Streak, 'first'>, now: Instant, policy: Policy, needed: Duration): boolean =>
  policy.profile === 'fast' && since(streak.first, now) >= Math.max(steadyLasting(policy), needed);

/** The counted evidence, held against what is asked for: `null`, or why it is not enough. */
export const lastingOf = (
  streak: Pick<Streak, 'first' | 'last'>,
  candidates: readonly Pick<Finding, 'id'>[],
  now: Instant,
  policy: Policy,
):
  | null
  | {readonly lacks: 'new-evidence'}
  | {readonly lacks: 'time'; readonly lasted: Duration; readonly needed: Duration} => {
  const needed = provenAfter(candidates, policy);
  const asSteady = countsForSteady(streak, now, policy, needed);
  const fresh = asSteady ? steadyLasting(policy) : freshnessOf(policy);
  if (since(streak.last, now) >= fresh) return {lacks: 'new-evidence'};
  const lasted = since(streak.first, streak.last);
  return asSteady || lasted >= needed ? null : {lacks: 'time', lasted, needed};
};

/** So long the last counted evidence holds without new one. */
const freshnessOf = (policy: Policy): Duration => (policy.profile === 'fast' ? FAST_FRESH : spacingOf(policy));

/** From the first counted evidence of a failure to the last; of several findings the one that needs longest decides. */
const provenAfter = (candidates: readonly Pick<Finding, 'id'>[], policy: Policy): Duration => {
  const {profile} = policy;
  if (profile === undefined) return milliseconds(0);
  const floors = candidates.map(({id}) => checkOf(id).provenAfter?.least ?? STEADY);
  const longest = milliseconds(Math.max(0, ...floors));
  return profile === 'fast' ? longest : milliseconds(Math.max(steadyLasting(policy), longest));
};
