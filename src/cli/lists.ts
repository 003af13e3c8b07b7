/** Words from flags that may be repeated, separated by commas, or come from a variable. */
import type {ReportedId} from '../core/check-table.js';
import {CommandFailure} from '../outcome/failure.js';
import {nearest} from '../settings/nearest.js';

/** oclif gives a list for flags, but one text for a variable. */
export const namesOf = (given: unknown): readonly string[] => {
  const texts = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? [given] : [];
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
};

/** Check ids in the catalogue's own writing; an unknown one ends the command. */
export const checkIds = (given: readonly string[], catalogue: readonly ReportedId[]): readonly ReportedId[] =>
  given.map((text) => {
    const wanted = text.toUpperCase();
    const id = catalogue.find((known) => known.toUpperCase() === wanted || known === `FRG-${wanted}`);
    if (id !== undefined) return id;
    const near = nearest(wanted, catalogue);
    throw new CommandFailure(
      'usage',
      `There is no check ${text}${near === null ? '' : `; did you mean ${near}?`}`,
      'kubectl frigate-health check --list',
    );
  });

/** `--only` and `--skip`; together they must leave something, or a report of nothing would say that all is well. */
export const chosenChecks = (
  only: readonly string[],
  skip: readonly string[],
  catalogue: readonly ReportedId[],
): {readonly only: readonly ReportedId[]; readonly skip: readonly ReportedId[]} => {
  const chosen = {only: checkIds(only, catalogue), skip: checkIds(skip, catalogue)};
  const left = (chosen.only.length === 0 ? catalogue : chosen.only).filter((id) => !chosen.skip.includes(id));
  if (left.length === 0)
    throw new CommandFailure('usage', '--only and --skip leave no check', 'kubectl frigate-health check --list');
  return chosen;
};
