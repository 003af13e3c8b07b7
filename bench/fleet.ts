/**
 * `serve` over fleets of simulated Frigates on loopback addresses (Linux): what it costs while all are well, with a tenth in trouble and
 * with all of them in trouble at once. `--frigates 1,10,100,1000`, `--cameras N`, `--seconds N` of the calm time, `--write FILE` keeps it as JSON.
 */
import {writeFileSync} from 'node:fs';
import {setTimeout} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import type {FleetResult, FleetRow} from './support/fleet-result.js';
import {startFleet, type Fleet} from './support/fleet.js';
import {median} from './support/measure.js';

const {
  values: {frigates, cameras: camerasGiven, seconds: secondsGiven, poll, write},
} = parseArgs({
  options: {
    frigates: {type: 'string', default: '1,10,100,1000'},
    cameras: {type: 'string', default: '16'},
    seconds: {type: 'string', default: '60'},
    poll: {type: 'string', default: '5s'},
    write: {type: 'string'},
  },
});
const cameras = Number(camerasGiven);
const calm = Number(secondsGiven) * 1000;
/** After the first judgements everything slower is asked once: it is no part of the calm time. */
const SETTLES = 100_000;
/** So long is waited for a fleet that is judged, or shown in trouble. */
const PATIENCE = 300_000;
const PROBE_EVERY = 500;

const ask = async (url: string): Promise<string> => (await fetch(url, {signal: AbortSignal.timeout(30_000)})).text();

const milliseconds = async (what: () => Promise<unknown>): Promise<number> => {
  const at = performance.now();
  await what();
  return performance.now() - at;
};

/** How many are shown with another health than `healthy`; none where the API answers with a problem, such as that nobody leads. */
const inTrouble = async ({url}: Fleet): Promise<number> => {
  const {frigates: shown, ...problem} = JSON.parse(await ask(`${url}/api/v1/frigates`)) as {
    readonly frigates?: ReadonlyArray<{readonly health: string}>;
  };
  if (shown === undefined) console.log(`no list: ${JSON.stringify(problem)}`);
  return shown?.filter(({health}) => health !== 'healthy').length ?? 0;
};

const valueOf = (metrics: string, name: string): number =>
  Number(new RegExp(`^frigate_health_${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);

/** Milliseconds until it holds; `null`: not in time. */
const until = async (holds: () => Promise<boolean>): Promise<number | null> => {
  const at = performance.now();
  while (!(await holds())) {
    if (performance.now() - at > PATIENCE) return null;
    await setTimeout(PROBE_EVERY);
  }
  return performance.now() - at;
};

/** CPU as a share of one core, and the times of /health, over so many milliseconds. */
const watched = async (
  fleet: Fleet,
  length: number,
): Promise<{readonly cpu: number; readonly health: readonly number[]}> => {
  const before = fleet.usage().cpu;
  const at = performance.now();
  const health: number[] = [];
  while (performance.now() - at < length) {
    health.push(await milliseconds(() => ask(`${fleet.url}/health`)));
    await setTimeout(PROBE_EVERY);
  }
  return {cpu: (fleet.usage().cpu - before) / ((performance.now() - at) / 1000), health};
};

const worst = (values: readonly number[]): number => Math.max(...values);
const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Bytes a second of a page that listens to the events. */
const streamed = async (fleet: Fleet, length: number): Promise<number> => {
  const ending = AbortSignal.timeout(length);
  let bytes = 0;
  try {
    const {body} = await fetch(`${fleet.url}/api/v1/events`, {signal: ending});
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) bytes += chunk.length;
  } catch (error) {
    if (!ending.aborted) throw error;
  }
  return (bytes / length) * 1000;
};

const measure = async (count: number): Promise<FleetRow> => {
  await using fleet = await startFleet(count, cameras, [`--poll=${poll}`]);
  const judged = await until(async () => valueOf(await ask(`${fleet.url}/metrics`), 'targets_judged') === count);
  if (judged === null) throw new Error(`${String(count)} Frigates were not judged in time`);
  const startCpu = fleet.usage().cpu;
  await setTimeout(SETTLES);
  await fleet.counts();
  const [{cpu, health}, events] = await Promise.all([watched(fleet, calm), streamed(fleet, calm)]);
  const {byKind, requests, bytes} = await fleet.counts();
  const {memory} = fleet.usage();
  const writes = ['PUT configmaps', 'POST configmaps'].reduce((sum, kind) => sum + (byKind[kind] ?? 0), 0);
  const api = Object.values(byKind).reduce((sum, number) => sum + number, 0);
  let healthDuringScrape: number[] = [];
  const scrape = await milliseconds(async () => {
    const scraped = ask(`${fleet.url}/metrics`);
    healthDuringScrape = [await milliseconds(() => ask(`${fleet.url}/health`))];
    await scraped;
  });
  const calmTrouble = await inTrouble(fleet);

  console.log(
    `${String(count)} calm: CPU ${cpu.toFixed(3)}, ${memory.toFixed(0)} MB, /health ${median(health).toFixed(1)} / ${worst(health).toFixed(1)} ms, by kind ${JSON.stringify(byKind)}`,
  );
  const some = Math.max(1, Math.round(count / 10));
  const [someShown, inSome] = await Promise.all([
    fleet.trouble(some, 'main-stop').then(() => until(async () => (await inTrouble(fleet)) >= some + calmTrouble)),
    watched(fleet, 30_000),
  ]);
  const [allShown, inAll] = await Promise.all([
    fleet.trouble(count, 'main-stop').then(() => until(async () => (await inTrouble(fleet)) >= count)),
    watched(fleet, 60_000),
  ]);
  const after = await fleet.counts();
  const row: FleetRow = {
    frigates: count,
    judgedIn: round(judged / 1000, 1),
    startCpu: round(startCpu, 1),
    calm: {
      cpu: round(cpu, 4),
      memory: round(memory, 0),
      falseTrouble: calmTrouble,
      healthMedian: round(median(health), 1),
      healthWorst: round(worst(health), 1),
      scrape: round(scrape, 0),
      healthDuringScrape: round(worst(healthDuringScrape), 1),
      frigateRequests: round((requests / calm / count) * 1000, 3),
      frigateBytes: round((bytes / calm / count) * 1000, 0),
      apiRequests: round((api / calm) * 1000, 2),
      stateWrites: round((writes / calm) * 1000, 2),
      eventBytes: round(events, 0),
    },
    tenth: {
      shownIn: someShown === null ? null : round(someShown / 1000, 1),
      cpu: round(inSome.cpu, 3),
      healthWorst: round(worst(inSome.health), 1),
    },
    all: {
      shownIn: allShown === null ? null : round(allShown / 1000, 1),
      cpu: round(inAll.cpu, 3),
      healthWorst: round(worst(inAll.health), 1),
      peak: round(fleet.usage().peak, 0),
      restarts: after.byKind['PATCH deployments'] ?? 0,
    },
  };
  console.log(JSON.stringify(row, null, 1));
  return row;
};

const rows: FleetRow[] = [];
for (const count of frigates.split(',').map(Number)) rows.push(await measure(count));
const result: FleetResult = {cameras, poll, seconds: calm / 1000, rows};
if (write !== undefined) writeFileSync(write, `${JSON.stringify(result, null, 1)}\n`);
