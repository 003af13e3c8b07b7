/** Proof 5, a simulated year: the same faults for this tool, for nobody, for a liveness probe, docker-autoheal and the old checker. */
import type {Book} from './year/ledger.js';
import {kinds} from './year/occurrences.js';
import {yearOf} from './year/site-year.js';
import {playYear} from './year/threads.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';

const {seed, flag, write} = readArguments(1, ['details']);
const begun = performance.now();
const year = yearOf(seed);

const mailsPerIncident = ({mails, incidents}: Book): string => (mails / Math.max(1, incidents)).toFixed(2);

const {
  books,
  tale: {rules, warnings},
} = await playYear(seed);

const head = [
  '',
  'helped',
  'useless',
  'harmful',
  'min. without recording',
  'detected after',
  'repaired after',
  'mails',
  'false alarms',
];
const minutes = (value: number | null): string => (value === null ? '–' : `${value} min`);
const rows = books.map(({name, restarts, unrecorded, detected, repaired, mails, falseAlarms, looks}): Cell[] => [
  name,
  restarts.helped,
  restarts.useless,
  restarts.harmful,
  unrecorded,
  minutes(detected),
  minutes(repaired),
  mails,
  `${falseAlarms} of ${looks}`,
]);

say(`seed ${seed}: ${year.length} occurrences of ${kinds.length} kinds in a year, seven cameras\n`);
say(table(head, rows));
if (flag('details')) {
  for (const {name, harm, useless} of books)
    say(
      `\n${name}\n  harmful: ${[...harm].map(([what, times]) => `${times} × ${what}`).join(', ')}\n  useless: ${[...useless].map(([what, times]) => `${times} × ${what}`).join(', ')}`,
    );
  say(
    `\nrules: ${[...rules]
      .sort()
      .map(([rule, times]) => `${rule} ${times}`)
      .join(', ')}`,
  );
}

const hoursBefore = warnings.flatMap((before) => (before === null ? [] : [before / 3600])).sort((a, b) => a - b);
const leaksTold = `a leak was reported before the kernel ended the container in ${hoursBefore.length} of ${warnings.length} times, ${(hoursBefore[0] ?? 0).toFixed(1)} h before or more`;

const [own] = books;
const violations: string[] = [];
if (own !== undefined) {
  const old = books.filter(({name}) => name.startsWith('old checker'));
  const worst = Math.min(...old.map(({restarts}) => restarts.useless));
  say(`\nmails per incident: ${mailsPerIncident(own)}; useless restarts in one incident: at most ${own.uselessAtMost}`);
  say(leaksTold);
  if (warnings.length === 0) violations.push('no leak came to its end: nothing was shown of its forecast');
  if (hoursBefore.length < warnings.length)
    violations.push(
      `${warnings.length - hoursBefore.length} of ${warnings.length} leaks were not told of before the kernel ended the container`,
    );
  if (own.restarts.harmful > 0)
    violations.push(`${own.restarts.harmful} harmful restarts: ${[...own.harm].join('; ')}`);
  if (own.uselessAtMost > 1) violations.push(`${own.uselessAtMost} useless restarts in one incident`);
  if (own.falseAlarms >= own.looks * 0.01) violations.push(`${own.falseAlarms} false alarms in ${own.looks} passes`);
  if (worst < 10 * Math.max(1, own.restarts.useless))
    violations.push(`the old checker has only ${worst} useless restarts, ours ${own.restarts.useless}`);
}
conclude({
  name: 'year',
  begun,
  violations,
  write,
  seed,
  table: {head, rows},
  told: `${own?.restarts.helped ?? 0} restarts helped, ${own?.restarts.useless ?? 0} useless, ${own?.restarts.harmful ?? 0} harmful, seed ${seed}`,
  notes:
    own === undefined
      ? []
      : [
          `${year.length} occurrences of ${kinds.length} kinds`,
          `mails per incident: ${mailsPerIncident(own)}; useless restarts in one incident: at most ${own.uselessAtMost}`,
          leaksTold,
        ],
});
