/** The words for completion, from the commands, the catalogue and the scenarios themselves. */
import {tableOf, type DescribedCommand, type WordTable} from '../../src/cli/completion/table.js';
import {catalogue} from '../../src/core/checks/catalogue.js';
import {scenarios} from '../../src/simulator/scenarios/scenarios.js';

export const wordTable = (commands: Readonly<Record<string, DescribedCommand>>): WordTable =>
  tableOf(
    commands,
    catalogue.map(({id, title}) => ({value: id, about: title})),
    scenarios.map(({name, title}) => ({value: name, about: title})),
  );
