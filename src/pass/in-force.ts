/** The settings by which a reader judges: those of the installed checker, where this shell gives none. */
import type {Known} from '../core/known.js';
import type {CronJob, InstalledDaemon} from '../core/observation/observation.js';
import {isServed} from '../core/serving.js';
import type {Instant} from '../core/time.js';
import {sendsAlerts, settingsInForce, type InstalledChecker} from '../settings/installed.js';
import type {Settings} from '../settings/settings.js';
import type {RecalledState} from './state-store.js';

/** What was read of the checkers that are installed beside Frigate. */
export interface InstalledCheckers {
  readonly cronJob: Known<CronJob | null>;
  /** Not asked where no daemon is active. */
  readonly daemon: Known<InstalledDaemon | null>;
}

/** Whether the daemon is to be read: it acts, so its settings are in force, not those of the CronJob that waits beside it. */
export const daemonActs = (
  {state}: Pick<RecalledState, 'state'>,
  now: Instant,
  {policy}: Pick<Settings, 'policy'>,
): boolean => isServed(state.servedAt, now, policy.interval);

/** The one whose settings are in force; `null`: none is installed here, or none could be read. */
export const installedChecker = (namespace: string, {cronJob, daemon}: InstalledCheckers): InstalledChecker | null => {
  if (daemon.known && daemon.value !== null) {
    const {name, environment} = daemon.value;
    return {kind: 'serve', origin: `deployment ${namespace}/${name}`, environment};
  }
  if (!cronJob.known || cronJob.value?.environment === undefined) return null;
  const {name, environment} = cronJob.value;
  return {kind: 'CronJob', origin: `cronjob ${namespace}/${name}`, environment};
};

/** The settings in force. Without an installed checker, and where it could not be read, those of this shell. */
export const inForce = (settings: Settings, installed: InstalledChecker | null): Settings =>
  installed === null ? settings : settingsInForce(settings, installed);

/** Who sends alerts in the cluster. What cannot be read is taken for a channel: no false "no alert channel". */
export const alertsAreSentBy = (installed: InstalledChecker | null): InstalledChecker['kind'] | null =>
  installed !== null && sendsAlerts(installed) !== false ? installed.kind : null;
