/** Exit codes: the one table, and the code of a report. The same for every output format. */
import type {HealthClass} from '../core/diagnosis/diagnosis.js';
import type {Status} from '../core/finding.js';

export const EXIT = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
  /** A rule refused (`restart`, `reset-breaker`). */
  refused: 10,
  /** A bad flag, argument or setting. */
  usage: 64,
  /** The cluster could not be reached, so nothing was observed. */
  unreachable: 69,
  /** A bug in this tool. */
  bug: 70,
  /** stdout took no more: a full disk. A reader that has gone (`| head`) is none. */
  unwritten: 74,
  /** Another run is active: a compare-and-swap failed. */
  conflict: 75,
  forbidden: 77,
  /** `--wait` ran out; the worst result stands in the report. */
  waitRanOut: 124,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

/** What each code means to a script; README and help are made from it. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'healthy; `run-cron`: the pass did its work, whatever the health of Frigate',
  warning: 'the worst finding is a warning, or Frigate is starting or paused',
  critical:
    'at least one critical finding, whatever its cure; `restart --wait` and `check --wait`: the new container keeps failing',
  unknown: 'nothing critical, but something that a check needs could not be read',
  refused: 'a rule refused (`restart`), or the user declined',
  usage: 'usage or settings: a bad flag, variable, name or kubeconfig; nothing was changed',
  unreachable: 'the cluster cannot be reached',
  bug: 'a bug in this tool',
  unwritten: 'the result could not be written (a full disk)',
  conflict: 'conflict: another run changed the state or the workload',
  forbidden: 'not permitted; the message names the missing permission',
  waitRanOut: '`--wait` timed out',
  interrupted: 'interrupted (Ctrl-C)',
  terminated: 'terminated (SIGTERM)',
};

/** The mildest result that still fails; results below it exit 0. */
export const FAIL_ON = ['warning', 'critical', 'unknown', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What a report comes to, from harmless to bad. Unknown ranks above warning, because the observation failed. */
type Worst = 'ok' | 'warning' | 'unknown' | 'critical';

const worstOf = (statuses: readonly Status[], health: HealthClass): Worst => {
  if (statuses.includes('critical')) return 'critical';
  if (statuses.includes('unknown') || health === 'unknown') return 'unknown';
  if (statuses.includes('warning') || health === 'starting' || health === 'paused') return 'warning';
  return 'ok';
};

const fails: Readonly<Record<FailOn, readonly Worst[]>> = {
  warning: ['warning', 'unknown', 'critical'],
  unknown: ['unknown', 'critical'],
  critical: ['critical'],
  never: [],
};

/** The exit code of an observation: 0, 1, 2 or 3. */
export const exitCodeOf = (
  statuses: readonly Status[],
  health: HealthClass,
  failOn: FailOn = 'warning',
): 0 | 1 | 2 | 3 => {
  const worst = worstOf(statuses, health);
  return fails[failOn].includes(worst) ? EXIT[worst] : EXIT.ok;
};
