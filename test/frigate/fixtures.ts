import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {instant, type Instant} from '../../src/core/time.js';

const folder = join(import.meta.dirname, '../fixtures/frigate');

export const fixtureNames = (kind: 'stats' | 'log'): readonly string[] => readdirSync(join(folder, kind)).sort();

export const readFixture = (kind: 'stats' | 'log', name: string): Buffer => readFileSync(join(folder, kind, name));

export const at = (text: string): Instant => instant(Date.parse(text));

/** When the first line of a log in these tests was written; each next one comes 10 ms later. */
export const LOG_BEGIN = at('2026-11-23T02:00:00Z');

/** Lines with the kubelet's timestamps, as `kubectl logs --timestamps` gives them. */
export const stamped = (lines: readonly string[], begin: Instant = LOG_BEGIN, step = 10): Buffer =>
  Buffer.from(
    lines
      .map((line, index) => `${new Date(begin + index * step).toISOString().replace('Z', '046350Z')} ${line}\n`)
      .join(''),
  );
