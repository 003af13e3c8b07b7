/**
 * One healthy `run-cron` as a whole process, against the API double of bench/support. FRIGATE_HC_BENCH_BASELINE: a shell
 * command to compare with, such as another checker; it gets KUBECONFIG and is run in turn with ours against the same
 * double. Without it the yardstick is `node -e 0`. Prints; asserts nothing.
 */
import {PASSES, startDouble} from './support/double.js';
import {figuresOf, program, ratio, run, told} from './support/measure.js';
import type {Figures, Run} from './support/measure.js';

/** Of the checker that this program replaces, measured on two cores: what the budgets are ratios of. */
const RECORDED: Figures = {wall: 1080, cpu: 950, memory: 81};
const DOUBLES = 2;
const CAMERAS = 7;

const baseline = process.env['FRIGATE_HC_BENCH_BASELINE'];
const ours: Run[] = [];
const theirs: Run[] = [];
const bare: Run[] = [];

for (let count = 0; count < DOUBLES; count += 1) {
  await using double = await startDouble({cameras: CAMERAS});
  const command = [...program, 'run-cron', '--kubeconfig', double.kubeconfig];
  await run(command);
  for (let pass = 1; pass < PASSES; pass += 1) {
    await double.next();
    const one = await run(command);
    if (!one.stdout.includes('"health":"healthy"')) throw new Error(`not a healthy pass:\n${one.stdout}`);
    ours.push(one);
    if (baseline !== undefined)
      theirs.push(await run(['sh', '-c', baseline], {...process.env, KUBECONFIG: double.kubeconfig}));
    bare.push(await run([process.execPath, '-e', '0']));
  }
}

const budget = (us: Figures, them: Figures): string =>
  `wall ${ratio(us.wall, them.wall)} (budget 0.35), CPU ${ratio(us.cpu, them.cpu)} (budget 0.4), peak RSS ${ratio(us.memory, them.memory)} (budget 1.3)`;

const us = figuresOf(ours);
console.log(`run-cron, ${String(CAMERAS)} cameras, median of ${String(ours.length)}: ${told(us)}`);
console.log(`node -e 0: ${told(figuresOf(bare))}`);
console.log(
  baseline === undefined
    ? `against the recorded figures of the old checker (another machine or hour: a guide only): ${budget(us, RECORDED)}`
    : `baseline: ${told(figuresOf(theirs))}\nagainst it: ${budget(us, figuresOf(theirs))}`,
);
