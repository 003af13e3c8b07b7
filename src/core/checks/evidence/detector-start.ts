/**
 * Whether the detectors have ever worked since their processes began (docs/how-it-decides.md, "A long start"). A detector that
 * builds its model finishes no inference for minutes or hours, and the cameras skip their frames as if it hung.
 */
import {latest, minutes, since, type Duration} from '../../time.js';
import type {CheckContext} from '../check.js';
import {detectorsOf, neverInferred, pidChanges} from './detector-history.js';
import {containerStart} from './facts.js';
import {newestSnapshot} from './snapshots.js';
import {STANDSTILL, startOf} from './start.js';
import type {ContainerStart} from '../../state/baselines.js';

/** With its CPU use known, a detector that uses none for so long stands still. */
const IDLE_STANDSTILL = minutes(30);
/** Percent of one core: a build keeps a core busy, a download some of one (measured, and frigate/detectors at 0.14 to 0.17). */
const WORKING = 2;

export interface DetectorsStart {
  /** Sorted. */
  readonly names: readonly string[];
  /** Since the youngest of their processes began. */
  readonly age: Duration;
  /** A long step that was logged since the container started and has not ended. */
  readonly step: ContainerStart['step'];
  readonly standsStill: boolean;
}

/** The start of the detectors where not one of them has finished an inference; `null`: one has, or there is none. */
export const detectorsStart = (context: CheckContext): DetectorsStart | null => {
  const detectors = detectorsOf(context);
  const started = containerStart(context.observation);
  if (started === null || detectors.length === 0 || !detectors.every(({name}) => neverInferred(context, name)))
    return null;
  const begun = detectors.reduce(
    (newest, {name}) => latest(newest, pidChanges(context, name).last ?? started),
    started,
  );
  const age = since(begun, context.now);
  const logged = context.observation.log.known ? context.observation.log.value.startStep : null;
  const step = [logged, startOf(context)?.step ?? null].find((each) => each !== null && each.at >= started) ?? null;
  const underWay = step === null || step.ended ? null : step;
  const cpu = newestSnapshot(context)?.usages ?? null;
  const uses = detectors.map(({pid}) => cpu?.find((row) => row.pid === pid)?.cpu ?? null);
  const idle = uses.every((use) => use !== null && use < WORKING);
  const known = uses.every((use) => use !== null);
  return {
    names: detectors.map(({name}) => name),
    age,
    step: underWay,
    standsStill: known ? idle && age >= IDLE_STANDSTILL : age >= STANDSTILL && underWay === null,
  };
};
