/**
 * Throughput of the log scanner on 100 MB of container log, against `grep -cE` for the same literals on the same file, and
 * the peak memory of a whole pass that reads 100 MB over that of one that reads none. Prints; asserts nothing.
 * `node --import tsx bench/log-scan.ts [megabytes]`
 */
import {spawnSync} from 'node:child_process';
import {createReadStream} from 'node:fs';
import {mkdtemp, open, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {instant} from '../src/core/time.js';
import {literals} from '../src/frigate/log/match.js';
import {LogScanner} from '../src/frigate/log/scan.js';
import {startDouble} from './support/double.js';
import {figuresOf, program, run, told} from './support/measure.js';
import type {Figures, Run} from './support/measure.js';

const BEGIN = Date.parse('2026-11-23T02:00:00Z');

/** What a Frigate's log is made of, with the share of each kind of line. */
const kinds = {
  calm: [
    '[2026-11-23 02:34:28] frigate.record.maintainer      DEBUG   : Copied /media/frigate/recordings/2026-11-23/02/back/39.51.mp4 in 4.63 seconds.',
    '10.42.0.1 - - [23/Nov/2026:02:48:12 +0000] "GET /api/back/latest.jpg?h=371 HTTP/1.1" 200 5110 "https://frigate.example/" "Mozilla/5.0 (X11; Linux x86_64)" "10.0.2.91"',
    '[2026-11-23 02:34:28] frigate.detectors.plugins.zmq_ipc WARNING : Model not ready, returning zero detections',
    '[2026-11-23 02:34:28] watchdog.back                  INFO    : Terminating the existing ffmpeg process...',
  ],
  flood: [
    '[2026-11-23 02:34:50] frigate.record.maintainer      WARNING : Unable to keep up with recording segments in cache for back. Keeping the 6 most recent segments out of 7 and discarding the rest...',
    '[2026-11-23 02:13:45] ffmpeg.garage.detect           ERROR   : rtsp://10.77.6.1:8563/cam: Connection refused',
  ],
} as const;

type Kind = keyof typeof kinds;

/** Deterministic lines of about one mebibyte. */
const block = (kind: Kind | 'usual', seed: number): Buffer => {
  const lines: string[] = [];
  for (let size = 0, at = 0; size < 1_048_576; at += 1) {
    const from = kind === 'usual' ? (at % 200 === 0 ? kinds.flood : kinds.calm) : kinds[kind];
    const time = new Date(BEGIN + seed * 1000 + (at % 1000)).toISOString().replace('Z', '046350Z');
    const line = `${time} 2026-11-23 02:34:28.962046350  ${from[at % from.length] ?? ''}`;
    lines.push(line);
    size += line.length + 1;
  }
  return Buffer.from(`${lines.join('\n')}\n`);
};

const writeLog = async (path: string, kind: Kind | 'usual', megabytes: number): Promise<number> => {
  const file = await open(path, 'w');
  let size = 0;
  for (let seed = 0; size < megabytes * 1e6; seed += 1) size += (await file.write(block(kind, seed))).bytesWritten;
  await file.close();
  return size;
};

const scanFile = async (path: string): Promise<{seconds: number; events: number}> => {
  const scanner = new LogScanner({since: null, to: instant(BEGIN + 86_400_000)});
  let spent = 0;
  for await (const chunk of createReadStream(path)) {
    const begun = performance.now();
    scanner.push(chunk as Buffer);
    spent += performance.now() - begun;
  }
  const {tallies} = scanner.finish(true);
  return {seconds: spent / 1000, events: [...tallies.values()].reduce((sum, {count}) => sum + count, 0)};
};

const grepFile = (path: string): {seconds: number; lines: string} => {
  const pattern = literals.map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const begun = performance.now();
  const result = spawnSync('grep', ['-cE', pattern, path], {encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}});
  return {seconds: (performance.now() - begun) / 1000, lines: result.stdout.trim()};
};

/** Medians of peak memory in MiB and of CPU time in milliseconds. */
const passOver = async (logMegabytes: number): Promise<Figures> => {
  await using double = await startDouble({cameras: 3, logMegabytes});
  const passes: Run[] = [];
  for (let count = 0; count < 3; count += 1) {
    const one = await run([...program, 'run-cron', '--dry-run', '--kubeconfig', double.kubeconfig]);
    if (!one.stdout.includes('"event":"observed"')) throw new Error(`no pass:\n${one.stdout}`);
    passes.push(one);
  }
  return figuresOf(passes);
};

const megabytes = Number(process.argv[2] ?? 100);
const warm = new LogScanner({since: null, to: instant(BEGIN + 86_400_000)});
for (const kind of ['calm', 'flood'] as const) warm.push(block(kind, 0));
const folder = await mkdtemp(join(tmpdir(), 'frigate-log-'));
try {
  for (const kind of ['calm', 'usual', 'flood'] as const) {
    const path = join(folder, `${kind}.log`);
    const size = await writeLog(path, kind, megabytes);
    const scan = await scanFile(path);
    const grep = grepFile(path);
    console.log(
      `${kind.padEnd(6)} ${(size / 1e6).toFixed(0)} MB: ${(size / 1e6 / scan.seconds).toFixed(0)} MB/s, ${scan.events} events` +
        `; grep -cE ${(size / 1e6 / grep.seconds).toFixed(0)} MB/s, ${grep.lines} lines; ratio ${(scan.seconds / grep.seconds).toFixed(2)} (budget 200 MB/s)`,
    );
    await rm(path);
  }
} finally {
  await rm(folder, {recursive: true});
}
const [empty, full] = [await passOver(0), await passOver(megabytes)];
console.log(`run-cron over no log: ${told(empty)}`);
console.log(
  `run-cron over ${String(megabytes)} MB: ${told(full)}; peak RSS ${empty.memory === null || full.memory === null ? 'not measured' : `+${(full.memory - empty.memory).toFixed(0)} MiB`} (budget 40)`,
);
