/** The settings by which a reader judges: those of the installed CronJob, where this shell gives none. */
import type {Known} from '../core/known.js';
import type {CronJob} from '../core/observation/observation.js';
import {sendsAlerts, settingsInForce, type InstalledChecker} from '../settings/installed.js';
import type {Settings} from '../settings/settings.js';
import type {PassPorts} from './ports.js';

const installedBy = (cronJob: Known<CronJob | null>, namespace: string): InstalledChecker | null => {
  if (!cronJob.known || cronJob.value?.environment === undefined) return null;
  const {name, environment} = cronJob.value;
  return {origin: `cronjob ${namespace}/${name}`, environment};
};

/** The settings in force. Without a CronJob, and where it could not be read, those of this shell. */
export const inForce = (
  {settings, namespace}: Pick<PassPorts, 'settings' | 'namespace'>,
  cronJob: Known<CronJob | null>,
): Settings => {
  const installed = installedBy(cronJob, namespace);
  return installed === null ? settings : settingsInForce(settings, installed);
};

/** Whether the installed CronJob sends alerts. What cannot be read is taken for a channel: no false "no alert channel". */
export const cronJobSendsAlerts = (namespace: string, cronJob: Known<CronJob | null>): boolean => {
  const installed = installedBy(cronJob, namespace);
  return installed !== null && sendsAlerts(installed) !== false;
};
