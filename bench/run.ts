/**
 * The benchmarks, one after another: `npm run bench`, or some of them: `npm run bench -- start round-trips`. Each prints its
 * ratios beside its budget; none ever fails for a time, since a busy machine is no defect.
 */
import {spawnSync} from 'node:child_process';
import path from 'node:path';

const rows = ['start', 'run-cron', 'round-trips', 'log-scan', 'tui'];
/** They take long, so that only the name runs one of them; what follows the name is its own. */
const LONG = ['detection', 'fleet'];
const [first, ...flags] = process.argv.slice(2);
const isLong = first !== undefined && LONG.includes(first);
const wanted = isLong ? [first] : process.argv.slice(2);
const unknown = wanted.filter((row) => !isLong && !rows.includes(row));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are ${[...rows, ...LONG].join(', ')}`);
  process.exit(64);
}

for (const row of wanted.length === 0 ? rows : wanted) {
  console.log(`\n== ${row}`);
  const {status} = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, `${row}.ts`), ...(isLong ? flags : [])],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exitCode = 1;
}
