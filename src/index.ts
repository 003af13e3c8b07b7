/** The command map: what oclif's explicit strategy reads (package.json, "oclif"). */
import Check from './commands/check.js';
import RunCron from './commands/run-cron.js';

export const COMMANDS = {
  check: Check,
  'run-cron': RunCron,
};
