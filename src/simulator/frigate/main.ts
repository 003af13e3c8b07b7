/**
 * The simulated Frigate as a program of its own, for a container in a real cluster. Node.js only, so that it can be bundled into one file.
 *
 * FRIGATE_SIM_SCENARIO    a fault by name, or `healthy` (default)
 * FRIGATE_SIM_PORT        default 5000
 * FRIGATE_SIM_FAULT_AFTER seconds until the fault begins; 0 (default): it stood before the start, as a cause that stays
 * FRIGATE_SIM_CAMERAS     number of cameras (default: those of the demonstration)
 * FRIGATE_SIM_CONCERNED   names of the cameras concerned, separated by commas
 * FRIGATE_SIM_DETAIL      parameter of the fault (an error text, a long step, an address); FRIGATE_SIM_EVERY, FRIGATE_SIM_LASTS: seconds
 * FRIGATE_SIM_VERSION     0.12.1, 0.13.2, 0.14.1, 0.16.4 or 0.17.2 (default)
 * FRIGATE_SIM_BOOT        seconds that a start takes at least (default 15, as measured; at most 15)
 *
 * POST /sim/fault?name=<fault>[&cameras=a,b][&detail=…][&every=seconds][&lasts=seconds] switches a fault on, `name=healthy` off; it ends with the process, so that a restart
 * of the pod cures it. GET /sim shows the active faults.
 */
import type {IncomingMessage, ServerResponse} from 'node:http';
import {instant, type Instant} from '../../core/time.js';
import {makeClock} from '../clock.js';
import type {FaultName, FaultState, Run} from './fault.js';
import {faults, findFault} from './faults/catalogue.js';
import {farewell, logLines, printed} from './log.js';
import {s6Stamp} from './lines.js';
import {containerEnd, ignoresTerm} from './run.js';
import {serveFrigate} from './server.js';
import {farmSite, fullVersion, siteWithCameras, type FrigateVersion} from './site.js';

const env = (name: string): string | undefined => {
  const value = process.env[`FRIGATE_SIM_${name}`];
  return value === '' ? undefined : value;
};

const numberFrom = (name: string, fallback: number): number => {
  const value = Number(env(name) ?? fallback);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`FRIGATE_SIM_${name} is not a number that can be used: ${String(env(name))}`);
  return value;
};

const isVersion = (text: string): text is FrigateVersion => Object.hasOwn(fullVersion, text);

const faultFrom = (name: string): FaultName => {
  const fault = findFault(name);
  if (fault === undefined)
    throw new Error(`no fault is called ${name}; there are: healthy, ${faults.map((one) => one.name).join(', ')}`);
  return fault.name;
};

const concernedFrom = (text: string | null | undefined): readonly string[] | undefined =>
  text === undefined || text === null || text === '' ? undefined : text.split(',');

/** The parameters of a fault as text; an error for one that the fault does not understand. */
const stateOf = (
  name: FaultName,
  since: Instant,
  cameras: readonly string[] | undefined,
  parameter: (name: 'detail' | 'every' | 'lasts') => string | null | undefined,
): FaultState => {
  const seconds = (of: 'every' | 'lasts'): Partial<FaultState> => {
    const text = parameter(of) ?? '';
    if (text === '') return {};
    if (!(Number(text) > 0)) throw new Error(`${of} is not a number of seconds: ${text}`);
    return {[of]: Number(text)};
  };
  const detail = parameter('detail') ?? '';
  const state: FaultState = {
    name,
    since,
    ...(cameras === undefined ? {} : {cameras}),
    ...(detail === '' ? {} : {detail}),
    ...seconds('every'),
    ...seconds('lasts'),
  };
  findFault(name)?.over?.(state);
  return state;
};

const clock = makeClock(instant(Date.now()), 'flowing');
const cameraCount = numberFrom('CAMERAS', farmSite.cameras.length);
const version = env('VERSION') ?? '0.17.2';
if (!isVersion(version)) throw new Error(`FRIGATE_SIM_VERSION knows ${Object.keys(fullVersion).join(', ')}`);
const startedAt = instant(clock.now() - 1000 * Math.max(0, 15 - numberFrom('BOOT', 15)));
const scenario = env('SCENARIO') ?? 'healthy';
const faultAfter = numberFrom('FAULT_AFTER', 0);

let run: Run = {
  site: siteWithCameras(cameraCount),
  version,
  startedAt,
  faults:
    scenario === 'healthy'
      ? []
      : [
          stateOf(
            faultFrom(scenario),
            instant(startedAt + (faultAfter === 0 ? 0 : faultAfter * 1000)),
            concernedFrom(env('CONCERNED')),
            (parameter) => env(parameter.toUpperCase()),
          ),
        ],
  recordedBefore: new Map(),
};

const control = (request: IncomingMessage, response: ServerResponse): boolean => {
  const {pathname, searchParams} = new URL(request.url ?? '/', 'http://frigate');
  if (pathname === '/sim/fault' && request.method === 'POST') {
    const name = searchParams.get('name') ?? '';
    try {
      run = {
        ...run,
        faults:
          name === 'healthy'
            ? []
            : [
                ...run.faults,
                stateOf(faultFrom(name), clock.now(), concernedFrom(searchParams.get('cameras')), (parameter) =>
                  searchParams.get(parameter),
                ),
              ],
      };
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(400, {'Content-Type': 'text/plain'}).end(`${String(error)}\n`);
    }
    return true;
  }
  if (pathname !== '/sim') return false;
  response.writeHead(200, {'Content-Type': 'application/json'});
  response.end(JSON.stringify({version: run.version, startedAt: run.startedAt, faults: run.faults}));
  return true;
};

/** A container that is to be OOM-killed by the kernel has to use memory; where no limit stands it ends with the same exit code. */
const exhaustMemory = (): never => {
  const blocks: Buffer[] = [];
  while (blocks.length < 512) blocks.push(Buffer.alloc(8 * 1024 * 1024, 1));
  process.exit(137);
};

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const server = await serveFrigate({
  host: '0.0.0.0',
  port: numberFrom('PORT', 5000),
  clock,
  run: () => run,
  aside: control,
});

let printedUntil = run.startedAt / 1000;
const printLogUntil = (now: number): void => {
  for (const line of logLines(run, {from: printedUntil, to: now})) say(printed(line));
  printedUntil = now;
};

const turn = setInterval(() => {
  const now = clock.now() / 1000;
  printLogUntil(now);
  const end = containerEnd(run);
  if (end === null || now < end.at) return;
  if (end.reason === 'OOMKilled') exhaustMemory();
  process.exit(end.exitCode);
}, 250);

process.on('SIGTERM', () => {
  const now = clock.now() / 1000;
  // Measured (item 26): with a stopped process or an ended thread TERM is not enough, and the grace period ends in SIGKILL.
  if (ignoresTerm(run, now)) return;
  clearInterval(turn);
  printLogUntil(now);
  for (const text of farewell(run, now)) say(`${s6Stamp(now)}  ${text}`);
  void server.close().then(() => process.exit(0));
});
