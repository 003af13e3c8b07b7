/**
 * One run of a simulated Frigate as pure functions of time: when its API is up, when it takes its statistics, what a fault
 * changes about that. Times are Unix seconds (true time) unless a name says otherwise.
 */
import type {ContainerEnd, Door, Fault, FaultContext, FaultState, Listening, Rates, Run, Switch} from './fault.js';
import {faultNamed} from './faults/catalogue.js';
import {healthyRates, noRates} from './healthy.js';
import {minorOf, type SimulatedCamera} from './site.js';

/** Seconds from the start of the container, as measured on 0.17.2. */
const NGINX_LISTENS = 5;
const UPTIME_BEGINS = 12;
const API_LISTENS = 15;
/** Rates are taken over 10 s, so the first ones appear after that. */
const FRAMES_FLOW = 10;

/** The emitter of stats: a first snapshot at once, then after 10 + 15 s, then every 15 s (emitter.py, 0.14+). */
const FIRST_SNAPSHOT = 4;
const EMITTER_PAUSE = 10;
const EMITTER_PERIOD = 15;
const HISTORY_LENGTH = 80;

export const startOf = (run: Run): number => run.startedAt / 1000;

const standing = (run: Run): ReadonlyArray<{readonly state: FaultState; readonly fault: Fault}> =>
  run.faults.map((state) => ({state, fault: faultNamed(state.name)}));

const began = (run: Run, state: FaultState): {readonly since: number; readonly fromStart: boolean} => {
  const start = startOf(run);
  const fromStart = state.since / 1000 <= start;
  return {since: fromStart ? start : state.since / 1000, fromStart};
};

/** The most that a fault which stood before the start makes it later, in seconds. */
const delay = (run: Run, of: (fault: Fault, state: FaultState) => number): number =>
  standing(run)
    .filter(({state}) => began(run, state).fromStart)
    .reduce((most, {fault, state}) => Math.max(most, of(fault, state)), 0);

const slowStart = (run: Run): number =>
  delay(run, ({slowStart: slow = 0}, state) => (typeof slow === 'number' ? slow : slow(state)));

/** When s6 starts nginx, go2rtc and Frigate. */
export const servicesStart = (run: Run): number =>
  startOf(run) + delay(run, (fault, state) => fault.servicesLate?.(state) ?? 0);

/** The command that s6 waits for before it starts the services; `null`: there is none. */
export const preparing = (run: Run, at: number): string | null =>
  at >= servicesStart(run)
    ? null
    : (standing(run).flatMap(({fault, state}) => fault.preparing?.(state) ?? [])[0] ?? null);

/** When `service.uptime` begins to count. */
export const uptimeStart = (run: Run): number => servicesStart(run) + UPTIME_BEGINS + slowStart(run);

export const apiStart = (run: Run): number => servicesStart(run) + API_LISTENS + slowStart(run);

const snapshotAt = (run: Run, index: number): number =>
  uptimeStart(run) + (index === 0 ? FIRST_SNAPSHOT : EMITTER_PAUSE + EMITTER_PERIOD * index);

export const indexAt = (run: Run, at: number): number =>
  Math.max(0, Math.floor((at - uptimeStart(run) - EMITTER_PAUSE) / EMITTER_PERIOD));

/** The faults that have begun by then, with what their hooks need to know. */
export const activeFaults = (
  run: Run,
  at: number,
  index = indexAt(run, at),
): ReadonlyArray<{readonly fault: Fault; readonly context: FaultContext}> =>
  standing(run).flatMap(({state, fault}) => {
    const {since, fromStart} = began(run, state);
    if (at < since) return [];
    const names = state.cameras ?? fault.cameras?.(run.site) ?? run.site.cameras.map((camera) => camera.name);
    return [
      {
        fault,
        context: {
          run,
          fault: state,
          since,
          fromStart,
          at,
          index,
          elapsed: at - since,
          cameras: new Set(names),
          frozenRates: (camera: SimulatedCamera): Rates =>
            fromStart ? noRates : healthyRates(camera, indexAt(run, since)),
        },
      },
    ];
  });

/** Seconds that Frigate's clock is ahead at that moment. */
export const clockOffset = (run: Run, at: number): number =>
  standing(run).reduce(
    (sum, {state, fault}) => (at >= began(run, state).since ? sum + (fault.clockOffset ?? 0) : sum),
    0,
  );

export const inSafeMode = (run: Run): boolean =>
  standing(run).some(({state, fault}) => fault.safeMode === true && began(run, state).fromStart);

const flag =
  (name: 'readOnlyMedia' | 'hangingMedia' | 'hangingGo2rtc' | 'deadGo2rtc') =>
  (run: Run, at: number): boolean =>
    activeFaults(run, at).some(({fault}) => fault[name] === true);

export const mediaIsReadOnly = flag('readOnlyMedia');
export const mediaHangs = flag('hangingMedia');
export const go2rtcHangs = flag('hangingGo2rtc');
export const go2rtcIsDead = flag('deadGo2rtc');

