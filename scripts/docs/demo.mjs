// The tool at its best in a few seconds, for somebody who has no cluster: what it sees, what it repairs, what it refuses.
// Every word below the headings comes from the built program against its simulated cluster and Frigate.
import {spawn} from 'node:child_process';
import path from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {widthOf, wrap} from '../../src/report/layout.ts';

const COLUMNS = 100;
const program = path.resolve(import.meta.dirname, '../../bin/run.js');
const {stdout} = process;
// `| head` is not an error.
stdout.on('error', () => process.exit());
const inColour = stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';

const styled = (code) => (text) => (inColour ? `\u001b[${code}m${text}\u001b[0m` : text);
const [bold, dim, green, yellow] = [1, 2, 32, 33].map(styled);

/** What a run of the program printed; `expected`: its exit code, since a demonstration that fails must not look like one. */
const run = (expected, ...words) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {stdio: ['ignore', 'pipe', 'inherit']});
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.once('error', reject);
    child.once('close', (code) =>
      code === expected ? resolve(text) : reject(new Error(`${words.join(' ')} ended with ${code}`)),
    );
  });

/** Columns on the screen: colours take none. */
const columnsOf = (text) => widthOf(stripVTControlCharacters(text));

/** A line in as many as it needs, each further one below the last column of the first. */
const wrapped = (line) => {
  const indent = columnsOf(/^\s*(\S+(?: \S+)*\s{2,})*/.exec(line)?.[0] ?? '');
  const [head = '', ...rest] =
    columnsOf(line) <= COLUMNS ? [line] : wrap(line, COLUMNS - indent, {used: -indent, measure: columnsOf});
  return [head, ...rest.map((each) => ' '.repeat(indent) + each.trim())].join('\n');
};

const say = (text = '') => stdout.write(`${text.split('\n').map(wrapped).join('\n')}\n`);

const heading = (title, command) => say(`\n${bold(title)}\n${dim(`$ kubectl frigate-health ${command}`)}\n`);

const eventsOf = (text) =>
  new Map(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((line) => [line.event, line]),
  );

/** One pass of the CronJob, line by line as a person would tell it. */
const tellPass = (events) => {
  const rows = [
    ['looks', events.get('observed'), ({via}) => `at the cluster, the log and Frigate's API (${via})`],
    ['finds', events.get('diagnosed'), ({health, summary}) => `${yellow(health)}: ${summary}`],
    [
      'decides',
      events.get('decided'),
      ({action, rule, streak, needed}) =>
        `${action} by ${bold(rule)}: seen in ${streak} of ${needed} passes in a row, the breaker is closed`,
    ],
    ['remembers', events.get('intent.stored'), ({attempt}) => `attempt ${attempt}, before anything is done`],
    ['restarts', events.get('restart.sent'), ({kind, name}) => green(`${kind}/${name}, once`)],
  ];
  for (const [verb, event, words] of rows) if (event !== undefined) say(`  ${verb.padEnd(10)}${words(event)}`);
};

const tellRefusal = (scenario, events) => {
  const {rule, reason, liftedBy} = events.get('decided');
  say(`  ${bold(rule)}  ${yellow(events.get('diagnosed').summary)}`);
  say(`        no restart: ${reason}`);
  if (liftedBy !== null) say(`        what lifts it: ${liftedBy}`);
  say(`        ${dim(`$ kubectl frigate-health run-cron --demo=${scenario}`)}\n`);
};

const refusals = ['subnet-down', 'disk-full', 'breaker-open'];
const [report, repair, ...held] = await Promise.all([
  run(2, 'check', '--demo=detector-silent', `--color=${inColour ? 'always' : 'never'}`),
  run(0, 'run-cron', '--demo=detector-silent'),
  ...refusals.map((scenario) => run(0, 'run-cron', `--demo=${scenario}`)),
]);

heading('A sick Frigate: its detector hangs, and not one line of its log says so', 'check --demo=detector-silent');
say(report.trimEnd());

heading('What automatic repair does about it', 'run-cron --demo=detector-silent');
tellPass(eventsOf(repair));

say(`\n${bold('What it refuses, and by which rule')}\n`);
refusals.forEach((scenario, index) => tellRefusal(scenario, eventsOf(held[index])));

say(bold('Next'));
say('  npm start -s -- check --demo=list         every way in which the simulated Frigate can fail');
say('  npm start -s -- check --demo=oom-loop     one of them; watch, state and restart take it too');
say('  npm start -s -- check --explain=FRG-403   why a check exists and what it rests on');
say('  npm start -s -- check                     your own cluster: changes nothing');
