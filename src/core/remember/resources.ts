/** What Frigate and its host used over the last half day: the yardstick of what lasts (FRG-701 … 703) and of what rises (FRG-205). */
import {releaseOf} from '../checks/evidence/detector-history.js';
import {busiestGpu, sampleOf} from '../checks/evidence/resource-samples.js';
import type {Baselines, ResourceSample} from '../state/baselines.js';
import {minutes, since} from '../time.js';
import type {RememberContext} from './context.js';

/** Twelve hours of them. */
const MOST_LOOKS = 48;
const LOOKS_APART = minutes(15);
const LONGEST_NAME = 64;

/** The newest look takes the place of the one before it while that is too close to its own predecessor. */
export const rememberResources = ({memory, observation, sameContainer}: RememberContext): Baselines['resources'] => {
  // None from the future of a clock that was set back.
  const before = sameContainer ? memory.resources.filter(({at}) => at <= observation.at) : [];
  const {stats} = observation.frigate;
  // Two polls of one snapshot are one observation.
  if (
    !stats.known ||
    (sameContainer &&
      stats.value.snapshot.lastUpdated !== null &&
      stats.value.snapshot.lastUpdated === memory.lastUpdated)
  )
    return before;
  const look = sampleOf(observation, stats.value.snapshot);
  return look.use.every((value) => value === null)
    ? before
    : [...thinned(before.filter(({at}) => at < observation.at)), look].slice(-MOST_LOOKS);
};

const thinned = (looks: readonly ResourceSample[]): readonly ResourceSample[] => {
  const [earlier, last] = looks.slice(-2);
  return earlier !== undefined && last !== undefined && since(earlier.at, last.at) < LOOKS_APART
    ? looks.slice(0, -1)
    : looks;
};

/** That the numbers of a card could be read; another release of Frigate reads them in another way, and starts without them. */
export const rememberGpu = ({memory, observation}: RememberContext, version: string | null): Baselines['gpu'] => {
  const {stats} = observation.frigate;
  const card = stats.known ? busiestGpu(stats.value.snapshot.gpus) : null;
  if (card !== null) return {name: card.name.slice(0, LONGEST_NAME).toWellFormed(), at: observation.at};
  return memory.frigateVersion !== null && releaseOf(memory.frigateVersion) !== releaseOf(version ?? '')
    ? null
    : memory.gpu;
};