/** What the kernel answers to an access to the media mount; `null`: what was asked for. */
export const mediaError = (run: Run, at: number): string | null =>
  activeFaults(run, at).flatMap(({fault, context}) => fault.mediaError?.(context.fault) ?? [])[0] ?? null;

const nothingOff: ReadonlySet<Switch> = new Set();

/** What is switched off for that camera at that moment. */
export const switchedOff = (run: Run, camera: SimulatedCamera, at: number): ReadonlySet<Switch> => {
  if (!standing(run).some(({fault}) => fault.switchesOff !== undefined)) return nothingOff;
  return new Set(
    activeFaults(run, at).flatMap(({fault, context}) =>
      fault.switchesOff !== undefined && context.cameras.has(camera.name) ? [fault.switchesOff] : [],
    ),
  );
};

/** Port 5000 of all addresses, unless `networking.listen.internal` says otherwise (0.18). */
export const listensOn = (run: Run, at: number): Listening =>
  activeFaults(run, at).flatMap(({fault, context}) => fault.listens?.(context.fault) ?? [])[0] ?? {
    port: 5000,
    local: false,
  };

/** TERM does not end it within a pod's grace period. */
export const ignoresTerm = (run: Run, at: number): boolean =>
  activeFaults(run, at).some(({fault}) => fault.ignoresTerm === true);

/** When and how the container ends by itself; `null` when it keeps running. */
export const containerEnd = (run: Run): (ContainerEnd & {readonly at: number}) | null => {
  const ends = standing(run).flatMap(({state, fault}) => {
    const {since} = began(run, state);
    const context = activeFaults(run, since).find((one) => one.fault === fault)?.context;
    const end = context === undefined ? null : (fault.end?.(context) ?? null);
    return end === null ? [] : [{...end, at: since + end.after}];
  });
  return ends.sort((a, b) => a.at - b.at)[0] ?? null;
};

/** What a request meets at port 5000. */
export const doorAt = (run: Run, at: number, path: string): Door => {
  const end = containerEnd(run);
  if (at < servicesStart(run) + NGINX_LISTENS || (end !== null && at >= end.at)) return 'refused';
  for (const {fault, context} of activeFaults(run, at)) {
    const door = fault.door?.(path, context) ?? 'open';
    if (door !== 'open') return door;
    if (fault.hangingGo2rtc === true && path.startsWith('/api/go2rtc')) return 'silent';
  }
  return at < apiStart(run) && path.startsWith('/api') ? 'backend-down' : 'open';
};

/** What a request meets at the API behind nginx, 127.0.0.1:5001. */
export const backendDoorAt = (run: Run, at: number, path: string): Exclude<Door, 'backend-down'> => {
  const end = containerEnd(run);
  if (at < apiStart(run) || (end !== null && at >= end.at)) return 'refused';
  for (const {fault, context} of activeFaults(run, at)) {
    const door = fault.nginxAlone === true ? 'open' : (fault.door?.(path, context) ?? 'open');
    if (door !== 'open') return door === 'silent' ? 'silent' : 'refused';
  }
  return 'open';
};

/** A snapshot: its number and the moment that it was taken. */
export interface StatsMoment {
  readonly index: number;
  readonly at: number;
  /** Frames flow: the start is over. */
  readonly warm: boolean;
}

/** The newest statistics that `/api/stats` can show; up to 0.13 they are taken at each request. */
export const newestMoment = (run: Run, at: number): StatsMoment => {
  const moment = (index: number, moment: number): StatsMoment => ({
    index,
    at: moment,
    warm: moment - uptimeStart(run) >= FRAMES_FLOW,
  });
  if (minorOf(run.version) <= 13) return moment(indexAt(run, at), at);
  const frozenAt = standing(run).reduce((first, {state, fault: {frozenAfter}}) => {
    const after = typeof frozenAfter === 'function' ? frozenAfter(run.version) : frozenAfter;
    return after === undefined ? first : Math.min(first, began(run, state).since + after);
  }, Infinity);
  const index = indexAt(run, Math.min(at, frozenAt));
  return moment(index, snapshotAt(run, index));
};

/** Up to 80 snapshots, 15 s apart, oldest first. */
export const history = (run: Run, at: number): readonly StatsMoment[] => {
  const newest = newestMoment(run, at).index;
  const oldest = Math.max(0, newest - HISTORY_LENGTH + 1);
  return Array.from({length: newest - oldest + 1}, (_, offset) => {
    const moment = snapshotAt(run, oldest + offset);
    return {index: oldest + offset, at: moment, warm: moment - uptimeStart(run) >= FRAMES_FLOW};
  });
};

/** nginx caches JSON for 5 s, so a reply may be that much older (`proxy_cache_valid 200 5s`). */
export const cachedMoment = (run: Run, at: number): number => {
  const opened = apiStart(run);
  return opened + Math.floor(Math.max(0, at - opened) / 5) * 5;
};
