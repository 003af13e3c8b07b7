/** What this program did wrong itself, as public reports of real outages showed it: planted again, the tests notice. */
import type {Fault} from '../old-faults/table.js';

const fault = (id: string, what: string, file: string, ...titles: readonly string[]): Fault => ({
  id,
  what,
  by: titles.map((title) => ({file: `test/${file}.test.ts`, title})),
});

export const ownFaults: readonly Fault[] = [
  fault(
    'E-01',
    'restarted a container that has never worked while its start makes progress (reports 1 and 2)',
    'core/decision/rules',
    'that has never worked and',
  ),
  fault(
    'E-02',
    'took a migration for hung because of a line that it wrote at its beginning',
    'core/decision/rules',
    'that has never worked and',
  ),
  fault(
    'E-03',
    'called a port that was moved a fault of Frigate (report 3)',
    'frigate/wrong-port',
    'is the wrong one where a new container refuses',
  ),
  fault(
    'E-04',
    'restarted a recorder that reports its error (reports 4, 5 and 5b)',
    'core/checks/evidence',
    'is quoted, and nothing is restarted',
  ),
  fault(
    'E-05',
    'let an error that nobody knows pass for one that a restart cures',
    'core/checks/evidence',
    'is cured by a restart only where the list says so',
  ),
  fault(
    'E-06',
    'took a detector that builds its model for one that hangs',
    'core/checks/evidence',
    'is starting where no inference was ever finished',
  ),
  fault(
    'E-07',
    'took a detector that reports its error for a silent one',
    'core/checks/evidence',
    'is no silence where it reports an error of its own',
  ),
  fault(
    'E-08',
    'took answers that others got, on whatever port, for answers of the port that is asked',
    'frigate/wrong-port',
    'is the wrong one where others were answered',
  ),
  fault(
    'E-09',
    'took a migration for a hang because of lines that an earlier process wrote',
    'core/checks/start',
    'is not over by what is older than work on the database',
  ),
  fault(
    'E-10',
    'waited for the start of a container that had worked, because no pass had observed it',
    'core/checks/start',
    'remembers when something else than an answer showed it to be over',
  ),
  fault(
    'E-11',
    'restarted for a detector of another machine that reports that it gets no answer',
    'core/checks/reported',
    'is no case for a restart where it reports that nobody answers it',
  ),
  fault(
    'E-12',
    'restarted a container whose services never began',
    'core/checks/reported',
    'is neither starting nor hung',
  ),
  fault(
    'E-13',
    'restarted for a thread that ended for a full or damaged database',
    'core/checks/reported',
    'is not started again by a restart',
  ),
  fault(
    'E-14',
    'restarted for processes that reported what their successors meet as well',
    'core/checks/reported',
    'are not where they report what their successors meet',
  ),
  fault(
    'E-15',
    'left a dead thread alone because the recorder said that it does not keep up',
    'core/checks/reported',
    'is the work of nobody where a thread ended when the recording stopped',
  ),
];
