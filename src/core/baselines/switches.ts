/** What is switched off, and what was in the container before: an off that came with a start is news (FRG-607). */
import {frigateContainer} from '../checks/evidence/facts.js';
import {switchedOff, switchKey} from '../checks/evidence/switches.js';
import type {Baselines} from '../state/baselines.js';
import {storedName} from '../state/bounds.js';
import type {BaselineContext} from './context.js';

const MOST = 64;
/** More cameras without detection are not worth their bytes. */
const MOST_NOT_DETECTING = 24;
const LONGEST_ID = 128;

/** While the configuration cannot be read, what was known stays. */
export const keepSwitches = ({memory, observation}: BaselineContext): NonNullable<Baselines['switches']> | null => {
  const known = memory.switches ?? null;
  const id = frigateContainer(observation)?.id?.slice(0, LONGEST_ID).toWellFormed() ?? null;
  const off = switchedOff({memory, observation});
  if (id === null || off === null) return known;
  // A Frigate that was observed before this version stored switches had none that is known of.
  const before =
    known === null || known.containerId === id ? (known?.before ?? null) : known.off.map(switchKey).slice(0, MOST);
  return {containerId: id, before, off: off.slice(0, MOST), notDetecting: notDetecting(observation)};
};

const notDetecting = ({frigate: {config}}: BaselineContext['observation']): readonly string[] | null => {
  if (!config.known) return null;
  const names = config.value.cameras.flatMap(({name, detectEnabled}) => (detectEnabled ? [] : [storedName(name)]));
  return names.length <= MOST_NOT_DETECTING ? names : null;
};
