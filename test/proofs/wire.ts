/** Proof 3, faults on the wire: every request of a pass × every disturbance × four circumstances, over real sockets. */
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';
import {circumstances, disturbances, playCase, type Circumstance, type Result} from './wire/cases.js';
import {targetsOf, type Target} from './wire/requests.js';
import {openSite} from './wire/site.js';

/** Cases at a time: most of them wait. */
const LANES = 12;

const {write} = readArguments(1);
const begun = performance.now();
const violations: string[] = [];

interface Case {
  readonly circumstance: Circumstance;
  readonly target: Target;
  readonly disturbance: number;
}

const targetsIn = async ({scenario}: Circumstance): Promise<readonly Target[]> => {
  const site = await openSite(scenario);
  await site.pass();
  const targets = targetsOf(site.world.cluster.requests);
  await site.close();
  return targets;
};

const cases: Case[] = [];
for (const circumstance of circumstances) {
  const targets = await targetsIn(circumstance);
  say(
    `${circumstance.name}: ${targets.length} requests: ${targets.map(({signature, occurrence}) => (occurrence === 1 ? signature : `${signature} (${occurrence})`)).join(', ')}`,
  );
  for (const target of targets)
    for (const disturbance of disturbances.keys()) cases.push({circumstance, target, disturbance});
}

const results = new Map<Case, Result>();
const queue = [...cases];
const lane = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, answer] = disturbances[next.disturbance]!;
    const result = await playCase(next.circumstance, next.target, answer);
    results.set(next, result);
    for (const wrong of result.wrong)
      violations.push(
        `${next.circumstance.name}, ${next.target.signature} (${next.target.occurrence}), ${name}: ${wrong}; ended ${result.end}, action ${result.action}`,
      );
  }
};
await Promise.all(Array.from({length: LANES}, lane));

const rows = disturbances.flatMap(([name], disturbance) =>
  circumstances.map((circumstance): Cell[] => {
    const mine = [...results]
      .filter(([each]) => each.disturbance === disturbance && each.circumstance === circumstance)
      .map(([, result]) => result);
    const ends = ['done', 'failed', 'in-doubt', 'conflict', 'interrupted']
      .map((end) => [end, mine.filter((result) => result.end === end).length] as const)
      .filter(([, count]) => count > 0);
    const mails = mine.map((result) => result.mails);
    return [
      name,
      circumstance.name,
      mine.length,
      ends.map(([end, count]) => `${count} ${end}`).join(', '),
      mine.reduce((sum, result) => sum + result.rollouts, 0),
      `${Math.max(...mine.map((result) => result.inTheEnd))} of ${circumstance.rollouts}`,
      `${Math.min(...mails)}–${Math.max(...mails)}`,
      `${(Math.max(...mine.map((result) => result.took)) / 1000).toFixed(1)} s`,
      mine.filter((result) => result.wrong.length > 0).length,
    ];
  }),
);
say();
say(
  table(
    [
      'disturbance',
      'Frigate',
      'requests',
      'the pass ended',
      'restarts then',
      'most in the end',
      'mails',
      'longest',
      'wrong',
    ],
    rows,
  ),
);
const repeated = [...results.values()].filter(({again}) => again > 0);
if (repeated.length > 0)
  say(
    `\n${repeated.length} were played again with limits up to ${2 ** Math.max(...repeated.map(({again}) => again))} times as long: their passes got no processor time, said so, and held.`,
  );
conclude({
  name: 'wire',
  begun,
  violations,
  write,
  told: `${cases.length} disturbed passes, ${violations.length} wrong`,
});
process.exit();
