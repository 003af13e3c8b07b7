/** What happens in a year to a Frigate in a house: kinds with their frequency, and one seeded draw of them. */
import type {FaultName} from '../../../src/simulator/frigate/fault.js';
import {below, lengthAround, pick, type Random} from '../support/random.js';

/** Seconds. */
export const YEAR = 365 * 86_400;
const MINUTE = 60;

export type Effect =
  /** A fault of the simulated Frigate (measured on real ones); `stubborn`: its cause stands outside, a restart does not end it. */
  | {
      readonly what: 'fault';
      readonly fault: FaultName;
      readonly cameras?: 'one' | 'subnet';
      readonly stubborn?: boolean;
      /** The text of an error, the step that takes long: what the fault is given. */
      readonly detail?: string;
    }
  /** The node is away; its pod comes back with it. `leavesGhost`: a terminated pod object stays behind. */
  | {readonly what: 'node-down'}
  /**
   * A person rolls out another image. `start`: what holds its start up. A migration and a build begin anew with each container, and
   * a killed migration can destroy the database; what stands still a new container does not.
   */
  | {readonly what: 'upgrade'; readonly start: 'normal' | 'migration' | 'build' | 'standstill' | 'port-moved'}
  /** Somebody switched it off in the UI or over MQTT; a restart of Frigate switches it on again, against that wish. */
  | {readonly what: 'switched'; readonly fault: 'record-off' | 'detect-off' | 'camera-off'}
  | {readonly what: 'ghost'}
  /** Everything else on the host wants the CPU. */
  | {readonly what: 'busy'}
  /** The checker's own world: Frigate is well all the while. */
  | {readonly what: 'state-wiped' | 'api-errors' | 'pods-forbidden' | 'smtp-down'};

export interface Kind {
  readonly name: string;
  readonly perYear: number;
  /** Median minutes until it goes by itself or a person has repaired it, when nobody restarts anything. */
  readonly minutes: number;
  readonly effect: Effect;
}

const fault = (
  name: FaultName,
  rest: {readonly cameras?: 'one' | 'subnet'; readonly stubborn?: boolean; readonly detail?: string} = {},
): Effect => ({what: 'fault', fault: name, ...rest});

/** A person finds a silent fault in the morning, or when a recording is missing: half a day. */
const UNNOTICED = 9 * 60;

