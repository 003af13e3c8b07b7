/** `npm run demo`: the built program on the built-in demonstration, four scenes in a few seconds. Nothing here is canned. */
import {spawn} from 'node:child_process';
import {join} from 'node:path';

const program = join(import.meta.dirname, '..', 'bin', 'run.js');
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const strong = (text) => (colour ? `\u001B[1m${text}\u001B[0m` : text);
const faint = (text) => (colour ? `\u001B[2m${text}\u001B[0m` : text);
const say = (text = '') => process.stdout.write(`${text}\n`);

/** Runs a command line of the program; `see` shows its output as it comes, otherwise it is returned. */
const run = (words, see) => new Promise((resolve, reject) => {
  const child = spawn(process.execPath, [program, ...words], {stdio: ['ignore', see ? 'inherit' : 'pipe', 'inherit']});
  let output = '';
  child.stdout?.on('data', (chunk) => { output += chunk; });
  child.on('error', reject);
  child.on('close', (code) => resolve({code, output}));
});

/** One event of `run-cron` as a sentence; `null`: not worth a line here. */
const sentenceOf = (line) => {
  const event = JSON.parse(line);
  switch (event.event) {
    case 'diagnosed': return `diagnosed  ${event.health}${event.cause === null ? '' : `, cause ${event.cause}`}: ${event.summary}`;
    case 'decided': return `decided    ${event.action} by rule ${event.rule}: ${event.reason}${event.liftedBy === null ? '' : `\n             lifted by ${event.liftedBy}`}`;
    case 'intent.stored': return `stored     the intent ${event.attempt}, before anything is done`;
    case 'restart.sent': return `restarted  ${event.kind}/${event.name}, once, marked with that attempt`;
    case 'state.stored': return 'stored     what it saw, for the next pass; nothing was restarted';
    case 'pass.ended': return `ended      exit code ${event.exitCode}: it did its duty`;
    default: return null;
  }
};

const scene = (number, title, command) => {
  say(strong(`\n${number}. ${title}`));
  say(faint(`   $ kubectl frigate-health ${command}\n`));
};

const pass = async (number, title, command) => {
  scene(number, title, command);
  const {output, code} = await run(command.split(' '), false);
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
  for (const line of output.trim().split('\n')) {
    const sentence = sentenceOf(line);
    if (sentence !== null) say(`   ${sentence}`);
  }
};

say(strong('kubectl frigate-health, on a simulated cluster with a simulated Frigate'));
scene(1, 'A look. The detector died in silence an hour ago: the API answers, the log is empty.', 'check --demo=detector-silent');
const {code} = await run(['check', '--demo=detector-silent'], true);
if (code !== 2) throw new Error(`check ended with ${code}, and a dead detector is critical (2)`);
await pass(2, 'Automatic repair: the second pass that sees it. This is what a restart is for.', 'run-cron --demo=detector-silent');
await pass(3, 'Three cameras behind one switch are gone. A restart would only add an outage.', 'run-cron --demo=subnet-down');
await pass(4, 'Two restarts within the hour did not help. It stops and tells a person.', 'run-cron --demo=breaker-open');
say(strong('\nNext'));
say('   node bin/run.js check --demo=list                 all scenes; each works with check, run-cron, state and restart');
say('   node bin/run.js check --explain FRG-403           why this check exists and what it rests on');
say('   node bin/run.js check                             your own cluster, read-only');
