/** The words and orders of the page: pure, the same on the server and in the browser. */
import {ago, humanDuration, instant, parseInstant, since, type Instant} from '../../core/time.js';
import type {FrigateDetail, FrigateRow} from '../schemas/types.js';

export type Health = FrigateRow['health'];

/** Worst first: the order of the overview. */
export const HEALTHS: readonly Health[] = ['unhealthy', 'degraded', 'unknown', 'starting', 'paused', 'healthy'];

export const healthWords: Readonly<Record<Health, string>> = {
  unhealthy: 'Unhealthy',
  degraded: 'Degraded',
  unknown: 'Unknown',
  starting: 'Starting',
  paused: 'Paused',
  healthy: 'Healthy',
};

/** A shape for each status beside its word and colour. */
export const healthSymbols: Readonly<Record<Health, string>> = {
  unhealthy: '✕',
  degraded: '!',
  unknown: '?',
  starting: '↻',
  paused: '‖',
  healthy: '✓',
};

const would: Readonly<Record<NonNullable<FrigateDetail['repair']>['action'], string>> = {
  none: 'Nothing to do',
  hold: 'Waits',
  alert: 'Alerts a person and does not restart',
  restart: 'Restarts now',
};

export const actionWords = (action: keyof typeof would): string => would[action];

const at = (time: string): Instant => parseInstant(time) ?? instant(0);

/** `3m 20s ago`. */
export const agoWords = (time: string, now: Instant): string => ago(since(at(time), now));

/** How long something has lasted: `3m 20s`. */
export const lasting = (time: string, now: Instant): string => humanDuration(since(at(time), now));

export const worstFirst = (a: FrigateRow, b: FrigateRow): number =>
  HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || (a.instanceId < b.instanceId ? -1 : 1);

/** `6 of 7`. */
export const cameraWords = (cameras: FrigateRow['cameras']): string =>
  cameras === null ? 'not known' : `${cameras.delivering} of ${cameras.on}`;

export const number = (value: number | null, digits = 1): string =>
  value === null ? '–' : String(Number(value.toFixed(digits)));

const UNITS = ['MiB', 'GiB', 'TiB'] as const;

/** `1.8 TiB`. */
export const sizeWords = (mebibytes: number | null): string => {
  if (mebibytes === null) return 'not known';
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, mebibytes)) / 10)));
  return `${number(mebibytes / 1024 ** power)} ${UNITS[power] ?? 'MiB'}`;
};

export const hrefOf = ({namespace, name}: Pick<FrigateRow, 'namespace' | 'name'>): string =>
  `/frigates/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;

export const count = (amount: number, word: string): string => `${amount} ${word}${amount === 1 ? '' : 's'}`;