export const kinds: readonly Kind[] = [
  {name: 'one camera away', perYear: 70, minutes: 25, effect: fault('cams-gone', {cameras: 'one'})},
  {name: 'one camera hangs', perYear: 20, minutes: 20, effect: fault('cam-hang', {cameras: 'one'})},
  {name: 'a subnet of cameras away', perYear: 10, minutes: 40, effect: fault('cams-net', {cameras: 'subnet'})},
  {name: 'all cameras away', perYear: 4, minutes: 30, effect: fault('cams-gone')},
  {name: 'detector hangs once, Frigate heals it', perYear: 30, minutes: 4, effect: fault('det-stop-busy')},
  {name: 'Coral hangs again and again', perYear: 5, minutes: UNNOTICED, effect: fault('coral-stuck')},
  {
    name: 'Coral hangs until it is replugged',
    perYear: 2,
    minutes: UNNOTICED,
    effect: fault('coral-stuck', {stubborn: true}),
  },
  {name: 'detector dead in silence', perYear: 8, minutes: UNNOTICED, effect: fault('det-stop')},
  {name: 'detector throttled', perYear: 3, minutes: UNNOTICED, effect: fault('det-slow')},
  {name: 'detector process dies, Frigate comes back', perYear: 6, minutes: 5, effect: fault('det-kill')},
  {name: 'API hangs', perYear: 6, minutes: UNNOTICED, effect: fault('main-stop')},
  {name: 'stats frozen', perYear: 4, minutes: UNNOTICED, effect: fault('manager-stop')},
  {name: 'database lock killed a thread', perYear: 4, minutes: UNNOTICED, effect: fault('db-lock-brief')},
  {name: 'recorder dead', perYear: 3, minutes: UNNOTICED, effect: fault('rec-kill')},
  {name: 'capture process hangs', perYear: 6, minutes: UNNOTICED, effect: fault('cap-stop', {cameras: 'one'})},
  {name: 'capture process dead', perYear: 3, minutes: UNNOTICED, effect: fault('cap-kill', {cameras: 'one'})},
  {name: 'go2rtc hangs', perYear: 3, minutes: UNNOTICED, effect: fault('go2rtc-stop')},
  {name: 'cache full', perYear: 2, minutes: UNNOTICED, effect: fault('cache-full')},
  {name: 'memory too small: crash loop', perYear: 2, minutes: 240, effect: fault('oom')},
  {name: 'disk full', perYear: 2, minutes: 480, effect: fault('disk-full')},
  {name: 'disk read-only', perYear: 1, minutes: 300, effect: fault('disk-ro')},
  {name: 'media mount hangs', perYear: 3, minutes: 45, effect: fault('disk-hang')},
  {name: 'bad configuration', perYear: 3, minutes: 60, effect: fault('bad-config')},
  {name: 'clock steps forward', perYear: 2, minutes: 60, effect: fault('clock')},
  {name: 'clock steps back', perYear: 2, minutes: 60, effect: fault('clock-back')},
  {name: 'node reboots', perYear: 6, minutes: 7, effect: {what: 'node-down'}},
  {name: 'node dead', perYear: 1, minutes: 300, effect: {what: 'node-down'}},
  {name: 'a terminated pod object stays behind', perYear: 2, minutes: 2 * 1440, effect: {what: 'ghost'}},
  {name: 'upgrade', perYear: 10, minutes: 3, effect: {what: 'upgrade', start: 'normal'}},
  {name: 'upgrade with a long migration', perYear: 2, minutes: 10, effect: {what: 'upgrade', start: 'migration'}},
  {name: 'upgrade builds its models', perYear: 4, minutes: 45, effect: {what: 'upgrade', start: 'build'}},
  {name: 'start that stands still', perYear: 2, minutes: UNNOTICED, effect: {what: 'upgrade', start: 'standstill'}},
  {name: 'upgrade moves the port', perYear: 1, minutes: 300, effect: {what: 'upgrade', start: 'port-moved'}},
  {
    name: 'database of a newer version',
    perYear: 1,
    minutes: UNNOTICED,
    effect: fault('record-error', {detail: 'NOT NULL constraint failed: recordings.segment_size'}),
  },
  {
    name: 'recordings may not be written',
    perYear: 2,
    minutes: UNNOTICED,
    effect: fault('record-error', {detail: "[Errno 13] Permission denied: '/media/frigate/recordings/2026-03-01'"}),
  },
  {
    name: 'recorder reports an error that nobody knows',
    perYear: 2,
    minutes: UNNOTICED,
    effect: fault('maintainer-error', {detail: 'segment index overflow in the second stage'}),
  },
  {name: 'device of the detector lost', perYear: 2, minutes: 300, effect: fault('det-device-lost')},
  {name: 'recording switched off', perYear: 6, minutes: 8 * 60, effect: {what: 'switched', fault: 'record-off'}},
  {name: 'detection switched off', perYear: 8, minutes: 4 * 60, effect: {what: 'switched', fault: 'detect-off'}},
  {name: 'camera switched off', perYear: 6, minutes: 8 * 60, effect: {what: 'switched', fault: 'camera-off'}},
  {name: 'a neighbour takes the CPU', perYear: 20, minutes: 25, effect: {what: 'busy'}},
  {name: 'GitOps puts the state back', perYear: 1, minutes: 10 * 1440, effect: {what: 'state-wiped'}},
  {name: 'API server answers with errors', perYear: 40, minutes: 6, effect: {what: 'api-errors'}},
  {name: 'pods may not be listed', perYear: 2, minutes: 40, effect: {what: 'pods-forbidden'}},
  {name: 'mail server away', perYear: 12, minutes: 120, effect: {what: 'smtp-down'}},
  {name: 'memory leaks until the kernel ends it', perYear: 4, minutes: 2 * 1440, effect: fault('mem-leak')},
];

export interface Occurrence {
  readonly number: number;
  readonly kind: Kind;
  /** Seconds since the beginning of the year. */
  readonly at: number;
  readonly until: number;
  /** Names of the cameras concerned; `null`: the fault's own choice. */
  readonly cameras: readonly string[] | null;
}

export interface Cameras {
  readonly all: readonly string[];
  /** Those of one switch. */
  readonly subnet: readonly string[];
}

const camerasOf = (effect: Effect, random: Random, cameras: Cameras): readonly string[] | null => {
  const chosen = pick(random, cameras.all);
  if (effect.what === 'switched') return [chosen];
  if (effect.what !== 'fault' || effect.cameras === undefined)
    return effect.what === 'fault' && effect.fault === 'cams-gone' ? cameras.all : null;
  return effect.cameras === 'one' ? [chosen] : cameras.subnet;
};

/** One year, oldest first. Counts are as given, times are even, lengths long-tailed. */
export const drawYear = (random: Random, cameras: Cameras): readonly Occurrence[] =>
  kinds
    .flatMap((kind) =>
      Array.from({length: kind.perYear}, () => {
        const at = below(random, YEAR - 86_400);
        return {
          kind,
          at,
          until: at + Math.max(3, lengthAround(random, kind.minutes)) * MINUTE,
          cameras: camerasOf(kind.effect, random, cameras),
        };
      }),
    )
    .sort((a, b) => a.at - b.at)
    .map((occurrence, number) => ({...occurrence, number}));
