/** What Frigate and its host used over the last half day: the yardstick of what lasts (FRG-701 … 703) and of what rises (FRG-205). */
import {releaseOf} from '../checks/evidence/detector-history.js';
import {busiestGpu, sampleOf} from '../checks/evidence/resource-samples.js';
import type {Baselines, ResourceSample} from '../state/baselines.js';
import {minutes, since} from '../time.js';
import type {BaselineContext} from './context.js';

/** Twelve hours of them. */
const MOST_SAMPLES = 48;
const SAMPLES_APART = minutes(15);
const LONGEST_NAME = 64;

/** The newest sample takes the place of the one before it while that is too close to its own predecessor. */
export const keepResources = ({memory, observation, sameContainer}: BaselineContext): Baselines['resources'] => {
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
  const sample = sampleOf(observation, stats.value.snapshot);
  return sample.use.every((value) => value === null)
    ? before
    : [...thinned(before.filter(({at}) => at < observation.at)), sample].slice(-MOST_SAMPLES);
};

const thinned = (samples: readonly ResourceSample[]): readonly ResourceSample[] => {
  const [earlier, last] = samples.slice(-2);
  return earlier !== undefined && last !== undefined && since(earlier.at, last.at) < SAMPLES_APART
    ? samples.slice(0, -1)
    : samples;
};

/** That the numbers of a card could be read; another release of Frigate reads them in another way, and starts without them. */
export const keepGpu = ({memory, observation}: BaselineContext, version: string | null): Baselines['gpu'] => {
  const {stats} = observation.frigate;
  const card = stats.known ? busiestGpu(stats.value.snapshot.gpus) : null;
  if (card !== null) return {name: card.name.slice(0, LONGEST_NAME).toWellFormed(), at: observation.at};
  return memory.frigateVersion !== null && releaseOf(memory.frigateVersion) !== releaseOf(version ?? '')
    ? null
    : memory.gpu;
};
