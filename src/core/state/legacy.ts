/**
 * The old tool's keys: read when no document stands yet, mirrored on every write, so that the habit
 * `kubectl get cm … -o yaml` still shows the truth. A bad value is noted and never weakens a limit (B-17 … B-19).
 */
import {instant, type Instant} from '../time.js';
import {freshState, type DecodedState} from './codec.js';
import type {RestartRecord, State} from './state.js';

export const legacyKeys = [
  'consecutive_failures',
  'last_restart_times',
  'alert_sent_for_incident',
  'last_alert_time',
] as const;

/** Whether the ConfigMap's data carries any key of the old tool. */
export const hasLegacyKeys = (data: ReadonlyMap<string, string>): boolean => legacyKeys.some((key) => data.has(key));

/**
 * The state that the old keys describe. The streak is not taken over: it has no times and no pod, and the first failure after a
 * long pause must not count as the second (B-16). Restarts are: they fill the breaker.
 */
export const decodeLegacy = (data: ReadonlyMap<string, string>): DecodedState => {
  const problems: string[] = [];
  const restarts: RestartRecord[] = [];
  /** Limits rest on the restarts; the count of failures is not taken over anyway. */
  let lost = false;
  for (const stamp of (data.get('last_restart_times') ?? '').split(/[\s,[\]]+/).filter((word) => word !== '')) {
    const at = unixSeconds(stamp);
    if (at === null) {
      lost = true;
      problems.push(`last_restart_times contains "${stamp.slice(0, 40)}", which is not a Unix time; ignored`);
    } else restarts.push(legacyRestart(at));
  }
  const failures = data.get('consecutive_failures') ?? '0';
  if (!/^\d{1,9}$/.test(failures))
    problems.push(`consecutive_failures contains "${failures.slice(0, 40)}", which is not a count; ignored`);
  restarts.sort((a, b) => a.at - b.at);
  return {
    state: {...freshState, restarts: restarts.slice(-MOST_RESTARTS)},
    problems,
    lost,
    newer: false,
  };
};

/** The newest of them fill the breaker; the state keeps no more. */
const MOST_RESTARTS = 64;

const legacyRestart = (at: Instant): RestartRecord => ({
  id: `legacy-${Math.floor(at / 1000)}`,
  at,
  cause: 'process',
  rule: 'R-12',
  who: 'the old checker',
  reason: 'taken over from last_restart_times',
  findings: [],
  phase: 'unjudged',
  settledAt: null,
});

/** `1768699`, `1768699.25`; ASCII digits only ("²" is a digit to Python, B-17). */
const unixSeconds = (word: string): Instant | null => {
  if (!/^[0-9]{1,12}(\.[0-9]{1,9})?$/.test(word)) return null;
  return instant(Number(word) * 1000);
};

/** The old keys as they follow from the state. */
export const encodeLegacy = (state: State): ReadonlyMap<string, string> =>
  new Map([
    ['consecutive_failures', String(state.streak?.count ?? 0)],
    ['last_restart_times', state.restarts.map((restart) => Math.floor(restart.at / 1000)).join(',')],
    ['alert_sent_for_incident', String(state.incident?.told ?? false)],
    ['last_alert_time', String(Math.floor((state.incident?.lastAlertAt ?? 0) / 1000))],
  ]);
