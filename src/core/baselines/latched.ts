/** What was said once and stays true until the container ends (docs/how-it-decides.md, "The rules", R-05). */
import {frigateContainer, tally} from '../checks/evidence/facts.js';
import {latching, type Latching} from '../checks/evidence/latched.js';
import {isBad, type CheckId} from '../finding.js';
import type {LatchedEvidence} from '../state/baselines.js';
import type {Tally} from '../observation/log.js';
import type {BaselineContext} from './context.js';

/** The check that judges whether the evidence holds: a kill that got its successor after all is no longer true. */
const judges: Readonly<Record<Latching, CheckId>> = {
  'database-thread-died': 'FRG-605',
  'database-thread-failed': 'FRG-605',
  'camera-process-failed': 'FRG-304',
  'recorder-process-failed': 'FRG-304',
  'thread-died': 'FRG-304',
  'detector-force-kill': 'FRG-402',
  'services-not-started': 'FRG-301',
};

/** Characters of the line that is kept as evidence. */
const LONGEST_SAMPLE = 200;

export const keepLatched = (from: BaselineContext): readonly LatchedEvidence[] => {
  const containerId = frigateContainer(from.observation)?.id ?? null;
  if (containerId === null) return from.memory.latched;
  return ofChecks(from, containerId);
};

const sampleOf = ({sample}: Tally): string => sample.slice(0, LONGEST_SAMPLE).toWellFormed();

const ofChecks = (from: BaselineContext, containerId: string): readonly LatchedEvidence[] =>
  latching.flatMap((signature) => {
    const before = from.memory.latched.find((each) => each.signature === signature && each.containerId === containerId);
    const finding = from.findings.get(judges[signature]);
    // A check that could not observe says nothing for or against.
    if (finding === undefined || finding.status === 'unknown' || finding.status === 'skipped')
      return before === undefined ? [] : [before];
    if (!isBad(finding) || finding.persistence !== 'latched') return [];
    const said = tally(from.observation, signature);
    if (said === null) return before === undefined ? [] : [before];
    return [{signature, containerId, at: said.last, sample: sampleOf(said)}];
  });
