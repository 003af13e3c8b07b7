/** Everything that the panels draw, computed once for each observation. */
import type {Policy} from '../../core/policy.js';
import {humanDuration, minutes, since, type Duration} from '../../core/time.js';
import type {LiveObservation} from '../../usecases/watch/live.js';
import {camerasOf, worseFirst, type CameraRow} from './cameras.js';
import {detectorsOf, type DetectorRow} from './detectors.js';
import {podView, type PodView} from './pod.js';
import type {ShownCheck} from './own-checks.js';
import {mountsOf, type MountRow} from './storage.js';

export interface View {
  readonly live: LiveObservation;
  readonly cameras: readonly CameraRow[];
  readonly detectors: readonly DetectorRow[];
  readonly mounts: readonly MountRow[];
  readonly pod: PodView;
  /** Worst first, catalogue order within, then the user's own in the order of their file. */
  readonly checks: readonly ShownCheck[];
  /** `0.17.2`; `null` while not known. */
  readonly frigateVersion: string | null;
  /** Since when Frigate's container runs, in coarse steps: `6d 4h`. */
  readonly uptime: string | null;
}

const MINUTE = minutes(1);

export const coarse = (length: Duration): string =>
  length < MINUTE ? 'under 1m' : humanDuration(minutes(Math.floor(length / MINUTE)));

const uptimeOf = (live: LiveObservation): string | null => {
  const state = live.running?.container.state;
  return state?.phase === 'running' && state.startedAt !== null ? coarse(since(state.startedAt, live.at)) : null;
};

export const viewOf = (live: LiveObservation, policy: Policy): View => ({
  live,
  cameras: camerasOf(live, policy),
  detectors: detectorsOf(live, policy),
  mounts: mountsOf(live),
  pod: podView(live),
  checks: [...live.judgement.findings, ...live.custom].sort((a, b) => worseFirst(a.status, b.status)),
  frigateVersion: live.watchState.lastStats?.reading.snapshot.version?.split('-')[0] ?? null,
  uptime: uptimeOf(live),
});
