/** What was said once and stays true until the container ends (docs/how-it-decides.md, "The rules", R-05). */
import {containerStart, frigateContainer, tally} from '../checks/facts.js';
import {latching, type Latching} from '../checks/latched.js';
import {isBad, type CheckId} from '../finding.js';
import type {LatchedEvidence} from '../memory.js';
import type {Tally} from '../observation/log.js';
import type {Remembering} from './remembering.js';

/** The check that judges whether the evidence holds: a kill that got its successor after all is no longer true. */
const judges: Readonly<Record<Latching, CheckId>> = {
  'database-thread-died': 'FRG-605',
  'thread-died': 'FRG-304',
  'detector-force-kill': 'FRG-402',
};

/** Characters of the line that is kept as evidence. */
const LONGEST_SAMPLE = 200;

export const rememberLatched = (from: Remembering): readonly LatchedEvidence[] => {
  const containerId = frigateContainer(from.observation)?.id ?? null;
  if (containerId === null) return from.memory.latched;
  return [...rememberMigration(from, containerId), ...ofChecks(from, containerId)];
};

/**
 * A migration is told in the first seconds of a start, and lasts longer than the log is read back. It is over when the API
 * answers; a line that the log took back stands no more where the log is read from the start.
 */
const rememberMigration = (
  {memory, observation, findings}: Remembering,
  containerId: string,
): readonly LatchedEvidence[] => {
  if (findings.get('FRG-301')?.status === 'ok') return [];
  const started = containerStart(observation);
  const said = tally(observation, 'migration');
  if (said !== null && (started === null || said.last >= started))
    return [{signature: 'migration', containerId, at: said.last, sample: sampleOf(said)}];
  const {log} = observation;
  const readFromTheStart = log.known && log.value.complete && started !== null && log.value.from <= started;
  return readFromTheStart
    ? []
    : memory.latched.filter((each) => each.signature === 'migration' && each.containerId === containerId);
};

const sampleOf = ({sample}: Tally): string => sample.slice(0, LONGEST_SAMPLE).toWellFormed();

const ofChecks = (from: Remembering, containerId: string): readonly LatchedEvidence[] =>
  latching.flatMap((signature) => {
    const before = from.memory.latched.find((each) => each.signature === signature && each.containerId === containerId);
    const finding = from.findings.get(judges[signature]);
    // A check that could not look says nothing for or against.
    if (finding === undefined || finding.status === 'unknown' || finding.status === 'skipped')
      return before === undefined ? [] : [before];
    if (!isBad(finding) || finding.persistence !== 'latched') return [];
    const said = tally(from.observation, signature);
    if (said === null) return before === undefined ? [] : [before];
    return [{signature, containerId, at: said.last, sample: sampleOf(said)}];
  });
