/** What the CPU time of a container shows of its start: work that nothing logs, and standstill sooner than a silent log does. */
import type {Observation} from '../../observation/observation.js';
import type {StartCpu} from '../../state/baselines.js';
import {earliest, minutes, since, type Duration, type Instant} from '../../time.js';

/**
 * Cores. A build keeps one core or all of them busy, a migration one, a download a few percent of one; s6, nginx and go2rtc, which run
 * beside a start that stands still, used 0.1 % of one in the healthy minutes of 0.17.2.
 */
const WORKING = 0.02;
/** Samples further apart show nothing of the time between them. */
const FURTHEST_APART = minutes(15);

/** With this sample; `null`: none yet. What could not be read shows neither work nor standstill. */
export const startCpu = (
  {cpuUse, at: now}: Observation,
  startedAt: Instant,
  before: StartCpu | null,
): StartCpu | null => {
  if (cpuUse?.known !== true) return before === null ? null : {...before, idleSince: null};
  const at = earliest(cpuUse.value.at ?? now, now);
  if (at < startedAt) return before;
  if (before !== null && at <= before.at) return before;
  if (cpuUse.value.cores >= WORKING) return {at, busyAt: at, idleSince: null};
  const goesOn = before !== null && before.idleSince !== null && since(before.at, at) <= FURTHEST_APART;
  return {at, busyAt: before?.busyAt ?? null, idleSince: goesOn ? before.idleSince : at};
};

/** How long every sample has shown that nothing works. */
export const idleFor = (cpu: StartCpu | null, now: Instant): Duration | null =>
  cpu === null || cpu.idleSince === null || since(cpu.at, now) > FURTHEST_APART ? null : since(cpu.idleSince, now);
