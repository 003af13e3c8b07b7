/**
 * Proof 6, the incidents: real outages from public reports, each played through the real street at several distances between its
 * beginning and the next pass, and held against what should have been decided. `--details` tells every pass.
 */
import {reasonText} from '../../src/core/decision/wording.js';
import {isBad} from '../../src/core/finding.js';
import {incidents} from './incidents/all.js';
import {wrongIn} from './incidents/judge.js';
import {notPlayed} from './incidents/not-played.js';
import {play, type Played} from './incidents/play.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';

/** Seconds from the beginning of the outage to the first pass that can see it. */
const phases = [60, 130, 200, 290];

const {flag, write} = readArguments(1, ['details']);
const begun = performance.now();
const violations: string[] = [];

const details = ({passes, mails}: Played): void => {
  for (const {number, findings, diagnosis, decision} of passes) {
    say(
      `  ${number} ${diagnosis.health} ${diagnosis.cause ?? '–'}: ${decision.action} ${decision.rule} ${reasonText(decision.reason)} | ${findings
        .filter(isBad)
        .map(({id, status, summary}) => `${id} ${status}: ${summary}`)
        .join(' | ')}`,
    );
  }
  for (const {kind, mail} of mails) say(`  ${kind}: ${mail.subject}`);
};

const numbers = incidents.map(({row}) => row);
for (const row of new Set(numbers.filter((row, index) => numbers.indexOf(row) !== index)))
  violations.push(`row ${row} is the number of two incidents`);

let passes = 0;
const rows = incidents.map((incident): Cell[] => {
  const runs = phases.map((phase) => ({phase, played: play(incident.story, phase)}));
  const wrong = runs.flatMap(({phase, played}) =>
    wrongIn(incident, played).map((what) => `row ${incident.row}, first pass after ${phase} s: ${what}`),
  );
  violations.push(...wrong);
  passes += runs.reduce((sum, {played}) => sum + played.passes.length, 0);
  const [first] = runs;
  if (flag('details') && first !== undefined) {
    say(`\n${incident.row} ${incident.what}`);
    details(first.played);
  }
  const restarts = runs.map(({played}) => played.passes.filter(({decision}) => decision.action === 'restart').length);
  const mails = runs.map(({played}) => played.mails.length);
  return [
    incident.row,
    incident.sources.slice(0, 44),
    incident.what.slice(0, 62),
    incident.expected.ideal,
    Math.max(...restarts),
    `${Math.min(...mails)}–${Math.max(...mails)}`,
    wrong.length > 0 ? 'WRONG' : incident.differs === undefined ? 'as it should' : 'otherwise',
  ];
});

say(table(['row', 'source', 'what happened', 'should', 'restarts', 'mails', ''], rows));
say('\nOtherwise than the reporters hold for ideal:');
for (const {row, differs} of incidents) if (differs !== undefined) say(`  ${row}: ${differs}`);
say('\nNot played:');
for (const {row, what, because} of notPlayed) say(`  ${row} (${what}): ${because}`);

const otherwise = incidents.filter(({differs}) => differs !== undefined).length;
conclude({
  name: 'incidents',
  begun,
  violations,
  write,
  told: `${incidents.length} incidents in ${passes} passes, ${incidents.length - otherwise} as expected, ${otherwise} different with a reason, ${notPlayed.length} not playable`,
});
