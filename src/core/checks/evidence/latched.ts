/** Evidence that is logged only once and stays true until the container that logged it ends (docs/how-it-decides.md, "The rules", R-05). */
import type {LatchedEvidence, Baselines} from '../../state/baselines.js';
import type {Signature} from '../../observation/log.js';
import type {Observation} from '../../observation/observation.js';
import {frigateContainer} from './facts.js';

/** The signatures that are latched. */
export const latching = [
  'database-thread-died',
  'database-thread-failed',
  'camera-process-failed',
  'recorder-process-failed',
  'thread-died',
  'detector-force-kill',
  'services-not-started',
] as const satisfies readonly Signature[];
export type Latching = (typeof latching)[number];

/** What the running container logged of it in an earlier pass; `null`: nothing. */
export const latchedEvidence = (
  {observation, memory}: {readonly observation: Observation; readonly memory: Baselines},
  signature: Latching,
): LatchedEvidence | null => {
  const id = frigateContainer(observation)?.id ?? null;
  return id === null
    ? null
    : (memory.latched.find((each) => each.signature === signature && each.containerId === id) ?? null);
};
