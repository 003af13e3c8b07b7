/**
 * R-05 where observations come all the time: how far apart two of them count, and how long the failure must last. With passes of
 * the CronJob, one interval apart, the distance of the passes is all there is.
 */
import {checkOf} from '../checks/catalogue.js';
import type {Finding} from '../finding.js';
import type {Policy} from '../policy.js';
import {milliseconds, seconds, type Duration} from '../time.js';

/** As long as two passes of the CronJob take at least: half of its usual interval of 5 minutes. */
export const STEADY = seconds(150);
/** Distinct evidence comes no oftener than this: two polls of one question are one. */
const FAST_SPACING = seconds(5);
/** What was counted and shows nothing new for longer may be over: three judgements of `serve`. */
const FAST_FRESH = seconds(45);

/** Two observations closer than this are one (docs/how-it-decides.md, "The rules", R-05). */
export const spacingOf = ({profile, interval}: Policy): Duration =>
  profile === 'fast' ? FAST_SPACING : milliseconds(interval / 2);

/** So long the last counted evidence holds without new one. */
export const freshnessOf = (policy: Policy): Duration => (policy.profile === 'fast' ? FAST_FRESH : spacingOf(policy));

/** From the first counted evidence of a failure to the last; of several findings the one that needs longest decides. */
export const provenAfter = (candidates: readonly Pick<Finding, 'id'>[], {profile, interval}: Policy): Duration => {
  if (profile === undefined) return milliseconds(0);
  const floors = candidates.map(({id}) => checkOf(id).provenAfter?.least ?? STEADY);
  const longest = milliseconds(Math.max(0, ...floors));
  return profile === 'fast' ? longest : milliseconds(Math.max(STEADY, interval / 2, longest));
};
