/** How the container ended in the last day, and on which boot of its node it runs (FRG-203). */
import {exitsOfTheDay, endedByReboot} from '../checks/evidence/exits.js';
import {frigateContainer} from '../checks/evidence/facts.js';
import type {Baselines} from '../state/baselines.js';
import type {BaselineContext} from './context.js';

const MOST = 10;

export const keepExits = (from: BaselineContext): NonNullable<Baselines['exits']> => {
  const exit = frigateContainer(from.observation)?.last ?? null;
  const words =
    exit === null
      ? ''
      : endedByReboot(from, exit)
        ? 'the node rebooted'
        : `exit code ${exit.exitCode} (${exit.reason})`;
  return exitsOfTheDay(from, exit, words.slice(0, 80).toWellFormed()).slice(-MOST);
};

export const keepBootId = ({memory, observation: {node}}: BaselineContext): string | null =>
  (node.known ? node.value?.bootId?.slice(0, 64) : null) ?? memory.bootId ?? null;
