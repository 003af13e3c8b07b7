/**
 * Proof 4, the kill: the built program (npm run build) is killed with SIGKILL at the arrival of each request, before and after
 * it is carried out, and stopped and continued while other passes go by. Rollouts are counted on the server.
 */
import {minutes} from '../../src/core/time.js';
import {atRequest, requestsOf, start, type Moment} from './kill/program.js';
import {readArguments} from './support/arguments.js';
import {conclude, say, table, type Cell} from './support/print.js';
import {openSite, type Site} from './wire/site.js';

/** Frigate's detector hangs, and it was seen once: this pass restarts, and that cures it. */
const SCENARIO = 'detector-silent';
const FOLLOWING = 4;
const LANES = 3;

type Treatment = {readonly kind: 'kill'; readonly moment: Moment} | {readonly kind: 'stop'};

const treatments: ReadonlyArray<readonly [name: string, Treatment]> = [
  ['killed before the request is carried out', {kind: 'kill', moment: 'before it is carried out'}],
  ['killed after it is carried out', {kind: 'kill', moment: 'after it is carried out'}],
  ['stopped there for 11 min while two other passes go by', {kind: 'stop'}],
];

interface Outcome {
  readonly request: number;
  readonly ended: string;
  /** When the program had ended, and after the passes that followed. */
  readonly rollouts: number;
  readonly inTheEnd: number;
  readonly wrong: readonly string[];
}

const {write} = readArguments(1);
const begun = performance.now();

const following = async (site: Site, passes: number): Promise<void> => {
  for (let pass = 0; pass < passes; pass += 1) {
    await site.advance(minutes(5));
    await site.pass();
  }
};

const treat = async (request: number, treatment: Treatment): Promise<Outcome> => {
  const site = await openSite(SCENARIO);
  try {
    const started = start(site);
    if (treatment.kind === 'kill') {
      atRequest(site, request, treatment.moment, () => process.kill(started.pid, 'SIGKILL'));
    } else {
      const {promise: stopped, resolve} = Promise.withResolvers<null>();
      atRequest(site, request, 'after it is carried out', () => {
        process.kill(started.pid, 'SIGSTOP');
        resolve(null);
      });
      if ((await Promise.race([stopped, started.ended])) === null) {
        await site.advance(minutes(1));
        await following(site, 2);
        process.kill(started.pid, 'SIGCONT');
      }
    }
    const ended = await started.ended;
    const rollouts = site.rollouts();
    await following(site, FOLLOWING);
    return {request, ended, rollouts, inTheEnd: site.rollouts(), wrong: wrongOf(site)};
  } finally {
    await site.close();
  }
};

const wrongOf = (site: Site): readonly string[] => {
  const wrong: string[] = [];
  const read = site.state();
  if (site.rollouts() !== 1) wrong.push(`${site.rollouts()} rollouts in the end, not 1`);
  if (read === null || read.problems.length > 0) wrong.push('the state is gone or damaged');
  const carried = site.world.cluster.store.get('deployments', site.world.namespace, site.world.workload);
  if (
    !JSON.stringify(carried?.['spec'] ?? {}).includes(
      read?.state.restarts.findLast(({phase}) => phase !== 'abandoned')?.id ?? 'nothing',
    )
  )
    wrong.push('the attempt on the workload is not the remembered one');
  return wrong;
};

const undisturbed = await openSite(SCENARIO);
await start(undisturbed).ended;
const requests = requestsOf(undisturbed);
await undisturbed.close();
if (requests === 0) throw new Error('the program made no request: npm run build');

const queue = treatments.flatMap(([name, treatment]) =>
  Array.from({length: requests}, (_, index) => ({name, treatment, request: index + 1})),
);
const outcomes: Array<Outcome & {readonly name: string}> = [];
const lane = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    outcomes.push({...(await treat(next.request, next.treatment)), name: next.name});
};
await Promise.all(Array.from({length: LANES}, lane));

const rows = treatments.map(([name]): Cell[] => {
  const mine = outcomes.filter((outcome) => outcome.name === name);
  return [
    name,
    mine.length,
    mine.filter(({ended}) => ended === 'SIGKILL').length,
    mine.filter(({rollouts}) => rollouts === 1).length,
    Math.max(...mine.map(({inTheEnd}) => inTheEnd)),
    mine.filter(({wrong}) => wrong.length > 0).length,
  ];
});
say(table(['the program is', 'requests', 'killed', 'rollouts by then', 'most in the end', 'wrong'], rows));
conclude({
  name: 'kill',
  begun,
  write,
  told: `${outcomes.length} runs of the built program, ${requests} requests a pass`,
  violations: outcomes.flatMap(({name, request, ended, wrong}) =>
    wrong.map((what) => `${name}, request ${request} (ended ${ended}): ${what}`),
  ),
});
process.exit();
