/** Which list of Frigates is believed: one that shrinks a lot at once is more often half an answer than a half-dismantled site. */
import type {FrigateTarget, InstanceId} from '../../outcome/fleet.js';

/** Of fewer Frigates than this each loss is believed: one of three is a third. */
const FEW = 10;
/** More than this share lost at once is believed only when the next relist says the same. */
const BELIEVED_LOSS = 0.2;

export type Listed = ReadonlyMap<InstanceId, FrigateTarget>;

export interface Belief {
  readonly targets: Listed;
  /** How many are missing of a list that is not believed yet; 0: the list is believed. */
  readonly doubted: number;
}

export const believeNothing: Belief = {targets: new Map(), doubted: 0};

/**
 * The list to go on with.
 * @param confirms This list is a relist of its own: of a watch's view the shrinking is never believed.
 */
export const believe = (before: Belief, listed: Listed, confirms: boolean): Belief => {
  const missing = [...before.targets.keys()].filter((id) => !listed.has(id)).length;
  const suspicious = before.targets.size >= FEW && missing > before.targets.size * BELIEVED_LOSS;
  if (!suspicious || (confirms && before.doubted > 0)) return {targets: listed, doubted: 0};
  // What came new is taken all the same.
  return {targets: new Map([...before.targets, ...listed]), doubted: missing};
};
