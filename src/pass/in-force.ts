/** The settings by which a reader judges: those of the installed checker, where this shell gives none. */
import type {Known} from '../core/known.js';
import type {CronJob, InstalledDaemon} from '../core/observation/observation.js';
import {LONGEST_INTERVAL} from '../core/policy.js';
import {isServed} from '../core/serving.js';
import type {Instant} from '../core/time.js';
import {sendsAlerts, settingsInForce, type InstalledChecker} from '../settings/installed.js';
import type {Settings} from '../settings/settings.js';
import type {RecalledState} from './state-store.js';

/** What was read of the checkers that are installed beside Frigate. */
export interface InstalledCheckers {
  readonly cronJob: Known<CronJob | null>;
  /** Not asked where no daemon can be active. */
  readonly daemon: Known<InstalledDaemon | null>;
  /** The last pass of a daemon; `null`: none is stored. */
  readonly servedAt: Instant | null;
  readonly now: Instant;
}

/** Whether the daemon is to be read: what its interval is, and so whether it is active still, only its Deployment says. */
export const daemonMayAct = ({state}: Pick<RecalledState, 'state'>, now: Instant): boolean =>
  isServed(state.servedAt, now, LONGEST_INTERVAL);

/**
 * The one whose settings are in force; `null`: none is installed here, or none could be read. A daemon that is active acts, and the
 * CronJob beside it waits.
 */
export const installedChecker = (
  {settings, namespace}: {readonly settings: Settings; readonly namespace: string},
  {cronJob, daemon, servedAt, now}: InstalledCheckers,
): InstalledChecker | null => {
  if (daemon.known && daemon.value !== null) {
    const {name, environment} = daemon.value;
    const serve: InstalledChecker = {kind: 'serve', origin: `deployment ${namespace}/${name}`, environment};
    if (isServed(servedAt, now, settingsInForce(settings, serve).policy.interval)) return serve;
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
