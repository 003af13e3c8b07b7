/** Which memory limit is proposed, and what the memory of a Frigate depends on. */
import {note, run, type Fix} from '../../fix.js';
import {deployment} from '../kubectl.js';
import type {Baselines} from '../../state/baselines.js';
import type {Observation} from '../../observation/observation.js';
import {template} from './facts.js';
import {podMemoryOf, samplesBefore} from './resource-samples.js';

const MEBIBYTE = 2 ** 20;
/** Half as much again: space above what was used. */
const HEADROOM = 1.5;
/** A healthy Frigate of three cameras used 716 MiB, and its start about 700 (measured on 0.17.2): less is never proposed. */
const LEAST = 1024 * MEBIBYTE;
/** For a Frigate whose use is not known: enough for a handful of cameras, and a bound for a leak. */
const FIRST = '4Gi';

/** The most that this container was observed to use, in bytes; `null`: its use is not known. */
const mostUsed = (observation: Observation, memory: Baselines | null): number | null => {
  const limit = template(observation)?.memoryLimit ?? null;
  if (limit === null) return null;
  const shares = [
    podMemoryOf(observation),
    ...(memory === null ? [] : samplesBefore({observation, memory}).map(({use: [, , , share]}) => share)),
  ].filter((share) => share !== null);
  return shares.length === 0 ? null : (Math.max(...shares) / 100) * limit;
};

/** As Kubernetes writes it: above the limit of now, above what was used, and above what any Frigate needs. */
export const proposedLimit = (observation: Observation, memory: Baselines | null = null): string => {
  const limit = template(observation)?.memoryLimit ?? null;
  if (limit === null) return FIRST;
  return `${Math.ceil((Math.max(limit, mostUsed(observation, memory) ?? 0, LEAST / HEADROOM) * HEADROOM) / MEBIBYTE)}Mi`;
};

export const raiseLimit = (observation: Observation, memory: Baselines | null = null): Fix => [
  note(
    'Memory goes by the number of cameras, the size that they are decoded in (detect.width and height), and enrichments (semantic search, face and licence plate recognition). Use less of them, or raise the limit:',
  ),
  run(
    `kubectl set resources ${deployment(observation)} -c ${template(observation)?.containerName ?? 'frigate'} --limits=memory=${proposedLimit(observation, memory)}`,
  ),
];
